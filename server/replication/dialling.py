"""Calling others: addresses, the waiting between two calls, and the loop that keeps one peer called."""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
from collections.abc import Awaitable, Callable, Sequence
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from server.event import Refused

FIRST_WAIT_S = 0.1
LONGEST_WAIT_S = 5.0
WAIT_FACTOR = 1.3
"""Slow growth: after a cut of a few seconds the next call is only a fraction of that away."""

JITTER = 0.3
"""Each wait is varied by up to this share, so that a shop's terminals don't call head office in step."""

MAX_READ = 256
"""Addresses that are remembered as read: what the others tell of each other comes again every second."""

_HOST = re.compile(r"[A-Za-z0-9_.:%-]{1,255}")


class Backoff:
    """How long to wait before the next call."""

    def __init__(self, chance: Callable[[], float] = random.random) -> None:
        self._chance = chance
        self._wait_s = FIRST_WAIT_S

    def next(self) -> float:
        """Seconds to wait now; the next wait is longer."""
        wait_s, self._wait_s = self._wait_s, min(self._wait_s * WAIT_FACTOR, LONGEST_WAIT_S)
        return min(wait_s * (1 - JITTER + 2 * JITTER * self._chance()), LONGEST_WAIT_S)

    def reset(self) -> None:
        """The call went well."""
        self._wait_s = FIRST_WAIT_S

    def longest(self) -> None:
        """The peer broke a rule, or says that we did: calling soon again helps nobody."""
        self._wait_s = LONGEST_WAIT_S


class Ended(NamedTuple):
    """How a call ended. `greeted`: the peer said a valid hello; `device_id`: as it named itself, `""` if it did not."""

    greeted: bool
    code: str
    backoff: bool
    device_id: str = ""


class Target:
    """One peer to keep called. `wake` it when something changed that it may be waiting for."""

    def __init__(
        self,
        uris: Sequence[str],
        *,
        device_id: str = "",
        label: str = "",
        role: str = "",
        first_wait_s: float = 0.0,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.uris = list(uris)
        self.device_id = device_id
        self.label = label
        self.role = role
        self.given_up = False  # it is ourselves
        self.linked = False  # there is a link by one of these calls
        self.failure = ""  # why the last call failed
        self._first_wait_s = first_wait_s
        self._backoff = Backoff(chance)
        self._turn = 0
        self._woken = asyncio.Event()
        self._hurry = False

    @property
    def uri(self) -> str:
        """The address of the next call; with several, they take turns."""
        return self.uris[self._turn % len(self.uris)]

    def wake(self) -> None:
        """Something changed; look again whether to call."""
        self._woken.set()

    def seen(self, uris: Sequence[str]) -> None:
        """The peer has shown itself (again), perhaps elsewhere: call at once."""
        if list(uris) != self.uris:
            self.uris, self._turn, self.given_up = list(uris), 0, False
        self._backoff.reset()
        self._hurry = True
        self._woken.set()

    def moved(self, uris: Sequence[str]) -> None:
        """By what others say it is reached here; the calls go on as before."""
        if list(uris) != self.uris:
            self.uris, self._turn, self.given_up = list(uris), 0, False
            self._backoff.reset()
            self._woken.set()

    async def run(self, call: Callable[[Target], Awaitable[Ended]], wanted: Callable[[Target], bool]) -> None:
        """Calls whenever `wanted`, until cancelled. `call` returns when the link has ended."""
        await self._pause(self._first_wait_s)
        while True:
            if self.given_up or not wanted(self):
                self._woken.clear()
                await self._woken.wait()
                continue
            ended = await call(self)
            self.device_id = ended.device_id or self.device_id
            if ended.code == "self":
                self.given_up = True
            elif ended.backoff:
                self._backoff.longest()
            elif ended.greeted:
                self._backoff.reset()
            if not ended.greeted:
                self._turn += 1
            await self._pause(self._backoff.next())

    async def _pause(self, wait_s: float) -> None:
        """Waits, unless the peer shows itself meanwhile."""
        loop = asyncio.get_running_loop()
        until = loop.time() + wait_s
        while not self._hurry and (left := until - loop.time()) > 0:
            self._woken.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await self._woken.wait()
        self._hurry = False


@lru_cache(MAX_READ)
def peer_uri(text: str) -> str:
    """`HOST:PORT` as given with `--peer`, as a websocket address. Raises `Refused`."""
    uri = f"ws://{text.strip()}"
    if not _is_address(uri):
        raise Refused("bad_peer", f"{text!r} is not HOST:PORT, for example 192.168.1.20:7420.")
    return uri


def office_uri(text: str) -> str:
    """Head office's address as given with `--office`. Raises `Refused`."""
    uri = text.strip()
    if uri.partition("://")[0] not in ("ws", "wss") or not _is_address(uri):
        raise Refused("bad_office", f"{text!r} is not head office's address, for example ws://office.example:7400.")
    return uri


def _is_address(uri: str) -> bool:
    try:
        parts = urlsplit(uri)
        has_port = parts.port is not None and parts.port > 0
    except ValueError:
        return False
    return has_port and parts.hostname is not None and _HOST.fullmatch(parts.hostname) is not None
