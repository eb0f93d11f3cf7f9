"""Counting at the counter: suggested notes, change, equal shares. Pure integers of minor units."""

from __future__ import annotations

from ui import money

NOTES = (5, 10, 50, 20, 100, 200)
LARGE_NOTES = (500, 1000, 5000, 10000)
"""In the order in which they are likely: for 20.80 a guest gives 25, 30 or 50, hardly ever 40."""

SUGGESTIONS = 4
MAX_DIGITS = 9


def suggestions(due_minor: int, currency: str) -> list[int]:
    """What a guest is likely to hand over: exactly what is due, then rounded up to ever larger notes."""
    places = money.exponent(currency)
    notes = [n * 10**places for n in (NOTES if places else LARGE_NOTES)]
    rounded = dict.fromkeys(-(-due_minor // note) * note for note in notes)
    likely = [minor for minor in rounded if minor > due_minor][: SUGGESTIONS - 1]
    return [due_minor, *sorted(likely)]


def shares(due_minor: int, ways: int) -> list[int]:
    """Equal parts that add up; the odd cents go to the first ones. No part is nothing."""
    ways = max(1, min(ways, due_minor))
    part, odd = divmod(due_minor, ways)
    return [part + 1] * odd + [part] * (ways - odd)


def typed(digits: str, key: str) -> str:
    """A till's keypad, cents first: digits move in from the right; `del` takes one away, `clear` all."""
    if key == "clear":
        return ""
    if key == "del":
        return digits[:-1]
    if key.isdigit():
        return (digits + key).lstrip("0")[:MAX_DIGITS]
    return digits
