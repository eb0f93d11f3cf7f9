"""The rule of what a store may stop keeping; pure.

1. Only what head office holds durably, and what is older than its topic's retention by its writer's clock (`floors`).
2. Nothing about an aggregate that is still open, or of which anything younger is known (`needed`): an order goes whole
   or not at all, and the stock of a dish stays as it is.
3. Not too much at once, so that all streams advance together and few orders lie across the line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from server.event import Frontier, Stream
from server.services.fact import At

STEP_EVENTS = 1_000
"""Archived in one go: some two hundred orders, which leave the tables in about a tenth of a second; a sale that comes
just then waits for no more. A backlog of years takes many steps."""

MAX_KEPT = 20_000
"""Open aggregates that may lie below the line; their ids, about 700 kB, travel with each `retention.archived`. With
more the line waits, and the doctor says so."""

DAY_MS = 86_400_000

NO_TOPS: Mapping[Stream, int] = {}
"""Of each stream all counts that has its numbers."""


SALES = frozenset({"orders", "payments", "kitchen", "receipts"})
"""An order, its payments, its ticket and its receipts are one thing."""


class Kept(NamedTuple):
    """How long a store keeps its events: in days (0 is for ever), or since when, in ms since 1970 (0 is since ever).
    What is not named here stays: menus, settings, members, and topics that we don't know."""

    sales: int = 0
    stock: int = 0
    health: int = 0

    def of(self, stream: Stream) -> int:
        if stream.name in SALES:
            return self.sales
        return {"stock": self.stock, "health": self.health, "baskets": self.health}.get(stream.name, 0)


class Aged(NamedTuple):
    """The oldest events of one stream that are not archived yet: after number `after`, (time, place) of each, both as
    in HLC. `more`: there are others after them."""

    stream: Stream
    after: int
    times: list[tuple[int, int]]
    more: bool


class Line(NamedTuple):
    """How far events may be archived, and the latest place in time among those that are new to it: in each stream
    (`tops`), and of all. `more`: not all that is old enough is in it yet."""

    floors: Frontier
    tops: dict[Stream, int]
    more: bool

    @property
    def upto(self) -> int:
        return max(self.tops.values(), default=0)


def since(days: int, now_ms: int, nth_latest_ms: int | None) -> int:
    """From when on events are kept, in ms since 1970; 0 for all. `nth_latest_ms` is when the latest but `days` - 1 of
    the days began on which anything was sold, if there were so many.

    Days count by the calendar and by the till: a clock that jumped a year ahead makes nothing a year older.
    """
    if not days or nth_latest_ms is None:
        return 0
    return max(0, min(now_ms - days * DAY_MS, nth_latest_ms))


def line(streams: Iterable[Aged], kept_since: Kept, limit: int) -> Line:
    """The next line. `streams` end at what head office holds; `kept_since` is in ms."""
    old: dict[Stream, list[tuple[int, int]]] = {}
    after: dict[Stream, int] = {}
    barrier: int | None = None  # beyond it not every stream is known
    more = False
    for one in streams:
        before = kept_since.of(one.stream)
        if not before:
            continue
        times = []
        for hlc, place in one.times:
            if hlc >> 16 >= before:
                break
            times.append((hlc, place))
        after[one.stream], old[one.stream] = one.after, times
        if times and len(times) == len(one.times) and one.more:
            more = True
            barrier = times[-1][0] if barrier is None else min(barrier, times[-1][0])
    everything = sorted(hlc for times in old.values() for hlc, _ in times if barrier is None or hlc <= barrier)
    if len(everything) > limit:
        barrier, more = everything[limit - 1], True
    floors: Frontier = {}
    tops: dict[Stream, int] = {}
    for stream, times in old.items():
        count = 0
        for hlc, place in times:
            if barrier is not None and hlc > barrier:
                break
            count += 1
            tops[stream] = max(tops.get(stream, 0), place)
        if count:
            floors[stream] = after[stream] + count
    return Line(floors, tops, more)


def below(at: At, floors: Mapping[Stream, int], tops: Mapping[Stream, int] = NO_TOPS) -> bool:
    """Whether a fact lies below a line. `tops`: nothing of a stream that is later does, whatever its number is (as
    `Mark.archived_to`): where the stream was parted, it is of the past that whoever draws the line has not heard of."""
    stream = Stream(at[1], at[3])
    return at[2] <= floors.get(stream, 0) and at[0] <= tops.get(stream, at[0])


def needed(
    aggregates: Iterable[tuple[str, bool, list[At]]],
    floors: Mapping[Stream, int],
    most: int = MAX_KEPT,
    tops: Mapping[Stream, int] = NO_TOPS,
) -> set[str] | None:
    """Those with facts below the line that must stay: they are open (the second of each), or have facts above it, too.
    An aggregate may be named several times, by several services. None when they are more than `most`.

    What stays is named by its place. In a stream that was parted (its disk was set back and written on) two facts have
    one place, and stay both: then the other's aggregate stays whole, too, or a settled order would be half an order.
    """
    low: dict[str, set[tuple[str, int, str]]] = {}
    found: set[str] = set()
    for aggregate_id, is_open, facts in aggregates:
        below_it = {at[1:] for at in facts if below(at, floors, tops)}
        low.setdefault(aggregate_id, set()).update(below_it)
        if is_open or any(not below(at, floors, tops) for at in facts):
            found.add(aggregate_id)
    found = {aggregate_id for aggregate_id in found if low[aggregate_id]}
    while more := _beside(found, low):
        found |= more
    return found if len(found) <= most else None


def _beside(kept: set[str], low: Mapping[str, set[tuple[str, int, str]]]) -> set[str]:
    """Other aggregates with a fact at a place of these."""
    places = {place for aggregate_id in kept for place in low[aggregate_id]}
    return {
        aggregate_id for aggregate_id, its in low.items() if aggregate_id not in kept and not places.isdisjoint(its)
    }


def droppable(
    stream: Stream,
    after: int,
    times: Iterable[tuple[int, int]],
    spared: Callable[[At], bool],
    before: int,
) -> int:
    """Up to which number events after `after` may leave the disk: those that are not needed where they stand and were
    written before `before`, up to the first that is not. `times` are (time, place) of each, all as in HLC."""
    seq = after
    for hlc, place in times:
        if hlc >= before or not spared((place, stream.log_id, seq + 1, stream.topic)):
            break
        seq += 1
    return seq
