"""What opens the staff door, and that nothing else does."""

from __future__ import annotations

import random

from ui.staff.gesture import (
    BETWEEN_S,
    FIRST_HOLD_S,
    KEYS,
    KEYS_WITHIN_S,
    SECOND_HOLD_S,
    Gesture,
    corner,
)


def hold(gesture: Gesture, where: str, start: float, seconds: float) -> bool:
    gesture.down(where, start)  # type: ignore[arg-type]
    return gesture.up(start + seconds)


def test_one_corner_held_and_then_the_other_opens_it() -> None:
    gesture = Gesture()
    assert not hold(gesture, "left", 10, FIRST_HOLD_S)
    assert gesture.armed(10 + FIRST_HOLD_S + 1)
    assert hold(gesture, "right", 10 + FIRST_HOLD_S + 1, SECOND_HOLD_S)
    assert not hold(gesture, "right", 30, SECOND_HOLD_S), "once"


def test_less_than_that_opens_nothing() -> None:
    late = FIRST_HOLD_S + BETWEEN_S + 0.1
    for first, pause, second, where in (
        (FIRST_HOLD_S - 0.1, 1, SECOND_HOLD_S, "left"),
        (FIRST_HOLD_S, 1, SECOND_HOLD_S - 0.1, "left"),
        (FIRST_HOLD_S, late, SECOND_HOLD_S, "left"),
        (FIRST_HOLD_S, 1, SECOND_HOLD_S, "right"),
        (FIRST_HOLD_S, 1, SECOND_HOLD_S, ""),
    ):
        gesture = Gesture()
        hold(gesture, where, 10, first)
        assert not hold(gesture, "right", 10 + first + pause, second), (first, pause, second, where)
    gesture = Gesture()
    hold(gesture, "left", 10, FIRST_HOLD_S)
    hold(gesture, "", 14, 0.1)  # something else is touched in between
    assert not hold(gesture, "right", 15, SECOND_HOLD_S)
    gesture = Gesture()
    gesture.down("left", 10)
    gesture.moved("")
    gesture.up(10 + FIRST_HOLD_S)
    assert not gesture.armed(14), "a finger that slides away holds nothing"


def test_corners_are_small_and_at_the_top() -> None:
    assert corner(5, 5, 1080, 1920) == "left"
    assert corner(1075, 5, 1080, 1920) == "right"
    for x, y in ((5, 200), (200, 5), (540, 5), (5, 1915), (1075, 1915), (-1, -1)):
        assert corner(x, y, 1080, 1920) == ""


def test_the_keys_open_it_when_they_come_in_their_order_and_soon() -> None:
    gesture = Gesture()
    assert [gesture.key(k, n / 10) for n, k in enumerate(("up", *KEYS))] == [False] * len(KEYS) + [True]
    assert not any(gesture.key(k, n * KEYS_WITHIN_S / 5) for n, k in enumerate(KEYS)), "too slow"
    for n in range(len(KEYS)):
        gesture = Gesture()
        wrong = [*KEYS[:n], "", *KEYS[n + 1 :]]
        assert not any(gesture.key(k, m / 10) for m, k in enumerate(wrong))


def test_fingers_of_customers_do_not_find_it() -> None:
    seed = random.randrange(2**32)
    print("seed", seed)
    chance, gesture, now = random.Random(seed), Gesture(), 0.0
    for _ in range(20_000):
        now += chance.uniform(0.1, 2)
        gesture.down(corner(chance.uniform(0, 1080), chance.uniform(0, 1920), 1080, 1920), now)
        now += chance.uniform(0.02, 1.5)  # longer than anybody touches a dish
        assert not gesture.up(now)
