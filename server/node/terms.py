"""Coming to terms with what happened before this start: what neighbours hold of us, and what has lost its place."""

from __future__ import annotations

import asyncio
import contextlib

from server.event import Draft
from server.log import LogFailed
from server.node.alarms import Alarms
from server.node.parts import Parts
from server.services.read_model import ReadModelLost
from server.services.retention.events import SAVED, Proof, Saved
from server.services.tables import READ_ERRORS

HEAR_S = 3.0
HEAR_STEP_S = 0.5
"""How long a start waits for a neighbour before it writes what nobody waits for."""

LOOK_STEP_S = HEAR_STEP_S / 2
LOOK_AROUND_S = 0.5
"""How long a new terminal to which nobody was named looks around for others, before it counts as the first. No screen
is up so soon."""

REFILL_S = 30.0
"""How long neighbours may take to give back what they hold of our own, before what is missing is written again. What
comes later still does no harm: it counts once."""

AGAIN_EVERY_S = 5.0
"""How often it is looked whether neighbours have shown what this disk forgot, or taken the place of what it wrote."""

RUNS_AT_ONCE = 4
"""Runs of others' events from behind a hole that are said in one event: each has at most 256 KiB, an event 4 MiB."""

MAX_NAMED = 20

TWICE = (
    "Numbers that two orders of today have, because this terminal's disk was put back to an older state: {}. Call "
    "these orders by their customers' names, or by what is in them."
)


class Terms:
    def __init__(self, parts: Parts, alarms: Alarms) -> None:
        self._parts = parts
        self._alarms = alarms

    async def come(self) -> None:
        """With what happened before this start. What neighbours hold of our own streams and our disk has lost comes
        first: written before that, an answer of the card terminal would take the place of another event, and part our
        stream in two. Then what only we still have, and only then what is not settled."""
        assert self._parts.mesh is not None
        for _ in range(round(HEAR_S / HEAR_STEP_S)):
            if self._parts.mesh.connected_terminals():
                await asyncio.sleep(HEAR_STEP_S)  # now they tell what they hold
                break
            await asyncio.sleep(HEAR_STEP_S)
        if self._parts.log.spans:
            self._parts.engine.spawn(self._fill_in())
        with contextlib.suppress(LogFailed):  # the disk failed, which is told; the next start tries again
            await self._write_again(REFILL_S)
        self._look_for_doubles()
        self._parts.engine.keep_up(self._parts.engine.settlement.run)
        while True:  # the neighbour who holds the other branch of a fork may come any day
            await asyncio.sleep(AGAIN_EVERY_S)
            if self._parts.log.mending or self._parts.log.orphans:
                with contextlib.suppress(LogFailed):
                    await self._write_again(0)
            self._look_for_doubles()

    def _look_for_doubles(self) -> None:
        """A disk that was set back as a whole knows nothing of it, and gives numbers again until it meets those who
        know. Both orders stand; whoever calls them out must know. Always looked for: what was forgotten may come back
        between the moment in which a number is chosen and the one in which its order is written, without any fork."""
        parts = self._parts
        day = parts.services.business_day(parts.machine.wall_ms())
        try:
            numbers = parts.services.order_book.given_twice(parts.log.device_id, parts.services.store, day)
        except READ_ERRORS as e:
            parts.engine.doubt(e)
            return
        parts.given_twice = TWICE.format(", ".join(numbers[:MAX_NAMED])) if numbers else ""
        if numbers and self._alarms.is_news(f"twice {day} {len(numbers)}"):
            self._alarms.tell("number_given_twice", parts.given_twice)

    async def _write_again(self, wait_s: float) -> None:
        """Own events that have lost their place, by damage or in a fork: what the neighbours don't give back."""
        left = await self._parts.log.write_again(wait=True)
        for _ in range(round(wait_s / HEAR_STEP_S)):
            if not left:
                break
            await asyncio.sleep(HEAR_STEP_S)
            before, left = left, await self._parts.log.write_again(wait=True)
            if left == before and not any(peer.we_behind for peer in self._parts.peers()):
                break
        if not left:
            return
        while await self._parts.log.write_again():
            pass
        self._alarms.tell("written_again", f"{left} events that had lost their place in the log were written again.")

    async def _fill_in(self) -> None:
        """Others' events behind a hole: their streams go on with them as soon as somebody has given what is missing;
        those for which nobody did are said in an event, so that they count here and wherever that is held."""
        log, events = self._parts.log, 0
        with contextlib.suppress(
            LogFailed, ReadModelLost
        ):  # the disk failed, which is told; the next start tries again
            for _ in range(round(REFILL_S / HEAR_STEP_S)):
                if not await log.fill_in():
                    return
                await asyncio.sleep(HEAR_STEP_S)
            while some := await log.waiting_runs(RUNS_AT_ONCE):
                runs = [
                    Proof(log.headers()[stream.log_id], stream.topic, run.first_seq, run.prior, run.raws, run.seal)
                    for stream, run in some
                ]
                await self._parts.engine.record([Draft(SAVED, log.device_id, Saved(runs))])
                await log.fill_in(some)
                events += sum(len(run.raws) for _, run in some)
        if events:
            self._alarms.tell("saved", f"{events} events of other terminals, behind damage on this disk, count again.")

    async def hear(self, heard: asyncio.Event, only_new: bool) -> None:
        """A disk that is older than what it did, or one that is `only_new`, perhaps in the place of another: first the
        neighbours tell, for as long as they have something to tell and at most twice `HEAR_S`. Somebody may be asking
        again for what was done already. A new one that finds nobody within a moment is the first."""
        mesh, loop = self._parts.mesh, self._parts.loop
        begin = loop.time()
        while loop.time() < begin + 2 * HEAR_S:
            await asyncio.sleep(LOOK_STEP_S)
            since = loop.time() - begin
            there = mesh is not None and bool(mesh.connected_terminals())
            awaited = mesh is not None and mesh.awaited()
            if not there and not awaited and only_new and since >= LOOK_AROUND_S:
                break
            if since < HEAR_S and (awaited or not there):
                continue
            await asyncio.sleep(LOOK_STEP_S)  # what they hold is said right after the greeting
            if not any(peer.we_behind for peer in self._parts.peers()):  # one whose line broke meanwhile comes back
                break
        heard.set()
