"""Who writes and what they wrote: the truth against which everything that a victim stores is held.

Made from fixed keys and times, so that a case means the same on every machine. The liar is the only writer whose key
the fuzzer uses while it runs: what the liar signs, it may write; what the others never signed must never be stored.
"""

from __future__ import annotations

from typing import NamedTuple

from server.event import Batch, Header, Stream
from server.replication import frames
from server.replication.frames import Events
from tests.unit.replication.lab import Lab, Terminal, memory_log
from tests.unit.replication.memory_log import MemoryLog

HLC = 1_800_000_000_000 << 16
TEXTS = ("cut in half", "ohne Zwiebeln", "" * 3, "ü" * 40)


class Writer(NamedTuple):
    """`branches`: all that it signed; more than one for a writer whose disk was cloned."""

    name: str
    log: MemoryLog
    branches: list[MemoryLog]


def _fill(log: MemoryLog, topics: dict[str, tuple[int, ...]], salt: int = 0) -> list[Batch]:
    batches = []
    for topic, counts in topics.items():
        for i, count in enumerate(counts):
            data = {"n": i, "note": TEXTS[i % 4], "salt": salt, "more": [i, None, {"a": -i}]}
            batches.append(log.append(topic, count, hlc=HLC + (i << 16) + salt, data=data))
    return batches


class World:
    """A shop `north` with a neighbour, a forked terminal and one with a floor; a shop `south`; head office; a liar."""

    def __init__(self) -> None:
        self.batches: list[Batch] = []
        shop = {"orders": (1, 3, 2, 40), "stock": (1, 1, 5), "kitchen": (2,), "payments": (1, 2), "health": (3,)}
        office = {"menu": (1, 2), "menu/north": (1,), "menu/south": (1,), "settings": (2,), "stores": (3,)}
        self.neighbour = self._writer("neighbour", 11, "north", shop)
        self.floored = self._writer("floored", 12, "north", {"orders": (4, 4, 4), "health": (6,)})
        self.south = self._writer("south", 13, "south", {"orders": (2, 2), "stock": (1,)})
        self.office = self._writer("office", 14, "", office)
        self.forked = self._forked()
        self.liar = Writer("liar", memory_log(66), [])
        self.writers = [self.neighbour, self.floored, self.south, self.office, self.forked]
        self.headers: dict[str, Header] = {w.log.log_id: w.log.header for w in [*self.writers, self.liar]}
        self.forkers = {self.forked.log.log_id, self.liar.log.log_id}
        self.raws = self._raws()
        self.seeds = self._conversations()

    def _writer(self, name: str, number: int, store: str, topics: dict[str, tuple[int, ...]]) -> Writer:
        log = memory_log(number, store)
        self.batches += _fill(log, topics)
        return Writer(name, log, [log])

    def _forked(self) -> Writer:
        log = memory_log(15)
        self.batches += _fill(log, {"orders": (2, 2)})
        other = log.copy()
        self.batches += _fill(log, {"orders": (3, 1)}, salt=1)
        self.batches += _fill(other, {"orders": (2, 2)}, salt=2)
        return Writer("forked", log, [log, other])

    def _raws(self) -> dict[Stream, dict[int, set[bytes]]]:
        truth: dict[Stream, dict[int, set[bytes]]] = {}
        for writer in self.writers:
            for log in writer.branches:
                for stream, rows in log.rows.items():
                    for seq, row in enumerate(rows, 1):
                        truth.setdefault(stream, {}).setdefault(seq, set()).add(row[0])
        return truth

    def signed(self, stream: Stream, seq: int, raw: bytes) -> bool:
        """Whether this event's writer has really written it. The liar may write what it likes in its own log."""
        if stream.log_id == self.liar.log.log_id:
            return True
        return raw in self.raws.get(stream, {}).get(seq, ())

    def victim(self, lab: Lab, kind: str) -> Terminal:
        """`terminal`, of store north, with something of everybody; `empty`, a new one; `office`, head office."""
        log = memory_log(21, "" if kind == "office" else "north")
        if kind != "empty":
            _fill(log, {"menu": (1,), "settings": (1,)} if kind == "office" else {"orders": (2, 1), "stock": (1,)})
            for batch in self.batches[:2] + self.batches[4:6]:
                log.store(batch, self.headers[batch.stream.log_id])
            batch = next(b for b in self.batches if b.stream.log_id == self.forked.log.log_id)
            log.store(batch, self.forked.log.header)
        return lab.terminal(log=log)

    def _conversations(self) -> list[bytes]:
        """Frames of honest sessions, as they went over the wire, one of each meaning several times."""
        lab = Lab(7)
        terminals = [lab.terminal(log=w.log.copy()) for w in (self.neighbour, self.floored, self.office, self.south)]
        floored = terminals[1]
        floored.log.drop_below(Stream(floored.log.log_id, "orders"), 8)
        floored.start()
        forked = [lab.terminal(log=log.copy()) for log in self.forked.branches]
        for a, b in ((0, 1), (0, 2), (3, 2), (4, 0), (5, 1)):
            lab.connect([*terminals, *forked][a], [*terminals, *forked][b], to_office=b == 2)
        lab.settle()
        lab.run(3.0)
        said = [frames.encode(frame) for _, frame in lab.log]
        said += [frames.encode(event_frame(b, self.headers[b.stream.log_id])) for b in self.batches]
        return list(dict.fromkeys(said))


def event_frame(batch: Batch, header: Header | None, prior: bytes | None = None) -> Events:
    return Events(*batch.stream, batch.first_seq, batch.events, batch.seal, header, prior)
