"""A shop's day: customers, staff and head office, as clients of the nodes' commands.

A client whose server dies asks again with the same command id, until it has an answer or loses patience.
"""

from __future__ import annotations

import asyncio
import json
import random
import sqlite3
import uuid
from collections.abc import Callable
from contextlib import closing, suppress
from functools import partial
from operator import methodcaller
from typing import TYPE_CHECKING, Any

from server.answers import CommandAnswer
from server.event import Draft, Event, Refused
from server.log import LogFailed
from server.node import Node
from server.services.vouchers.events import CODE_DIGITS, check_digit
from server.settlement import NotKnownYet
from tests.sim import checks
from tests.sim.ledger import Acknowledged
from tests.sim.terminal import Gone, Terminal
from tests.unit.services.world import menu_body

if TYPE_CHECKING:
    from tests.sim.day import Day

PATIENCE_S = 25.0
"""How long a client asks for an answer to one command."""

GIVES_UP = 0.15
"""Of those whose server died, so many go away and never ask again."""

RACES = 0.07
"""Of all orders, so many are given back by two people at once."""

OTHER_BODY = 0.04
"""Of all commands that did something, so many ids are used once more, by mistake, for something else."""

ASK_AGAIN_S = (0.1, 1.0)
NOT_THERE_YET = ("unknown_order", "not_released", "no_menu", "payment_in_progress")
"""Refusals that may be different in a moment, when more has arrived."""

SOLD_OUT = ("item_out", "modifier_out", "not_enough_left")
CHOOSES = 6
"""So often at most somebody chooses among the dishes, when what was chosen turns out to be out."""

DISHES = ("burger", "veggie", "salad", "cola", "water", "coffee", "steak")
COUNTED = ("cola", "salad", "veggie")


OTHERWISE: dict[str, Callable[[Any], Any]] = {
    "lines": lambda lines: [*lines, {"item_id": "water", "quantity": 1}],
    "reason": lambda reason: f"{reason}, or not",
    "amount_minor": lambda amount: amount + 1,
    "left": lambda left: left + 1,
    "tender": lambda tender: "cash" if tender == "card" else "card",
}
"""What somebody who uses an id again would send instead."""


class Clerk:
    """One person's or device's dealings; everything by chance comes from its own seed."""

    def __init__(self, day: Day, seed: str) -> None:
        self.day = day
        self.rand = random.Random(seed)
        self.refused = ""  # the code of its last command's refusal

    async def do(self, terminal: Terminal, name: str, body: dict[str, Any]) -> CommandAnswer | None:
        """The answer, or None when it was refused or nobody answered in time."""
        day = self.day
        command_id = str(uuid.UUID(int=self.rand.getrandbits(128), version=4))
        body = body | {"command_id": command_id}
        day.ledger.asked += 1
        self.refused = ""
        first_asked = day.now
        until = day.now + PATIENCE_S
        day.stock.asked(terminal, name, body)
        out = day.stock.known(terminal)
        attempts = 0
        while day.now < until:
            node = terminal.node
            if not terminal.ready or node is None:
                await asyncio.sleep(self.rand.uniform(*ASK_AGAIN_S))
                continue
            attempts += 1
            start, missed, lost = terminal.starts, node.engine.replicas_missed, terminal.lost_at
            before = checks.newest_hlc(terminal, body.get("order_id", ""))
            closed = checks.closed(terminal, name, body.get("order_id", ""))
            charged = checks.being_charged(terminal, body) if name == "payments.capture" else set()
            known_by = ""
            if first_asked <= terminal.lost_at and node.log.log_id not in terminal.parted_logs:
                known_by = next((t.name for t in neighbours(day, node) if did(t, command_id)), "")
            alone = node.mesh is None or not node.mesh.in_company()
            try:
                answer: CommandAnswer = await terminal.ask(methodcaller("command", name, body))
            except Refused as refused:
                day.ledger.refused[refused.code] = day.ledger.refused.get(refused.code, 0) + 1
                day.note(f"{terminal.name} refuses {name} {command_id[:8]}: {refused.code}")
                if refused.code in NOT_THERE_YET and self.rand.random() < 0.85:
                    await asyncio.sleep(self.rand.uniform(0.3, 2.0))
                    command_id = str(uuid.UUID(int=self.rand.getrandbits(128), version=4))
                    body = body | {"command_id": command_id}
                    continue
                self.refused = refused.code
                return None
            except (Gone, LogFailed, NotKnownYet) as e:
                day.note(f"{terminal.name} does not answer {name} {command_id[:8]} ({type(e).__name__})")
                if self.rand.random() < GIVES_UP:
                    break
                await asyncio.sleep(self.rand.uniform(*ASK_AGAIN_S))
                continue
            except Exception as e:  # what no client may ever see
                day.problems.append(f"{terminal.name} answered {name} with {type(e).__name__}: {e}")
                return None
            if day.breaks_before_answer(terminal):
                day.note(f"{terminal.name} never said what became of {name} {command_id[:8]}")
                await asyncio.sleep(self.rand.uniform(*ASK_AGAIN_S))
                continue
            counted = alone or node.engine.replicas_missed > missed or node.mesh is None
            counted = counted or not node.mesh.in_company()  # type: ignore[union-attr]
            events = [now_at.log.as_first(e) for e in answer.events] if (now_at := terminal.node) else answer.events
            result = answer.result
            self._acknowledged(
                Acknowledged(
                    first_asked, day.now, terminal, start, name, body, command_id, events, result, known_by, counted
                ),
                answer.events,
            )
            if self.rand.random() < 0.02:  # the answer was lost on its way to the screen: it asks again
                await asyncio.sleep(self.rand.uniform(*ASK_AGAIN_S))
                continue
            if terminal.lost_at == lost:
                day.problems += day.stock.done(terminal, name, body, out)
            if attempts == 1:
                day.problems += checks.after_its_causes(day, terminal, name, answer.events, before)
                if closed and answer.events:
                    day.problems.append(f"{terminal.name} did {name} with an order that it knew was {closed}")
                if answer.events and charged & checks.being_charged(terminal, body):
                    day.problems.append(
                        f"{terminal.name} took money for an order of which it knew a card being charged"
                    )
            if answer.events and random.Random(f"{command_id}/other body").random() < OTHER_BODY:
                await self._use_again(terminal, name, body)
            return answer
        day.ledger.given_up += 1
        return None

    async def _use_again(self, terminal: Terminal, name: str, body: dict[str, Any]) -> None:
        """The id of a command that did something, with another body: it is refused, and nothing is done."""
        day, before = self.day, self.day.now
        changed = body | {field: other(body[field]) for field, other in OTHERWISE.items() if field in body}
        if changed == body or terminal.node is None:
            return
        try:
            await terminal.ask(methodcaller("command", name, changed))
        except (Gone, LogFailed, NotKnownYet):
            return
        except Refused as refused:
            if refused.code == "command_id_used":
                return
            said = f"refused as {refused.code}"
        else:
            said = "done or answered as the first"
        if max(terminal.lost_at, terminal.anew_at) < before and not terminal.damaged:
            day.problems.append(f"{terminal.name}: {name} {body['command_id'][:8]} with another body was {said}")

    async def ask_again(self, entry: Acknowledged) -> None:
        """Whoever was answered asks once more: it is answered as it was, or not at all."""
        day, terminal = self.day, entry.terminal
        lost = max(terminal.lost_at, terminal.salvaged_at, terminal.anew_at)
        try:
            answer: CommandAnswer = await terminal.ask(methodcaller("command", entry.name, entry.body))
        except (Gone, LogFailed, NotKnownYet, Refused) as e:
            day.note(f"{terminal.name} does not answer {entry.command_id[:8]} once more ({type(e).__name__})")
            return
        if lost != max(terminal.lost_at, terminal.salvaged_at, terminal.anew_at) or lost >= entry.at:
            return  # what came back of it is for others to look at
        if [e.raw for e in answer.events] != [e.raw for e in entry.events] or answer.result != entry.result:
            day.problems.append(f"{terminal.name} answers {entry.name} {entry.command_id[:8]} otherwise than before")

    def _acknowledged(self, entry: Acknowledged, events: list[Event]) -> None:
        """`events` as they stand now; in the entry they are as they were first."""
        self.day.ledger.acknowledge(entry)
        self.day.problems += checks.held_by_another(self.day, entry, events)
        said = ", ".join(f"{e.type} {e.stream.log_id[:6]}/{e.stream.topic}/{e.seq}" for e in entry.events)
        self.day.note(f"{entry.terminal.name} answers {entry.name} {entry.command_id[:8]}: {said or 'nothing new'}")
        self.day.answered(entry.terminal)

    # -- an order's life ---------------------------------------------------------------------------------------------

    async def order(self) -> None:
        day, rand = self.day, self.rand
        terminals = day.of_store(rand.choice(day.stores))
        at = rand.choice(terminals)
        body: dict[str, Any] = {
            "dining": rand.choice(("here", "takeaway")),
            "channel": at.spec.role,
            "hold_until_paid": rand.random() < 0.6,
        }
        if rand.random() < 0.5:
            body["order_id"] = str(uuid.UUID(int=rand.getrandbits(128), version=4))
        placed = await self._place(at, body)
        if placed is None:
            return
        order_id: str = placed.result["order_id"]
        day.orders.setdefault(order_id, at.spec.store)
        await self._think(0.0, 0.6)
        if rand.random() < 0.12:
            await self._amend(rand.choice(terminals), order_id)
        if rand.random() < 0.06:
            await self.do(rand.choice(terminals), "orders.void", {"order_id": order_id, "reason": "changed mind"})
            if rand.random() < 0.5:
                return
        if rand.random() < 0.92:
            await self._pay(at if rand.random() < 0.7 else rand.choice(terminals), order_id, terminals)
        if random.Random(f"{order_id}/race").random() < RACES:
            await self._race(order_id, terminals)
        await self._think(0.1, 1.5)
        await self._cook(rand.choice(terminals), order_id)
        if rand.random() < 0.08:
            await self._amend(rand.choice(terminals), order_id)
        if rand.random() < 0.85:
            await self.do(rand.choice(terminals), "orders.collect", {"order_id": order_id})
        if rand.random() < 0.08:
            await self.do(rand.choice(terminals), "payments.refund", {"order_id": order_id, "reason": "cold"})
        if rand.random() < 0.04:
            await self.do(rand.choice(terminals), "orders.void", {"order_id": order_id, "reason": "complaint"})

    async def _place(self, at: Terminal, body: dict[str, Any]) -> CommandAnswer | None:
        """Who can't have what was chosen has something else."""
        for _ in range(CHOOSES):
            lines = [self._line() for _ in range(self.rand.choice((1, 1, 2, 2, 3, 5)))]
            placed = await self.do(at, "orders.place", body | {"lines": lines})
            if placed is not None or self.refused not in SOLD_OUT:
                return placed
            await self._think(0.0, 0.3)
        return None

    async def _think(self, least: float, most: float) -> None:
        await asyncio.sleep(self.rand.uniform(least, most))

    def _line(self) -> dict[str, Any]:
        rand = self.rand
        item_id = rand.choice(DISHES)
        line: dict[str, Any] = {"item_id": item_id, "quantity": rand.choice((1, 1, 1, 2, 3))}
        if item_id == "coffee":
            line["variation_id"] = rand.choice(("small", "large"))
        elif item_id == "steak":
            line["modifiers"] = [{"modifier_id": rand.choice(("rare", "done"))}]
        elif item_id in ("burger", "salad") and rand.random() < 0.3:
            line["modifiers"] = [{"modifier_id": "x-cheese"}]
        return line

    async def _amend(self, at: Terminal, order_id: str) -> None:
        state = at.node.services.order_book.state(order_id) if at.node is not None else None
        if state is None:
            return
        lines: list[dict[str, Any]] = [{"line_id": line.line_id} for line in state.lines]
        if len(lines) > 1 and self.rand.random() < 0.3:
            lines.pop()
        await self.do(at, "orders.amend", {"order_id": order_id, "lines": [*lines, self._line()]})

    async def _pay(self, at: Terminal, order_id: str, terminals: list[Terminal]) -> None:
        rand = self.rand
        tender = rand.choice(("card", "cash"))
        paying = [self.do(at, "payments.capture", {"order_id": order_id, "tender": tender})]
        if rand.random() < 0.08:  # two take the money for one order
            other = Clerk(self.day, f"{order_id}/second")
            paying.append(other.pay_too(rand.choice(terminals), order_id))
        answers = await asyncio.gather(*paying)
        if tender == "card" and answers[0] is None and rand.random() < 0.8:
            await self.do(at, "payments.capture", {"order_id": order_id, "tender": "cash"})
        if rand.random() < 0.1:
            await self.do(at, "payments.refund", {"order_id": order_id, "reason": "too much"})

    async def pay_too(self, at: Terminal, order_id: str) -> CommandAnswer | None:
        """At the same time, or while the other's card is being charged."""
        if self.rand.random() < 0.5:
            await self._think(0.1, 1.5)
        return await self.do(at, "payments.capture", {"order_id": order_id, "tender": "cash"})

    async def _race(self, order_id: str, terminals: list[Terminal]) -> None:
        """Two give the same money back in one moment, at two terminals or at one, or most of it one after the other:
        whoever hears of the other's refund refuses, and what was given twice is marked."""
        state = terminals[0].node.services.order_book.state(order_id) if terminals[0].node is not None else None
        payment_id = next(iter(state.captured), "") if state is not None else ""
        if not payment_id:
            return
        body: dict[str, Any] = {"order_id": order_id, "payment_id": payment_id, "reason": "twice"}
        both = [Clerk(self.day, f"{order_id}/race/{n}") for n in range(2)]
        if both[0].rand.random() < 0.5 and state is not None:  # two thirds of it, one after the other, at one terminal
            body["amount_minor"] = state.captured[payment_id].amount_minor * 2 // 3
            at = both[0].rand.choice(terminals)
            for one in both:
                await one.do(at, "payments.refund", body)
            return
        await asyncio.gather(*(one.do(one.rand.choice(terminals), "payments.refund", body) for one in both))

    async def _cook(self, at: Terminal, order_id: str) -> None:
        rand = self.rand
        done = await self.do(at, "kitchen.bump", {"order_id": order_id})
        if done is not None and rand.random() < 0.07:
            await self.do(at, "kitchen.recall", {"order_id": order_id})
            await self._think(0.1, 1.0)
            await self.do(at, "kitchen.bump", {"order_id": order_id})
        if rand.random() < 0.15:
            await self.do(at, "orders.ready", {"order_id": order_id})

    # -- staff and head office ---------------------------------------------------------------------------------------

    async def stock(self) -> None:
        rand = self.rand
        at = rand.choice(self.day.of_store(rand.choice(self.day.stores)))
        what = rand.random()
        if what < 0.4:
            await self.do(at, "stock.count", {"item_id": rand.choice(COUNTED), "left": rand.randint(0, 12)})
            return
        subject = rand.choice(({"ingredient_id": "bacon"}, {"item_id": "steak"}, {"modifier_id": "x-cheese"}))
        await self.do(at, "stock.out", subject)
        await self._think(0.5, 8.0)
        await self.do(rand.choice(self.day.of_store(at.spec.store)), "stock.back", subject)

    async def voucher(self) -> None:
        """Staff issue one; guests redeem it for an order or two, perhaps at two terminals at once, and some get their
        money back."""
        rand = self.rand
        terminals = self.day.of_store(rand.choice(self.day.stores))
        digits = "".join(rand.choice("0123456789") for _ in range(CODE_DIGITS - 1))
        body = {"code": digits + check_digit(digits), "amount_minor": rand.choice((500, 1500, 3000))}
        issued = await self.do(rand.choice(terminals), "vouchers.issue", body | {"single": rand.random() < 0.4})
        if issued is None:
            return
        await self._think(0.2, 2.0)
        guests = [Clerk(self.day, f"{digits}/{n}").redeem(terminals, str(body["code"])) for n in range(2)]
        await asyncio.gather(*guests)

    async def redeem(self, terminals: list[Terminal], code: str) -> None:
        rand = self.rand
        at = rand.choice(terminals)
        order = {"lines": [self._line()], "dining": "here", "hold_until_paid": True}
        placed = await self.do(at, "orders.place", order)
        if placed is None:
            return
        order_id: str = placed.result["order_id"]
        self.day.orders.setdefault(order_id, at.spec.store)
        capture = {"order_id": order_id, "tender": "voucher", "code": code}
        paid = await self.do(at, "payments.capture", capture)
        if paid is None or not paid.result["paid"]:
            await self.do(rand.choice(terminals), "payments.capture", {"order_id": order_id, "tender": "cash"})
        if paid is not None and rand.random() < 0.4:
            await self._think(0.1, 3.0)
            back = {"order_id": order_id, "payment_id": paid.result["payment_id"], "reason": "cold"}
            await self.do(rand.choice(terminals), "payments.refund", back)

    async def menu(self) -> None:
        """Head office changes a price, for all stores or for one."""
        rand = self.rand
        menu = json.loads(json.dumps(menu_body()))
        for item in menu["items"]:
            for variation in item["variations"]:
                if variation["price_minor"]:
                    variation["price_minor"] += rand.randint(0, 50)
        body: dict[str, Any] = {"menu": menu}
        if rand.random() < 0.4:
            body["stores"] = [rand.choice(self.day.stores)]
        await self.do(self.day.office, "menu.publish", body)

    async def newer(self, at: Terminal) -> None:
        """A terminal of another version says what nobody else understands."""
        drafts = [
            Draft("loyalty.stamped/1", "customer-1", {"stamps": self.rand.randint(1, 9)}),
            Draft("orders.placed/9", "order-of-tomorrow", {"drone": True}),
        ]
        try:
            await at.ask(lambda node: node.log.append(drafts[: self.rand.randint(1, 2)]))
        except (Gone, LogFailed):
            self.day.note(f"{at.name} could not say something new")


async def late_declines(day: Day) -> bool:
    """Staff look through their list: what the bank declined afterwards is paid otherwise, or written off. Whether there
    was any."""
    due = []
    for store in day.stores:
        at = next((t for t in day.of_store(store) if t.node is not None), None)
        for order_id in [i for i, s in day.orders.items() if s == store and at is not None]:
            order = at.node.order(order_id) if at is not None and at.node is not None else None
            if order is not None and "declined_late" in order.warnings:
                due.append((order_id, store))
    for order_id, store in due:
        clerk = Clerk(day, f"{order_id}/late")
        at = clerk.rand.choice(day.of_store(store))
        if clerk.rand.random() < 0.5:
            await clerk.do(at, "payments.capture", {"order_id": order_id, "tender": "cash"})
        else:
            await clerk.do(at, "payments.write_off", {"order_id": order_id, "reason": "nobody knows the guest"})
    return bool(due)


def neighbours(day: Day, node: Node) -> list[Terminal]:
    """Machines that this one is connected with."""
    there = {p.device_id for p in node.mesh.connected_terminals()} if node.mesh is not None else set()
    return [t for t in day.all if t.node is not None and t.node.log.device_id in there]


def did(terminal: Terminal, command_id: str) -> bool:
    """Whether it holds events that a command led to."""
    with closing(sqlite3.connect(terminal.disk.folder / "log.db")) as db, suppress(sqlite3.DatabaseError):
        return db.execute("SELECT 1 FROM events WHERE instr(raw, ?)", (command_id.encode(),)).fetchone() is not None
    return False


def begin(day: Day) -> list[asyncio.Task[Any]]:
    """Starts everybody at their time; the tasks end when they are done."""
    tasks: list[asyncio.Task[Any]] = []

    def at(when: float, what: Any, name: str) -> None:
        day.at(when, partial(start, what, name))

    def start(what: Any, name: str) -> None:
        tasks.append(day.loop.create_task(what(), name=name))

    for i, order in enumerate(day.plan.orders):
        if order.leap_ms:
            day.at(order.at, partial(day.leap, order.leap_ms))
        at(order.at, Clerk(day, order.seed).order, f"order {i}")
        if i % 6 == 5:
            at(order.at + 0.1, Clerk(day, f"{order.seed}/stock").stock, "stock")
        if i % 7 == 3:
            at(order.at + 0.15, Clerk(day, f"{order.seed}/voucher").voucher, "voucher")
        if i % 20 == 13:
            at(order.at + 0.2, Clerk(day, f"{order.seed}/menu").menu, "menu")
        if day.plan.another_version >= 0 and i % 4 == 1:
            clerk = Clerk(day, f"{order.seed}/newer")
            at(order.at + 0.3, partial(clerk.newer, day.terminals[day.plan.another_version]), "newer")
    return tasks
