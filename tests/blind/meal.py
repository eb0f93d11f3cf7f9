"""A whole meal, ordered and paid by what is said. The words are those of the kiosk's translations and the menu's."""

from __future__ import annotations

from typing import Any

from tests.blind.customer import Customer, demo_menu
from ui.money import format as money
from ui.text import Translations, named

DISH, CATEGORY = "cheeseburger", "burgers"
LANGUAGES = {"en": "English", "de": "Deutsch"}


class Words:
    """What a customer of this language expects to hear."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._texts = Translations()
        menu = demo_menu()
        self._items = {item["item_id"]: item for item in menu["items"]}
        self._categories = {category["category_id"]: category for category in menu["categories"]}

    def say(self, key: str, **values: Any) -> str:
        return self._texts.say(self.language, f"kiosk.{key}", values)

    def dish(self, item_id: str) -> str:
        return named(self._items[item_id], self.language)

    def category(self, category_id: str) -> str:
        return named(self._categories[category_id], self.language)

    def money(self, minor: int) -> str:
        return money(minor, "EUR", self.language)


def order(customer: Customer, language: str) -> str:
    """From the sleeping screen to the number, which is returned."""
    words = Words(language)
    english = Words("en")
    customer.hears(english.say("welcome"), english.say("keys"))
    customer.press("enter")
    customer.hears(english.say("where"))
    customer.chooses(LANGUAGES[language])
    if language != "en":
        customer.hears(words.say("where"))
    customer.chooses(words.say("takeaway"))
    customer.hears(words.say("menu"))
    customer.chooses(words.category(CATEGORY))
    customer.hears(words.category(CATEGORY))  # the head of the list that the focus is in now
    customer.chooses(words.dish(DISH))
    customer.hears(words.dish(DISH), words.say("contains", names=""), words.money(950))
    answer_all(customer, words)
    customer.hears(f"1 × {words.dish(DISH)}", words.say("pieces", n=1), words.money(950))
    into_the_basket(customer, words)
    customer.hears(words.money(1900))
    customer.chooses(words.say("by_card"))
    customer.hears(words.say("present_card"))
    said = customer.hears(words.say("thanks"), words.say("your_number"))
    return said.partition(words.say("your_number") + " ")[2].partition(".")[0]


def answer_all(customer: Customer, words: Words) -> None:
    """Asks to have it, and answers what is missing, as it is told, until it is in the order."""
    for _ in range(2):
        customer.finds(words.money(950) + ", push button", "up")
        customer.press("enter")
        customer.hears(words.say("please_choose", n=1))
        customer.press("enter")
        customer.hears("checked")
    customer.finds(words.say("add"), "up")
    customer.press("enter")


def into_the_basket(customer: Customer, words: Words) -> None:
    """One more of the same, then on to paying. On a wide screen the basket is a part of the page."""
    customer.goes("right")
    while not any(x in customer.reader.focused for x in (words.say("basket"), words.say("one_less"))):
        customer.goes("right")
    if words.say("one_less") not in customer.reader.focused:
        customer.press("enter")
        customer.hears(words.say("basket"), words.say("pieces", n=1))
    customer.chooses(words.say("one_more"))
    customer.hears(f"2 × {words.dish(DISH)}", words.money(1900))
    customer.chooses(words.say("pay") + ", push button")
