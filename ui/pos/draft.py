"""An order being taken at the counter, or one that gets more dishes. Kept until it is placed or thrown away."""

from __future__ import annotations

import uuid
from copy import deepcopy
from dataclasses import replace
from typing import Any, NamedTuple

from PySide6.QtCore import Property, QObject, Signal, Slot

from ui.client import Client, asks
from ui.context import Shell
from ui.dish import selection as choosing
from ui.dish import sheet
from ui.dish.menu import MenuIndex, matches
from ui.dish.selection import MAX_QUANTITY, Choice, Selection
from ui.models import DictListModel
from ui.pictures import picture_url
from ui.pos import cash
from ui.pos.book import line_row
from ui.text import named

LINE_ROLES = ("name", "details", "without", "note", "quantity", "totalMinor")
DISH_ROLES = ("name", "priceMinor", "priced", "several", "sold", "remaining", "note", "image")


class Kept(NamedTuple):
    """A line of the order that gets more: as it was taken up, as the order tells it, and what one of it was sold at."""

    made: Selection
    told: dict[str, Any]
    unit_minor: int


class Draft(QObject):
    """QML's `vm.draft`: the menu's dishes, the lines so far, and the sheet of the dish being put together."""

    changed = Signal()
    sheetChanged = Signal()
    categoriesChanged = Signal()
    toast = Signal(str)
    placed = Signal(str)

    def __init__(self, client: Client, shell: Shell, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._client = client
        self._shell = shell
        self._index = MenuIndex()
        self._lines: dict[str, Selection] = {}
        self._dishes = DictListModel("item_id", DISH_ROLES, self)
        self._rows = DictListModel("key", LINE_ROLES, self)
        self._questions = DictListModel("key", sheet.ROLES, self)
        self._category = ""
        self._search = ""
        self._open: Selection | None = None
        self._open_key = ""  # the line that is being changed, or "" for a new one
        self._busy = False
        self._clear()
        shell.languageChanged.connect(self.refresh)

    def _clear(self) -> None:
        self._lines = {}
        self._dining = "here"
        self._customer = ""
        self._amends = ""  # order_id of the order that gets more
        self._amends_number = ""
        self._kept: dict[str, Kept] = {}
        self._attempt: dict[str, Any] | None = None
        self._show_lines()

    def set_index(self, index: MenuIndex) -> None:
        self._index = index
        categories = [c["category_id"] for c in index.menu.get("categories", [])]
        if self._category not in categories:
            self._category = categories[0] if categories else ""
        for key in [k for k, s in self._lines.items() if s.item_id not in index.items and not s.line_id]:
            del self._lines[key]
        if self._open is not None and self._open.item_id not in index.items:
            self._open = None
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        self.categoriesChanged.emit()
        self._show_dishes()
        self._show_lines()
        self._show_sheet()

    # -- dishes ---------------------------------------------------------------------------------------------------

    def _show_dishes(self) -> None:
        index, language = self._index, self._shell.language
        if self._search:
            ids = [i for i, x in index.items.items() if matches(self._search, [named(x, language)])]
        else:
            chosen = [c for c in index.menu.get("categories", []) if c["category_id"] == self._category]
            ids = [i for c in chosen for i in c["item_ids"] if i in index.items]
        self._dishes.set_rows(self._dish_row(i) for i in dict.fromkeys(ids))

    def _dish_row(self, item_id: str) -> dict[str, Any]:
        index, language = self._index, self._shell.language
        item = index.items[item_id]
        price = index.price_from(item)
        available = index.availability.get(item_id, {})
        left = index.left(item_id)
        without = available.get("without") or [] if available.get("state") == "without" else []
        return {
            "item_id": item_id,
            "name": named(item, language),
            "priceMinor": price or 0,
            "priced": price is not None,
            "several": index.price_varies(item),
            "sold": index.state(item_id),
            "remaining": -1 if left is None else left,
            "note": ", ".join(index.name(x, language) for x in without),
            "image": picture_url(item.get("image")),
        }

    def _categories(self) -> list[dict[str, Any]]:
        language = self._shell.language
        return [
            {"category_id": c["category_id"], "name": named(c, language)}
            for c in self._index.menu.get("categories", [])
        ]

    def _set_category(self, category_id: str) -> None:
        if category_id != self._category or self._search:
            self._category, self._search = category_id, ""
            self.changed.emit()
            self._show_dishes()

    def _set_search(self, text: str) -> None:
        if text != self._search:
            self._search = text
            self.changed.emit()
            self._show_dishes()

    # -- lines ----------------------------------------------------------------------------------------------------

    def _show_lines(self) -> None:
        self._rows.set_rows(self._line_row(key, s) for key, s in self._lines.items())
        self.changed.emit()

    def _line_row(self, key: str, selection: Selection) -> dict[str, Any]:
        index, language = self._index, self._shell.language
        kept = self._kept.get(key)
        row = {"key": key, "note": selection.note, "quantity": selection.quantity}
        if selection.item_id not in index.items:  # it has left the menu, and stays in the order that has it
            assert kept is not None
            told = {name: kept.told[name] for name in ("name", "details", "without")}
            return {**row, **told, "totalMinor": kept.unit_minor * selection.quantity}
        same = kept is not None and choosing.same_dish(selection, replace(kept.made, note=selection.note))
        unit_minor = kept.unit_minor if kept is not None and same else choosing.unit_price(index, selection)

        def no(name: str) -> str:
            return self._shell.text("pos.without", what=name)

        return {
            **row,
            "name": choosing.title(index, selection, language),
            "details": choosing.details(index, selection, language, no),
            "without": [index.name(i, language) for i in sorted(selection.without)],
            "totalMinor": unit_minor * selection.quantity,
        }

    def _total(self) -> int:
        return sum(row["totalMinor"] for row in self._rows.rows)

    @Slot(str)
    def tapDish(self, item_id: str) -> None:
        """A plain dish goes straight into the order; one with questions opens its sheet."""
        selection = choosing.start(self._index, item_id)
        if selection is None:
            return
        if self._index.state(item_id) == "out":
            self.toast.emit(self._shell.text("pos.is_out", name=self._index.name(item_id, self._shell.language)))
            return
        if self._index.plain(self._index.items[item_id]):
            self._add(selection)
        else:
            self._open, self._open_key = selection, ""
            self._show_sheet()

    def _add(self, selection: Selection) -> None:
        for line in self._lines.values():
            if not line.line_id and choosing.same_dish(line, selection):
                line.quantity = min(MAX_QUANTITY, line.quantity + selection.quantity)
                self._show_lines()
                return
        self._lines[uuid.uuid4().hex] = selection
        self._show_lines()

    @Slot(str, int)
    def setQuantity(self, key: str, quantity: int) -> None:
        """0 takes the line off."""
        if key in self._lines:
            if quantity <= 0:
                del self._lines[key]
            else:
                self._lines[key].quantity = min(MAX_QUANTITY, quantity)
            self._show_lines()

    @Slot()
    def discard(self) -> None:
        self._clear()

    # -- the sheet of one dish ------------------------------------------------------------------------------------

    def _show_sheet(self) -> None:
        rows = sheet.questions(self._index, self._open, self._shell.language) if self._open is not None else []
        if rows:
            self._questions.set_rows(rows)  # a closing sheet keeps its rows until it is out of sight
        self.sheetChanged.emit()

    @Slot(str)
    def editLine(self, key: str) -> None:
        line = self._lines.get(key)
        if line is not None and line.item_id in self._index.items:
            self._open, self._open_key = deepcopy(line), key
            self._show_sheet()

    @Slot(str, str)
    def answer(self, key: str, option_id: str) -> None:
        if self._open is not None:
            sheet.answer(self._index, self._open, key, option_id)
            self._show_sheet()

    @Slot(str, str, int)
    def count(self, key: str, option_id: str, pieces: int) -> None:
        """So many of a combo's dish."""
        if self._open is not None:
            sheet.count(self._index, self._open, key, option_id, pieces)
            self._show_sheet()

    @Slot(int)
    def sheetQuantity(self, quantity: int) -> None:
        if self._open is not None:
            self._open.quantity = max(1, min(MAX_QUANTITY, quantity))
            self.sheetChanged.emit()

    @Slot(str)
    def sheetNote(self, note: str) -> None:
        if self._open is not None:
            self._open.note = note

    @Slot(str)
    def priceKey(self, key: str) -> None:
        """The keypad of an open price."""
        if self._open is not None:
            digits = cash.typed(str(self._open.open_price_minor or ""), key)
            self._open.open_price_minor = int(digits) if digits else None
            self._show_sheet()

    @Slot()
    def closeSheet(self) -> None:
        self._open = None
        self._show_sheet()

    @Slot()
    def takeSheet(self) -> None:
        """Into the order, if nothing is missing."""
        if self._open is None or choosing.missing(self._index, self._open):
            return
        if self._open_key in self._lines:
            self._lines[self._open_key] = self._open
            self._show_lines()
        else:
            self._add(self._open)
        self.closeSheet()

    def _sheet(self) -> dict[str, Any]:
        if self._open is None:
            return {"open": False, "name": "", "quantity": 1, "totalMinor": 0, "missing": 0, "firstMissing": "",
                    "asksPrice": False, "priceMinor": 0, "note": "", "changing": False, "item_id": ""}  # fmt: skip
        missing = choosing.missing(self._index, self._open)
        return {
            "open": True,
            "item_id": self._open.item_id,
            "name": self._index.name(self._open.item_id, self._shell.language),
            "quantity": self._open.quantity,
            "totalMinor": choosing.unit_price(self._index, self._open) * self._open.quantity,
            "missing": sum(missing.values()),
            "firstMissing": next(iter(missing), ""),
            "asksPrice": choosing.asks_price(self._index, self._open),
            "priceMinor": self._open.open_price_minor or 0,
            "note": self._open.note,
            "changing": bool(self._open_key),
        }

    # -- placing --------------------------------------------------------------------------------------------------

    def amend(self, order: dict[str, Any]) -> None:
        """Begins with the dishes an order has; what is placed then replaces them."""
        self._clear()
        self._amends, self._amends_number = order["order_id"], order["number"]
        self._dining = order["dining"]
        self._customer = order.get("customer_name") or ""
        for line in order["lines"]:
            choices: dict[str, list[Choice]] = {}
            for part in line.get("components") or []:
                counts = {m["modifier_id"]: m["quantity"] for m in part.get("modifiers") or []}
                choices.setdefault(part["slot_id"], []).append(
                    Choice(part["item_id"], part.get("variation_id"), counts, set(part.get("without") or ()))
                )
            selection = Selection(
                line["item_id"],
                line["variation_id"] or None,
                line["quantity"],
                {m["modifier_id"]: m["quantity"] for m in line.get("modifiers") or []},
                set(line.get("without") or ()),
                choices,
                note=line.get("note") or "",
                guest=line.get("guest") or "",
                open_price_minor=self._open_price(line),
                line_id=line["line_id"],
            )
            self._lines[selection.line_id] = selection
            self._kept[selection.line_id] = Kept(
                deepcopy(selection), line_row(line), line["total_minor"] // line["quantity"]
            )
        self._show_lines()

    def _open_price(self, line: dict[str, Any]) -> int | None:
        """What staff typed when the line's price was open."""
        item = self._index.items.get(line["item_id"])
        variation = self._index.variation(item, line["variation_id"]) if item else None
        return line["unit_price_minor"] if variation and variation.get("price_minor") is None else None

    @Slot()
    def place(self) -> None:
        """Places the order, or changes the one it began with. A silence keeps the attempt, so nothing doubles."""
        if self._busy or not self._lines:
            return
        body: dict[str, Any] = {"lines": [choosing.spec(s) for s in self._lines.values()]}
        if self._amends:
            body["order_id"] = self._amends
        else:
            body |= {"dining": self._dining, "channel": "pos"}
            if self._customer.strip():
                body["customer_name"] = self._customer.strip()
        previous = self._attempt or {}
        if {k: v for k, v in previous.items() if k != "command_id"} != body:
            previous = {"command_id": str(uuid.uuid4())}
        self._attempt = {**body, "command_id": previous["command_id"]}
        self._busy = True
        self.changed.emit()
        command = "orders.amend" if self._amends else "orders.place"
        asks(self._client, command, self._attempt, done=self._done, refused=self._refused)

    def _done(self, result: dict[str, Any]) -> None:
        order_id = str(result.get("order_id") or self._amends)
        self._busy = False
        self._clear()
        self.placed.emit(order_id)

    def _refused(self, code: str, text: str) -> None:
        self._busy = False
        if code != "server_gone":
            self._attempt = None
        self.toast.emit(self._shell.refusal(code, text, "pos.no_answer"))
        self.changed.emit()

    # -- what QML reads -------------------------------------------------------------------------------------------

    def _set_dining(self, dining: str) -> None:
        self._dining = dining
        self.changed.emit()

    def _set_customer(self, name: str) -> None:
        self._customer = name
        self.changed.emit()

    dishes = Property(QObject, lambda self: self._dishes, constant=True)
    lines = Property(QObject, lambda self: self._rows, constant=True)
    questions = Property(QObject, lambda self: self._questions, constant=True)
    categories = Property("QVariantList", _categories, notify=categoriesChanged)
    category = Property(str, lambda self: "" if self._search else self._category, _set_category, notify=changed)
    search = Property(str, lambda self: self._search, _set_search, notify=changed)
    dining = Property(str, lambda self: self._dining, _set_dining, notify=changed)
    customerName = Property(str, lambda self: self._customer, _set_customer, notify=changed)
    totalMinor = Property(int, _total, notify=changed)
    pieces = Property(int, lambda self: sum(s.quantity for s in self._lines.values()), notify=changed)
    amends = Property(str, lambda self: self._amends_number, notify=changed)
    busy = Property(bool, lambda self: self._busy, notify=changed)
    sheet = Property("QVariantMap", _sheet, notify=sheetChanged)
