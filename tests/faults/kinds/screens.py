"""A screen and its server are two processes: either may die, and whoever stands before the screen keeps the basket."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.supervisor import alive, read_endpoint
from tests.faults.disks import small_disk
from tests.faults.registry import Lab, fault
from tests.faults.servers import Machine, eventually, wait
from tests.faults.world import World, world

AREA = "A screen or its server dies"
BACK_S = 60.0
"""A slow, busy machine gets so long; on a terminal it is a second or two."""

PATIENCE_S = 240.0
HEADLESS = {"QT_QPA_PLATFORM": "offscreen", "QT_QUICK_BACKEND": "software"}


class Kiosk(Machine):
    """A kiosk as a customer sees it: a screen, on which a finger orders, and the server that it keeps running."""

    def __init__(self, shop: World, folder: Path | None = None) -> None:
        like = shop.terminals[0].arguments[3:-1]  # store, office and so on
        super().__init__("kiosk", folder or shop.folder / "kiosk", *like, command="kiosk")
        self.arguments[-1:] = ["--windowed", "--size", "540x960", "--peer", peer(shop.terminals[0])]
        self.shop = shop
        self.traces: list[Path] = []
        self.screen: subprocess.Popen[bytes] | None = None

    def show(self, orders: int) -> None:
        """Starts the screen; a customer orders so many times."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.traces.append(self.words_file.with_name(f"trace-{len(self.traces)}.jsonl"))
        with self.words_file.open("ab") as err:
            self.screen = subprocess.Popen(
                [
                    *(sys.executable, "-m", "app.cli"),
                    *self.arguments,
                    *("--trace", str(self.traces[-1]), "--drive", f"orders:{orders}"),
                    *("--shots", str(self.words_file.with_name("shots"))),
                ],
                stdin=subprocess.DEVNULL,
                stdout=err,
                stderr=err,
                env={**os.environ, **HEADLESS},
            )

    def server(self, after: int = 0) -> int:
        """The process id of its server, when it is there and is not the one `after` which it comes."""

        def found() -> dict[str, Any] | None:
            told = read_endpoint(self.folder)
            return told if told and int(told["pid"]) != after and alive(int(told["pid"])) else None

        told = eventually(found, BACK_S)
        assert told, f"the screen's server does not come back: {self.last_words()}"
        self.endpoint = told
        return int(told["pid"])

    def kill_server(self) -> int:
        """Returns the process id of the dead."""
        pid = self.server()
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        return pid

    def placed(self) -> list[str]:
        """Ids of the orders whose number a customer saw."""
        found = []
        for trace in self.traces:
            lines = trace.read_bytes().split(b"\n")[:-1] if trace.exists() else []
            rows = [json.loads(line) for line in lines]
            found += [row["order_id"] for row in rows if row.get("what") == "placed"]
        return found

    def close(self) -> None:
        """Nothing of it runs on."""
        if self.screen is not None and self.screen.poll() is None:
            self.screen.kill()
            self.screen.wait()
        told = read_endpoint(self.folder)
        if told:
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(told["pid"]), signal.SIGKILL)


def peer(machine: Machine) -> str:
    return f"127.0.0.1:{machine.endpoint['sync_port']}"


@contextlib.contextmanager
def kiosk_in_a_shop(lab: Lab, folder: Path | None = None) -> Iterator[tuple[World, Kiosk]]:
    with world(lab, terminals=1) as shop:
        kiosk = Kiosk(shop, folder)
        try:
            yield shop, kiosk
        finally:
            kiosk.close()


def all_there(shop: World, kiosk: Kiosk, wanted: int) -> str:
    """Every order whose number was seen is there once, paid, on each machine; nothing else is owed or paid for."""
    seen = kiosk.placed()
    assert len(seen) == len(set(seen)) >= wanted, f"{len(seen)} orders were confirmed, not {wanted}"
    kiosk.server()
    machines = [*shop.machines, kiosk]

    def agree() -> bool:
        books = [m.orders() for m in machines]
        return all(book == books[0] for book in books) and set(seen) <= set(books[0])

    assert eventually(agree, BACK_S), [sorted(set(seen) ^ set(m.orders())) for m in machines]
    for order in shop.office.orders().values():
        if order["order_id"] in seen:
            assert order["paid_minor"] == order["total_minor"] > 0, order
        else:  # somebody pressed, and gave up before a number was shown
            assert order["paid_minor"] == 0, order
    for machine in machines:
        machine.verify()
    assert "Traceback" not in kiosk.words(), kiosk.last_words()
    return f"{len(seen)} orders confirmed on the screen, each there once, paid, on {len(machines)} machines"


@fault(
    "kiosk-server-killed",
    area=AREA,
    what="A kiosk's server dies again and again while customers order and pay on its screen",
    seen="Nothing for up to two seconds, then “one moment”; the basket stays, the order goes through by itself",
    holds="The screen starts the server again; each order whose number was shown is there once, and paid once",
)
def kiosk_server_killed(lab: Lab) -> str:
    orders, kills = lab.times(12, 4), 0
    with kiosk_in_a_shop(lab) as (shop, kiosk):
        kiosk.show(orders)
        until = time.monotonic() + PATIENCE_S
        while len(kiosk.placed()) < orders and time.monotonic() < until:
            kiosk.server(after=kiosk.kill_server())
            kills += 1
            wait(lab.rand.choice((0.5, 3.0, 8.0)) * lab.rand.random())
        return f"{kills} kills; {all_there(shop, kiosk, orders)}"


@fault(
    "kiosk-server-frozen",
    area=AREA,
    what="A kiosk's server hangs while customers order and pay on its screen: its process lives, and answers nothing",
    seen="“One moment”, and after fifteen seconds “Try again”; within twenty the order goes through. The basket stays",
    holds="The screen's watcher ends it and starts another; each order whose number was shown is there once, paid once",
)
def kiosk_server_frozen(lab: Lab) -> str:
    times = lab.times(4, 1)
    with kiosk_in_a_shop(lab) as (shop, kiosk):
        kiosk.show(50)
        for _ in range(times):
            before = len(kiosk.placed())
            assert eventually(lambda b=before: len(kiosk.placed()) > b, PATIENCE_S), kiosk.last_words()
            wait(lab.rand.uniform(0.0, 2.0))
            pid = kiosk.server()
            os.kill(pid, signal.SIGSTOP)
            kiosk.server(after=pid)
            before = len(kiosk.placed())
            assert eventually(lambda b=before: len(kiosk.placed()) > b, PATIENCE_S), kiosk.last_words()
        assert kiosk.screen is not None
        kiosk.screen.kill()
        kiosk.screen.wait()
        return f"{times} times frozen; {all_there(shop, kiosk, 2 * times)}"


@fault(
    "kiosk-screen-killed",
    area=AREA,
    what="A kiosk's screen dies while customers order, and is started again",
    seen="The same page after a few seconds, with the basket of that moment",
    holds="Its server never stopped; each order whose number was shown is there once, and paid once",
)
def kiosk_screen_killed(lab: Lab) -> str:
    rounds = lab.times(5, 2)
    with kiosk_in_a_shop(lab) as (shop, kiosk):
        for _ in range(rounds):
            before = len(kiosk.placed())
            kiosk.show(50)
            pid = kiosk.server()
            assert eventually(lambda b=before: len(kiosk.placed()) > b, PATIENCE_S), kiosk.last_words()
            wait(lab.rand.uniform(0.0, 2.0))
            assert kiosk.screen is not None
            kiosk.screen.kill()
            kiosk.screen.wait()
            assert kiosk.server() == pid, "the server did not outlive its screen"
        return f"{rounds} screens; {all_there(shop, kiosk, rounds)}"


@fault(
    "server-crash-loop",
    area=AREA,
    what="A terminal's server dies as soon as it is started, again and again (a crash loop)",
    seen="“One moment” on that screen; the others sell on",
    holds="It is started again after 0.2 s, then after longer pauses up to 5 s, for as long as it takes; as soon as it "
    "stays up the screen goes on by itself",
)
def crash_loop(lab: Lab) -> str:
    with kiosk_in_a_shop(lab) as (shop, kiosk):
        kiosk.show(2)
        kills = 0
        pids: set[int] = set()
        until = time.monotonic() + (20 if lab.full else 6)
        while time.monotonic() < until:
            pid = kiosk.server()
            if pid not in pids:
                pids.add(pid)
                kills += 1
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            wait(0.1)
        assert eventually(lambda: len(kiosk.placed()) >= 2, PATIENCE_S), kiosk.last_words()
        return f"{kills} servers died young; {all_there(shop, kiosk, 2)}"


@fault(
    "kiosk-disk-full",
    area=AREA,
    what="A kiosk's disk fills up while customers order; the power goes, and all of it starts on the full disk",
    seen="“Please order at the counter” or “one moment” on that screen; the others sell on",
    holds="As soon as there is space it goes on by itself; each order whose number was shown is there once, paid once",
)
def kiosk_disk_full(lab: Lab) -> str:
    rounds = lab.times(3, 1)
    with small_disk(lab.folder / "disk", 64) as disk, kiosk_in_a_shop(lab, disk.folder / "kiosk") as (shop, kiosk):
        kiosk.words_to(lab.folder / "kiosk.log")
        for _ in range(rounds):
            before = len(kiosk.placed())
            kiosk.show(50)
            assert eventually(lambda b=before: len(kiosk.placed()) > b, PATIENCE_S), kiosk.last_words()
            disk.fill(lab.rand.choice((0, 0, 20_000, 200_000)))
            wait(lab.rand.uniform(0.5, 6.0))
            assert kiosk.screen is not None
            assert kiosk.screen.poll() is None, kiosk.last_words()
            kiosk.screen.kill()
            kiosk.screen.wait()
            kiosk.kill_server()
            before = len(kiosk.placed())
            kiosk.show(50)
            wait(lab.rand.uniform(5.0, 15.0))
            assert kiosk.screen.poll() is None, kiosk.last_words()
            disk.free()
            assert eventually(lambda b=before: len(kiosk.placed()) > b, PATIENCE_S), kiosk.last_words()
            kiosk.screen.kill()
            kiosk.screen.wait()
        return f"{rounds} times full; {all_there(shop, kiosk, 2 * rounds)}"
