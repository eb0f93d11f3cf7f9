"""What passes covers nothing that is needed: no sum, no way to pay, and not what puts a dish into the order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QRectF

from tests.ui.conftest import Hand
from tests.ui.desk import Desk
from tests.ui.visit import TALL, WIDE, enter, order, set_up, settle

LOW = (1024, 600)
NEEDED = (
    "kiosk.pay", "kiosk.basket.total", "kiosk.basket.pay", "kiosk.basket.open", "kiosk.basket.close",
    "kiosk.sheet.add", "kiosk.sheet.quantity", "kiosk.help", "kiosk.search.board",
)  # fmt: skip


def area(item: Any) -> QRectF:
    found: QRectF = item.mapRectToScene(QRectF(0, 0, item.width(), item.height()))
    return found


def covered(hand: Hand) -> list[str]:
    toast = area(hand.item("kiosk.toast"))
    window = QRectF(0, 0, *hand.screen.view.size().toTuple())
    assert window.contains(toast), toast
    there = [name for name in NEEDED if hand.sees(name) and hand.item(name).isEnabled()]  # not what lies under a sheet
    seen = [name for name in there if area(hand.item(name)).intersects(window)]
    assert seen
    return [name for name in seen if area(hand.item(name)).intersects(toast)]


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("reach", [False, True])
@pytest.mark.parametrize("magnified", [1.0, 2.0])
@pytest.mark.parametrize("size", [TALL, WIDE, LOW], ids=["tall", "wide", "low"])
def test_what_passes_covers_nothing_that_is_needed(
    desk: Desk, show: Callable[..., Hand], size: tuple[int, int], magnified: float, reach: bool, language: str
) -> None:
    set_up(desk)
    hand = show("kiosk", size, languages=["en", "ar"])
    enter(hand)
    order(hand, "drinks", "cola")
    comfort = {"magnified": magnified, "reach": reach, "still": True}
    hand.do(lambda: [hand.vm.comfort.setProperty(what, value) for what, value in comfort.items()])
    hand.do(lambda: hand.vm.speak(language))
    wrong = []

    def say(where: str) -> None:
        settle(hand)
        hand.do(lambda: hand.vm.toast.emit("Something has run out that was in your order. " * 2))
        settle(hand)
        wrong.extend(f"{where}: {name}" for name in covered(hand))

    say("menu")
    hand.do(lambda: hand.vm.browse.search(True))
    say("search")
    hand.do(lambda: hand.vm.browse.search(False))
    if hand.sees("kiosk.basket.open"):
        hand.tap("kiosk.basket.open")
        say("basket")
        hand.tap("kiosk.basket.close")
    hand.do(lambda: hand.vm.tapDish("burger"))
    say("dish")
    assert not wrong
