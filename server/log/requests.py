"""What a log is asked to write. Each request stages itself, or raises and leaves the stage as it was."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import msgspec

from server.clock import Clock
from server.event import MAX_BATCH_EVENTS, Batch, Draft, Event, Header, Stream, decode
from server.keys import DeviceKey, chain
from server.log import commands, forks, orphans, spans
from server.log.forks import Mending
from server.log.reader import answer
from server.log.schema import PAGE_BYTES
from server.log.spans import Span
from server.log.stage import Stage
from server.log.trouble import Fork, Gap

MAX_INTEGER = 2**63 - 1
"""SQLite's largest."""


class Forked(msgspec.Struct, frozen=True):
    """New evidence of a fork, for `Log.on_fork`."""

    stream: Stream
    seq: int
    held_hash: bytes
    other_hash: bytes


class Request:
    """`future` belongs to the event loop; the writer only fills `value` or `error`."""

    size = 1
    """Events it will add, about."""

    first = False
    """It goes before those of others: somebody stands before a screen and waits for it."""

    command_id: str | None = None
    """Of a command, which is done once."""

    def __init__(self, future: asyncio.Future[Any]) -> None:
        self.future = future
        self.value: Any = None
        self.error: Exception | None = None
        self.forked: list[Forked] = []

    def stage(self, stage: Stage, clock: Clock, key: DeviceKey) -> None:
        raise NotImplementedError


class Append(Request):
    """Own events, all or none. `value`: the events."""

    first = True

    def __init__(self, future: asyncio.Future[Any], drafts: list[Draft], command_id: str | None, result: Any) -> None:
        super().__init__(future)
        self.drafts = drafts
        self.command_id = command_id
        self.result = result
        self.size = max(1, len(drafts))

    def stage(self, stage: Stage, clock: Clock, key: DeviceKey) -> None:
        if self.command_id is not None:
            self.value = self._done_before(stage, self.command_id)
            if self.value is not None:
                return
        result = commands.pack(self.command_id or "", self.result)
        position = stage.position + 1
        self.value = stage.add_own(self.drafts, self.command_id, clock, key)
        if self.command_id is not None:
            stage.commands[self.command_id] = (position, len(self.value), result)
            stage.answers[self.command_id] = self.value

    def _done_before(self, stage: Stage, command_id: str) -> list[Event] | None:
        if command_id in stage.answers:
            return stage.answers[command_id]
        if command_id in stage.new_commands:
            return None
        found = answer(stage.db, command_id)
        return None if found is None else found.events


SKIPPED_FROM_MS = 12 * 3600 * 1000
"""A stream goes on from a floor above what is held only where the store has said that it archived what is below, or its
writer has dated what comes so much later than what is held: sales are kept for a day at least. Else anybody who passes
on what is newest, and not what comes before, could have a terminal drop all that it holds of another."""


class Store(Request):
    """A peer's batch. `value`: how many of its events were new. `first`: it is of our own log, and what our disk has
    lost of it must be there before we write on. `archived`: the store has archived what is below `floor`. `go_on`:
    head office has waited long enough for what is below it. `missing`: events below the floor were never held here."""

    def __init__(
        self,
        future: asyncio.Future[Any],
        batch: Batch,
        header: Header,
        floor: tuple[int, bytes] | None,
        first: bool = False,
        archived: bool = False,
        go_on: bool = False,
    ) -> None:
        super().__init__(future)
        self.batch = batch
        self.archived = archived
        self.go_on = go_on
        self.header = header
        self.floor = floor
        self.size = len(batch.events)
        self.first = first
        self.missing = False

    def stage(self, stage: Stage, clock: Clock, key: DeviceKey) -> None:
        batch, stream = self.batch, self.batch.stream
        if not 0 < len(batch.events) == len(batch.hashes) <= MAX_BATCH_EVENTS:
            raise ValueError(f"{stream}: a batch of {len(batch.events)} events and {len(batch.hashes)} hashes")
        if stream.log_id != self.header.log_id:
            raise ValueError(f"{stream}: the header is that of {self.header.log_id}")
        head = stage.head(stream)
        if head is None:
            head = stage.open_head(stream, self.floor)
            self.missing = head.floor_seq > 0
        if batch.last_seq <= head.seq:
            self._compare(stage, batch.last_seq, clock)
            self.value = 0
            return
        if batch.first_seq > head.seq + 1 and self.floor is not None and self.floor[0] == batch.first_seq - 1:
            since = decode(stream, batch.events[0]).hlc - head.hlc
            let_go = self.archived or since >= SKIPPED_FROM_MS << 16
            if stage.keeps_everything:
                before = head.seq
                head = stage.go_on_from(stream, self.floor) if self.go_on else head
                self.missing = head.seq > before
            else:
                head = (stage.skip_to(stream, self.floor) if let_go else None) or head
        if batch.first_seq > head.seq + 1:
            raise Gap(stream, head.seq, batch.first_seq)
        new = head.seq + 1 - batch.first_seq
        if chain(head.hash, batch.events[new]) != batch.hashes[new]:
            if new:
                self._compare(stage, head.seq, clock)
            raise ValueError(f"{stream}/{head.seq + 1}: its hash does not follow on the one before")
        if new:
            batch = Batch(stream, head.seq + 1, batch.events[new:], batch.hashes[new:], batch.seal)
        hlc = decode(stream, batch.events[-1]).hlc
        if not 0 <= hlc <= MAX_INTEGER or batch.last_seq > MAX_INTEGER:
            raise ValueError(f"{stream}/{batch.last_seq}: a time or a number that no clock gives")
        stage.add_batch(batch, self.header, hlc, self.floor)
        self.value = len(batch.events)

    def _compare(self, stage: Stage, last: int, clock: Clock) -> None:
        """Raises `Fork` at the first seq up to `last` where the batch differs from what is held."""
        batch = self.batch
        if stage.stored_hash(batch.stream, last) in (None, batch.hashes[last - batch.first_seq]):
            return
        for i, digest in enumerate(batch.hashes):
            seq = batch.first_seq + i
            held = stage.stored_hash(batch.stream, seq)
            if held is not None and held != digest:
                stage.must_be_as_written(batch.stream, seq)
                seal = batch.seal if seq == batch.last_seq else None
                if stage.add_evidence(batch.stream, seq, batch.events[i], digest, seal, clock.wall_ms()):
                    self.forked.append(Forked(batch.stream, seq, held, digest))
                raise Fork(batch.stream, seq, batch.events[i])


class SetAside(Request):
    """Evidence of a fork that somebody else found; `seen`: not by who holds that branch. `value`: None.

    What we wrote in a log that has ended is written again where we neither hold it nor have done so: a disk that was
    set back has forgotten what it sold, and nobody but us can bring it in from a branch that others don't hold.
    """

    def __init__(
        self,
        future: asyncio.Future[Any],
        stream: Stream,
        seq: int,
        raw: bytes,
        digest: bytes,
        seal: bytes | None,
        seen: bool = False,
    ) -> None:
        super().__init__(future)
        self.evidence = (stream, seq, raw, digest, seal)
        self.seen = seen

    def stage(self, stage: Stage, clock: Clock, key: DeviceKey) -> None:
        stream, seq, raw, digest, seal = self.evidence
        held = stage.stored_hash(stream, seq)
        if held is not None and held != digest:
            stage.must_be_as_written(stream, seq)
        if held == digest:
            return
        mine = stage.own_logs(key)
        former = stream.log_id in mine and stream.log_id != stage.log_id
        head = stage.head(stream)
        gone = head is not None and seq <= head.floor_seq  # with age: nobody wants it back
        unheard = former and self.seen and not gone and head is not None and stream not in forks.load(stage.db, mine)
        if (unheard or not (self.seen and former)) and stage.add_evidence(
            stream, seq, raw, digest, seal, clock.wall_ms()
        ):
            self.forked.append(Forked(stream, seq, held or b"", digest))
        if former and not gone and (self.seen or stream in forks.load(stage.db, mine)):
            header = stage.header(stream.log_id)
            with contextlib.suppress(msgspec.DecodeError):  # what is no event was never written here
                if header is not None and not orphans.stands(stage.db, header, stream, seq, raw):
                    stage.add_orphan(stream, seq, raw, digest)


MAX_FILLED = 20
"""Runs from behind a hole that are stored in one transaction: sales come between."""


class FillIn(Request):
    """Runs of others' events from behind a hole: those that their stream has come to go on in it; `said` ones are let
    go. `value`: how many wait still, and whether there is more to do at once."""

    size = MAX_BATCH_EVENTS

    def __init__(self, future: asyncio.Future[Any], said: list[Span]) -> None:
        super().__init__(future)
        self.said = said

    def stage(self, stage: Stage, clock: Clock, key: DeviceKey) -> None:
        done = [span for span in spans.reached(stage.db, MAX_FILLED) if _goes_on(span, stage)]
        stage.joined += [*self.said, *done]
        self.value = (spans.count(stage.db) - len({(s.stream, s.run.first_seq) for s in stage.joined}), bool(done))


def _goes_on(span: Span, stage: Stage) -> bool:
    """Stores what is new of a run; False where the stream is another branch than the run's."""
    stream, run = span
    head, header = stage.head(stream), stage.header(stream.log_id)
    if head is None or header is None or run.first_seq > head.seq + 1:
        return False
    hashes, digest = [], run.prior
    for raw in run.raws:
        digest = chain(digest, raw)
        hashes.append(digest)
    new = head.seq + 1 - run.first_seq
    if new >= len(run.raws):
        return stage.stored_hash(stream, run.last_seq) == digest
    if head.hash != (hashes[new - 1] if new else run.prior):
        return False
    batch = Batch(stream, head.seq + 1, run.raws[new:], hashes[new:], run.seal)
    stage.add_batch(batch, header, decode(stream, run.raws[-1]).hlc, None)
    return True


MAX_AGAIN = 200
"""Events written again in one transaction: sales come between."""


class WriteAgain(Request):
    """Own events that have lost their place. Those that are held again where they were are let go; with `write` up to
    `MAX_AGAIN` of the others are written in the present log, then what neighbours gave of the other branch of a forked
    stream. `value`: how many are left."""

    size = MAX_AGAIN

    def __init__(self, future: asyncio.Future[Any], write: bool) -> None:
        super().__init__(future)
        self.write = write

    def stage(self, stage: Stage, clock: Clock, key: DeviceKey) -> None:
        db, mine = stage.db, stage.own_logs(key)
        waiting = orphans.first(db, mine, MAX_AGAIN) if self.write else orphans.returned(db, mine)
        mending = forks.load(db, mine)
        for orphan in waiting:
            if position := orphans.back_at(db, orphan):
                _both_have(orphan, mending, stage)
                stage.found_again(decode(orphan.stream, orphan.raw, position))
            else:
                stage.add_again(orphan.stream, orphan.seq, orphan.raw, key)
        stage.adopted += waiting
        left = orphans.count(db, mine) - len(waiting)
        if self.write and not waiting:
            _other_branches(mending, stage, key)
        self.value = left + sum(_behind(stage, stream, one) for stream, one in (mending | stage.mending).items())


def _both_have(orphan: orphans.Orphan, mending: dict[Stream, Mending], stage: Stage) -> None:
    """What comes back from a neighbour who holds the other branch is common to both, if it lay here."""
    if not orphan.lay_here:
        return
    known = stage.mending.get(orphan.stream) or mending.get(orphan.stream)
    if known is not None and orphan.seq > known.again:
        stage.mending[orphan.stream] = msgspec.structs.replace(known, again=orphan.seq)


def _other_branches(mending: dict[Stream, Mending], stage: Stage, key: DeviceKey) -> None:
    """Writes some of what came in place of our own branches."""
    room = MAX_AGAIN
    for stream, one in mending.items():
        head = stage.head(stream)
        if head is None or not room or not _behind(stage, stream, one):
            continue
        rows = forks.refilled(stage.db, one, head, room)
        room -= len(rows)
        for seq, raw in rows:
            stage.add_again(stream, seq, raw, key)
        stage.mending[stream] = msgspec.structs.replace(one, again=rows[-1][0] if rows else head.seq)


def _behind(stage: Stage, stream: Stream, mending: Mending) -> int:
    head = stage.head(stream)
    return max(0, head.seq - mending.again) if head else 0


class RaiseFloor(Request):
    """Old events to forget. `value`: how many."""

    def __init__(self, future: asyncio.Future[Any], stream: Stream, seq: int) -> None:
        super().__init__(future)
        self.floor = (stream, seq)

    def stage(self, stage: Stage, clock: Clock, key: DeviceKey) -> None:
        self.value = stage.raise_floor(*self.floor)


class Shrink(Request):
    """Free pages to give back. `value`: how many were."""

    def __init__(self, future: asyncio.Future[Any], spare: int, pages: int) -> None:
        super().__init__(future)
        self.spare, self.pages = spare, pages

    def stage(self, stage: Stage, clock: Clock, key: DeviceKey) -> None:
        """A transaction of its own, before the others': it changes nothing that anybody reads."""
        before = stage.db.execute("PRAGMA freelist_count").fetchone()[0]
        pages = min(self.pages, before - self.spare)
        if pages > 0:
            stage.db.executescript(f"PRAGMA incremental_vacuum({pages})")  # `execute` would stop after one page
        self.value = before - stage.db.execute("PRAGMA freelist_count").fetchone()[0]
        stage.churned += self.value * 2 * PAGE_BYTES
