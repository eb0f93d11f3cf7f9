"""What a voucher pays is two facts of two streams: the order's payment, and what is taken off the voucher; so is what
is given back. A terminal that burns in the milliseconds in which its neighbours have one and not yet the other leaves
half of it. Here is found what is missing, from what is there; pure.

Whoever writes it writes it under the same payment's or refund's id, so that it counts once: also when several write it,
and when what was lost turns up after all.
"""

from __future__ import annotations

from server.event import Draft
from server.services.orders.state import OrderState
from server.services.payments import events as payments
from server.services.payments.events import Captured, Refunded
from server.services.vouchers import events as vouchers
from server.services.vouchers.events import Redeemed, Returned
from server.services.vouchers.state import VoucherState

HALF_MS = 60_000
"""For so long the other half may be on its way: a neighbour's stream that is caught up after a cut, or a slow line."""

LOOK_BACK_MS = 7 * 24 * 3600 * 1000
"""What is older has been looked at by every terminal that ran in that week."""

GIVEN_BACK = "given back to the voucher"
"""The reason of a refund of which only the voucher's half is known."""


def missing(voucher_id: str, voucher: VoucherState, order_id: str, order: OrderState, by: str) -> list[Draft]:
    """Of what the voucher paid of the order."""
    drafts: list[Draft] = []
    for payment_id, captured in order.captured.items():
        if captured.voucher != voucher_id:
            continue
        use = voucher.uses.get(payment_id)
        if use is None or not use.order_id:
            redeemed = Redeemed(payment_id, order_id, captured.amount_minor, by)
            drafts.append(Draft(vouchers.REDEEMED, voucher_id, redeemed))
        known = use.returned if use is not None else {}
        for refund_id, amount in order.refunded.get(payment_id, {}).items():
            if refund_id not in known:
                returned = Returned(refund_id, payment_id, amount, by)
                drafts.append(Draft(vouchers.RETURNED, voucher_id, returned))
    for payment_id, use in voucher.uses.items():
        if use.order_id != order_id:
            continue
        if payment_id not in order.captured:
            paid = Captured(payment_id, "voucher", use.amount_minor, by=by, voucher=voucher_id)
            drafts.append(Draft(payments.CAPTURED, order_id, paid))
        known = order.refunded.get(payment_id, {})
        for refund_id, amount in use.returned.items():
            if refund_id not in known:
                refunded = Refunded(refund_id, payment_id, "voucher", amount, GIVEN_BACK, by)
                drafts.append(Draft(payments.REFUNDED, order_id, refunded))
    return drafts
