"""Signs that no typeface here has are not shown as boxes."""

from __future__ import annotations

import pytest

from tests.ui.visit import TALL, set_up
from ui.emoji import drawn, readable


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("Party for four 🍻", "Party for four"),
        ("👩‍🍳 Chef's 🌶️🌶️ choice", "Chef's choice"),
        ("Family 👨‍👩‍👧‍👦 box 👍🏽", "Family box"),
        ("🏴󠁧󠁢󠁳󠁣󠁴󠁿 Haggis 🇰🇼", "Haggis"),
        ("Fries → dip ★", "Fries → dip ★"),
        ("♥️ soup", "♥️ soup"),
        ("らーめん 味噌", "らーめん 味噌"),
        ("🥐🥖", ""),
    ],
)
def test_what_no_typeface_has_is_left_out_whole(name: str, seen: str) -> None:
    assert drawn(name, lambda sign: sign in "→★♥") == seen
    assert drawn(name, lambda sign: True) == name.replace("  ", " ").strip()


def test_only_what_is_read_changes_and_no_id() -> None:
    menu = {"items": [{"item_id": "🍕", "name": "Pizza 🍕", "texts": {"de": {"name": "🍕 Pizza"}}, "image": "🍕.png"}]}
    assert readable(menu, lambda sign: False) == {
        "items": [{"item_id": "🍕", "name": "Pizza", "texts": {"de": {"name": "Pizza"}}, "image": "🍕.png"}]
    }


def test_a_dish_whose_name_is_a_picture_alone_is_called_by_its_size(desk, show) -> None:
    private = "\U0001f3ff\U0001faff"  # no typeface has it
    set_up(desk)
    menu = desk.views["menu"]
    item = next(item for item in menu["items"] if len(item["variations"]) == 1)
    item["name"], item["texts"] = private, {}
    hand = show("kiosk", TALL, languages=["en", "de"])
    hand.until(lambda: hand.vm.ready)
    row = next(one for one in hand.vm.dishes.rows if one["item_id"] == item["item_id"])
    assert row["name"] == item["variations"][0]["name"]
