"""A screen that nobody touches: dimmed at night, woken by a touch, and nothing on it burns in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.ui.conftest import Hand
from tests.ui.desk import Desk
from tests.ui.visit import TALL, enter, set_up
from ui.staff import rest as resting
from ui.staff.device import Backlight
from ui.staff.night import TURNS_DARK, Night

NIGHT = Night(22 * 60, 6 * 60, brightness=10)


@pytest.fixture
def kiosk(desk: Desk, show: Callable[..., Hand], monkeypatch: pytest.MonkeyPatch) -> Hand:
    set_up(desk)
    hand = show("kiosk", TALL, night=NIGHT)
    hand.until(lambda: hand.vm.ready)
    hand.screen.rest.now = lambda: datetime(2026, 3, 1, 12, 0)
    return hand


def pass_minutes(hand: Hand, minutes: float) -> None:
    """Nobody has touched it for so long."""
    hand.screen.rest._touched_at -= minutes * 60
    hand.do(hand.screen.rest.look)


def test_at_night_it_is_dimmed_and_a_touch_only_wakes_it(kiosk: Hand) -> None:
    rest: Any = kiosk.screen.rest
    pass_minutes(kiosk, 2)
    assert not rest.asleep, "by day it is bright"
    rest.now = lambda: datetime(2026, 3, 1, 23, 0)
    kiosk.do(rest.look)
    assert rest.asleep
    kiosk.until(lambda: kiosk.item("rest.veil").opacity() > 0.85)
    kiosk.tap("kiosk.attract")
    assert not rest.asleep
    assert kiosk.vm.page == "attract", "nobody saw what they touched"
    kiosk.until(lambda: kiosk.item("rest.veil").opacity() == 0)
    kiosk.tap("kiosk.attract")
    kiosk.until(lambda: kiosk.vm.page == "start")


def test_the_night_comes_by_the_servers_time_where_the_clock_was_never_set(kiosk: Hand, desk: Desk) -> None:
    rest: Any = kiosk.screen.rest
    now = rest._local_now()
    at_23 = now.replace(hour=23, minute=0) - now
    desk.tell("status", None, {**desk.views["status"], "clock_ahead_ms": int(at_23.total_seconds() * 1000)})
    kiosk.until(lambda: rest._local_now().hour == 23)
    rest.now = rest._local_now
    pass_minutes(kiosk, 2)
    assert rest.asleep


def test_who_orders_at_night_orders_in_full_light(kiosk: Hand) -> None:
    rest: Any = kiosk.screen.rest
    rest.now = lambda: datetime(2026, 3, 1, 23, 0)
    enter(kiosk)
    pass_minutes(kiosk, 5)
    assert not rest.asleep
    assert (rest.dx, rest.dy, rest.dark) == (0, 0, False)


def test_the_attract_page_moves_about_its_place_and_turns_dark_and_light(kiosk: Hand) -> None:
    rest: Any = kiosk.screen.rest
    page = kiosk.item("kiosk.attract.page")
    assert (page.x(), page.y(), page.width()) == (0, 0, TALL[0])
    seen = set()
    for _ in range(9):
        pass_minutes(kiosk, 1)
        seen.add((page.x(), page.y()))
        assert page.x() <= 0 <= page.x() + page.width() - TALL[0], "no edge of it is seen"
        assert page.y() <= 0 <= page.y() + page.height() - TALL[1]
    assert len(seen) > 6
    assert not rest.dark
    pass_minutes(kiosk, TURNS_DARK - 9)
    assert rest.dark
    kiosk.tap("kiosk.attract")
    kiosk.until(lambda: kiosk.vm.page == "start")
    assert (page.x(), page.width(), rest.dark) == (0, TALL[0], False)


def test_a_display_with_a_lamp_of_its_own_is_dimmed_by_that(kiosk: Hand, tmp_path: Path) -> None:
    lamp = tmp_path / "backlight" / "panel"
    lamp.mkdir(parents=True)
    (lamp / "max_brightness").write_text("255\n")
    (lamp / "brightness").write_text("255\n")
    (tmp_path / "backlight" / "broken").mkdir()
    (tmp_path / "backlight" / "broken" / "brightness").write_text("1")
    rest: Any = kiosk.screen.rest
    rest.backlight = Backlight(tmp_path / "backlight")
    assert rest.backlight.there
    kiosk.do(rest.look)
    assert (lamp / "brightness").read_text() == "255"
    rest.now = lambda: datetime(2026, 3, 1, 23, 0)
    pass_minutes(kiosk, 2)
    assert (lamp / "brightness").read_text() == "26"
    assert rest.veil == 0, "not dimmed twice"
    assert not Backlight(tmp_path / "none").there


def test_a_screen_is_awake_for_a_minute_after_a_touch(kiosk: Hand) -> None:
    kiosk.screen.rest.now = lambda: datetime(2026, 3, 1, 23, 0)
    pass_minutes(kiosk, resting.SLEEPS_AFTER_S / 60 - 0.5)
    assert not kiosk.screen.rest.asleep
