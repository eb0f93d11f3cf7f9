"""The work of forgetting: what a store no longer keeps is archived, dropped, and its space given back.

Two steps, each in small portions with pauses, so that no sale waits. The terminal that carries the line to head office
says for the whole store what is archived (`_mark`), because it alone knows what head office holds. Every terminal then
drops from its own disk what is archived and old enough by its own settings (`_drop`). What may be archived is decided
in `server.services.retention`. Head office keeps everything.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Protocol

import msgspec

from server.clock import MAX_AHEAD_MS
from server.event import Draft, Event, Frontier, Stream
from server.log import Log, LogFailed
from server.services.fact import At
from server.services.read_model import ReadModelLost
from server.services.retention import carried, rule
from server.services.retention.archive import Archive, told, told_after, told_places
from server.services.retention.events import ARCHIVED, TOPIC, Archived, Proof
from server.services.retention.rule import DAY_MS, Aged, Kept
from server.services.shop import Services
from server.services.tables import READ_ERRORS

logger = logging.getLogger("pilotlight.retention")

MARK_EVERY_MS = 20 * 3_600_000
"""A store says once a day what is archived; sooner only while there is a backlog."""

LOOK_EVENTS = rule.STEP_EVENTS // 2
"""Looked at of each stream at a time: the streams of a shop advance together, and none has more than its part."""

DROP_EVENTS = 400
"""Deleted in one transaction: some milliseconds, so a sale that comes just then does not feel it."""

SHRINK_PAGES = 256
"""Given back to the disk in one transaction: 1 MiB."""

SHRINK_TABLE_PAGES = 64
"""Of each file of tables at a time: a sale may wait for it."""

SPARE_PAGES = 1024
"""Free pages that stay in the file, 4 MiB: tomorrow's sales need them."""

EASE = 2.0
"""For each second of work two of rest: a backlog takes a third of one core and of the disk's time."""

FAR = 2**63
"""Later than any HLC time."""

REST_S = 0.02
"""Rest at the least: what waited meanwhile goes first."""

FORGOTTEN_TIMES = 2
"""An order that was paid and of which nobody said that it is made is open for so many times the retention of sales."""


class Neighbours(Protocol):
    """What the mesh tells (`server.replication.mesh.Mesh`)."""

    def office_holds(self) -> Frontier | None: ...

    def leads(self) -> bool: ...

    def floor_raised(self, stream: Stream) -> None: ...


class Keeping(msgspec.Struct, frozen=True):
    """What an installer has set. `days` as `Kept`; `alone`: drop also what no head office holds, in a shop that has
    none. `every_s`: how often it is looked at; 0 for never."""

    days: Kept = Kept()
    office: bool = False  # there is one
    alone: bool = False
    every_s: float = 0.0


class Dropping(msgspec.Struct):
    """How it stands, for whoever asks. `open_below`: orders and subjects that must stay though they are old;
    `waits`: why nothing more is archived, `""` when all is well."""

    looks: int = 0
    archived: int = 0
    dropped: int = 0
    open_below: int = 0
    waits: str = ""


class Retention:
    """`run` it for as long as the node lives. `record` appends drafts and applies them; `shrink_tables` gives up to so
    many pages of each of the tables' files back to the disk; `doubt` is told of what could not be read in them."""

    def __init__(
        self,
        log: Log,
        services: Services,
        neighbours: Neighbours,
        keeping: Keeping,
        record: Callable[[list[Draft]], Awaitable[None]],
        shrink_tables: Callable[[int], Awaitable[int]],
        wall_ms: Callable[[], int],
        doubt: Callable[[Exception], None],
    ) -> None:
        self.state = Dropping()
        self._log, self._services, self._neighbours = log, services, neighbours
        self._keeping, self._record, self._wall_ms = keeping, record, wall_ms
        self._shrink_tables, self._doubt = shrink_tables, doubt
        self._behind = False  # a backlog is being worked off
        self._again: dict[Stream, dict[int, At]] = {}
        self._now = asyncio.get_running_loop().time

    async def run(self) -> None:
        if not (self._keeping.every_s and any(self._keeping.days)):
            return
        while True:
            await asyncio.sleep(self._keeping.every_s)
            try:
                while await self.step():
                    pass
            except (LogFailed, ReadModelLost) as e:
                logger.info("nothing is dropped just now: %s", e)
            except READ_ERRORS as e:  # it goes on when they are mended
                self._doubt(e)

    async def step(self) -> bool:
        """One portion of each kind. Whether there is more to do at once. Nothing while the log is about to begin anew,
        as one of its streams has two branches: head office may hold the other one, and what is here be nowhere else."""
        if self._log.ended:
            return False
        began = self._now()
        self.state.looks += 1
        marked = await self._mark()
        await self._ease(began)
        dropped = await self._drop()
        shrunk = await self._shrink()
        return marked or dropped or shrunk

    async def _ease(self, began: float) -> None:
        await asyncio.sleep(max(REST_S, EASE * (self._now() - began)))

    # -- what is archived ---------------------------------------------------------------------------------------------

    def _safe(self) -> Frontier | None:
        """Up to where each stream may be archived: what head office holds. None when that is not for us to say."""
        held = self._log.frontier()
        if not self._keeping.office:
            return held if self._keeping.alone and self._neighbours.leads() else None
        office = self._neighbours.office_holds()
        if office is None:
            return None
        return {stream: min(seq, office.get(stream, 0)) for stream, seq in held.items()}

    async def _mark(self) -> bool:
        """Says what else is archived, if it is time to. Whether more could be."""
        safe, services, days = self._safe(), self._services, self._keeping.days
        if safe is None or not services.tables.whole or services.cursor < self._log.position:
            return False
        archive, now_ms = services.archive, self._wall_ms()
        kept_since = await asyncio.to_thread(services.kept_since, days, now_ms)
        soon = kept_since.sales + min(DAY_MS, days.sales * DAY_MS // 2)
        counts = await asyncio.to_thread(services.counts_before, soon)
        if counts and kept_since.sales:
            await self._record(counts)
        aged = [a for s, seq in safe.items() if (a := await self._aged(s, archive.floors.get(s, 0), seq)) is not None]
        found = rule.line(aged, kept_since, rule.STEP_EVENTS)
        if not found.floors or not (found.more or self._behind or now_ms - self._marked_ms() >= MARK_EVERY_MS):
            return False
        floors, tops = archive.floors | found.floors, archive.tops
        for stream, top in found.tops.items():
            tops[stream] = max(tops.get(stream, 0), top)
        for stream, seq in found.floors.items():  # what was written again counts as what it was first
            for number, first in self._again.get(stream, {}).items():
                if number <= seq:
                    was = Stream(first[1], first[3])
                    floors[was] = max(floors.get(was, 0), first[2])
                    tops[was] = max(tops.get(was, 0), first[0])
        upto = max(archive.upto, found.upto)
        forgotten_ms = kept_since.sales - (FORGOTTEN_TIMES - 1) * days.sales * DAY_MS
        looked_at = services.cursor
        kept = await asyncio.to_thread(services.needed_below, floors, upto, forgotten_ms, tops)
        if kept is None:
            self.state.waits = (
                f"More than {rule.MAX_KEPT:,} old orders are still open. Finish, refund or void them at the POS: until "
                "then nothing older leaves this disk."
            )
            return False
        self.state.waits, self.state.open_below = "", len(kept)
        more = sum(seq - archive.floors.get(s, 0) for s, seq in found.floors.items())
        floors |= self._former_marks(safe)
        places = await asyncio.to_thread(services.places_below, kept, floors, upto, tops)
        after = told_after(services.archive.archived_at(places))
        said = Archived(told(floors), told_places(places), upto, await self._proofs(places), after, told(tops))
        moved = services.cursor > looked_at  # that took a while: an old order may have been touched, and be open again
        if moved and await asyncio.to_thread(services.needed_below, floors, upto, forgotten_ms, tops) != kept:
            return True
        await self._record([Draft(ARCHIVED, self._log.device_id, said)])
        self.state.archived += more
        self._behind = found.more
        return found.more

    async def _proofs(self, places: list[tuple[Stream, int]]) -> list[Proof]:
        """These events, as far as they may be carried, from where they are: in the log, or carried already."""
        found = carried.again(places, self._services.archive.carried)
        room = carried.MAX_CARRIED_BYTES - sum(map(carried.size, found))
        for stream, seq in places:
            if carried.covering(found, stream, seq) is not None:
                continue
            parts = await self._log.proof(stream, seq)
            if parts is None:
                continue
            prior, events, seal = parts
            proof = Proof(self._log.headers()[stream.log_id], stream.topic, seq, prior, events, seal)
            if carried.size(proof) <= min(room, carried.MAX_PROOF_BYTES):
                room -= carried.size(proof)
                found.append(proof)
        return found

    async def _aged(self, stream: Stream, floor: int, upto: int) -> Aged | None:
        """The stream's oldest events that are not archived. None for what stays for ever, or is another store's."""
        header = self._log.headers().get(stream.log_id)
        held = self._log.held().get(stream)
        if header is None or held is None or header.store != self._services.store:
            return None
        after = max(floor, held.floor_seq)
        if not self._keeping.days.of(stream) or after >= upto:
            return None
        events = (await self._log.part(stream, after, LOOK_EVENTS))[: upto - after]
        self._again[stream] = self._firsts(events)
        times = [(event.hlc, event.order[0]) for event in events]
        return Aged(stream, after, times, after + len(times) < upto)

    def _firsts(self, events: list[Event]) -> dict[int, At]:
        """The first places of those events that were written again, by their numbers here."""
        again = [event for event in events if event.origin is not None]
        firsts = [(event.seq, self._log.as_first(event)) for event in again]
        return {number: (*first.order, first.stream.topic) for number, first in firsts}

    def _marked_ms(self) -> int:
        """When this store last said what is archived, by whom it ever was; a clock that was ahead doesn't count."""
        latest = 0
        for stream, ms in self._log.newest_ms().items():
            header = self._log.headers().get(stream.log_id)
            if stream.name == TOPIC and header is not None and header.store == self._services.store:
                latest = max(latest, ms)
        return latest if latest <= self._wall_ms() + MAX_AHEAD_MS else 0

    def _former_marks(self, safe: Frontier) -> Frontier:
        """Of each writer's own marks only the newest counts."""
        own = Stream(self._log.log_id, TOPIC)
        return {s: seq if s == own else seq - 1 for s, seq in safe.items() if s.name == TOPIC and seq > (s != own)}

    # -- what leaves the disk -----------------------------------------------------------------------------------------

    async def _drop(self) -> bool:
        """Drops a portion of each stream: what is archived, and old by our own settings, whatever another says. Whether
        there is more."""
        more = False
        archive = self._services.archive
        if not archive.marks:
            return False
        since = await asyncio.to_thread(self._services.kept_since, self._keeping.days, self._wall_ms())
        for stream, target in archive.floors.items():
            held = self._log.held().get(stream)
            if held is None:
                continue
            target = min(target, held.seq - 1)  # the newest stays: by it newcomers learn that there is such a stream
            if held.floor_seq >= target:
                continue
            began = self._now()
            events = (await self._log.part(stream, held.floor_seq, DROP_EVENTS))[: target - held.floor_seq]
            firsts = {e.seq: self._log.as_first(e) for e in events}
            is_mark = stream.name == TOPIC  # of these only the newest counts, however young the others are
            before = FAR if is_mark else since.of(stream) << 16
            times = [(e.hlc, e.order[0]) for e in events]
            spared = (lambda _: True) if is_mark else partial(_spared, archive, firsts)
            seq = rule.droppable(stream, held.floor_seq, times, spared, before)
            if seq > held.floor_seq:
                self.state.dropped += await self._log.raise_floor(stream, seq)
                self._neighbours.floor_raised(stream)
                more = more or seq == held.floor_seq + len(events) < target
                await self._ease(began)
        return more

    async def _shrink(self) -> bool:
        """Gives a portion of the space back. Whether there is more."""
        began = self._now()
        returned = await self._log.shrink(SPARE_PAGES, SHRINK_PAGES) + await self._shrink_tables(SHRINK_TABLE_PAGES)
        if returned:
            await self._ease(began)
        return returned > 0


def _spared(archive: Archive, firsts: Mapping[int, Event], at: At) -> bool:
    """As `Archive.spares`, of an event that may have been written again: `firsts` are those, as they were first."""
    first = firsts[at[2]]
    return archive.spares((*first.order, first.stream.topic), first.raw)
