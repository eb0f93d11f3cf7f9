"""Terminals without screens or services: a real log and a real mesh on loopback, in this process."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from server.clock import Clock
from server.event import Draft, Event
from server.keys import DeviceKey
from server.log import Log
from server.replication.actions import Me
from server.replication.mesh import Mesh

WAIT_S = 30.0


class Terminal:
    """One device: `start` and `stop` it as often as you like; its data folder stays."""

    def __init__(self, folder: Path, label: str, *, store: str = "s1", role: str = "server", **mesh: Any) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.label, self.store, self.role = folder, label, store, role
        self.key = DeviceKey.load_or_make(folder / "device.key")
        self.options: dict[str, Any] = {"mdns": False, **mesh}
        self.log: Log
        self.mesh: Mesh

    @property
    def device_id(self) -> str:
        return self.key.device_id

    @property
    def port(self) -> int:
        return self.mesh.sync_port

    @property
    def address(self) -> str:
        return f"{self.options.get('host', '127.0.0.1')}:{self.port}"

    async def start(self, **changes: Any) -> Terminal:
        self.options.update(changes)
        self.log = await Log.open(self.folder, key=self.key, store=self.store, clock=Clock())
        me = Me(self.device_id, self.store, self.label, self.role, self.log.log_id)
        self.mesh = Mesh(self.log, me, **self.options)
        await self.mesh.start()
        self.options["sync_port"] = self.mesh.sync_port  # a restarted terminal keeps its port
        return self

    async def stop(self) -> None:
        await self.mesh.close()
        await self.log.close()

    async def say(self, *words: str, topic: str = "orders") -> list[Event]:
        name = topic.partition("/")[0]
        return await self.log.append([Draft(f"{name}.said/1", "a1", {"word": word}, topic) for word in words])

    async def words(self) -> set[str]:
        """Everything said by anybody, as held here."""
        found: list[str] = []
        cursor = 0
        while True:
            events, cursor = await self.log.events(cursor)
            if not events:
                break
            found += [e.data()["word"] for e in events if ".said/" in e.type]
        assert len(found) == len(set(found)), "something is held twice"
        return set(found)

    def connected(self) -> set[str]:
        """Labels of those to whom there is a link."""
        return {peer.label for peer in self.mesh.peers() if peer.state == "connected" and peer.direct}


def office(folder: Path, **mesh: Any) -> Terminal:
    return Terminal(folder, "office", store="", role="office", **mesh)


async def until(question: Callable[[], Any], seconds: float = WAIT_S) -> None:
    """Waits until the answer is true. It may be a coroutine function."""
    deadline = time.monotonic() + seconds
    while True:
        answer = question()
        if asyncio.iscoroutine(answer):
            answer = await answer
        if answer:
            return
        if time.monotonic() > deadline:
            raise AssertionError("it did not come true in time")
        await asyncio.sleep(0.02)


async def in_step(*terminals: Terminal, seconds: float = WAIT_S) -> None:
    """Waits until all hold the same."""
    await until(lambda: all(t.log.frontier() == terminals[0].log.frontier() for t in terminals), seconds)
