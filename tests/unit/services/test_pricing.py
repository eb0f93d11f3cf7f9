"""Prices are exact: integers and fractions, with each tax rounded once."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.services.menu.events import Tax
from server.services.orders.events import Line, LineModifier
from server.services.orders.pricing import half_up, line_total, price, rate

percentages = st.decimals(0, 100, places=3).map(str)
taxes = st.lists(st.tuples(percentages, st.booleans()), max_size=4).map(
    lambda found: {f"t{n}": Tax(f"t{n}", f"Tax {n}", p, inclusive) for n, (p, inclusive) in enumerate(found)}
)
modifiers = st.lists(
    st.builds(LineModifier, st.just("m"), st.just("M"), st.integers(1, 99), st.integers(0, 10_000)), max_size=4
)


@st.composite
def lines(draw: st.DrawFn) -> Line:
    chosen = draw(modifiers)
    unit, quantity = draw(st.integers(0, 1_000_000)), draw(st.integers(1, 99))
    tax_ids = draw(st.lists(st.sampled_from(["t0", "t1", "t2", "t3", "gone"]), unique=True))
    total = line_total(quantity, unit, chosen)
    return Line("1", "i", "v", "Item", quantity, unit, total, modifiers=chosen, tax_ids=tax_ids)


@given(st.lists(lines(), max_size=8), taxes)
def test_totals_are_the_lines_and_the_exclusive_taxes(found: list[Line], rules: dict[str, Tax]) -> None:
    priced = price(found, rules)
    assert priced.subtotal_minor == sum(line.total_minor for line in found)
    exclusive = sum(t.amount_minor for t in priced.taxes if not t.inclusive)
    assert priced.total_minor == priced.subtotal_minor + exclusive
    assert priced.tax_minor == sum(t.amount_minor for t in priced.taxes)
    assert all(t.amount_minor >= 0 for t in priced.taxes)
    for number in (priced.subtotal_minor, priced.tax_minor, priced.total_minor):
        assert type(number) is int


@given(st.lists(lines(), max_size=8), taxes, st.randoms())
def test_the_order_of_lines_does_not_change_what_is_owed(
    found: list[Line], rules: dict[str, Tax], random: object
) -> None:
    shuffled = list(found)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = price(found, rules), price(shuffled, rules)
    assert (one.subtotal_minor, one.tax_minor, one.total_minor) == (
        other.subtotal_minor,
        other.tax_minor,
        other.total_minor,
    )


@given(st.lists(lines(), max_size=8), taxes)
def test_an_inclusive_tax_is_within_half_a_unit_of_the_exact_amount(found: list[Line], rules: dict[str, Tax]) -> None:
    for amount in price(found, rules).taxes:
        exact = Fraction(0)
        for line in found:
            if amount.tax_id in line.tax_ids:
                inside = sum(rate(rules[t].percentage) for t in line.tax_ids if t in rules and rules[t].inclusive)
                exact += line.total_minor / (1 + inside) * rate(amount.percentage)
        assert abs(amount.amount_minor - exact) <= Fraction(1, 2)


@given(st.fractions(0, 10**9))
def test_rounding_is_half_up_as_decimal_does_it(amount: Fraction) -> None:
    if amount.denominator in (1, 2, 4, 5, 10, 100):
        exact = Decimal(amount.numerator) / Decimal(amount.denominator)
        assert half_up(amount) == int(exact.quantize(Decimal(1), ROUND_HALF_UP))
    assert abs(half_up(amount) - amount) <= Fraction(1, 2)


@pytest.mark.parametrize(
    ("total", "percentage", "inclusive", "expected"),
    [
        (119, "19", True, 19),
        (2770, "19", True, 442),
        (1000, "8.6", False, 86),
        (50, "1", False, 1),  # exactly one half
        (49, "1", False, 0),
        (1000, "0", True, 0),
        (1000, "not a number", False, 0),
    ],
)
def test_taxes_that_were_computed_by_hand(total: int, percentage: str, inclusive: bool, expected: int) -> None:
    line = Line("1", "i", "v", "Item", 1, total, total, tax_ids=["t"])
    assert price([line], {"t": Tax("t", "Tax", percentage, inclusive)}).tax_minor == expected


def test_rounding_happens_per_order_and_not_per_line() -> None:
    found = [Line(str(n), "i", "v", "Item", 1, 30, 30, tax_ids=["t"]) for n in range(10)]
    assert price(found, {"t": Tax("t", "Tax", "1", False)}).tax_minor == 3  # ten times 0.3, not ten times 0


def test_a_modifiers_price_counts_its_quantity_and_the_lines() -> None:
    assert line_total(3, 990, [LineModifier("m", "M", 2, 90), LineModifier("n", "N", 1, 150)]) == 3 * (990 + 180 + 150)
