"""Clocks that are wrong: by hours, by years, jumping while people sell. libfaketime tells a server another time."""

from __future__ import annotations

import time
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.faults.registry import Lab, fault, lacks
from tests.faults.servers import Machine, eventually, wait
from tests.faults.world import World, world

AREA = "A clock is wrong"
FAKETIME = next(iter(sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))), None)
HOUR_S = 3600
YEAR_S = 365 * 24 * HOUR_S
NEAR_S = 90.0
"""A right clock's times may be so far from ours: a minute that a clock may be ahead of another, and a slow machine."""


def wrong_clock(machine: Machine, by_s: int) -> None:
    """From its next start on; `set_clock` changes it at work."""
    if FAKETIME is None:
        raise lacks("faketime")
    set_clock(machine, by_s)
    machine.environment = {
        "LD_PRELOAD": str(FAKETIME),
        "FAKETIME_TIMESTAMP_FILE": str(clock_file(machine)),
        "FAKETIME_CACHE_DURATION": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "NO_FAKE_STAT": "1",
    }


def clock_file(machine: Machine) -> Path:
    return machine.folder.parent / f"{machine.name}.clock"


def set_clock(machine: Machine, by_s: int) -> None:
    """So many seconds off, within a second from now."""
    file = clock_file(machine)
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_suffix(".new")
    new.write_text(f"{by_s:+d}")
    new.replace(file)


def clocks(shop: World, *offsets_s: int) -> None:
    """One terminal for each offset, 0 for a right clock."""
    for by_s in offsets_s:
        terminal = shop.terminal()
        if by_s:
            wrong_clock(terminal, by_s)
        terminal.start()
    shop.wait_for_menu()


def order(shop: World, at: Machine, quantity: int = 1) -> dict[str, Any]:
    """A new order, as that machine shows it."""
    lines = [{"item_id": "tea", "quantity": quantity, "modifiers": []}]
    body = {"command_id": str(uuid.uuid4()), "lines": lines, "dining": "here"}
    said = at.post("orders.place", body)
    assert said.status_code == 200, said.text
    shop.ledger.acknowledge(at.name, "orders.place", body, said.json())
    return at.orders()[said.json()["result"]["order_id"]]


def off_s(text: str) -> float:
    """How far a time that a server tells is from ours, in s."""
    return (datetime.fromisoformat(text) - datetime.now(UTC)).total_seconds()


def everywhere(shop: World, question: Any, what: str) -> None:
    assert eventually(lambda: all(question(t) for t in shop.terminals), 30), what


def last_word_holds(shop: World, lab: Lab, rounds: int) -> int:
    """Terminals, one after the other and each knowing what the one before did, change the same things; each time the
    last word holds on all. Returns how many were said."""
    first = order(shop, shop.terminals[0])
    order_id, line_id = first["order_id"], first["lines"][0]["line_id"]
    other_id = order(shop, shop.terminals[-1])["order_id"]
    everywhere(shop, lambda t: {order_id, other_id} <= set(t.orders()), "the orders are not everywhere")
    for n in range(rounds):
        at = shop.terminals[n % len(shop.terminals)] if n < 2 * len(shop.terminals) else lab.rand.choice(shop.terminals)
        note, out = f"word {n}", bool(n % 2)
        at.command("orders.amend", order_id=order_id, lines=[{"line_id": line_id, "note": note}])
        at.command("stock.out" if out else "stock.back", item_id="soup")
        left = lab.rand.randrange(20, 90)
        at.command("stock.count", item_id="cake", left=left)
        at.command("kitchen.recall" if out else "kitchen.bump", order_id=other_id)

        def holds(t: Machine, note: str = note, out: bool = out, left: int = left) -> bool:
            available = t.get("/v1/availability")
            on_screen = other_id in {one["order_id"] for one in t.get("/v1/tickets?done=0")}
            return (
                t.orders()[order_id]["lines"][0]["note"] == note
                and (available["soup"]["state"] == "out") is out
                and available["cake"]["left"] == left
                and on_screen is out
            )

        everywhere(shop, holds, f"what {at.name} said last does not hold everywhere ({note})")
    shop.terminals[0].command("stock.back", item_id="soup")
    return 4 * rounds


@fault(
    "clock-hours-ahead",
    area=AREA,
    what="The clock of one terminal is three hours ahead",
    seen="Its own orders carry its time, and the business day that it is there; all others carry the right time. An "
    "alarm says whose clock is ahead, and by how much",
    holds="The last word holds on every screen, whoever said it: back in stock, a changed order, a recalled ticket, a "
    "count",
    size="quick",
)
def clock_hours_ahead(lab: Lab) -> str:
    with world(lab, terminals=0) as shop:
        clocks(shop, 3 * HOUR_S, 0, 0)
        said = last_word_holds(shop, lab, lab.times(60, 7))
        ahead, right = order(shop, shop.terminals[0]), order(shop, shop.terminals[1])
        assert abs(off_s(ahead["placed_at"]) - 3 * HOUR_S) < NEAR_S, ahead["placed_at"]
        assert abs(off_s(right["placed_at"])) < NEAR_S, "the wrong clock drags a right one along"
        days = {t.name: t.get("/v1/status")["business_day"] for t in shop.terminals}
        assert (ahead["business_day"], right["business_day"]) == (days["T0"], days["T1"])
        told = [e["data"]["text"] for e in shop.terminals[1].get("/v1/events?topics=health&limit=500")["events"]
                if e["type"] == "health.alarm/1"]  # fmt: skip
        assert any("T0" in text and "hours ahead" in text for text in told), told
        return f"{said} words, the last one held each time; {shop.check()}"


@fault(
    "clock-years-ahead",
    area=AREA,
    what="The clock of one terminal is three years ahead for a while, and then somebody sets it right",
    seen="What it sold meanwhile carries the wrong year; as soon as the clock is right, all is dated right",
    holds="The last word holds while it is wrong and afterwards; nothing that it said stays in force until that year",
)
def clock_years_ahead(lab: Lab) -> str:
    with world(lab, terminals=0) as shop:
        clocks(shop, 3 * YEAR_S, 0)
        wrong = shop.terminals[0]
        said = last_word_holds(shop, lab, lab.times(20, 6))
        assert off_s(order(shop, wrong)["placed_at"]) > 2 * YEAR_S
        set_clock(wrong, 0)
        wait(2.5)
        after = order(shop, wrong)
        assert abs(off_s(after["placed_at"])) < NEAR_S, f"it stays in {after['placed_at']}"
        said += last_word_holds(shop, lab, lab.times(20, 6))
        wrong.kill()
        wrong.environment = {}
        wrong.start()
        after = order(shop, wrong)
        assert abs(off_s(after["placed_at"])) < NEAR_S, f"it starts in {after['placed_at']}"
        said += last_word_holds(shop, lab, lab.times(20, 6))
        return f"{said} words, the last one held each time; {shop.check()}"


@fault(
    "clock-days-behind",
    area=AREA,
    what="The clock of one terminal is two days behind (its battery is empty, and it was set by guess)",
    seen="Its orders carry its time, and are booked on that business day, until the clock is set",
    holds="The last word holds on every screen; nothing that it says is overruled by what was said before it",
)
def clock_days_behind(lab: Lab) -> str:
    with world(lab, terminals=0) as shop:
        clocks(shop, 0, -48 * HOUR_S, 0)
        said = last_word_holds(shop, lab, lab.times(40, 7))
        behind = order(shop, shop.terminals[1])
        assert abs(off_s(behind["placed_at"]) + 48 * HOUR_S) < NEAR_S, behind["placed_at"]
        assert behind["business_day"] == shop.terminals[1].get("/v1/status")["business_day"]
        assert abs(off_s(order(shop, shop.terminals[0])["placed_at"])) < NEAR_S
        return f"{said} words, the last one held each time; {shop.check()}"


@fault(
    "clocks-all-differ",
    area=AREA,
    what="No two clocks in the shop agree: hours behind, hours ahead, a year ahead",
    seen="Orders carry the time of the terminal that took them",
    holds="The last word holds on every screen, and all screens show the same",
)
def clocks_all_differ(lab: Lab) -> str:
    with world(lab, terminals=0) as shop:
        clocks(shop, -5 * HOUR_S, 4 * HOUR_S, YEAR_S)
        said = last_word_holds(shop, lab, lab.times(60, 9))
        return f"{said} words, the last one held each time; {shop.check()}"


@fault(
    "clocks-jumping",
    area=AREA,
    what="Two clocks jump back and forth by hours, days and years while people sell",
    seen="Nothing but wrong times on some orders",
    holds="Nothing is lost or doubled, all machines show the same, and links do not break: they go by no clock that a "
    "person can set",
)
def clocks_jumping(lab: Lab) -> str:
    with world(lab, terminals=0) as shop:
        clocks(shop, 60, -60, 0)
        shop.come(each=1)
        jumps = lab.times(60, 6)
        for _ in range(jumps):
            by_s = lab.rand.choice((-1, 1)) * lab.rand.choice((5, 90, HOUR_S, 26 * HOUR_S, 300 * 24 * HOUR_S))
            set_clock(lab.rand.choice(shop.terminals[:2]), by_s)
            wait(lab.rand.uniform(0.3, 1.5))
            assert all(t.connected() for t in shop.terminals), "a clock broke a link"
        shop.served(3)
        return f"{jumps} jumps; {shop.check()}"


@fault(
    "clock-never-set",
    area=AREA,
    what="A terminal starts in 1970: its battery is empty, and there is no line to ask for the time; first alone, then "
    "beside others",
    seen="It sells. The staff's page, `doctor` and head office say that its clock must be set. Its orders are dated "
    "from the newest time that it knew, and rightly as soon as it hears from others. Only a new device, which knows no "
    "time at all, says in one sentence that date and time must be set, and does not start",
    holds="No order is dated 1970, or booked on a day that never was; with the clock set all is dated by it at once",
)
def clock_never_set(lab: Lab) -> str:
    with world(lab, terminals=0) as shop:
        clocks(shop, 0, 60)
        other, victim = shop.terminals
        known = order(shop, victim)["placed_at"]
        victim.kill()
        other.kill()
        shop.relay.cut()
        set_clock(victim, in_1970())
        wait(3.0)  # the time that it can't know of
        victim.start()
        alone = order(shop, victim)["placed_at"]
        assert known < alone, (known, alone)
        said = next(text for text in victim.get("/v1/status")["warnings"] if "clock was never set" in text)
        other.start()
        assert eventually(lambda: victim.connected() and other.connected(), 60)
        theirs = order(shop, other)["placed_at"]
        assert eventually(lambda: order(shop, victim)["placed_at"] > theirs, 60), "it does not go by what it hears"
        assert abs(off_s(order(shop, victim)["placed_at"])) < NEAR_S
        set_clock(victim, 0)
        wait(2.5)
        assert not any("clock" in text for text in victim.get("/v1/status")["warnings"])
        assert abs(off_s(order(shop, victim)["placed_at"])) < NEAR_S
        shop.relay.restore()
        new = shop.terminal()
        wrong_clock(new, in_1970())
        refusal = new.refuses()
        assert "date and time" in refusal, refusal
        set_clock(new, 0)
        new.start()
        return f"“{said}”; a new one: “{refusal}”; {shop.check()}"


def in_1970() -> int:
    return HOUR_S - int(time.time())
