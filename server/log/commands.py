"""What commands were answered, kept so that one asked again is answered as the first time, and not done again."""

from __future__ import annotations

import sqlite3
from typing import Any

import msgspec

from server.event import Stream, decode, unpack
from server.log.sums import checked, summed

NOT_KNOWN = None
"""The result of a command of which only the events are there."""


def pack(command_id: str, result: Any) -> bytes:
    """As it is kept: with a check sum, which covers the id too. Raises what msgspec does for what can't be encoded."""
    return summed(msgspec.msgpack.encode(result), command_id)


def result_of(command_id: str, packed: Any) -> Any:
    """In plain builtins. Raises `msgspec.DecodeError` for what was not kept so."""
    return unpack(checked(packed, command_id))


def problem(db: sqlite3.Connection, row: tuple[Any, ...]) -> str:
    """What is not as it was written in a row of `commands`; `""` for nothing. Its events may have been dropped with
    age. Raises `sqlite3.Error`."""
    command_id, position, count, packed = row
    if not isinstance(command_id, str):
        return "its id is none"
    if not (isinstance(position, int) and isinstance(count, int) and count >= 0 and position > 0):
        return "its place in the log is none"
    try:
        result_of(command_id, packed)
    except msgspec.DecodeError as e:
        return f"its answer is not as it was written ({e})"
    for at in {position, position + count - 1} if count else ():
        found = db.execute("SELECT raw FROM events WHERE position = ?", (min(at, LAST),)).fetchone()
        if found is not None and not _is_of(command_id, found[0]):
            return "its events are not its own"
    return ""


LAST = 2**63 - 1
"""SQLite's largest number."""


def _is_of(command_id: str, raw: bytes) -> bool:
    try:
        return decode(Stream("", ""), raw).command_id == command_id
    except msgspec.DecodeError:
        return False
