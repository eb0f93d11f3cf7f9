"""The hybrid logical clock, whatever the wall clock does."""

from __future__ import annotations

import threading

from hypothesis import given
from hypothesis import strategies as st

from server.clock import EARLIEST_MS, MAX_AHEAD_MS, MAX_AWAY_MS, MAX_HELD_MS, Clock, LostTime

WALL = st.integers(min_value=0, max_value=2**47)


class Wall:
    """A wall clock that shows what it is told to."""

    def __init__(self, *shows: int) -> None:
        self.shows = list(shows)

    def __call__(self) -> int:
        return self.shows.pop(0) if len(self.shows) > 1 else self.shows[0]


@given(st.integers(min_value=EARLIEST_MS, max_value=2**46), st.lists(st.integers(-MAX_HELD_MS, 0), max_size=50))
def test_time_does_not_go_back_when_the_wall_clock_does_for_a_while(start: int, back: list[int]) -> None:
    clock = Clock(Wall(start, *(start + by for by in back), start))
    times = [clock.tick() for _ in range(len(back) + 2)]
    assert times == sorted(set(times))


@given(st.integers(EARLIEST_MS, 2**46), st.integers(0, MAX_AHEAD_MS), st.integers(0, MAX_HELD_MS))
def test_our_own_time_does_not_go_back_because_others_are_ahead(start: int, ahead: int, back: int) -> None:
    clock = Clock(Wall(start, start, start - back))
    own = clock.tick()
    clock.observe((start + ahead) << 16)
    assert clock.tick(own) > own


@given(WALL, WALL)
def test_a_clock_that_is_set_right_is_followed(wrong: int, right: int) -> None:
    clock = Clock(Wall(wrong, right))
    before, after = clock.tick(), clock.tick()
    assert after != before
    if right >= EARLIEST_MS:
        assert right <= after >> 16 <= right + MAX_HELD_MS
    else:
        assert after > before


@given(WALL)
def test_a_clock_that_fell_to_where_no_clock_is_set_is_not_followed(wall: int) -> None:
    clock = Clock(Wall(EARLIEST_MS + wall, wall % EARLIEST_MS))
    before = clock.tick()
    assert clock.tick() > before


@given(WALL)
def test_the_first_time_is_the_wall_clocks(wall: int) -> None:
    assert Clock(Wall(wall)).tick() >> 16 == wall


@given(WALL, st.integers(min_value=0, max_value=MAX_AHEAD_MS), st.integers(min_value=0, max_value=0xFFFF))
def test_an_answer_is_later_than_what_it_answers(wall: int, ahead: int, counter: int) -> None:
    clock = Clock(Wall(wall))
    remote = (wall + ahead) << 16 | counter
    assert clock.observe(remote) == ahead
    assert clock.tick() > remote


@given(WALL, st.integers(min_value=MAX_AHEAD_MS + 1, max_value=2**46))
def test_a_time_from_the_far_future_does_not_drag_the_clock_along(wall: int, ahead: int) -> None:
    clock = Clock(Wall(wall))
    assert clock.observe((wall + ahead) << 16) == ahead
    assert clock.tick() >> 16 == wall


@given(WALL, WALL)
def test_the_past_changes_nothing(wall: int, remote: int) -> None:
    clock = Clock(Wall(wall))
    before = clock.tick()
    clock.observe(min(remote, wall) << 16)
    assert clock.last == before


@given(st.integers(min_value=1, max_value=2**63 - 1))
def test_a_restored_clock_goes_on_from_where_it_was(last: int) -> None:
    assert Clock(Wall(0), last).tick() == last + 1


def test_threads_never_get_the_same_time() -> None:
    clock = Clock(Wall(1_800_000_000_000))
    times: list[int] = []
    threads = [threading.Thread(target=lambda: times.extend([clock.tick() for _ in range(2000)])) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(times)) == 8000


@given(st.integers(0, EARLIEST_MS - 1), st.integers(EARLIEST_MS, 2**42), st.lists(st.integers(0, 2**42), max_size=8))
def test_a_lost_time_goes_on_from_the_newest_and_follows_whoever_is_not_too_far_ahead(
    own: int, newest: int, heard: list[int]
) -> None:
    time = LostTime(newest, Wall(own))
    expected = newest
    assert time.wall_ms() == expected
    for ms in heard:
        time.hear(ms)
        expected = ms if expected < ms <= expected + MAX_AWAY_MS else expected
        assert time.wall_ms() == expected
    assert time.ahead_ms == expected - own


def test_a_lost_time_passes_and_is_gone_when_the_clock_is_set() -> None:
    wall = Wall(5_000)
    time = LostTime(EARLIEST_MS + 7, wall)
    wall.shows = [6_000]
    assert time.wall_ms() == EARLIEST_MS + 1_007
    wall.shows = [EARLIEST_MS + 99_000]
    assert time.wall_ms() == EARLIEST_MS + 99_000
    assert time.ahead_ms == 0
    time.hear(EARLIEST_MS + 500_000)
    assert time.wall_ms() == EARLIEST_MS + 99_000


def test_what_a_clock_observes_sets_a_lost_time_right_before_it_is_compared() -> None:
    time = LostTime(EARLIEST_MS, Wall(5_000))
    clock = Clock(time.wall_ms, hear=time.hear)
    assert clock.observe((EARLIEST_MS + 9 * 3_600_000) << 16) == 0
    assert clock.tick() >> 16 == EARLIEST_MS + 9 * 3_600_000
