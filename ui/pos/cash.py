"""Counting at the counter: suggested notes, change, equal shares. Pure integers of minor units."""

from __future__ import annotations

from ui import money

NOTES = (5, 10, 20, 50, 100, 200)
LARGE_NOTES = (500, 1000, 5000, 10000)
"""For currencies without a minor unit, where a meal costs hundreds or thousands."""

SUGGESTIONS = 4
MAX_DIGITS = 9


def suggestions(due_minor: int, currency: str) -> list[int]:
    """What a guest is likely to hand over: exactly what is due, then rounded up to ever larger notes."""
    places = money.exponent(currency)
    notes = [n * 10**places for n in (NOTES if places else LARGE_NOTES)]
    found = [due_minor]
    for note in notes:
        up = -(-due_minor // note) * note
        if up not in found and up > due_minor:
            found.append(up)
    return [found[0], *sorted(found[1:])][:SUGGESTIONS]


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
