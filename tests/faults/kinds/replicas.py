"""A terminal that burns right after "thank you", and neighbours that are too slow to have saved it, too."""

from __future__ import annotations

import random
import shutil
import signal
import threading
import time
import uuid
from typing import Any

import httpx

from tests.faults.netshop import netshop
from tests.faults.registry import Lab, fault, need
from tests.faults.servers import Machine, eventually, wait
from tests.faults.world import World, world
from tests.process.shop import HTTP

AREA = "A terminal burns after “thank you”"
BURNT_IN_ONE_WORLD = 20
"""Then a new shop opens: a real one does not lose eighty terminals, and has no order numbers for so many."""

PATIENT_MS = "10000"
"""A busy machine may take longer than a customer should wait. Here the promise is tested, not the patience."""

SWALLOWED_S = 1.0
"""Well below what makes a link count as dead, and far above what an answer takes that waits for nobody."""

ONE_TEA = [{"item_id": "tea", "quantity": 1, "modifiers": []}]


class Till:
    """A client with an open connection to a machine, so that nothing lies between the answer and what comes next."""

    def __init__(self, shop: World, at: Machine) -> None:
        self.shop, self.at = shop, at
        self.http = httpx.Client(base_url=at.endpoint["api"], headers=at.headers, timeout=30)

    def ask(self, name: str, **fields: Any) -> tuple[dict[str, Any], float]:
        """The answer, and how long it took."""
        body = {"command_id": str(uuid.uuid4()), **fields}
        self.shop.ledger.ask(name, body)
        began = time.monotonic()
        said = self.http.post(f"/v1/commands/{name}", json=body)
        self.answered = time.monotonic()
        took = self.answered - began
        assert said.status_code == 200, said.text
        answer: dict[str, Any] = said.json()
        self.shop.ledger.acknowledge(self.at.name, name, body, answer)
        return answer, took

    def sell(self, *, pay: bool = True) -> float:
        """An order, and perhaps its payment; how long the slower answer took."""
        answer, first = self.ask("orders.place", lines=ONE_TEA, dining="here")
        if not pay:
            return first
        _, second = self.ask("payments.capture", order_id=answer["result"]["order_id"], tender="cash")
        return max(first, second)

    def burn(self) -> float:
        """Kills the machine and destroys its disk; how long after the answer it was killed."""
        self.at.signal(signal.SIGKILL)
        took = time.monotonic() - self.answered
        self.at.kill()
        shutil.rmtree(self.at.folder, ignore_errors=True)
        self.http.close()
        return took


def safekeeping(machine: Machine) -> dict[str, Any]:
    told: dict[str, Any] = machine.get("/v1/status")["safekeeping"]
    return told


def figures(machine: Machine) -> dict[str, float]:
    """Its /metrics, samples without labels."""
    lines = HTTP.get(machine.endpoint["api"] + "/metrics", timeout=20).text.splitlines()
    pairs = [line.rsplit(" ", 1) for line in lines if not line.startswith("#") and "{" not in line]
    return {name.removeprefix("pilotlight_"): float(value) for name, value in pairs}


@fault(
    "burn-after-thanks",
    area=AREA,
    what="A terminal burns in the instant in which it has said “thank you” for an order or a payment, and so does its "
    "disk",
    seen="The order is on the kitchen's screen, and the payment on every other terminal",
    holds="Each order and payment that was answered while another terminal was connected is on that one's disk, too",
    size="quick",
)
def burn_after_thanks(lab: Lab) -> str:
    left, done, slowest, said = lab.times(100, 6), 0, 0.0, ""
    while left > 0:
        with world(lab, terminals=2, name=f"shop-{done}") as shop:
            for _ in range(min(left, BURNT_IN_ONE_WORLD)):
                slowest = max(slowest, burn_one(shop, lab.rand, done))
                done, left = done + 1, left - 1
            said = shop.check()
    return f"{done} terminals burnt, each at most {slowest * 1e6:.0f} µs after the answer; {said}"


def burn_one(shop: World, rand: random.Random, number: int) -> float:
    victim = shop.terminal(folder=shop.folder / f"burns-{number}")
    shop.terminals.remove(victim)
    victim.environment = {"PILOTLIGHT_REPLICA_TIMEOUT_MS": PATIENT_MS}
    victim.start()
    victim.name = f"burns-{number}"
    others = {t.endpoint["device_id"] for t in shop.terminals}
    assert eventually(lambda: others & victim.connected()), "it finds nobody"
    assert eventually(lambda: victim.get("/v1/menu")), "it has no menu"
    till = Till(shop, victim)
    for _ in range(rand.randrange(3)):
        till.sell()
    assert not safekeeping(victim)["missed"]
    if number % 2:  # then head office holds nothing of it
        shop.relay.cut()
    till.sell(pay=rand.random() < 0.5)
    took = till.burn()
    shop.relay.restore()
    return took


@fault(
    "burn-on-bad-wifi",
    area=AREA,
    what="The same on a network that swallows everything for a second just then, so that the answer would be out long "
    "before a neighbour heard of the order; and its cable burns, too",
    seen="“Thank you” takes longer, until another terminal has the order",
    holds="The same: what was answered is on another terminal's disk",
)
def burn_on_bad_wifi(lab: Lab) -> str:
    cycles, waits = lab.times(40, 4), []
    with netshop(lab, 2) as shop:
        for n in range(cycles):
            victim = shop.terminal(folder=shop.folder / f"burns-{n}")
            shop.terminals.remove(victim)
            shop.net.cable(victim.name, plugged=True)
            victim.environment = {"PILOTLIGHT_REPLICA_TIMEOUT_MS": PATIENT_MS}
            victim.start()
            others = {t.endpoint["device_id"] for t in shop.terminals}
            assert eventually(lambda v=victim, o=others: o <= v.connected())  # type: ignore[misc]
            assert eventually(lambda v=victim: v.get("/v1/menu"))  # type: ignore[misc]
            shop.net.internet(there=False)
            till = Till(shop, victim)
            till.sell()
            shop.net.drop(victim.name, "oifname eth0")
            again = threading.Timer(SWALLOWED_S, shop.net.clear_air, [victim.name])
            again.start()
            waits.append(till.sell(pay=lab.rand.random() < 0.5))
            victim.signal(signal.SIGKILL)
            shop.net.cable(victim.name, plugged=False)
            till.burn()
            again.join()
            shop.net.heal()
            shop.net.cable(victim.name, plugged=False)
        return f"{cycles} terminals burnt, thanked after at most {max(waits):.1f} s; {shop.check()}"


@fault(
    "replica-frozen",
    area=AREA,
    what="The only other terminal is connected and frozen: it answers nothing",
    seen="Each sale takes a quarter of a second longer, for the four seconds until the link counts as dead; then none",
    holds="No sale fails. Each that nobody else held is counted, and who was late is named",
)
def replica_frozen(lab: Lab) -> str:
    with world(lab, terminals=2) as shop:
        till, frozen = Till(shop, shop.terminals[0]), shop.terminals[1]
        shop.relay.cut()  # else head office would hold it
        assert eventually(lambda: frozen.endpoint["device_id"] in till.at.connected())
        for _ in range(5):
            till.sell()
        before = safekeeping(till.at)
        assert before["kept"] + before["missed"] == 10
        frozen.signal(signal.SIGSTOP)
        slowest, warned = 0.0, ""
        while not safekeeping(till.at)["alone"]:
            slowest = max(slowest, till.sell())
            warned = warned or " ".join(till.at.get("/v1/status")["warnings"])
        after, named = safekeeping(till.at), safekeeping(till.at)["late"]
        assert after["missed"] > before["missed"], after
        assert [one["label"] for one in named] == ["T1"], named
        assert "T1" in warned, warned
        assert figures(till.at)["replicas_missed_total"] >= after["missed"]
        frozen.signal(signal.SIGCONT)
        shop.relay.restore()
        assert eventually(lambda: frozen.endpoint["device_id"] in till.at.connected())
        kept = after["kept"]
        assert eventually(lambda: (till.sell(), safekeeping(till.at)["kept"] > kept)[1])
        assert not till.at.get("/v1/status")["warnings"]
        return f"{after['missed']} sales not held in time, the slowest answer after {slowest:.2f} s; {shop.check()}"


@fault(
    "replica-slow-disk",
    area=AREA,
    what="The only other terminal has a disk that takes half a second to save anything",
    seen="Each sale takes a quarter of a second longer",
    holds="No sale fails or waits longer than was set; each is counted, an installer reads whose disk to look at, and "
    "everything is there in the end",
)
def replica_slow_disk(lab: Lab) -> str:
    need("strace")
    with world(lab, terminals=1) as shop:
        slow = shop.terminal()
        slow.wrap = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync,fsync"]
        slow.wrap += ["-e", "inject=fdatasync,fsync:delay_enter=500000"]
        slow.start()
        till = Till(shop, shop.terminals[0])
        assert eventually(lambda: slow.endpoint["device_id"] in till.at.connected())
        shop.wait_for_menu()
        shop.relay.cut()
        wait(2)
        sales = lab.times(30, 5)
        slowest = max(till.sell() for _ in range(sales))
        told = safekeeping(till.at)
        warned = till.at.get("/v1/status")["warnings"]
        assert told["missed"] >= sales, told
        assert told["missed"] + told["kept"] + told["alone"] == 2 * sales, f"the order and the payment of each: {told}"
        assert [one["label"] for one in told["late"]] == ["T1"], told
        assert any("T1" in text for text in warned), warned
        shop.relay.restore()
        return f"{told['missed']} not held in time, the slowest answer after {slowest:.2f} s; {shop.check()}"


@fault(
    "replica-one-slow-of-three",
    area=AREA,
    what="One of the other terminals is frozen, and another is well",
    seen="Nothing",
    holds="A sale waits for the quickest, never for the slowest: none is counted as missed",
)
def replica_one_slow(lab: Lab) -> str:
    with world(lab, terminals=3) as shop:
        till, frozen = Till(shop, shop.terminals[0]), shop.terminals[2]
        till.at.kill()
        till.at.environment = {"PILOTLIGHT_REPLICA_TIMEOUT_MS": PATIENT_MS}
        shop.again(till.at)
        till = Till(shop, till.at)
        others = {t.endpoint["device_id"] for t in shop.terminals[1:]}
        assert eventually(lambda: others <= till.at.connected())
        shop.relay.cut()
        frozen.signal(signal.SIGSTOP)
        slowest = max(till.sell() for _ in range(10))
        told = safekeeping(till.at)
        frozen.signal(signal.SIGCONT)
        assert (told["missed"], told["alone"]) == (0, 0), told
        shop.relay.restore()
        assert eventually(lambda: others <= till.at.connected())
        return f"20 sales kept, the slowest answer after {slowest:.2f} s; {shop.check()}"


@fault(
    "replica-none",
    area=AREA,
    what="A terminal is the only one of its shop",
    seen="Nothing",
    holds="A sale waits for nobody; it is counted as held by this terminal alone",
)
def replica_none(lab: Lab) -> str:
    with world(lab, terminals=1) as shop:
        till = Till(shop, shop.terminals[0])
        slowest = max(till.sell() for _ in range(10))
        told = safekeeping(till.at)
        assert (told["kept"], told["missed"], told["alone"]) == (0, 0, 20), told
        return f"20 sales, the slowest answer after {slowest:.2f} s; {shop.check()}"
