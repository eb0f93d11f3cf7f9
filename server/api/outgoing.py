"""What is on its way to all websocket clients just now: a message that a client has not taken yet is in memory.

A few clients that take nothing of a large menu must not fill it. Nobody waits for them either: with too much on its
way, the one that has been taking its message for the longest is let go.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

from litestar import WebSocket
from litestar.datastructures import State

Socket = WebSocket[Any, Any, State]

STALLED_S = 20.0
"""A client whose network takes nothing for so long is gone or asleep."""

MAX_ON_ITS_WAY_CHARS = 64 * 1024 * 1024
"""A dozen of the largest menus; fifty screens that are told a menu of a usual size are a hundredth of it."""


class Outgoing:
    """One for all websockets of a server."""

    def __init__(self) -> None:
        self.chars = 0
        self._under_way: dict[asyncio.Timeout, int] = {}  # the longest under way first

    async def send(self, socket: Socket, text: str) -> None:
        """Returns when the client has taken it, or nearly all. Raises `TimeoutError` when it has stopped reading, or
        was the slowest when there was too much."""
        async with asyncio.timeout(STALLED_S) as patience:
            self._under_way[patience] = len(text)
            self.chars += len(text)
            self._make_room()
            try:
                await socket.send({"type": "websocket.send", "text": text, "bytes": None})
            finally:
                self._ended(patience)

    def _make_room(self) -> None:
        while self.chars > MAX_ON_ITS_WAY_CHARS and len(self._under_way) > 1:
            slowest = next(iter(self._under_way))
            with contextlib.suppress(RuntimeError):  # its time is over in this very moment
                slowest.reschedule(asyncio.get_running_loop().time())
            self._ended(slowest)

    def _ended(self, patience: asyncio.Timeout) -> None:
        self.chars -= self._under_way.pop(patience, 0)
