"""The dish being put together: QML's `vm.sheet`."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from PySide6.QtCore import Property, QObject, Signal, Slot

from server.phrase import inside
from ui.context import Shell
from ui.dish import combo, sheet
from ui.dish import selection as choosing
from ui.dish.menu import MenuIndex
from ui.dish.selection import Selection
from ui.kiosk import contents, questions, said, troubles
from ui.kiosk.basket import Basket
from ui.kiosk.dishes import marks, out_reason, picture, pictures
from ui.models import DictListModel
from ui.text import all_of, joined, named

NOTHING: dict[str, Any] = {
    "item_id": "", "name": "", "description": "", "image": "", "quantity": 1, "maximum": 1, "total": "",
    "allergens": "", "energy": "", "notice": "", "editing": False, "missing": 0, "lost": False,
    "offer": {}, "single": "", "spoken": "", "marks": [], "brief": False, "pictures": [],
}  # fmt: skip


class Sheet(QObject):
    changed = Signal()
    incomplete = Signal(str)  # the first question without an answer
    said = Signal(str)  # a sentence that passes
    upgraded = Signal()  # it is another dish now

    def __init__(self, shell: Shell, basket: Basket, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shell = shell
        self._basket = basket
        self._index = MenuIndex()
        self._questions = DictListModel("key", questions.ROLES, self)
        self._selection: Selection | None = None
        self._shown: Selection | None = None  # outlives the selection while the sheet slides away
        self._single: Selection | None = None  # the dish as it was before it became a combo
        self._key = ""
        self._pointed = False

    def set_index(self, index: MenuIndex) -> None:
        """The menu or what can be had has changed: what was chosen and is gone is taken out, and told."""
        before, self._index = self._index, index
        selection = self._selection
        if selection is None:
            self._shown = None
            self.changed.emit()
            return
        if selection.item_id not in index.items:
            self.close()
            return
        sizes = troubles.sizes_off_menu(index, selection)
        gone = troubles.gone(index, selection)
        if sizes and not gone and not self._lost:
            names = joined((choosing.sized(before, i, v, self._shell.language) for i, v in sizes), self._shell.language)
            troubles.mend(index, selection)
            self.said.emit(self._shell.text("kiosk.not_on_menu", names=names))
        elif gone and not self._lost:
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

    @Slot(str)
    def copy(self, key: str) -> None:
        """Another one like a line of the basket, to be made a little different; it becomes a line of its own."""
        line = self._basket.lines.get(key)
        if line is not None and line.item_id in self._index.items:
            selection = deepcopy(line)
            troubles.mend(self._index, selection)
            selection.quantity, selection.guest = 1, ""
            self._begin(selection, "")

    def _begin(self, selection: Selection | None, key: str) -> None:
        if selection is not None:
            self._selection = self._shown = selection
            self._key, self._pointed, self._single = key, False, None
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

    @Slot(str, str, int)
    def count(self, key: str, option_id: str, portions: int) -> None:
        """So many portions of what is chosen; one too many is explained."""
        if self._selection is None:
            return
        row = self._questions.row(key) or {"options": []}
        option = next((o for o in row["options"] if o["id"] == option_id), None)
        if option is not None and portions > option["most"]:
            self.said.emit(self._shell.text("kiosk.enough", n=row["most"], title=row["title"]))
            return
        sheet.count(self._index, self._selection, key, option_id, portions)
        self._show()

    @Slot()
    def upgrade(self) -> None:
        """The dish becomes the combo that is offered, with all that was chosen for it."""
        offer = combo.upgrade(self._index, self._selection) if self._selection is not None else None
        raised = combo.upgraded(self._index, self._selection, offer) if self._selection and offer else None
        if raised is not None:
            raised.guest = self.guest
            self._single, key = self._selection, self._key
            self._selection = self._shown = raised
            self._key, self._pointed = key, False
            self._show()
            self.upgraded.emit()

    @Slot()
    def downgrade(self) -> None:
        """The dish alone again, as it was."""
        if self._single is not None and self._single.item_id in self._index.items:
            self._single.guest = self.guest
            self._selection = self._shown = self._single
            self._single, self._pointed = None, False
            self._show()
            self.upgraded.emit()

    @Slot(int)
    def setQuantity(self, quantity: int) -> None:
        if self._selection is not None:
            self._selection.quantity = max(1, min(self._maximum(self._selection), quantity))
            self.changed.emit()

    @property
    def guest(self) -> str:
        """For whom the dish is; empty for whoever ordered."""
        return self._selection.guest if self._selection is not None else ""

    def setGuest(self, name: str) -> None:
        if self._selection is not None:
            self._selection.guest = name
            self.changed.emit()

    @Slot()
    def close(self) -> None:
        self._selection = None
        self.changed.emit()

    @Slot()
    def forget(self) -> None:
        """What the last dish asked is no longer seen: it is taken away now, and not while the next one opens."""
        if self._selection is None:
            self._questions.set_rows([])

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

    def _offer(self, selection: Selection) -> dict[str, str]:
        """The one combo that is offered for the dish, or nothing."""
        index, shell = self._index, self._shell
        offer = combo.upgrade(index, selection) if not self._lost else None
        if offer is None:
            return {}
        item = index.items[offer.combo_id]
        slots = [inside(named(s, shell.language), shell.language) for s in offer.slots]
        return {
            "item_id": offer.combo_id,
            "name": named(item, shell.language),
            "with": shell.text("kiosk.comes_with", names=all_of(slots, shell.language)),
            "more": shell.extraMoney(str(offer.more_minor), ""),
            "image": picture(item.get("image")),
        }

    def _total(self, selection: Selection) -> str:
        """While something is missing, the least it comes to."""
        more = choosing.least_more(self._index, selection)
        unit = choosing.unit_price(self._index, selection) + more
        amount = self._shell.money(str(unit * selection.quantity), "")
        return self._shell.text("kiosk.from", price=amount) if more > 0 else amount

    def _facts(self) -> dict[str, Any]:
        selection, index, shell = self._shown, self._index, self._shell
        if selection is None or selection.item_id not in index.items:
            return NOTHING
        item = index.items[selection.item_id]
        shown = pictures(item)
        facts = {
            "item_id": selection.item_id,
            "name": named(item, shell.language),
            "description": named(item, shell.language, "description"),
            "image": shown[0] if shown else "",
            "pictures": shown,
            "marks": marks(item.get("diets") or ()),
            "quantity": selection.quantity,
            "maximum": self._maximum(selection),
            "total": self._total(selection),
            "allergens": contents.allergens(index, selection, shell),
            "energy": contents.energy(index, selection, shell),
            "notice": self._notice(selection),
            "editing": bool(self._key),
            "missing": sum(choosing.missing(index, selection).values()),
            "lost": self._lost,
            "offer": self._offer(selection),
            "brief": len(self._questions.rows) < 3 and selection.item_id not in index.combos,
            "single": index.name(self._single.item_id, shell.language) if self._single is not None else "",
        }
        return {**facts, "spoken": said.dish(facts, shell)}

    isOpen = Property(bool, lambda self: self._selection is not None, notify=changed)
    facts = Property("QVariantMap", _facts, notify=changed)
    questions = Property(QObject, lambda self: self._questions, constant=True)
