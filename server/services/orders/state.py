"""An order as the fold of its events: `evolve(state, fact)`, pure. Facts come sorted by `Fact.at`.

Nothing here relies on a sensible order of facts: two terminals acted apart, or one terminal's clock was hours off, and
still every machine that holds the same facts must say the same. So each rule states who wins:

- the first `placed` is the order; a second (the same order sent again elsewhere) is only history
- the last `amended` gives the lines, whether or not it sorts before `placed`
- lines that several stations made apart from each other add up to an order that is ready
- status only moves forward; `voided` is final, unless the order was collected before
- payments are kept by payment id, refunds by refund id: the first of an id counts; what was refunded is taken off
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
from server.services.payments.events import (
    Captured,
    DeclinedLate,
    Failed,
    Forwarded,
    Refunded,
    RefundFailed,
    WrittenOff,
)
from server.services.receipts import events as receipts

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
    payments.REFUND_FAILED: RefundFailed,
    payments.FORWARDED: Forwarded,
    payments.DECLINED_LATE: DeclinedLate,
    payments.WRITTEN_OFF: WrittenOff,
    kitchen.BUMPED: kitchen.Bumped,
    kitchen.RECALLED: kitchen.Recalled,
    receipts.ASKED: receipts.Asked,
    receipts.BEGUN: receipts.Begun,
    receipts.PRINTED: receipts.Printed,
    receipts.FAILED: receipts.Failed,
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


class Print(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A receipt on paper. `log_id`: of the terminal that prints it; `begun`: bytes went to its printer; `ended`:
    `printed`, or why it is not."""

    log_id: str = ""
    language: str = ""
    begun: bool = False
    copy: bool = False
    ended: str = ""


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
    refunded: dict[str, dict[str, int]] = {}  # by payment id and refund id
    made: list[str] = []
    history: list[Happened] = []
    warnings: list[str] = []
    written_off: dict[str, int] = {}
    forwarded: dict[str, bool] = {}  # by payment id, whether the bank gave the money of a card taken without a line
    prints: dict[str, Print] = {}

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
        """Captured less refunded; refunds of payments that are not known (yet) do not count, nor does a card that was
        taken without a line and that the bank declined."""
        return sum(c.amount_minor - self.refunded_minor(i) for i, c in self.captured.items() if self.holds(i))

    def refunded_minor(self, payment_id: str) -> int:
        """What was given back of a payment. Two terminals that do so in one moment, or apart, give all of it back
        twice: cash and cards are then out twice, while a voucher gets back no more than was taken off it."""
        captured = self.captured.get(payment_id)
        refunded = fits(sum(self.refunded.get(payment_id, {}).values()))
        if captured is not None and captured.tender == "voucher":
            return min(refunded, captured.amount_minor)
        return refunded

    @property
    def refunded_double(self) -> bool:
        """Whether more was given back of a payment than it was."""
        return any(self.refunded_minor(i) > c.amount_minor for i, c in self.captured.items())

    def holds(self, payment_id: str) -> bool:
        """Whether the shop has, or will have, the money of a payment."""
        return self.forwarded.get(payment_id, True)

    @property
    def owed_minor(self) -> int:
        """What the shop still wants for it, paid or not."""
        return 0 if self.voided else max(0, self.total_minor - sum(self.written_off.values()))

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


AGAIN = " (counted already)"
"""One command, sent to two terminals that were apart: both wrote it down, and who asked paid, or got it, once."""


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
    known = data.payment_id in state.captured
    changes = _history(state, fact, f"paid by {data.tender}{AGAIN if known else ''}", amount_minor=data.amount_minor)
    if not known:
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
    known = any(data.refund_id in given for given in state.refunded.values())
    what = f"refunded by {data.tender}{AGAIN if known else ''}: {data.reason}"
    changes = _history(state, fact, what, amount_minor=data.amount_minor)
    if known:
        return changes
    given = {**state.refunded.get(data.payment_id, {}), data.refund_id: data.amount_minor}
    return changes | {"refunded": {**state.refunded, data.payment_id: given}}


def _not_refunded(state: OrderState, fact: Fact) -> dict[str, Any]:
    data: RefundFailed = fact.data
    why = data.why.replace("_", " ")
    return _history(state, fact, f"refund by card failed: {why}", amount_minor=data.amount_minor)


def _forwarded(state: OrderState, fact: Fact) -> dict[str, Any]:
    data: Forwarded = fact.data
    changes = _history(state, fact, "card forwarded to the bank", amount_minor=data.amount_minor)
    return changes | {"forwarded": {**state.forwarded, data.payment_id: True}}


def _declined_late(state: OrderState, fact: Fact) -> dict[str, Any]:
    data: DeclinedLate = fact.data
    changes = _history(state, fact, "card declined when it was forwarded", amount_minor=data.amount_minor)
    if state.forwarded.get(data.payment_id):
        return changes
    return changes | {"forwarded": {**state.forwarded, data.payment_id: False}} | _warned(state, "declined_late")


def _written_off(state: OrderState, fact: Fact) -> dict[str, Any]:
    data: WrittenOff = fact.data
    again = AGAIN if data.write_off_id in state.written_off else ""
    changes = _history(state, fact, f"written off{again}: {data.reason}", amount_minor=data.amount_minor)
    return changes | {"written_off": {**state.written_off, data.write_off_id: data.amount_minor}}


def _bumped(state: OrderState, fact: Fact) -> dict[str, Any]:
    data: kitchen.Bumped = fact.data
    made = list(dict.fromkeys([*state.made, *data.line_ids]))
    done = all(line.line_id in made for line in state.lines) if state.lines else data.done
    changes = _history(state, fact, "made" if done else "made in part")
    return changes | {"made": made} | _reached(state, READY if done else IN_PREPARATION)


def _recalled(state: OrderState, fact: Fact) -> dict[str, Any]:
    return _history(state, fact, "recalled to the kitchen")


def _printed(state: OrderState, fact: Fact) -> dict[str, Any]:
    """In whatever order they come: what was begun may be on paper, and what has ended has."""
    data = fact.data
    known = state.prints.get(data.print_id, Print())
    match data:
        case receipts.Asked():
            known = msgspec.structs.replace(known, log_id=fact.at[1], language=data.language)
            return {"prints": {**state.prints, data.print_id: known}}
        case receipts.Begun():
            known = msgspec.structs.replace(known, begun=True, copy=known.copy or data.copy)
            return {"prints": {**state.prints, data.print_id: known}}
        case receipts.Printed():
            known = msgspec.structs.replace(known, ended="printed")
            what = "receipt printed again" if known.copy else "receipt printed"
        case _:
            known = msgspec.structs.replace(known, ended=known.ended or data.why)
            what = f"receipt not printed: {data.why.replace('_', ' ')}"
    return {"prints": {**state.prints, data.print_id: known}, **_history(state, fact, what)}


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
    payments.REFUND_FAILED: _not_refunded,
    payments.FORWARDED: _forwarded,
    payments.DECLINED_LATE: _declined_late,
    payments.WRITTEN_OFF: _written_off,
    kitchen.BUMPED: _bumped,
    kitchen.RECALLED: _recalled,
    receipts.ASKED: _printed,
    receipts.BEGUN: _printed,
    receipts.PRINTED: _printed,
    receipts.FAILED: _printed,
}
