"""Processes that die at any moment: `kill -9` under load, of every role, again and again."""

from __future__ import annotations

import threading

from tests.faults.registry import Lab, fault
from tests.faults.servers import Machine, wait
from tests.faults.world import World, world

AREA = "A server dies"
WORLD_CYCLES = 100
"""Kills in one world: then everything is checked and a new shop opens, so that logs stay short and starts quick."""


def kill_and_start(shop: World, lab: Lab, victim: Machine) -> None:
    """At a random moment under load; now and then also while it is still starting."""
    wait(lab.rand.uniform(0.0, 0.4))
    victim.kill()
    if lab.rand.random() < 0.15:
        victim.spawn()
        wait(lab.rand.uniform(0.0, 1.2))
        victim.kill()
    shop.again(victim)


def cycles(lab: Lab, full: int, quick: int, who: str) -> str:
    """`who`: writer (its customers lose it), peer, uplink, office, any."""
    left = lab.times(full, quick)
    done = kills = answers = orders = 0
    said = ""
    while left > 0:
        with world(lab, name=f"shop-{done}") as shop:
            shop.come(each=1, at=shop.terminals[:2])  # T2 only listens: a peer
            for _ in range(min(left, WORLD_CYCLES)):
                victim = pick(shop, lab, who)
                before = victim.starts
                kill_and_start(shop, lab, victim)
                kills += victim.starts - before
                if done % 10 == 0:
                    shop.served(3)
                done += 1
                left -= 1
            said = shop.check()
            answers += len(shop.ledger.answers)
            orders += len(shop.ledger.placed())
            if left > 0:
                lab.say(f"{done} cycles: {said}")
    return (
        f"{kills} kills in {done} cycles; {answers} answers and {orders} orders in all, none lost or twice; last {said}"
    )


def pick(shop: World, lab: Lab, who: str) -> Machine:
    if who == "any":
        who = lab.rand.choice(("writer", "writer", "peer", "uplink", "office"))
    if who == "writer":
        return lab.rand.choice(shop.terminals[:2])
    if who == "peer":
        return shop.terminals[2]
    if who == "office":
        return shop.office
    return shop.uplink() or lab.rand.choice(shop.terminals)


@fault(
    "kill-any",
    area=AREA,
    what="Any server of a shop or head office dies at any moment, one after the other, fifty times in a few minutes",
    seen="As in the rows below",
    holds="As in the rows below, all at once",
    size="quick",
)
def kill_any(lab: Lab) -> str:
    return cycles(lab, 100, 50, "any")


@fault(
    "kill-writer",
    area=AREA,
    what="The server of the terminal that is taking orders dies at any moment, also while it is still starting",
    seen="The screen keeps its basket; the order goes through a second or two later, when the server is back",
    holds="Every order and payment that was answered is there once, on every terminal and at head office; one asked "
    "again is not taken twice; no number is called twice",
)
def kill_writer(lab: Lab) -> str:
    return cycles(lab, 300, 5, "writer")


@fault(
    "kill-peer",
    area=AREA,
    what="Another terminal of the shop dies at any moment",
    seen="Nothing, on the terminals that go on",
    holds="Selling goes on; the one that died has everything again when it is back",
)
def kill_peer(lab: Lab) -> str:
    return cycles(lab, 200, 5, "peer")


@fault(
    "kill-uplink",
    area=AREA,
    what="The terminal that carries the shop's line to head office dies, and then the one that took over",
    seen="Nothing; head office's page shows the shop without a break worth naming",
    holds="Another terminal carries the line; nothing is sent twice in a way that counts, nothing is missing",
)
def kill_uplink(lab: Lab) -> str:
    return cycles(lab, 200, 5, "uplink")


@fault(
    "kill-office",
    area=AREA,
    what="Head office's server dies at any moment",
    seen="Nothing in the shop; head office's page is away until it is started again",
    holds="The shop goes on; head office has everything once when it is back",
)
def kill_office(lab: Lab) -> str:
    return cycles(lab, 200, 5, "office")


@fault(
    "kill-all",
    area=AREA,
    what="The whole shop dies in one moment (the power of the building), again and again",
    seen="All screens are dark, then the shop is as it was",
    holds="Every order and payment that was answered is there once on every machine",
)
def kill_all(lab: Lab) -> str:
    rounds = lab.times(20, 2)
    with world(lab) as shop:
        shop.come(each=1)
        for _ in range(rounds):
            shop.served(5)
            wait(lab.rand.uniform(0.0, 0.3))
            dying = [threading.Thread(target=m.kill) for m in shop.machines]
            for one in dying:
                one.start()
            for one in dying:
                one.join()
            for machine in shop.machines:
                machine.spawn()
            for machine in shop.machines:
                assert machine.wait_ready(), machine.last_words()
            shop.relay.aim("127.0.0.1", shop.office.endpoint["sync_port"])
        return f"{rounds} times all at once; {shop.check()}"
