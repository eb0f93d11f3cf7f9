"""What was sold though it was out, by terminals that were apart: the kitchen is warned of it. Reckoned from events."""

from __future__ import annotations

from server.event import Event
from server.services.menu.events import Menu
from server.services.orders import events as orders
from server.services.orders.events import Line
from server.services.stock import events as stock
from tests.sim.checks.takes import taken


class Sold:
    """What a store's events, in their order, say of its stock: of each subject since which event it was out, or not; of
    each dish of which more was sold than was counted its count."""

    def __init__(self, mine: list[Event], menu: Menu) -> None:
        self._mine, self._menu = mine, menu
        self._out: dict[str, list[tuple[int, bool]]] = {}
        counted: dict[str, tuple[int, int]] = {}
        for i, event in enumerate(mine):
            if event.type == stock.COUNTED:
                count = event.data(stock.Counted)
                counted[f"item:{count.item_id}"] = (count.left, i)
                self._out.setdefault(f"item:{count.item_id}", []).append((i, False))
            elif event.type in (stock.OUT, stock.BACK):
                word = event.data(stock.WentOut if event.type == stock.OUT else stock.CameBack)
                subject = f"{word.kind}:{word.subject_id}"
                self._out.setdefault(subject, []).append((i, event.type == stock.OUT))
                if event.type == stock.BACK:
                    counted.pop(subject, None)
        took = taken(mine)
        self._short = {
            subject: (left, at, before)
            for subject, (left, at) in counted.items()
            if took[subject[5:]] - (before := taken(mine[:at])[subject[5:]]) > left
        }

    def of(self, order: list[Event], last: orders.Placed | orders.Amended) -> set[str]:
        """The dishes of an order in whose lines something was out when they were sold as they are."""
        first = next(e for e in order if e.type == orders.PLACED)
        amended = next((e for e in reversed(order) if e.type == orders.AMENDED), first)
        as_placed = first.data(orders.Placed).lines
        return {
            line.item_id
            for line in last.lines
            if any(self._was_out(n, first if line in as_placed else amended) for n in self._needs(line))
        }

    def _was_out(self, subject: str, sold: Event) -> bool:
        at = next(i for i, e in enumerate(self._mine) if e is sold)
        if next((out for i, out in reversed(self._out.get(subject, [])) if i < at), False):
            return True
        left, since, before = self._short.get(subject, (0, len(self._mine), 0))
        return at > since and taken(self._mine[: at + 1])[subject[5:]] - before > left

    def _needs(self, line: Line) -> set[str]:
        dishes = [(line.item_id, line.without, line.modifiers)]
        dishes += [(part.item_id, part.without, part.modifiers) for part in line.components]
        found: set[str] = set()
        for item_id, without, modifiers in dishes:
            chosen = {m.modifier_id for m in modifiers}
            found |= {f"item:{item_id}"} | {f"modifier:{i}" for i in chosen}
            found |= {
                f"ingredient:{i}"
                for item in self._menu.items
                if item.item_id == item_id
                for i in item.ingredient_ids
                if i not in without
            }
            options = [m for group in self._menu.modifier_groups for m in group.modifiers]
            found |= {f"ingredient:{i}" for m in options if m.modifier_id in chosen for i in m.ingredient_ids}
        return found
