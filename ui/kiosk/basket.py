"""What the customer has chosen so far: QML's `vm.basket`. It lives in the screen and survives its server."""

from __future__ import annotations

import uuid
from copy import deepcopy
from typing import Any

from PySide6.QtCore import Property, QObject, Signal, Slot

from ui.context import Shell
from ui.kiosk import troubles
from ui.kiosk.dishes import picture
from ui.models import DictListModel
from ui.pos import selection as choosing
from ui.pos.menu import MenuIndex
from ui.pos.selection import MAX_QUANTITY, Selection

ROLES = ("name", "details", "quantity", "price", "image", "trouble", "mendable")


class Basket(QObject):
    changed = Signal()
    removed = Signal(str)  # what was taken out, for the sentence that offers to put it back
    wantsSheet = Signal(str)

    def __init__(self, shell: Shell, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shell = shell
        self._index = MenuIndex()
        self._rows = DictListModel("key", ROLES, self)
        self.lines: dict[str, Selection] = {}
        self._undo: dict[str, Selection] | None = None

    def set_index(self, index: MenuIndex) -> None:
        self._index = index
        self._show()

    def clear(self) -> None:
        self.lines, self._undo = {}, None
        self._show()

    @property
    def total(self) -> int:
        known = [s for s in self.lines.values() if s.item_id in self._index.items]
        return sum(choosing.unit_price(self._index, s) * s.quantity for s in known)

    @property
    def troubled(self) -> bool:
        return any(troubles.gone(self._index, s) for s in self.lines.values())

    def specs(self) -> list[dict[str, Any]]:
        return [choosing.spec(s) for s in self.lines.values()]

    def put(self, selection: Selection, key: str = "") -> None:
        """A new dish, or a changed one under its key; equal dishes share a line."""
        self._undo = None
        if key in self.lines:
            self.lines[key] = selection
        else:
            for line in self.lines.values():
                if choosing.same_dish(line, selection):
                    line.quantity = min(MAX_QUANTITY, line.quantity + selection.quantity)
                    break
            else:
                self.lines[uuid.uuid4().hex] = selection
        self._show()

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
            self._show()
            self.removed.emit(self._index.name(line.item_id, self._shell.language))

    @Slot()
    def undo(self) -> None:
        """Puts back what was removed last."""
        if self._undo is not None:
            self.lines, self._undo = self._undo, None
            self._show()

    def _show(self) -> None:
        self._rows.set_rows([self._row(key, s) for key, s in self.lines.items()])
        self.changed.emit()

    def _row(self, key: str, selection: Selection) -> dict[str, Any]:
        index, shell = self._index, self._shell
        known = selection.item_id in index.items
        details = choosing.details(index, selection, shell.language) if known else []
        details += [
            shell.text("kiosk.no_ingredient", name=index.name(i, shell.language)) for i in sorted(selection.without)
        ]
        gone = troubles.gone(index, selection)
        price = choosing.unit_price(index, selection) * selection.quantity if known else 0
        return {
            "key": key,
            "name": choosing.title(index, selection, shell.language) if known else selection.item_id,
            "details": " · ".join(details),
            "quantity": selection.quantity,
            "price": shell.money(str(price), ""),
            "image": picture(index.items[selection.item_id].get("image")) if known else "",
            "trouble": shell.text("kiosk.ran_out", names=troubles.names(index, gone, shell.language)) if gone else "",
            "mendable": bool(gone) and troubles.mendable(index, selection),
        }

    rows = Property(QObject, lambda self: self._rows, constant=True)
    pieces = Property(int, lambda self: sum(s.quantity for s in self.lines.values()), notify=changed)
    totalText = Property(str, lambda self: self._shell.money(str(self.total), ""), notify=changed)
    isTroubled = Property(bool, lambda self: self.troubled, notify=changed)
