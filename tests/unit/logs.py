"""Real logs in real folders, for the tests of `server.log`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from server.clock import Clock
from server.event import Batch, Draft, Event, Header, Stream, decode, encode
from server.keys import DeviceKey, chain, genesis
from server.log import Log

STORE = "riverside"


async def open_log(folder: Path, key: DeviceKey | None = None, clock: Clock | None = None, store: str = STORE) -> Log:
    """The folder's log with the folder's key, as a server would open it."""
    folder.mkdir(parents=True, exist_ok=True)
    key = key or DeviceKey.load_or_make(folder / "device.key")
    return await Log.open(folder, key=key, store=store, clock=clock or Clock())


def placed(n: int, note: str = "") -> Draft:
    return Draft("orders.placed/1", f"order-{n}", {"number": n, "note": note})


def out(item: str) -> Draft:
    return Draft("stock.out/1", item, {"item_id": item})


def number(event: Event) -> int:
    data: dict[str, Any] = event.data()
    return int(data["number"])


async def copy(stream: Stream, source: Log, target: Log, max_events: int = 512) -> int:
    """What the protocol does, without the network."""
    stored = 0
    held = target.held().get(stream)
    at = held.seq if held else 0
    while batch := await source.read(stream, at, max_events):
        stored += await target.store(batch, source.headers()[stream.log_id])
        at = batch.last_seq
    return stored


class Writer:
    """Another device, as far as a log can tell: makes batches with a true chain and seal."""

    def __init__(self, topic: str = "orders", store: str = STORE) -> None:
        self.key = DeviceKey.generate()
        self.header: Header = self.key.new_header(store)
        self.stream = Stream(self.header.log_id, topic)
        self.hash = genesis(self.stream)
        self.seq = 0
        self.clock = Clock()

    def batch(self, *drafts: Draft, hlc: int | None = None) -> Batch:
        """The next events."""
        first, events, hashes = self.seq + 1, [], []
        for draft in drafts:
            self.seq += 1
            raw = encode(self.seq, hlc or self.clock.tick(), draft, None)
            self.hash = chain(self.hash, raw)
            events.append(raw)
            hashes.append(self.hash)
        return Batch(self.stream, first, events, hashes, self.key.seal(self.hash))


def check_chain(batch: Batch, before: bytes) -> None:
    """Fails unless the batch's hashes follow on `before` and its events are numbered in a row."""
    for i, (raw, digest) in enumerate(zip(batch.events, batch.hashes, strict=True)):
        before = chain(before, raw)
        assert digest == before
        assert decode(batch.stream, raw).seq == batch.first_seq + i
