"""The words every part of the server shares: stream, event, draft, header, batch, refusal.

An event is encoded once, by its writer, as the MessagePack array

    [seq, hlc, type, aggregate_id, data, command_id, follows, origin]

(`follows` and `origin` only where there are such) and those bytes are hashed, stored, sent and stored again without
being encoded anew. The stream an event belongs to is not repeated inside it: it is bound in by the hash chain, whose
first link is the stream's name (`server.keys.genesis`).

A log can end with events that nobody else has: its file was damaged before them, or two branches of it were written.
Their writer then writes them again in its next log, with their `origin`: where they stood first. To folds such an event
is the first one (`original`), so it counts once, whoever holds which.
"""

from __future__ import annotations

import base64
import builtins
import hashlib
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

import msgspec

T = TypeVar("T")

MAX_EVENT_BYTES = 4 * 1024 * 1024
"""A menu of 10,000 items fits; anything larger is a mistake or an attack."""

MAX_BATCH_EVENTS = 512
"""Events in one `events` frame; a writer seals at least this often, so that a batch can always end at a seal."""

MAX_FOLLOWED = 2**62
"""A place in time that an event may claim to answer to: the year 4199. Beyond it is a forger; nothing answers to that,
so that there always is a later place, and it fits into a column."""


STORE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,62}")
"""What a store may be called; its whole name must be so. It becomes part of topics (`Stream.scope`)."""

MAX_LABEL = 200
"""Characters of what staff call a terminal."""


class Refused(Exception):
    """An answer, not a failure: a person asked for what cannot be done.

    `code` is stable and for programs; `text` says what happened and what to do now, in the user's words.
    """

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


_NAMED = re.compile(r"`([^`]*)`")
_KINDS = {
    "int": "a whole number", "float": "a number", "str": "text", "bool": "true or false", "array": "a list",
    "object": "an object", "null": "nothing",
}  # fmt: skip
"""JSON's kinds of values as msgspec names them, and as people do."""


def plainly(complaint: str) -> str:
    """What msgspec says of a value, in words: `Expected `int`, got `str`` is “expected a whole number, got text”."""
    for start, said in (("Object missing required field `", "the field “{}” is missing"),
                        ("Object contains unknown field `", "there is no field “{}”")):  # fmt: skip
        if complaint.startswith(start) and complaint.endswith("`"):
            return said.format(complaint[len(start) : -1])
    words = _NAMED.sub(lambda m: " or ".join(_KINDS.get(one, one) for one in m[1].split(" | ")), complaint)
    return words[:1].lower() + words[1:]


BUSY = "This server has more to do than it can do right now. Nothing was done; send it again in a moment."
"""Code `busy`: the same sentence for a command too many and for any other request."""


class Stream(NamedTuple):
    """One writer's events about one subject area, numbered 1, 2, 3 …

    `topic` is `name` or `name/scope`; a scope is a store id, and limits who outside the writer may hold it.
    """

    log_id: str
    topic: str

    @property
    def name(self) -> str:
        """The topic without its scope: `menu` of `menu/riverside`."""
        return self.topic.partition("/")[0]

    @property
    def scope(self) -> str:
        """The store this stream is meant for, or `""` for all."""
        return self.topic.partition("/")[2]

    def __str__(self) -> str:
        return f"{self.log_id}/{self.topic}"


Frontier = dict[Stream, int]
"""A version vector: for each stream, the seq up to which it is held without a gap."""


Origin = tuple[bytes, int]
"""Where an event was written first: the nonce of that log's header, and its number in the stream of the same topic. The
log's id follows from the nonce and from who writes now, so nobody can write another's events again."""

NONCE_BYTES = 16
MAX_SEQ = 2**53
"""Exact in every language that may read a frontier; a busy terminal reaches it in a hundred million years."""


class Envelope(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The array that is hashed, stored and sent. `data` stays encoded until somebody wants it."""

    seq: int
    hlc: int
    type: str
    aggregate_id: str
    data: msgspec.Raw
    command_id: str | None = None
    follows: int = 0
    origin: Origin | None = None


_envelope_decoder = msgspec.msgpack.Decoder(Envelope)
_encoder = msgspec.msgpack.Encoder()


class Draft(msgspec.Struct, frozen=True):
    """An event that a decider wants to happen: everything but its place in a stream and its time.

    `topic` defaults to the first word of `type` (`orders` of `orders.placed/1`).
    `data` is any msgspec-encodable value, by rule a frozen Struct of the service's `events.py`.
    `follows` is the place in time (`Event.order[0]`) of the latest fact that it answers to: it will sort after that.
    """

    type: str
    aggregate_id: str
    data: Any
    topic: str = ""
    follows: int = 0

    @property
    def stream_topic(self) -> str:
        return self.topic or self.type.partition(".")[0]


class Event(msgspec.Struct, frozen=True):
    """An immutable fact, as held by this machine.

    `raw` are the writer's bytes. `position` is this machine's own arrival number, the cursor of subscriptions;
    it is 0 for an event that is not stored here. `follows` is 0 unless it answers to a fact that is dated later than
    itself, by a clock that was ahead. `origin` is None unless it was written before, in a log that ended.
    """

    stream: Stream
    seq: int
    hlc: int
    type: str
    aggregate_id: str
    raw: bytes
    command_id: str | None = None
    position: int = 0
    follows: int = 0
    origin: Origin | None = None

    @property
    def order(self) -> tuple[int, str, int]:
        """The order in which folds see events, the same on every machine: by time, but after what it answers to."""
        return (max(self.hlc, self.follows + 1), self.stream.log_id, self.seq)

    @property
    def wall_ms(self) -> int:
        """Milliseconds since 1970 of the writer's clock."""
        return self.hlc >> 16

    def data(self, into: builtins.type[Any] = dict) -> Any:
        """The event's data decoded into `into`; unknown fields are ignored, so newer writers stay readable.

        Raises `msgspec.DecodeError`, its `ValidationError` when a known field has the wrong shape.
        """
        return unpack(_envelope(self.raw).data, into)


def encode(seq: int, hlc: int, draft: Draft, command_id: str | None, follows: int = 0) -> bytes:
    """The bytes of a new event. Raises `Refused` when they would be over `MAX_EVENT_BYTES`, or a number in them over
    64 bits."""
    fields = (seq, hlc, draft.type, draft.aggregate_id, draft.data, command_id)
    try:
        raw = _encoder.encode((*fields, follows) if follows else fields)
    except OverflowError:
        raise Refused("number_too_large", "A number in this is too large to record. Correct it.") from None
    if len(raw) > MAX_EVENT_BYTES:
        raise Refused(
            "too_large",
            f"This is too large to record ({len(raw) // 1024} kB; the limit is {MAX_EVENT_BYTES // 1024} kB).",
        )
    return raw


_decoder = lru_cache(512)(msgspec.msgpack.Decoder)
"""By type: making one costs more than what it decodes."""


def unpack(packed: bytes | msgspec.Raw, into: builtins.type[T] | Any = Any) -> T | Any:
    """A value from its MessagePack. Raises `msgspec.DecodeError` (or its `ValidationError`) for anything else, also
    where msgspec itself has other names for it: text that is none, arrays in arrays without end, no bytes at all."""
    try:
        return _decoder(into).decode(packed)  # type: ignore[arg-type]  # a type can be hashed
    except (UnicodeDecodeError, RecursionError, TypeError) as e:
        raise msgspec.DecodeError(str(e)) from None


def _envelope(raw: bytes) -> Envelope:
    """Raises as `unpack` does."""
    try:
        return _envelope_decoder.decode(raw)
    except (UnicodeDecodeError, RecursionError, TypeError) as e:
        raise msgspec.DecodeError(str(e)) from None


def decode(stream: Stream, raw: bytes, position: int = 0) -> Event:
    """An event from its bytes. Raises `msgspec.DecodeError` (or its `ValidationError`) for anything else."""
    e = _envelope(raw)
    return Event(stream, e.seq, e.hlc, e.type, e.aggregate_id, raw, e.command_id, position, e.follows, e.origin)


def encode_again(seq: int, raw: bytes, origin: Origin) -> bytes:
    """The bytes of an event that is written again with number `seq`; `origin` is where `raw` stands, and gives way to
    the one that `raw` names itself. Raises `msgspec.DecodeError` when `raw` is no event."""
    e = _envelope(raw)
    return _encoder.encode((seq, e.hlc, e.type, e.aggregate_id, e.data, e.command_id, e.follows, e.origin or origin))


def original(event: Event, writer: Header) -> Event:
    """An event that was written again as it was written first, with this machine's position; others as they are."""
    if event.origin is None:
        return event
    nonce, seq = event.origin
    e = _envelope(event.raw)
    fields = (seq, e.hlc, e.type, e.aggregate_id, e.data, e.command_id)
    raw = _encoder.encode((*fields, e.follows) if e.follows else fields)
    stream = Stream(writer.former(nonce).log_id, event.stream.topic)
    return msgspec.structs.replace(event, stream=stream, seq=seq, raw=raw, origin=None)


def former_headers(events: Iterable[bytes], writer: Header) -> Iterator[Header]:
    """The headers of the logs in which some of these events were written first. Raises `msgspec.DecodeError`."""
    for raw in events:
        if raw[0] > _SEVEN_ELEMENTS:  # one compare an event, on the way of every event
            origin = _envelope(raw).origin
            if origin is not None:
                yield writer.former(origin[0])


_SEVEN_ELEMENTS = 0x97
"""The first byte of a MessagePack array of so many."""


class Header(msgspec.Struct, frozen=True, array_like=True):
    """Who writes a log. Its bytes' hash is the log id, so nobody can claim another's log.

    `store` is the store's id, or `""` for head office.
    """

    version: int
    public_key: bytes
    nonce: bytes
    store: str

    @property
    def log_id(self) -> str:
        """16 characters: base32 of the first 10 bytes of SHA-256 over the encoded header."""
        return _log_id_of(self)

    def former(self, nonce: bytes) -> Header:
        """The header of another log of the same writer."""
        return Header(self.version, self.public_key, nonce, self.store)

    @property
    def device_id(self) -> str:
        """The id of the device whose key signs this log's seals."""
        return device_id_of(self.public_key)


@lru_cache(1024)
def _log_id_of(header: Header) -> str:
    """Asked for with every batch that is stored, of the few logs of a shop."""
    digest = hashlib.sha256(msgspec.msgpack.encode(header)).digest()
    return base64.b32encode(digest[:10]).decode().lower()


@lru_cache(1024)
def device_id_of(public_key: bytes) -> str:
    """Asked for with every event that is passed on, of the few devices of a shop."""
    digest = hashlib.sha256(public_key).digest()
    return base64.b32encode(digest[:10]).decode().lower()


class Held(NamedTuple):
    """How far a stream is held here, and from where (`floor_seq` is 0 for a whole stream)."""

    seq: int
    hash: bytes
    floor_seq: int
    floor_hash: bytes


class Batch(msgspec.Struct, frozen=True):
    """Consecutive events of one stream, ending at a seal.

    `hashes[i]` is the chain's hash at `events[i]`; `seal` signs the last of them.
    """

    stream: Stream
    first_seq: int
    events: list[bytes]
    hashes: list[bytes]
    seal: bytes

    @property
    def last_seq(self) -> int:
        return self.first_seq + len(self.events) - 1
