"""What this node holds, as the protocol sees it: durable heads, heads on their way to the disk, digests per view."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from hashlib import blake2b

from server.event import Batch, Header, Held, Stream
from server.keys import genesis
from server.replication.scope import View

MAX_STREAMS = 50_000
MAX_STREAMS_AT_OFFICE = 2_000_000
"""Streams held. A shop of a dozen terminals, each with a new disk twice a year, makes two thousand in ten years; head
office has ten thousand shops. One more is somebody who makes up devices: it is not taken, and the others go on."""

RECENT_HASHES = 16
"""Hashes kept behind a stream's head, to tell a fork from a duplicate without reading the log."""


@lru_cache(4096)
def mark(stream: Stream, seq: int) -> int:
    """64 bits that stand for one frontier entry; a digest is the XOR of these over all entries. The same ones are asked
    for again by every link, as each neighbour gets as far as we are."""
    text = f"{stream.log_id}/{stream.topic}\0{seq}"
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


class Holdings:
    """Durable heads, and the heads that stores in flight will make: catch-up need not wait for the disk."""

    def __init__(
        self,
        held: Mapping[Stream, Held],
        headers: Mapping[str, Header],
        left: Mapping[Stream, tuple[int, bytes]] | None = None,
    ) -> None:
        """`left`: an event, by number and hash, of each branch that is no longer wanted here."""
        self.left = dict(left or {})
        self.held: dict[Stream, Held] = dict(held)
        self.headers: dict[str, Header] = dict(headers)
        self._coming: dict[Stream, tuple[int, bytes]] = {}
        self._floors: dict[Stream, tuple[int, bytes]] = {}
        self._recent: dict[Stream, dict[int, bytes]] = {}
        self._digests: dict[View, int] = {}

    def seq(self, stream: Stream) -> int:
        """How far the stream is held durably; 0 when it is not."""
        held = self.held.get(stream)
        return held.seq if held else 0

    def head(self, stream: Stream) -> tuple[int, bytes] | None:
        """`(seq, hash)` on which the next batch must chain, stores in flight included. None: nothing held."""
        coming = self._coming.get(stream)
        if coming:
            return coming
        held = self.held.get(stream)
        return (held.seq, held.hash) if held else None

    def coming(self, batch: Batch, floor: tuple[int, bytes] | None) -> None:
        """A store of this batch is on its way."""
        self._coming[batch.stream] = (batch.last_seq, batch.hashes[-1])
        self._remember(batch)
        if floor:
            self._floors[batch.stream] = floor

    def roll_back(self, stream: Stream) -> None:
        """The store failed: the head is again what is durable."""
        self._coming.pop(stream, None)
        self._floors.pop(stream, None)
        durable = self.seq(stream)
        recent = self._recent.get(stream, {})
        for seq in [seq for seq in recent if seq > durable]:
            del recent[seq]

    def commit(self, batch: Batch) -> bool:
        """The log holds this batch durably. False when nothing moved."""
        stream, last = batch.stream, batch.last_seq
        before = self.held.get(stream)
        old = before.seq if before else 0
        if last <= old:
            return False
        floor = self._floors.pop(stream, None) if self._begins_at_floor(batch) else None
        floor_seq, floor_hash = floor or (before[2:] if before else (0, genesis(stream)))
        self.held[stream] = Held(last, batch.hashes[-1], floor_seq, floor_hash)
        if before:
            self._recent.setdefault(stream, {}).setdefault(before.seq, before.hash)
        self._remember(batch)
        coming = self._coming.get(stream)
        if coming and coming[0] <= last:
            del self._coming[stream]
        self._update_digests(stream, old, last)
        return True

    def _begins_at_floor(self, batch: Batch) -> bool:
        floor = self._floors.get(batch.stream) if self._floors else None
        return floor is not None and batch.first_seq == floor[0] + 1

    def raise_floor(self, stream: Stream, seq: int, digest: bytes) -> None:
        """Events up to `seq` are gone."""
        held = self.held.get(stream)
        if held and held.floor_seq < seq <= held.seq:
            self.held[stream] = Held(held.seq, held.hash, seq, digest)

    def hash_at(self, stream: Stream, seq: int) -> bytes | None:
        """The chain's hash at `seq` where it is at hand, else None."""
        held = self.held.get(stream)
        if held:
            if seq == held.seq:
                return held.hash
            if seq == held.floor_seq and seq > 0:
                return held.floor_hash
        if seq == 0:
            return genesis(stream)
        return self._recent.get(stream, {}).get(seq)

    def learn(self, stream: Stream, seq: int, digest: bytes) -> None:
        """A hash of our own that was read from the log."""
        recent = self._recent.setdefault(stream, {})
        recent[seq] = digest
        if len(recent) > RECENT_HASHES:
            del recent[next(iter(recent))]

    def visible(self, view: View) -> Iterator[Stream]:
        """The streams we hold that `view` may hold too."""
        for stream in self.held:
            header = self.headers.get(stream.log_id)
            if header and view.takes(header.store, stream):
                yield stream

    def digest(self, view: View) -> int:
        """The XOR of `mark` over everything visible to `view`; kept up to date from its first use on."""
        if view not in self._digests:
            digest = 0
            for stream in self.visible(view):
                seq = self.held[stream].seq
                digest ^= mark(stream, seq) if seq else 0  # of a branch that was left nothing may be held
            self._digests[view] = digest
        return self._digests[view]

    def forget(self, view: View) -> None:
        """Nobody looks at us this way any more; every commit costs something for each digest that is kept."""
        self._digests.pop(view, None)

    def full(self, most: int) -> bool:
        """Whether a stream that is not held yet would be one too many."""
        return len(self.held) >= most

    def _update_digests(self, stream: Stream, old: int, new: int) -> None:
        header = self.headers.get(stream.log_id)
        if header is None or not self._digests:
            return
        change = mark(stream, new) ^ (mark(stream, old) if old else 0)
        for view in self._digests:
            if view.takes(header.store, stream):
                self._digests[view] ^= change

    def _remember(self, batch: Batch) -> None:
        recent = self._recent.setdefault(batch.stream, {})
        start = max(0, len(batch.hashes) - RECENT_HASHES)
        for i in range(start, len(batch.hashes)):
            recent[batch.first_seq + i] = batch.hashes[i]
        while len(recent) > RECENT_HASHES:
            del recent[next(iter(recent))]
