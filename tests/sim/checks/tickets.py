"""What the kitchen is shown of an order, reckoned from its events: whether, what is made, what was taken off."""

from __future__ import annotations

from server.event import Event
from server.services.kitchen import events as kitchen
from server.services.orders import events as orders
from server.services.orders.events import Line
from server.services.payments import events as payments

MOVES = {orders.ACCEPTED: 1, orders.STARTED: 2, orders.READY: 3, orders.COLLECTED: 4}


def released(events: list[Event]) -> bool:
    """Whether the kitchen was ever to see it."""
    return released_by(events) is not None


def released_by(events: list[Event]) -> int | None:
    """Which event of an order lets the kitchen see it: not held, taken on by staff, or paid, and not voided before."""
    held, known, moved, total = False, False, False, 0
    paid, back = dict[str, int](), dict[str, int]()
    vouchers, declined, heard, given = set[str](), set[str](), set[str](), set[str]()
    collected = False
    for at, event in enumerate(events):
        if event.type == orders.PLACED and not known:
            data = event.data(orders.Placed)
            held, known = data.hold_until_paid, True
            total = total or data.total_minor
        elif event.type == orders.AMENDED:
            total = event.data(orders.Amended).total_minor
        elif event.type == orders.VOIDED and not collected:
            return None
        elif event.type == payments.CAPTURED:
            capture = event.data(payments.Captured)
            if paid.setdefault(capture.payment_id, capture.amount_minor) and capture.tender == "voucher":
                vouchers.add(capture.payment_id)
        elif event.type == payments.REFUNDED:
            refund = event.data(payments.Refunded)
            if refund.refund_id not in given:
                back[refund.payment_id] = back.get(refund.payment_id, 0) + refund.amount_minor
            given.add(refund.refund_id)
        elif event.type == payments.DECLINED_LATE:
            declined.add(event.data(payments.DeclinedLate).payment_id)
        elif event.type == payments.FORWARDED:
            heard.add(event.data(payments.Forwarded).payment_id)
        collected = collected or event.type == orders.COLLECTED
        moved = moved or event.type in MOVES or event.type in (kitchen.BUMPED,)
        if known and (moved or not held):
            return at
        if known and sum(left(i, n, back, vouchers) for i, n in paid.items() if i not in declined - heard) >= total:
            return at
    return None


def left(payment_id: str, amount: int, back: dict[str, int], vouchers: set[str]) -> int:
    """Of a payment, what was not given back; a voucher gets back no more than was taken off it."""
    rest = amount - back.get(payment_id, 0)
    return max(0, rest) if payment_id in vouchers else rest


def made(events: list[Event]) -> tuple[bool, set[str]]:
    """Whether all is, by the last word on the whole of it, and which lines are. What an amendment alters is to be made
    once more."""
    seen = released_by(events)
    done = collected = False
    lines: dict[str, str] = {}
    bumped: set[str] = set()
    for at, event in enumerate(events):
        shown = seen is not None and at > seen
        if event.type == orders.PLACED and not lines:
            lines = wanted(event.data(orders.Placed).lines)
        elif event.type == orders.AMENDED:
            before, lines = lines, wanted(event.data(orders.Amended).lines)
            altered = {i for i, text in lines.items() if before.get(i) != text}
            if shown:
                bumped = {i for i in bumped if i in lines and (i not in altered or i not in before)}
                done = done and (not altered or collected)
                done = done or (bool(bumped) and lines.keys() <= bumped)
        elif event.type == kitchen.BUMPED:
            bump = event.data(kitchen.Bumped)
            bumped |= set(bump.line_ids)
            done = done or (lines.keys() <= bumped if lines else bump.done)
        elif event.type == kitchen.RECALLED:
            back = set(event.data(kitchen.Recalled).line_ids) or bumped | lines.keys()
            bumped, done = bumped - back, False
        elif event.type in (orders.READY, orders.COLLECTED):
            done = True
        collected = collected or event.type == orders.COLLECTED
    return done, lines.keys() if done else lines.keys() & bumped


def removed(events: list[Event]) -> set[str]:
    """Lines that the kitchen was shown and that are no longer wanted."""
    seen = released_by(events)
    lines: set[str] = set()
    shown: set[str] = set()
    amended = False
    for at, event in enumerate(events):
        if event.type == orders.AMENDED:
            lines, amended = {line.line_id for line in event.data(orders.Amended).lines}, True
        elif event.type == orders.PLACED and not lines and not amended:
            lines = {line.line_id for line in event.data(orders.Placed).lines}
        if seen is not None and at >= seen:
            shown |= lines
    return shown - lines


def wanted(lines: list[Line]) -> dict[str, str]:
    """What a cook must know of each line."""
    return {
        line.line_id: repr((line.name, line.variation_name, line.quantity, line.note, line.guest, line.without_names))
        + repr([(m.name, m.quantity) for m in line.modifiers])
        + repr([(c.name, c.variation_name, c.modifiers, c.without_names) for c in line.components])
        for line in lines
    }
