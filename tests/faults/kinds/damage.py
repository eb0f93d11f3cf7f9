"""Files that are not as they were written: flipped bits, torn ends, garbage, things missing."""

from __future__ import annotations

import importlib.util
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tests.faults import checks
from tests.faults.kinds.disk import start_or_say_why
from tests.faults.pages import flip, flip_in, pages
from tests.faults.registry import Cannot, Lab, fault
from tests.faults.servers import Machine, wait
from tests.faults.world import World, world

LOG_AREA = "The log of a terminal is damaged"
FILES_AREA = "Other files of a terminal are damaged or lost"

FOUND = (
    "It is found at start, or by the check in the background, and named in one sentence; a neighbour never takes it "
    "over. The terminal puts the damaged log aside, begins a new one, gets everything from the others, and says again "
    "what only it held and what still proves itself"
)


def healing() -> None:
    if importlib.util.find_spec("server.log.salvage") is None:
        raise Cannot("this version does not mend a damaged log by itself")


def at_rest(shop: World, till: Machine) -> None:
    """Everybody has been answered and holds the same; the terminal has ended in order."""
    shop.go()
    checks.in_step(shop.machines)
    assert till.stop() == 0


def found_and_mended(till: Machine) -> str:
    """Starts a terminal whose log was damaged, mends by hand what it did not find itself, and says how it went."""
    if not start_or_say_why(till).startswith("started"):
        raise AssertionError(f"it did not mend itself: {till.last_words()}")
    report = look(till)
    if report.returncode == 0:
        return "mended at start, or nothing that counts"
    said = report.stderr.strip()
    assert "Traceback" not in said
    assert len(said.splitlines()) == 1, said
    assert till.stop() == 0
    mended = look(till).returncode == 0  # by itself, while it was looked at
    if not mended:
        salvaged = pilotlight("log", "salvage", "--data", str(till.folder))
        assert salvaged.returncode == 0, salvaged.stdout + salvaged.stderr
    till.start()
    return "mended by its own check" if mended else "found by the check"


def pilotlight(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "app.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def look(till: Machine) -> subprocess.CompletedProcess[str]:
    return pilotlight("log", "verify", "--data", str(till.folder))


def damaged(lab: Lab, ways: list[tuple[str, Callable[[Machine], object]]], *, killed: bool = False) -> str:
    """Damages one terminal's log in each of these ways, one after the other, in a shop that sells in between."""
    healing()
    ends: Counter[str] = Counter()
    said = ""
    with world(lab) as shop:
        till = shop.terminals[0]
        for name, spoil in ways:
            shop.come(each=1, stay=True)
            shop.served(20)
            at_rest(shop, till)
            if killed:  # what was written last stays in the write-ahead log
                till.start()
                shop.come(each=1, at=[till], stay=True)
                shop.served(15)
                shop.go()
                wait(0.5)
                till.kill()
            where = spoil(till)
            lab.say(f"{name}: {where or ''}")
            ends[found_and_mended(till)] += 1
            said = shop.check()
        return f"{', '.join(f'{n} {how}' for how, n in ends.items())}; {said}"


def in_log(kind: str, lab: Lab) -> Callable[[Machine], str]:
    return lambda till: flip_in(till.folder / "log.db", kind, lab.rand)


TREES = ("events leaf", "sqlite_autoindex_events_1 index leaf", "streams leaf", "headers index leaf", "meta index leaf")


@fault(
    "log-bit-flip",
    area=LOG_AREA,
    what="A bit flips in a terminal's log, in any kind of page: an order, an index, the table of streams, a page's own "
    "head, the file's head",
    seen="Nothing, or the terminal starts again once",
    holds=FOUND,
)
def log_bit_flip(lab: Lab) -> str:
    def any_kind(till: Machine) -> str:
        path = till.folder / "log.db"
        kinds = sorted({page.kind for page in pages(path)})
        return flip_in(path, lab.rand.choice(kinds), lab.rand)

    return damaged(lab, [(f"flip {n}", any_kind) for n in range(lab.times(40, 2))])


def written(wal: Path) -> int:
    """Bytes of it up to the last that is not a zero: behind them is room that was made beforehand."""
    return len(wal.read_bytes().rstrip(b"\0"))


@fault(
    "wal-bit-flip",
    area=LOG_AREA,
    what="A bit flips in the newest part of a terminal's log (the write-ahead log) while it is off",
    seen="Nothing",
    holds="What came after the flipped bit comes back from the neighbours that held it before it was thanked for; no "
    "order number is given twice",
)
def wal_bit_flip(lab: Lab) -> str:
    def spoil(till: Machine) -> str:
        path = till.folder / "log.db-wal"
        size = written(path)
        at = lab.rand.randrange(size)
        flip(path, at, lab.rand.randrange(8))
        return f"byte {at} of {size}"

    return damaged(lab, [("flip", spoil)] * lab.times(8, 1), killed=True)


@fault(
    "wal-torn",
    area=LOG_AREA,
    what="The newest part of a terminal's log is cut off or gone, though the disk had promised to keep it",
    seen="Nothing",
    holds="As above: the neighbours give it back",
)
def wal_torn(lab: Lab) -> str:
    def tear(till: Machine) -> str:
        path = till.folder / "log.db-wal"
        size = lab.rand.randrange(written(path))
        with path.open("r+b") as file:
            file.truncate(size)
        return f"at {size}"

    def lose(till: Machine) -> None:
        (till.folder / "log.db-wal").unlink()

    return damaged(lab, [*[("torn", tear)] * lab.times(5, 1), ("gone", lose)], killed=True)


@fault(
    "log-truncated",
    area=LOG_AREA,
    what="A terminal's log is cut off in the middle, is empty, is garbage, or is gone",
    seen="The terminal starts, and has everything again after a moment",
    holds=FOUND,
)
def log_truncated(lab: Lab) -> str:
    def cut(till: Machine) -> str:
        path = till.folder / "log.db"
        size = lab.rand.randrange(100, path.stat().st_size)
        with path.open("r+b") as file:
            file.truncate(size)
        return f"at {size}"

    def empty(till: Machine) -> None:
        (till.folder / "log.db").write_bytes(b"")

    def garbage(till: Machine) -> None:
        path = till.folder / "log.db"
        path.write_bytes(lab.rand.randbytes(path.stat().st_size))

    def gone(till: Machine) -> None:
        (till.folder / "log.db").unlink()

    ways = [("cut", cut)] * lab.times(6, 1)
    return damaged(lab, [*ways, ("empty", empty), ("garbage", garbage), ("gone", gone)])


@fault(
    "log-index-gone",
    area=LOG_AREA,
    what="The index over the events of a terminal's log is gone, or rows are missing from a table",
    seen="The terminal starts, and has everything again after a moment",
    holds=FOUND,
)
def log_index_gone(lab: Lab) -> str:
    def rewrite(*statements: str) -> Callable[[Machine], None]:
        def spoil(till: Machine) -> None:
            with sqlite3.connect(till.folder / "log.db") as db:
                for statement in statements:
                    db.execute(statement)
            db.close()

        return spoil

    no_index = "DELETE FROM sqlite_schema WHERE name = 'sqlite_autoindex_events_1'"
    middle = "DELETE FROM events WHERE position = (SELECT max(position) / 2 FROM events)"
    ways = [
        ("index", rewrite("PRAGMA writable_schema = ON", no_index)),
        ("event", rewrite(middle)),
        ("streams", rewrite("DELETE FROM streams")),
        ("headers", rewrite("DELETE FROM headers WHERE log_id <> (SELECT value FROM meta WHERE key = 'log_id')")),
        ("own header", rewrite("DELETE FROM headers WHERE log_id = (SELECT value FROM meta WHERE key = 'log_id')")),
        ("table", rewrite("DROP TABLE streams")),
    ]
    return damaged(lab, ways)


NOTHING_LOST = (
    "streams leaf content",
    "sqlite_autoindex_events_1 index leaf content",
    "events leaf",
    "streams leaf",
    "headers index leaf",
    "sqlite_schema leaf content",
    "file header",
)
"""Where a flipped bit hits no event's own bytes: the way to it, or what tells of it."""


@fault(
    "log-only-copy",
    area=LOG_AREA,
    what="A terminal's log is damaged while it holds orders that nobody else has: it was alone when it took them. The "
    "bit is in an index, a page's own head, the file's head, the names of tables, or a log's header",
    seen="The terminal starts, and shortly afterwards its orders are on all terminals",
    holds="All acknowledged orders: where the database reads no more, the log is read page by page. Only an order "
    "whose own bytes are hit can be lost, and at most the one after it; that is reported, not guessed",
)
def log_only_copy(lab: Lab) -> str:
    healing()
    ends: Counter[str] = Counter()
    with world(lab) as shop:
        till, *others = shop.terminals
        for _ in range(lab.times(4, 1)):
            shop.come(each=1, stay=True)
            shop.served(20)
            shop.go()
            checks.in_step(shop.machines)
            for machine in (*others, shop.office):
                assert machine.stop() == 0
            shop.come(each=1, at=[till], stay=True)
            shop.served(20)
            shop.go()
            assert till.stop() == 0
            lab.say(in_log(lab.rand.choice(NOTHING_LOST), lab)(till))
            for machine in (shop.office, *others):
                machine.start()
            shop.relay.aim("127.0.0.1", shop.office.endpoint["sync_port"])
            ends[found_and_mended(till)] += 1
            said = shop.check()
        return f"{', '.join(f'{n} {how}' for how, n in ends.items())}; {said}"


# -- tables ------------------------------------------------------------------------------------------------------------


@fault(
    "tables-damaged",
    area=FILES_AREA,
    what="The tables that a terminal shows orders from are damaged while it is off: flipped bits, cut off, garbage, "
    "an index or a file gone, of another time",
    seen="The same orders as before, after a moment of building them anew",
    holds="A row that is not as it was written is never shown; the tables are made anew from the log",
)
def tables_damaged(lab: Lab) -> str:
    rounds = lab.times(24, 3)
    with world(lab, terminals=2) as shop:
        till = shop.terminals[1]
        old = lab.folder / "old-tables"
        ways = [flip_table, cut_table, garbage_table, lose_table, lambda lab, path: old_table(old, path), drop_index]
        for n in range(rounds):
            shop.come(each=1, stay=True)
            shop.served(15)
            at_rest(shop, till)
            if n == 0:
                shutil.copytree(till.folder / "read", old)
            path = lab.rand.choice(sorted((till.folder / "read").glob("*.db")))
            ways[n % len(ways)](lab, path)
            till.start()
            shop.check()
        return f"{rounds} times; {shop.check()}"


def flip_table(lab: Lab, path: Path) -> None:
    """In the rows themselves, where SQLite has no eye for it."""
    contents = sorted({p.kind for p in pages(path) if p.kind.endswith("leaf content")} - {"sqlite_schema leaf content"})
    for _ in range(3):
        flip_in(path, lab.rand.choice(contents), lab.rand)


def cut_table(lab: Lab, path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(lab.rand.randrange(path.stat().st_size))


def garbage_table(lab: Lab, path: Path) -> None:
    path.write_bytes(lab.rand.randbytes(10_000))


def lose_table(lab: Lab, path: Path) -> None:
    path.unlink()


def old_table(old: Path, path: Path) -> None:
    """From a backup: it stands where the log was days ago."""
    shutil.copy(old / path.name, path)


def drop_index(lab: Lab, path: Path) -> None:
    with sqlite3.connect(path) as db:
        names = [n for (n,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL")]
        if names:
            db.execute(f"DROP INDEX {lab.rand.choice(names)}")
    db.close()


@fault(
    "tables-damaged-live",
    area=FILES_AREA,
    what="The tables of a running terminal are damaged or deleted under it",
    seen="At most “try again in a moment”",
    holds="What is shown is right, or is not shown; the log is not touched by it",
)
def tables_damaged_live(lab: Lab) -> str:
    rounds = lab.times(16, 2)
    with world(lab, terminals=2) as shop:
        till = shop.terminals[1]
        for n in range(rounds):
            shop.come(each=1, stay=True)
            shop.served(20)
            path = lab.rand.choice(sorted((till.folder / "read").glob("*.db")))
            if n % 4 == 3:
                path.unlink()
            else:
                at = lab.rand.randrange(path.stat().st_size)
                for offset in range(64):
                    flip(path, min(at + offset, path.stat().st_size - 1), lab.rand.randrange(8))
            shop.served(20)
            till.kill()
            till.start()
            shop.check()
        return f"{rounds} times; {shop.check()}"


# -- small files -------------------------------------------------------------------------------------------------------

GARBAGE: dict[str, bytes] = {
    "empty": b"",
    "zeros": bytes(32),
    "bytes": bytes(range(256)),
    "a list": b"[1, 2, 3]",
    "another shape": b'{"store": 7, "terminals": {"x": []}, "api": 5, "pid": "x"}',
    "deep": b"[" * 5000,
    "a huge number": b"9" * 5000,
}


@fault(
    "small-files-garbage",
    area=FILES_AREA,
    what="The small files of a terminal are empty, torn or garbage: known.json, sync.port, endpoint.json, api.token, "
    "card-terminal.json, lock",
    seen="Nothing; screens and integrations sign in again if the token was lost",
    holds="They are comforts: the terminal starts and has everything",
)
def small_files(lab: Lab) -> str:
    names = ["known.json", "sync.port", "endpoint.json", "api.token", "lock"]
    with world(lab, terminals=2) as shop:
        till = shop.terminals[1]
        shop.come(each=1, stay=True)
        shop.served(15)
        for n, (_, content) in enumerate(GARBAGE.items()):
            till.kill()
            for name in names:
                (till.folder / name).write_bytes(content if name != "lock" or n else b"1")
            till.start()
            shop.served(3)
        till.kill()
        for name in ("known.json", "sync.port"):
            (till.folder / name).unlink(missing_ok=True)
            (till.folder / name).mkdir()
        till.start()
        till.kill()
        for name in ("known.json", "sync.port"):
            (till.folder / name).rmdir()
        till.start()
        said = shop.check()
        for content in GARBAGE.values():  # last: it is another machine's memory, and forgets what it was asked
            till.kill()
            (till.folder / "card-terminal.json").write_bytes(content)
            till.start()
            order_id = till.place("tea")
            till.command("payments.capture", order_id=order_id, tender="card")
            order = till.get(f"/v1/orders/{order_id}")
            assert (order["paid_minor"], order["due_minor"]) == (250, 0), order
            shop.ledger.elsewhere.add(order_id)
        return said


@fault(
    "settings-garbage",
    area=FILES_AREA,
    what="settings.toml can't be read, or says something that makes no sense",
    seen="The terminal says in one sentence which file and which setting is wrong, and what to do",
    holds="Nothing is changed; with the file mended it goes on",
)
def settings_garbage(lab: Lab) -> str:
    said = set()
    with world(lab, terminals=2) as shop:
        till = shop.terminals[1]
        shop.come(each=1, stay=True)
        shop.served(10)
        till.kill()
        for content in (b"\xff\xfe\x00", b"store = ", b"stores = 'x'", b"api_port = 'x'", b"api_port = 99999999"):
            (till.folder / "settings.toml").write_bytes(content)
            said.add(till.refuses())
        (till.folder / "settings.toml").unlink()
        till.start()
        return f"{'; '.join(f'“{s}”' for s in sorted(said))}; {shop.check()}"


@fault(
    "device-key-damaged",
    area=FILES_AREA,
    what="A terminal's key is cut off, or has become another one, or is lost",
    seen="One sentence at start if it is no key; else the terminal is a new one of the shop, with all orders",
    holds="What it wrote before stands, signed by the key that it had; nobody can go on writing in its name",
)
def device_key(lab: Lab) -> str:
    with world(lab, terminals=2) as shop:
        till = shop.terminals[1]
        shop.come(each=1, stay=True)
        shop.served(10)
        told = []
        for spoil in (short_key, flipped_key, lost_key):
            shop.go()
            till.kill()
            key = till.folder / "device.key"
            good = key.read_bytes()
            spoil(key)
            how = start_or_say_why(till)
            told.append(how)
            if not till.runs:
                key.write_bytes(good)
                till.start()
            shop.come(each=1, stay=True)
            shop.served(10)
        shop.go()
        new_order = till.command("orders.place", lines=[{"item_id": "tea", "quantity": 1}], dining="here")
        shop.ledger.elsewhere.add(new_order["result"]["order_id"])
        return f"{'; '.join(told)}; {shop.check()}"


def short_key(key: Path) -> None:
    key.write_bytes(key.read_bytes()[:20])


def flipped_key(key: Path) -> None:
    flip(key, 11, 3)


def lost_key(key: Path) -> None:
    key.unlink()
