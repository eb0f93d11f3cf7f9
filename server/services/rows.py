"""How states and facts are kept in a read model's row: with a check sum each."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from zlib import crc32

import msgspec

from server.services.fact import At, Fact

_encode = msgspec.msgpack.Encoder().encode
_packed = msgspec.msgpack.Decoder(tuple[At, bytes])
_LENGTH = 4

SUMMED = 2
"""The form of all rows, beside each service's own version: since 1, states and facts carry a check sum. SQLite itself
takes a page with a flipped bit for what was written. Since 2, rows tell the place of their oldest fact."""


class Damaged(sqlite3.DatabaseError):
    """A row is not as it was written."""


def summed(packed: bytes) -> bytes:
    """With its check sum, 4 bytes, before it."""
    return crc32(packed).to_bytes(_LENGTH, "big") + packed


def checked(packed: bytes) -> bytes:
    """Without it. Raises `Damaged`."""
    if crc32(packed[_LENGTH:]) != int.from_bytes(packed[:_LENGTH], "big"):
        raise Damaged("a row is not as it was written")
    return packed[_LENGTH:]


def pack(fact: Fact) -> bytes:
    """A fact as kept in its aggregate's row: its length in 4 bytes, then check sum, its place and its bytes."""
    packed = summed(_encode((fact.at, fact.raw)))
    return len(packed).to_bytes(_LENGTH, "big") + packed


def unpack(packed: bytes) -> Iterator[tuple[At, bytes]]:
    """Raises `Damaged`."""
    start = 0
    while start < len(packed):
        end = start + _LENGTH + int.from_bytes(packed[start : start + _LENGTH], "big")
        yield _packed.decode(checked(packed[start + _LENGTH : end]))
        start = end
