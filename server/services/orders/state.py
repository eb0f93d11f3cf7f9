"""An order as the fold of its events: `evolve(state, fact)`, pure. Facts come sorted by `Fact.at`.

Nothing here relies on a sensible order of facts: two terminals acted apart, or one terminal's clock was hours off, and
still every machine that holds the same facts must say the same. So each rule states who wins:

- the first `placed` is the order; a second (the same order sent again elsewhere) is only history
- the last `amended` gives the lines, whether or not it sorts before `placed`
- lines that several stations made apart from each other add up to an order that is ready
- status only moves forward; `voided` is final, unless the order was collected before
- payments are kept by payment id, the first capture of an id counts; what was refunded is taken off
- once the kitchen may see it, it may
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from server.services.fact import Fact, fits
from server.services.kitchen import events as kitchen
from server.services.orders import events as orders
from server.services.orders.events import Amended, Line, Moved, Placed, Voided
from server.services.payments import events as payments
from server.services.payments.events import Captured, Failed, Refunded

TYPES: dict[str, type[Any]] = {
    orders.PLACED: Placed,
    orders.AMENDED: Amended,
    orders.ACCEPTED: Moved,
    orders.STARTED: Moved,
    orders.READY: Moved,
    orders.COLLECTED: Moved,
    orders.VOIDED: Voided,
    payments.CAPTURED: Captured,
    payments.FAILED: Failed,
    payments.REFUNDED: Refunded,
    kitchen.BUMPED: kitchen.Bumped,
    kitchen.RECALLED: kitchen.Recalled,
}

PLACED, ACCEPTED, IN_PREPARATION, READY, COLLECTED = range(5)
"""Ranks of `orders.STATUSES`."""

NO_RANK = -1


class Happened(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One entry of the history: where and when, what in plain words, by whom."""

    at: tuple[int, str, int, str]
    what: str
    by: str = ""
    amount_minor: int | None = None
    detail: list[str] = []
    ms: int = 0  # by the clock of whoever did it


class OrderState(msgspec.Struct, frozen=True, array_like=True):
    """`rank` is the furthest status reached; `released_ms` is 0 until the kitchen may see the order."""

    placed: Placed | None = None
    placed_at: tuple[int, str, int, str] = (0, "", 0, "")
    placed_ms: int = 0
    amended: Amended | None = None
    amended_at: tuple[int, str, int, str] = (0, "", 0, "")
    rank: int = NO_RANK
    voided: bool = False
    void_reason: str = ""
    released_ms: int = 0
    captured: dict[str, Captured] = {}
    refunded: dict[str, int] = {}
    made: list[str] = []
    history: list[Happened] = []
    warnings: list[str] = []

    @property
    def lines(self) -> list[Line]:
        source = self.amended or self.placed
        return source.lines if source else []

    @property
    def total_minor(self) -> int:
        source = self.amended or self.placed
        return source.total_minor if source else 0

    @property
    def paid_minor(self) -> int:
        """Captured less refunded; refunds of payments that are not known (yet) do not count."""
        return sum(c.amount_minor - self.refunded.get(i, 0) for i, c in self.captured.items())

    @property
    def owed_minor(self) -> int:
        return 0 if self.voided else self.total_minor

    @property
    def status(self) -> orders.Status:
        return "voided" if self.voided else orders.STATUSES[max(self.rank, PLACED)]


EMPTY = OrderState()


def evolve(state: OrderState, fact: Fact) -> OrderState:
    """The order after one more fact."""
    changes = _EVOLVE[fact.type](state, fact)
    changed = msgspec.structs.replace(state, **changes) if changes else state
    if not changed.released_ms and _released(changed):
        return msgspec.structs.replace(changed, released_ms=fact.wall_ms)
    return changed


def _released(state: OrderState) -> bool:
    if state.placed is None or state.voided:
        return False
    return not state.placed.hold_until_paid or state.rank >= ACCEPTED or state.paid_minor >= state.total_minor


def said(lines: list[Line]) -> list[str]:
    """The lines in words, for the history."""
    return [
        f"{line.quantity} × {line.name}"
        + (f" ({line.variation_name})" if line.variation_name else "")
        + "".join(f" + {m.name}" + (f" ×{m.quantity}" if m.quantity > 1 else "") for m in line.modifiers)
        + "".join(f" · {c.name}" for c in line.components)
        + "".join(f" no {name}" for name in line.without_names)
        for line in lines
    ]


def _history(state: OrderState, fact: Fact, what: str, **more: Any) -> dict[str, Any]:
    by = more.pop("by", getattr(fact.data, "by", ""))
    return {"history": [*state.history, Happened(fact.at, what, by, ms=fact.wall_ms, **more)]}


def _warned(state: OrderState, warning: str) -> dict[str, Any]:
    return {} if warning in state.warnings else {"warnings": [*state.warnings, warning]}


def _reached(state: OrderState, rank: int) -> dict[str, Any]:
    return {"rank": rank} if rank > state.rank and not state.voided else {}


def _placed(state: OrderState, fact: Fact) -> dict[str, Any]:
    data: Placed = fact.data
    what = "placed" if state.placed is None else f"placed again as {data.number}"
    changes = _history(
        state, fact, what, by=data.taken_by_label, amount_minor=data.total_minor, detail=said(data.lines)
    )
    if state.placed is None:
        changes |= {"placed": data, "placed_at": fact.at, "placed_ms": fact.wall_ms, "rank": max(state.rank, PLACED)}
    return changes


def _amended(state: OrderState, fact: Fact) -> dict[str, Any]:
    data: Amended = fact.data
    changes = _history(state, fact, "amended", amount_minor=data.total_minor, detail=said(data.lines))
    before = {line.line_id: line for line in state.lines}
    same = {line.line_id for line in data.lines if before.get(line.line_id, line) == line}
    made = [i for i in state.made if i in same]
    changes |= {"amended": data, "amended_at": fact.at, "made": made}
    return changes | (_reached(state, READY) if made and all(x.line_id in made for x in data.lines) else {})


def _moved(rank: int) -> Callable[[OrderState, Fact], dict[str, Any]]:
    what = orders.STATUSES[rank].replace("_", " ")

    def moved(state: OrderState, fact: Fact) -> dict[str, Any]:
        changes = _history(state, fact, what)
        changes |= _reached(state, rank)
        if rank == COLLECTED and state.voided:
            changes |= _warned(state, "collected_after_void")
        return changes

    return moved


def _voided(state: OrderState, fact: Fact) -> dict[str, Any]:
    data: Voided = fact.data
    changes = _history(state, fact, f"voided: {data.reason}" if data.reason else "voided")
    if state.rank == COLLECTED:
        return changes | _warned(state, "voided_after_collected")
    return changes if state.voided else changes | {"voided": True, "void_reason": data.reason}


def _captured(state: OrderState, fact: Fact) -> dict[str, Any]:
    data: Captured = fact.data
    changes = _history(state, fact, f"paid by {data.tender}", amount_minor=data.amount_minor)
    if data.payment_id not in state.captured:
        changes["captured"] = {**state.captured, data.payment_id: data}
        if state.voided:
            changes |= _warned(state, "paid_after_void")
    return changes


def _failed(state: OrderState, fact: Fact) -> dict[str, Any]:
    data: Failed = fact.data
    why = data.why.replace("_", " ")
    return _history(state, fact, f"payment by {data.tender} failed: {why}", amount_minor=data.amount_minor)


def _refunded(state: OrderState, fact: Fact) -> dict[str, Any]:
    data: Refunded = fact.data
    total = fits(state.refunded.get(data.payment_id, 0) + data.amount_minor)
    changes = _history(state, fact, f"refunded by {data.tender}: {data.reason}", amount_minor=data.amount_minor)
    return changes | {"refunded": {**state.refunded, data.payment_id: total}}


def _bumped(state: OrderState, fact: Fact) -> dict[str, Any]:
    data: kitchen.Bumped = fact.data
    made = list(dict.fromkeys([*state.made, *data.line_ids]))
    done = all(line.line_id in made for line in state.lines) if state.lines else data.done
    changes = _history(state, fact, "made" if done else "made in part")
    return changes | {"made": made} | _reached(state, READY if done else IN_PREPARATION)


def _recalled(state: OrderState, fact: Fact) -> dict[str, Any]:
    return _history(state, fact, "recalled to the kitchen")


_EVOLVE: dict[str, Callable[[OrderState, Fact], dict[str, Any]]] = {
    orders.PLACED: _placed,
    orders.AMENDED: _amended,
    orders.ACCEPTED: _moved(ACCEPTED),
    orders.STARTED: _moved(IN_PREPARATION),
    orders.READY: _moved(READY),
    orders.COLLECTED: _moved(COLLECTED),
    orders.VOIDED: _voided,
    payments.CAPTURED: _captured,
    payments.FAILED: _failed,
    payments.REFUNDED: _refunded,
    kitchen.BUMPED: _bumped,
    kitchen.RECALLED: _recalled,
}
