"""What phones are told as it happens: dishes that run out or come back, a new menu, an order that goes on.

One crowd for all phones of a server: an availability is put into words once a language, an order read once, however
many look. What changes within a moment is told together.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Iterable
from typing import Any

import msgspec

from server.phone import dishes, order_page
from server.phone.room import Phone
from server.phone.words import Words
from server.services.decision import Changes
from server.services.orders.events import Order
from server.wait import Range

logger = logging.getLogger("pilotlight.phone")

TOGETHER_S = 0.1
"""A rush of orders is told at most so often."""

BEAT_S = 5.0
BEAT = "{}"
"""Said when there is nothing to say: a page that hears nothing for longer looks for another terminal."""

MAX_PHONES = 250
"""Pages that listen to one server at a time; more ask every few seconds instead."""

MAX_FOLLOWED = 8
"""Orders that one page follows."""

MAX_WAITING = 200
"""Messages that wait for one phone; one that takes none of them is let go, and comes again."""

States = dict[str, tuple[str, str]]
"""By dish: its state, and why in a few words (`dishes.state_of`)."""

_encode = msgspec.json.Encoder(enc_hook=str).encode


class Follower:
    """One page. `orders`: link by order id, as the page knows them."""

    def __init__(self, words: Words, orders: dict[str, str], menu: bool) -> None:
        self.words, self.orders, self.menu = words, orders, menu
        self._queue: deque[str] = deque()
        self._news = asyncio.Event()
        self.lost = False
        self.states: States = {}  # as it was told them last

    def let_go(self) -> None:
        self.lost = True
        self._queue.clear()
        self._news.set()

    def put(self, text: str) -> None:
        self._queue.append(text)
        if len(self._queue) > MAX_WAITING:
            self.let_go()
        self._news.set()

    async def get(self) -> str:
        """Raises `TimeoutError` when it was let go."""
        while not self._queue:
            if self.lost:
                raise TimeoutError
            self._news.clear()
            await self._news.wait()
        return self._queue.popleft()


class Crowd:
    def __init__(self, phone: Phone) -> None:
        self._phone = phone
        self.followers: set[Follower] = set()
        self._pending = Changes()
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._phone.node.on_changes.append(self._changed)
        self._task = asyncio.create_task(self._run(), name="phones")

    async def stop(self) -> None:
        with contextlib.suppress(ValueError):
            self._phone.node.on_changes.remove(self._changed)
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def _changed(self, changes: Changes) -> None:
        if self.followers:
            self._pending |= changes
            self._wake.set()

    async def join(self, follower: Follower) -> None:
        """From now on it is told what changes; first of all how everything stands."""
        if follower.menu:
            follower.states = await asyncio.to_thread(self._states_in, follower.words)
            version = self._phone.node.status().menu_version
            follower.put(_encode({"dishes": follower.states, "menu": version}).decode())
        await self._tell_orders([follower], follower.orders)
        self.followers.add(follower)

    def leave(self, follower: Follower) -> None:
        self.followers.discard(follower)

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            changes, self._pending = self._pending, Changes()
            try:
                await self._tell(changes)
            except Exception as e:
                if hasattr(e, "code"):
                    logger.warning("phones were not told: %s", e)
                else:
                    logger.exception("phones were not told")
                for follower in self.followers:
                    follower.let_go()
            await asyncio.sleep(TOGETHER_S)

    async def _tell(self, changes: Changes) -> None:
        followers = list(self.followers)
        if changes.menu or changes.availability:
            await self._tell_menu([f for f in followers if f.menu], changes.menu)
        if changes.orders:
            await self._tell_orders([f for f in followers if f.orders.keys() & changes.orders], changes.orders)

    async def _tell_menu(self, followers: list[Follower], new_menu: bool) -> None:
        version = self._phone.node.status().menu_version if new_menu else ""
        for language in {f.words.language for f in followers}:
            mine = [f for f in followers if f.words.language == language]
            after = await asyncio.to_thread(self._states_in, mine[0].words)
            texts: dict[int, str] = {}  # by what was told before: mostly the very same to all
            for follower in mine:
                before = follower.states
                if id(before) not in texts:
                    changed = {i: s for i, s in after.items() if before.get(i) != s}
                    told: dict[str, Any] = {"dishes": changed} | ({"menu": version} if new_menu else {})
                    texts[id(before)] = _encode(told).decode()  # told also when no dish as a whole is different
                follower.put(texts[id(before)])
            for follower in mine:
                follower.states = after

    async def _tell_orders(self, followers: list[Follower], ids: Iterable[str]) -> None:
        for order_id in ids:
            interested = [f for f in followers if order_id in f.orders]
            if not interested:
                continue
            order = await asyncio.to_thread(self._phone.node.order, order_id)
            if order is None:
                continue
            menu, wait = self._phone.node.menu(), await asyncio.to_thread(self._phone.wait, order)
            for follower in interested:
                told = told_of(order, menu, follower.words, follower.orders[order_id], wait)
                follower.put(_encode(told).decode())

    def _states_in(self, words: Words) -> States:
        carte = self._phone.carte()
        return dishes.states(carte, self._phone.node.availability(), words) if carte is not None else {}


def say(order: Order, words: Words) -> str:
    """What its guest is to do now, in a sentence."""
    due = words.money(order.due_minor, order.currency)
    return words.say(f"state.{order_page.state_of(order)}", price=due)


def told_of(order: Any, menu: Any, words: Words, link: str, wait: Range | None = None) -> dict[str, Any]:
    """An order as its page, and the menu's bar, are told of it."""
    state = order_page.state_of(order)
    return {
        "order": link,
        "number": order.number,
        "state": state,
        "say": say(order, words),
        "done": state in ("collected", "voided"),
        "html": order_page.live(order, menu, words, wait),
    }
