"""What the customer has chosen so far: QML's `vm.basket`. It lives in the screen and survives its server."""

from __future__ import annotations

import uuid
from copy import deepcopy
from typing import Any

from PySide6.QtCore import Property, QObject, Signal, Slot

from ui.context import Shell
from ui.dish import selection as choosing
from ui.dish import suggest
from ui.dish.menu import MenuIndex
from ui.dish.selection import MAX_QUANTITY, Selection
from ui.kiosk import lines, total, troubles
from ui.kiosk.dishes import dish_row
from ui.models import DictListModel
from ui.text import joined

MAX_LINES = 100
"""More than anybody orders at a kiosk; the shop's own limit is higher, so checking out never meets it."""


class Basket(QObject):
    changed = Signal()
    taken = Signal(int)  # the row of the line that a dish was put into
    removed = Signal(str)  # what was taken out, for the sentence that offers to put it back

    def __init__(self, shell: Shell, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shell = shell
        self._index = MenuIndex()
        self._rows = DictListModel("key", lines.ROLES, self)
        self.lines: dict[str, Selection] = {}
        self._undo: dict[str, Selection] | None = None
        self._known: dict[str, MenuIndex] = {}  # for each line the last menu that had all of it
        self._had: list[tuple[Selection, int]] = []  # what can be had, and how many of it
        self._swapping = ""  # the line that the next dish takes the place of
        self._refused: set[str] = set()  # dishes that were taken out: they are not suggested again

    def set_index(self, index: MenuIndex) -> None:
        self._index = index
        self._show()

    def clear(self) -> None:
        self.lines, self._undo, self._swapping = {}, None, ""
        self._known = {}
        self._refused = set()
        self._show()

    @property
    def tax(self) -> int:
        return total.added_tax(self._index, self._had)

    @property
    def total(self) -> int:
        """In minor units. What can't be had costs nothing."""
        return sum(total.line_total(self._index, s, n) for s, n in self._had) + self.tax

    @property
    def troubled(self) -> bool:
        return any(row["trouble"] for row in self._rows.rows)

    @property
    def full(self) -> bool:
        return len(self.lines) >= MAX_LINES

    def specs(self) -> list[dict[str, Any]]:
        return [choosing.spec(s) for s in self.lines.values()]

    # -- what goes in and out -------------------------------------------------------------------------------------

    def put(self, selection: Selection, key: str = "") -> None:
        """A new dish, or a changed one under its key; equal dishes share a line. After `swap`, it takes that place."""
        self._undo = None
        if not key and (self._rows.row(self._swapping) or {}).get("trouble"):
            key = self._swapping
        self._swapping = ""
        if key in self.lines:
            self.lines[key] = selection
        else:
            for own, line in self.lines.items():
                together = line.quantity + selection.quantity
                if choosing.same_dish(line, selection) and together <= MAX_QUANTITY:  # else on its own line
                    line.quantity, key = together, own
                    break
            else:
                key = uuid.uuid4().hex
                self.lines[key] = selection
        self._show()
        self.taken.emit(list(self.lines).index(key))

    def swap(self, key: str) -> None:
        """The next dish put in takes this line's place."""
        self._swapping = key if key in self.lines else ""

    def room(self, selection: Selection, key: str = "") -> int:
        """How many of a dish can be in the basket; `key` is its own line, if it has one."""
        own = key or self._swapping
        left = troubles.room(self._index, selection, [s for k, s in self.lines.items() if k != own])
        return MAX_QUANTITY if left is None else min(MAX_QUANTITY, left)

    @Slot(str, int)
    def setQuantity(self, key: str, quantity: int) -> None:
        if key not in self.lines:
            return
        if quantity <= 0:
            self.remove(key)
            return
        self.lines[key].quantity = min(MAX_QUANTITY, quantity)
        self._show()

    @Slot(str)
    def remove(self, key: str) -> None:
        if key in self.lines:
            self._undo = deepcopy(self.lines)
            line = self.lines.pop(key)
            self._refused.add(line.item_id)
            name = (self._rows.row(key) or {}).get("name", "")
            known = self._known.get(key, self._index)
            if line.item_id in known.items:
                name = known.name(line.item_id, self._shell.language)
            self._show()
            self.removed.emit(name)

    @Slot()
    def undo(self) -> None:
        """Puts back what was removed last."""
        if self._undo is not None:
            self.lines, self._undo = self._undo, None
            self._show()

    # -- what is shown --------------------------------------------------------------------------------------------

    def _show(self) -> None:
        before: list[Selection] = []
        rows, self._had = [], []
        for key, selection in self.lines.items():
            if not troubles.off_menu(self._index, selection) and not troubles.sizes_off_menu(self._index, selection):
                self._known[key] = self._index
            known = self._known.get(key, self._index)
            wrong = lines.trouble(self._index, known, self._shell, selection, before)
            most = self.room(selection, key)
            rows.append(lines.row(self._index, known, self._shell, key, selection, wrong, most))
            before.append(selection)
            if wrong is None or wrong.room:
                self._had.append((selection, wrong.room if wrong else selection.quantity))
        self._rows.set_rows(rows)
        self.changed.emit()

    def _off_menu(self) -> list[str]:
        """The names of the lines in trouble, if all that is wrong is that the menu has something no more."""
        wrong = [row for row in self._rows.rows if row["trouble"]]
        vanished = all(
            troubles.off_menu(self._index, line) or troubles.sizes_off_menu(self._index, line)
            for line in (self.lines[row["key"]] for row in wrong)
        )
        return [row["name"] for row in wrong] if vanished else []

    @property
    def trouble_text(self) -> str:
        """What is wrong and what to do, or nothing."""
        if not self.troubled:
            return ""
        return self._shell.text("kiosk.basket_off_menu" if self._off_menu() else "kiosk.basket_trouble")

    def _trouble_brief(self) -> str:
        """What is wrong, in a few words."""
        if not self.troubled:
            return ""
        names = joined(self._off_menu(), self._shell.language)
        return self._shell.text("kiosk.not_on_menu", names=names) if names else self._shell.text("kiosk.look_basket")

    @property
    def suggested(self) -> str:
        """The one dish that is suggested, by id; none while something is wrong or the basket is full."""
        if self.full or self.troubled:
            return ""
        return suggest.suggestion(self._index, list(self.lines.values()), self._refused)

    def _suggestion(self) -> dict[str, str]:
        item = self._index.items.get(self.suggested)
        if item is None:
            return {}
        row = dish_row(self._index, item["item_id"], self._shell)
        return {name: row[name] for name in ("item_id", "name", "price", "image")}

    def _spoken(self) -> str:
        """How many and how much, for a screen reader."""
        pieces = sum(s.quantity for s in self.lines.values())
        if not pieces:
            return ""
        shell = self._shell
        return f"{shell.text('kiosk.basket')}: {shell.text('kiosk.pieces', n=pieces)}, {self.totalText}."

    def _plates(self) -> list[dict[str, str]]:
        """The dishes that have pictures, each picture once."""
        rows = {row["image"]: {"name": row["name"], "image": row["image"]} for row in self._rows.rows if row["image"]}
        return list(rows.values())

    def _tax_text(self) -> str:
        return self._shell.text("kiosk.tax_added", price=self._shell.money(str(self.tax), "")) if self.tax else ""

    rows = Property(QObject, lambda self: self._rows, constant=True)
    plates = Property("QVariantList", _plates, notify=changed)
    pieces = Property(int, lambda self: sum(s.quantity for s in self.lines.values()), notify=changed)
    totalText = Property(str, lambda self: self._shell.money(str(self.total), ""), notify=changed)
    spoken = Property(str, _spoken, notify=changed)
    taxText = Property(str, _tax_text, notify=changed)
    suggestion = Property("QVariantMap", _suggestion, notify=changed)
    isTroubled = Property(bool, lambda self: self.troubled, notify=changed)
    troubleText = Property(str, lambda self: self.trouble_text, notify=changed)
    troubleBrief = Property(str, _trouble_brief, notify=changed)
