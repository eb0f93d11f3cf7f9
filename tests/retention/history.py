"""Long histories, written straight into a `log.db`: real events with real chains and seals, by several terminals.

A day's orders are placed, paid and made; a few are never paid, refunded weeks later, or voided. Every event is what a
terminal writes; only the way into the file is shorter.
"""

from __future__ import annotations

import hashlib
import random
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from server.event import Draft, Header, Stream, encode
from server.keys import DeviceKey, genesis
from server.log.fresh import insert_rows
from server.log.heads import Head
from server.log.schema import UPSERT_STREAM, open_writer
from server.node import KEY_FILE
from server.services.kitchen.events import BUMPED, Bumped
from server.services.orders import events as orders
from server.services.orders.events import Line, Moved, Placed, Voided
from server.services.payments import events as payments
from server.services.payments.events import Attempted, Captured, Refunded

DAY_MS = 86_400_000
SEAL_EVERY = 32
"""A terminal seals each transaction; with fewer seals the file is made faster and holds the same events."""

WRITE_EVERY = 20_000


class Past(NamedTuple):
    """How long a history is. `until_ms`: when its last day ends. `unpaid`: orders that stay open for ever."""

    orders: int
    days: int
    until_ms: int
    store: str = "riverside"
    terminals: int = 3
    unpaid: int = 0
    seed: int = 1


class Pen:
    """One stream while it is written."""

    def __init__(self, id: int, stream: Stream, key: DeviceKey) -> None:
        self.id, self.stream, self.key = id, stream, key
        self.seq, self.hash, self.hlc, self.position = 0, genesis(stream), 0, 0
        self.last: list[Any] | None = None

    def row(self, position: int, hlc: int, draft: Draft, command_id: str | None) -> list[Any]:
        self.seq += 1
        raw = encode(self.seq, hlc, draft, command_id)
        self.hash = hashlib.sha256(self.hash + raw).digest()
        self.hlc, self.position = hlc, position
        seal = self.key.seal(self.hash) if self.seq % SEAL_EVERY == 0 else None
        self.last = [position, self.id, self.seq, self.hash, seal, raw]
        return self.last

    def seal(self) -> None:
        """Before what was written becomes final: the newest event has a seal."""
        if self.last is not None and self.last[4] is None:
            self.last[4] = self.key.seal(self.hash)

    def head(self) -> Head:
        return Head(self.id, self.seq, self.hash, self.hlc, self.position, 0, genesis(self.stream))


def write(folder: Path, past: Past) -> dict[str, list[str]]:
    """Makes `folder` that of the first of the terminals. Returns order ids by what became of them: `unpaid`, `refunded`
    (weeks after they were sold), `voided`, `young` (of the last day); of the many others only some."""
    folder.mkdir(parents=True, exist_ok=True)
    keys = [DeviceKey.load_or_make(folder / KEY_FILE)] + [DeviceKey.generate() for _ in range(past.terminals - 1)]
    headers = [key.new_header(past.store) for key in keys]
    db = open_writer(folder)
    db.execute("PRAGMA synchronous = OFF")
    db.execute("BEGIN")
    for header in headers:
        db.execute("INSERT INTO headers VALUES (?,?)", (header.log_id, msgspec.msgpack.encode(header)))
    db.execute("INSERT INTO meta VALUES ('log_id', ?)", (headers[0].log_id,))
    pens: dict[Stream, Pen] = {}
    found: dict[str, list[str]] = {"unpaid": [], "refunded": [], "voided": [], "settled": [], "young": []}
    rows: list[list[Any]] = []
    own = headers[0].log_id
    for position, (hlc, terminal, draft, command_id) in enumerate(_events(past, keys, found), 1):
        stream = Stream(headers[terminal].log_id, draft.stream_topic)
        pen = pens.get(stream)
        if pen is None:
            pen = pens[stream] = Pen(len(pens) + 1, stream, keys[terminal])
        rows.append(pen.row(position, hlc, draft, command_id))
        if command_id and stream.log_id == own:
            db.execute("INSERT INTO commands VALUES (?,?,1,?)", (command_id, position, b"\x93\xacorders.place\xc0\xc0"))
        if len(rows) >= WRITE_EVERY:
            _write(db, pens, rows)
            rows = []
    _write(db, pens, rows)
    db.execute("COMMIT")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    db.close()
    return found


def _write(db: sqlite3.Connection, pens: dict[Stream, Pen], rows: list[list[Any]]) -> None:
    for pen in pens.values():
        pen.seal()
        pen.last = None
    insert_rows(db, rows)
    for stream, pen in pens.items():
        h = pen.head()
        db.execute(UPSERT_STREAM, (h.id, *stream, h.seq, h.hash, h.hlc, h.position, h.floor_seq, h.floor_hash))
    db.execute("COMMIT")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    db.execute("BEGIN")


def as_office(folder: Path, of: Path) -> None:
    """Makes `folder` that of a head office that holds what the terminal in `of` holds: the events, and a key and log of
    its own."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "log.db").write_bytes(b"")
    source, target = sqlite3.connect(of / "log.db"), sqlite3.connect(folder / "log.db")
    source.backup(target)
    key = DeviceKey.load_or_make(folder / KEY_FILE)
    header: Header = key.new_header("")
    with target:
        target.execute("DELETE FROM meta WHERE key IN ('log_id', 'place')")
        target.execute("DELETE FROM commands")
        target.execute("INSERT INTO headers VALUES (?,?)", (header.log_id, msgspec.msgpack.encode(header)))
        target.execute("INSERT INTO meta VALUES ('log_id', ?)", (header.log_id,))
    target.close()
    source.close()


def _events(
    past: Past, keys: list[DeviceKey], found: dict[str, list[str]]
) -> Iterator[tuple[int, int, Draft, str | None]]:
    """(HLC time, which terminal, draft, command id), in the order of time as far as one order's events allow."""
    chance = random.Random(past.seed)
    labels = [f"Till {n + 1}" for n in range(len(keys))]
    devices = [key.device_id for key in keys]
    start_ms = past.until_ms - past.days * DAY_MS
    per_day, extra = divmod(past.orders, past.days)
    unpaid_every = past.orders // past.unpaid if past.unpaid else 0
    later: list[tuple[int, int, Draft]] = []  # refunds to come
    number = 0
    ticks = [0] * len(keys)

    def stamp(terminal: int, ms: int) -> int:
        ticks[terminal] = max(ticks[terminal] + 1, ms << 16)
        return ticks[terminal]

    for day in range(past.days):
        count = per_day + (day < extra)
        begins = start_ms + day * DAY_MS + 6 * 3_600_000
        date = _date(begins)
        for n in range(count):
            number += 1
            ms = begins + n * (12 * 3_600_000) // max(1, count)
            terminal = number % len(keys)
            order_id = str(UUID(int=chance.getrandbits(128), version=4))
            while later and later[0][0] <= ms:
                at, by, draft = later.pop(0)
                yield stamp(by, max(at, ms)), by, draft, None
            placed = _placed(chance, f"BK{number % 900 + 1}", date, devices[terminal], labels[terminal])
            yield stamp(terminal, ms), terminal, Draft(orders.PLACED, order_id, placed), _command(chance)
            if unpaid_every and number % unpaid_every == 0:
                found["unpaid"].append(order_id)
                continue
            if number % 211 == 0:
                yield stamp(terminal, ms + 30_000), terminal, Draft(orders.VOIDED, order_id, Voided("left")), None
                found["voided"].append(order_id)
                continue
            payment_id = str(UUID(int=chance.getrandbits(128), version=4))
            amount = placed.total_minor
            if number % 2:
                attempted = Draft(payments.ATTEMPTED, order_id, Attempted(payment_id, "card", amount, labels[terminal]))
                yield stamp(terminal, ms + 5_000), terminal, attempted, None
            captured = Captured(payment_id, "card" if number % 2 else "cash", amount)
            yield stamp(terminal, ms + 8_000), terminal, Draft(payments.CAPTURED, order_id, captured), _command(chance)
            kitchen = (terminal + 1) % len(keys)
            bumped = Bumped([line.line_id for line in placed.lines], True, "grill", "Kitchen")
            yield stamp(kitchen, ms + 300_000), kitchen, Draft(BUMPED, order_id, bumped), None
            yield stamp(terminal, ms + 400_000), terminal, Draft(orders.COLLECTED, order_id, Moved("Counter")), None
            if number % 501 == 0:
                refund = Refunded(f"r-{payment_id}", payment_id, captured.tender, 100, "cold")
                later.append((ms + 20 * DAY_MS, terminal, Draft(payments.REFUNDED, order_id, refund)))
                found["refunded"].append(order_id)
            elif number % 97 == 0:
                found["settled"].append(order_id)
            if day == past.days - 1:
                found["young"].append(order_id)


def _date(ms: int) -> str:
    import datetime

    return datetime.datetime.fromtimestamp(ms / 1000, datetime.UTC).date().isoformat()


def _command(chance: random.Random) -> str:
    return str(UUID(int=chance.getrandbits(128), version=4))


def _placed(chance: random.Random, number: str, date: str, device_id: str, label: str) -> Placed:
    lines = []
    for i in range(chance.randint(1, 4)):
        item, price = chance.choice(DISHES)
        quantity = chance.randint(1, 2)
        lines.append(
            Line(str(i + 1), item, f"{item}-1", item.replace("-", " ").title(), quantity, price, quantity * price,
                 station="grill")
        )  # fmt: skip
    total = sum(line.total_minor for line in lines)
    return Placed(number, "here", date, "EUR", lines, total, 0, total, [], device_id, label)


DISHES = [("burger", 990), ("bacon-cheeseburger", 1190), ("salad", 790), ("fries", 390), ("cola", 290), ("coffee", 250)]
