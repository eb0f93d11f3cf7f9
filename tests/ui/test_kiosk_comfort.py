"""What helps somebody to see and reach: on every view, at once, and gone with the customer."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtQuick import QQuickItem

from tests.ui.conftest import Hand
from tests.ui.desk import Desk
from tests.ui.diner import BACON_OUT
from tests.ui.visit import TALL, WIDE, Till, enter, open_dish, order, set_up, settle
from ui.kiosk.comfort import PATIENCE

LEAST_TARGET = 48


@pytest.fixture
def kiosk(desk: Desk, show: Callable[..., Hand]) -> Callable[..., Hand]:
    def open_kiosk(size: tuple[int, int] = TALL) -> Hand:
        set_up(desk)
        Till(desk)
        hand = show("kiosk", size, languages=["en", "de", "ar"], idle_seconds=30)
        hand.until(lambda: hand.vm.ready)
        return hand

    return open_kiosk


def help_with(hand: Hand, *names: str) -> None:
    hand.tap("kiosk.help")
    for name in names:
        hand.tap(f"kiosk.help.{name}")
    hand.tap("kiosk.help.done")
    hand.until(lambda: not hand.sees("kiosk.help.done"))
    settle(hand)


def touchables(item: QQuickItem) -> Iterator[QQuickItem]:
    """What can be touched now: pressables that are seen and take a touch."""
    if not item.isVisible() or not item.isEnabled() or item.opacity() == 0:
        return
    if item.metaObject().indexOfProperty("pressFeedback") >= 0:
        yield item
    for child in item.childItems():
        yield from touchables(child)


def test_help_is_in_the_same_corner_of_every_view(kiosk) -> None:
    hand = kiosk()
    places = [hand.where("kiosk.help")]
    hand.tap("kiosk.attract")
    hand.until(lambda: hand.vm.page == "start")
    settle(hand)
    places.append(hand.still("kiosk.help"))
    hand.tap("kiosk.dining.here")
    settle(hand)
    places.append(hand.still("kiosk.help"))
    order(hand, "drinks", "cola")
    open_dish(hand, "burgers", "burger")
    help_with(hand, "contrast")  # over an open dish, which stays open
    assert hand.vm.sheet.isOpen
    places.append(hand.still("kiosk.help"))
    hand.do(hand.vm.sheet.close)
    hand.do(hand.vm.checkOut)
    hand.until(lambda: hand.vm.page == "pay")
    settle(hand)
    places.append(hand.still("kiosk.help"))
    hand.tap("kiosk.pay.counter")
    hand.until(lambda: hand.vm.page == "done")
    settle(hand)
    places.append(hand.still("kiosk.help"))
    assert len({(p.x(), p.y()) for p in places}) == 1
    assert places[0].y() > hand.screen.view.height() / 2


def test_type_contrast_and_motion_change_at_once_and_the_basket_stays(kiosk) -> None:
    hand = kiosk()
    enter(hand)
    order(hand, "burgers", "burger")
    total = hand.vm.basket.total
    before = hand.item("kiosk.pay").property("typeSize")
    ground = hand.screen.view.grabWindow().pixelColor(4, 4)
    help_with(hand, "size.2.0", "contrast", "still")
    assert hand.item("kiosk.pay").property("typeSize") == 2 * before
    assert hand.vm.basket.total == total
    after = hand.screen.view.grabWindow().pixelColor(4, 4)
    assert ground.lightness() > 200
    assert after.lightness() < 20
    hand.tap("kiosk.help")
    hand.tap("kiosk.help.reset")
    assert not hand.vm.comfort.helps
    assert hand.item("kiosk.pay").property("typeSize") == before


@pytest.mark.parametrize("size", [TALL, WIDE], ids=["tall", "wide"])
def test_before_the_first_touch_help_stays_open_while_something_changes(kiosk, desk: Desk, size) -> None:
    hand = kiosk(size)
    hand.tap("kiosk.help")
    hand.tap("kiosk.help.size.2.0")  # other columns of dishes under it
    hand.tap("kiosk.help.contrast")
    desk.tell("availability", "", BACON_OUT)
    hand.until(lambda: hand.vm._index.state("bacon-burger") == "out")
    settle(hand)
    hand.tap("kiosk.help.reach")
    hand.tap("kiosk.help.done")
    comfort = hand.vm.comfort
    assert (comfort.magnified, comfort.contrast, comfort.reach) == (2.0, True, True)


def test_who_asks_for_help_and_leaves_before_the_first_touch_leaves_nothing(kiosk) -> None:
    hand = kiosk()
    idle = lambda: hand.do(lambda: hand.screen.shell._set_idle(True))  # noqa: E731
    idle()
    hand.rest(0.1)
    assert not hand.sees("kiosk.still.accept")  # nobody is there
    hand.do(hand.screen.shell.stillHere)
    hand.tap("kiosk.help")
    hand.tap("kiosk.help.contrast")
    idle()
    hand.tap("kiosk.still.accept")
    hand.tap("kiosk.help.done")  # it is still open
    settle(hand)
    hand.tap("kiosk.help")
    idle()
    hand.tap("kiosk.still.decline")
    hand.until(lambda: not hand.sees("kiosk.help.done"))
    assert not hand.vm.comfort.helps


def test_nothing_of_it_is_left_for_the_next_customer(kiosk) -> None:
    hand = kiosk()
    enter(hand)
    help_with(hand, "size.1.5", "contrast", "reach", "still", "patient")
    assert hand.screen.shell._idle_timer.interval() == 30_000 * PATIENCE
    hand.do(hand.vm.startOver)
    hand.until(lambda: hand.vm.page == "attract")
    comfort = hand.vm.comfort
    assert (comfort.magnified, comfort.contrast, comfort.reach, comfort.still, comfort.patient) == (1.0, *[False] * 4)
    assert hand.screen.shell._idle_timer.interval() == 30_000


def test_everybody_has_twenty_seconds_to_say_they_are_still_there(kiosk) -> None:
    hand = kiosk()
    enter(hand)
    still = hand.item("kiosk.still")
    assert still.property("seconds") == 20
    help_with(hand, "patient")
    assert still.property("seconds") == 20 * PATIENCE


@pytest.mark.parametrize("size", [TALL, WIDE], ids=["tall", "wide"])
def test_in_reach_everything_that_is_touched_lies_in_the_lower_half(kiosk, size) -> None:
    hand = kiosk(size)
    hand.tap("kiosk.attract")
    hand.until(lambda: hand.vm.page == "start")
    settle(hand)
    help_with(hand, "reach")
    middle = size[1] // 2
    root = hand.screen.view.rootObject()

    def check(where: str) -> None:
        settle(hand)
        hand.rest(0.3)
        wrong = []
        for item in touchables(root):
            top = item.mapToScene(QPointF(0, 0)).y()
            bottom = item.mapToScene(QPointF(0, item.height())).y()
            if bottom > 0 and top < middle - 1 and not scrolled_away(item, middle):
                wrong.append(f"{where}: {item.objectName()} {top:.0f}")
        assert wrong == []
        assert len([i for i in touchables(root) if i.objectName()]) > 1

    check("start")
    hand.tap("kiosk.dining.here")
    hand.until(lambda: hand.vm.page == "menu")
    check("menu")
    order(hand, "burgers", "burger")
    open_dish(hand, "burgers", "bacon-burger")
    check("dish")
    hand.tap("kiosk.sheet.close")
    settle(hand)
    hand.do(hand.vm.checkOut)
    hand.until(lambda: hand.vm.page == "pay")
    check("pay")
    hand.tap("kiosk.pay.counter")
    hand.until(lambda: hand.vm.page == "done")
    check("done")


def scrolled_away(item: QQuickItem, middle: int) -> bool:
    """Whether it is cut off by a list that itself lies below the middle."""
    parent = item.parentItem()
    while parent is not None:
        if parent.clip() and parent.mapToScene(QPointF(0, 0)).y() >= middle - 1:
            return True
        parent = parent.parentItem()
    return False


def test_a_language_can_be_chosen_at_any_moment_and_on_the_first_screen(kiosk) -> None:
    hand = kiosk()
    hand.tap("kiosk.attract.lang.de")
    hand.until(lambda: hand.vm.page == "start")
    assert hand.screen.shell.language == "de"
    settle(hand)
    hand.tap("kiosk.dining.here")
    settle(hand)
    order(hand, "drinks", "cola")
    hand.tap("kiosk.menu.lang")
    hand.tap("kiosk.language.ar")
    hand.until(lambda: hand.screen.shell.language == "ar")
    assert hand.vm.basket.pieces == 1
    assert not hand.sees("kiosk.languages") or not hand.item("kiosk.languages").property("open")
    for code in ("en", "de", "ar"):
        cell = hand.item(f"kiosk.language.{code}")
        assert cell.height() >= LEAST_TARGET
        assert cell.width() >= LEAST_TARGET
