"""Events as the text that feeds are told, built once for all of them, and by turns while they catch up.

A feed that asks for all history has thousands of events built for it, and each costs as much as a part of an order. So
feeds that catch up take turns: one at a time in the whole server, for a few milliseconds, and then requests go first.
What is new just now is told at once; that is little.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import msgspec

from server.api.cloud_events import cloud_event
from server.api.port import NodePort
from server.event import Event

TURN_S = 0.003
"""How long a feed that catches up may build in one go: less than an order takes on its way."""

REST_S = 0.02
"""How long all of them wait after a turn while a request is under way. Without one they wait as long as the turn took,
so that they have half of the interpreter at most."""

LIVE_EVENTS = 8
"""So few are news, and told at once: an order and its payment are three."""

PORTION_EVENTS = 100
PORTION_BYTES = 256 * 1024
"""Read from the log for one feed at a time; a feed whose client does not read holds so much until it is closed."""

MAX_KEPT_CHARS = 4 * 1024 * 1024
"""Texts kept for the next feed: some thousand events, by which feeds that began together may lie apart."""

_encode = msgspec.json.Encoder().encode


class Backlog:
    """Shared by all feeds of a server. `busy` says whether a request is under way."""

    def __init__(self, node: NodePort, busy: Callable[[], bool]) -> None:
        self._node = node
        self._busy = busy
        self._turn = asyncio.Lock()
        self._kept: dict[int, str] = {}  # by position; the oldest first
        self._chars = 0
        self.built = 0  # texts since the start

    async def texts(self, events: Sequence[Event]) -> list[str]:
        """The text of the first of these events, or of some of the first; waits for a turn when they are many."""
        if len(events) <= LIVE_EVENTS:
            return [self._text(event) for event in events]
        now = asyncio.get_running_loop().time
        async with self._turn:
            begun = now()
            texts: list[str] = []
            for event in events:
                texts.append(self._text(event))
                if now() - begun >= TURN_S:
                    break
            await asyncio.sleep(REST_S if self._busy() else now() - begun)
        return texts

    def _text(self, event: Event) -> str:
        kept = self._kept.get(event.position)
        if kept is not None:
            return kept
        self.built += 1
        text = _encode(cloud_event(event, self._node)).decode()
        self._kept[event.position] = text
        self._chars += len(text)
        while self._chars > MAX_KEPT_CHARS:
            self._chars -= len(self._kept.pop(next(iter(self._kept))))
        return text
