"""A day ends while somebody orders: what is asked just before that and after, on common nights and on those on which
the clocks are changed. By one terminal's clock, when all are in step; each answer is reckoned beforehand.
"""

from __future__ import annotations

import asyncio
import random
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from server.services.orders import events as orders
from server.services.vouchers.events import CODE_DIGITS, check_digit
from tests.sim.checks.answers import business_day, clock
from tests.sim.hands import Hands
from tests.sim.terminal import CUT_OVER_HOUR, LOOK_S, ZONE, Terminal
from tests.unit.services.world import menu_body

if TYPE_CHECKING:
    from tests.sim.day import Day

BORDERS = 0.25
"""Of all days, so many are followed to their end."""

CHANGES = 0.5
"""Of those, so many are the Saturdays before clocks are changed."""

THERE_AND_BACK = 0.3
"""Of those, on so many somebody sets the clock to another day, and right again."""

AHEAD = 0.5
"""Of the days on which stores let go of old sales, on so many a clock is years ahead for a while."""

YEARS_MS = 1000 * 24 * 3_600_000
DAY_MS = 24 * 3_600_000

CHANGED_ON = (datetime(2026, 3, 29), datetime(2026, 10, 25))

MINUTE_MS = 60_000
BASKET_MS = 31 * MINUTE_MS
"""No basket waits for so long."""

BREAKFAST_ENDS = "10:30"
LET_GO_S = 3 * LOOK_S
TICKS_S = 6.0
"""Terminals look at the clock every five seconds."""


async def to_the_end(day: Day) -> list[str]:
    rand = random.Random(f"{day.plan.seed}/borders")
    if rand.random() >= BORDERS or day.lying_logs or day.plan.nights:
        return []
    hands = Hands(day, rand.choice(day.stores), rand)
    at = hands.terminals[0] if hands.terminals else None
    if at is None or at.node is None or at.node.services.sold() is None:
        return []
    if rand.random() < THERE_AND_BACK:
        await _there_and_back(hands, at)
    await _breakfast(hands, at)
    await _night(hands, at)
    await asyncio.sleep(TICKS_S)  # all know by now what hour it is
    return hands.problems


async def years_ahead(day: Day) -> list[str]:
    """A clock that jumps years ahead makes no order a year older: who lets go of old sales keeps those of the last day
    on which anything was sold."""
    rand = random.Random(f"{day.plan.seed}/years ahead")
    if rand.random() >= AHEAD or day.lying_logs or not day.plan.nights or day.office_backup is not None:
        return []
    hands = Hands(day, rand.choice(day.stores), rand)
    shown = {t: _of_the_last_day(t) for t in hands.terminals}
    for terminal in hands.terminals:  # one of them says for all what is archived
        terminal.set_clock(YEARS_MS)
    await asyncio.sleep(LET_GO_S)
    for terminal in hands.terminals:
        terminal.set_clock(-YEARS_MS)
    await asyncio.sleep(TICKS_S)
    return [
        f"{terminal.name} has let go of {len(gone)} orders of its last day, as a clock was years ahead"
        for terminal, before in shown.items()
        if (gone := before - _of_the_last_day(terminal))
    ]


def _of_the_last_day(terminal: Terminal) -> set[str]:
    states = terminal.node.services.order_book.all_states() if terminal.node is not None else {}
    days = {order_id: state.placed.business_day for order_id, state in states.items() if state.placed is not None}
    return {order_id for order_id, day in days.items() if day == max(days.values())}


def _to(day: Day, terminal: Terminal, wall: datetime) -> None:
    """Quiet hours, until this terminal's clock shows that."""
    by = round(wall.replace(tzinfo=ZoneInfo(ZONE)).timestamp() * 1000) - terminal.wall_ms()
    assert by > 0, f"{wall} is past at {terminal.name}"
    day.leap(by)


def _wall(terminal: Terminal) -> datetime:
    return clock(terminal.wall_ms()).replace(tzinfo=None)


async def _there_and_back(hands: Hands, at: Terminal) -> None:
    """The clock shows tomorrow for a moment: the numbers of today go on where they were."""
    numbers = list[str]()
    for by_ms in (0, 0, DAY_MS, -DAY_MS):
        if by_ms:
            at.set_clock(by_ms)
        lines = [{"item_id": "water", "quantity": 1}]
        placed = await hands.do(at, "orders.place", lines=lines, dining="here", hold_until_paid=True)
        if placed is None:
            return
        hands.day.orders.setdefault(placed.result["order_id"], at.spec.store)
        numbers.append(f"{placed.result['number']} of {business_day(at.wall_ms())}")
        if len(numbers) == 1:
            first = placed.result["order_id"]
        elif len(numbers) == 2:
            await hands.do(at, "orders.accept", order_id=first)
    if len(set(numbers)) < len(numbers):
        hands.problems.append(f"{at.name} gives numbers twice when its clock was set, and set right again: {numbers}")


async def _breakfast(hands: Hands, at: Terminal) -> None:
    """It is served until half past ten, to the minute."""
    menu = menu_body()
    menu["dayparts"][0]["end"] = BREAKFAST_ENDS
    await hands.do(hands.day.office, "menu.publish", menu=menu)
    if at.node is None or at.node.services.menu() is None:
        return
    if {part.end for part in at.node.services.menu().dayparts} != {BREAKFAST_ENDS}:  # type: ignore[union-attr]
        return  # another menu is dated later, by a clock that was ahead
    tomorrow = (_wall(at) + timedelta(days=1)).replace(hour=10, minute=29, second=0, microsecond=0)
    for minute, sold in ((29, True), (31, False)):
        _to(hands.day, at, tomorrow.replace(minute=minute))
        await asyncio.sleep(TICKS_S)
        shown = at.node.services.availability().get("pancakes") if at.node is not None else None
        if shown is None or (shown.state == "out") == sold:
            hands.problems.append(f"{at.name} shows {shown} of breakfast at {_wall(at):%H:%M}")
        lines = [{"item_id": "pancakes", "quantity": 1}]
        await _placed(hands, at, "" if sold else "not_served_now", lines)


async def _night(hands: Hands, at: Terminal) -> None:
    day, wall = hands.day, _wall(at)
    nights = [date for date in CHANGED_ON if date > wall] if hands.rand.random() < CHANGES else []
    ends = min(nights, default=wall.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1))
    ends = ends.replace(hour=CUT_OVER_HOUR)
    _to(day, at, ends - timedelta(minutes=2))
    today = business_day(at.wall_ms())
    voucher = await _voucher(hands, at, today)
    parked = await hands.do(at, "baskets.park", lines=[{"item_id": "water", "quantity": 1}])
    first, of_first = await _placed(hands, at)
    await _paid(hands, at, first, voucher, "")
    _, of_last = await _placed(hands, at)
    _to(day, at, ends + timedelta(minutes=hands.rand.choice((1, 20, 40))))
    after, of_after = await _placed(hands, at)
    await _paid(hands, at, after, voucher, "voucher_expired")
    sold_on = [of_first, of_last, of_after]
    tomorrow = datetime.fromisoformat(today) + timedelta(days=1)
    if sold_on != [today, today, tomorrow.date().isoformat()]:
        hands.problems.append(f"{at.name} sold on {sold_on}, before and after the end of {today}")
    if parked is not None and at.node is not None:
        day.leap(BASKET_MS)
        if at.node.basket(parked.result["code"]) is not None:
            hands.problems.append(f"{at.name} still has a basket that was put down half an hour ago")
    if at.node is not None:
        said = at.node.business_day()
        if said != business_day(at.wall_ms()):
            hands.problems.append(f"{at.name} calls today {said}, and it is {business_day(at.wall_ms())}")


async def _placed(
    hands: Hands, at: Terminal, refused: str = "", lines: list[dict[str, Any]] | None = None
) -> tuple[str, str]:
    """Its id, and the day on which it was sold."""
    lines = lines or [{"item_id": "water", "quantity": 1}]
    answer = await hands.do(at, "orders.place", refused, lines=lines, dining="here", hold_until_paid=True)
    if answer is None:
        return "", ""
    hands.day.orders.setdefault(answer.result["order_id"], at.spec.store)
    placed: orders.Placed = answer.events[0].data(orders.Placed)
    return answer.result["order_id"], placed.business_day


async def _voucher(hands: Hands, at: Terminal, until: str) -> str:
    digits = "".join(hands.rand.choice("0123456789") for _ in range(CODE_DIGITS - 1))
    code = digits + check_digit(digits)
    await hands.do(at, "vouchers.issue", code=code, amount_minor=1000, until=until)
    return code


async def _paid(hands: Hands, at: Terminal, order_id: str, code: str, refused: str) -> None:
    """By a voucher that is good until the day that ends."""
    if order_id:
        await hands.do(at, "payments.capture", refused, order_id=order_id, tender="voucher", code=code)
