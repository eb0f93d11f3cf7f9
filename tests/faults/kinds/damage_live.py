"""Logs that are damaged, or go back in time, under a server that runs."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from server.api.views import MAX_FINISHED
from server.log.log import DAMAGED
from tests.faults import checks
from tests.faults.pages import flip
from tests.faults.registry import Lab, fault
from tests.faults.servers import Machine, eventually
from tests.faults.world import World, world
from tests.process.screen import Screen

AREA = "The log of a terminal is damaged"
EVERY_S = 1
"""How often the terminal reads its whole log here; in a shop it is once a day."""

FOUND_S = 60.0


def watchful(shop: World) -> Machine:
    """A terminal that looks through its log all the time, and holds all that was sold in the file itself, not in the
    newest part beside it."""
    till = shop.terminals[0]
    shop.come(each=1, stay=True)
    shop.served(40)
    shop.go()
    checks.in_step(shop.machines)
    settle(till)
    return till


def settle(till: Machine) -> None:
    """It ends and starts again, on the ports that the others know."""
    if "--sync-port" not in till.arguments:
        till.arguments += ["--sync-port", str(till.endpoint["sync_port"])]
    assert till.stop() == 0
    (till.folder / "settings.toml").write_text(f"check_log_every_s = {EVERY_S}\n")
    till.start()


def log_id(till: Machine) -> str:
    """Of the log that it writes now; `""` while it opens another one."""
    try:
        return str(json.loads((till.folder / "endpoint.json").read_text())["log_id"])
    except (OSError, ValueError):
        return ""


def begun_anew(till: Machine, before: str) -> bool:
    return log_id(till) not in ("", before)


def spoil_an_old_event(folder: Path, lab: Lab) -> str:
    """A bit of an event's own bytes, in the file."""
    with closing(sqlite3.connect(f"file:{folder / 'log.db'}?mode=ro", uri=True)) as db:
        positions = [p for (p,) in db.execute("SELECT position FROM events ORDER BY position")]
        position = lab.rand.choice(positions[: len(positions) // 2])
        [raw] = db.execute("SELECT raw FROM events WHERE position = ?", (position,)).fetchone()
    path = folder / "log.db"
    at = path.read_bytes().find(raw)
    assert at > 0, "it does not lie in the file yet"
    flip(path, at + lab.rand.randrange(len(raw)), lab.rand.randrange(8))
    return f"event {position} of {len(positions)}"


@fault(
    "log-damaged-live",
    area=AREA,
    what="A bit flips in an old order, in the log of a terminal that goes on selling",
    seen="A pause of a second or two on that terminal's screens, and baskets stay; where it takes longer, one "
    "sentence: the damaged log is put aside, and sales go on in a moment",
    holds="The check that reads the whole log again and again (`check_log_every_s`, once a day) finds it. The terminal "
    "puts the damaged log aside, begins a new one at the same address, gets everything from the others, and says so "
    "in one alarm",
)
def log_damaged_live(lab: Lab) -> str:
    rounds, gaps = lab.times(8, 1), []
    with world(lab) as shop:
        shop.ledger.logs_lost = True
        for _ in range(rounds):
            one_gap, said = damage_one(shop, lab)
            gaps += one_gap
        return f"{rounds} times, screens were without their server for {max(gaps):.1f} s at most; {said}"


def shows(screen: Screen, till: Machine) -> bool:
    """Whether a screen shows what its server has; of a long day the newest orders."""
    told = till.orders()
    return set(screen.orders) <= set(told) and len(screen.orders) >= min(len(told), MAX_FINISHED)


def differing(screen: Screen, till: Machine) -> str:
    shown, told = set(screen.orders), set(till.orders())
    return f"{len(shown)} orders and not {len(told)}; only on one: {sorted(shown ^ told)[:9]}"


def damage_one(shop: World, lab: Lab) -> tuple[list[float], str]:
    """The times in s in which the terminal's screen had no server, and what was there afterwards."""
    till = watchful(shop)
    before = till.endpoint
    with Screen(till.folder) as screen:
        assert eventually(lambda: screen.orders), "the screen shows nothing"
        shop.come(each=1, stay=True)
        shop.served(10)
        lab.say(spoil_an_old_event(till.folder, lab))
        assert eventually(lambda: begun_anew(till, before["log_id"]), FOUND_S), "it was not found"
        shop.served(30)
        said = shop.check()
        assert eventually(lambda: shows(screen, till)), f"the screen shows something else: {differing(screen, till)}"
    assert screen.ports == {before["api"]}, f"the screen had to look for its server: {screen.ports}"
    assert set(screen.said) <= {DAMAGED}, f"the screen was told something else: {screen.said}"
    assert till.runs, "it ended"
    return screen.gaps, said


@fault(
    "log-older-live",
    area=AREA,
    what="The log of a terminal that goes on selling is overwritten in its place with an older one (somebody copies a "
    "backup over it, a disk goes back to an older snapshot)",
    seen="A pause of a second or two on that terminal's screens, when it is found",
    holds="The check finds that the file is not what was written; or the terminal finds it when it starts, or learns "
    "from its neighbours that they hold more of it than it does itself. In each case it begins a new log, gets "
    "everything from the others, and no order number is called twice",
)
def log_older_live(lab: Lab) -> str:
    ends: list[str] = []
    with world(lab) as shop:
        shop.ledger.logs_lost = True
        ways = [found_by_itself, killed_at_once, killed_with_all_files]
        for n in range(lab.times(9, 3)):
            way = ways[n % len(ways)]
            till = watchful(shop)
            assert till.stop() == 0
            old = {name: (till.folder / name).read_bytes() for name in files(till, whole=way is killed_with_all_files)}
            till.start()
            shop.come(each=1, stay=True)
            shop.served(30)
            settle_live(shop, till)
            before = log_id(till)
            shop.come(each=1, stay=True)
            shop.served(10)
            if way is killed_with_all_files:  # nothing on it tells that it went back, until a neighbour is heard
                shop.go()
            for name, content in old.items():
                overwrite(till.folder / name, content)
            ends.append(way(shop, till, before))
            said = shop.check()
            lab.say(f"{ends[-1]}; {said}")
        return f"{', '.join(f'{ends.count(e)} {e}' for e in dict.fromkeys(ends))}; {said}"


def settle_live(shop: World, till: Machine) -> None:
    shop.go()
    settle(till)


def files(till: Machine, *, whole: bool) -> list[str]:
    """What goes back in time: the log, or all that the terminal writes but its key."""
    if not whole:
        return ["log.db"]
    tables = sorted(f"read/{path.name}" for path in (till.folder / "read").glob("*.db"))
    return ["log.db", "known.json", "sync.port", *tables]


def overwrite(path: Path, content: bytes) -> None:
    """In its place: it stays the same file, for its file system and for whoever has it open."""
    with path.open("r+b") as file:
        file.write(content)
        file.truncate(len(content))


def found_by_itself(shop: World, till: Machine, before: str) -> str:
    assert eventually(lambda: begun_anew(till, before), FOUND_S), "it was not found"
    shop.served(10)
    return "found while it ran"


def killed_at_once(shop: World, till: Machine, before: str) -> str:
    """Before anything has found it; the newest part beside it (the write-ahead log) is of another time."""
    till.kill()
    till.start()
    shop.served(10)
    return "found at the next start" if begun_anew(till, before) else "nothing was missing at the next start"


def killed_with_all_files(shop: World, till: Machine, before: str) -> str:
    """A snapshot of the whole disk: there is no newest part beside it."""
    till.kill()
    for name in ("log.db-wal", "log.db-shm"):
        (till.folder / name).unlink(missing_ok=True)
    till.start()
    assert eventually(lambda: begun_anew(till, before), FOUND_S), "it writes on where its log was in the past"
    shop.come(each=1, stay=True)
    shop.served(10)
    return "found when neighbours were heard"
