"""What is said on a connection for blobs: MessagePack arrays behind a zero byte, as on a link (docs/protocol.md §4).

The caller greets once and then asks for pieces; every ask is answered by one piece, in order. `decode` raises `BadBlob`
and nothing else.
"""

from __future__ import annotations

import msgspec

VERSION = 1
PATH = "/blobs"
"""Of the sync port: by it a connection for blobs is told from a link."""

MAX_BLOB_BYTES = 256 * 1024 * 1024
"""A film for a menu board. A picture is a hundredth of it."""

MAX_PIECE_BYTES = 32 * 1024
MAX_FRAME_BYTES = MAX_PIECE_BYTES + 1024
MAX_TEXT_CHARS = 500


class BadBlob(Exception):
    """The other side broke a rule. The text names it."""


class Greeting(msgspec.Struct, frozen=True, array_like=True, tag=8):
    """The caller's first frame. `store` is `""` for head office."""

    version: int
    store: str
    device_id: str


class Ask(msgspec.Struct, frozen=True, array_like=True, tag=9):
    """Up to `length` bytes from `offset` on. `number` rises by one."""

    number: int
    digest: bytes
    offset: int
    length: int


class Piece(msgspec.Struct, frozen=True, array_like=True, tag=10):
    """The answer to the ask of that number. `total` is the blob's size; 0: it is not here."""

    number: int
    total: int
    data: bytes


class Sorry(msgspec.Struct, frozen=True, array_like=True, tag=7):
    """Why the connection ends; the last frame on it."""

    code: str
    text: str


Frame = Greeting | Ask | Piece | Sorry

_encoder = msgspec.msgpack.Encoder()
_decoder: msgspec.msgpack.Decoder[Frame] = msgspec.msgpack.Decoder(Frame)


def encode(frame: Frame) -> bytes:
    return b"\x00" + _encoder.encode(frame)


def decode(data: bytes) -> Frame:
    """A frame from bytes that came from anybody. Raises `BadBlob`."""
    if not 1 < len(data) <= MAX_FRAME_BYTES or data[0] != 0:
        raise BadBlob("what came is no frame of a connection for blobs")
    try:
        return _decoder.decode(data[1:])
    except (msgspec.MsgspecError, ValueError, RecursionError, MemoryError, OverflowError) as e:
        raise BadBlob(f"what came is no frame of a connection for blobs: {str(e)[:200]}") from None
