"""Looking around in the menu: QML's `vm.browse`. What is typed, what is filtered, and the shelves that are left.

A shelf is a row of dishes side by side; all shelves of all categories are one long list.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from PySide6.QtCore import Property, QObject, QTimer, Signal, Slot

from server import filters
from server.filters import Dish, Offer, Wishes
from ui.context import Shell
from ui.dish.menu import MenuIndex, Thing
from ui.dish.search import MAX_QUERY, Finder
from ui.kiosk import keyboard
from ui.kiosk.dishes import Row, allergen
from ui.kiosk.words import left_out
from ui.models import DictListModel
from ui.text import capital, joined, named

FOUND = "found"
"""The section of what a search found."""

MAX_COLUMNS = 8
TYPING_MS = 60
"""The list follows when the finger is off the key, so that no key is ever late."""

LONG_NAME = 26
"""Letters of a name that takes two lines on a tile, and with marks under it the room of a description."""


def facts(item: Thing, index: MenuIndex) -> Dish:
    return filters.dish(item.get("diets") or (), item.get("allergens") or (), index.price_from(item))


def two_lines(dish: Row) -> bool:
    return bool(dish["marks"]) and len(dish["name"]) > LONG_NAME


class Section(NamedTuple):
    """A category, or what was found, with the dishes that are left in it."""

    id: str
    heading: str
    item_ids: list[str]


class Browse(QObject):
    changed = Signal()
    keysChanged = Signal()
    choicesChanged = Signal()
    queryChanged = Signal()

    def __init__(self, shell: Shell, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shell = shell
        self._index = MenuIndex()
        self._dishes: dict[str, Row] = {}
        self._finder: Finder | None = None
        self._offer = Offer()
        self._wishes = Wishes()
        self._searching = False
        self._query = ""
        self._sunk: frozenset[str] = frozenset()  # what was out when the search was typed: it comes last
        self._columns = 2
        self._count = 0
        self._facts: dict[str, Dish] = {}
        self._told = False
        self._keys: list[list[str]] = []
        self._sections: list[Section] = []
        self._shelves = DictListModel("key", ("section", "pictured", "bare", "cells"), self)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING_MS)
        self._typing.timeout.connect(self.show)

    def set_menu(self, index: MenuIndex, dishes: dict[str, Row]) -> None:
        """`dishes`: the row of each dish that a kiosk sells, by item id."""
        if index is not self._index:
            self._index = index
            self._facts = {i: facts(item, index) for i, item in index.items.items()}
            self._offer = filters.offer(self._facts.values())
            self._told = filters.allergens_told(self._facts.values())
            self.forget_words()
        self._dishes = dishes
        self.show()

    @Slot()
    def forget_words(self) -> None:
        """Another language or menu: the dishes are found by other words."""
        self._finder = None
        self.choicesChanged.emit()

    def clear(self) -> None:
        """The next customer sees everything."""
        self._wishes, self._searching, self._query = Wishes(), False, ""
        self.show()
        self.queryChanged.emit()

    # -- what is left ---------------------------------------------------------------------------------------------

    @Slot()
    def show(self) -> None:
        self._typing.stop()
        self._sections = list(self._wanted_sections())
        self._count = len({item_id for section in self._sections for item_id in section.item_ids})
        self._shelves.set_rows(shelf for section in self._sections for shelf in self._shelved(section))
        self._show_keys()
        self.changed.emit()

    def _shelved(self, section: Section) -> Iterable[Row]:
        dishes = [self._dishes[item_id] for item_id in section.item_ids]
        pictured = any(dish["image"] for dish in dishes)
        bare = not pictured and not any(dish["description"] or two_lines(dish) for dish in dishes)
        for at in range(0, len(dishes), self._columns):
            cells = dishes[at : at + self._columns]
            yield {
                "key": f"{section.id}/{at}",
                "section": section.id,
                "pictured": pictured,
                "bare": bare,
                "cells": cells,
            }

    def _wanted_sections(self) -> Iterable[Section]:
        """In the order they are shown; a section without dishes is not."""
        if self._searching and self._query.strip():
            found = [i for i in self._find() if self._wanted(i)]
            if found:
                yield Section(FOUND, self._shell.text("kiosk.found", n=len(found)), found)
            return
        for category in self._index.menu.get("categories", []):
            ids = [i for i in dict.fromkeys(category["item_ids"]) if i in self._dishes and self._wanted(i)]
            if ids:
                yield Section(category["category_id"], named(category, self._shell.language), ids)

    def _find(self) -> list[str]:
        if self._finder is None:
            words: dict[str, list[str]] = {}
            for category in self._index.menu.get("categories", []):
                for item_id in category["item_ids"]:
                    words.setdefault(item_id, []).append(named(category, self._shell.language))
            self._finder = Finder(self._index, self._shell.language, words)
        found = [i for i in self._finder.find(self._query) if i in self._dishes]
        return sorted(found, key=lambda i: i in self._sunk)  # what runs out later stays where it is seen

    def _wanted(self, item_id: str) -> bool:
        return filters.fits(self._facts[item_id], self._wishes, self._told)

    def _show_keys(self) -> None:
        """Other keys only where they are others: none is taken away from under the finger."""
        keys = keyboard.rows(self._shell.language, [dish["name"] for dish in self._dishes.values()], self._query)
        if keys != self._keys:
            self._keys = keys
            self.keysChanged.emit()

    def first_to_be_had(self, section: str) -> tuple[str, int]:
        """Its shelf and its place there; the first dish's where none can be had, `""` where none is shown."""
        shelves = [shelf for shelf in self._shelves.rows if shelf["section"] == section]
        places = [(shelf["key"], n, cell["out"]) for shelf in shelves for n, cell in enumerate(shelf["cells"])]
        key, n, _ = next((p for p in places if not p[2]), places[0] if places else ("", 0, True))
        return key, n

    @property
    def sections(self) -> list[Section]:
        return self._sections

    # -- what is touched ------------------------------------------------------------------------------------------

    @Slot(int)
    def setColumns(self, columns: int) -> None:
        columns = max(1, min(MAX_COLUMNS, columns))
        if columns != self._columns:
            self._columns = columns
            self.show()

    @Slot(bool)
    def search(self, on: bool) -> None:
        """Opens or closes the search; closed, the whole menu is there again."""
        if on != self._searching:
            self._searching, self._query = on, ""
            self.show()
            self.queryChanged.emit()

    @Slot(str)
    def type(self, text: str) -> None:
        kept = text[:MAX_QUERY]
        if kept != self._query:
            self._query = kept
            self._searching = True
            self._sunk = frozenset(i for i, dish in self._dishes.items() if dish["out"])
            self._typing.start()
            self.changed.emit()
            self.queryChanged.emit()
        elif kept != text:
            self.queryChanged.emit()  # the field shows what is looked for, and no more

    @Slot(str)
    def press(self, key: str) -> None:
        """A key of the keyboard on the glass: a character, or `del`."""
        self.type(self._query[:-1] if key == keyboard.DELETE else self._query + key)

    @Slot(str)
    def wish(self, key: str) -> None:
        """A touch on a filter, `kind:value`: on or off."""
        kind, _, value = key.partition(":")
        self._wishes = self._wishes.toggled(kind, value)
        self.show()

    @Slot()
    def clearWishes(self) -> None:
        if self._wishes.count:
            self._wishes = Wishes()
            self.show()

    # -- what is shown --------------------------------------------------------------------------------------------

    def _choices(self) -> list[Row]:
        """The filter's questions: `{title, options: [{key, text}]}`, only what this menu can answer."""
        return [
            {
                "title": self._shell.text(f"kiosk.filter_{kind}"),
                "options": [{"key": key, "text": self._answer(key)} for key in keys],
            }
            for kind, keys in self._offer.questions.items()
            if keys
        ]

    def _states_food(self) -> bool:
        """Whether anything is asked that only the shop's word answers."""
        return any(keys for kind, keys in self._offer.questions.items() if kind != "price")

    def _answer(self, key: str) -> str:
        shell, (kind, _, value) = self._shell, key.partition(":")
        if kind == "avoid":
            return capital(allergen(value, shell), shell.language)
        if kind == "under":
            return capital(self._under(int(value)), shell.language)
        return shell.text(f"kiosk.diet.{filters.SPICY.get(value, value)}")

    def _under(self, amount: int) -> str:
        return self._shell.text("kiosk.under", price=self._shell.money(str(amount), ""))

    def _wished(self) -> str:
        """The filters that are on, in words."""
        shell, wishes = self._shell, self._wishes
        words = [shell.text(f"kiosk.diet.{d}") for d in self._offer.diets if d in wishes.diets]
        if wishes.spicy is not None:
            words.append(shell.text("kiosk.diet.spicy" if wishes.spicy else "kiosk.diet.mild"))
        avoided = [allergen(a, shell) for a in self._offer.allergens if a in wishes.avoided]
        words += [left_out(shell, name) for name in avoided]
        if wishes.under_minor:
            words.append(self._under(wishes.under_minor))
        return joined(words, shell.language)

    @Slot(str, result=str)
    def heading(self, section: str) -> str:
        return next((s.heading for s in self._sections if s.id == section), "")

    shelves = Property(QObject, lambda self: self._shelves, constant=True)
    searching = Property(bool, lambda self: self._searching, notify=changed)
    query = Property(str, lambda self: self._query, notify=queryChanged)
    count = Property(int, lambda self: self._count, notify=changed)
    filterable = Property(bool, lambda self: self._offer.any, notify=changed)
    wishes = Property(int, lambda self: self._wishes.count, notify=changed)
    wished = Property(str, _wished, notify=changed)
    wishedKeys = Property("QStringList", lambda self: self._wishes.keys, notify=changed)
    choices = Property("QVariantList", _choices, notify=choicesChanged)
    statesFood = Property(bool, _states_food, notify=choicesChanged)
    keys = Property("QVariantList", lambda self: self._keys, notify=keysChanged)
