"""What an order costs, reckoned once more: its lines, its sums, its taxes, and that nothing of it changes its price."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction

from server.services.orders.events import Amended, Order, Placed

Change = Placed | Amended


def sums(order: Order) -> list[str]:
    """An order's totals are the sum of its lines, and each line of what is on it."""
    found = []
    for line in order.lines:
        extras = sum(m.price_minor * m.quantity for m in line.modifiers)
        if line.total_minor != line.quantity * (line.unit_price_minor + extras):
            found.append(f"order {order.number}: {line.quantity} {line.name} cost {line.total_minor}")
    added = sum(t.amount_minor for t in order.taxes if not t.inclusive)
    if order.subtotal_minor != sum(line.total_minor for line in order.lines):
        found.append(f"order {order.number}: its lines are not {order.subtotal_minor}")
    if order.total_minor != order.subtotal_minor + added:
        found.append(f"order {order.number}: {order.subtotal_minor} and {added} of taxes are not {order.total_minor}")
    return found


def as_sold(changes: list[Change]) -> list[str]:
    """A line that stays keeps its price, and the order its rates of tax."""
    found = []
    rates: dict[str, str] = {tax.tax_id: tax.percentage for tax in changes[0].taxes}
    prices: dict[tuple[str, str, str], int] = {}
    for change in changes:
        for line in change.lines:
            known = prices.setdefault((line.line_id, line.item_id, line.variation_id), line.unit_price_minor)
            if known != line.unit_price_minor:
                found.append(f"{line.name} was sold at {known}, and costs {line.unit_price_minor} now")
        for tax in change.taxes:
            if rates.get(tax.tax_id, tax.percentage) != tax.percentage:
                found.append(f"{tax.name} was {rates[tax.tax_id]} % when it was sold, and is {tax.percentage} % now")
    return found


def taxes(order: Order) -> list[str]:
    """Each tax of what its lines come to, without the taxes that are in their prices, rounded half up once."""
    rates = {tax.tax_id: Fraction(tax.percentage) / 100 for tax in order.taxes}
    inclusive = {tax.tax_id for tax in order.taxes if tax.inclusive}
    exact: dict[str, Fraction] = defaultdict(Fraction)
    for line in order.lines:
        net = line.total_minor / (1 + sum((rates[t] for t in line.tax_ids if t in inclusive), Fraction(0)))
        for tax_id in line.tax_ids:
            exact[tax_id] += net * rates.get(tax_id, Fraction(0))
    return [
        f"{tax.name} is {tax.amount_minor}, of {float(exact[tax.tax_id]):.3f}"
        for tax in order.taxes
        if tax.amount_minor != int(exact[tax.tax_id] + Fraction(1, 2))
    ]
