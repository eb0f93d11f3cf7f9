"""An order's lines as wishes: to order the same again, at today's prices and of what there is today. Pure."""

from __future__ import annotations

from server.services.orders.commands import LineRequest, ModifierChoice, SlotChoice
from server.services.orders.events import Line, LineModifier, Order


def wishes(order: Order) -> list[LineRequest]:
    """Neither prices nor notes, nor for whom it was: a receipt may be found by anybody. What is sold at an open price
    is left out."""
    return [_wish(line) for line in order.lines]


def _wish(line: Line) -> LineRequest:
    inside = {ingredient for c in line.components for ingredient in c.without}
    return LineRequest(
        item_id=line.item_id,
        quantity=line.quantity,
        variation_id=line.variation_id or None,
        modifiers=_modifiers(line.modifiers),
        without=[i for i in line.without if i not in inside],
        choices=[
            SlotChoice(
                slot_id=c.slot_id,
                item_id=c.item_id,
                variation_id=c.variation_id,
                modifiers=_modifiers(c.modifiers),
                without=c.without,
            )
            for c in line.components
        ],
    )


def _modifiers(found: list[LineModifier]) -> list[ModifierChoice]:
    return [ModifierChoice(modifier_id=m.modifier_id, quantity=m.quantity) for m in found]
