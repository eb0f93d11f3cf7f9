"""What happened to each subject's stock, and what each order took: two folds, both pure.

A subject (`item:…`, `ingredient:…`, `modifier:…`) folds its own `stock` events. An order (`order:…`) folds `orders`
events into moves: how many of each item it took, when, and how many it gave back. What is left of a counted item is
its last count less the moves that sort after it. A voided order gives back what it took; staff who threw it away count
again.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import msgspec

from server.services.fact import NEVER, At, Fact, fits
from server.services.orders import events as orders
from server.services.orders.events import Amended, Line, Moved, Placed, Voided
from server.services.stock import events as stock
from server.services.stock.events import CameBack, Counted, WentOut, stock_key

TYPES: dict[str, type[Any]] = {
    stock.OUT: WentOut,
    stock.BACK: CameBack,
    stock.COUNTED: Counted,
    orders.PLACED: Placed,
    orders.AMENDED: Amended,
    orders.COLLECTED: Moved,
    orders.VOIDED: Voided,
}

MAX_TURNS = 200
"""Times of going out and coming back that are remembered, to tell which orders were sold in between."""

ORDER = "order:"


class Turn(msgspec.Struct, frozen=True, array_like=True, gc=False):
    at: At
    out: bool


class SubjectState(msgspec.Struct, frozen=True, array_like=True, tag="subject"):
    """`counted` None: no countdown. `turns` are the latest changes between out and not, oldest first."""

    out: bool = False
    counted: int | None = None
    counted_at: At = NEVER
    turns: list[Turn] = []

    @property
    def settled_at(self) -> int:
        """The place in time since which it is as it is."""
        return max(self.counted_at[0], self.turns[-1].at[0] if self.turns else 0)

    def was_out(self, at: At) -> bool:
        for turn in reversed(self.turns):
            if turn.at < at:
                return turn.out
        return False


class Move(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """`taken` of an item by an order's fact; negative when given back."""

    at: At
    item_id: str
    taken: int


class TakenState(msgspec.Struct, frozen=True, array_like=True, tag="taken"):
    """What one order takes: `now` by item, and the moves that led there."""

    now: dict[str, int] = {}
    moves: list[Move] = []
    voided: bool = False
    placed: bool = False
    amended: bool = False
    collected: bool = False


def subject_of(fact: Fact) -> str:
    """The aggregate that a fact belongs to: a subject's key, or `order:<id>`."""
    data = fact.data
    if fact.type == stock.COUNTED:
        return stock_key("item", data.item_id)
    if fact.type in (stock.OUT, stock.BACK):
        return stock_key(data.kind, data.subject_id)
    return ORDER + fact.aggregate_id


def evolve_subject(state: SubjectState, fact: Fact) -> SubjectState:
    """A count above zero sells again; coming back ends a countdown."""
    data = fact.data
    if fact.type == stock.OUT:
        out, counted, counted_at = True, state.counted, state.counted_at
    elif fact.type == stock.BACK:
        out, counted, counted_at = False, None, NEVER
    else:
        out, counted, counted_at = False, data.left, fact.at
    turns = state.turns if out == state.out else [*state.turns, Turn(fact.at, out)][-MAX_TURNS:]
    return SubjectState(out, counted, counted_at, turns)


def evolve_taken(state: TakenState, fact: Fact) -> TakenState:
    """`fact.data` is what the order's lines take, by item.

    Follows the order's own rules: the first `placed`, unless amended already; the last `amended`; voided is final,
    unless the order was collected before.
    """
    if fact.type == orders.COLLECTED:
        return msgspec.structs.replace(state, collected=True)
    if state.voided or (state.collected and fact.type == orders.VOIDED):
        return state
    if fact.type == orders.VOIDED:
        target: dict[str, int] = {}
    elif fact.type == orders.PLACED and (state.placed or state.amended):
        return msgspec.structs.replace(state, placed=True)
    else:
        target = fact.data
    moves = [
        Move(fact.at, item_id, fits(target.get(item_id, 0) - state.now.get(item_id, 0)))
        for item_id in dict.fromkeys([*state.now, *target])
        if target.get(item_id, 0) != state.now.get(item_id, 0)
    ]
    return TakenState(
        now=target,
        moves=[*state.moves, *moves],
        voided=fact.type == orders.VOIDED,
        placed=state.placed or fact.type == orders.PLACED,
        amended=state.amended or fact.type == orders.AMENDED,
        collected=state.collected,
    )


def taken_by(lines: list[Line]) -> dict[str, int]:
    """How many of each item the lines take, dishes of combos included."""
    taken: Counter[str] = Counter()
    for line in lines:
        taken[line.item_id] += line.quantity
        for component in line.components:
            taken[component.item_id] += line.quantity
    return {item_id: fits(quantity) for item_id, quantity in taken.items()}
