"""`pilotlight log verify`: every hash, every seal, every head of a data folder, without changing anything."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path

import msgspec

from server.event import Header, Stream, decode
from server.keys import PUBLIC_KEY_BYTES, chain, genesis, verify_seal
from server.log import commands, forks, heads, orphans, remains, spans
from server.log.heads import Head
from server.log.look import looking
from server.log.reached import last_reached
from server.log.trouble import in_one_line

CHUNK_EVENTS = 2000
"""Read at a time, so that a long check never keeps a running server from cleaning up its write-ahead log."""


class VerifyReport(msgspec.Struct, frozen=True):
    """`problems` has the first bad event of every bad stream: `log_id/topic/seq: what is wrong`."""

    ok: bool
    log_id: str
    streams: int
    events: int
    seals: int
    problems: list[str]

    @property
    def text(self) -> str:
        """One sentence for a person."""
        if self.ok:
            return f"{self.events} events and {self.seals} seals in {self.streams} streams are as they were written."
        more = len(self.problems) - 1
        return self.problems[0] + (f" ({more} more streams are bad too)" if more else "")


class Bad(Exception):
    """The first thing wrong in a stream."""


def verify(folder: Path, progress: Callable[[int, int], None] | None = None) -> VerifyReport:
    """Checks a data folder as it was when called; `progress(events done, events in all)`.

    Works beside a running server. Raises `Refused` for a folder without a log, or with a file that can't be read.
    """
    log_id, reached = last_reached(folder)  # before it is looked at: a server may write meanwhile
    with looking(folder) as db:
        known = heads.load(db)
        total = sum(head.seq - head.floor_seq for head in known.heads.values())
        events = seals = 0
        problems: list[str] = []
        if log_id and known.log_id in ("", log_id) and known.position < reached:
            problems.append(
                f"{log_id}: {reached - known.position} newest entries are missing; its newest part is damaged, or it "
                "was put back to an older state"
            )
        if known.log_id and known.log_id not in known.headers:  # one that was salvaged by hand has none yet
            problems.append(f"{known.log_id}: the header of the own log is missing")
        for log_id, header in known.headers.items():
            if header.log_id != log_id:
                problems.append(f"{log_id}: its header belongs to {header.log_id}")
        for stream, head in sorted(known.heads.items()):
            told = progress and partial(tell, progress, events, total)
            check = check_stream(db, stream, head, known.headers.get(stream.log_id), told)
            problems += check.problems
            events += check.events
            seals += check.seals
        for stream, parts in remaining(db).items():
            for part in parts if stream in known.heads else ():
                below = known.heads[stream]._replace(
                    seq=part.seq, hash=part.hash, floor_seq=part.floor_seq, floor_hash=part.floor_hash
                )
                try:
                    StreamCheck(db, stream, below, known.headers.get(stream.log_id), None).run()
                except Bad as e:
                    problems.append(str(e))
        problems += check_commands(db, known.position) + check_waiting(db) + check_small(db)
        return VerifyReport(not problems, known.log_id, len(known.heads), events, seals, problems)


def check_commands(db: sqlite3.Connection, upto: int) -> list[str]:
    """Every answer that is kept can be read, and the events that it names lie in the log or were dropped with age."""
    query = "SELECT command_id, position, count, result FROM commands WHERE command_id > ? ORDER BY command_id LIMIT ?"
    after = ""
    try:
        while rows := db.execute(query, (after, CHUNK_EVENTS)).fetchall():
            for row in rows:
                wrong = commands.problem(db, row)
                command_id, position, count, _ = row
                if wrong or command_id <= after:
                    return [f"command {command_id}: {wrong or 'it does not stand in its place'}"]
                after = command_id
                if position + count - 1 > upto and count and position <= upto:
                    return [f"command {command_id}: its events go beyond the end of the log"]
    except sqlite3.Error as e:
        return [f"the answers of commands can't be read ({in_one_line(e)})"]
    return []


def remaining(db: sqlite3.Connection) -> dict[Stream, list[remains.Part]]:
    """What is held below the beginning of streams; what can't be read of that `check_waiting` says."""
    try:
        return remains.load(db)
    except sqlite3.Error:
        return {}


def check_waiting(db: sqlite3.Connection) -> list[str]:
    """What waits to be written again, and what is known about forks."""
    try:
        forks.load_all(db)
        remains.load(db)
        orphans.check(db)
        spans.check(db)
    except sqlite3.Error as e:
        return [f"what waits to be written again is not as it was ({in_one_line(e)})"]
    return []


def check_small(db: sqlite3.Connection) -> list[str]:
    """The tables that have a row a stream or so: their order, and their indexes, by which rows are found."""
    waiting = [name for name, module in (("orphans", orphans), ("spans", spans)) if module.has_table(db)]
    for table in ("meta", "headers", "streams", "evidence", *waiting):
        try:
            [(said,), *_] = db.execute(f"PRAGMA integrity_check({table})").fetchall()
        except (sqlite3.Error, UnicodeDecodeError) as e:
            said = str(e)
        if said != "ok":
            return [f"the table {table} is not as it was written ({' '.join(said.split())})"]
    return []


def tell(progress: Callable[[int, int], None], before: int, total: int, done: int) -> None:
    progress(before + done, total)


def check_stream(
    db: sqlite3.Connection,
    stream: Stream,
    head: Head,
    header: Header | None,
    progress: Callable[[int], None] | None = None,
) -> StreamCheck:
    """Begins again when a running server dropped events under our feet. `progress(events of this stream done)`."""
    while True:
        check = StreamCheck(db, stream, head, header, progress)
        try:
            check.run()
        except Bad as e:
            now = heads.load(db).heads.get(stream, head)
            if now.floor_seq != head.floor_seq:
                head = now
                continue
            check.problems.append(str(e))
        return check


class StreamCheck:
    """Walks one stream from its floor to its head."""

    def __init__(
        self,
        db: sqlite3.Connection,
        stream: Stream,
        head: Head,
        header: Header | None,
        progress: Callable[[int], None] | None,
    ) -> None:
        self.events = 0
        self.seals = 0
        self.problems: list[str] = []
        self._db = db
        self._stream = stream
        self._head = head
        self._header = header
        self._progress = progress

    def run(self) -> None:
        """Raises `Bad` at the first event that is not as it was written."""
        stream, head = self._stream, self._head
        if self._header is None:
            raise Bad(f"{stream}: the header of its log is missing")
        key = self._header.public_key
        if len(key) != PUBLIC_KEY_BYTES:
            raise Bad(f"{stream}: the header of its log has no key")
        digest = head.floor_hash
        if head.floor_seq == 0 and digest != genesis(stream):
            raise Bad(f"{stream}/1: the hash before it is not that of its stream")
        seq = head.floor_seq
        position = 0
        sealed = True
        query = (
            "SELECT stream, seq, position, hash, seal, raw FROM events WHERE stream = ? AND seq > ? AND seq <= ? "
            "ORDER BY seq LIMIT ?"
        )
        while seq < head.seq:
            try:
                rows = self._db.execute(query, (head.id, seq, head.seq, CHUNK_EVENTS)).fetchall()
            except sqlite3.Error as e:
                raise Bad(f"{stream}/{seq + 1}: can't be read, or one soon after it ({in_one_line(e)})") from None
            if not rows:
                raise Bad(f"{stream}/{seq + 1}: missing, though the stream is held up to {head.seq}")
            for row_stream, row_seq, row_position, row_hash, seal, raw in rows:
                if row_stream != head.id:  # the index says so; other questions to it would not find this event
                    raise Bad(f"{stream}/{seq + 1}: the index of events is not as it was written")
                if row_seq != seq + 1:
                    raise Bad(f"{stream}/{seq + 1}: missing, the next one there is {row_seq}")
                seq = row_seq
                digest = chain(digest, raw)
                if digest != row_hash:
                    raise Bad(f"{stream}/{seq}: its bytes do not give its hash")
                self._check_inside(seq, raw)
                if row_position <= position:
                    raise Bad(f"{stream}/{seq}: its position {row_position} is not after {position}")
                position = row_position
                sealed = seal is not None
                if seal is not None:
                    self._check_seal(key, seq, digest, seal)
                self.events += 1
            if self._progress:
                self._progress(self.events)
        if head.seq > head.floor_seq and not sealed:
            raise Bad(f"{stream}/{seq}: the newest event has no seal")
        if digest != head.hash:
            raise Bad(f"{stream}/{seq}: the stream's head has another hash")

    def _check_inside(self, seq: int, raw: bytes) -> None:
        try:
            event = decode(self._stream, raw)
        except msgspec.DecodeError as e:
            raise Bad(f"{self._stream}/{seq}: not an event ({e})") from None
        if event.seq != seq:
            raise Bad(f"{self._stream}/{seq}: it says of itself that it is number {event.seq}")
        if not event.type.startswith(f"{self._stream.name}."):
            raise Bad(f"{self._stream}/{seq}: it is of another topic ({event.type})")

    def _check_seal(self, key: bytes, seq: int, digest: bytes, seal: bytes) -> None:
        if not verify_seal(key, digest, seal):
            raise Bad(f"{self._stream}/{seq}: its seal is not by the log's owner")
        self.seals += 1
