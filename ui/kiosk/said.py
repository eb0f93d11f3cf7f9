"""What the kiosk says to a screen reader by itself: what a customer who sees would have noticed.

Pages, sheets and dialogs say their name and summary when they take the focus; here is the rest: what is in the order
now, what a choice costs, what is missing, what ran out, how the payment stands.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QObject, Slot

from ui.context import Shell
from ui.hyphens import DOT, KEPT


def sentences(*parts: str) -> str:
    """Parts without a full stop of their own are kept apart for whoever listens."""
    return " ".join(part if part[-1] in ".!?…。！？" else part + "." for part in parts if part)


def dish(facts: dict[str, Any], shell: Shell) -> str:
    """What a dish's sheet says after its name."""
    missing = shell.text("kiosk.choose_more", n=facts["missing"]) if facts["missing"] else ""
    diets = [shell.text(f"kiosk.mark.{mark}") for mark in facts["marks"]]
    told = (facts["description"], *diets, facts["allergens"], facts["energy"])
    return sentences(facts["notice"], *told, facts["total"], missing)


def line(row: dict[str, Any]) -> str:
    """A line of the basket in one breath."""
    name, details = row["name"].replace(DOT, ", "), row["details"].replace(KEPT, ", ")
    parts = (f"{row['quantity']} × {name}", details, row["price"], row["trouble"])
    return ", ".join(part for part in parts if part)


def changed_lines(before: dict[str, Any], rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Lines that are new, more, fewer or in trouble. `before`: the rows by key."""
    return [
        row
        for row in rows
        if (old := before.get(row["key"])) is None
        or (old["quantity"], old["trouble"]) != (row["quantity"], row["trouble"])
    ]


class Said(QObject):
    """Listens to the visit of `kiosk` and says it. Nothing is said of a visit that is over."""

    def __init__(self, kiosk: Any, shell: Shell) -> None:
        super().__init__(kiosk)
        self._kiosk = kiosk
        self._shell = shell
        self._voice = shell.voice
        self._page = ""
        self._lines: dict[str, Any] = {}
        self._dish: tuple[str, int, str, str] = ("", 0, "", "")
        self._state: tuple[str, bool] = ("", False)
        self._count = -1
        self._digits = self._table = self._name = ""
        kiosk.toast.connect(self._voice.say)
        kiosk.basket.removed.connect(lambda name: self._voice.say(shell.text("kiosk.removed", name=name)))
        kiosk.basket.changed.connect(self._basket_changed)
        kiosk.sheet.changed.connect(self._dish_changed)
        kiosk.sheet.incomplete.connect(self._incomplete)
        kiosk.browse.changed.connect(self._browsed)
        kiosk.phone.changed.connect(self._digits_changed)
        kiosk.place.changed.connect(self._place_changed)
        kiosk.whom.changed.connect(self._whom_changed)
        kiosk.changed.connect(self._visit_changed)
        shell.languageChanged.connect(self._language_changed)

    @Slot()
    def _visit_changed(self) -> None:
        page = self._kiosk.page
        if page == "attract" and page != self._page:
            self._voice.hush()
        self._page = page
        facts = self._kiosk.payment
        state = (facts["state"], facts["calledOff"])
        if state != self._state:
            self._state = state
            self._voice.say(self._payment(facts), "payment")

    def _payment(self, facts: dict[str, Any]) -> str:
        text = self._shell.text
        silent = text("kiosk.silent_card" if facts["uncertain"] else "kiosk.silent_text")
        asking = text("kiosk.asking_text", number=facts["number"]) if facts["number"] else text("kiosk.silent_text")
        said = {
            "placing": (text("kiosk.sending"),),
            "card": (text("kiosk.pay_cancelling"), text("kiosk.pay_cancelling_text"))
            if facts["calledOff"]
            else (text("kiosk.present_card"), facts["total"]),
            "asking": (text("kiosk.asking"), asking),
            "failed": (facts["failure"], facts["advice"]),
            "silent": (text("kiosk.silent"), silent),
        }
        return sentences(*said.get(state, ())) if (state := facts["state"]) else ""

    @Slot()
    def _basket_changed(self) -> None:
        basket = self._kiosk.basket
        rows = basket.rows.rows
        changed = changed_lines(self._lines, rows)
        self._lines = {row["key"]: dict(row) for row in rows}
        if self._kiosk.page not in ("menu", "pay") or not changed:
            return
        trouble = basket.trouble_text if any(row["trouble"] for row in changed) else ""
        self._voice.say(sentences(*(line(row) for row in changed), trouble, basket.spoken), "basket")

    @Slot()
    def _dish_changed(self) -> None:
        sheet = self._kiosk.sheet
        facts = sheet.facts
        before, name = self._dish, facts["item_id"]
        self._dish = (name if sheet.isOpen else "", facts["quantity"], facts["total"], facts["notice"])
        if not sheet.isOpen or before[0] != name:
            return
        if before[1] != facts["quantity"]:
            self._voice.say(f"{facts['quantity']}, {facts['total']}", "price")
        elif before[2] != facts["total"]:
            self._voice.say(facts["total"], "price")
        if facts["notice"] and before[3] != facts["notice"]:
            self._voice.say(facts["notice"], "notice")

    @Slot(str)
    def _incomplete(self, key: str) -> None:
        """By keys the question takes the focus, and says it with its name."""
        row = self._kiosk.sheet.questions.row(key)
        if row is not None and not self._shell.byKeys:
            self._voice.say(sentences(row["title"], row["badge"]), "missing")

    @Slot()
    def _browsed(self) -> None:
        browse = self._kiosk.browse
        count, before = browse.count, self._count
        self._count = count
        if self._kiosk.page != "menu" or count == before:
            return
        nothing = "kiosk.nothing_fits" if browse.wishes else "kiosk.nothing_found"
        words = self._shell.text("kiosk.found", n=count) if count else self._shell.text(nothing, words=browse.query)
        self._voice.say(sentences(words), "found")

    @Slot()
    def _place_changed(self) -> None:
        place = self._kiosk.place
        if place.missing:
            self._voice.say(self._shell.text("kiosk.table_missing"), "digits")
        elif place.digits != self._table:
            self._voice.say(" ".join(place.digits), "digits")
        self._table = place.digits

    @Slot()
    def _whom_changed(self) -> None:
        whom = self._kiosk.whom
        typed = whom.typed if whom.asking else ""
        if typed and typed != self._name and self._name:  # not the name that was there when it was asked
            self._voice.say(typed, "digits")
        self._name = typed or ("-" if whom.asking else "")

    @Slot()
    def _digits_changed(self) -> None:
        phone = self._kiosk.phone
        if phone.wrong:
            self._voice.say(self._shell.text("kiosk.from_phone_wrong"), "digits")
        elif phone.digits != self._digits:
            self._voice.say(" ".join(phone.digits), "digits")
        self._digits = phone.digits

    @Slot()
    def _language_changed(self) -> None:
        if self._kiosk.page == "start":
            self._voice.say(self._shell.text("kiosk.where"), "language")
