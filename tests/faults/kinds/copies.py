"""Folders that are copied, and backups that come back, beside terminals that go on."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
import threading
import uuid
from pathlib import Path

import httpx

from tests.faults import checks
from tests.faults.registry import Lab, fault
from tests.faults.servers import Machine, eventually
from tests.faults.world import World, world

AREA = "A disk is copied, or comes back from a backup"
SLOW_CARD_MS = "60000"
"""Nobody answers before the terminal dies."""


def pilotlight(*arguments: object) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "app.cli", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def beside(shop: World, folder: Path, label: str) -> Machine:
    """One more terminal on a folder that is there already."""
    machine = shop.terminal("--label", label, folder=folder)
    machine.name = label
    machine.start()
    return machine


def dies_while_paying(shop: World, till: Machine) -> str:
    """A terminal that has asked its card terminal and not heard the answer; the id of the order."""
    at = till.arguments.index("--card-delay-ms") + 1
    usual, till.arguments[at] = till.arguments[at], SLOW_CARD_MS
    assert till.stop() == 0
    till.start()
    order_id = till.place("tea")
    shop.ledger.elsewhere.add(order_id)
    body = {"command_id": str(uuid.uuid4()), "order_id": order_id, "tender": "card"}

    def pay() -> None:
        with contextlib.suppress(httpx.HTTPError):
            till.post("payments.capture", body)

    threading.Thread(target=pay, daemon=True).start()

    def asked() -> bool:
        return any(e["subject"] == order_id for e in till.get("/v1/events?topics=payments&limit=500")["events"])

    assert eventually(asked), "the card terminal is not asked"
    checks.in_step(shop.machines)
    till.kill()
    till.arguments[at] = usual
    return order_id


def gave_up(till: Machine, order_id: str) -> bool:
    """Whether it was told that no money was taken."""
    told = till.get("/v1/events?topics=payments&limit=500")["events"]
    return any(e["subject"] == order_id and "failed" in e["type"] for e in told)


@fault(
    "clone-beside",
    area=AREA,
    what="A terminal dies while a card is being charged; its folder is copied, and the terminal and the copy are "
    "started both, and sell at once",
    seen="Two terminals in the list; the order whose payment was open can be paid as soon as the terminal has asked "
    "after it",
    holds="The copy knows that it is one: it is a device of its own, with its own log and numbers. The open payment is "
    "asked after by the terminal that began it and by nobody else, since only its own card terminal knows",
)
def clone_beside(lab: Lab) -> str:
    said = ""
    rounds = lab.times(5, 1)
    for n in range(rounds):
        with world(lab, name=f"shop-{n}") as shop:
            till = shop.terminals[0]
            shop.come(each=1, stay=True)
            shop.served(20)
            shop.go()
            order_id = dies_while_paying(shop, till)
            shutil.copytree(till.folder, shop.folder / "copy")
            copy_first = lab.rand.random() < 0.5
            if not copy_first:
                shop.again(till)
            copy = beside(shop, shop.folder / "copy", "copy")
            if copy_first:
                shop.again(till)
            shop.come(each=1, stay=True)
            shop.served(30)
            devices = {m.endpoint["device_id"] for m in shop.terminals}
            assert len(devices) == len(shop.terminals), "two of them are the same device"

            assert eventually(lambda: gave_up(till, order_id)), "nobody asked what became of the payment"  # noqa: B023
            assert eventually(lambda: gave_up(copy, order_id)), "the copy never hears of it"  # noqa: B023
            copy.command("payments.capture", order_id=order_id, tender="cash")
            said = shop.check()
            assert copy.get(f"/v1/orders/{order_id}")["paid_minor"] == 250
    return f"{rounds} times; {said}"


@fault(
    "copies-of-a-copy",
    area=AREA,
    what="One disk is copied to all terminals of a shop (an installer's image), and all are started",
    seen="As many terminals in the list as there are",
    holds="Each is a device of its own; no number is called twice, nothing is lost or doubled",
)
def copies_of_a_copy(lab: Lab) -> str:
    with world(lab, terminals=1) as shop:
        till = shop.terminals[0]
        shop.come(each=1, stay=True)
        shop.served(10)
        shop.go()
        assert till.stop() == 0
        folders = [shop.folder / f"copy-{n}" for n in range(lab.times(5, 3))]
        for folder in folders:
            shutil.copytree(till.folder, folder)
        till.start()
        copies = [beside(shop, folder, folder.name) for folder in folders]
        shop.come(each=1, stay=True)
        shop.served(40)
        assert len({m.endpoint["device_id"] for m in shop.terminals}) == 1 + len(copies)
        return f"{len(copies)} copies; {shop.check()}"


@fault(
    "restore-beside",
    area=AREA,
    what="A terminal's disk is destroyed, and an old backup of it is restored (`pilotlight backup`, `restore`) while "
    "the others sell; customers order at it before it has heard of anything",
    seen="The terminal takes orders after a few seconds, and shows all orders again",
    holds="What it had said since the backup comes back from the others; it begins a log and numbers of its own, so no "
    "number is called twice",
)
def restore_beside(lab: Lab) -> str:
    rounds, said = lab.times(5, 1), ""
    with world(lab) as shop:
        for n in range(rounds):
            till = shop.terminals[lab.rand.randrange(len(shop.terminals))]
            shop.come(each=1, stay=True)
            shop.served(20)
            file = shop.folder / f"{n}.backup"
            pilotlight("backup", file, "--data", till.folder)
            shop.served(30)
            shop.go()
            checks.in_step(shop.machines)
            till.kill()
            shutil.rmtree(till.folder)
            others = [m for m in shop.terminals if m is not till]
            shop.come(each=1, at=others, stay=True)
            pilotlight("restore", file, "--data", till.folder)
            till.start()
            shop.come(each=2, at=[till], stay=True)
            shop.served(20)
            said = shop.check()
    return f"{rounds} times; {said}"
