"""The power goes: the process dies and everything that was not synced is gone."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

from tests.faults import checks, recorder
from tests.faults.customer import MENU
from tests.faults.disks import small_disk
from tests.faults.ledger import Acknowledged, Ledger
from tests.faults.registry import Cannot, Lab, fault, need
from tests.faults.servers import Machine, wait
from tests.faults.world import World, world

AREA = "The power goes"
ASKED_AGAIN = 8
"""The newest answers, which a client asks for again after the cut."""


def recorded(machine: Machine, trace: Path) -> None:
    """From its next start on the machine's writes are taken down."""
    need("strace")
    tried = subprocess.run(["strace", "-qq", "--seccomp-bpf", "-f", "true"], capture_output=True, text=True)
    if tried.returncode != 0:
        raise Cannot(f"strace may not trace here: {tried.stderr.strip()[:200]}")
    trace.unlink(missing_ok=True)
    machine.wrap = recorder.wrap(trace)


def stopped_copy(machine: Machine, to: Path) -> Path:
    """What is on its disk for certain: it is at rest, and ended in order."""
    assert not machine.runs
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(machine.folder, to)
    return to


def answers_hold(machine: Machine, ledger: Ledger, until: float) -> None:
    """A server on what a power cut left: all that it had answered stands, and it answers the same when asked again."""
    before = Ledger(answers=[a for a in ledger.answers if a.at <= until])
    begun = Ledger(answers=ledger.answers, elsewhere=set())
    placed = before.placed()
    book = machine.orders()
    lost = sorted(set(placed) - set(book))
    assert not lost, f"{len(lost)} acknowledged orders are lost: {lost[:5]}"
    for order_id, told in placed.items():
        checks.same_content(machine.name, book[order_id], told)
    for told in before.of("payments.capture"):
        checks.paid_once(machine.name, book[told.body["order_id"]], told)
    asked = set(begun.placed()) | {o for _, body in ledger.unanswered.values() if (o := body.get("order_id"))}
    assert len(set(book) - asked) <= len(ledger.unanswered), "orders that nobody asked for"
    for told in before.answers[-ASKED_AGAIN:]:
        same_answer(machine, told)
    machine.verify()
    assert machine.health() == (200, [])


def same_answer(machine: Machine, told: Acknowledged) -> None:
    answer = machine.post(told.command, told.body)
    assert answer.status_code == 200, f"{told.command} was acknowledged, now: {answer.text}"
    assert essence(answer.json()) == essence(told.answer), f"{told.command} was answered otherwise: {answer.json()}"


def essence(answer: dict[str, Any]) -> dict[str, Any]:
    """Without the cursors: they are of the log that answers, and a disk made anew elsewhere begins one of its own."""
    return {**answer, "events": [{k: v for k, v in e.items() if k != "cursor"} for e in answer["events"]]}


@contextlib.contextmanager
def lone_terminal(lab: Lab, folder: Path) -> Iterator[World]:
    """One terminal without neighbours, that has its menu of its own."""
    from app.relay import Relay

    with Relay.in_thread() as relay:
        shop = World(lab.folder, lab.seed, relay)
        machine = Machine("T0", folder, "--store", "corner", "--label", "T0", "--no-mdns", "--card-delay-ms", "5")
        shop.terminals.append(machine)
        try:
            yield shop
        finally:
            for customer in shop.customers:
                customer.gone.set()
                customer.enough.set()
            machine.kill()


@fault(
    "power-cut-worst",
    area=AREA,
    what="The power goes while orders are being taken, and the disk keeps only what it had promised to keep: of all "
    "later writes any sectors, in any order, torn",
    seen="A dark screen; after the restart the shop is as it was",
    holds="Each answered order and payment is there once, by the one disk alone, without any neighbour; a client that "
    "asks again gets the same answer",
    size="quick",
)
def power_cut_worst(lab: Lab) -> str:
    """One recording, many moments at which the power could have gone."""
    cuts = lab.times(120, 5)
    with lone_terminal(lab, lab.folder / "till") as shop:
        till = shop.terminals[0]
        till.start()
        till.command("menu.publish", menu=MENU)
        assert till.stop() == 0
        before = stopped_copy(till, lab.folder / "before")
        trace = lab.folder / "trace"
        recorded(till, trace)
        till.start()
        shop.come(each=3)
        shop.served(300 if lab.full else 40)
        till.kill()
        ended = time.time()
        for customer in shop.customers:
            customer.gone.set()
        shop.go()
        till.wrap = []
        after = lab.folder / "after"
        shutil.copytree(till.folder, after)
        writes = recorder.calls(trace, till.folder)
        syncs = [c for c in writes if c.kind == "sync" and c.path.endswith("log.db-wal")]
        assert len(syncs) >= 10, f"the recording has {len(syncs)} syncs of the log"
        seen: dict[str, int] = {}
        for n in range(cuts):
            answers = list(shop.ledger.answers)
            told = lab.rand.choice(answers)
            when = lab.rand.choice((told.at, told.at + lab.rand.uniform(0, 0.01), lab.rand.choice(syncs).start, ended))
            cut = lab.rand.choice(recorder.CUTS)
            seen[cut] = seen.get(cut, 0) + 1
            left = recorder.after_the_cut(before, writes, after, till.folder, when, cut, lab.rand)
            recorder.pour(left, till.folder)
            shutil.rmtree(left)
            till.name = f"cut {n} ({cut})"
            till.start()
            answers_hold(till, shop.ledger, when)
            till.kill()
        kinds = ", ".join(f"{count} {cut}" for cut, count in sorted(seen.items()))
        return f"{cuts} cuts ({kinds}) through {len(writes)} writes and syncs; {shop.ledger.summary()}"


@fault(
    "power-cut-shop",
    area=AREA,
    what="The power of one terminal goes, again and again, in a shop that goes on; its disk keeps only what it had "
    "promised",
    seen="One dark screen",
    holds="What its neighbours and head office got from it, it still has itself: it never uses a number twice, and "
    "nothing that it said is taken back",
)
def power_cut_shop(lab: Lab) -> str:
    rounds = lab.times(12, 2)
    with world(lab) as shop:
        till = shop.terminals[0]
        assert till.stop() == 0
        trace = lab.folder / "trace"
        seen: dict[str, int] = {}
        shop.come(each=1, at=shop.terminals[1:], stay=True)
        before = stopped_copy(till, lab.folder / "before")
        shop.come(each=2, at=[till], stay=True)
        for _ in range(rounds):
            recorded(till, trace)
            till.start()
            shop.served(lab.rand.randint(15, 40))
            wait(lab.rand.uniform(0, 0.05))
            till.kill()
            cut = lab.rand.choice(recorder.CUTS)
            seen[cut] = seen.get(cut, 0) + 1
            writes = recorder.calls(trace, till.folder)
            left = recorder.after_the_cut(before, writes, till.folder, till.folder, time.time(), cut, lab.rand)
            recorder.pour(left, till.folder)
            shutil.rmtree(left)
            before = stopped_copy(till, lab.folder / "before")
        till.wrap = []
        till.start()
        said = shop.check()
        no_forks(shop)
        return f"{rounds} cuts ({seen}); {said}"


def no_forks(shop: World) -> None:
    for machine in shop.machines:
        page = machine.get("/v1/events?topics=health&limit=1000")
        alarms = [e["data"] for e in page["events"] if e["type"].startswith("health.alarm")]
        forks = [a for a in alarms if a.get("code") == "fork"]
        assert not forks, f"{machine.name}: {forks[:2]}"


@fault(
    "power-cut-ext4",
    area=AREA,
    what="The power of one terminal goes: a real ext4 disk loses all that had not reached it, again and again, from "
    "the very first start on",
    seen="One dark screen; after the restart it goes on",
    holds="Each answered order and payment is there once, on that terminal alone and on all others",
)
def power_cut_ext4(lab: Lab) -> str:
    rounds = lab.times(30, 3)
    with small_disk(lab.folder / "disk", 64) as disk, world(lab, terminals=2) as shop:
        till = shop.terminal(folder=disk.folder / "till")
        till.words_to(lab.folder / "till.log")
        till.start()
        assert checks.eventually(lambda: till.get("/v1/menu"))
        shop.come(each=1, at=shop.terminals[:2], stay=True)
        shop.come(each=2, at=[till], stay=True)
        for _ in range(rounds):
            with contextlib.suppress(httpx.HTTPError):
                shop.served(lab.rand.randint(5, 30))
            wait(lab.rand.uniform(0, 0.05))
            disk.cut_power()
            till.kill()
            disk.power_again()
            till.start()
        said = shop.check()
        no_forks(shop)
        return f"{rounds} cuts; {said}"
