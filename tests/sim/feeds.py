"""Somebody outside who follows a machine's events, as `WS /v1/feed` tells them: over restarts, lost connections and
damage nothing is missed, and what an id stands for, and the id of a thing, never change.

It goes on from a cursor that it kept, which may be some events old, and begins anew where it is told to.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from typing import TYPE_CHECKING

from server.api.cloud_events import cloud_event, position_of
from server.event import Event, Refused
from server.node import Node
from tests.sim.terminal import Terminal

if TYPE_CHECKING:
    from tests.sim.day import Day

TOPICS = (None, None, ["orders"], ["payments", "stock"])
AT_ONCE = ((2, 600), (7, 4_000), (100, 256 * 1024))
"""Events and bytes that are read for it in one go."""

LEAVES = 0.03
"""Its connection breaks behind one of so many events."""

KEPT = 4
"""Cursors; it goes on from any of them."""

CATCHES_UP_S = 20.0
"""So long it may take to hear all of a log, with a connection that breaks now and then."""

FORKING = ("liar", "cloned disk", "set back", "old backup")


class Follower:
    """Follows one machine from its first start on, whatever disk that has. `problems` is what it was told wrongly."""

    def __init__(self, day: Day, terminal: Terminal) -> None:
        self.terminal = terminal
        self.problems: list[str] = []
        self._day = day
        self._chance = random.Random(f"{day.plan.seed}/feed")
        self._topics = self._chance.choice(TOPICS)
        self._at_once = self._chance.choice(AT_ONCE)
        self._leaves = self._chance.choice((0.0, LEAVES))
        self._cursors: deque[str] = deque(maxlen=KEPT)
        self._heard: dict[str, str] = {}  # what it was told, by id
        self._named: dict[str, str] = {}
        terminal.on_start.append(self._connect)

    def _connect(self, terminal: Terminal, node: Node) -> None:
        assert terminal.loop is not None
        terminal.loop.create_task(self._stay(node), name=f"{terminal.name} is followed")

    async def _stay(self, node: Node) -> None:
        while not node.log._closed:
            await asyncio.sleep(self._chance.uniform(0.01, 0.5))
            await self._follow(node)

    async def _follow(self, node: Node) -> None:
        try:
            last = position_of(self._chance.choice(self._cursors) if self._cursors else None, node)
        except Refused as refused:
            if refused.code != "cursor_gone":
                self.problems.append(f"{self.terminal.name} says of its own cursor: {refused.text}")
            last = 0
            self._cursors.clear()
        try:
            async for events in node.subscribe(last, self._topics, *self._at_once):
                for event in events:
                    if event.position <= last:
                        self.problems.append(f"{self.terminal.name} tells position {event.position} after {last}")
                    last = event.position
                    self._hear(event, node)
                    if self._chance.random() < self._leaves:
                        return
        except Refused:
            return  # of a log that can't be read any more: it is opened anew

    def _hear(self, event: Event, node: Node) -> None:
        told = cloud_event(event, node)
        what = f"{told.type} {told.subject} {told.hlc} {bytes(told.data or b'')!r}"
        before = self._heard.setdefault(told.id, what)
        if before != what and not any(fault.kind in FORKING for fault in self._day.plan.faults):
            self.problems.append(f"{self.terminal.name} tells {told.id} as {before[:90]}, and then as {what[:90]}")
        if (named := self._named.setdefault(what, told.id)) != told.id:
            self.problems.append(f"{self.terminal.name} tells {what[:90]} as {named}, and then as {told.id}")
        self._cursors.append(told.cursor)

    async def missed(self) -> list[str]:
        """What it was told wrongly, and what the machine holds and never told it. For a day that is over."""
        held = await self.terminal.ask(self._held)
        until = self._day.now + CATCHES_UP_S
        while (missing := [one for one in held if one not in self._heard]) and self._day.now < until:
            await asyncio.sleep(0.25)  # of a log that was begun a moment ago it hears everything once more
        return [*self.problems, *(f"{self.terminal.name} never told its follower of {one}" for one in missing[:3])]

    async def _held(self, node: Node) -> list[str]:
        """Ids of all that it follows, as the log has them now."""
        held: list[str] = []
        position = 0
        while position < node.position():
            events, position = await node.log.events(position, self._topics)
            held += [cloud_event(event, node).id for event in events]
        return held
