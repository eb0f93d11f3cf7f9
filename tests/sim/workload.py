"""A shop's day: customers, staff and head office, as clients of the nodes' commands."""

from __future__ import annotations

import asyncio
import json
import random
import uuid
from functools import partial
from typing import TYPE_CHECKING, Any

from server.answers import CommandAnswer
from server.event import Draft
from server.log import LogFailed
from server.services.vouchers.events import CODE_DIGITS, check_digit
from tests.sim import habits
from tests.sim.checks.answers import business_day
from tests.sim.client import Client
from tests.sim.terminal import Gone, Terminal
from tests.unit.services.world import menu_body

if TYPE_CHECKING:
    from tests.sim.day import Day

RACES = 0.07
"""Of all orders, so many are given back by two people at once."""

SOLD_OUT = ("item_out", "modifier_out", "not_enough_left", "not_served_now")
CHOOSES = 6
"""So often at most somebody chooses among the dishes, when what was chosen turns out to be out."""

DISHES = ("burger", "veggie", "salad", "cola", "water", "coffee", "steak")
COUNTED = ("cola", "salad", "veggie")


class Clerk(Client):
    """What one person or device does in a day."""

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
        for n in range(CHOOSES):
            lines = [self._line() for _ in range(self.rand.choice((1, 1, 2, 2, 3, 5)))]
            lines += habits.dishes(f"{self.seed}/{n}")
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
        otherwise = habits.amending(order_id, [line["line_id"] for line in lines], len(state.history))
        lines = [line | otherwise.get(line["line_id"], {}) for line in lines]
        await self.do(at, "orders.amend", {"order_id": order_id, "lines": [*lines, self._line()]})

    async def _pay(self, at: Terminal, order_id: str, terminals: list[Terminal]) -> None:
        rand = self.rand
        tender = rand.choice(("card", "cash"))
        if (split := habits.split(order_id)) is not None:
            await self._pay_a_part(at, order_id, split)
        paying = [self._capture(at, order_id, tender)]
        if rand.random() < 0.08:  # two take the money for one order
            other = Clerk(self.day, f"{order_id}/second")
            paying.append(other.pay_too(rand.choice(terminals), order_id))
        answers = await asyncio.gather(*paying)
        if tender == "card" and answers[0] is None and rand.random() < 0.8:
            await self._capture(at, order_id, "cash")
        if answers[0] is not None and not answers[0].result.get("paid", True):  # the card held less
            await self._capture(at, order_id, "cash")
        if rand.random() < 0.1:
            await self.do(at, "payments.refund", {"order_id": order_id, "reason": "too much"})

    async def _capture(self, at: Terminal, order_id: str, tender: str) -> CommandAnswer | None:
        body = {"order_id": order_id, "tender": tender}
        return await self.do(at, "payments.capture", body | habits.paying(order_id, tender))

    async def _pay_a_part(self, at: Terminal, order_id: str, split: habits.Split) -> None:
        """In cash; then all of it is asked for by mistake, which is refused."""
        state = at.node.services.order_book.state(order_id) if at.node is not None else None
        if state is None:
            return
        body = {"order_id": order_id, "tender": "cash"}
        await self.do(at, "payments.capture", body | {"amount_minor": split.first_minor})
        if split.asks_too_much:
            await self.do(at, "payments.capture", body | {"amount_minor": state.total_minor})

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
        state = at.node.services.order_book.state(order_id) if at.node is not None else None
        line_ids = [line.line_id for line in state.lines] if state is not None else []
        for part in habits.making(order_id, line_ids) if state is not None and state.released_ms else ():
            await self.do(at, "kitchen.bump", {"order_id": order_id} | part)
        done = await self.do(at, "kitchen.bump", {"order_id": order_id})
        if done is not None and rand.random() < 0.07:
            await self.do(at, "kitchen.recall", {"order_id": order_id} | habits.recalling(order_id, line_ids))
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
        other = rand.choice(self.day.of_store(at.spec.store))
        if (left := habits.counted(self.seed)) is not None and "item_id" in subject:
            await self.do(other, "stock.count", subject | {"left": left})
            return
        await self.do(other, "stock.back", subject)

    async def voucher(self) -> None:
        """Staff issue one; guests redeem it for an order or two, perhaps at two terminals at once, and some get their
        money back."""
        rand = self.rand
        terminals = self.day.of_store(rand.choice(self.day.stores))
        digits = "".join(rand.choice("0123456789") for _ in range(CODE_DIGITS - 1))
        body = {"code": digits + check_digit(digits), "amount_minor": rand.choice((500, 1500, 3000))}
        at = rand.choice(terminals)
        until = habits.last_day(digits, business_day(at.wall_ms()))
        issued = await self.do(at, "vouchers.issue", body | {"single": rand.random() < 0.4, "until": until})
        if issued is None:
            return
        await self._think(0.2, 2.0)
        count, at_one = habits.guests(digits)
        there = [rand.choice(terminals)] if at_one else terminals
        guests = [Clerk(self.day, f"{digits}/{n}").redeem(there, str(body["code"]), until) for n in range(count)]
        await asyncio.gather(*guests)

    async def redeem(self, terminals: list[Terminal], code: str, until: str | None) -> None:
        rand = self.rand
        at = rand.choice(terminals)
        order = {"lines": [self._line()], "dining": "here", "hold_until_paid": True}
        placed = await self.do(at, "orders.place", order)
        if placed is None:
            return
        order_id: str = placed.result["order_id"]
        self.day.orders.setdefault(order_id, at.spec.store)
        capture = {"order_id": order_id, "tender": "voucher", "code": code}
        days = [business_day(at.wall_ms())]
        paid = await self.do(at, "payments.capture", capture)
        days.append(business_day(at.wall_ms()))
        if until is not None and self.refused == "voucher_expired" and max(days) <= until:
            self.day.problems.append(
                f"{at.name} says on {days[1]} that a voucher is no longer good, which is until {until}"
            )
        if until is not None and paid is not None and min(days) > until:
            self.day.problems.append(f"{at.name} takes on {days[0]} a voucher that was good until {until}")
        if paid is None or not paid.result["paid"]:
            await self.do(rand.choice(terminals), "payments.capture", {"order_id": order_id, "tender": "cash"})
        if paid is not None and rand.random() < 0.4:
            await self._think(0.1, 3.0)
            back = {"order_id": order_id, "payment_id": paid.result["payment_id"], "reason": "cold"}
            givers = [Clerk(self.day, f"{order_id}/back/{n}") for n in range(habits.givers(order_id))]
            await asyncio.gather(*(one.do(one.rand.choice(terminals), "payments.refund", back) for one in givers))

    async def menu(self) -> None:
        """Head office changes a price, for all stores or for one."""
        rand = self.rand
        menu = json.loads(json.dumps(menu_body()))
        for item in menu["items"]:
            for variation in item["variations"]:
                if variation["price_minor"]:
                    variation["price_minor"] += rand.randint(0, 50)
        if (rate := habits.rate(self.seed)) is not None:
            menu["taxes"][0]["percentage"] = rate
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
