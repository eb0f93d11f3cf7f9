"""One transaction in the making: what it will write, and what the log will know once it is durable.

Nothing here touches the log's own state, so a commit that fails is undone by forgetting the stage.
"""

from __future__ import annotations

import sqlite3
from typing import Any

import msgspec

from server.clock import Clock
from server.event import (
    MAX_BATCH_EVENTS,
    MAX_FOLLOWED,
    Batch,
    Draft,
    Event,
    Header,
    Origin,
    Stream,
    decode,
    encode,
    encode_again,
    former_headers,
)
from server.keys import DeviceKey, chain, genesis
from server.log import commands, forks, orphans, remains, spans
from server.log.forks import Mending
from server.log.fresh import Fresh
from server.log.heads import Head, Known
from server.log.orphans import BY_TIME, NO_PLACE, Orphan
from server.log.reader import not_done
from server.log.remains import Part
from server.log.schema import PAGE_BYTES, UPSERT_STREAM, drop_events
from server.log.spans import Span
from server.log.trouble import as_written

MAX_SEAL_BYTES = 256 * 1024
"""A writer seals at least this often, so that no batch has to grow beyond a frame before it can end at a seal."""

ROW_BYTES = 100
"""Of an event's row and index beside its bytes."""

MAX_DROPPED = 5000
"""Events below a floor that are deleted in one transaction."""

DROPPED_BYTES = 1000
"""What deleting an event writes, about: for the write-ahead log, which must not grow without end meanwhile."""

MAX_EVIDENCE = 100
"""Forked events kept per stream: enough to show what happened, too few to fill a disk with."""


class Segment(msgspec.Struct):
    """Events that arrived together at consecutive positions, of one stream. `events` once somebody decoded them."""

    stream: Stream
    first_position: int
    raws: list[bytes]
    events: list[Event] | None = None

    @property
    def last_position(self) -> int:
        return self.first_position + len(self.raws) - 1


class Unsealed(msgspec.Struct):
    """Own events of one stream since its last seal."""

    first_seq: int
    raws: list[bytes]
    hashes: list[bytes]
    last_row: int = 0  # of the newest of them, in `Stage.rows`
    size: int = 0  # bytes


class Stage:
    """Collects requests; `seal`, then `write`, then let the log take over `heads`, `headers`, `position`."""

    def __init__(self, db: sqlite3.Connection, known: Known, position: int, stream_ids: int, last_hlc: int) -> None:
        self.db = db
        self._known = known
        self.heads: dict[Stream, Head] = {}
        self.headers: dict[str, Header] = {}
        self.position = position
        self.stream_ids = stream_ids
        self.last_hlc = last_hlc
        self.rows = Fresh(position + 1)
        self.commands: dict[str, tuple[int, int, bytes]] = {}
        self.answers: dict[str, list[Event]] = {}
        self.new_commands: set[str] = set()  # known never to have been done
        self.floors: dict[Stream, int] = {}
        self.orphaned = 0  # own events that have lost their place, once it is written
        self.displaced: set[Stream] = set()  # own streams whose events below their new floor are written again
        self.churned = 0  # bytes of pages written beside the events, about
        self.adopted: list[Orphan] = []  # those that have a place again
        self.left_behind: list[Orphan] = []  # own events of a branch that was left, as neighbours show them
        self.mending: dict[Stream, Mending] = {}
        self.remains: dict[Stream, Part] = {}
        self.joined: list[Span] = []  # runs from behind a hole that stand in their streams now, or are said elsewhere
        self.places: dict[str, tuple[int, int]] = {}  # of commands whose events are written again: position, count
        self.evidence: list[tuple[Any, ...]] = []
        self.segments: list[Segment] = []
        self.own_batches: list[Batch] = []
        self.peer_batches: list[Batch] = []
        self.observed: dict[Stream, int] = {}
        self._unsealed: dict[Stream, Unsealed] = {}
        self._key: DeviceKey | None = None

    @property
    def log_id(self) -> str:
        return self._known.log_id

    def header(self, log_id: str) -> Header | None:
        return self.headers.get(log_id) or self._known.headers.get(log_id)

    def own_logs(self, key: DeviceKey) -> list[str]:
        return self._known.own_logs(key.public_key)

    def head(self, stream: Stream) -> Head | None:
        return self.heads.get(stream) or self._known.heads.get(stream)

    def open_head(self, stream: Stream, floor: tuple[int, bytes] | None = None) -> Head:
        """The stream's head, or that of a stream which begins now, above `floor`."""
        head = self.head(stream)
        if head is None:
            self.stream_ids += 1
            seq, digest = floor or (0, genesis(stream))
            head = Head(self.stream_ids, seq, digest, 0, 0, seq, digest)
        return head

    # -- own events ------------------------------------------------------------------------------------------------

    def add_own(self, drafts: list[Draft], command_id: str | None, clock: Clock, key: DeviceKey) -> list[Event]:
        """Gives drafts their numbers, times and hashes. Raises `Refused`, or a codec's error, before any is added."""
        self._key = key
        if len(drafts) == 1:  # mostly
            return [self._add_one(drafts[0], command_id, clock)]
        next_seq: dict[Stream, int] = {}
        fresh: list[tuple[Stream, Draft, int, int, bytes, int]] = []
        follows = 0
        for draft in drafts:
            stream = Stream(self.log_id, draft.stream_topic)
            assert draft.type.startswith(f"{stream.name}."), f"{draft.type} can't be of topic {stream.topic}"
            seq = next_seq.get(stream)
            if seq is None:
                head = self.head(stream)
                seq = head.seq + 1 if head else 1
            next_seq[stream] = seq + 1
            self.last_hlc = clock.tick(self.last_hlc)
            follows = max(draft.follows, follows)  # among themselves they keep their order, too
            if not self.last_hlc <= follows < MAX_FOLLOWED:
                follows = 0
            fresh.append(
                (stream, draft, seq, self.last_hlc, encode(seq, self.last_hlc, draft, command_id, follows), follows)
            )
            follows = follows and follows + 1
        return [self._add(*one, command_id) for one in fresh]

    def _add_one(self, draft: Draft, command_id: str | None, clock: Clock) -> Event:
        stream = Stream(self.log_id, draft.stream_topic)
        assert draft.type.startswith(f"{stream.name}."), f"{draft.type} can't be of topic {stream.topic}"
        head = self.head(stream)
        seq = head.seq + 1 if head else 1
        self.last_hlc = hlc = clock.tick(self.last_hlc)
        follows = draft.follows if hlc <= draft.follows < MAX_FOLLOWED else 0
        return self._add(stream, draft, seq, hlc, encode(seq, hlc, draft, command_id, follows), follows, command_id)

    def add_again(self, was: Stream, number: int, written: bytes, key: DeviceKey) -> Event:
        """Writes an own event of a log that ended once more: `written`, which is `number` of stream `was`, with its
        first time and its origin."""
        self._key = key
        stream = Stream(self.log_id, was.topic)
        head = self.head(stream)
        seq = head.seq + 1 if head else 1
        raw = encode_again(seq, written, (self._known.headers[was.log_id].nonce, number))
        e = decode(stream, raw)
        event = self._add(stream, e, seq, e.hlc, raw, e.follows, e.command_id, e.origin)
        for header in former_headers([raw], self._known.headers[self.log_id]):
            self._learn(header)
        self.found_again(event)
        return event

    def found_again(self, event: Event) -> None:
        """An event that had lost its place has one: asked again, its command is answered with it."""
        if event.command_id is not None:
            first, count = self.places.get(event.command_id, (event.position, 0))
            if first + count == event.position:
                self.places[event.command_id] = (first, count + 1)

    def _learn(self, header: Header) -> None:
        if header.log_id not in self._known.headers:
            self.headers[header.log_id] = header

    def _add(
        self,
        stream: Stream,
        draft: Draft | Event,
        seq: int,
        hlc: int,
        raw: bytes,
        follows: int,
        command_id: str | None,
        origin: Origin | None = None,
    ) -> Event:
        head = self.open_head(stream)
        assert seq == head.seq + 1, f"{stream}: {seq} after {head.seq}"
        self.position = position = self.position + 1
        digest = chain(head.hash, raw)
        newest = hlc if origin is None else max(hlc, head.hlc)
        self.heads[stream] = Head(head.id, seq, digest, newest, position, head.floor_seq, head.floor_hash)
        unsealed = self._unsealed.get(stream)
        if unsealed is None:
            unsealed = self._unsealed[stream] = Unsealed(seq, [], [])
        unsealed.raws.append(raw)
        unsealed.hashes.append(digest)
        unsealed.last_row = len(self.rows)
        unsealed.size += len(raw)
        self.rows.add(head.id, seq, digest, raw)
        event = Event(stream, seq, hlc, draft.type, draft.aggregate_id, raw, command_id, position, follows, origin)
        segment = self.segments[-1] if self.segments else None
        if segment is not None and segment.events is not None and segment.stream == stream:
            segment.raws.append(raw)
            segment.events.append(event)
        else:
            self.segments.append(Segment(stream, position, [raw], [event]))
        if len(unsealed.raws) >= MAX_BATCH_EVENTS or unsealed.size >= MAX_SEAL_BYTES:
            self._seal(stream)
        return event

    def seal(self) -> None:
        """Signs the newest own event of every stream of this transaction."""
        for stream in list(self._unsealed):
            self._seal(stream)

    def _seal(self, stream: Stream) -> None:
        assert self._key is not None
        unsealed = self._unsealed.pop(stream)
        seal = self._key.seal(unsealed.hashes[-1])
        self.rows.seals[unsealed.last_row] = seal
        self.own_batches.append(Batch(stream, unsealed.first_seq, unsealed.raws, unsealed.hashes, seal))

    # -- a peer's events -------------------------------------------------------------------------------------------

    def add_batch(self, batch: Batch, header: Header, hlc: int, floor: tuple[int, bytes] | None) -> None:
        """Adds events that follow on the head; `hlc` is the newest one's time."""
        stream = batch.stream
        head = self.open_head(stream, floor)
        assert batch.first_seq == head.seq + 1, f"{stream}: {batch.first_seq} after {head.seq}"
        self._learn(header)
        for former in former_headers(batch.events, header):
            self._learn(former)
        first = self.position + 1
        self.rows.add_all(head.id, batch.first_seq, batch.hashes, batch.events, batch.seal)
        self.position += len(batch.events)
        self.heads[stream] = head._replace(
            seq=batch.last_seq, hash=batch.hashes[-1], hlc=max(hlc, head.hlc), position=self.position
        )
        if stream.log_id == self.log_id:
            self.last_hlc = max(self.last_hlc, hlc)
        self.segments.append(Segment(stream, first, batch.events))
        if self._known.is_ours(stream.log_id):
            self._remember_commands(stream, first, batch.events)
        elif header.store and self._just_before(batch, hlc):
            self._remember_commands(stream, first, batch.events, just_before=True)
        self.peer_batches.append(batch)
        self.observed[stream] = hlc

    def _just_before(self, batch: Batch, hlc: int) -> bool:
        first = hlc if len(batch.events) == 1 else decode(batch.stream, batch.events[0]).hlc
        return self._known.just_before(first, hlc)

    def stored_hash(self, stream: Stream, seq: int) -> bytes | None:
        """The hash held at `seq`, staged or stored; None below the floor and above the head."""
        head = self.head(stream)
        if head is None:
            return None
        if seq == head.seq:
            return head.hash
        if seq == head.floor_seq:
            return head.floor_hash
        staged = self.rows.hash_at(head.id, seq)
        if staged is not None:
            return staged
        found = self.db.execute("SELECT hash FROM events WHERE stream = ? AND seq = ?", (head.id, seq)).fetchone()
        return found[0] if found else None

    def must_be_as_written(self, stream: Stream, seq: int) -> None:
        """Before somebody is said to have written another event: is ours the one that we stored? Raises
        `sqlite3.DatabaseError` when it is not."""
        head = self.head(stream)
        if head is None or seq <= head.floor_seq or self.rows.hash_at(head.id, seq) is not None:
            return
        before = self.stored_hash(stream, seq - 1)
        found = self.db.execute("SELECT hash, raw FROM events WHERE stream = ? AND seq = ?", (head.id, seq)).fetchone()
        with as_written():
            assert found is not None, f"{stream}/{seq} is missing"
            assert before is not None, f"{stream}/{seq - 1} is missing"
            assert chain(before, found[1]) == found[0], f"{stream}/{seq} is not as it was written"

    def raise_floor(self, stream: Stream, seq: int) -> int:
        """Forgets a stream's events up to `seq`, but not the hash there; returns how many it were."""
        head = self.head(stream)
        seq = min(seq, head.seq, head.floor_seq + MAX_DROPPED) if head else 0
        digest = self.stored_hash(stream, seq)
        if head is None or seq <= head.floor_seq or digest is None:
            return 0
        self.heads[stream] = head._replace(floor_seq=seq, floor_hash=digest)
        self.floors[stream] = seq
        self.churned += (seq - head.floor_seq) * DROPPED_BYTES
        return seq - head.floor_seq

    def skip_to(self, stream: Stream, floor: tuple[int, bytes]) -> Head | None:
        """A stream that is held up to a number below `floor` goes on from there: what it held is dropped; of a former
        log of ours it is written again, for it may be a branch that nobody else holds. None for own streams."""
        head = self.head(stream)
        if head is None or stream.log_id == self.log_id:
            return None
        seq, digest = floor
        head = self.heads[stream] = head._replace(seq=seq, hash=digest, floor_seq=seq, floor_hash=digest)
        self.floors[stream] = seq
        if self._known.headers[stream.log_id].public_key == self._known.headers[self.log_id].public_key:
            self.displaced.add(stream)
        return head

    @property
    def keeps_everything(self) -> bool:
        """Head office does."""
        return not self._known.headers[self.log_id].store

    def go_on_from(self, stream: Stream, floor: tuple[int, bytes]) -> Head:
        """The same where everything is kept: what is held stays where it is."""
        head = self.open_head(stream, floor)
        if head.seq > head.floor_seq:
            self.remains[stream] = Part(head.floor_seq, head.floor_hash, head.seq, head.hash)
        seq, digest = floor
        self.heads[stream] = head._replace(seq=seq, hash=digest, floor_seq=seq, floor_hash=digest)
        return self.heads[stream]

    # -- commands and evidence -------------------------------------------------------------------------------------

    def _remember_commands(self, stream: Stream, position: int, raws: list[bytes], just_before: bool = False) -> None:
        """Own events come back that this disk had lost, and with them that their commands were done; or, `just_before`
        this log began, those of a terminal whose place this one may have taken. What they were answered is lost:
        `commands.NOT_KNOWN`."""
        found: dict[str, list[Event]] = {}
        for at, raw in enumerate(raws, position):
            event = decode(stream, raw, at)
            if just_before and not self._known.just_before(event.hlc, event.hlc):
                continue
            if event.command_id is not None:
                its = found.setdefault(event.command_id, [])
                if not its or its[-1].position == at - 1:  # else it was done twice, on a disk that was set back
                    its.append(event)
        for command_id, events in found.items():
            if command_id not in self.commands and not_done(self.db, {command_id}):
                self.commands[command_id] = (
                    events[0].position,
                    len(events),
                    commands.pack(command_id, commands.NOT_KNOWN),
                )
                self.answers[command_id] = events

    def add_evidence(self, stream: Stream, seq: int, raw: bytes, digest: bytes, seal: bytes | None, now: int) -> bool:
        """Keeps a forked event; False when it is known already or there is enough."""
        if any(row[:4] == (*stream, seq, digest) for row in self.evidence):
            return False
        where = "FROM evidence WHERE log_id = ? AND topic = ?"
        known = self.db.execute(f"SELECT 1 {where} AND seq = ? AND hash = ?", (*stream, seq, digest)).fetchone()
        if known or self.db.execute(f"SELECT count(*) {where}", stream).fetchone()[0] >= MAX_EVIDENCE:
            return False
        self.evidence.append((*stream, seq, digest, seal, raw, now))
        return True

    def add_orphan(self, stream: Stream, seq: int, raw: bytes, digest: bytes) -> None:
        """Keeps an own event that this disk has forgotten, to be written again; what it was about is not done again."""
        event = decode(stream, raw)
        self.left_behind.append(Orphan(event.hlc - BY_TIME, stream, seq, digest, raw))
        command_id = event.command_id
        if command_id is not None and command_id not in self.commands and not_done(self.db, {command_id}):
            self.commands[command_id] = (NO_PLACE, 0, commands.pack(command_id, commands.NOT_KNOWN))

    def look_up(self, command_ids: set[str]) -> None:
        """Asks for all commands of a transaction at once whether they were done before. Raises `sqlite3.Error`."""
        if len(command_ids) > 1:
            self.new_commands = not_done(self.db, command_ids)

    # -- to the disk -----------------------------------------------------------------------------------------------

    @property
    def empty(self) -> bool:
        moved = self.adopted or self.left_behind or self.mending or self.joined
        return not (self.rows or self.commands or self.evidence or self.heads or moved)

    @property
    def bytes_written(self) -> int:
        """To the write-ahead log, about: what is new, and at least one page of each tree that it goes into, where the
        commands' random ids meet a page each."""
        if self.empty:
            return self.churned
        pages = 2 + len(self.heads) + len(self.commands)
        return self.churned + pages * PAGE_BYTES + sum(map(len, self.rows.raws)) + len(self.rows) * ROW_BYTES

    def write(self) -> None:
        """One transaction, durable when this returns. Raises `sqlite3.Error`, and then nothing has been written."""
        db = self.db
        db.execute("BEGIN IMMEDIATE")
        try:
            for log_id, header in self.headers.items():
                db.execute("INSERT INTO headers VALUES (?,?)", (log_id, msgspec.msgpack.encode(header)))
            self.rows.insert(db)
            for stream, h in self.heads.items():
                row = (h.id, *stream, h.seq, h.hash, h.hlc, h.position, h.floor_seq, h.floor_hash)
                db.execute(UPSERT_STREAM, row)
            for stream, seq in self.floors.items():
                if stream in self.displaced:
                    self.orphaned += orphans.displace(db, stream, self.heads[stream].id, seq)
                drop_events(db, self.heads[stream].id, seq)
            if self.commands:
                db.executemany("INSERT INTO commands VALUES (?,?,?,?)", [(k, *v) for k, v in self.commands.items()])
            if self.left_behind:
                self.orphaned += orphans.add(db, self.left_behind)
            if self.adopted:
                orphans.forget(db, self.adopted)
            for stream, part in self.remains.items():
                remains.add(db, stream, part)
            if self.joined:
                spans.forget(db, self.joined)
            for stream, mending in self.mending.items():
                forks.save(db, stream, mending)
            if self.places:
                places = [(*place, NO_PLACE, command_id) for command_id, place in self.places.items()]
                db.executemany(
                    "UPDATE commands SET position = ?, count = ? WHERE position = ? AND count = 0 AND command_id = ?",
                    places,
                )
            if self.evidence:
                db.executemany("INSERT INTO evidence VALUES (?,?,?,?,?,?,?)", self.evidence)
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise
