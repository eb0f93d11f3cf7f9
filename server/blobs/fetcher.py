"""Gets what is wanted from whoever has it, one blob at a time, on one connection, leaving room for orders.

A blob is on the disk from its first piece on and goes on there after any cut, kill or other source. It counts as here
only when its hash was right.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Iterable

from server.blobs import frames
from server.blobs.desk import Desk, NoRoom
from server.blobs.fetching import Absent, Fetching
from server.blobs.frames import BadBlob, Greeting, Piece, Sorry
from server.blobs.inbox import Inbox
from server.blobs.pace import Pace
from server.blobs.serving import Wire
from server.blobs.sources import Source, Sources
from server.blobs.store import BlobStore
from server.event import Refused

DIAL_S = 5.0
STALL_S = 15.0
"""A source from which nothing came for so long has gone."""

LOOK_S = 0.02
YIELD_AT_MOST_S = 2.0
"""Orders of this machine that are on their way are let by; but in an endless rush a piece goes out now and then."""

NO_ROOM_S = 60.0
"""A full disk is looked at again after this."""

logger = logging.getLogger("pilotlight.blobs")

Dial = Callable[[str, float], Awaitable[Wire]]


class Fetcher:
    """`run` it. `sources()`: who may have blobs now; `busy()`: orders are on their way from here."""

    def __init__(
        self,
        store: BlobStore,
        store_id: str,
        device_id: str,
        dial: Dial,
        sources: Callable[[], list[Source]],
        busy: Callable[[], bool],
    ) -> None:
        self.on_arrival: list[Callable[[str], None]] = []
        self.trouble = ""  # a sentence for staff while something keeps blobs from coming
        self.bytes_in = self.wrong = 0
        self.pace: Pace | None = None  # of the connection that there is
        self._store, self._sources_now, self._busy, self._dial = store, sources, busy, dial
        self._greeting = frames.encode(Greeting(frames.VERSION, store_id, device_id))
        self._wanted: dict[str, None] = {}
        self._sources = Sources()
        self._no_room: dict[str, float] = {}  # until when these are not tried
        self._news = asyncio.Event()
        self._number = 0
        self._now = time.monotonic  # a fast event loop's own clock knows milliseconds only

    def want(self, digests: Iterable[str]) -> None:
        """Exactly these, in this order. What is not wanted any more is not fetched on."""
        self._wanted = dict.fromkeys(digests)
        self._no_room.clear()
        self._troubled("")
        self._news.set()

    def sources_changed(self) -> None:
        """Somebody came, went, or may have got something."""
        self._sources.changed()
        self._news.set()

    def missing(self) -> list[str]:
        return [digest for digest in self._wanted if not self._store.has(digest)]

    async def run(self) -> None:
        while True:
            self._news.clear()
            due, first_s = self._due()
            source, digests, wait_s = self._sources.choose(self._sources_now(), due, self._now())
            if source is None:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(min((s for s in (wait_s, first_s) if s is not None), default=None)):
                        await self._news.wait()
                continue
            try:
                await self._visit(source, digests)
            except BadBlob as e:
                logger.warning("%s gave no blobs and is left alone for a while: %s", source.label, e)
                self._sources.bad(source.device_id, self._now())
            except Exception as e:  # a cut, a stall, a refusal to connect, …
                logger.info("%s is not in reach for blobs (%s)", source.label, type(e).__name__)
                self._sources.cut(source.device_id, self._now())

    def _due(self) -> tuple[list[str], float | None]:
        """What is missing and may be fetched now; and when more of it may be."""
        now = self._now()
        missing = self.missing()
        waits = [self._no_room[digest] - now for digest in missing if self._no_room.get(digest, 0.0) > now]
        return [digest for digest in missing if self._no_room.get(digest, 0.0) <= now], min(waits, default=None)

    def _troubled(self, text: str) -> None:
        if text != self.trouble:
            self.trouble = text
            if text:
                logger.warning("pictures can't be taken in: %s", text)

    # -- one connection -----------------------------------------------------------------------------------------------

    async def _visit(self, source: Source, digests: list[str]) -> None:
        wire = await self._dial(source.uri + frames.PATH, DIAL_S)
        inbox = Inbox(wire)
        try:
            await wire.send(self._greeting)
            self.pace = Pace(self._now())
            for digest in digests:
                if digest not in self._wanted or self._store.has(digest):
                    continue
                try:
                    await self._fetch(wire, inbox, source, digest, self.pace)
                except Absent:
                    self._sources.lacks(source.device_id, digest, self._now())
                except Unwanted:
                    return
                except NoRoom as e:
                    self._troubled(e.text)
                    self._no_room[digest] = self._now() + NO_ROOM_S
                if inbox.owed:
                    return  # what is still on its way would be taken for answers to what is asked next
        finally:
            self.pace = None
            inbox.close()
            wire.abort()

    async def _fetch(self, wire: Wire, inbox: Inbox, source: Source, digest: str, pace: Pace) -> None:
        """Raises `Absent`, `BadBlob`, `NoRoom`, and whatever ends the wire. What came is kept."""
        try:
            partial = await asyncio.to_thread(self._store.partial, digest)
        except OSError as e:
            raise NoRoom(e) from None
        desk = Desk(partial, self._store)
        fetching = Fetching(digest, partial.length, partial.total, frozenset(partial.sources))
        try:
            fetching.begin(source.device_id, alone=digest in self._sources.alone)
            if fetching.held < partial.length:
                await asyncio.to_thread(partial.restart)
            if fetching.total:
                await desk.check_room(fetching.total - fetching.held)
            await self._pieces(wire, inbox, fetching, desk, pace)
            await desk.flush(fetching)
            if await asyncio.to_thread(lambda: partial.right):
                await asyncio.to_thread(partial.finish)
                self._store.came(digest, partial.length)
                self._sources.gave(source.device_id, digest)
                self._no_room.pop(digest, None)
                self._troubled("")
                for callback in self.on_arrival:
                    callback(digest)
                return
            self.wrong += 1
            await asyncio.to_thread(partial.restart)
            if fetching.sources == {source.device_id}:
                raise BadBlob(f"what it gave as {digest[:12]}… has another hash")
            self._sources.alone.add(digest)
        except BadBlob:
            await desk.stop()
            if fetching.sources - {source.device_id}:  # they contradict each other: from one alone, next time
                self._sources.alone.add(digest)
            raise
        except OSError as e:
            if desk.failed:
                raise NoRoom(e) from None
            raise
        except Refused as e:
            raise NoRoom(e) from None
        finally:
            await desk.leave(fetching)
            pace.forget(self._now())

    async def _pieces(self, wire: Wire, inbox: Inbox, fetching: Fetching, desk: Desk, pace: Pace) -> None:
        while not fetching.done:
            if fetching.digest not in self._wanted:
                raise Unwanted
            await self._ask(wire, inbox, fetching, pace)
            wait_s = pace.wait_s(self._now())
            more = wait_s is not None and fetching.may_ask
            came = await inbox.next(wait_s if wait_s is not None and more else STALL_S)
            if came is None:
                if more:
                    continue
                raise TimeoutError("it has said nothing for a while")
            data, at = came
            piece = frames.decode(data)
            if isinstance(piece, Sorry):
                raise ConnectionError(piece.text)
            if not isinstance(piece, Piece):
                raise BadBlob("only pieces are expected here")
            known = fetching.total
            try:
                bytes_came = fetching.came(piece)
            except Absent:
                pace.absent(self._now())
                raise
            pace.came(len(bytes_came), at)
            self.bytes_in += len(bytes_came)
            if not known:
                await desk.check_room(fetching.total - fetching.held)
            await desk.take(bytes_came, fetching, self._now())

    async def _ask(self, wire: Wire, inbox: Inbox, fetching: Fetching, pace: Pace) -> None:
        """All that may be asked for now."""
        yielded = 0.0
        while self._busy() and yielded < YIELD_AT_MOST_S:
            await asyncio.sleep(LOOK_S)
            yielded += LOOK_S
            pace.rested(self._now())
        while pace.wait_s(self._now()) == 0.0:
            ask = fetching.next_ask(self._number + 1, pace.size())
            if ask is None:
                return
            self._number += 1
            pace.asked(ask.length, self._now())
            inbox.owed += 1
            await wire.send(frames.encode(ask))


class Unwanted(Exception):
    """Another menu came in the middle."""
