"""`pilotlight log ls` and `tail`: a look into a data folder, whether its server runs or not."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec

from server.event import Event, Refused
from server.log import heads
from server.log.reader import events_after, events_of_streams
from server.log.salvage import is_unfinished
from server.log.schema import LOG_FILE, one_moment, open_reader
from server.log.trouble import as_written, in_one_line


class StreamInfo(msgspec.Struct, frozen=True):
    """One stream as held here. `store` is `""` for head office's; `last_ms` is its newest event's time."""

    log_id: str
    topic: str
    device_id: str
    store: str
    own: bool
    first_seq: int
    last_seq: int
    events: int
    last_ms: int


def check_there(folder: Path) -> None:
    """Raises `Refused`: `salvage_unfinished` while what lies in the log's place is not all there is, `no_log`."""
    if is_unfinished(folder):
        raise Refused(
            "salvage_unfinished",
            f"The log in {folder} is being salvaged, or its salvage was interrupted. Nothing is lost by that: wait a "
            "moment while the terminal starts; or start it, or run `pilotlight log salvage` again, and it goes on.",
        )
    if not (folder / LOG_FILE).is_file():
        raise Refused("no_log", f"There is no log in {folder}. Name the data folder with --data.")


@contextmanager
def looking(folder: Path) -> Iterator[sqlite3.Connection]:
    """A reading connection to a folder's log. Raises `Refused`: `salvage_unfinished`, `no_log`, `log_damaged`."""
    check_there(folder)
    try:
        with closing(open_reader(folder)) as db, as_written():
            yield db
    except sqlite3.Error as e:
        raise Refused("log_damaged", f"{folder / LOG_FILE} can't be read ({in_one_line(e)}).") from e


def own_store(folder: Path) -> str | None:
    """The store that a data folder belongs to (`""`: head office), or None when it holds no log yet."""
    if not (folder / LOG_FILE).is_file():
        return None
    with looking(folder) as db:
        known = heads.load(db)
    header = known.headers.get(known.log_id)
    return None if header is None else header.store


def ls(folder: Path) -> list[StreamInfo]:
    """All streams of a data folder, own ones first. Raises `Refused`."""
    with looking(folder) as db:
        known = heads.load(db)
        streams = [
            StreamInfo(
                log_id=stream.log_id,
                topic=stream.topic,
                device_id=known.headers[stream.log_id].device_id,
                store=known.headers[stream.log_id].store,
                own=stream.log_id == known.log_id,
                first_seq=head.floor_seq + 1,
                last_seq=head.seq,
                events=head.seq - head.floor_seq,
                last_ms=head.hlc >> 16,
            )
            for stream, head in known.heads.items()
        ]
    return sorted(streams, key=lambda s: (not s.own, s.store, s.log_id, s.topic))


def tail(
    folder: Path, limit: int = 20, *, topics: Collection[str] | None = None, after: int | None = None
) -> tuple[list[Event], int]:
    """The newest `limit` events in order of arrival, or the first `limit` after a cursor; and the cursor to go on from
    (to follow a log, call again with it). `topics` are names without scope. Raises `Refused`."""
    with looking(folder) as db, one_moment(db):
        known = heads.load(db)
        upto = known.position
        wanted = {stream: head for stream, head in known.heads.items() if topics is None or stream.name in topics}
        if after is None:
            ids = ",".join(str(head.id) for head in wanted.values())
            query = f"SELECT position FROM events WHERE stream IN ({ids}) ORDER BY position DESC LIMIT 1 OFFSET ?"
            row = db.execute(query, (limit,)).fetchone()
            after = row[0] if row else 0
        if topics is None:
            return events_after(db, {head.id: stream for stream, head in wanted.items()}, after, upto, limit)
        return events_of_streams(db, wanted, after, upto, limit)
