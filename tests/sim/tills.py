"""One payment that is asked for twice at once, and a card that is called off while it is charged: when a day is over
and all are in step, so that each answer can be held against the others and against what the card terminal took.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from server.answers import CommandAnswer
from tests.sim.hands import Hands, again, ask, begin, in_step, new_id
from tests.sim.terminal import OFFLINE_DAY_MINOR, OFFLINE_ORDER_MINOR, Terminal

if TYPE_CHECKING:
    from tests.sim.day import Day

SOME_TIME_MS = 5 * 60_000
"""Longer than an unanswered question keeps other terminals from asking."""

KNOWN_WITHIN_S = 20.0

AT_THE_TILL = 0.25
"""Of all days, on so many this is done."""

NO_MONEY = ("card_declined", "card_cancelled")
TIP_MINOR = 50

MANY = 8
NEARLY_MINOR = OFFLINE_ORDER_MINOR - 100


async def at_the_till(day: Day) -> list[str]:
    hands = begin(day, "till", AT_THE_TILL, least=1)
    if hands is None:
        return []
    await _half_twice(hands)
    await _called_off(hands)
    await _given_back_in_doubt(hands)
    await _resumed(hands)
    await _without_a_line(hands)
    await _asked_at_two(hands)
    return hands.problems


async def _placed(hands: Hands, glasses: int = 2) -> tuple[str, int]:
    """The order's id, and what is due."""
    lines = [{"item_id": "water", "quantity": glasses}]
    placed = await hands.do(hands.another(), "orders.place", lines=lines, dining="here", hold_until_paid=True)
    if placed is None:
        return "", 0
    hands.day.orders.setdefault(placed.result["order_id"], hands.terminals[0].spec.store)
    return placed.result["order_id"], placed.result["total_minor"]


async def _half_twice(hands: Hands) -> None:
    """Half of a bill by card, by two commands for one payment: it is taken once, both are told so, and half is due."""
    order_id, total = await _placed(hands)
    if not order_id:
        return
    at, half = hands.another(), total // 2
    body: dict[str, Any] = {"order_id": order_id, "tender": "card", "amount_minor": half}
    body["payment_id"] = new_id(hands.rand)
    asked = [body | {"command_id": new_id(hands.rand)} for _ in range(2)]
    answers = await asyncio.gather(*(ask(at, "payments.capture", one) for one in asked))
    await in_step(hands.day, [e for a in answers if isinstance(a, CommandAnswer) for e in a.events])
    paid = {_paid(t, order_id) for t in hands.terminals}
    if len(paid) != 1:
        hands.problems.append(f"{sorted(paid)} was paid of one order, by whom one asks")
    taken = max(paid)
    for answer in answers:
        if isinstance(answer, str):
            if taken or answer not in (*NO_MONEY, "payment_id_used"):
                hands.problems.append(f"{at.name} says {answer or 'nothing'} of a part of which {taken} was paid")
        elif (said := told(answer)) != (taken, total - taken, False):
            hands.problems.append(f"{at.name} says {said} of {taken} that was paid of {total}")


def told(answer: CommandAnswer) -> tuple[int, int, bool]:
    """What was taken, what is due then, and whether that is nothing."""
    return answer.result["amount_minor"], answer.result["due_minor"], answer.result["paid"]


def _paid(terminal: Terminal, order_id: str) -> int:
    order = terminal.node.order(order_id) if terminal.node is not None else None
    return order.paid_minor if order is not None else -1


async def _called_off(hands: Hands) -> None:
    """Whoever calls a card off hears from its payment what came of it, and can pay in cash if nothing was taken."""
    order_id, total = await _placed(hands)
    if not order_id:
        return
    at = hands.another()
    body = {"order_id": order_id, "tender": "card", "command_id": new_id(hands.rand)}
    paying = asyncio.ensure_future(ask(at, "payments.capture", body))
    await asyncio.sleep(hands.rand.uniform(0.05, 0.5))
    await ask(at, "payments.abort", {"order_id": order_id, "command_id": new_id(hands.rand)})
    answer = await paying
    await in_step(hands.day, answer.events if isinstance(answer, CommandAnswer) else [])
    taken = _paid(at, order_id)
    if isinstance(answer, str) and (taken or answer not in NO_MONEY):
        hands.problems.append(f"{at.name} says {answer or 'nothing'} of a card that was called off, and took {taken}")
    if isinstance(answer, CommandAnswer) and answer.result["amount_minor"] != taken:
        hands.problems.append(f"{at.name} says {answer.result} of a card that was called off, and took {taken}")
    if taken < total:
        await hands.do(hands.another(), "payments.capture", order_id=order_id, tender="cash")
    for name in ("payments.abort", "payments.capture"):
        more = {} if name == "payments.abort" else {"tender": "cash"}
        refused = "not_under_way" if name == "payments.abort" else "nothing_due"
        await hands.do(at, name, refused, order_id=order_id, **more)


async def _given_back_in_doubt(hands: Hands) -> None:
    """The card terminal does not know whether it gave two thirds back. Until it does, whoever asks there for as much is
    refused, however long that takes; then as more than is left."""
    order_id, total = await _placed(hands)
    at = hands.another()
    if not order_id:
        return
    paid = await ask(at, "payments.capture", {"order_id": order_id, "tender": "card", "command_id": new_id(hands.rand)})
    if not isinstance(paid, CommandAnswer) or paid.result["amount_minor"] < total:
        return  # the card was declined, or held less
    await in_step(hands.day, paid.events)
    body = {"order_id": order_id, "payment_id": paid.result["payment_id"], "reason": "cold"}
    body["amount_minor"] = total * 2 // 3
    at.cards.mode = "unknown"
    await ask(at, "payments.refund", body | {"command_id": new_id(hands.rand)})
    hands.day.leap(SOME_TIME_MS)
    await hands.do(at, "payments.refund", "refund_in_progress", **body)
    at.cards.mode = "approve"
    until = hands.day.now + KNOWN_WITHIN_S
    while hands.day.now < until and _paid(at, order_id) == total:
        await asyncio.sleep(0.2)
    await in_step(hands.day)
    await hands.do(at, "payments.refund", "more_than_captured", **body)


async def _resumed(hands: Hands) -> None:
    """The card terminal does not know whether it took the money, and the screen asks what became of it: what it took is
    recorded, tip and all."""
    order_id, _ = await _placed(hands)
    at = hands.another()
    if not order_id:
        return
    body = {"order_id": order_id, "tender": "card", "tip_minor": TIP_MINOR, "command_id": new_id(hands.rand)}
    at.cards.mode = "unknown"
    await ask(at, "payments.capture", body)
    at.cards.mode = "approve"
    answer = await ask(at, "payments.capture", body | {"resume": True})
    await in_step(hands.day, answer.events if isinstance(answer, CommandAnswer) else [])
    order = at.node.order(order_id) if at.node is not None else None
    tenders = order.tenders if order is not None else []
    taken = at.cards.charged.get(body["command_id"], 0)
    if sum(t.amount_minor + t.tip_minor for t in tenders) != taken or isinstance(answer, CommandAnswer) != bool(taken):
        said = answer.result if isinstance(answer, CommandAnswer) else answer
        hands.problems.append(f"{at.name} says {said} of a card that gave {taken}, and records {tenders}")


async def _without_a_line(hands: Hands) -> None:
    """What waits for the bank counts with its tips: a second card that would be too much with them is not taken."""
    at = hands.another()
    node = at.node
    (first, _), (second, total) = await _placed(hands, MANY), await _placed(hands, MANY)
    if not (first and second) or node is None or node.services.payments.stored():
        return
    tip = NEARLY_MINOR - total
    if not 0 <= tip <= total or NEARLY_MINOR + total <= OFFLINE_DAY_MINOR or node.engine.desk.stored():
        return  # by today's prices it shows nothing
    at.cards.line = False
    body = {"order_id": first, "tender": "card", "tip_minor": tip, "command_id": new_id(hands.rand)}
    taken = await ask(at, "payments.capture", body)
    if isinstance(taken, CommandAnswer):
        answer = await ask(
            at, "payments.capture", {"order_id": second, "tender": "card", "command_id": new_id(hands.rand)}
        )
        if answer != "card_no_line":
            said = "takes it" if isinstance(answer, CommandAnswer) else f"says {answer or 'nothing'}"
            hands.problems.append(f"{at.name} {said}: {total} without a line, and {NEARLY_MINOR} waits for the bank")
    at.cards.line = True
    await in_step(hands.day)


async def _asked_at_two(hands: Hands) -> None:
    """A terminal dies while its card terminal has the card, and the same is asked at another one, whose own card
    terminal knows nothing of it. That is not the first one's answer: it is asked when its terminal is up again."""
    order_id, _ = await _placed(hands)
    at, other = hands.another(), hands.another()
    if not order_id or at is other:
        return
    body = {"order_id": order_id, "tender": "card", "command_id": new_id(hands.rand)}
    at.cards.mode = "unknown"
    await ask(at, "payments.capture", body)
    await in_step(hands.day)
    answer = await ask(other, "payments.capture", body | {"resume": True})
    if answer != "card_timed_out":
        said = "takes it" if isinstance(answer, CommandAnswer) else f"says {answer or 'nothing'}"
        hands.problems.append(f"{other.name} {said}: a card that only {at.name}'s card terminal has seen")
    await in_step(hands.day)
    await again(hands, at, lambda: at.kill(power=True))
    at.cards.mode = "approve"
    taken, until = at.cards.charged.get(body["command_id"], 0), hands.day.now + KNOWN_WITHIN_S
    while hands.day.now < until and _paid(at, order_id) != taken:
        await asyncio.sleep(0.2)
    await in_step(hands.day)
    if (paid := {_paid(t, order_id) for t in hands.terminals}) != {taken}:
        hands.problems.append(f"{at.name}'s card terminal took {taken} before it died, and {sorted(paid)} is recorded")
