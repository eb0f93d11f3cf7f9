"""What one service's events mean for another's view: what was sold although it had run out elsewhere.

The sale stands (the customer was told yes), and the kitchen must know.
"""

from __future__ import annotations

from server.services.carte import Carte
from server.services.fact import At
from server.services.orders.events import Line
from server.services.orders.state import OrderState
from server.services.stock.events import stock_key
from server.services.stock.read_model import Stocks


def needs_of(line: Line, carte: Carte | None) -> dict[str, str]:
    """The subjects a line needs, by stock key, with their names."""
    needs = {stock_key("item", line.item_id): line.name}
    dishes = [(line.item_id, line.without, line.modifiers)]
    for part in line.components:
        needs[stock_key("item", part.item_id)] = part.name
        dishes.append((part.item_id, part.without, part.modifiers))
    for item_id, without, modifiers in dishes:
        item = carte.items.get(item_id) if carte else None
        ingredients = [i for i in item.ingredient_ids if i not in without] if item else []
        for m in modifiers:
            needs[stock_key("modifier", m.modifier_id)] = m.name
            known = carte.modifiers.get(m.modifier_id) if carte else None
            ingredients += known.ingredient_ids if known else []
        if carte:
            needs.update({stock_key("ingredient", i): carte.name_of(i) for i in ingredients})
    return needs


def _sold_at(state: OrderState, line: Line) -> At:
    """When the line was sold as it is: with the order, or with its last amendment."""
    if state.amended is None or (state.placed is not None and line in state.placed.lines):
        return state.placed_at
    return state.amended_at


def sold_while_out(state: OrderState, prefix: str, carte: Carte | None, stocks: Stocks) -> dict[str, list[str]]:
    """By line id, the names of what was out when the line was sold. `prefix` is `Stocks.prefix_of` the store."""
    if not stocks.subjects or state.placed is None:
        return {}
    found: dict[str, list[str]] = {}
    for line in state.lines:
        at = _sold_at(state, line)
        out = [name for key, name in needs_of(line, carte).items() if stocks.was_out(prefix + key, at)]
        if out:
            found[line.line_id] = list(dict.fromkeys(out))
    return found
