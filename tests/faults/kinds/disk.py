"""Disks that fail, fill up, turn read-only, or are taken away."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator

from tests.faults.disks import SmallDisk, small_disk
from tests.faults.registry import Cannot, Lab, fault, need
from tests.faults.servers import Machine, eventually, wait
from tests.faults.world import World, world

AREA = "A disk fails or is full"


@contextlib.contextmanager
def failing(machine: Machine, call: str, error: str, *files: str, when: str = "1+") -> Iterator[None]:
    """While inside, this system call on these files of the machine ends with `error`. `when` is strace's: `2+3`."""
    need("strace")
    paths = [word for name in files for word in ("-P", str(machine.folder / name))]
    inject = f"inject={call}:error={error}:when={when}"
    command = ["strace", "-f", "-qq", "-o", os.devnull, *paths, "-e", f"trace={call}", "-e", inject]
    tracer = subprocess.Popen([*command, "-p", str(machine.pid)], stderr=subprocess.PIPE)
    try:
        attached = eventually(lambda: tracer.poll() is not None or traced(machine.pid), 10)
        if tracer.poll() is not None or not attached:
            raise Cannot(f"strace may not trace here: {tracer.communicate()[1].decode()[:200]}")
        yield
    finally:
        tracer.send_signal(signal.SIGINT)
        tracer.wait(20)
        assert tracer.stderr is not None
        tracer.stderr.close()


def traced(pid: int) -> bool:
    """Whether all of its threads are."""
    with contextlib.suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/status") as status:
                if "TracerPid:\t0\n" in status.read():
                    return False
        return True
    return False


@contextlib.contextmanager
def shop_with_a_sick_disk(lab: Lab, megabytes: int = 32) -> Iterator[tuple[World, Machine, SmallDisk]]:
    """Two healthy terminals and one, T2, on a small disk of its own, all with customers."""
    with small_disk(lab.folder / "disk", megabytes) as disk, world(lab, terminals=2) as shop:
        till = shop.terminal(folder=disk.folder / "till")
        till.words_to(lab.folder / "till.log")
        till.environment["PYTHONFAULTHANDLER"] = "1"
        till.start()
        shop.wait_for_menu()
        shop.come(each=1, at=shop.terminals[:2], stay=True)
        shop.come(each=1, at=[till], stay=True)
        shop.served(15)
        yield shop, till, disk


def says(machine: Machine, *words: str) -> str:
    """Waits until its health names the trouble; returns the sentence."""

    def named() -> str:
        status, reasons = machine.health()
        sentence = " ".join(reasons)
        return sentence if status == 503 and any(word in sentence for word in words) else ""

    said: str = eventually(named, 60)
    assert said, f"its health says nothing of {words}: {machine.health()}"
    return said


def others_sell(shop: World, but: Machine) -> None:
    """Those with healthy disks go on."""

    def count() -> int:
        with shop.ledger.lock:
            return sum(a.machine != but.name for a in shop.ledger.answers)

    wanted = count() + 10
    assert eventually(lambda: count() >= wanted, 60), "the others do not sell any more"


# -- errors of single calls -------------------------------------------------------------------------------------------

LOG = ("log.db-wal", "log.db")


def injected(lab: Lab, call: str, error: str, files: tuple[str, ...], when: str, words: tuple[str, ...]) -> str:
    """The log of one terminal fails under load; it says so, nothing is claimed, a restart brings all back."""
    with world(lab) as shop:
        till = shop.terminals[0]
        shop.come(each=1, stay=True)
        shop.served(15)
        with failing(till, call, error, *files, when=when):
            said = says(till, *words)
            others_sell(shop, till)
        needs_restart = not eventually(lambda: till.well(), 5)
        if needs_restart:
            till.kill()
            till.start()
        after = "after a restart" if needs_restart else "by itself"
        return f"health: “{said}”; goes on {after}; {shop.check()}"


def log_fault(
    name: str, call: str, error: str, what: str, words: tuple[str, ...], *, when: str = "1+", quick: bool = False
) -> None:
    restart = error == "EIO"
    fault(
        name,
        area=AREA,
        what=what,
        seen="That terminal takes no orders and says on its health page what is wrong; all others sell on",
        holds="What it had answered is safe. What it could not save was not thanked for, and whoever asks again gets "
        f"one order. It goes on {'once it is started again' if restart else 'by itself as soon as the disk takes it'}",
        size="quick" if quick else "full",
    )(lambda lab: injected(lab, call, error, LOG, when, words))


BROKEN = ("The disk failed to save",)
log_fault(
    "log-fsync-eio",
    "fdatasync",
    "EIO",
    "The disk reports that it could not make an order durable (fsync fails)",
    BROKEN,
)
log_fault("log-write-eio", "pwrite64", "EIO", "The disk fails to write an order", BROKEN, when="3+")
log_fault(
    "log-fsync-eio-once", "fdatasync", "EIO", "The disk fails once, and then says that all is well", BROKEN, when="2"
)
log_fault(
    "log-write-enospc",
    "pwrite64",
    "ENOSPC",
    "The disk has no space for an order, though there seems to be some",
    ("disk is full", "The disk failed to save"),
)

TABLES = ("orders", "payments", "kitchen", "menu", "stock", "membership")


@fault(
    "tables-eio",
    area=AREA,
    what="The disk fails where the tables that screens show are kept",
    seen="That terminal says that it builds its tables anew and answers “try again in a moment”, never half of them",
    holds="No order is decided from tables that are not whole; they follow on, or are made anew from the log, when the "
    "disk works again, without a restart",
    size="quick",
)
def tables_eio(lab: Lab) -> str:
    return tables_fail(lab, "EIO", lab.times(4, 1))


@fault(
    "tables-enospc",
    area=AREA,
    what="There is no space for the tables that screens show",
    seen="As above",
    holds="As above; nothing is thrown away that could still be shown",
)
def tables_enospc(lab: Lab) -> str:
    return tables_fail(lab, "ENOSPC", lab.times(3, 1))


def tables_fail(lab: Lab, error: str, rounds: int) -> str:
    files = tuple(f"read/{name}.db{suffix}" for name in TABLES for suffix in ("", "-wal"))
    said = ""
    with world(lab) as shop:
        till = shop.terminals[0]
        shop.come(each=1, stay=True)
        for _ in range(rounds):
            shop.served(15)
            with failing(till, "pwrite64", error, *files):
                said = says(till, "tables", "built anew")
                others_sell(shop, till)
            assert eventually(lambda: till.well(), 60), till.health()
        return f"{rounds} times: “{said}”, and well again without a restart; {shop.check()}"


# -- whole disks ------------------------------------------------------------------------------------------------------


@fault(
    "disk-full",
    area=AREA,
    what="Somebody else's file fills a terminal's disk to the last byte while orders are taken, and is deleted later",
    seen="That terminal says that its disk is full and takes no orders; all others sell on",
    holds="What it had answered is safe, on it too; it goes on by itself within seconds once there is space",
)
def disk_full(lab: Lab) -> str:
    rounds = lab.times(4, 1)
    said = ""
    with shop_with_a_sick_disk(lab, 64) as (shop, till, disk):
        for _ in range(rounds):
            disk.fill(lab.rand.choice((0, 0, 40_000, 300_000)))
            said = says(till, "disk is full", "Check the disk")
            others_sell(shop, till)
            disk.free()
            assert eventually(lambda: till.well(), 60), till.health()
            shop.served(15)
        return f"{rounds} times full: “{said}”; {shop.check()}"


@fault(
    "disk-full-kill",
    area=AREA,
    what="A terminal dies while its disk is full, and is started again on the full disk",
    seen="It starts and says that the disk is full, or says in one sentence why it can't start",
    holds="What it had answered is safe; with space again it goes on",
)
def disk_full_kill(lab: Lab) -> str:
    rounds = lab.times(4, 1)
    how: list[str] = []
    with shop_with_a_sick_disk(lab, 64) as (shop, till, disk):
        for _ in range(rounds):
            disk.fill(lab.rand.choice((0, 20_000, 200_000)))
            says(till, "disk is full", "Check the disk")
            till.kill()
            how.append(start_or_say_why(till))
            disk.free()
            if not till.runs:
                till.start()
            assert eventually(lambda: till.well(), 60), till.health()
            shop.served(15)
        return f"{'; '.join(sorted(set(how)))}; {shop.check()}"


def start_or_say_why(till: Machine) -> str:
    """Either is right; a traceback is not."""
    before = len(till.words())
    till.spawn(ordinary=True)
    if till.wait_ready():
        return "started"
    assert till.process is not None
    till.process.wait(30)
    said = till.words()[before:].strip()
    lines = [line for line in said.splitlines() if " WARNING " not in line and " ERROR " not in line]
    assert len(lines) == 1, f"not one sentence: {said}"
    assert "Traceback" not in said, said
    return f"“{lines[0]}”"


@fault(
    "disk-full-slowly",
    area=AREA,
    what="A terminal's disk fills up with its own orders until nothing fits",
    seen="As above",
    holds="As above: the last order that was thanked for is there, the first that was not is not claimed",
)
def disk_full_slowly(lab: Lab) -> str:
    with shop_with_a_sick_disk(lab, 16) as (shop, till, disk):
        disk.fill(lab.rand.randint(600_000, 1_200_000))
        shop.come(each=2, at=[till], pause_s=(0.0, 0.01), stay=True)
        said = says(till, "disk is full", "Check the disk")
        wait(2.0)
        disk.free()
        assert eventually(lambda: till.well(), 60), till.health()
        shop.served(15)
        return f"“{said}”; {shop.check()}"


@fault(
    "disk-full-reserve",
    area=AREA,
    what="Somebody else's file fills a terminal's disk after the terminal had put space aside for that day (128 MB, "
    "half a minute after its start, where four times as much is free); it is even started again on the full disk",
    seen="Nothing at the counter: it sells on. The staff's page, `doctor` and head office say that the disk is full, "
    "and how much is left",
    holds="No order is refused while the reserve lasts; once there is space it is put aside again",
)
def disk_full_reserve(lab: Lab) -> str:
    times = lab.times(3, 1)
    size_mb = 256 + 16 * times  # what it sells meanwhile takes room, too
    with small_disk(lab.folder / "disk", size_mb) as disk, world(lab, terminals=2) as shop:
        till = shop.terminal(folder=disk.folder / "till")
        till.folder.mkdir()
        (till.folder / "settings.toml").write_text("reserve_mb = 32\n")
        till.words_to(lab.folder / "till.log")
        till.start()
        shop.wait_for_menu()
        reserve = till.folder / "reserve"
        assert eventually(lambda: reserve.exists() and reserve.stat().st_size == 32 << 20, 60), "nothing is put aside"
        shop.come(each=1, stay=True)
        for _ in range(times):
            disk.fill()
            said = warns(till, "The disk is full")
            sells(shop, till)
            till.kill()
            till.start()
            assert warns(till, "The disk is full")
            sells(shop, till)
            assert till.well(), till.health()
            disk.free()
            assert eventually(lambda: not warnings(till) and reserve.stat().st_size == 32 << 20, 90), warnings(till)
        return f"“{said}”, and it sold on; put aside again afterwards; {shop.check()}"


def warnings(machine: Machine) -> list[str]:
    told: list[str] = machine.get("/v1/status")["warnings"]
    return told


def warns(machine: Machine, words: str) -> str:
    """Waits until it warns of it, well as it is; returns the sentence."""

    def named() -> str:
        return next((text for text in warnings(machine) if words in text), "")

    said: str = eventually(named, 60)
    assert said, f"it does not warn of “{words}”: {warnings(machine)}, {machine.health()}"
    return said


def sells(shop: World, till: Machine) -> None:
    """This very terminal does."""

    def count() -> int:
        with shop.ledger.lock:
            return sum(a.machine == till.name for a in shop.ledger.answers)

    wanted = count() + 10
    assert eventually(lambda: count() >= wanted, 60), f"it does not sell: {till.health()}"


@fault(
    "disk-read-only",
    area=AREA,
    what="A terminal's disk turns read-only (what Linux does with a disk that it no longer trusts)",
    seen="That terminal shows what it has, takes no orders and says why; all others sell on",
    holds="What it had answered is safe; after the disk is repaired and the terminal started again it goes on",
)
def disk_read_only(lab: Lab) -> str:
    with shop_with_a_sick_disk(lab) as (shop, till, disk):
        disk.turn_read_only()
        said = says(till, "disk", "Check")
        others_sell(shop, till)
        till.kill()
        refusal = till.refuses()
        disk.repair()
        till.start()
        shop.served(15)
        return f"health: “{said}”; at start: “{refusal}”; {shop.check()}"


# -- the folder -------------------------------------------------------------------------------------------------------


@fault(
    "folder-gone",
    area=AREA,
    what="Somebody deletes a running terminal's data folder",
    seen="That terminal stops taking orders, or goes on until it is started again; all others sell on",
    holds="What any neighbour or head office holds is safe: nearly always all of it, as an order is thanked for when a "
    "neighbour holds it. Started again it is a new terminal of the shop that gets everything from the others",
)
def folder_gone(lab: Lab) -> str:
    with world(lab) as shop:
        till = shop.terminals[0]
        shop.come(each=1, stay=True)
        shop.served(30)
        for customer in shop.customers:
            if customer.at is till:
                customer.gone.set()
                customer.enough.set()
        wait(2.0)  # a neighbour holds it
        shutil.rmtree(till.folder, ignore_errors=True)
        others_sell(shop, till)
        wait(1.0)
        till.kill()
        shutil.rmtree(till.folder, ignore_errors=True)
        till.start()
        return shop.check()


@fault(
    "folder-forbidden",
    area=AREA,
    what="A terminal's data folder belongs to somebody else after a clumsy repair, or may not be written",
    seen="The terminal says in one sentence at start what is wrong and what to do",
    holds="Nothing is changed; with the rights given back it goes on with everything",
)
def folder_forbidden(lab: Lab) -> str:
    need("setpriv")
    with world(lab, terminals=2) as shop:
        till = shop.terminals[1]
        shop.come(each=1, stay=True)
        shop.served(10)
        till.kill()
        nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        said = []
        for folder in (lab.folder, lab.folder.parent, *lab.folder.parents):
            with contextlib.suppress(OSError):
                folder.chmod(folder.stat().st_mode | 0o055)
        for spoil in (forbid_all, forbid_log, forbid_tables):
            till.wrap = nobody
            hand_over(till, 65534)
            undo = spoil(till)
            if not readable_by_nobody():
                raise Cannot("the program itself can't be read by another user here")
            said.append(till.refuses())
            undo()
        till.wrap = []
        hand_over(till, os.getuid())
        till.start()
        return f"{'; '.join(f'“{s}”' for s in said)}; {shop.check()}"


def readable_by_nobody() -> bool:
    command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", sys.executable, "-c", "import app.cli"]
    return subprocess.run(command, capture_output=True).returncode == 0


def hand_over(till: Machine, uid: int) -> None:
    for path in [till.folder, *till.folder.rglob("*")]:
        os.chown(path, uid, uid)


def forbid_all(till: Machine) -> Callable[[], None]:
    till.folder.chmod(0o500)
    (till.folder / "lock").chmod(0o400)

    def undo() -> None:
        till.folder.chmod(0o700)
        (till.folder / "lock").chmod(0o600)

    return undo


def forbid_log(till: Machine) -> Callable[[], None]:
    path = till.folder / "log.db"
    os.chown(path, 0, 0)
    path.chmod(0o400)
    return lambda: path.chmod(0o600)


def forbid_tables(till: Machine) -> Callable[[], None]:
    os.chown(till.folder / "log.db", 65534, 65534)
    path = till.folder / "read" / "orders.db"
    os.chown(path, 0, 0)
    path.chmod(0o000)
    return lambda: path.chmod(0o600)


# -- what the system does not give ------------------------------------------------------------------------------------


@fault(
    "few-open-files",
    area=AREA,
    what="The system lets a terminal open hardly any files (ulimit -n)",
    seen="It says in one sentence at start that these are too few, and how to give it more",
    holds="Never half a start. With just enough, clients that take all connections make others wait; nothing is lost",
)
def few_open_files(lab: Lab) -> str:
    need("prlimit")
    with world(lab, terminals=2) as shop:
        till = shop.terminals[1]
        till.kill()
        told = []
        for limit in (16, 40, 100):
            till.wrap = ["prlimit", f"--nofile={limit}:{limit}"]
            told.append(f"“{till.refuses()}”")
        till.wrap = ["prlimit", "--nofile=128:128"]
        till.start()
        shop.come(each=1, stay=True)
        shop.served(10)
        host, _, port = till.endpoint["api"].removeprefix("http://").partition(":")
        with contextlib.ExitStack() as held:
            for _ in range(120):
                with contextlib.suppress(OSError):
                    held.enter_context(socket.create_connection((host, int(port)), timeout=1))
            others_sell(shop, till)
            wait(2.0)
        assert eventually(lambda: till.well(), 60), till.last_words()
        shop.served(10)
        return f"{'; '.join(told)}; {shop.check()}"


@fault(
    "little-memory",
    area=AREA,
    what="The system gives a terminal too little memory, or takes it away (the kernel kills it)",
    seen="As when the server dies: it is started again",
    holds="Each answered order is there once",
)
def little_memory(lab: Lab) -> str:
    need("prlimit")
    with world(lab, terminals=2) as shop:
        till = shop.terminals[1]
        till.starved = True
        shop.come(each=1, stay=True)
        shop.served(10)
        for _ in range(lab.times(6, 1)):
            subprocess.run(["prlimit", f"--as={lab.rand.randint(1, 60) << 20}", "-p", str(till.pid)], check=True)
            wait(lab.rand.uniform(0.2, 1.5))  # whatever it allocates now may fail
            till.kill()
            till.start()
            shop.served(5)
        return shop.check()
