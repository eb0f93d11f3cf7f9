"""`WS /v1/watch?views=…`: each view whole on connecting, then what changes, after the read models have applied it.

One hub for all clients: a changed order is read and written out once, however many screens watch. A client that does
not keep up is closed with 4408; connecting again brings it everything whole. One that asks for it (`together=1`) is
told what waits for it in one message, a list: a screen has a message's cost once for fifty changes.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from litestar import websocket
from litestar.datastructures import State

from server.api.feed import BAD_REQUEST, admitted, close, run_until_left, send
from server.api.outgoing import Socket
from server.api.port import NodePort
from server.api.views import VIEWS, View, Views
from server.event import Refused
from server.services.decision import Changes

logger = logging.getLogger("pilotlight.api")

MAX_WAITING_CHARS = 64 * 1024 * 1024
"""Waiting for one client; a whole menu of the largest kind is an eighth of it."""

MAX_WAITING_ALL_CHARS = 128 * 1024 * 1024
"""Waiting for all clients together; a text that is told to many is held once, and counts once. With more, the client
for whom most waits is let go."""

MAX_WAITING_MESSAGES = 5_000
TOGETHER_CHARS = 32 * 1024
"""Some fifty orders: a screen that draws sixty frames a second takes them in between two of them."""

BEAT_S = 1.0
SALES_EVERY_S = 0.5
"""Sums over a day are told at most this often, however fast orders come."""

T = TypeVar("T")


class Waiting:
    """The texts that wait for any watcher. `chars` is their length."""

    def __init__(self) -> None:
        self.chars = 0
        self._texts: dict[int, tuple[str, int]] = {}  # by which object it is: the text, and for how many it waits

    def add(self, text: str) -> None:
        _, count = self._texts.get(id(text), (text, 0))
        self._texts[id(text)] = (text, count + 1)
        self.chars += 0 if count else len(text)

    def remove(self, text: str) -> None:
        _, count = self._texts.pop(id(text))
        if count > 1:
            self._texts[id(text)] = (text, count - 1)
        else:
            self.chars -= len(text)


class Watcher:
    """One client's queue. `lost`: it was let go, for being slow or because the hub lost its place. `left`: it went."""

    def __init__(self, views: frozenset[View], everybody: Waiting | None = None, *, together: bool = False) -> None:
        """`everybody`: what waits for all clients. `together`: messages may come as lists of some."""
        self.views = views
        self.together = together
        self.left = False
        self.lost = False
        self.waiting = 0  # characters
        self._everybody = everybody or Waiting()
        self._queue: deque[str] = deque()
        self._news = asyncio.Event()

    def put(self, text: str) -> None:
        if self.lost:
            return
        self._queue.append(text)
        self._everybody.add(text)
        self.waiting += len(text)
        if self.waiting > MAX_WAITING_CHARS or len(self._queue) > MAX_WAITING_MESSAGES:
            self.let_go()
        self._news.set()

    def let_go(self) -> None:
        self.lost = True
        while self._queue:
            self._take()
        self._news.set()

    async def get(self) -> str:
        """The next message. Raises `TimeoutError` when it was let go."""
        while not self._queue:
            if self.lost:
                raise TimeoutError
            self._news.clear()
            await self._news.wait()
        texts = [self._take()]
        left = TOGETHER_CHARS - len(texts[0]) if self.together else 0
        while self._queue and (left := left - len(self._queue[0])) >= 0:
            texts.append(self._take())
        return texts[0] if len(texts) == 1 else f"[{','.join(texts)}]"

    def _take(self) -> str:
        text = self._queue.popleft()
        self._everybody.remove(text)
        self.waiting -= len(text)
        return text


class Hub:
    """Between the node's changes and the watchers. Works off joins and changes in one task, in turn."""

    def __init__(self, node: NodePort) -> None:
        self._node = node
        self._views = Views(node)
        self.waiting = Waiting()
        self._watchers: set[Watcher] = set()
        self._joining: list[Watcher] = []
        self._admitting: list[Watcher] = []
        self._pending = Changes()
        self._beat_due = False
        self._sales_due = False
        self._sales_at = 0.0
        self._wake = asyncio.Event()
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="watch")
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._node.on_changes.append(self._changed)
        self._node.on_peers.append(self._peers_changed)
        self._task = asyncio.create_task(self._run(), name="watch hub")

    async def stop(self) -> None:
        with contextlib.suppress(ValueError):
            self._node.on_changes.remove(self._changed)
        with contextlib.suppress(ValueError):
            self._node.on_peers.remove(self._peers_changed)
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._reader.shutdown(wait=False, cancel_futures=True)

    def join(self, watcher: Watcher) -> None:
        self._joining.append(watcher)
        self._wake.set()

    def leave(self, watcher: Watcher) -> None:
        watcher.left = True
        watcher.let_go()
        self._watchers.discard(watcher)

    # -- what the node tells (on the loop; short) -------------------------------------------------------------------

    def _changed(self, changes: Changes) -> None:
        if self._watchers or self._joining or self._admitting:  # those may have been told all before this
            self._pending |= changes
            self._sales_due |= bool(changes.orders)
            self._beat_due |= changes.menu or changes.members
            self._wake.set()

    def _peers_changed(self) -> None:
        self._beat_due = True
        self._wake.set()

    # -- the task ---------------------------------------------------------------------------------------------------

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        next_beat = loop.time()
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._patience(next_beat)):
                    await self._wake.wait()
            self._wake.clear()
            if loop.time() >= next_beat:
                next_beat = loop.time() + BEAT_S
                self._beat_due = True
            try:
                await self._work()
            except Exception as e:
                if hasattr(e, "code"):  # trouble that the node knows about
                    logger.warning("watchers lost their place and connect again: %s", e)
                else:
                    logger.exception("watchers lost their place; they connect again")
                for watcher in (*self._watchers, *self._admitting):
                    watcher.let_go()
                self._watchers.clear()

    def _patience(self, next_beat: float) -> float | None:
        """Seconds until something is due without news; None for never."""
        if not self._watchers and not self._joining:
            return None
        until = min(next_beat, self._sales_at) if self._sales_due else next_beat
        return max(0.0, until - asyncio.get_running_loop().time())

    async def _work(self) -> None:
        wanted = {view for watcher in self._watchers for view in watcher.views}
        changes, self._pending = self._pending, Changes()
        joining, self._joining = self._joining, []
        self._admitting = joining
        if changes and wanted:
            self._tell(await self._read(partial(self._views.of_changes, changes, wanted)))
        if self._beat_due or joining:
            self._beat_due = False
            everyone = wanted.union(*(watcher.views for watcher in joining))
            status, peers = self._node.status(), self._node.peers()
            self._tell(await self._read(partial(self._views.beat, everyone, status, peers)))
        now = asyncio.get_running_loop().time()
        if self._sales_due and now >= self._sales_at:
            self._sales_due, self._sales_at = False, now + SALES_EVERY_S
            if "sales" in wanted:
                self._tell([("sales", await self._read(partial(self._views.whole, "sales")))])
        if joining:
            await self._admit(joining, wanted)
        self._admitting = []

    async def _admit(self, joining: list[Watcher], wanted: set[View]) -> None:
        for view in VIEWS:
            readers = [watcher for watcher in joining if view in watcher.views]
            if readers:
                if view not in wanted:
                    await self._read(partial(self._views.begin, view))
                text = await self._read(partial(self._views.whole, view))
                for watcher in readers:
                    watcher.put(text)
                self._make_room(joining)
        self._watchers |= {watcher for watcher in joining if not watcher.left}

    async def _read(self, question: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._reader, question)

    def _tell(self, told: list[tuple[View, str]]) -> None:
        for watcher in list(self._watchers):
            for view, text in told:
                if view in watcher.views:
                    watcher.put(text)
            if watcher.lost:
                self._watchers.discard(watcher)
        self._make_room(())

    def _make_room(self, joining: Collection[Watcher]) -> None:
        everybody = [*self._watchers, *joining]
        while everybody and self.waiting.chars > MAX_WAITING_ALL_CHARS:
            slowest = max(everybody, key=lambda watcher: watcher.waiting)
            everybody.remove(slowest)
            slowest.let_go()
            self._watchers.discard(slowest)


def views_of(text: str | None) -> frozenset[View]:
    """Raises `Refused` for a view that does not exist."""
    names = [name for part in (text or "").split(",") if (name := part.strip())]
    unknown = [name for name in names if name not in VIEWS]
    if unknown or not names:
        what = f"There is no view “{unknown[0][:40]}”" if unknown else "“views” is missing"
        raise Refused("bad_field", f"{what}. Views: {', '.join(VIEWS)}.")
    return frozenset(view for view in VIEWS if view in names)


@websocket("/v1/watch", opt={"open": True})
async def watch(socket: Socket, state: State) -> None:
    if not await admitted(socket):
        return
    try:
        together = socket.query_params.get("together") == "1"
        watcher = Watcher(views_of(socket.query_params.get("views")), state.hub.waiting, together=together)
    except Refused as refused:
        await close(socket, BAD_REQUEST, refused.text)
        return
    hub: Hub = state.hub
    hub.join(watcher)
    try:
        await run_until_left(socket, _pass_on(socket, watcher))
    finally:
        hub.leave(watcher)


async def _pass_on(socket: Socket, watcher: Watcher) -> None:
    while True:
        await send(socket, await watcher.get())
