"""The dish being put together: QML's `vm.sheet`."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from PySide6.QtCore import Property, QObject, Signal, Slot

from ui.context import Shell
from ui.kiosk import troubles
from ui.kiosk.basket import Basket
from ui.kiosk.dishes import picture
from ui.models import DictListModel
from ui.pos import selection as choosing
from ui.pos import sheet
from ui.pos.menu import MenuIndex
from ui.pos.selection import MAX_QUANTITY, Selection
from ui.text import named


class Sheet(QObject):
    changed = Signal()
    incomplete = Signal(str)  # the first question without an answer

    def __init__(self, shell: Shell, basket: Basket, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shell = shell
        self._basket = basket
        self._index = MenuIndex()
        self._questions = DictListModel("key", (*sheet.ROLES, "asked"), self)
        self._selection: Selection | None = None
        self._shown: Selection | None = None  # outlives the selection while the sheet slides away
        self._key = ""
        self._pointed = False  # the customer has tried to finish: what is missing may be pointed at

    def set_index(self, index: MenuIndex) -> None:
        self._index = index
        if self._selection is not None and self._selection.item_id not in index.items:
            self.close()
        else:
            self._show()

    def open(self, item_id: str) -> None:
        self._begin(choosing.start(self._index, item_id), "")

    @Slot(str)
    def edit(self, key: str) -> None:
        """A line of the basket again, without what has run out of it, so that the sheet asks for something else."""
        line = self._basket.lines.get(key)
        if line is not None and line.item_id in self._index.items:
            selection = deepcopy(line)
            troubles.mend(self._index, selection)
            self._begin(selection, key)

    def _begin(self, selection: Selection | None, key: str) -> None:
        if selection is not None:
            self._selection = self._shown = selection
            self._key, self._pointed = key, False
            self._show()

    def _show(self) -> None:
        if self._selection is not None:
            rows = sheet.questions(self._index, self._selection, self._shell.language)
            for row in rows:
                row["title"] = row["title"] or self._shell.text(f"kiosk.ask_{row['kind']}")
                row["asked"] = bool(row["missing"] and self._pointed)
                row["options"] = [self._worded(o, row["kind"]) for o in row["options"]]
            self._questions.set_rows(rows)
        self.changed.emit()

    def _worded(self, option: dict[str, Any], kind: str) -> dict[str, Any]:
        shell = self._shell
        if option["priceMinor"] is not None:
            extra = shell.money(str(option["priceMinor"]), "")
        else:
            extra = shell.extraMoney(str(option["extraMinor"]), "")
        name = shell.text("kiosk.no_ingredient", name=option["name"]) if kind == "without" else option["name"]
        return {
            "id": option["id"],
            "name": name,
            "selected": option["selected"],
            "extra": extra,
            "out": option["out"],
            "note": shell.text("kiosk.option_out") if option["out"] else "",
        }

    @Slot(str, str)
    def answer(self, key: str, option_id: str) -> None:
        if self._selection is not None:
            sheet.answer(self._index, self._selection, key, option_id)
            self._show()

    @Slot(int)
    def setQuantity(self, quantity: int) -> None:
        if self._selection is not None:
            self._selection.quantity = max(1, min(MAX_QUANTITY, quantity))
            self.changed.emit()

    @Slot()
    def close(self) -> None:
        self._selection = None
        self.changed.emit()

    @Slot()
    def take(self) -> None:
        """Into the basket; or to the first question that has no answer yet."""
        if self._selection is None or self._lost:
            return
        missing = choosing.missing(self._index, self._selection)
        if missing:
            self._pointed = True
            self._show()
            self.incomplete.emit(missing[0])
            return
        self._basket.put(self._selection, self._key)
        self.close()

    @property
    def _lost(self) -> bool:
        """The dish itself ran out while it was looked at."""
        return self._selection is not None and self._index.state(self._selection.item_id) == "out"

    def _facts(self) -> dict[str, Any]:
        selection, index, shell = self._shown, self._index, self._shell
        if selection is None or selection.item_id not in index.items:
            return {"name": "", "description": "", "image": "", "quantity": 1, "total": "", "allergens": "", "energy": "",
                    "editing": False, "missing": 0, "lost": False, "maximum": MAX_QUANTITY, "item_id": ""}  # fmt: skip
        item = index.items[selection.item_id]
        allergens = [shell.text(f"kiosk.allergen.{a}") for a in item.get("allergens") or ()]
        left = index.left(selection.item_id)
        return {
            "item_id": selection.item_id,
            "name": named(item, shell.language),
            "description": named(item, shell.language, "description"),
            "image": picture(item.get("image")),
            "quantity": selection.quantity,
            "total": shell.money(str(choosing.unit_price(index, selection) * selection.quantity), ""),
            "allergens": ", ".join(allergens),
            "energy": shell.text("kiosk.energy", n=item["kilocalories"]) if item.get("kilocalories") else "",
            "editing": bool(self._key),
            "missing": len(choosing.missing(index, selection)),
            "lost": self._lost,
            "maximum": MAX_QUANTITY if left is None else max(1, min(MAX_QUANTITY, left)),
        }

    isOpen = Property(bool, lambda self: self._selection is not None, notify=changed)
    facts = Property("QVariantMap", _facts, notify=changed)
    questions = Property(QObject, lambda self: self._questions, constant=True)
