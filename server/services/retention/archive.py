"""The fold of `retention.archived`: whether a fact still counts in this store. Pure.

That floors are agreed on in an event, and not by each terminal for itself, is what keeps all of them alike: one that
has not dropped anything yet, one that dropped all of it, and a new one that gets some streams from the one and some
from the other fold the same facts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from server.event import Frontier, Stream
from server.services.fact import At, Fact, fits
from server.services.retention.carried import check, places
from server.services.retention.events import Archived, Proof

Place = tuple[Stream, int]
"""Where an event stands: its stream, and its number there."""


class Mark(msgspec.Struct, frozen=True):
    """One writer's newest word, at number `seq` of its stream."""

    seq: int
    floors: Frontier
    kept: frozenset[Place]
    upto: int
    carried: tuple[Proof, ...] = ()
    places: frozenset[tuple[Stream, int, bytes]] = frozenset()  # of the events that are carried, with their bytes
    tops: Mapping[Stream, int] = {}  # the latest place in time that is archived in a stream; `upto` where none is told
    after: Mapping[Place, int] = {}  # of those kept: the latest place in time at which another event was archived there

    def covers(self, place: int, stream: Stream, seq: int) -> bool:
        return place <= self.archived_to(stream, seq)

    def archived_to(self, stream: Stream, seq: int) -> int:
        """The place in time up to which what stands at this number counts no longer; 0 for none."""
        if seq > self.floors.get(stream, 0):
            return 0
        if (stream, seq) in self.kept:
            return self.after.get((stream, seq), 0)
        return self.tops.get(stream, self.upto)


class Archive(msgspec.Struct, frozen=True):
    """`marks` by the log of their writer. Mostly there is one; several when the line to head office changed hands."""

    marks: Mapping[str, Mark] = {}

    def with_(self, fact: Fact) -> Archive:
        """After one more `retention.archived`, as `marked` gives it."""
        _, log_id, seq, _ = fact.at
        known = self.marks.get(log_id)
        if known is not None and known.seq >= seq:
            return self
        return Archive({**self.marks, log_id: fact.data})

    def covers(self, at: At) -> bool:
        """Whether the fact is archived: it counts no longer. What one writer has archived, another can't take back.

        Nothing later than a writer says that it has archived is: what was folded before is looked through up to there
        only, and who hears of the fact after that must come to the same. Of a stream that was parted that keeps the
        past which the writer had not heard of.
        """
        if not self.marks:  # mostly; it is asked for each fact
            return False
        place, log_id, seq, topic = at
        stream = Stream(log_id, topic)
        return any(one.covers(place, stream, seq) for one in self.marks.values())

    def archived_at(self, places: Iterable[Place]) -> dict[Place, int]:
        """Of places that are to be kept: where another event than the kept one is archived, and up to when."""
        latest = {one: max((mark.archived_to(*one) for mark in self.marks.values()), default=0) for one in places}
        return {one: at for one, at in latest.items() if at}

    def spares(self, at: At, raw: bytes) -> bool:
        """Whether the event with these bytes is not needed where it stands: it is archived, or carried elsewhere. Two
        have one place where a stream was parted, and one of them may be carried and not the other."""
        place = (Stream(at[1], at[3]), at[2], raw)
        return self.covers(at) or any(place in one.places for one in self.marks.values())

    @property
    def carried(self) -> list[Proof]:
        return [proof for one in self.marks.values() for proof in one.carried]

    @property
    def floors(self) -> Frontier:
        """Up to where each stream is archived, apart from what is kept."""
        found: Frontier = {}
        for one in self.marks.values():
            for stream, seq in one.floors.items():
                found[stream] = max(found.get(stream, 0), seq)
        return found

    @property
    def tops(self) -> dict[Stream, int]:
        """The latest place in time that is archived in each of these streams."""
        found: dict[Stream, int] = {}
        for one in self.marks.values():
            for stream in one.floors:
                found[stream] = max(found.get(stream, 0), one.tops.get(stream, one.upto))
        return found

    @property
    def upto(self) -> int:
        """The latest place in time of an archived event."""
        return max((one.upto for one in self.marks.values()), default=0)


def marked(fact: Fact) -> Fact:
    """A `retention.archived` with its mark in the place of what was said: proofs are checked once for all tables."""
    return fact._replace(data=mark(fact.at[2], fact.data))


def mark(seq: int, said: Archived, checked: bool = False) -> Mark:
    """What was said, ready to be asked. `checked`: its proofs are known to be good."""
    floors = {Stream(log_id, topic): n for log_id, topics in said.floors.items() for topic, n in topics.items()}
    kept = frozenset((Stream(i, t), n) for i, topics in said.kept.items() for t, seqs in topics.items() for n in seqs)
    carried = tuple(proof for proof in said.carried if checked or check(proof))
    after = {
        (Stream(log_id, topic), n): fits(place)
        for log_id, topics in said.after.items()
        for topic, its in topics.items()
        for n, place in its.items()
    }
    tops = {Stream(log_id, topic): fits(place) for log_id, its in said.tops.items() for topic, place in its.items()}
    return Mark(seq, floors, kept, fits(said.upto), carried, frozenset(places(carried)), tops, after)


def told_places(places: Iterable[Place]) -> dict[str, dict[str, list[int]]]:
    """Places as `Archived` has them."""
    found: dict[str, dict[str, list[int]]] = {}
    for stream, seq in sorted(places):
        found.setdefault(stream.log_id, {}).setdefault(stream.topic, []).append(seq)
    return found


def told_after(after: Mapping[Place, int]) -> dict[str, dict[str, dict[int, int]]]:
    """Places in time as `Archived` has them."""
    found: dict[str, dict[str, dict[int, int]]] = {}
    for (stream, seq), place in sorted(after.items()):
        found.setdefault(stream.log_id, {}).setdefault(stream.topic, {})[seq] = place
    return found


def told(by_stream: Mapping[Stream, int]) -> dict[str, dict[str, int]]:
    """Floors, or places in time, as `Archived` has them."""
    found: dict[str, dict[str, int]] = {}
    for stream, number in sorted(by_stream.items()):
        found.setdefault(stream.log_id, {})[stream.topic] = number
    return found
