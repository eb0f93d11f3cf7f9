"""For whom a dish is: names typed on the glass or by keys, one touch for those that are known."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.ui.conftest import Hand
from tests.ui.desk import Desk
from tests.ui.visit import TALL, WIDE, Till, enter, open_dish, pay, set_up, settle
from ui.kiosk import keyboard
from ui.kiosk.whom import MAX_LETTERS

LANGUAGES = ["en", "de", "fr", "es", "pl", "tr", "ar", "zh", "ja"]


@pytest.fixture
def kiosk(desk: Desk, show: Callable[..., Hand]) -> Callable[..., Hand]:
    def open_kiosk(size: tuple[int, int] = TALL) -> Hand:
        set_up(desk)
        hand = show("kiosk", size, languages=LANGUAGES)
        hand.screen.view.requestActivate()
        enter(hand)
        return hand

    return open_kiosk


def name_it(hand: Hand, name: str) -> None:
    hand.tap("kiosk.whom.open")
    settle(hand)
    for letter in name:
        hand.tap(f"kiosk.whom.key.{letter}")
    hand.tap("kiosk.whom.done")
    settle(hand)


@pytest.mark.parametrize("size", [TALL, WIDE])
def test_each_gets_a_dish_of_their_own(desk: Desk, kiosk, size) -> None:
    till = Till(desk)
    hand = kiosk(size)
    open_dish(hand, "burgers", "burger")
    name_it(hand, "mia")
    assert hand.vm.sheet.guest == "Mia"
    hand.tap("kiosk.sheet.add")
    settle(hand)
    open_dish(hand, "burgers", "burger")
    assert hand.vm.sheet.guest == ""
    assert [row["name"] for row in hand.vm.whom.names] == ["Mia"]
    hand.tap("kiosk.sheet.add")
    settle(hand)
    assert [row["details"] for row in hand.vm.basket.rows.rows] == ["For Mia", ""]  # the same dish, apart
    open_dish(hand, "drinks", "cola")
    hand.tap("kiosk.whom.name.Mia")
    hand.tap("kiosk.sheet.add")
    settle(hand)
    pay(hand)
    lines = till.asked("orders.place")[0]["lines"]
    assert [(line["item_id"], line.get("guest")) for line in lines] == [
        ("burger", "Mia"),
        ("burger", None),
        ("cola", "Mia"),
    ]


def test_a_name_is_taken_off_as_it_was_put_on_and_another_one_alike_has_none(kiosk) -> None:
    hand = kiosk()
    open_dish(hand, "burgers", "burger")
    name_it(hand, "jo")
    hand.tap("kiosk.whom.name.Jo")
    assert hand.vm.sheet.guest == ""
    name_it(hand, "jo")
    hand.tap("kiosk.sheet.add")
    settle(hand)
    key = hand.vm.basket.rows.rows[0]["key"]
    hand.do(lambda: hand.vm.sheet.copy(key))
    assert hand.vm.sheet.guest == ""
    hand.do(lambda: hand.vm.sheet.edit(key))
    assert hand.vm.sheet.guest == "Jo"
    hand.do(hand.vm.sheet.upgrade)
    assert hand.vm.sheet.guest == "Jo"


def test_by_keys_a_name_is_typed_and_the_way_goes_on_where_it_was(kiosk) -> None:
    hand = kiosk()
    view = hand.screen.view
    open_dish(hand, "burgers", "burger")

    def press(key: Qt.Key) -> str:
        hand.do(lambda: QTest.keyClick(view, key))
        item = view.activeFocusItem()
        return "" if item is None else str(item.objectName())

    for _ in range(40):
        if press(Qt.Key.Key_Down) == "kiosk.whom.open":
            break
    press(Qt.Key.Key_Return)
    hand.until(lambda: view.activeFocusItem().objectName() == "kiosk.whom.field.input", "the keys' turn")
    settle(hand)
    for letter in "ada l":
        hand.key(letter)
    assert hand.vm.whom.typed == "Ada L"
    press(Qt.Key.Key_Return)
    hand.until(lambda: hand.vm.sheet.guest == "Ada L")
    hand.until(lambda: str(view.activeFocusItem().objectName()).startswith("kiosk.whom."), "the place before")
    assert hand.vm.sheet.isOpen


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_types_what_it_says_and_the_last_deletes(language: str) -> None:
    rows = keyboard.letters(language)
    assert rows[-1][-1] == keyboard.DELETE
    keys = [key for row in rows for key in row]
    assert len(keys) == len(set(keys))
    for key in keys[:-1]:
        assert keyboard.typed("ka", key) == ("ka" if key in keyboard.SOUND_MARKS else "ka" + key)
    assert keyboard.typed("ka", keyboard.DELETE) == "k"


def test_a_sound_mark_changes_the_kana_before_it_and_nothing_else() -> None:
    assert keyboard.typed("か", "゛") == "が"
    assert keyboard.typed("は", "゜") == "ぱ"
    assert keyboard.typed("ん", "゛") == "ん"
    assert keyboard.typed("", "゛") == ""


def test_a_name_stays_as_short_as_a_ticket_s_line(kiosk) -> None:
    hand = kiosk()
    open_dish(hand, "drinks", "cola")
    hand.do(hand.vm.whom.ask)
    hand.do(lambda: hand.vm.whom.type("i" * 50))
    assert len(hand.vm.whom.typed) == MAX_LETTERS
    hand.do(lambda: hand.screen.shell.set_language("tr"))
    hand.do(lambda: hand.vm.whom.type("irem ışık"))
    assert hand.vm.whom.typed == "İrem Işık"
