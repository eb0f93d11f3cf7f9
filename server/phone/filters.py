"""The menu's filters on a phone: which there are, and which of them each dish passes. The script only compares.

What a filter means is `server.filters`, as at the kiosk.
"""

from __future__ import annotations

from server import filters
from server.phone import dishes
from server.phone.frame import button, sheet_close
from server.phone.html import Markup, el
from server.phone.words import Words
from server.services.carte import Carte
from server.services.menu.events import Item


class Filters:
    """`keys`: all that can be wished for in this menu, as `Wishes.toggled` takes them, in the order shown."""

    def __init__(self, carte: Carte, words: Words) -> None:
        self._words, self._currency = words, carte.menu.currency
        facts = {i: of(item, carte) for i, item in carte.items.items() if dishes.sold(item)}
        told = filters.allergens_told(filters.dish((), item.allergens, None) for item in carte.items.values())
        self._questions = filters.offer(facts.values()).questions
        self.keys = [key for keys in self._questions.values() for key in keys]
        wishes = [filters.Wishes().toggled(*key.split(":", 1)) for key in self.keys]
        self._passed = {
            i: [n for n, w in enumerate(wishes) if filters.fits(dish, w, told)] for i, dish in facts.items()
        }

    def passed(self, item: Item) -> str | None:
        """The places in `keys` of those that a dish passes, with blanks between; None where nothing can be filtered."""
        return " ".join(map(str, self._passed.get(item.item_id, ()))) if self.keys else None

    def opener(self) -> Markup | None:
        """The button beside the search."""
        if not self.keys:
            return None
        count = el("span", "", id="filter-count", hidden=True)
        return el("div", button(self._words.say("filters"), kind="round", symbol="filter", id="open-filters"), count)

    def sheet(self) -> Markup | None:
        """The dialog: questions, each with its answers as boxes to tick, and how many dishes are left."""
        if not self.keys:
            return None
        words, place = self._words, iter(range(len(self.keys)))
        asked = [
            el("fieldset", el("legend", el("span", words.say(f"filter_{kind}"))),
               el("div", *(self._chip(key, next(place)) for key in keys), class_="chips"))
            for kind, keys in self._questions.items() if keys
        ]  # fmt: skip
        foot = el(
            "div",
            button(words.say("filters_clear"), data_clear=True),
            button("", kind="primary", data_action="close", id="filter-done"),
            class_="sheet-foot",
        )
        return el(
            "dialog",
            el(
                "form",
                sheet_close(words, words.say("filters")),
                el("h2", words.say("filters"), id="filters-title", tabindex="-1"),
                *asked,
                el("p", words.say("filter_honest"), class_="soft small"),
                foot,
                method="dialog",
            ),
            id="filters",
            class_="sheet",
            aria_labelledby="filters-title",
        )

    def _chip(self, key: str, place: int) -> Markup:
        """`data_kind`: of the answers to one of these questions only one holds."""
        kind = key.split(":")[0]
        box = el(
            "input", type="checkbox", name="filter", value=str(place), data_key=key, data_said=self._said(key),
            data_kind=kind if kind in ("spicy", "under") else None,
        )  # fmt: skip
        return el("label", box, el("span", self._text(key)), class_="chip")

    def _text(self, key: str) -> str:
        words, (kind, value) = self._words, key.split(":", 1)
        if kind == "avoid":
            return dishes.allergen(value, words)
        return self._said(key)

    def _said(self, key: str) -> str:
        """As it is said of the dishes that are left: `no milk`."""
        words, (kind, value) = self._words, key.split(":", 1)
        if kind == "avoid":
            return words.left_out(dishes.allergen(value, words))
        if kind == "under":
            return words.say("under", price=words.money(int(value), self._currency))
        return words.say(f"diet.{filters.SPICY.get(value, value)}")


def of(item: Item, carte: Carte) -> filters.Dish:
    return filters.dish(item.diets, item.allergens, dishes.least(item, carte)[0])
