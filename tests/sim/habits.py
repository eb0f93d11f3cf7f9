"""What people do beyond the plainest: tips and large notes, bills that are split, set meals, dishes made one by one.

Each draws from a seed of its own, so that one habit more changes nothing about the others.
"""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any, NamedTuple

TIPS = 0.35
NOTES = 0.4
NOTE_MINOR = 500_00
"""Above any order of a simulated day."""

SPLITS = 0.2
ASKS_TOO_MUCH = 0.4
"""Of those who pay the rest of a bill, so many are first asked for all of it."""

MEALS = 0.12
BREAKFASTS = 0.08
STATIONS = 0.25
ONE_BY_ONE = 0.12
COUNTS = 0.4
WITH_BACON = 0.1
FAMILIES = 0.35
BOTH = 0.4
LAST_DAYS = 0.4
RATES = 0.3
"""Of all menus, so many come with another rate of tax."""

SMALLEST_MINOR = 150
"""Below any order."""


class Split(NamedTuple):
    """The first part of a bill, and whether all of it is asked for once more by mistake."""

    first_minor: int
    asks_too_much: bool


def paying(order_id: str, tender: str) -> dict[str, Any]:
    """What comes with a payment: a tip by card, a large note in cash."""
    chance = random.Random(f"{order_id}/{tender}")
    if tender == "card" and chance.random() < TIPS:
        return {"tip_minor": chance.choice((30, 100, 150))}
    if tender == "cash" and chance.random() < NOTES:
        return {"tendered_minor": NOTE_MINOR}
    return {}


def split(order_id: str) -> Split | None:
    """Whether two pay for an order, each a part."""
    chance = random.Random(f"{order_id}/split")
    if chance.random() >= SPLITS:
        return None
    return Split(chance.randint(50, SMALLEST_MINOR), chance.random() < ASKS_TOO_MUCH)


def dishes(seed: str) -> list[dict[str, Any]]:
    """What is ordered beside single dishes."""
    chance = random.Random(f"{seed}/dishes")
    found: list[dict[str, Any]] = []
    if chance.random() < MEALS:
        choices = [{"slot_id": "main", "item_id": chance.choice(("burger", "veggie"))}]
        choices.append({"slot_id": "side", "item_id": "salad"})
        if chance.random() < 0.5:
            choices.append({"slot_id": "drink", "item_id": "cola"})
        found.append({"item_id": "meal", "quantity": chance.choice((1, 1, 2, 4)), "choices": choices})
    if chance.random() < BREAKFASTS:
        found.append({"item_id": "pancakes", "quantity": 1})
    if chance.random() < WITH_BACON:
        found.append({"item_id": "veggie", "quantity": 1, "modifiers": [{"modifier_id": "x-bacon"}]})
    return found


def amending(order_id: str, line_ids: list[str], times: int) -> dict[str, dict[str, Any]]:
    """By line, what else is wanted of those that stay."""
    chance = random.Random(f"{order_id}/amended/{times}")
    return {i: {"quantity": chance.choice((1, 2, 4))} for i in line_ids if chance.random() < 0.3}


def making(order_id: str, line_ids: list[str]) -> list[dict[str, Any]]:
    """What the kitchen says before it says that all is made: by station, or of one line."""
    chance = random.Random(f"{order_id}/making")
    way = chance.random()
    if way < STATIONS:
        return [{"station": station} for station in chance.sample(("grill", "cold"), chance.randint(1, 2))]
    if way < STATIONS + ONE_BY_ONE and line_ids:
        return [{"line_ids": [chance.choice(line_ids)]}]
    return []


def recalling(order_id: str, line_ids: list[str]) -> dict[str, Any]:
    """One line again, or all of them."""
    chance = random.Random(f"{order_id}/recalled")
    return {"line_ids": [chance.choice(line_ids)]} if line_ids and chance.random() < 0.6 else {}


def counted(seed: str) -> int | None:
    """How many of a dish that was out came, where somebody counts them."""
    chance = random.Random(f"{seed}/counted")
    return chance.randint(1, 8) if chance.random() < COUNTS else None


def guests(code: str) -> tuple[int, bool]:
    """How many pay with one voucher, and whether all do at one terminal: a family, each for themselves."""
    return (4, True) if random.Random(f"{code}/guests").random() < FAMILIES else (2, False)


def givers(order_id: str) -> int:
    """How many give back what a voucher paid, at once."""
    return 2 if random.Random(f"{order_id}/givers").random() < BOTH else 1


def rate(seed: str) -> str | None:
    """Another rate of tax in a new menu."""
    chance = random.Random(f"{seed}/rate")
    return chance.choice(("7", "12.5", "21")) if chance.random() < RATES else None


def last_day(code: str, today: str) -> str | None:
    """Until when a voucher is good: yesterday, today or tomorrow; None for ever."""
    chance = random.Random(f"{code}/until")
    if chance.random() >= LAST_DAYS:
        return None
    return (date.fromisoformat(today) + timedelta(days=chance.choice((-1, 0, 0, 1)))).isoformat()
