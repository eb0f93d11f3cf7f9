"""Machines that stand still and come back: worse than dead, because their connections stay open and they believe that
nothing has happened."""

from __future__ import annotations

import contextlib
import signal
import time

import httpx

from tests.faults.registry import Lab, fault
from tests.faults.servers import Machine, eventually, wait
from tests.faults.world import World, world

AREA = "A machine stands still (sleep, overload, a stuck disk) and comes back"
FULL_S, QUICK_S = 30.0, 6.0
"""Longer than the 4 s after which a silent neighbour counts as gone."""


def frozen(lab: Lab, who: str) -> str:
    """Stops one machine for a while, sees that the others go on, and that all is well when it goes on too."""
    seconds = FULL_S if lab.full else QUICK_S
    with world(lab) as shop:
        shop.come(each=1, stay=True)
        shop.served(10)
        victim = {"writer": shop.terminals[0], "office": shop.office}.get(who) or shop.uplink() or shop.terminals[0]
        if who == "peer":
            victim = next(t for t in shop.terminals if t is not shop.uplink())
        until = time.monotonic() + seconds
        victim.signal(signal.SIGSTOP)
        try:
            answers = others_go_on(shop, victim)
            if victim is not shop.office:
                head_office_hears(shop, victim)
            wait(max(0.0, until - time.monotonic()))
        finally:
            victim.signal(signal.SIGCONT)
        return f"{victim.name} stood still for {seconds:.0f} s, meanwhile {answers} answers elsewhere; {shop.check()}"


def others_go_on(shop: World, victim: Machine, wanted: int = 15) -> int:
    """Waits for answers of the others; returns how many."""

    def elsewhere() -> int:
        with shop.ledger.lock:
            return sum(a.machine != victim.name for a in shop.ledger.answers)

    before = elsewhere()
    assert eventually(lambda: elsewhere() >= before + wanted, 60), "the others do not sell any more"
    return elsewhere() - before


def head_office_hears(shop: World, victim: Machine) -> None:
    """Somebody else carries the line: an order placed now arrives while the victim still stands still."""
    other = next(t for t in shop.terminals if t is not victim)
    new = other.place("tea")

    def arrived() -> bool:
        with contextlib.suppress(httpx.HTTPError):
            return new in shop.office.orders()
        return False

    assert eventually(arrived, 60), f"head office hears nothing while {victim.name} stands still"
    shop.ledger.elsewhere.add(new)


def row(name: str, what: str, seen: str, holds: str, who: str, *, quick: bool = False) -> None:
    size = "quick" if quick else "full"
    fault(name, area=AREA, what=what, seen=seen, holds=holds, size=size)(lambda lab: frozen(lab, who))


row(
    "freeze-writer",
    "The terminal that is taking orders stands still for half a minute",
    "That screen waits; all others sell on. When it wakes, the order that it was taking goes through",
    "What it was asked before, during and after is there once; whoever asked again got one order, not two",
    "writer",
)
row(
    "freeze-peer",
    "A neighbour stands still: its connections are open, but it takes nothing",
    "Nothing: after at most a quarter of a second an order is thanked for without it",
    "Nobody waits for it; it has everything when it wakes",
    "peer",
)
row(
    "freeze-uplink",
    "The terminal that carries the shop's line to head office stands still",
    "Nothing in the shop, and head office keeps hearing of orders",
    "Another terminal takes the line over; when the first wakes, nothing is there twice",
    "uplink",
    quick=True,
)
row(
    "freeze-office",
    "Head office stands still",
    "Nothing in the shop",
    "The shop goes on; head office has everything once when it wakes",
    "office",
)


@fault(
    "freeze-flutter",
    area=AREA,
    what="Terminals and head office stand still for moments, again and again, several at once",
    seen="Now and then an order takes a moment longer",
    holds="Each order and payment is there once, everywhere",
)
def flutter(lab: Lab) -> str:
    rounds = lab.times(60, 6)
    with world(lab) as shop:
        shop.come(each=1)
        for _ in range(rounds):
            victims = lab.rand.sample(shop.machines, lab.rand.choice((1, 1, 2, 3)))
            for victim in victims:
                victim.signal(signal.SIGSTOP)
            wait(lab.rand.choice((0.05, 0.3, 1.0)) * lab.rand.random() * 2)
            for victim in victims:
                victim.signal(signal.SIGCONT)
            wait(lab.rand.uniform(0.0, 0.2))
        return f"{rounds} times; {shop.check()}"
