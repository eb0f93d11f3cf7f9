"""A card terminal beside a till, in this process and over real HTTP."""

from __future__ import annotations

import asyncio
from pathlib import Path

from app.serve import bind
from app.simulate import rfc3339
from server.cards.address import address
from server.cards.book import Book
from server.cards.client import NexoTerminal
from server.cards.service import make, serve
from server.cards.simulator import Behaviour, CardTerminalSimulator


class Counter:
    """It can be switched off and on again at the same address, with its memory."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "card.db"
        self.behaviour = Behaviour(delay_ms=0)
        self.port = 0
        self.simulator: CardTerminalSimulator
        self.off = asyncio.Event()
        self.serving: asyncio.Task[None] | None = None

    async def on(self) -> None:
        self.off = asyncio.Event()
        listener = bind("127.0.0.1", self.port)
        self.port = listener.getsockname()[1]
        self.simulator = CardTerminalSimulator(Book(self.file), self.behaviour, rfc3339, self.die)
        self.serving = asyncio.create_task(serve(make(self.simulator), listener, self.off))

    def die(self) -> None:
        self.off.set()
        raise asyncio.CancelledError

    async def plug_pulled(self) -> None:
        self.off.set()
        if self.serving is not None:
            await self.serving
        self.simulator.book.close()

    def till(self) -> NexoTerminal:
        where = address(f"nexo://127.0.0.1:{self.port}")
        assert where is not None
        return NexoTerminal(where, "pilot-1", rfc3339)

    def taken(self) -> dict[str, str]:
        return {one.name: one.amount for one in self.simulator.book.all() if one.stands}
