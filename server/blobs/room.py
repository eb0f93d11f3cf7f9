"""Blobs put together for one node: what is wanted, who has it, what is here."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path

import msgspec

from server.blobs.fetcher import Dial, Fetcher
from server.blobs.serving import Serving, Wire
from server.blobs.sources import Source
from server.blobs.store import BlobStore
from server.blobs.variants import Variants

SWEEP_EVERY_S = 3600.0
MAX_AT_A_TIME = 4
"""Bodies that are put in at a time; the next waits its turn."""

logger = logging.getLogger("pilotlight.blobs")


class PicturesReady(msgspec.Struct, frozen=True):
    """For screens on this machine: pictures of the menu that can be shown, as `FOLDER/DIGEST-VARIANT.webp`. `photos`:
    those of which nothing is see-through, so that they may fill their frame."""

    folder: str
    ready: list[str]
    photos: list[str]


class Blobs:
    """`open` it before the node starts; `start` once there is a mesh; `close`."""

    def __init__(self, data: Path, store_id: str, space_bytes: int, variants: Sequence[str] = ()) -> None:
        """`variants`: the command that makes pictures in other sizes; empty where nobody looks at them."""
        self.store = BlobStore(data, space_bytes)
        self.on_arrival: list[Callable[[str], None]] = []
        self.variants = Variants(self.store, variants)
        self._makes_variants = bool(variants)
        self.serving: Serving | None = None
        self.fetcher: Fetcher | None = None
        self.taking_in = asyncio.Semaphore(MAX_AT_A_TIME)
        self._store_id = store_id
        self._trouble = ""
        self._kept: Callable[[], Collection[str]] = lambda: ()
        self._sources: list[Source] = []
        self._tasks: list[asyncio.Task[None]] = []

    def open(self, kept: Callable[[], Collection[str]]) -> None:
        """`kept()`: all digests that anything refers to. Blocks a little. Without its folder a shop goes on selling."""
        self._kept = kept
        try:
            self.store.open()
        except OSError as e:
            self._trouble = f"The folder {self.store.folder} can't be used for pictures: {e.strerror}. Mend its rights."
            logger.warning("%s", self._trouble)

    def start(
        self,
        device_id: str,
        dial: Dial,
        sources: Callable[[], list[Source]],
        busy: Callable[[], bool],
        busy_to: Callable[[str], bool],
    ) -> None:
        """`busy()`: events are on their way from here; `busy_to(device)`: to that machine."""
        self.serving = Serving(self.store, self._store_id, busy_to)
        self._source_list = sources
        if self._store_id:  # head office calls nobody
            self.fetcher = Fetcher(self.store, self._store_id, device_id, dial, sources, busy)
            self.fetcher.on_arrival.append(self.arrived)
            self._tasks.append(asyncio.create_task(self.fetcher.run(), name="fetches blobs"))
        self._tasks.append(asyncio.create_task(self._sweep(), name="sweeps blobs"))
        if self._makes_variants:
            self._tasks.append(asyncio.create_task(self.variants.run(), name="makes variants of pictures"))

    async def close(self) -> None:
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.variants.close()

    def want(self, digests: Iterable[str], fetch: bool = True) -> None:
        """What the menu refers to, in the order in which it is met; without `fetch` only what is here counts."""
        wanted = list(dict.fromkeys(digests))
        self.variants.want(wanted)
        if self.fetcher is not None and fetch:
            self.fetcher.want(wanted)

    def arrived(self, digest: str) -> None:
        """A blob is here, fetched or put in."""
        self.variants.came()
        for callback in list(self.on_arrival):
            callback(digest)

    def peers_changed(self) -> None:
        """Asks anew when the machines that may be asked are others."""
        if self.fetcher is None:
            return
        sources = self._source_list()
        if sources != self._sources:
            self._sources = sources
            self.fetcher.sources_changed()

    async def serve(self, wire: Wire, greeted: Callable[[], None]) -> str:
        """A connection that others opened for blobs; see `Serving.serve`."""
        if self.serving is None:
            wire.abort()
            return ""
        return await self.serving.serve(wire, greeted)

    def pictures(self) -> PicturesReady:
        """Any thread."""
        return PicturesReady(str(self.store.variants.absolute()), self.variants.ready(), self.variants.photos())

    def missing(self) -> list[str]:
        """What is wanted and not here yet."""
        return self.fetcher.missing() if self.fetcher is not None else []

    def warning(self) -> str:
        """A sentence for staff, or `""`."""
        return self._trouble or (self.fetcher.trouble if self.fetcher is not None else "") or self.variants.trouble

    async def _sweep(self) -> None:
        while True:
            with contextlib.suppress(OSError):
                dropped = await asyncio.to_thread(self.store.sweep, frozenset(self._kept()), time.time())
                if dropped:
                    logger.info("%d blobs that nothing refers to were dropped", len(dropped))
            await asyncio.sleep(SWEEP_EVERY_S)
