"""Money: what was taken, what was given back, what the orders say of it, and what card terminals know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.event import Event
from server.retention import FORGOTTEN_TIMES
from server.services.halves import HALF_MS
from server.services.orders import events as orders
from server.services.orders.events import Order
from server.services.payments import events as payments
from server.services.vouchers import events as vouchers_said
from server.services.vouchers.events import TOPIC
from server.services.vouchers.state import VoucherState
from tests.sim.checks.holding import nodes, parted_logs
from tests.sim.checks.prices import sums, taxes
from tests.sim.checks.promises import damaged_away
from tests.sim.checks.screens import A_DAY_MS
from tests.sim.terminal import OFFLINE_ORDER_MINOR

if TYPE_CHECKING:
    from tests.sim.day import Day


class Book:
    """What events say of each order's payments."""

    def __init__(self, events: list[Event]) -> None:
        self.captured: dict[str, dict[str, payments.Captured]] = {}
        self.refunded: dict[str, dict[str, int]] = {}
        self.refunded_by: dict[tuple[str, str], int] = {}  # by log and payment
        self.late: dict[str, bool] = {}  # by payment, whether the bank gave the money of a card taken without a line
        self.written_off: dict[str, dict[str, int]] = {}
        said: set[tuple[str, str]] = set()  # a refund that is said again, after a disk was set back, is one refund
        for event in events:
            if event.type == payments.CAPTURED:
                capture = event.data(payments.Captured)
                self.captured.setdefault(event.aggregate_id, {}).setdefault(capture.payment_id, capture)
            elif event.type == payments.REFUNDED:
                refund = event.data(payments.Refunded)
                if (refund.payment_id, refund.refund_id) not in said:
                    of_order = self.refunded.setdefault(event.aggregate_id, {})
                    of_order[refund.payment_id] = of_order.get(refund.payment_id, 0) + refund.amount_minor
                said.add((refund.payment_id, refund.refund_id))
                of_log = (event.stream.log_id, refund.payment_id)
                self.refunded_by[of_log] = self.refunded_by.get(of_log, 0) + refund.amount_minor
            elif event.type == payments.FORWARDED:
                self.late[event.data(payments.Forwarded).payment_id] = True
            elif event.type == payments.DECLINED_LATE:
                self.late.setdefault(event.data(payments.DeclinedLate).payment_id, False)
            elif event.type == payments.WRITTEN_OFF:
                off = event.data(payments.WrittenOff)
                self.written_off.setdefault(event.aggregate_id, {})[off.write_off_id] = off.amount_minor

    def back(self, order_id: str, payment_id: str) -> int:
        """A voucher gets back no more than was taken off it, however many give it back."""
        given = self.refunded.get(order_id, {}).get(payment_id, 0)
        capture = self.captured.get(order_id, {}).get(payment_id)
        return min(given, capture.amount_minor) if capture is not None and capture.tender == "voucher" else given

    def paid(self, order_id: str) -> int:
        taken = self.captured.get(order_id, {})
        return sum(c.amount_minor - self.back(order_id, i) for i, c in taken.items() if self.late.get(i, True))

    def too_much_back(self, order_id: str) -> bool:
        taken = self.captured.get(order_id, {})
        return any(self.back(order_id, i) > c.amount_minor for i, c in taken.items())

    def declined_late(self, order_id: str) -> bool:
        return any(not self.late.get(i, True) for i in self.captured.get(order_id, {}))


def money(day: Day, events: list[Event]) -> list[str]:
    """Captured less refunded is what the orders say; what card terminals took is recorded; too much is flagged, and so
    is what was given back twice and what the bank declined afterwards."""
    book = Book(events)
    found = []
    for store in day.stores:
        terminal = next((t for t in day.of_store(store) if t.node is not None), None)
        if terminal is None or terminal.node is None:
            continue
        for order_id in [i for i, s in day.orders.items() if s == store]:
            order = terminal.node.order(order_id)
            if order is not None:
                held = order_is_held(events, order_id)
                found += [
                    f"order {order.number}: {text}"
                    for text in (*of_order(order, book, held), *sums(order), *taxes(order))
                ]
    return found + refunds(day, book) + cards(day, events) + vouchers(day, events)


def of_order(order: Order, book: Book, held: bool) -> list[str]:
    found = []
    paid = book.paid(order.order_id)
    tendered = sum(t.amount_minor - t.refunded_minor for t in order.tenders if not t.declined_late)
    if not order.paid_minor == paid == tendered:
        found.append(f"{paid} was taken, it says {order.paid_minor}, tenders {tendered}")
    free = order.status != "placed" or not held or 0 < order.total_minor <= paid
    if order.status != "voided" and free and not order.released:
        found.append("it is paid or accepted, and the kitchen may not see it")
    off = sum(book.written_off.get(order.order_id, {}).values())
    owed = 0 if order.status == "voided" else max(0, order.total_minor - off)
    wanted = {
        "overpaid": paid > owed,
        "refunded_double": book.too_much_back(order.order_id),
        "declined_late": paid < owed and book.declined_late(order.order_id),
    }
    wrong = [name for name, so in wanted.items() if so != (name in order.warnings)]
    if wrong:
        found.append(f"{paid} taken of {owed} owed, and its warnings are {order.warnings}: look at {wrong}")
    return found


def refunds(day: Day, book: Book) -> list[str]:
    """One log never gives back more of a payment than it was: it knows what it has given."""
    parted = parted_logs(day)
    amounts = {i: c.amount_minor for of_order in book.captured.values() for i, c in of_order.items()}
    return [
        f"{log_id} gave {given} back of a payment of {amounts[payment_id]}"
        for (log_id, payment_id), given in book.refunded_by.items()
        if payment_id in amounts and given > amounts[payment_id] and log_id not in parted
    ]


def vouchers(day: Day, events: list[Event]) -> list[str]:
    """What vouchers paid of orders was taken off them, and what was given back is on them again; what was not there is
    told as double, on every machine of the store. Of what one terminal says in two topics one may be lost by damage."""
    torn = {e.command_id for e in damaged_away(day, events) if e.stream.name in (payments.TOPIC, TOPIC)}
    in_doubt = {e.aggregate_id for e in events if e.stream.name == TOPIC and e.command_id in torn}
    paid: dict[str, int] = {}
    of_payment: dict[str, str] = {}
    for event in events:
        if event.type == payments.CAPTURED:
            capture = event.data(payments.Captured)
            if capture.voucher and capture.payment_id not in of_payment:
                of_payment[capture.payment_id] = capture.voucher
                in_doubt |= {capture.voucher} if event.command_id in torn else set()
                paid[capture.voucher] = paid.get(capture.voucher, 0) + capture.amount_minor
    found = overdrawn(day, events)
    book = Book(events)
    for event in events:
        if event.type == payments.REFUNDED:
            refund = event.data(payments.Refunded)
            if refund.payment_id in of_payment and event.command_id in torn:
                in_doubt.add(of_payment[refund.payment_id])
    for order_id, of_order in book.captured.items():
        for payment_id in of_order.keys() & of_payment.keys():
            paid[of_payment[payment_id]] -= book.back(order_id, payment_id)
    for terminal in day.terminals:
        if terminal.node is None:
            continue
        for voucher_id, state in terminal.node.services.vouchers.all_states().items():
            if state.issued is None or voucher_id in in_doubt:
                continue
            used = paid.get(voucher_id, 0)
            if state.used_minor != used:
                found.append(f"{terminal.name}: a voucher was used for {state.used_minor}, and orders got {used} of it")
            over = state.overdrawn_minor
            kept = state.issued.amount_minor - state.balance_minor
            if not state.issued.single and not state.cancelled and kept != used - over:
                found.append(f"{terminal.name}: {used} less {over} too much were taken of a voucher that lacks {kept}")
            if state.doubles != (doubles := taken_twice(state)):
                found.append(f"{terminal.name}: of a voucher {len(state.doubles)} uses are double, of {len(doubles)}")
            for payment_id in state.doubles:
                order = terminal.node.order(state.uses[payment_id].order_id)
                if order is not None and "voucher_double" not in order.warnings:
                    found.append(f"{terminal.name}: order {order.number} hides that its voucher was used twice")
    return found


def halves(day: Day) -> list[str]:
    """What only half came of, as far as a terminal sees it, and nobody has written the other half of yet."""
    return [
        f"{terminal.name} lacks the other half: {draft.type} of {draft.aggregate_id}"
        for terminal, node in nodes(day)
        for draft in node.services.halves(terminal.wall_ms() + HALF_MS)
    ]


def taken_twice(state: VoucherState) -> set[str]:
    """Payments by a voucher that took what was not on it any more; nothing is, after the first, on a single one."""
    assert state.issued is not None
    found, left, spent = set[str](), state.issued.amount_minor, False
    for payment_id, use in sorted(state.uses.items(), key=lambda one: one[1].at):
        took = max(0, use.amount_minor - sum(use.returned.values()))
        if took > left or (took and spent and state.issued.single):
            found.add(payment_id)
        left, spent = max(0, left - took), spent or took > 0
    return found


def overdrawn(day: Day, events: list[Event]) -> list[str]:
    """One log never takes more off a voucher than is on it, less what it has given back itself or heard of: it knows
    what it has taken."""
    parted = parted_logs(day)
    amounts: dict[str, int] = {}
    back: dict[str, int] = {}
    taken: dict[tuple[str, str], int] = {}
    for event in events:
        if event.type == vouchers_said.ISSUED:
            amounts.setdefault(event.aggregate_id, event.data(vouchers_said.Issued).amount_minor)
        elif event.type == vouchers_said.RETURNED:
            back[event.aggregate_id] = back.get(event.aggregate_id, 0) + event.data(vouchers_said.Returned).amount_minor
        elif event.type == vouchers_said.REDEEMED:
            of_log = (event.stream.log_id, event.aggregate_id)
            taken[of_log] = taken.get(of_log, 0) + event.data(vouchers_said.Redeemed).amount_minor
    return [
        f"{log_id} took {minor} off a voucher of {amounts[voucher_id]}"
        for (log_id, voucher_id), minor in taken.items()
        if log_id not in parted and voucher_id in amounts and minor > amounts[voucher_id] + back.get(voucher_id, 0)
    ]


def cards(day: Day, events: list[Event]) -> list[str]:
    """What card terminals took is recorded, and nothing else is."""
    found = []
    captures = [e.data(payments.Captured) for e in events if e.type == payments.CAPTURED]
    every = {c.payment_id: c for c in captures}
    charged = {i: amount for t in day.terminals for i, amount in t.cards.charged.items()}
    for terminal in day.terminals:
        for payment_id, amount in terminal.cards.charged.items():
            capture = every.get(payment_id)
            lost = terminal.cards.charged_at[payment_id] <= terminal.lost_at  # with the disk that was to remember it
            if (capture is None or capture.amount_minor + capture.tip_minor != amount) and not lost:
                found.append(f"{terminal.name}'s card terminal took {amount} ({payment_id[:8]}), and no event says so")
    refunds_said = [e.data(payments.Refunded) for e in events if e.type == payments.REFUNDED]
    given = {r.refund_id: r.amount_minor for r in refunds_said}
    for terminal in day.terminals:
        for refund_id, amount in terminal.cards.given_back.items():
            lost = terminal.cards.charged_at[refund_id] <= terminal.lost_at
            if given.get(refund_id) != amount and not lost:
                found.append(f"{terminal.name}'s card terminal gave back {amount} ({refund_id[:8]}), unrecorded")
    taken = charged.keys() | {i for t in day.terminals for i in t.cards.stored}
    for payment_id, capture in every.items():
        if capture.tender == "card" and payment_id not in taken:
            found.append(f"a card payment ({payment_id[:8]}) is recorded that no card terminal took")
    return found + without_a_line(day, events, every)


def without_a_line(day: Day, events: list[Event], every: dict[str, payments.Captured]) -> list[str]:
    """Cards that were taken without asking the bank: within the shop's limits, and what became of them is recorded,
    unless days passed before anybody asked."""
    late = Book(events).late
    found = []
    forgotten_ms = day.wall_ms() - FORGOTTEN_TIMES * A_DAY_MS if day.plan.nights else 0  # a day is kept, then
    said = {e.data(payments.Captured).payment_id: e.hlc >> 16 for e in events if e.type == payments.CAPTURED}
    for terminal in day.terminals:
        cards = terminal.cards
        for payment_id, amount in cards.stored.items():
            if amount > OFFLINE_ORDER_MINOR:
                found.append(f"{terminal.name} took {amount} without a line, and {OFFLINE_ORDER_MINOR} are allowed")
            lost = cards.charged_at[payment_id] <= terminal.lost_at
            capture = every.get(payment_id)
            if lost or terminal.damaged or said.get(payment_id, forgotten_ms) < forgotten_ms:
                continue
            if capture is None:
                found.append(f"{terminal.name} took {amount} without a line ({payment_id[:8]}), and no event says so")
            elif capture.offline and payment_id not in late:
                found.append(f"nobody has heard whether the bank gave {amount} ({payment_id[:8]}, {terminal.name})")
            elif capture.offline and late[payment_id] != cards.late.get(payment_id):
                found.append(f"the bank said {cards.late.get(payment_id)} of {payment_id[:8]}, and events the opposite")
    return found


def order_is_held(events: list[Event], order_id: str) -> bool:
    """Whether the kitchen waits with it until it is paid."""
    placed = next((e for e in events if e.type == orders.PLACED and e.aggregate_id == order_id), None)
    return placed is not None and bool(placed.data(orders.Placed).hold_until_paid)
