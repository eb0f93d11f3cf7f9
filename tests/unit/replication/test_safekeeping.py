"""Counting who held a sale in time."""

from __future__ import annotations

from server.replication.safekeeping import MAX_LATE, WORTH_A_WORD, Safekeeping

KITCHEN, BOARD = ("k", "Kitchen"), ("b", "Board")


def test_one_busy_moment_is_not_worth_a_word() -> None:
    safe = Safekeeping()
    said = [safe.was_missed([KITCHEN], 1000 + n) for n in range(WORTH_A_WORD - 1)]
    assert not any(said)
    assert safe.warning() == ""
    safe.was_kept()
    assert not safe.was_missed([KITCHEN], 2000)


def test_a_row_of_them_is_and_names_who_was_late_and_since_when() -> None:
    safe = Safekeeping()
    said = [safe.was_missed([KITCHEN] if n else [KITCHEN, BOARD], 1000 + n) for n in range(WORTH_A_WORD + 1)]
    assert said == [n == WORTH_A_WORD - 1 for n in range(WORTH_A_WORD + 1)], "once"
    assert "Board and Kitchen" in safe.warning()
    assert f"The last {WORTH_A_WORD + 1}" in safe.warning()
    assert safe.since_ms == 1000
    assert (safe.late["k"].times, safe.late["b"].times) == (WORTH_A_WORD + 1, 1)
    assert safe.late["k"].last_ms == 1000 + WORTH_A_WORD
    safe.was_kept()
    assert safe.warning() == ""
    assert (safe.kept, safe.missed, safe.alone) == (1, WORTH_A_WORD + 1, 0)


def test_who_is_alone_is_not_late() -> None:
    safe = Safekeeping()
    for _ in range(5):
        safe.was_alone()
    assert (safe.alone, safe.missed, safe.warning()) == (5, 0, "")


def test_it_remembers_no_more_than_a_shop_has() -> None:
    safe = Safekeeping()
    for n in range(3 * MAX_LATE):
        safe.was_missed([(str(n), "x")], n)
    assert len(safe.late) == MAX_LATE
    assert list(safe.late)[-1] == str(3 * MAX_LATE - 1)
