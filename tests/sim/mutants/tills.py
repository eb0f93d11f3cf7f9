"""Patches of what guests and staff do at a till: money, commands, orders that grow old."""
# ruff: noqa: E501 — texts as they stand in the sources

from __future__ import annotations

from tests.sim.mutants.patch import SERVICES, Patch

CARDS = ("card trouble", "office away")

PATCHES: tuple[Patch, ...] = (
    Patch(
        "unknown-is-no",
        "A card terminal that does not know what it did is taken for one that took nothing.",
        "server/settlement.py",
        '        if outcome.answer == "unknown":\n            engine.desk.leave_open(dealing)\n            engine.spawn(self._settle(dealing, SETTLE_AGAIN_S))\n            raise NotKnownYet\n',
        '        if outcome.answer == "unknown":\n            outcome = CardOutcome("timed_out")\n',
        CARDS,
    ),
    Patch(
        "late-decline-counts",
        "A card that was taken without a line, and that the bank declined, goes on paying its order.",
        SERVICES + "orders/state.py",
        "        return self.forwarded.get(payment_id, True)\n",
        "        return payment_id in self.captured or self.forwarded.get(payment_id, True)\n",
        CARDS,
    ),
    Patch(
        "forward-never-asked",
        "What the bank said of a card that was taken without a line is never asked.",
        "server/settlement.py",
        "                for request in stored:\n",
        "                for request in stored[:0]:\n",
        CARDS,
    ),
    Patch(
        "no-limit-without-a-line",
        "Any sum is taken by card while the bank can't be asked.",
        SERVICES + "payments/offline.py",
        "        amount_minor > limits.order_minor\n        or amount_minor",
        "        amount_minor > limits.day_minor\n        or amount_minor",
        CARDS,
    ),
    Patch(
        "question-archived",
        "An order that leaves with age takes the question with it what became of its card.",
        SERVICES + "retention/open.py",
        "    return bool(payments.unanswered) or (bool(payments.stored) and newest_ms >= forgotten_ms)\n",
        "    return bool(payments.unanswered)\n",
        ("office away", "split"),
    ),
    Patch(
        "given-back-again",
        "More is given back of a payment than it was, at one and the same terminal.",
        SERVICES + "payments/refunds.py",
        "    if amount > rest:\n",
        "    if amount > tender.amount_minor:\n",
    ),
    Patch(
        "two-cards-at-once",
        "While a card is charged for an order at one terminal, another one takes money for it, too.",
        SERVICES + "payments/decider.py",
        "        if other_id != payment_id and abs(now_ms - other.ms) < ATTEMPT_BLOCKS_MS:\n",
        "        if not other_id:\n",
    ),
    Patch(
        "voucher-held-by-nobody",
        "A voucher is handed out before any neighbour holds it: the terminal burns, and nobody knows the code.",
        "server/engine.py",
        'frozenset({"orders", "payments", "vouchers"})',
        'frozenset({"orders", "payments"})',
    ),
    Patch(
        "voucher-spent-twice",
        "A voucher pays its whole amount each time, at one and the same terminal.",
        SERVICES + "vouchers/decider.py",
        "    amount = min(wanted, state.balance_minor)\n",
        "    amount = min(wanted, issued.amount_minor)\n",
    ),
    Patch(
        "twice-given-back-unmarked",
        "That two terminals gave one payment back is told to nobody.",
        SERVICES + "orders/view.py",
        "    if state.refunded_double:\n",
        "    if state.refunded_double and state.voided:\n",
    ),
    Patch(
        "other-body-passes",
        "One command id with another body is answered as the first was: the second thing is silently not done.",
        SERVICES + "asked.py",
        "    if first and now and first != now:  # `UNSET` counts as false\n",
        "    if first and now and first == now + first:\n",
    ),
    Patch(
        "collected-can-be-voided",
        "An order that was collected can still be voided where that is known.",
        SERVICES + "orders/decider.py",
        "    state, placed = known(found)\n    check_open(state, placed)\n    draft = Draft(events.VOIDED",
        "    state, placed = known(found)\n    draft = Draft(events.VOIDED",
    ),
    Patch(
        "open-orders-dropped",
        "What is old leaves the terminals though it is still open.",
        SERVICES + "shop.py",
        "                found.append((order_id, order_is_open(order, ats[-1][0] >> 16, forgotten_ms), ats))\n",
        "                found.append((order_id, False, ats))\n",
    ),
)
