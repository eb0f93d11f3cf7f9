"""What a dish's sheet says of allergens and energy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtQml import QQmlEngine

from tests.ui.conftest import Hand
from tests.ui.desk import Desk
from tests.ui.diner import MENU
from tests.ui.visit import enter, open_dish, set_up
from ui.context import Shell
from ui.dish import selection as choosing
from ui.dish.menu import MenuIndex
from ui.kiosk import contents

UNKNOWN = "Allergens: not stated here, please ask our staff"


@pytest.fixture
def shell(qapp: QGuiApplication) -> Iterator[Shell]:
    engine = QQmlEngine()
    yield Shell(engine, language="en", languages=["en", "de"])
    engine.deleteLater()


def stated(**facts: tuple[list[str], int | None]) -> MenuIndex:
    """The menu with allergens and kilocalories, by item id."""
    menu: dict[str, Any] = deepcopy(MENU)
    for item in menu["items"]:
        if item["item_id"] in facts:
            item["allergens"], item["kilocalories"] = facts[item["item_id"]]
    return MenuIndex(menu)


def said(index: MenuIndex, shell: Shell, item_id: str, **choices: str) -> tuple[str, str]:
    selection = choosing.start(index, item_id)
    assert selection is not None
    for slot_id, choice in choices.items():
        choosing.choose(index, selection, slot_id, choice)
    return contents.allergens(index, selection, shell), contents.energy(index, selection, shell)


def test_a_dish_of_which_nothing_is_stated_says_so(shell: Shell) -> None:
    index = stated(burger=(["gluten", "milk"], 640))
    assert said(index, shell, "fries") == (UNKNOWN, "")
    assert said(index, shell, "burger") == ("Contains gluten, milk", "640 kcal")


def test_allergens_in_the_words_of_other_systems_are_said_in_the_customers(shell: Shell) -> None:
    shell.set_language("de")
    index = stated(burger=(["soy", "dairy", "milk", "eggs"], None))
    assert said(index, shell, "burger")[0] == "Enthält Soja, Milch, Ei"


def test_what_a_combo_contains_follows_what_is_chosen(shell: Shell) -> None:
    burgers = {"burger": (["gluten", "milk"], 640), "bacon-burger": (["gluten", "egg"], 800)}
    index = stated(menu=(["gluten"], 900), cola=(["sulphites"], 140), **burgers)
    assert said(index, shell, "menu") == ("Contains gluten (as it comes)", "900 kcal (as it comes)")
    assert said(index, shell, "menu", main="burger", drink="cola") == ("Contains gluten, milk, sulphites", "780 kcal")
    assert said(index, shell, "menu", main="bacon-burger", drink="cola")[1] == "940 kcal"
    half = said(index, shell, "menu", main="burger", drink="coffee")
    assert half == ("Contains gluten, milk (as it comes)", "900 kcal (as it comes)"), "of the coffee nothing is stated"


def test_of_a_combo_that_states_nothing_what_is_known_is_said_and_that_it_is_not_all(shell: Shell) -> None:
    index = stated(burger=(["gluten"], None))
    assert said(index, shell, "menu") == (UNKNOWN, "")
    assert said(index, shell, "menu", main="burger", drink="cola") == (f"Contains gluten. {UNKNOWN}", "")


def test_the_sheet_says_it(desk: Desk, show: Callable[..., Hand]) -> None:
    set_up(desk)
    hand = show("kiosk", (1080, 1920), languages=["en", "de"])
    enter(hand)
    open_dish(hand, "other", "fries")
    assert hand.item("kiosk.sheet.allergens").property("text") == UNKNOWN
