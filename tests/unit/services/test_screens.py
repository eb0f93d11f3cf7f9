"""A terminal's out-of-order sign, and how often its screen had to be started again."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.event import Refused
from server.services.screens.decider import SOON_MS
from server.services.screens.state import FAILURES_KEPT
from tests.unit.services.world import NOW_MS, Terminal, views


def test_a_sign_is_up_until_it_is_taken_down_and_says_who_put_it_up(tmp_path: Path) -> None:
    shop = Terminal(tmp_path)
    shop.say(shop.services.membership_drafts())
    shop.do("screens.close")
    (line,) = shop.services.screen_lines(NOW_MS)
    assert (line.closed, line.why, line.by, line.device_id) == (True, "staff", line.label, "device-1")
    assert shop.decide("screens.close", why="failing").drafts == [], "what staff said stays"
    shop.restart()
    assert shop.services.screen_lines(NOW_MS) == [line]
    shop.do("screens.open", device_id="device-1")
    (line,) = shop.services.screen_lines(NOW_MS)
    assert (line.closed, line.why) == (False, "")
    assert shop.decide("screens.open").drafts == []


def test_nobody_closes_a_terminal_that_is_not_there(tmp_path: Path) -> None:
    shop = Terminal(tmp_path)
    for command in ("screens.close", "screens.open"):
        with pytest.raises(Refused) as caught:
            shop.decide(command, device_id="nobody")
        assert caught.value.code == "unknown_device"


def test_failures_of_a_day_are_counted_and_a_screen_that_always_fails_does_not_fill_the_disk(tmp_path: Path) -> None:
    shop = Terminal(tmp_path)
    shop.say(shop.services.membership_drafts())
    for _ in range(FAILURES_KEPT):
        shop.do("screens.fail", why="frozen")
    assert shop.decide("screens.fail", why="died").drafts == []
    (line,) = shop.services.screen_lines(NOW_MS)
    assert (line.failures, line.closed) == (FAILURES_KEPT, False)
    (line,) = shop.services.screen_lines(NOW_MS + 25 * SOON_MS)
    assert line.failures == 0
    assert line.last_failure.startswith("2026-03-01")


def test_the_order_in_which_it_is_heard_makes_no_difference(tmp_path: Path) -> None:
    one = Terminal(tmp_path / "one")
    said = one.say(one.services.membership_drafts())
    for command in ("screens.close", "screens.open", "screens.close"):
        said += one.say(one.decide(command).drafts)
    other = Terminal(tmp_path / "other")
    other.hear(said[::-1])
    assert views(one.services)["screens"] == views(other.services)["screens"]
