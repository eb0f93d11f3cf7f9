"""Pictures that come while a screen shows their dishes: they come into their places, and nothing else moves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage
from PySide6.QtQuick import QQuickItem

from tests.ui.conftest import Hand
from tests.ui.desk import Desk
from tests.ui.visit import enter, settle
from ui.pictures import VARIANTS, learn

DISHES = ("carbonara", "margherita", "tiramisu", "lasagne")
DIGESTS = {dish: f"{n:064x}" for n, dish in enumerate(DISHES)}
MENU: dict[str, Any] = {
    "currency": "EUR", "name": "Osteria",
    "categories": [{"category_id": "all", "name": "All", "item_ids": list(DISHES)}],
    "items": [
        {"item_id": dish, "name": dish.title(), "description": "", "image": f"{dish}.jpg", "modifier_group_ids": [],
         "ingredient_ids": [], "allergens": [],
         "variations": [{"variation_id": "v", "name": "", "price_minor": 900}]}
        for dish in DISHES
    ],
    "images": [{"image_id": f"{dish}.jpg", "url": f"sha256:{digest}"} for dish, digest in DIGESTS.items()],
    "modifier_groups": [], "ingredients": [], "combos": [], "taxes": [], "discounts": [], "languages": ["en"],
}  # fmt: skip
PREFIX = {"kiosk": "kiosk.item.", "pos": "pos.dish.", "board": "board.picture."}


@pytest.fixture(autouse=True)
def forget() -> Any:
    yield
    learn(None)


def pictures(item: QQuickItem) -> list[QQuickItem]:
    """Every PImage that can be seen inside."""
    found = [item] if item.metaObject().className().startswith("PImage") and item.isVisible() else []
    return found + [one for child in item.childItems() for one in pictures(child)]


def places(item: QQuickItem) -> list[tuple[str, float, float, float, float]]:
    """Where everything stands that has a name."""
    at = item.mapToScene(QPointF(0, 0))
    here = [(item.objectName(), at.x(), at.y(), item.width(), item.height())] if item.objectName() else []
    return here + [one for child in item.childItems() if child.isVisible() for one in places(child)]


def bring(folder: Path, *dishes: str) -> None:
    picture = QImage(64, 48, QImage.Format.Format_RGB32)
    picture.fill(QColor("tomato"))
    for dish in dishes:
        for variant, _ in VARIANTS:
            assert picture.save(str(folder / f"{DIGESTS[dish]}-{variant}.webp"))


@pytest.mark.parametrize(("role", "size"), [("kiosk", (1080, 1920)), ("pos", (1280, 800)), ("board", (1920, 1080))])
def test_a_picture_that_comes_late_comes_into_its_place(
    desk: Desk, show: Callable[..., Hand], tmp_path: Path, role: str, size: tuple[int, int]
) -> None:
    desk.views |= {
        "pictures": {"folder": str(tmp_path), "ready": []}, "menu": MENU, "availability": {}, "orders": [], "peers": [],
        "tickets": [], "status": {"store": "s1", "label": role, "currency": "EUR", "healthy": True, "office": {}},
    }  # fmt: skip
    hand = show(role, size)
    if role == "kiosk":
        enter(hand, "takeaway")
    elif role == "pos":
        hand.tap("pos.page.new")
    settle(hand)
    shown = [dish for dish in DISHES if hand.sees(PREFIX[role] + dish)] or list(DISHES[:3])
    frames = [hand.item(PREFIX[role] + dish) for dish in shown]
    hand.rest(0.3)
    for frame in frames:
        (picture,) = pictures(frame)
        assert not picture.property("shown")
    root = hand.screen.view.rootObject()
    before = places(root)
    bring(tmp_path, *DISHES[:-1])
    ready = [DIGESTS[dish] for dish in DISHES[:-1]]
    desk.tell("pictures", None, {"folder": str(tmp_path), "ready": ready, "photos": ready[:1]})
    came = [frame for frame, dish in zip(frames, shown, strict=True) if dish != DISHES[-1]]
    hand.until(lambda: all(pictures(frame)[0].property("shown") for frame in came), "the pictures are shown")
    assert places(root) == before, "nothing moved"
    assert [hand.item(PREFIX[role] + dish) for dish in shown] == frames, "nor was anything made anew"
    for frame, dish in zip(frames, shown, strict=True):
        assert pictures(frame)[0].property("shown") == (dish != DISHES[-1])
