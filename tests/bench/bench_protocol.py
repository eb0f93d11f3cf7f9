"""How fast one `Replica` brings another up to date, without network and disk: `python -m tests.bench.bench_protocol`.

Everything that a real catch-up costs in the protocol is in it: encoding, zstd, decoding, the checks of every event,
the SHA-256 chain, seals, acks. Reading the log and writing it are not.
"""

from __future__ import annotations

import argparse
import random
import time
import uuid
from collections import deque
from dataclasses import dataclass
from typing import Any

from server.event import Batch, Draft, Stream, encode
from server.keys import DeviceKey, chain
from server.replication.protocol import Action, Fetch, Me, Replica, Send, Store
from server.services.orders import events as orders
from tests.unit.replication.memory_log import MemoryLog

SEAL_EVERY = 512


@dataclass
class Figures:
    events: int
    seconds: float
    wire_bytes: int
    raw_bytes: int
    frames: int

    @property
    def events_per_s(self) -> float:
        return self.events / self.seconds

    @property
    def bytes_per_event(self) -> float:
        return self.wire_bytes / self.events


def order_log(count: int, seal_every: int = SEAL_EVERY, seed: int = 1) -> MemoryLog:
    """A terminal's `orders` stream: each order placed with one to four lines, then moved to collected."""
    rand = random.Random(seed)
    log = MemoryLog(DeviceKey.generate(), "north", rand.randbytes(16))
    stream = Stream(log.log_id, "orders")
    seq, digest = log.head(stream)
    rows = log.rows.setdefault(stream, [])
    hlc = 1_780_000_000_000 << 16
    pending: deque[tuple[str, str, object]] = deque()
    for number in range(count):
        if not pending:
            pending.extend(_order(rand, number))
        kind, order_id, data = pending.popleft()
        hlc += rand.randrange(200, 20_000) << 16
        seq += 1
        raw = encode(seq, hlc, Draft(kind, order_id, data), str(uuid.UUID(int=rand.getrandbits(128), version=4)))
        digest = chain(digest, raw)
        sealed = seq % seal_every == 0 or number == count - 1
        rows.append((raw, digest, log.key.seal(digest) if sealed else None))
    return log


def _order(rand: random.Random, number: int) -> list[tuple[str, str, object]]:
    order_id = str(uuid.UUID(int=rand.getrandbits(128), version=4))
    lines = [_line(rand, i) for i in range(rand.choice((1, 1, 2, 2, 3, 4)))]
    total = sum(line.total_minor for line in lines)
    tax = total * 7 // 107
    placed = orders.Placed(
        number=f"A{number % 100:02}",
        dining=rand.choice(("here", "takeaway")),
        business_day="2026-05-28",
        currency="EUR",
        lines=lines,
        subtotal_minor=total,
        tax_minor=tax,
        total_minor=total,
        taxes=[orders.TaxAmount("vat-7", "VAT", "7", True, tax)],
        taken_by="mfzwizltoqzxiylu",
        taken_by_label="Kiosk 1",
        channel="kiosk",
        menu_version="2026-05-01",
    )
    moved = orders.Moved(by="Kitchen")
    kinds = (orders.ACCEPTED, orders.STARTED, orders.READY, orders.COLLECTED)
    return [(orders.PLACED, order_id, placed), *((kind, order_id, moved) for kind in kinds)]


def _line(rand: random.Random, index: int) -> orders.Line:
    item = rand.choice(("Bacon Cheeseburger", "Fries", "Cola", "Caesar Salad", "Veggie Wrap", "Sundae", "Espresso"))
    quantity, price = rand.choice((1, 1, 1, 2)), rand.randrange(190, 1490, 10)
    extra = orders.LineModifier("extra-cheese", "Extra cheese", 1, 90)
    modifiers = [extra] if rand.random() < 0.3 else []
    total = quantity * (price + sum(m.price_minor for m in modifiers))
    item_id = item.lower().replace(" ", "-")
    return orders.Line(
        line_id=str(index + 1),
        item_id=item_id,
        variation_id=f"{item_id}-regular",
        name=item,
        quantity=quantity,
        unit_price_minor=price,
        total_minor=total,
        variation_name="Regular",
        modifiers=modifiers,
        tax_ids=["vat-7"],
        station="grill",
    )


class _Side:
    """A Replica, its queue of work, and a log that answers from a list."""

    def __init__(self, log: MemoryLog, label: str) -> None:
        self.log = log
        me = Me(log.key.device_id, log.header.store, label, "server", log.log_id)
        self.replica = Replica(me, log.held(), log.headers)
        self.todo: deque[Action] = deque()


def catch_up(log: MemoryLog) -> Figures:
    """Brings an empty peer up to `log`."""
    events = sum(map(len, log.rows.values()))
    source, target = _Side(log, "source"), _Side(MemoryLog(DeviceKey.generate(), "north", b"n" * 16), "target")
    batches = _prefetch(log)
    raw_bytes = sum(len(row[0]) for rows in log.rows.values() for row in rows)
    wire, frames, stored = 0, 0, 0
    started = time.perf_counter()
    source.todo.extend(source.replica.connect(1, 0.0, dialled=True))
    target.todo.extend(target.replica.connect(1, 0.0, dialled=False))
    while source.todo or target.todo:
        for side, other in ((source, target), (target, source)):
            work, side.todo = side.todo, deque()
            for action in work:
                if isinstance(action, Send):
                    wire += len(action.frame)
                    frames += 1
                    other.todo.extend(other.replica.receive(1, action.frame, 0.0))
                elif isinstance(action, Fetch):
                    batch = batches[(action.stream, action.after_seq)]
                    side.todo.extend(side.replica.fetched(1, action.stream, batch, 0.0))
                elif isinstance(action, Store):
                    stored += len(action.batch.events)
                    side.todo.extend(side.replica.stored([action.batch], False, 0.0))
    seconds = time.perf_counter() - started
    assert stored == events, f"{stored} of {events} arrived"
    return Figures(events, seconds, wire, raw_bytes, frames)


def _prefetch(log: MemoryLog) -> dict[tuple[Stream, int], Batch]:
    """The log's answers, read beforehand: reading is not what is measured."""
    answers: dict[tuple[Stream, int], Batch] = {}
    for stream, rows in log.rows.items():
        after = 0
        while after < len(rows):
            batch = log.read(stream, after, 512, 256 * 1024)
            assert batch
            answers[(stream, after)] = batch
            after = batch.last_seq
    return answers


def chain_speed(log: MemoryLog) -> float:
    """Events a second of nothing but the hash chain: no receiver can be faster."""
    raws = [row[0] for rows in log.rows.values() for row in rows]
    started, digest = time.perf_counter(), bytes(32)
    for raw in raws:
        digest = chain(digest, raw)
    return len(raws) / (time.perf_counter() - started)


def rows(events: int = 100_000) -> list[dict[str, Any]]:
    """Rows for `make bench`; the limit is the bare SHA-256 chain over the same events."""
    log = order_log(events)
    limit = chain_speed(log)
    best = max((catch_up(log) for _ in range(3)), key=lambda f: f.events_per_s)
    speed, size = round(best.events_per_s), round(best.bytes_per_event, 1)
    raw = round(best.raw_bytes / best.events, 1)
    return [
        {
            "name": "protocol: catch-up, both ends on one core",
            "value": speed,
            "unit": "events/s",
            "limit": round(limit),
            "ratio": round(speed / limit, 3),
            "target": 120_000,
            "ok": speed >= 120_000,
        },
        {
            "name": "protocol: an order event on the wire in catch-up",
            "value": size,
            "unit": "bytes",
            "limit": raw,
            "ratio": round(size / raw, 3),
            "target": 60,
            "ok": size <= 60,
        },
    ]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.bench_protocol", description=__doc__)
    parser.add_argument("--events", type=int, default=100_000)
    for row in rows(parser.parse_args().events):
        print(f"{row['name']}: {row['value']:,} {row['unit']} (limit {row['limit']:,}, target {row['target']:,})")


if __name__ == "__main__":
    main()
