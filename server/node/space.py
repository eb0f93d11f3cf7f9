"""Looks after a disk's last space: makes the reserve when there is plenty, and gives of it when there is none."""

from __future__ import annotations

import asyncio

from server.node.alarms import Alarms
from server.node.parts import Parts

FIRST_S = 30.0
"""The reserve is made some time after the start, which has better things to do."""

LOOK_EVERY_S = 1.0

FULL_DISK = (
    "The disk is full. This terminal sells on with what it keeps for that, of which {} MB are left: free some space "
    "today."
)


class Space:
    """Writes `parts.full_disk`."""

    def __init__(self, parts: Parts, alarms: Alarms) -> None:
        self._parts, self._alarms = parts, alarms

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        full_from = loop.time() + FIRST_S
        while True:
            await self.look(fill=loop.time() >= full_from)
            await asyncio.sleep(LOOK_EVERY_S)

    async def look(self, fill: bool = True) -> None:
        reserve = self._parts.log.reserve
        await asyncio.to_thread(reserve.give_when_low)
        if fill:
            await asyncio.to_thread(reserve.fill)
        self._parts.full_disk = FULL_DISK.format(reserve.left >> 20) if reserve.is_used else ""
        if self._parts.full_disk and self._alarms.is_news("disk_full"):
            self._alarms.tell("disk_full", self._parts.full_disk)
