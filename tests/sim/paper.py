"""Receipts on paper, when a day is over and all are in step. Each terminal has a printer, and somebody who drives it as
`server.printing` does: paper comes once, where it was asked for, and what may have come before says that it is a copy,
whoever died in between, and whichever terminal prints it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.services.orders.state import Print
from tests.sim.hands import Hands, again, begin
from tests.sim.terminal import Terminal

if TYPE_CHECKING:
    from tests.sim.day import Day

ON_PAPER = 0.25
"""Of all days, on so many receipts are asked for."""

ANOTHER_LOG = 0.5
"""Of those, on so many the terminal has begun another log before it prints."""


async def receipts(day: Day) -> list[str]:
    hands = begin(day, "paper", ON_PAPER)
    if hands is None:
        return []
    rand = hands.rand
    placed = await hands.do(hands.another(), "orders.place", lines=[{"item_id": "water", "quantity": 1}], dining="here")
    if placed is None:
        return hands.problems
    order_id: str = placed.result["order_id"]
    day.orders.setdefault(order_id, hands.terminals[0].spec.store)
    at, other = hands.another(), hands.another()
    await _asked_where_it_dies(hands, order_id, at)
    if rand.random() < ANOTHER_LOG and not day.plan.nights:
        await _in_another_log(hands, at, order_id, other)
    else:
        await _printed(hands, at, order_id, await _asked(hands, at, order_id), copy=True)
    await _printed(hands, other, order_id, await _asked(hands, other, order_id), copy=True)
    for terminal in hands.terminals:
        order = terminal.node.order(order_id) if terminal.node is not None else None
        told = [h.what for h in order.history if h.what.startswith("receipt")] if order is not None else None
        if told != ["receipt not printed: not known", *["receipt printed again"] * 2]:
            hands.problems.append(f"{terminal.name} tells {told} of two copies of a receipt that may have been printed")
        if left := waiting(terminal, order_id):
            hands.problems.append(
                f"{terminal.name} is to print {list(left)} of an order whose receipts are all printed"
            )
    return hands.problems


def waiting(terminal: Terminal, order_id: str) -> dict[str, Print]:
    """What is to come out of its printer, by the print's id."""
    told = terminal.node.receipts_waiting() if terminal.node is not None else []
    return {print_id: one for about, print_id, one in told if about == order_id}


async def _asked(hands: Hands, at: Terminal, order_id: str) -> str:
    """It waits at this terminal's printer, and at no other's."""
    asked = await hands.do(at, "receipts.print", order_id=order_id)
    print_id = str(asked.result["print_id"]) if asked is not None else ""
    for terminal in hands.terminals if asked is not None else ():
        if (print_id in waiting(terminal, order_id)) != (terminal is at):
            hands.problems.append(f"{terminal.name} is wrong about a receipt that was asked for at {at.name}'s printer")
    return print_id


async def _begun(hands: Hands, at: Terminal, order_id: str, print_id: str, copy: bool) -> None:
    begun = await hands.do(at, "receipts.begin", order_id=order_id, print_id=print_id)
    if begun is not None and begun.result["copy"] != copy:
        hands.problems.append(f"{at.name} says that a receipt is {'no copy' if copy else 'a copy'}, and it is not so")


async def _printed(hands: Hands, at: Terminal, order_id: str, print_id: str, copy: bool) -> None:
    if not print_id:
        return
    await _begun(hands, at, order_id, print_id, copy)
    end = {"order_id": order_id, "print_id": print_id, "how": "printed"}
    await hands.do(at, "receipts.end", **end)
    await hands.do(at, "receipts.end", "print_ended", **end)


async def _asked_where_it_dies(hands: Hands, order_id: str, at: Terminal) -> None:
    """The first byte went to the printer, and then the power. Nobody knows whether there is paper: it is not printed by
    itself, and whoever prints next prints a copy."""
    print_id = await _asked(hands, at, order_id)
    if not print_id:
        return
    await _begun(hands, at, order_id, print_id, copy=False)
    await again(hands, at, lambda: at.kill(power=True))
    known = waiting(at, order_id).get(print_id)
    if known is None or not known.begun:
        hands.problems.append(f"{at.name} believes after a power cut of a receipt that was begun: {known}")
    await hands.do(at, "receipts.end", order_id=order_id, print_id=print_id, how="failed", why="not_known")


async def _in_another_log(hands: Hands, at: Terminal, order_id: str, other: Terminal) -> None:
    """What was asked for is still to be printed where it was, by a terminal that has begun another log since."""
    print_id = await _asked(hands, at, order_id)
    if not print_id or at.node is None:
        return
    before, log = at.node.log.log_id, at.node.log
    await again(hands, at, lambda: log.end("for no reason"))
    if at.node is not None and at.node.log.log_id == before:
        hands.problems.append(f"{at.name} goes on in a log that has ended")
    if print_id not in waiting(at, order_id) or print_id in waiting(other, order_id):
        hands.problems.append(f"{at.name} has begun another log, and forgets a receipt that it is to print")
    await _printed(hands, at, order_id, print_id, copy=True)
