"""What head office still holds of a stream below the place where it had to go on without what came between.

A store's terminals let go only of what head office holds, so the two parts of a stream are parted here only by damage
or an old backup. The rows stay where they are, and count; only neighbours are told that the stream begins above.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterable
from typing import Any

import msgspec

from server.event import Stream, unpack
from server.log.sums import checked, summed

logger = logging.getLogger("pilotlight.log")

MARK = "remains "
"""Before a stream's name, in `meta`."""

QUERY = f"SELECT key, value FROM meta WHERE key >= '{MARK}' AND key < '{MARK}~'"


class Part(msgspec.Struct, frozen=True, array_like=True):
    """Events above number `floor_seq`, where the hash is `floor_hash`, up to `seq`, where it is `hash`."""

    floor_seq: int
    floor_hash: bytes
    seq: int
    hash: bytes


def load(db: sqlite3.Connection) -> dict[Stream, list[Part]]:
    """By stream, the lowest first. Raises `sqlite3.Error`, also for a row that can't be read."""
    found: dict[Stream, list[Part]] = {}
    for key, value in db.execute(QUERY):
        log_id, _, topic = key.removeprefix(MARK).partition("/")
        try:
            found[Stream(log_id, topic)] = unpack(checked(value, key), list[Part])
        except msgspec.DecodeError as e:
            raise sqlite3.DatabaseError(f"what {key} is can't be read: {e}") from None
    return found


def whole(rows: Iterable[tuple[Any, ...]]) -> dict[Stream, list[Part]]:
    """The same of a damaged file's `QUERY`: those rows that are as they were written."""
    found: dict[Stream, list[Part]] = {}
    for key, value in rows:
        try:
            log_id, _, topic = key.removeprefix(MARK).partition("/")
            found[Stream(log_id, topic)] = unpack(checked(value, key), list[Part])
        except (msgspec.DecodeError, AttributeError):  # a name that is no text
            logger.warning("what remains of a stream can't be read")
    return found


def save(db: sqlite3.Connection, stream: Stream, parts: list[Part]) -> None:
    key = MARK + str(stream)
    db.execute("INSERT OR REPLACE INTO meta VALUES (?,?)", (key, summed(msgspec.msgpack.encode(parts), key)))


def add(db: sqlite3.Connection, stream: Stream, part: Part) -> None:
    """One more, above the others."""
    save(db, stream, [*load(db).get(stream, []), part])
