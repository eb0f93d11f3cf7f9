"""What an order costs, exactly: integers and fractions, never floats.

A line's total is quantity × (unit price + Σ modifier price × modifier quantity), in minor units, without rounding.
Taxes are computed per tax over the whole order, from exact fractions, and rounded half up once, per tax:

- a line's net is its total ÷ (1 + Σ rates of its inclusive taxes); its total when it has none
- each of its taxes, inclusive or exclusive, is net × rate; inclusive ones are already in the total

`subtotal` is the sum of the lines; `tax` is all tax; `total` is the subtotal plus the exclusive taxes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache
from typing import Protocol

import msgspec

from server.services.orders.events import Line, LineModifier, TaxAmount


class TaxRule(Protocol):
    """What pricing needs of a tax: a menu's `Tax`, or a `TaxAmount` as once charged."""

    @property
    def tax_id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def percentage(self) -> str: ...
    @property
    def inclusive(self) -> bool: ...


class Priced(msgspec.Struct, frozen=True):
    subtotal_minor: int
    tax_minor: int
    total_minor: int
    taxes: list[TaxAmount]


def line_total(quantity: int, unit_price_minor: int, modifiers: Iterable[LineModifier]) -> int:
    return quantity * (unit_price_minor + sum(m.price_minor * m.quantity for m in modifiers))


def half_up(amount: Fraction) -> int:
    """The nearest integer; a half goes up (away from zero for what customers owe)."""
    return (2 * amount.numerator + amount.denominator) // (2 * amount.denominator)


@lru_cache(maxsize=1024)
def rate(percentage: str) -> Fraction:
    """`"8.6"` → 43/500. What is not a number (only a foreign writer's order can hold such) is no tax."""
    try:
        return Fraction(Decimal(percentage)) / 100
    except (InvalidOperation, ValueError, OverflowError):
        return Fraction(0)


def price(lines: Iterable[Line], taxes: Mapping[str, TaxRule]) -> Priced:
    """Totals of the lines under `taxes` (by id); a line's tax that is not among them is not charged."""
    subtotal = 0
    exact: dict[str, Fraction] = {}
    for line in lines:
        subtotal += line.total_minor
        rules = [taxes[t] for t in dict.fromkeys(line.tax_ids) if t in taxes]
        inside = sum((rate(r.percentage) for r in rules if r.inclusive), Fraction(0))
        net = line.total_minor / (1 + inside)
        for rule in rules:
            exact[rule.tax_id] = exact.get(rule.tax_id, Fraction(0)) + net * rate(rule.percentage)
    amounts = [
        TaxAmount(t, taxes[t].name, taxes[t].percentage, taxes[t].inclusive, half_up(amount))
        for t, amount in exact.items()
    ]
    return Priced(
        subtotal_minor=subtotal,
        tax_minor=sum(a.amount_minor for a in amounts),
        total_minor=subtotal + sum(a.amount_minor for a in amounts if not a.inclusive),
        taxes=amounts,
    )
