"""What a basket will come to, before its server has said so. Pure; the order's own total is what is charged.

The shop's rule: a line's net is its total ÷ (1 + Σ rates of its inclusive taxes); each tax is net × rate, summed over
the order exactly and rounded half up once. Inclusive taxes are in the prices already; exclusive ones come on top.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from ui.dish import selection as choosing
from ui.dish.menu import MenuIndex, Thing
from ui.dish.selection import Selection


def rate(tax: Thing) -> Fraction:
    """`"8.6"` → 43/500; what is not a number is no tax."""
    try:
        return Fraction(Decimal(str(tax.get("percentage", "")))) / 100
    except (InvalidOperation, ValueError, OverflowError):
        return Fraction(0)


def half_up(amount: Fraction) -> int:
    return (2 * amount.numerator + amount.denominator) // (2 * amount.denominator)


def line_total(index: MenuIndex, selection: Selection, quantity: int | None = None) -> int:
    """In minor units, of `quantity` or as many as are chosen; a dish that is no longer on the menu costs nothing, as it
    can't be had."""
    if selection.item_id not in index.items:
        return 0
    return choosing.unit_price(index, selection) * (selection.quantity if quantity is None else quantity)


def added_tax(index: MenuIndex, lines: Iterable[tuple[Selection, int]]) -> int:
    """The taxes that are not in the prices, in minor units; of each line so many as stand with it."""
    taxes = {t["tax_id"]: t for t in index.menu.get("taxes", [])}
    exact: dict[str, Fraction] = {}
    for line, quantity in lines:
        item = index.items.get(line.item_id, {})
        rules = [taxes[t] for t in dict.fromkeys(item.get("tax_ids") or ()) if t in taxes]
        inside = sum((rate(t) for t in rules if t.get("inclusive")), Fraction(0))
        net = line_total(index, line, quantity) / (1 + inside)
        for tax in rules:
            if not tax.get("inclusive"):
                exact[tax["tax_id"]] = exact.get(tax["tax_id"], Fraction(0)) + net * rate(tax)
    return sum(half_up(amount) for amount in exact.values())
