"""Garbage is collected while nobody touches the screen, and at any other time only when there is very much of it."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable, Iterator

import pytest

from ui import tidy
from ui.tidy import Tidy

Look = Callable[[float], None]


class Ring:
    """Is gone only when it is collected."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture
def look(qapp, monkeypatch: pytest.MonkeyPatch) -> Iterator[Look]:
    """`look(seconds)`: the screen has been quiet for so long."""
    quiet = [0.0]
    one = Tidy(lambda: quiet[0])
    monkeypatch.setattr(tidy, "FEWEST", -1)
    one.start()

    def now(seconds: float) -> None:
        quiet[0] = seconds
        one.look()

    assert not gc.isenabled()
    yield now
    one.stop()
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
    gc.disable()  # as in all tests of screens


def test_nothing_is_collected_under_a_finger(look: Look) -> None:
    gone = weakref.ref(Ring())
    look(tidy.QUIET_S - 0.1)
    assert gone() is not None
    look(tidy.QUIET_S)
    assert gone() is None


def test_very_much_is_collected_at_any_time(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = weakref.ref(Ring())
    monkeypatch.setattr(tidy, "MOST", -1)
    look(0.0)
    assert gone() is None


def test_little_is_left_alone(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tidy, "FEWEST", 10**9)
    gone = weakref.ref(Ring())
    look(3600.0)
    assert gone() is not None
