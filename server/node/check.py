"""The whole log, looked through in the background."""

from __future__ import annotations

import asyncio
import logging
import sqlite3

from server.event import Refused
from server.log import is_damage, verify
from server.node.parts import Parts
from server.office.survey import rfc3339

logger = logging.getLogger("pilotlight.node")

CHECK_PAUSE_S = 0.1
"""Between two parts of 2,000 events: a million are checked in about a minute and a half, with an eighth of one core."""


AGAIN_AFTER_S = 3600.0
"""At the latest, when the log could not be read."""

TOLD_FROM = 2
"""A system that stumbles once says something else an hour later; after so many times staff is told."""

NOT_CHECKED = (
    "This terminal could not look through its log for damage since {since} ({why}). It sells on, but damage would not "
    "be noticed: restart it, and run `pilotlight log verify`."
)


class Check:
    """`checked_ms`: when the whole log was last found to be as it was written, unix time; 0 for never."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self.checked_ms = 0
        self.closing = False
        self._put_off = 0
        self._since_ms = 0

    async def run(self, wait_s: float) -> None:
        """Reads every event again, slowly: a bit that flips in an old order would else be found on the day it is
        asked for."""
        while True:
            await asyncio.sleep(wait_s)
            wait_s = self._parts.settings.check_log_every_s
            damaged = await self._damage()
            if self._put_off:
                wait_s = min(wait_s, AGAIN_AFTER_S)
            if not damaged:
                continue
            found = await self._damage()  # a disk or a system that stumbled once says something else now
            if found:
                self._parts.log.condemn(found)
                return  # it is opened anew, and so is this

    async def _damage(self) -> str:
        """What is not as it was written, `""` when all is, or when it could not be read for another reason."""
        try:
            report = await asyncio.to_thread(verify, self._parts.settings.data, self._calmly)
        except Refused as e:
            cause = e.__cause__
            if isinstance(cause, sqlite3.Error) and is_damage(cause):
                return e.text
            self._later(e.text)
            return ""
        except OSError as e:
            self._later(str(e))
            return ""
        if not report.ok:
            return report.problems[0]
        self.checked_ms = self._parts.machine.wall_ms()
        self._put_off = self._since_ms = 0
        self._parts.not_checked = ""
        return ""

    def _later(self, why: str) -> None:
        """It could not be read; that says nothing about what is in it."""
        if self.closing:
            return
        logger.warning("the log could not be checked (%s); it is tried again later", why)
        self._put_off += 1
        self._since_ms = self._since_ms or self._parts.machine.wall_ms()
        if self._put_off >= TOLD_FROM:
            self._parts.not_checked = NOT_CHECKED.format(since=rfc3339(self._since_ms), why=why.rstrip("."))

    def _calmly(self, done: int, of: int) -> None:
        """Called in the checking thread after each part: sales come first."""
        if self.closing:
            raise Refused("closing", "The server is shutting down.")
        self._parts.machine.pause(CHECK_PAUSE_S)
