"""The frames of the sync port: MessagePack arrays, one flag byte in front.

    frame := flag:u8 body          flag 0: body is MessagePack · flag 1: body is a zstd frame of MessagePack
    body  := [kind, field, …]      unknown trailing fields are ignored; a later version may add some

A frame is at most `MAX_FRAME_BYTES`, as sent and as decompressed. `decode` raises `BadFrame` and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import msgspec
import zstandard

from server.event import Frontier, Header, Stream

PROTOCOL = 1
"""Spoken by this version. A peer is refused when the ranges `oldest … protocol` of both do not meet."""
OLDEST_PROTOCOL = 1

MAX_FRAME_BYTES = 8 * 1024 * 1024
"""Two of the largest events fit; a link holds at most a few of these in memory."""

MAX_TOLD_BYTES = 4 * 1024 * 1024
"""A frame without events, unpacked: 20,000 streams with the longest names fit. Its small values take some twenty times
as much memory as on the wire, where that of events takes once."""

EVENTS_KIND = b"\x03"
COMPRESS_FROM_BYTES = 256
"""Below this zstd's own header eats the gain."""

ZSTD_LEVEL = 3
MAX_FRONTIER_ENTRIES = 20_000
"""Streams in one frame (about 1.5 MB); more go in parts."""

Entries = dict[str, dict[str, int]]
"""A frontier on the wire: `{log_id: {topic: seq}}`."""


class BadFrame(Exception):
    """Bytes that are no frame of ours. `code` is "bad_frame" or "frame_too_large"."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


class Hello(msgspec.Struct, frozen=True, array_like=True, tag=1):
    """First frame of both sides: who I am. What I hold follows in `FrontierIs`, once I know who you are.

    `nonce` is made once a process: it tells a restarted peer from a second link, and a line to oneself from a
    cloned disk. `dial` is 0 on the side that accepted, else the dialler's rising count of links.
    """

    protocol: int
    oldest: int
    store: str
    device_id: str
    log_id: str
    header: Header
    label: str
    role: str
    nonce: bytes
    dial: int = 0
    sync_port: int = 0
    topics: list[str] | None = None  # names wanted; None is all
    neighbours: list[str] = []
    carries_office: bool = False
    office_reachable: bool = False
    api_port: int = 0  # where it serves its API, and pages for phones
    blobs: bool = False  # its sync port answers asks for blobs (server/blobs)


class FrontierIs(msgspec.Struct, frozen=True, array_like=True, tag=2):
    """Everything I hold durably that you may hold too: `{log_id: {topic: (seq, hash at seq)}}`.

    Replaces all said before. `more`: a further part follows; the parts count when the last has come.
    """

    entries: dict[str, dict[str, tuple[int, bytes]]]
    more: bool = False


class Events(msgspec.Struct, frozen=True, array_like=True, tag=3):
    """Consecutive events of one stream, as their writer encoded them; `seal` signs the chain at the last.

    `header` comes with a log's first events on a link. `prior` is the hash before `first_seq`, given where the
    receiver cannot know it: at a floor, and as evidence of a fork. `seen`: a branch of the receiver's own stream that
    the sender has seen elsewhere, and does not hold.
    """

    log_id: str
    topic: str
    first_seq: int
    events: list[bytes]
    seal: bytes
    header: Header | None = None
    prior: bytes | None = None
    seen: bool = False


class Have(msgspec.Struct, frozen=True, array_like=True, tag=4):
    """I hold these streams durably up to here, without a gap."""

    entries: Entries


class Summary(msgspec.Struct, frozen=True, array_like=True, tag=5):
    """Each second: what changed in my frontier since I last told you, and a digest of all of it.

    `digest` is the XOR over all my entries that you may hold (see `holdings.mark`). `received` counts `Events` frames
    that came on this link. `neighbours` when changed, and now and then; with them `addresses`, where those of the
    peer's own store are reached: `{device_id: "host:port"}`.
    """

    changed: Entries
    digest: int
    received: int
    carries_office: bool = False
    office_reachable: bool = False
    neighbours: list[str] | None = None
    addresses: dict[str, str] | None = None


class Ask(msgspec.Struct, frozen=True, array_like=True, tag=6):
    """Your digest is not what I computed: please send `FrontierIs` again."""


class Refuse(msgspec.Struct, frozen=True, array_like=True, tag=7):
    """Why I close this link; the last frame on it."""

    code: str
    text: str


Frame = Hello | FrontierIs | Events | Have | Summary | Ask | Refuse

_encoder = msgspec.msgpack.Encoder()
_decoder: msgspec.msgpack.Decoder[Frame] = msgspec.msgpack.Decoder(Frame)
_compressor = zstandard.ZstdCompressor(level=ZSTD_LEVEL)
_decompressor = zstandard.ZstdDecompressor()


def encode(frame: Frame) -> bytes:
    """The bytes of a frame, compressed when that pays. Raises `BadFrame` when it is over the limit."""
    body = _encoder.encode(frame)
    if len(body) >= MAX_FRAME_BYTES:
        raise BadFrame("frame_too_large", f"A frame of {len(body)} bytes is over the limit of {MAX_FRAME_BYTES}.")
    if len(body) >= COMPRESS_FROM_BYTES:
        packed = _compressor.compress(body)
        if len(packed) < len(body):
            return b"\x01" + packed
    return b"\x00" + body


def decode(frame: bytes) -> Frame:
    """A frame from bytes that came from anybody. Raises `BadFrame`."""
    if len(frame) > MAX_FRAME_BYTES:
        raise BadFrame("frame_too_large", f"A frame of {len(frame)} bytes is over the limit of {MAX_FRAME_BYTES}.")
    if not frame:
        raise BadFrame("bad_frame", "The frame is empty.")
    flag, body = frame[0], frame[1:]
    if flag == 1:
        body = _decompress(body)
    elif flag != 0:
        raise BadFrame("bad_frame", f"A frame cannot start with byte {flag}.")
    if len(body) > MAX_TOLD_BYTES and body[1:2] != EVENTS_KIND:
        raise BadFrame("frame_too_large", f"A frame without events has at most {MAX_TOLD_BYTES} bytes.")
    try:
        return _decoder.decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError, MemoryError, OverflowError) as e:
        raise BadFrame("bad_frame", f"The frame is not one of protocol {PROTOCOL}: {str(e)[:200]}") from None


def _decompress(body: bytes) -> bytes:
    # The size is read from zstd's header first, because the library would allocate whatever the header claims.
    try:
        size = zstandard.frame_content_size(body)
        if size < 0 or size > MAX_FRAME_BYTES:
            raise BadFrame(
                "frame_too_large", f"The frame does not say that it unpacks to under {MAX_FRAME_BYTES} bytes."
            )
        return _decompressor.decompress(body, max_output_size=MAX_FRAME_BYTES)
    except zstandard.ZstdError as e:
        raise BadFrame("bad_frame", f"The frame cannot be unpacked: {str(e)[:200]}") from None


def entries(frontier: Frontier) -> Entries:
    """A frontier as it travels: grouped by log."""
    grouped: Entries = {}
    for stream, seq in frontier.items():
        grouped.setdefault(stream.log_id, {})[stream.topic] = seq
    return grouped


def in_parts(frontier: Frontier) -> Iterator[Entries]:
    """A frontier as it travels, in parts that each fit into a frame."""
    streams = iter(frontier.items())
    while part := dict(islice(streams, MAX_FRONTIER_ENTRIES)):
        yield entries(part)


def frontier(entries: Entries) -> Frontier:
    """A frontier as it came."""
    return {Stream(log_id, topic): seq for log_id, topics in entries.items() for topic, seq in topics.items()}
