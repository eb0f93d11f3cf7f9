"""Whom to ask: the nearest first, head office last, whoever disappointed not for a while. Pure, given `now`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

CUT_S = (0.5, 15.0)
"""A source that could not be reached, or went away in the middle: the first wait and the longest. It doubles."""

BAD_S = (60.0, 3600.0)
"""The same for one that gave wrong bytes or broke a rule."""

LACKS_S = (1.0, 20.0)
"""A source that does not have a blob yet is asked for it again: a neighbour may be fetching it just now."""

MAX_REMEMBERED = 20_000


class Source(msgspec.Struct, frozen=True):
    """A machine that may have blobs. `uri` is `ws://HOST:PORT`."""

    device_id: str
    label: str
    uri: str
    office: bool = False


class Resting(msgspec.Struct):
    until: float
    wait_s: float


class Sources:
    """Remembers disappointments."""

    def __init__(self) -> None:
        self._resting: dict[tuple[str, str], Resting] = {}  # by device and digest; "" for everything of a device
        self.alone: set[str] = set()  # digests to be had from one source alone

    def cut(self, source: str, now: float) -> None:
        self._rest(source, "", CUT_S, now)

    def bad(self, source: str, now: float) -> None:
        self._rest(source, "", BAD_S, now)

    def lacks(self, source: str, digest: str, now: float) -> None:
        self._rest(source, digest, LACKS_S, now)

    def gave(self, source: str, digest: str) -> None:
        """A whole and right one."""
        self._resting.pop((source, ""), None)
        self._resting.pop((source, digest), None)
        self.alone.discard(digest)

    def changed(self) -> None:
        """Somebody came or went: who was unreachable may be there again. Who was bad stays so."""
        for key, resting in list(self._resting.items()):
            if resting.wait_s < BAD_S[0]:
                del self._resting[key]

    def _rest(self, source: str, digest: str, waits: tuple[float, float], now: float) -> None:
        first, longest = waits
        before = self._resting.pop((source, digest), None)
        wait_s = min(longest, max(first, before.wait_s * 2 if before else first))
        until = max(now + wait_s, before.until if before else now)
        self._resting[source, digest] = Resting(until, wait_s)
        while len(self._resting) > MAX_REMEMBERED:
            del self._resting[next(iter(self._resting))]

    def rests(self, source: str, digest: str, now: float) -> float:
        """Seconds until this source may be asked for this blob; 0: now."""
        waits = [self._resting[key].until - now for key in ((source, ""), (source, digest)) if key in self._resting]
        return max(0.0, *waits) if waits else 0.0

    def choose(
        self, sources: Sequence[Source], digests: Iterable[str], now: float
    ) -> tuple[Source | None, list[str], float | None]:
        """The source to ask and for what, in the order wanted; or none, and how long to wait (None: for news)."""
        wanted = list(digests)
        waits: list[float] = []
        for source in sorted(sources, key=lambda s: s.office):
            rests = {digest: self.rests(source.device_id, digest, now) for digest in wanted}
            now_to_have = [digest for digest, wait_s in rests.items() if wait_s == 0.0]
            if now_to_have:
                return source, now_to_have, None
            waits += rests.values()
        return None, [], min(waits, default=None)
