"""What an `Events` frame is worth: a batch to store, a duplicate, a gap, a fork, or a broken rule.

Everything that is stored went through here: the chain from our own head over every event, and the writer's seal on
the last. A seal binds all that came before, so nothing between two seals can be changed by those who carry it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from server.event import (
    MAX_BATCH_EVENTS,
    MAX_EVENT_BYTES,
    MAX_FOLLOWED,
    MAX_SEQ,
    NONCE_BYTES,
    Batch,
    Envelope,
    Header,
    Origin,
    Stream,
)
from server.keys import genesis, verify_seal
from server.replication.frames import Events
from server.replication.holdings import Holdings

HASH_BYTES = 32
SEAL_BYTES = 64


class BrokenRule(Exception):
    """The peer sent what no honest peer sends. `code` and `text` go into `Refuse`."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


class Fresh(NamedTuple):
    """New events, proven. `floor` is the `(seq, hash)` below, when the stream starts here above 1, or goes on from a
    floor above what is held."""

    batch: Batch
    floor: tuple[int, bytes] | None


class Duplicate(NamedTuple):
    """Nothing that is not held, or already on its way to the disk."""


class Fork(NamedTuple):
    """The writer has signed two different events with number `seq`; `evidence` is the branch not held here."""

    seq: int
    evidence: Batch


_decode = msgspec.msgpack.Decoder(Envelope).decode


MAX_STORE_CHARS = 64
MAX_NONCE_BYTES = 64
"""A header is kept for ever and sent with each stream: nobody may make it large."""


def check_header(header: Header, log_id: str) -> None:
    """Raises `BrokenRule` unless this header is the one that `log_id` is the hash of."""
    if len(header.nonce) > MAX_NONCE_BYTES or len(header.store) > MAX_STORE_CHARS or not header.store.isprintable():
        raise BrokenRule("bad_header", f"The header sent for log {log_id[:40]} has a nonce or store that can't be.")
    if header.log_id != log_id or len(header.public_key) != HASH_BYTES:
        raise BrokenRule("bad_header", f"The header sent for log {log_id[:40]} is not that log's.")


def examine(
    events: Events, stream: Stream, header: Header, holdings: Holdings, may_skip: bool = False
) -> Fresh | Duplicate | Fork:
    """Raises `BrokenRule` for a gap, a broken chain, a bad seal, or events that are none. `may_skip`: the stream may go
    on from a floor that lies above what is held."""
    _check_shape(events, stream)
    head = holdings.head(stream)
    first, last = events.first_seq, events.first_seq + len(events.events) - 1
    if head is None:
        return _first_of_stream(events, stream, header)
    fork = _fork(events, stream, header, holdings)
    if fork:
        return fork
    if last <= head[0]:
        return Duplicate()
    if first > head[0] + 1 and events.prior is not None and may_skip and not stream.scope:
        batch = _chain(stream, first, events.events, events.prior, events.seal)
        _check_seal(batch, header)
        return _left(batch, holdings) or Fresh(batch, (first - 1, events.prior))
    if first == head[0] + 1 and events.prior not in (None, head[1]) and not stream.scope:
        batch = _chain(stream, first, events.events, events.prior or b"", events.seal)
        _check_seal(batch, header)
        return Fork(head[0], batch)  # right at the sender's floor: it can show no more than what goes on from there
    if first > head[0] + 1:
        raise BrokenRule("gap", f"Stream {stream}: event {first} came, but {head[0] + 1} is next.")
    start = head[0] + 1 - first
    batch = _chain(stream, head[0] + 1, events.events[start:] if start else events.events, head[1], events.seal)
    _check_seal(batch, header)
    return _left(batch, holdings) or Fresh(batch, None)


def _left(batch: Batch, holdings: Holdings) -> Fork | None:
    """Whether this is of the branch that we took out of a stream of ours, to have the other one in its place."""
    seq, digest = holdings.left.get(batch.stream, (0, b""))
    if batch.first_seq <= seq <= batch.last_seq and batch.hashes[seq - batch.first_seq] == digest:
        return Fork(seq, batch)
    return None


def shown(events: Events, stream: Stream, header: Header) -> Batch:
    """What a peer shows of a stream and does not hold. Raises `BrokenRule` for what its writer has not signed."""
    _check_shape(events, stream)
    batch = _chain(stream, events.first_seq, events.events, events.prior or genesis(stream), events.seal)
    _check_seal(batch, header)
    return batch


def _check_shape(events: Events, stream: Stream) -> None:
    count = len(events.events)
    if not 1 <= count <= MAX_BATCH_EVENTS:
        raise BrokenRule("bad_batch", f"A batch has 1 to {MAX_BATCH_EVENTS} events, not {count}.")
    if not 1 <= events.first_seq <= MAX_SEQ:
        raise BrokenRule("bad_batch", f"Events of stream {stream} cannot start at {events.first_seq}.")
    if len(events.seal) != SEAL_BYTES or (events.prior is not None and len(events.prior) != HASH_BYTES):
        raise BrokenRule("bad_batch", "A seal has 64 bytes and a hash 32.")
    if max(map(len, events.events)) > MAX_EVENT_BYTES:
        raise BrokenRule("bad_batch", f"An event is over the limit of {MAX_EVENT_BYTES} bytes.")


def _first_of_stream(events: Events, stream: Stream, header: Header) -> Fresh:
    first = events.first_seq
    if first > 1 and events.prior is None:
        raise BrokenRule("gap", f"Stream {stream}: event {first} came, but 1 is next.")
    if first > 1 and stream.scope:
        raise BrokenRule("bad_batch", f"Stream {stream} has a scope, and is taken from its first event on only.")
    prior = genesis(stream) if first == 1 or events.prior is None else events.prior
    batch = _chain(stream, first, events.events, prior, events.seal)
    _check_seal(batch, header)
    return Fresh(batch, (first - 1, prior) if first > 1 else None)


def _fork(events: Events, stream: Stream, header: Header, holdings: Holdings) -> Fork | None:
    """A fork, where the hash before the batch is at hand or was sent along, and ours differs at some number in it."""
    first = events.first_seq
    head = holdings.head(stream)
    if events.prior is None and (head is None or first > head[0]):
        return None  # it starts right after our head: the chain itself will tell
    prior = events.prior or holdings.hash_at(stream, first - 1)
    if prior is None:
        return None
    if stream.scope and prior != holdings.hash_at(stream, first - 1):
        return None  # that it is this stream, and not the same topic's for another store, is not to be seen
    if first == 1:
        prior = genesis(stream)
    batch = _chain(stream, first, events.events, prior, events.seal)
    for seq, theirs in zip(range(first, first + len(batch.hashes)), batch.hashes, strict=True):
        ours = holdings.hash_at(stream, seq)
        if ours is not None and ours != theirs:
            _check_seal(batch, header)
            return Fork(seq, batch)
    return None


def _chain(stream: Stream, first_seq: int, events: Sequence[bytes], prior: bytes, seal: bytes) -> Batch:
    """The batch with its hashes. The numbers in the events themselves must follow, too, and their types say the topic.

    A chain that is known from its beginning is bound to the stream's name by its first link. One that begins at a hash
    that the peer told is not: without the types a peer could show a writer's events as those of another topic of its.
    """
    named = f"{stream.name}."
    sha256, decode = hashlib.sha256, _decode
    digest, seq, hashes = prior, first_seq, []
    try:
        for raw in events:
            envelope = decode(raw)
            if envelope.seq != seq or not 0 <= envelope.hlc < 2**63:
                raise BrokenRule("bad_event", f"Stream {stream}: what came as event {seq} is not it.")
            if envelope.follows and not 0 < envelope.follows < MAX_FOLLOWED:
                raise BrokenRule("bad_event", f"Stream {stream}: event {seq} answers to a time that is none.")
            if not envelope.type.startswith(named):
                raise BrokenRule("bad_event", f"Stream {stream}: event {seq} is of another topic.")
            if envelope.origin is not None and not _is_origin(envelope.origin):
                raise BrokenRule("bad_event", f"Stream {stream}: event {seq} was never written where it says.")
            digest = sha256(digest + raw).digest()
            hashes.append(digest)
            seq += 1
    except (msgspec.MsgspecError, RecursionError, ValueError, OverflowError) as e:
        raise BrokenRule("bad_event", f"Stream {stream}: event {seq} cannot be read: {str(e)[:200]}") from None
    return Batch(stream, first_seq, list(events), hashes, seal)


def _is_origin(origin: Origin) -> bool:
    return len(origin[0]) == NONCE_BYTES and 1 <= origin[1] <= MAX_SEQ


def _check_seal(batch: Batch, header: Header) -> None:
    if not verify_seal(header.public_key, batch.hashes[-1], batch.seal):
        raise BrokenRule(
            "bad_seal", f"Stream {batch.stream}: the seal at {batch.last_seq} is not the writer's for this chain."
        )
