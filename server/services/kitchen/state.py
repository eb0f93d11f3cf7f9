"""A ticket as the fold of its order's, payments' and kitchen's events; pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from server.services.fact import Fact, fits
from server.services.kitchen import events as kitchen
from server.services.kitchen.events import Bumped, Recalled, Ticket, TicketLine
from server.services.orders import events as orders
from server.services.orders.events import Amended, Line, LineModifier, Moved, Placed, Voided
from server.services.payments import events as payments
from server.services.payments.events import Captured, DeclinedLate, Forwarded, Refunded

TYPES: dict[str, type[Any]] = {
    orders.PLACED: Placed,
    orders.AMENDED: Amended,
    orders.ACCEPTED: Moved,
    orders.STARTED: Moved,
    orders.READY: Moved,
    orders.COLLECTED: Moved,
    orders.VOIDED: Voided,
    payments.CAPTURED: Captured,
    payments.REFUNDED: Refunded,
    payments.FORWARDED: Forwarded,
    payments.DECLINED_LATE: DeclinedLate,
    kitchen.BUMPED: Bumped,
    kitchen.RECALLED: Recalled,
}


class TicketState(msgspec.Struct, frozen=True, array_like=True):
    """`released_ms` and `done_ms` are 0 for not yet. `changed` are line ids; `bumped` may name lines yet to come.
    `vouchers` are payments by voucher; `forwarded` as the order's."""

    known: bool = False
    number: str = ""
    dining: str = ""
    customer_name: str = ""
    channel: str = ""
    taken_by: str = ""
    hold: bool = False
    amended: bool = False
    total_minor: int = 0
    captured: dict[str, int] = {}
    refunded: dict[str, dict[str, int]] = {}  # by payment id and refund id
    moved: bool = False
    lines: list[TicketLine] = []
    removed: list[TicketLine] = []
    changed: list[str] = []
    bumped: list[str] = []
    released_ms: int = 0
    done_ms: int = 0
    voided: bool = False
    collected: bool = False
    recalled: bool = False
    placed_hlc: int = 0
    table: str = ""
    stand: str = ""
    vouchers: list[str] = []
    forwarded: dict[str, bool] = {}

    @property
    def paid_minor(self) -> int:
        """As the order's."""
        return sum(
            amount - self._refunded_minor(i, amount)
            for i, amount in self.captured.items()
            if self.forwarded.get(i, True)
        )

    def _refunded_minor(self, payment_id: str, amount: int) -> int:
        refunded = fits(sum(self.refunded.get(payment_id, {}).values()))
        return min(refunded, amount) if payment_id in self.vouchers else refunded

    @property
    def open_lines(self) -> list[TicketLine]:
        return [line for line in self.lines if line.line_id not in self.bumped]


EMPTY = TicketState()


def evolve(state: TicketState, fact: Fact) -> TicketState:
    changes = _EVOLVE[fact.type](state, fact)
    changed = msgspec.structs.replace(state, **changes) if changes else state
    if not changed.released_ms and _released(changed):
        return msgspec.structs.replace(changed, released_ms=fact.wall_ms)
    return changed


def _released(state: TicketState) -> bool:
    """As the order: not held, taken on by staff, or paid."""
    if not state.known or state.voided:
        return False
    return not state.hold or state.moved or state.paid_minor >= state.total_minor


def _choice(modifier: LineModifier) -> str:
    return f"+ {modifier.name}" + (f" ×{modifier.quantity}" if modifier.quantity > 1 else "")


def _sized(name: str, variation_name: str) -> str:
    return f"{name} ({variation_name})" if variation_name else name


def ticket_line(line: Line) -> TicketLine:
    """What the cook reads of a line. A combo's dishes are details, each followed by its own choices; those that are
    made alike are one: `2 × Fries`."""
    details = [_choice(m) for m in line.modifiers] + [f"no {name}" for name in line.without_names]
    for part, times in orders.counted(line.components):
        details.append((f"{times} × " if times > 1 else "") + _sized(part.name, part.variation_name))
        details += [_choice(m) for m in part.modifiers] + [f"no {name}" for name in part.without_names]
    stations = list(dict.fromkeys(s for s in [line.station, *(c.station for c in line.components)] if s))
    return TicketLine(
        line_id=line.line_id,
        name=_sized(line.name, line.variation_name),
        quantity=line.quantity,
        details=details,
        note=line.note,
        station=line.station or (stations[0] if stations else ""),
        stations=stations,
        guest=line.guest,
    )


def _placed(state: TicketState, fact: Fact) -> dict[str, Any]:
    data: Placed = fact.data
    if state.known:
        return {}
    changes: dict[str, Any] = {
        "known": True,
        "number": data.number,
        "dining": data.dining,
        "customer_name": data.customer_name,
        "channel": data.channel,
        "taken_by": data.taken_by_label,
        "hold": data.hold_until_paid,
        "placed_hlc": fact.at[0],
        "table": data.table,
        "stand": data.stand,
    }
    if not state.amended:
        changes |= {"lines": [ticket_line(line) for line in data.lines], "total_minor": data.total_minor}
    return changes


def _amended(state: TicketState, fact: Fact) -> dict[str, Any]:
    """What was on the screen and is different now is marked; a line that changed after it was made is open again."""
    data: Amended = fact.data
    lines = [ticket_line(line) for line in data.lines]
    changes: dict[str, Any] = {"lines": lines, "total_minor": data.total_minor, "amended": True}
    before = {line.line_id: line for line in state.lines}
    ids = {line.line_id for line in lines}
    altered = [line.line_id for line in lines if before.get(line.line_id) != line]
    bumped = [i for i in state.bumped if i in ids and (i not in altered or i not in before)]
    if not state.released_ms:
        return changes
    removed = [line for line in state.removed if line.line_id not in ids]
    removed += [line for line in state.lines if line.line_id not in ids]
    changes |= {"changed": list(dict.fromkeys([*state.changed, *altered])), "bumped": bumped, "removed": removed}
    if altered and not state.collected:
        changes["done_ms"] = 0
    if not state.done_ms and bumped and all(i in bumped for i in ids):
        changes["done_ms"] = fact.wall_ms
    return changes


def _moved(state: TicketState, fact: Fact) -> dict[str, Any]:
    """Ready or collected without a bump: the food is out of the kitchen, and so is the ticket."""
    changes: dict[str, Any] = {"moved": True}
    if fact.type in (orders.READY, orders.COLLECTED) and not state.done_ms:
        changes["done_ms"] = fact.wall_ms
    if fact.type == orders.COLLECTED:
        changes["collected"] = True
    return changes


def _voided(state: TicketState, fact: Fact) -> dict[str, Any]:
    return {} if state.collected else {"voided": True}


def _captured(state: TicketState, fact: Fact) -> dict[str, Any]:
    data: Captured = fact.data
    if data.payment_id in state.captured:
        return {}
    by_voucher = {"vouchers": [*state.vouchers, data.payment_id]} if data.tender == "voucher" else {}
    return {"captured": {**state.captured, data.payment_id: data.amount_minor}, **by_voucher}


def _refunded(state: TicketState, fact: Fact) -> dict[str, Any]:
    data: Refunded = fact.data
    if any(data.refund_id in given for given in state.refunded.values()):
        return {}
    given = {**state.refunded.get(data.payment_id, {}), data.refund_id: fits(data.amount_minor)}
    return {"refunded": {**state.refunded, data.payment_id: given}}


def _forwarded(state: TicketState, fact: Fact) -> dict[str, Any]:
    data: Forwarded = fact.data
    return {"forwarded": {**state.forwarded, data.payment_id: True}}


def _declined_late(state: TicketState, fact: Fact) -> dict[str, Any]:
    data: DeclinedLate = fact.data
    return {"forwarded": {data.payment_id: False, **state.forwarded}}


def _bumped(state: TicketState, fact: Fact) -> dict[str, Any]:
    data: Bumped = fact.data
    bumped = list(dict.fromkeys([*state.bumped, *data.line_ids]))
    changes: dict[str, Any] = {"bumped": bumped, "moved": True}
    done = all(line.line_id in bumped for line in state.lines) if state.lines else data.done
    if done and not state.done_ms:
        changes |= {"done_ms": fact.wall_ms, "recalled": False}
    return changes


def _recalled(state: TicketState, fact: Fact) -> dict[str, Any]:
    data: Recalled = fact.data
    back = set(data.line_ids) or set(state.bumped) | {line.line_id for line in state.lines}
    return {"bumped": [i for i in state.bumped if i not in back], "done_ms": 0, "recalled": True}


_EVOLVE: dict[str, Callable[[TicketState, Fact], dict[str, Any]]] = {
    orders.PLACED: _placed,
    orders.AMENDED: _amended,
    orders.ACCEPTED: _moved,
    orders.STARTED: _moved,
    orders.READY: _moved,
    orders.COLLECTED: _moved,
    orders.VOIDED: _voided,
    payments.CAPTURED: _captured,
    payments.REFUNDED: _refunded,
    payments.FORWARDED: _forwarded,
    payments.DECLINED_LATE: _declined_late,
    kitchen.BUMPED: _bumped,
    kitchen.RECALLED: _recalled,
}


def view(order_id: str, state: TicketState, warnings: dict[str, str] | None = None) -> Ticket | None:
    """The ticket, or None while the kitchen may not see it. `warnings` by line id."""
    if not state.released_ms:
        return None
    warned = warnings or {}
    return Ticket(
        order_id=order_id,
        number=state.number,
        dining=state.dining,
        released_ms=state.released_ms,
        lines=[
            msgspec.structs.replace(
                line,
                bumped=line.line_id in state.bumped or bool(state.done_ms),
                changed=line.line_id in state.changed,
                warning=warned.get(line.line_id, ""),
            )
            for line in state.lines
        ],
        customer_name=state.customer_name,
        channel=state.channel,
        taken_by=state.taken_by,
        done_ms=state.done_ms or None,
        voided=state.voided,
        removed=state.removed,
        recalled=state.recalled,
        table=state.table,
        stand=state.stand,
    )
