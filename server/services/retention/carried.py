"""Events that outlive their stream's floor, because something open needs them: proven, then folded like any other."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator

import msgspec

from server.event import MAX_BATCH_EVENTS, Event, Stream, decode
from server.keys import chain, verify_seal
from server.services.retention.events import Archived, Proof, Saved

logger = logging.getLogger(__name__)

MAX_CARRIED_BYTES = 1024 * 1024
"""Of all proofs in one `retention.archived`: some hundred open orders. What does not fit stays where it is, and what
comes after it in its stream stays too."""

MAX_PROOF_BYTES = 64 * 1024
"""Of one proof: where the next seal is too far away, the event stays where it is."""


def proven(said: Archived, store: str) -> list[Event]:
    """The events that are kept and carried; in a store those of its own writers. A proof that proves nothing is passed
    over. Head office holds them, unless it was put back to an old backup."""
    found: list[Event] = []
    for proof in said.carried:
        if store in ("", proof.header.store):
            kept = set(said.kept.get(proof.header.log_id, {}).get(proof.topic, ()))
            found += [event for event in check(proof) if event.seq in kept]
    return found


def saved(said: Saved, store: str) -> list[Event]:
    """The events from behind a hole that prove themselves; in a store those of its own writers."""
    return [event for proof in said.runs if store in ("", proof.header.store) for event in check(proof)]


def check(proof: Proof) -> list[Event]:
    """The events of a proof; none when they are not what their writer sealed."""
    stream = Stream(proof.header.log_id, proof.topic)
    if not 0 < len(proof.events) <= MAX_BATCH_EVENTS or len(proof.prior) != 32 or proof.first_seq < 1:
        return []
    digest = proof.prior
    events = []
    try:
        for seq, raw in enumerate(proof.events, proof.first_seq):
            event = decode(stream, raw)
            if event.seq != seq:
                return []
            digest = chain(digest, raw)
            events.append(event)
    except msgspec.MsgspecError:
        return []
    if not verify_seal(proof.header.public_key, digest, proof.seal):
        logger.warning("%s: a carried event is not its writer's", stream)
        return []
    return events


def places(proofs: Iterable[Proof]) -> Iterator[tuple[Stream, int, bytes]]:
    """Where the events stand that these proofs, all of them checked, carry, and their bytes."""
    for proof in proofs:
        stream = Stream(proof.header.log_id, proof.topic)
        for seq, raw in enumerate(proof.events, proof.first_seq):
            yield stream, seq, raw


def covering(proofs: Iterable[Proof], stream: Stream, seq: int) -> Proof | None:
    """The proof among these that has an event, if one has."""
    for proof in proofs:
        if (proof.header.log_id, proof.topic) == stream and 0 <= seq - proof.first_seq < len(proof.events):
            return proof
    return None


def again(places: Iterable[tuple[Stream, int]], before: Iterable[Proof]) -> list[Proof]:
    """Of the proofs that are carried already those that are needed still, whatever room there is: the events may have
    left every disk since."""
    before = list(before)
    found: list[Proof] = []
    for stream, seq in places:
        if covering(found, stream, seq) is None and (proof := covering(before, stream, seq)) is not None:
            found.append(proof)
    return found


def size(proof: Proof) -> int:
    return 200 + sum(len(raw) + 5 for raw in proof.events)
