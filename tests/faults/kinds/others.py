"""Damage to what a terminal holds of others, while none of them is there to give it back."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.faults.kinds.damage import LOG_AREA, at_rest, healing
from tests.faults.pages import flip
from tests.faults.registry import Lab, fault
from tests.faults.servers import Machine, eventually
from tests.faults.world import world
from tests.process.shop import HTTP

FOUND_S = 60.0
SAID = "The log was damaged."
NAMED_AT_MOST = 20
"""Orders that a note names; beyond them it says how many more."""

QUERY = (
    "SELECT e.position, e.raw FROM events AS e JOIN streams AS s USING (stream) "
    "WHERE s.topic IN ('orders', 'payments') AND s.log_id <> (SELECT value FROM meta WHERE key = 'log_id') "
    "ORDER BY e.position"
)


def of_others(folder: Path) -> list[tuple[int, bytes]]:
    """Position and bytes of what other terminals said about orders and money."""
    with closing(sqlite3.connect(f"file:{folder / 'log.db'}?mode=ro", uri=True)) as db:
        return [(int(position), bytes(raw)) for position, raw in db.execute(QUERY)]


def one_bit(till: Machine, lab: Lab) -> str:
    """Its hash stands beside it: it is set right."""
    position, raw = lab.rand.choice(of_others(till.folder))
    path = till.folder / "log.db"
    flip(path, path.read_bytes().index(raw) + lab.rand.randrange(len(raw)), lab.rand.randrange(8))
    return f"position {position}"


def beyond_repair(till: Machine, lab: Lab) -> str:
    position, raw = lab.rand.choice(of_others(till.folder))
    path = till.folder / "log.db"
    at = path.read_bytes().index(raw) + lab.rand.randrange(len(raw) - 4)
    for n in range(4):
        flip(path, at + n, lab.rand.randrange(8))
    return f"position {position}"


def gone(count: int) -> Callable[[Machine, Lab], str]:
    def delete(till: Machine, lab: Lab) -> str:
        places = [position for position, _ in of_others(till.folder)]
        first = lab.rand.randrange(len(places) - count)
        some = places[first : first + count]
        with closing(sqlite3.connect(till.folder / "log.db")) as db:
            db.executemany("DELETE FROM events WHERE position = ?", [(position,) for position in some])
            db.commit()
        return f"positions {some}"

    return delete


@fault(
    "others-damaged-alone",
    area=LOG_AREA,
    what="Bits flip in what a terminal holds of the others, or entries of it are gone, and it is started when none of "
    "them is there",
    seen="One sentence that the log was damaged; if orders are missing, their numbers at the till and behind the staff "
    "door, until the others are back",
    holds="Found at the start or by the check, before anything of it is given to others. A single bit is set right on "
    "the spot. What is shown is as it was written, or is not shown and named; the terminal takes orders meanwhile. As "
    "soon as anybody who has it is connected, all of it is there again, once, and nothing is missing any more",
)
def others_damaged_alone(lab: Lab) -> str:
    healing()
    ways = {"one bit": one_bit, "beyond repair": beyond_repair, "an entry gone": gone(1), "three gone": gone(3)}
    ends: Counter[str] = Counter()
    said = ""
    with world(lab) as shop:
        till, *others = shop.terminals
        shop.ledger.logs_lost = True
        for n in range(lab.times(8, 2)):
            name = list(ways)[n % len(ways)]
            shop.come(each=1, stay=True)
            shop.served(20)
            at_rest(shop, till)
            before = others[0].orders()
            for machine in (*others, shop.office):
                assert machine.stop() == 0
            (till.folder / "settings.toml").write_text("check_log_every_s = 1\n")
            lab.say(f"{name}: {ways[name](till, lab)}")
            words = till.words_file.stat().st_size
            till.start()
            assert eventually(lambda w=words: SAID in told_since(till, w), FOUND_S), f"{name} was not found"
            assert eventually(till.well, FOUND_S), "it is not well though its log is mended"
            missing = as_it_was(till, before)
            ends["nothing missing" if not missing else "missing orders named"] += 1
            shop.come(each=1, at=[till], stay=True)
            shop.served(2)
            shop.go()
            for machine in (shop.office, *others):
                shop.again(machine)
            said = shop.check()
            assert set(before) <= set(till.orders())
            left = eventually(lambda m=missing: not any(number in notes_of(till) for number in m))
            assert left, f"still said to be missing: {notes_of(till)}"
            for note in till.get("/v1/status")["notes"]:
                seen = f"{till.endpoint['api']}/v1/notes/{note['note_id']}/seen"
                assert HTTP.post(seen, headers=till.headers, timeout=20).status_code == 200
        return f"{', '.join(f'{n} times {how}' for how, n in ends.items())}; {said}"


def told_since(till: Machine, at: int) -> str:
    return till.words_file.read_bytes()[at:].decode(errors="replace")


def notes_of(till: Machine) -> str:
    return " ".join(note["text"] for note in till.get("/v1/status")["notes"])


def as_it_was(till: Machine, before: dict[str, dict[str, Any]]) -> list[str]:
    """The numbers of orders that are not shown; the others are as they were, or not as far along."""
    shown = till.orders()
    for order_id, order in shown.items():
        was = before[order_id]
        for field in ("number", "lines", "total_minor", "placed_at"):
            assert order[field] == was[field], f"{field} of {was['number']}: {order[field]} and not {was[field]}"
        tenders = {t["payment_id"]: t["amount_minor"] for t in was["tenders"]}
        assert all(tenders.get(t["payment_id"]) == t["amount_minor"] for t in order["tenders"]), "money never taken"
    missing = [order["number"] for order_id, order in before.items() if order_id not in shown]
    text = notes_of(till)
    unnamed = [number for number in missing if number not in text]
    assert len(missing) > NAMED_AT_MOST or not unnamed, f"not named: {unnamed} in {text!r}"
    return missing
