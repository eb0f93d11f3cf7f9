"""A damaged log put aside, and what of it still proves itself carried over into a new one.

The damaged files are moved, never changed. Each stream is carried over from its beginning to the last seal before the
first thing that does not fit: what is taken has its whole chain and its writer's signature, so neighbours accept it and
send what is missing. Positions stay, so commands still find their events. It is read row by row where the file allows
no more.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec

from server.event import MAX_BATCH_EVENTS, Header, Stream, decode
from server.keys import chain, genesis, verify_seal
from server.log import forks, heads, orphans
from server.log.heads import Head
from server.log.schema import LOG_FILE, UPSERT_STREAM, Connect, connect, insert_events, open_writer

CHUNK_ROWS = 500
"""Read at a time while the file is whole; around a damaged place it is one."""

LONGEST_LEAP = 100_000
"""Positions passed over at a time where nothing can be read."""

COMMIT_EVENTS = 5_000
FILES = (LOG_FILE, f"{LOG_FILE}-wal", f"{LOG_FILE}-shm")

logger = logging.getLogger("pilotlight.log")


class Salvaged(msgspec.Struct, frozen=True):
    """What became of a damaged log. `lost` events were read and did not prove themselves, or follow on one that is
    missing; `unread` is how many positions could not be read at all. `orphans` are own events that prove themselves
    but follow on a missing one: they are written again unless the neighbours give them back."""

    aside: str
    streams: int
    events: int
    lost: int
    unread: int
    commands: int
    orphans: int = 0

    @property
    def text(self) -> str:
        whole = self.events + self.orphans
        kept = f"The log was damaged. {whole} events of it are as they were written and were kept"
        gone = self.lost + self.unread
        rest = f"; {gone} come back from the other terminals, as far as these hold them" if gone else ""
        return f"{kept}{rest}. The damaged files are in {self.aside}."


class _Thread:
    """One stream on its way: how far it has proved itself, and the rows since its last seal.

    What lies between two seals is carried over when the hashes computed from the first end at the hash that the second
    signs. Where they don't, no neighbour would take it as that stream; but an event whose hash still follows on the one
    before is what was written, for chance does not make a SHA-256 fit.
    """

    def __init__(self, id: int, stream: Stream, header: Header, floor: tuple[int, bytes]) -> None:
        self.id, self.stream, self.header = id, stream, header
        self.floor = floor
        self.sealed: tuple[int, bytes, int, int] | None = None  # seq, hash, position, hlc
        self._broken = False  # from here on nothing can be carried over under the stream's name
        self._known: tuple[int, bytes] | None = floor  # number and hash right before the rows that wait
        self._waiting: list[list[Any]] = []

    def take(self, row: tuple[Any, ...]) -> tuple[list[list[Any]], list[list[Any]]]:
        """What this row settles: rows that are carried over, and rows that are whole but have lost their place."""
        position, _, seq, digest, seal, raw = row
        last = self._waiting[-1][2] if self._waiting else self._known[0] if self._known else None
        if last is not None and seq <= last:
            return [], []  # a number that was there before: the file contradicts itself
        rest: list[list[Any]] = []
        if last is None or seq != last + 1:
            rest = self.rest()
            self._broken, self._known = True, None
        self._waiting.append([position, self.id, seq, digest, seal, raw])
        if seal is None:
            return [], rest
        proved = self._proved()
        if proved and not self._broken and len(proved) <= MAX_BATCH_EVENTS:  # so many without a seal can't be sent
            newest = decode(self.stream, raw).hlc
            self.sealed = (seq, proved[-1][3], position, max(newest, self.sealed[3] if self.sealed else 0))
            self._known, self._waiting = (seq, proved[-1][3]), []
            return proved, rest
        if not proved and not verify_seal(self.header.public_key, digest, seal):
            self._waiting[-1][4] = None  # perhaps only the seal is not as it was: then the next one proves these, too
            return [], rest
        self._broken = True
        return [], rest + self.rest()

    def rest(self) -> list[list[Any]]:
        """Of the rows that wait for a seal those that are whole; no more wait then."""
        rows, self._waiting = self._waiting, []
        before = self._known[1] if self._known else None
        whole = []
        for row in rows:
            if before is not None and chain(before, row[5]) == row[3] and self._is_event(row):
                whole.append(row)
            before = row[3]
        if rows:
            self._known = (rows[-1][2], rows[-1][3])
        return whole

    def _proved(self) -> list[list[Any]]:
        """All rows that wait, with the hashes that the last one's seal signs; none if it doesn't."""
        if self._known is None:
            return []
        digest, proved = self._known[1], []
        for row in self._waiting:
            digest = chain(digest, row[5])
            proved.append([*row[:3], digest, *row[4:]])
        signed = verify_seal(self.header.public_key, digest, proved[-1][4])
        return proved if signed and all(map(self._is_event, proved)) else []

    def _is_event(self, row: list[Any]) -> bool:
        try:
            number: int = row[2]
            return decode(self.stream, row[5]).seq == number
        except msgspec.DecodeError:
            return False


def salvage(folder: Path, public_key: bytes | None, connect: Connect = connect, now_s: float | None = None) -> Salvaged:
    """Puts the log of `folder` aside and begins a new file with what can be kept. The folder's lock must be held.
    `public_key`: the device's, by which it knows its own events; None when it has none.

    Raises `OSError` and `sqlite3.Error` for what the disk says of the new file; the damaged one is then aside, whole.
    """
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime(now_s))
    aside = folder / f"damaged-{stamp}"
    for n in range(2, 1000):
        if not aside.exists():
            break
        aside = folder / f"damaged-{stamp}-{n}"
    aside.mkdir(mode=0o700)
    for name in FILES:
        if (folder / name).exists():
            (folder / name).rename(aside / name)
    with closing(open_writer(folder, connect)) as db:
        done = carry_over(aside / LOG_FILE, db, public_key, connect)
    logger.warning("%s", done.text)
    return done


def carry_over(damaged: Path, db: sqlite3.Connection, public_key: bytes | None, connect: Connect = connect) -> Salvaged:
    """Fills the new, empty log `db` from a damaged file."""
    try:
        old = connect(damaged.absolute().as_uri())
    except sqlite3.Error:
        return Salvaged(damaged.parent.name, 0, 0, 0, 0, 0)
    with closing(old):
        headers = _headers(old)
        threads = _threads(old, headers)
        lost = kept = left = 0
        rows: list[list[Any]] = []
        reading = _Reading(old)
        db.execute("BEGIN IMMEDIATE")
        orphans.make_table(db)
        for row in rising(reading.rows()):
            thread = threads.get(row[1])
            if thread is None:
                lost += 1
                continue
            proved, behind = thread.take(row)
            rows += proved
            if behind and thread.header.public_key == public_key:
                left += orphans.keep(db, thread.stream, behind)
            if len(rows) >= COMMIT_EVENTS:
                insert_events(db, rows)
                kept += len(rows)
                rows = []
        insert_events(db, rows)
        kept += len(rows)
        for thread in threads.values():
            if thread.header.public_key == public_key:
                left += orphans.keep(db, thread.stream, thread.rest())
        lost += reading.read - kept - left - lost
        for log_id, header in headers.items():
            db.execute("INSERT INTO headers VALUES (?,?)", (log_id, msgspec.msgpack.encode(header)))
        held = 0
        for thread in threads.values():
            held += _keep_head(db, thread)
        left += orphans.carry_over(old, db)
        _copy(old, db, "meta", 2, f"key = 'former' OR key GLOB '{forks.MARK}*'")
        commands = _copy(old, db, "commands", 4) - _forget_lost_commands(db)
        _copy(old, db, "evidence", 7)
        done = Salvaged(damaged.parent.name, held, kept, lost, reading.unread, commands, left)
        db.execute("INSERT INTO meta VALUES ('salvaged', ?)", (msgspec.json.encode(done),))
        db.execute("COMMIT")
    return done


def _keep_head(db: sqlite3.Connection, thread: _Thread) -> bool:
    floor_seq, floor_hash = thread.floor
    if thread.sealed is None and floor_seq == 0:
        return False
    seq, digest, position, hlc = thread.sealed or (floor_seq, floor_hash, 0, 0)
    head = Head(thread.id, seq, digest, hlc, position, floor_seq, floor_hash)
    row = (head.id, *thread.stream, head.seq, head.hash, head.hlc, head.position, head.floor_seq, head.floor_hash)
    db.execute(UPSERT_STREAM, row)
    return True


def _headers(db: sqlite3.Connection) -> dict[str, Header]:
    """Those that prove themselves: a log's id is its header's hash."""
    found: dict[str, Header] = {}
    for log_id, raw in _all(db, "SELECT log_id, raw FROM headers"):
        try:
            header = msgspec.msgpack.decode(raw, type=Header)
            if header.log_id == log_id:
                found[log_id] = header
        except (msgspec.DecodeError, TypeError):
            continue
    return found


def _threads(db: sqlite3.Connection, headers: dict[str, Header]) -> dict[int, _Thread]:
    """By the stream's number in the file. One whose row can't be read is told by its first event, whose hash binds
    the stream's name."""
    found: dict[int, _Thread] = {}
    for row in _all(db, "SELECT stream, log_id, topic, floor_seq, floor_hash FROM streams"):
        id, log_id, topic, floor_seq, floor_hash = row
        if isinstance(id, int) and log_id in headers and isinstance(topic, str) and isinstance(floor_hash, bytes):
            stream = Stream(log_id, topic)
            if floor_seq > 0 or floor_hash == genesis(stream):
                found[id] = _Thread(id, stream, headers[log_id], (floor_seq, floor_hash))
    known = {thread.stream for thread in found.values()}
    for id, digest, raw in _all(db, "SELECT stream, hash, raw FROM events NOT INDEXED WHERE seq = 1"):
        if id in found:
            continue
        for log_id, header in headers.items():
            stream = Stream(log_id, _topic_in(raw))
            if stream not in known and chain(genesis(stream), raw) == digest:
                found[id] = _Thread(id, stream, header, (0, genesis(stream)))
                known.add(stream)
                break
    return found


def _topic_in(raw: bytes) -> str:
    try:
        return decode(Stream("", ""), raw).type.partition(".")[0]
    except msgspec.DecodeError:
        return ""


def _all(db: sqlite3.Connection, query: str) -> Iterator[tuple[Any, ...]]:
    """Rows until the file fails."""
    try:
        yield from db.execute(query)
    except (sqlite3.Error, UnicodeDecodeError) as e:
        logger.warning("not all of the damaged log can be read (%s)", e)


class _Reading:
    """All events of a damaged file by position, one after the other, leaping over what can't be read."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self.read = self.unread = 0

    def rows(self) -> Iterator[tuple[Any, ...]]:
        at, leap, chunk = 0, 1, CHUNK_ROWS
        last = self._last()
        while at < last:
            try:
                query = (
                    "SELECT position, stream, seq, hash, seal, raw FROM events NOT INDEXED "
                    "WHERE position > ? ORDER BY position LIMIT ?"
                )
                rows = self._db.execute(query, (at, chunk)).fetchall()
            except (sqlite3.Error, UnicodeDecodeError):
                if chunk > 1:
                    chunk = 1
                    continue
                self.unread += min(leap, last - at)
                at += leap
                leap = min(2 * leap, LONGEST_LEAP)
                continue
            if not rows:
                return
            for row in rows:
                if _is_row(row):
                    self.read += 1
                    yield row
                else:
                    self.unread += 1
            at, leap = rows[-1][0], 1
            chunk = min(2 * chunk, CHUNK_ROWS)

    def _last(self) -> int:
        """The last position, as far as anything tells."""
        for query in ("SELECT max(position) FROM events NOT INDEXED", "SELECT max(position) FROM streams"):
            try:
                return int(self._db.execute(query).fetchone()[0] or 0)
            except (sqlite3.Error, TypeError, ValueError):
                continue
        return LONGEST_LEAP


def rising(rows: Iterator[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """Rows whose positions rise: they are read in the order in which they lie, so one that is out of it has a position
    that is not as it was written. It gets the one that must have been, or is passed over."""
    before, row = 0, next(rows, None)
    while row is not None:
        after = next(rows, None)
        position, follows = row[0], after[0] if after is not None else row[0] + 1
        if position != before + 1 and position >= follows > before + 1:
            position = before + 1
        if before < position and (position < follows or position == before + 1 or follows <= before):
            yield (position, *row[1:])
            before = position
        row = after


def _is_row(row: tuple[Any, ...]) -> bool:
    position, stream, seq, digest, seal, raw = row
    numbers = all(isinstance(n, int) for n in (position, stream, seq))
    return numbers and isinstance(digest, bytes) and isinstance(raw, bytes) and isinstance(seal, bytes | None)


def _copy(old: sqlite3.Connection, db: sqlite3.Connection, table: str, columns: int, where: str = "true") -> int:
    """What can be read of a table; returns how many rows."""
    count = 0
    marks = ",".join("?" * columns)
    for row in _all(old, f"SELECT * FROM {table} WHERE {where}"):
        try:
            count += db.execute(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", row).rowcount
        except sqlite3.Error:
            continue
    return count


def _forget_lost_commands(db: sqlite3.Connection) -> int:
    """Those whose answer can't be read, or whose events are lost: their places will be given to other events. Asked
    again, such a command is done again. One whose events wait to be written again keeps its answer."""
    unreadable = [(i,) for i, result in db.execute("SELECT command_id, result FROM commands") if not _decodes(result)]
    db.executemany("DELETE FROM commands WHERE command_id = ?", unreadable)
    orphans.keep_answers(db)
    return (
        len(unreadable)
        + db.execute(
            "DELETE FROM commands WHERE count != (SELECT count(*) FROM events AS e "
            "WHERE e.position >= commands.position AND e.position < commands.position + commands.count)"
        ).rowcount
    )


def _decodes(result: Any) -> bool:
    try:
        msgspec.msgpack.decode(result)
    except (msgspec.DecodeError, TypeError, UnicodeDecodeError):
        return False
    return True


def salvaged_before(db: sqlite3.Connection) -> Salvaged | None:
    """The report of a salvage that nobody has been told of yet; None when there is none. Asked once."""
    row = db.execute("SELECT value FROM meta WHERE key = 'salvaged'").fetchone()
    if row is None:
        return None
    db.execute("DELETE FROM meta WHERE key = 'salvaged'")
    try:
        return msgspec.json.decode(row[0], type=Salvaged)
    except msgspec.DecodeError:
        return None


def fits(db: sqlite3.Connection) -> str:
    """What is wrong with a log at first sight, `""` for nothing: each stream's newest event is there, follows on the
    one before, and is what the stream's row says. It costs two reads a stream, however long the log is."""
    known = heads.load(db)
    db.execute("SELECT command_id, position, count, result FROM commands LIMIT 1").fetchone()
    db.execute("SELECT log_id, topic, seq, hash, seal, raw, found_ms FROM evidence LIMIT 1").fetchone()
    for stream, head in known.heads.items():
        header = known.headers.get(stream.log_id)
        if header is None or header.log_id != stream.log_id:
            return f"the header of log {stream.log_id} is missing"
        if head.seq == head.floor_seq:
            continue
        rows = db.execute(
            "SELECT seq, hash, seal, raw, position FROM events WHERE stream = ? AND seq >= ? ORDER BY seq",
            (head.id, max(head.seq - 1, head.floor_seq + 1)),
        ).fetchall()
        before = rows[0][1] if len(rows) == 2 else head.floor_hash
        if not rows or rows[-1][0] != head.seq or rows[-1][1] != head.hash or rows[-1][4] != head.position:
            return f"the newest event of {stream} is not the one that the stream ends with"
        if chain(before, rows[-1][3]) != head.hash:
            return f"the newest event of {stream} is not as it was written"
        if rows[-1][2] is None or not verify_seal(header.public_key, head.hash, rows[-1][2]):
            return f"the newest event of {stream} has no good seal"
    listed = {head.id for head in known.heads.values()}
    last = db.execute("SELECT max(stream) FROM events").fetchone()[0] or 0
    for number in set(range(1, last + 1)) - listed:
        if db.execute("SELECT 1 FROM events WHERE stream = ? LIMIT 1", (number,)).fetchone():
            return "events lie in it of a stream that it does not list"
    return ""
