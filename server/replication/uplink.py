"""Who of a store's terminals carries its line to head office.

`elect` is the whole rule, pure: every terminal decides for itself from what the others say each second, and all come
to the same answer. `OfficeLine` acts on it: calls, stands by, hands over without a gap.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable, Sequence

import msgspec

from server.replication.dialling import JITTER, Backoff, Ended

SILENT_AFTER_S = 1.6
"""A terminal says something each second. One not heard for this long is not waited for (takeover within 2 s)."""

PATIENCE_S = 1.0
"""How long one that could carry the line, and should, is given to do it before the next takes over."""

OFFICE_SILENT_AFTER_S = 3.0
"""Nothing from head office for this long, and the line counts as gone, though the socket may not know yet."""

PROBE_EVERY_S = 10.0
"""How often a terminal that stands by makes sure that it could take over."""


class Rival(msgspec.Struct, frozen=True):
    """Another terminal of the store, as seen from here. Times in seconds."""

    device_id: str
    carries: bool
    reachable: bool  # it says that it could carry the line
    silent_s: float  # since it was last heard
    idle_s: float = 0.0  # since when it could and did not


def elect(me: str, reachable: bool | None, carrying: bool, rivals: Sequence[Rival]) -> bool:
    """Whether the terminal `me` should have the line: the lowest device id that can reach head office has it.

    `reachable` None: not tried yet. One who has the line keeps it until the lower one who should have it really does.
    """
    present = [rival for rival in rivals if rival.silent_s < SILENT_AFTER_S]
    lower = [rival for rival in present if rival.device_id < me]
    if any(rival.carries for rival in lower):
        return False
    if any(rival.reachable and rival.idle_s < PATIENCE_S for rival in lower):
        return carrying
    if reachable is not False:
        return True
    # Nobody is known to reach head office, or it is not known that I do: try, unless a higher one serves meanwhile.
    return not any(rival.carries for rival in present)


class OfficeLine:
    """Keeps this terminal's part of the rule. `step` is called several times a second with fresh facts."""

    def __init__(
        self,
        me: str,
        *,
        call: Callable[[], Awaitable[Ended]],
        probe: Callable[[], Awaitable[bool]],
        hang_up: Callable[[], None],
        on_reachable: Callable[[bool], None],
        chance: Callable[[], float] = random.random,
    ) -> None:
        """`call` opens the line and returns when it has ended; `hang_up` ends it; `probe` asks if it could be opened.

        `on_reachable` hears when this terminal can reach head office, and when it no longer can.
        """
        self._me = me
        self._call, self._probe, self._hang_up, self._on_reachable = call, probe, hang_up, on_reachable
        self.reachable: bool | None = None
        self.wanted = False
        self._carrying = False
        self._idle_since: dict[str, float] = {}
        self._able: set[str] = set()
        self._chance = chance
        self._backoff = Backoff(chance)
        self._woken = asyncio.Event()

    def step(self, rivals: Sequence[Rival], office_silent_s: float | None, now: float, seeks: bool = False) -> None:
        """Looks again who should carry. `office_silent_s`: None when our line is not open (greeted). `seeks`: what this
        terminal needs only head office may have, and it calls whoever else does."""
        self._carrying = office_silent_s is not None
        if office_silent_s is not None:
            self._set_reachable(office_silent_s < OFFICE_SILENT_AFTER_S)
        idle = {rival.device_id for rival in rivals if rival.reachable and not rival.carries}
        self._idle_since = {device: self._idle_since.get(device, now) for device in idle}
        known = [
            msgspec.structs.replace(rival, idle_s=now - self._idle_since.get(rival.device_id, now)) for rival in rivals
        ]
        wanted = seeks or elect(self._me, self.reachable, self._carrying, known)
        if wanted and not self.wanted:
            self._woken.set()
        able = {rival.device_id for rival in rivals if rival.reachable}
        if self.reachable is False and able - self._able:
            self._woken.set()  # another has just reached head office: the line is probably back
        self._able = able
        if self._carrying and not wanted:
            self._hang_up()
        self.wanted = wanted

    async def run(self) -> None:
        """Calls or probes, until cancelled."""
        while True:
            if self.wanted:
                ended = await self._call()
                self._set_reachable(ended.code == "stand_by")
                if ended.greeted:
                    self._backoff.reset()
                if ended.backoff:
                    self._backoff.longest()
                    self._set_reachable(False)
            else:
                self._set_reachable(await self._probe())
            await self._pause()

    async def _pause(self) -> None:
        if self.reachable:
            self._backoff.reset()
            wait_s = PROBE_EVERY_S * (1 - JITTER + 2 * JITTER * self._chance())
        else:
            wait_s = self._backoff.next()
        self._woken.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                await self._woken.wait()

    def _set_reachable(self, reachable: bool) -> None:
        if reachable != self.reachable:
            self.reachable = reachable
            self._on_reachable(reachable)
