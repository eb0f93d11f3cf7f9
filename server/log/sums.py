"""Check sums for what no hash chain covers: answers of commands, events without a place, what was done about forks.

SQLite itself takes a row with a flipped bit for what was written.
"""

from __future__ import annotations

from typing import Any
from zlib import crc32

import msgspec

from server.event import unpack

SUM_BYTES = 4


def summed(packed: bytes, about: str = "") -> bytes:
    """MessagePack with its check sum after it, which covers what it is `about`, too."""
    return packed + crc32(packed, crc32(about.encode())).to_bytes(SUM_BYTES, "big")


def checked(packed: Any, about: str = "") -> bytes:
    """Without its sum. An early version wrote none, and what it wrote is one whole value; of anything else a value with
    four bytes behind it is none. Raises `msgspec.DecodeError` for what was never written so."""
    if not isinstance(packed, bytes):
        raise msgspec.DecodeError(f"bytes were written, not {type(packed).__name__}")
    whole, told = packed[:-SUM_BYTES], packed[-SUM_BYTES:]
    if len(packed) > SUM_BYTES and crc32(whole, crc32(about.encode())) == int.from_bytes(told, "big"):
        return whole
    unpack(packed)
    return packed
