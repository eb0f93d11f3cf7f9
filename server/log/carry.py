"""What of a damaged log still proves itself, carried over into a new one.

Each stream is carried over from its beginning to the last seal before the first thing that does not fit: what is taken
has its whole chain and its writer's signature, so neighbours accept it and send what is missing. Positions stay, so
commands still find their events. What proves itself behind the damage is kept beside: own events wait to be written
again (`orphans`), those of others for what is missing before them (`spans`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec

from server.event import decode
from server.log import commands, forks, orphans, remains, spans
from server.log.fresh import insert_rows
from server.log.heads import COPIES_QUERY, Head, copies
from server.log.leaves import HEADERS, ORPHANS, Leaves
from server.log.naming import HEADERS_QUERY, Nameless, proven_headers, strands
from server.log.page_one import readable
from server.log.reader import events_at
from server.log.rows import Reading, all_rows, is_whole, rising
from server.log.schema import UPSERT_STREAM, Connect, connect
from server.log.strand import Strand

COMMIT_EVENTS = 5_000


class Salvaged(msgspec.Struct, frozen=True):
    """What became of a damaged log. `lost` events were read and did not prove themselves, or follow on one that is
    missing; `unread` is how many positions could not be read at all. `orphans` are own events that prove themselves
    but follow on a missing one: they are written again unless the neighbours give them back. `beside` are such events
    of others."""

    aside: str
    streams: int
    events: int
    lost: int
    unread: int
    commands: int
    orphans: int = 0
    beside: int = 0

    @property
    def text(self) -> str:
        whole = self.events + self.orphans + self.beside
        if not whole and not self.lost and not self.unread:
            return (
                "The log was damaged, and nothing of it can be read. What the other terminals hold comes back. "
                f"The damaged files are in {self.aside}."
            )
        kept = f"The log was damaged. {whole} events of it are as they were written and were kept"
        gone = self.lost + self.unread
        rest = f"; {gone} come back from the other terminals, as far as these hold them" if gone else ""
        return f"{kept}{rest}. The damaged files are in {self.aside}."


def carry_over(damaged: Path, db: sqlite3.Connection, public_key: bytes | None, connect: Connect = connect) -> Salvaged:
    """Fills the new, empty log `db` from a damaged file."""
    with (
        readable(damaged, connect, lambda old: bool(proven_headers(all_rows(old, HEADERS_QUERY)))) as old,
        closing(Leaves(damaged)) as leaves,
    ):
        return _carry_over(damaged.parent.name, old, leaves, db, public_key)


def _carry_over(
    aside: str, old: sqlite3.Connection, leaves: Leaves, db: sqlite3.Connection, public_key: bytes | None
) -> Salvaged:
    listed = list(all_rows(old, HEADERS_QUERY))
    headers = copies(all_rows(old, COPIES_QUERY)) | proven_headers(listed)
    if not is_whole(old, "headers") or len(headers) < max(1, len(listed)):
        headers |= proven_headers(leaves.rows(HEADERS))
    threads = strands(old, leaves, headers)
    below = remains.whole(all_rows(old, remains.QUERY))
    for main in threads.values():
        for part in below.get(main.stream, []):
            floor = (part.floor_seq, part.floor_hash)
            main.parts.append((part.seq, Strand(main.id, main.stream, main.header, floor)))
    nameless = Nameless(threads, headers)
    kept = left = beside = 0
    rows: list[list[Any]] = []
    reading = Reading(old, leaves)
    db.execute("BEGIN IMMEDIATE")
    orphans.make_table(db)
    spans.make_table(db)
    for row in rising(reading.rows()):
        for one in [row] if row[1] in threads else nameless.told_by(row):
            thread = threads[one[1]].part_of(one[2])
            proved, behind = thread.take(one)
            rows += proved
            if behind and thread.header.public_key == public_key:
                left += orphans.keep(db, thread.stream, behind)
            elif thread.header.public_key != public_key:
                full = thread.runs(but_last=True)
                beside += spans.keep(db, thread.stream, full) if full else 0
        if len(rows) >= COMMIT_EVENTS:
            insert_rows(db, rows)
            kept += len(rows)
            rows = []
    insert_rows(db, rows)
    kept += len(rows)
    for thread in [one for its in threads.values() for one in (*(part for _, part in its.parts), its)]:
        if thread.header.public_key == public_key:
            left += orphans.keep(db, thread.stream, thread.rest())
        else:
            beside += spans.keep(db, thread.stream, thread.runs())
    lost = max(0, reading.read - kept - left - beside)
    for log_id, header in headers.items():
        db.execute("INSERT INTO headers VALUES (?,?)", (log_id, msgspec.msgpack.encode(header)))
    held = 0
    for thread in threads.values():
        held += _keep_head(db, thread)
        kept_below = [
            remains.Part(*part.floor, *part.sealed[:2])
            for _, part in thread.parts
            if part.sealed is not None and part.floor is not None
        ]
        if kept_below:
            remains.save(db, thread.stream, kept_below)
    waited = orphans.has_table(old) if is_whole(old, "sqlite_schema") else True
    if waited:
        left += orphans.carry_over(all_rows(old, "SELECT log_id, topic, seq, hash, position, raw FROM orphans"), db)
        if not is_whole(old, "orphans"):
            left += orphans.carry_over(leaves.rows(ORPHANS), db)
    if not is_whole(old, "sqlite_schema") or spans.has_table(old):
        beside += spans.carry_over(all_rows(old, spans.QUERY), db)
    _copy(old, db, "meta", (str, str), "key = 'former'")
    forks.carry_over(all_rows(old, forks.QUERY), db)
    answers = _copy(old, db, "commands", (str, int, int, bytes)) - _forget_lost_commands(db)
    _remember(db, [log_id for log_id, header in headers.items() if header.public_key == public_key])
    _copy(old, db, "evidence", (str, str, int, bytes, bytes | None, bytes, int))
    done = Salvaged(aside, held, kept, lost, reading.unread, answers, left, beside)
    for key in ("salvaged", "begun_from"):  # one to be told of, which then goes; one that stays
        db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, msgspec.json.encode(done)))
    db.execute("COMMIT")
    return done


def _keep_head(db: sqlite3.Connection, thread: Strand) -> bool:
    if thread.floor is None or (thread.sealed is None and thread.floor[0] == 0):
        return False
    floor_seq, floor_hash = thread.floor
    below = [part.sealed for _, part in thread.parts if part.sealed is not None]
    at, newest = max(((one[2], one[3]) for one in below), default=(0, 0))
    seq, digest, position, hlc = thread.sealed or (floor_seq, floor_hash, at, newest)
    head = Head(thread.id, seq, digest, hlc, position, floor_seq, floor_hash)
    row = (head.id, *thread.stream, head.seq, head.hash, head.hlc, head.position, head.floor_seq, head.floor_hash)
    db.execute(UPSERT_STREAM, row)
    return True


def _copy(
    old: sqlite3.Connection, db: sqlite3.Connection, table: str, columns: tuple[Any, ...], where: str = "true"
) -> int:
    """What can be read of a table, and is of these types; returns how many rows."""
    count = 0
    marks = ",".join("?" * len(columns))
    for row in all_rows(old, f"SELECT * FROM {table} WHERE {where}"):
        try:
            if len(row) != len(columns) or not all(map(isinstance, row, columns)):
                continue
            count += db.execute(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", row).rowcount
        except sqlite3.Error:
            continue
    return count


def _forget_lost_commands(db: sqlite3.Connection) -> int:
    """Those whose answer is not as it was written, or whose events are lost: their places will be given to other
    events. One whose events wait to be written again keeps its answer."""
    rows = db.execute("SELECT command_id, position, count, result FROM commands").fetchall()
    unreadable = [(row[0],) for row in rows if commands.problem(db, row)]
    db.executemany("DELETE FROM commands WHERE command_id = ?", unreadable)
    orphans.keep_answers(db)
    return (
        len(unreadable)
        + db.execute(
            "DELETE FROM commands WHERE count != (SELECT count(*) FROM events AS e "
            "WHERE e.position >= commands.position AND e.position < commands.position + commands.count)"
        ).rowcount
    )


REMEMBERED_EVENTS = 20_000
"""How many of the newest events are asked which commands they came of, where answers may be lost: more than a terminal
writes in a day, and who still asks for an answer has been waiting for it. Half a second."""


def _remember(db: sqlite3.Connection, own_logs: Collection[str]) -> None:
    """Has the commands that own events came of answered with these where they have no answer: asked again, they would
    be done again. The events of a command lie beside each other, or it was done twice."""
    last = db.execute("SELECT coalesce(max(position), 0) FROM events").fetchone()[0]
    found: dict[str, tuple[int, int]] = {}
    for event in events_at(db, last - REMEMBERED_EVENTS + 1, REMEMBERED_EVENTS):
        if event.command_id is not None and event.stream.log_id in own_logs:
            first, count = found.get(event.command_id, (event.position, 0))
            if first + count == event.position:
                found[event.command_id] = (first, count + 1)
    for orphan in orphans.first(db, own_logs, REMEMBERED_EVENTS):
        command_id = decode(orphan.stream, orphan.raw).command_id
        if command_id is not None:
            found[command_id] = (orphans.NO_PLACE, 0)  # as `orphans.keep_answers` has it
    db.executemany(
        "INSERT OR IGNORE INTO commands VALUES (?,?,?,?)",
        [(command_id, *place, commands.pack(command_id, commands.NOT_KNOWN)) for command_id, place in found.items()],
    )
