"""Menus nobody should write, and somebody does: the kiosk sells what can be sold of them and says nothing absurd."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage

from tests.ui.conftest import Hand
from tests.ui.desk import Desk
from tests.ui.diner import MENU
from tests.ui.large import ENDLESS
from tests.ui.visit import TALL, WIDE, Till, enter, open_dish, order, set_up, settle
from ui import pictures
from ui.kiosk.fit import MAX_NAME, Carte, fit

A_DISH = {"en": "A dish", "de": "Ein Gericht"}


def dish(item_id: str, name: str = "", price: int | None = 500, **more: Any) -> dict[str, Any]:
    variation = {"variation_id": f"{item_id}-v", "name": "", "price_minor": price}
    return {"item_id": item_id, "name": name, "variations": [variation], **more}


def menu(*items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        **deepcopy(MENU),
        "items": list(items),
        "categories": [{"category_id": "all", "name": "Food", "item_ids": [i["item_id"] for i in items]}],
        "combos": [],
        **more,
    }


@pytest.fixture
def kiosk(desk: Desk, show: Callable[..., Hand]) -> Callable[..., Hand]:
    def open_kiosk(bad: dict[str, Any], size: tuple[int, int] = TALL, **availability: Any) -> Hand:
        set_up(desk, bad)
        desk.views["availability"] = availability
        Till(desk)
        hand = show("kiosk", size, languages=["en", "de"])
        enter(hand)
        return hand

    return open_kiosk


# -- without a window -------------------------------------------------------------------------------------------------


def test_what_is_without_a_name_is_called_something_in_every_language() -> None:
    size = dish("b") | {"variations": [{"variation_id": "v", "name": "Espresso", "price_minor": 200}]}
    bad = menu(dish("a"), size, dish("c", "   "))
    bad["categories"].append({"category_id": "none", "name": "", "item_ids": []})
    names = [i["name"] for i in fit(bad, A_DISH)["items"]]
    assert names == ["Food", "Espresso", "Food"]
    bad["categories"] = [{"category_id": "all", "name": "", "item_ids": ["a"]}]
    (item, *_) = fit(bad, A_DISH)["items"]
    assert (item["name"], item["texts"]["de"]["name"]) == ("A dish", "Ein Gericht")


def test_a_size_without_a_price_is_left_out_where_others_have_one() -> None:
    two = dish("a", "Fish")
    two["variations"].insert(0, {"variation_id": "market", "name": "Market price", "price_minor": None})
    (item,) = fit(menu(two, dish("b", "Lobster", None), {"item_id": "c", "name": "Air"}), A_DISH)["items"]
    assert [v["variation_id"] for v in item["variations"]] == ["a-v"]


def test_a_question_nobody_can_answer_is_not_asked() -> None:
    groups = [
        {"modifier_group_id": "empty", "name": "Which?", "min": 1, "max": 1, "modifiers": []},
        {
            "modifier_group_id": "few", "name": "Two of one", "min": 2, "max": 2,
            "modifiers": [{"modifier_id": "m", "name": "Rice", "price_minor": 0}],
        },
    ]  # fmt: skip
    items = [dish("a", "A", modifier_group_ids=["empty"]), dish("b", "B", modifier_group_ids=["few"]), dish("c", "C")]
    assert [i["item_id"] for i in fit(menu(*items, modifier_groups=groups), A_DISH)["items"]] == ["c"]


def test_a_combo_that_holds_itself_or_nothing_is_not_offered() -> None:
    def combo(item_id: str, *options: str) -> dict[str, Any]:
        slot = {"slot_id": "s", "name": "Which?", "options": [{"item_id": o} for o in options]}
        return {"combo_id": item_id, "item_id": item_id, "name": item_id, "slots": [slot]}

    items = [dish(i, i) for i in ("self", "one", "other", "good", "cola")]
    combos = [combo("self", "self"), combo("one", "other"), combo("other", "one")]
    combos.append(combo("good", "self", "cola", "gone"))
    fitted = fit(menu(*items, combos=combos), A_DISH)
    assert [i["item_id"] for i in fitted["items"]] == ["good", "cola"]
    assert [o["item_id"] for c in fitted["combos"] for s in c["slots"] for o in s["options"]] == ["cola"]


def test_a_required_group_of_which_too_few_are_left_takes_the_dish_off() -> None:
    carte = Carte(MENU, A_DISH)
    assert carte.state("bacon-burger") == "available"
    carte.availability = {"bacon-burger": {"state": "available", "out_modifiers": ["medium", "well"]}}
    assert carte.state("bacon-burger") == "out"
    carte.availability = {"cola": {"state": "out"}, "coffee": {"state": "out"}}
    assert carte.state("menu") == "out"
    carte.availability = {}
    assert carte.state("menu") == "available"


def test_a_good_menu_is_left_as_it_is() -> None:
    fitted = fit(MENU, A_DISH)
    priced = [i for i in MENU["items"] if i["item_id"] != "gift-card"]
    assert [i["item_id"] for i in fitted["items"]] == [i["item_id"] for i in priced]
    assert fitted["combos"][0]["slots"] == MENU["combos"][0]["slots"]


@pytest.mark.parametrize("bad", [{}, {"items": []}, {"items": [], "categories": [], "combos": []}])
def test_a_menu_of_nothing_is_a_menu_of_nothing(bad) -> None:
    assert fit(bad, {})["items"] == []


# -- on the glass -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [TALL, WIDE])
def test_a_name_of_three_hundred_letters_breaks_no_view(kiosk, size) -> None:
    assert len(ENDLESS) >= MAX_NAME
    bad = menu(
        dish("a", ENDLESS, description=ENDLESS * 3, modifier_group_ids=["g"], allergens=["milk", ENDLESS]),
        dish("b", "x" * 300),
        modifier_groups=[
            {
                "modifier_group_id": "g", "name": ENDLESS, "min": 0, "max": 3,
                "modifiers": [{"modifier_id": "m", "name": ENDLESS, "price_minor": 999_999_99}],
            }
        ],
        name=ENDLESS,
    )  # fmt: skip
    bad["categories"][0]["name"] = ENDLESS
    hand = kiosk(bad, size)
    open_dish(hand, "all", "a")
    hand.do(lambda: hand.vm.sheet.answer("group:g", "m"))
    hand.tap("kiosk.sheet.add")
    hand.until(lambda: hand.vm.basket.pieces == 1)
    order(hand, "all", "b")
    hand.do(lambda: hand.vm.basket.remove(hand.vm.basket.rows.rows[1]["key"]))
    hand.until(lambda: hand.sees("kiosk.toast"))
    hand.tap("kiosk.toast.action")
    hand.until(lambda: hand.vm.basket.pieces == 2)
    settle(hand)
    for name in ("kiosk.pay", "kiosk.over", "kiosk.item.b", "kiosk.category.all"):
        item = hand.item(name)
        at = item.mapToScene(QPointF(0, 0))
        assert at.x() >= 0, name
        assert at.x() + item.width() <= size[0] + 1, name
    hand.tap("kiosk.pay")
    hand.until(lambda: hand.vm.page == "pay")


def test_a_required_group_that_ran_out_is_not_a_trap(desk, kiosk) -> None:
    hand = kiosk(deepcopy(MENU))
    open_dish(hand, "burgers", "bacon-burger")
    gone = {"state": "available", "without": [], "because": [], "left": None, "out_modifiers": ["medium", "well"]}
    hand.do(lambda: desk.tell("availability", "", {"bacon-burger": gone}))
    hand.until(lambda: hand.vm.sheet.facts["lost"])
    assert not hand.item("kiosk.sheet.add").isEnabled()
    hand.tap("kiosk.sheet.close")
    hand.until(lambda: not hand.vm.sheet.isOpen)
    settle(hand)
    hand.tap("kiosk.item.bacon-burger")
    hand.until(lambda: hand.sees("kiosk.toast"))
    assert not hand.vm.sheet.isOpen


def test_double_taps_do_a_thing_once(desk, kiosk) -> None:
    hand = kiosk(deepcopy(MENU))

    def tap_twice(name: str) -> None:
        at = hand.still(name)
        for _ in range(2):
            hand.tap_at(at)

    tap_twice("kiosk.item.burger")
    hand.until(lambda: hand.vm.sheet.isOpen)
    settle(hand)
    tap_twice("kiosk.sheet.add")
    hand.until(lambda: not hand.vm.sheet.isOpen)
    settle(hand)
    assert hand.vm.basket.pieces == 1
    tap_twice("kiosk.pay")
    hand.until(lambda: hand.vm.page == "pay")
    settle(hand)
    tap_twice("kiosk.pay.counter")
    hand.until(lambda: hand.vm.page == "done")
    assert [name for name, _ in desk.commands].count("orders.place") == 1
    settle(hand)
    tap_twice("kiosk.done.finish")
    hand.rest(0.3)
    assert hand.vm.page in ("attract", "start")
    assert hand.vm.basket.pieces == 0


# -- pictures ---------------------------------------------------------------------------------------------------------


def png_of(width: int, height: int) -> bytes:
    """A whole, valid picture of one colour, a few kilobytes on the disk however many pixels it has."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packer = zlib.compressobj(9)
    row = b"\0" + b"\x40\x80\xc0" * width
    data = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(pictures, "ASSETS", tmp_path)
    (tmp_path / "images").mkdir()
    pictures.shipped.cache_clear()
    yield tmp_path / "images"
    pictures.shipped.cache_clear()


def test_a_picture_of_eighty_megapixels_is_not_taken_in(folder: Path) -> None:
    (folder / "huge.png").write_bytes(png_of(10_000, 8_000))
    assert pictures.picture_url("huge.png") == ""


def test_a_broken_picture_is_no_picture_and_a_good_one_is(folder: Path) -> None:
    (folder / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nnonsense")
    (folder / "empty.webp").write_bytes(b"")
    (folder / "text.jpg").write_text("not a picture")
    (folder / "good.png").write_bytes(png_of(640, 480))
    large = QImage(6000, 4000, QImage.Format.Format_RGB32)
    large.fill(0)
    large.save(str(folder / "large.jpg"))
    for name in ("broken.png", "empty.webp", "text.jpg", "missing.png", "../good.png", None, ""):
        assert pictures.picture_url(name) == "", name
    for name in ("good.png", "large.jpg"):
        assert pictures.picture_url(name).endswith(name)


def test_a_dish_with_a_broken_picture_looks_like_one_without(folder: Path, kiosk) -> None:
    (folder / "good.png").write_bytes(png_of(64, 64))
    (folder / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nnonsense")
    hand = kiosk(menu(dish("a", "A", image="good.png"), dish("b", "B", image="broken.png"), dish("c", "C")))
    hand.until(lambda: hand.sees("kiosk.item.b"))
    assert [row["image"] != "" for row in hand.vm.dishes.rows] == [True, False, False]
