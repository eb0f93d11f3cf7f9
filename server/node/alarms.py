"""What head office and staff must hear of: an alarm becomes an event, once an hour, never so many that they harm."""

from __future__ import annotations

import asyncio
import logging

from server.event import Draft, Stream
from server.node.parts import Parts
from server.services.health import events as health

logger = logging.getLogger("pilotlight.node")

NAMED_WITHIN_S = 3.0
NAME_STEP_S = 0.5
"""How long an alarm waits for the name of the terminal that it is about."""

MAX_ALARMS = 100
"""Alarms that become events within `TOLD_FOR_S`: a shop full of trouble has a dozen. More only go to the program's own
log, or somebody who makes trouble on purpose could fill every disk of the business with it."""

MAX_TOLD = 1_000
"""Alarms remembered so as not to raise them again; with more, the oldest is forgotten."""

TOLD_FOR_S = 3600.0
"""How often the same alarm is raised: that one writer's clock is ahead, or that nobody holds what is sold here."""


class Alarms:
    """`kept_back` counts those that were too many to become events."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._told_until: dict[str, float] = {}  # by what an alarm is about: until when it is no news
        self._count = 0  # since `_since`
        self._since = float("-inf")
        self.kept_back = 0

    def tell(self, code: str, text: str, stream: str = "") -> None:
        """An alarm becomes an event, so that head office hears of it too."""
        logger.warning("%s: %s %s", code, text, stream)
        now = self._parts.loop.time()
        if now - self._since >= TOLD_FOR_S:
            self._count, self._since = 0, now
        self._count += 1
        if self._count > MAX_ALARMS:
            self.kept_back += 1
            return
        self._parts.record(Draft(health.ALARM, self._parts.log.device_id, health.Alarm(code, text, stream)))

    def clock_ahead(self, stream: Stream, ahead_ms: int) -> None:
        """Once an hour for each writer: two machines that were both ahead would answer each other's alarms for ever."""
        if self.is_news(stream.log_id):
            self._parts.engine.spawn(self._tell_ahead(stream, ahead_ms))

    async def _tell_ahead(self, stream: Stream, ahead_ms: int) -> None:
        """What it sells may come before it has said what it is called."""
        device_id = self._parts.services.device_of(stream.log_id)
        for _ in range(round(NAMED_WITHIN_S / NAME_STEP_S)):
            if self._label_of(device_id):
                break
            await asyncio.sleep(NAME_STEP_S)
        who = self._label_of(device_id) or "another terminal"
        apart = f"The clock of {who} is {in_words(ahead_ms)} ahead of this terminal's."
        self.tell("clock_ahead", f"{apart} Set the one that is wrong: what it sells is dated wrong.", str(stream))

    def _label_of(self, device_id: str) -> str:
        """What staff call a terminal: by what it has said here, or says of itself at a link; `""` when it said nothing
        yet."""
        member = self._parts.services.membership.all.get(device_id)
        if member is not None and member.joined is not None:
            return member.joined.label
        met = (peer.label for peer in self._parts.peers() if peer.device_id == device_id and peer.label)
        return next(met, "")

    def is_news(self, about: str) -> bool:
        """Whether an alarm about this was not raised within the hour."""
        now = self._parts.loop.time()
        if now < self._told_until.get(about, 0.0):
            return False
        self._told_until.pop(about, None)
        self._told_until[about] = now + TOLD_FOR_S
        if len(self._told_until) > MAX_TOLD:
            del self._told_until[next(iter(self._told_until))]
        return True


def in_words(ms: int) -> str:
    """A length of time as one says it: 90 s, 5 minutes, 3 hours, 40 days."""
    for unit, size in (("days", 86_400_000), ("hours", 3_600_000), ("minutes", 60_000)):
        if ms >= 2 * size:
            return f"{(ms + size // 2) // size} {unit}"
    return f"{ms // 1000} s"
