"""The dish being put together: QML's `vm.sheet`."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from PySide6.QtCore import Property, QObject, Signal, Slot

from ui.context import Shell
from ui.dish import selection as choosing
from ui.dish import sheet
from ui.dish.menu import MenuIndex
from ui.dish.selection import Selection
from ui.kiosk import questions, troubles
from ui.kiosk.basket import Basket
from ui.kiosk.dishes import out_reason, picture
from ui.models import DictListModel
from ui.text import named

NOTHING: dict[str, Any] = {
    "item_id": "", "name": "", "description": "", "image": "", "quantity": 1, "maximum": 1, "total": "",
    "allergens": "", "energy": "", "notice": "", "editing": False, "missing": 0, "lost": False,
}  # fmt: skip


def allergen(word: str, shell: Shell) -> str:
    """A menu may name more than the law's fourteen; such a word is shown as it is."""
    key = f"kiosk.allergen.{word}"
    return shell.text(key) if key in shell.translations.keys("en") else word


class Sheet(QObject):
    changed = Signal()
    incomplete = Signal(str)  # the first question without an answer
    said = Signal(str)  # a sentence that passes

    def __init__(self, shell: Shell, basket: Basket, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shell = shell
        self._basket = basket
        self._index = MenuIndex()
        self._questions = DictListModel("key", questions.ROLES, self)
        self._selection: Selection | None = None
        self._shown: Selection | None = None  # outlives the selection while the sheet slides away
        self._key = ""
        self._pointed = False

    def set_index(self, index: MenuIndex) -> None:
        """The menu or what can be had has changed: what was chosen and is gone is taken out, and told."""
        self._index = index
        selection = self._selection
        if selection is None:
            self._shown = None
            self.changed.emit()
            return
        if selection.item_id not in index.items:
            self.close()
            return
        gone = troubles.gone(index, selection)
        if gone and not self._lost:
            troubles.mend(index, selection)
            names = troubles.names(index, gone, self._shell.language)
            self.said.emit(self._shell.text("kiosk.just_ran_out", names=names))
        selection.quantity = max(1, min(selection.quantity, self._maximum(selection)))
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
            selection.quantity = max(1, min(selection.quantity, self._maximum(selection)))
            self.changed.emit()

    def _begin(self, selection: Selection | None, key: str) -> None:
        if selection is not None:
            self._selection = self._shown = selection
            self._key, self._pointed = key, False
            self._show()

    def _show(self) -> None:
        if self._selection is not None:
            self._questions.set_rows(questions.questions(self._index, self._selection, self._shell, self._pointed))
        self.changed.emit()

    @Slot(str, str)
    def answer(self, key: str, option_id: str) -> None:
        """A tap on an option; one too many is explained instead of taken."""
        if self._selection is None:
            return
        row = self._questions.row(key) or {"options": []}
        option = next((o for o in row["options"] if o["id"] == option_id), None)
        if option is None or option["out"]:
            return
        if option["full"]:
            self.said.emit(self._shell.text("kiosk.enough", n=row["most"], title=row["title"]))
            return
        sheet.answer(self._index, self._selection, key, option_id)
        self._show()

    @Slot(int)
    def setQuantity(self, quantity: int) -> None:
        if self._selection is not None:
            self._selection.quantity = max(1, min(self._maximum(self._selection), quantity))
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
        missing = set(choosing.missing(self._index, self._selection))
        if missing:
            self._pointed = True
            self._show()
            self.incomplete.emit(next(row["key"] for row in self._questions.rows if row["key"] in missing))
            return
        if self._basket.full and not self._key:
            self.said.emit(self._shell.text("kiosk.basket_full"))
            return
        self._basket.put(self._selection, self._key)
        self.close()

    @property
    def _lost(self) -> bool:
        """The dish itself ran out while it was looked at, or all that is left is in the basket already."""
        selection = self._selection
        if selection is None:
            return False
        return self._index.state(selection.item_id) == "out" or self._basket.room(selection, self._key) < 1

    def _maximum(self, selection: Selection) -> int:
        return max(1, self._basket.room(selection, self._key))

    def _notice(self, selection: Selection) -> str:
        """What the customer has to know about the dish today."""
        index, shell = self._index, self._shell
        item = index.items[selection.item_id]
        available = index.availability.get(selection.item_id, {})
        if available.get("state") == "out":
            return out_reason(index, item, available, shell)
        if self._lost:
            return shell.text("kiosk.all_yours")
        if available.get("state") == "without":
            return shell.text("kiosk.without", names=troubles.names(index, available["without"], shell.language))
        return ""

    def _facts(self) -> dict[str, Any]:
        selection, index, shell = self._shown, self._index, self._shell
        if selection is None or selection.item_id not in index.items:
            return NOTHING
        item = index.items[selection.item_id]
        allergens = [allergen(a, shell) for a in item.get("allergens") or ()]
        energy = item.get("kilocalories")
        return {
            "item_id": selection.item_id,
            "name": named(item, shell.language),
            "description": named(item, shell.language, "description"),
            "image": picture(item.get("image")),
            "quantity": selection.quantity,
            "maximum": self._maximum(selection),
            "total": shell.money(str(choosing.unit_price(index, selection) * selection.quantity), ""),
            "allergens": shell.text("kiosk.contains", names=", ".join(allergens)) if allergens else "",
            "energy": shell.text("kiosk.energy", n=energy) if energy is not None else "",
            "notice": self._notice(selection),
            "editing": bool(self._key),
            "missing": len(choosing.missing(index, selection)),
            "lost": self._lost,
        }

    isOpen = Property(bool, lambda self: self._selection is not None, notify=changed)
    facts = Property("QVariantMap", _facts, notify=changed)
    questions = Property(QObject, lambda self: self._questions, constant=True)
