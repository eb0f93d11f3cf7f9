"""The queue before the printer. What is asked for is in the log, so it outlives a crash; what may be on paper already
is printed as a copy and says so; what can't be printed is said at once, with the way out.

Before the first byte goes to the printer `receipts.begin` is durable. A terminal that dies after that does not know
whether the paper came out: it does not print by itself then, and the next receipt of the order is a copy.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec

from server.api.port import NodePort
from server.event import Refused
from server.phone import room
from server.phone.give import in_language
from server.phone.room import Phone
from server.phone.words import Words, choose, local
from server.printing.drawing import OWN_SCRIPT, drawn
from server.printing.escpos import encode
from server.printing.layout import Paper, receipt, test_page
from server.printing.printer import Printer
from server.services.decision import Changes
from server.services.orders.read_model import again_code
from server.services.orders.state import Print

logger = logging.getLogger("pilotlight.printing")

Came = Literal["printed", "out_of_paper", "away", "not_known", "given_up"]

AGAIN_S = 2.0
"""How soon it is looked again when the node could not tell or take something down."""

MAX_EXPECTED = 200
"""Receipts that somebody waits for at a time; more are printed all the same."""

STALE_MS = 5 * 60_000
"""Nobody stands before the printer any longer for a receipt that a restart finds older than this."""


class Queue:
    """One for each printer; prints one receipt at a time, the eldest first."""

    def __init__(
        self, node: NodePort, phone: Phone, printer: Callable[[], Printer], columns: int, draw: Sequence[str]
    ) -> None:
        self._node, self._phone, self._printer, self._columns, self._draw = node, phone, printer, columns, draw
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()  # one piece of paper at a time
        self._waiting: dict[str, asyncio.Future[Came]] = {}  # by print id, whoever wants to know

    def start(self) -> None:
        self._node.on_changes.append(self._changed)
        self._wake.set()
        self._task = asyncio.create_task(self._run(), name="printer")

    async def stop(self) -> None:
        with contextlib.suppress(ValueError):
            self._node.on_changes.remove(self._changed)
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def _changed(self, changes: Changes) -> None:
        if changes.orders:
            self._wake.set()

    def expect(self, print_id: str) -> asyncio.Future[Came]:
        """Will be what became of a receipt; expected before it is asked for."""
        future = self._waiting.get(print_id)
        if future is None:
            future = self._waiting[print_id] = asyncio.get_running_loop().create_future()
            while len(self._waiting) > MAX_EXPECTED:
                self._waiting.pop(next(iter(self._waiting))).cancel()
        return future

    async def _run(self) -> None:
        first = True
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                for order_id, print_id, state in await asyncio.to_thread(self._node.receipts_waiting):
                    await self._one(order_id, print_id, state, first)
                first = False
            except Exception as e:
                expected = hasattr(e, "code")
                logger.warning("a receipt has to wait: %s", e, exc_info=None if expected else e)
                self._wake.set()
                await asyncio.sleep(AGAIN_S)

    async def _one(self, order_id: str, print_id: str, state: Print, first: bool) -> None:
        if state.begun:  # by a process before this one, or before its end could be written down
            await self._end(order_id, print_id, "not_known")
            return
        order = await asyncio.to_thread(self._node.order, order_id)
        if order is None or (first and self._age_ms(order.placed_at) > STALE_MS):
            await self._end(order_id, print_id, "given_up")
            return
        async with self._turn:
            await self._print(order_id, print_id, state)

    async def test(self) -> Came:
        """A page that is no receipt, for staff who look whether the printer prints."""
        async with self._turn:
            printer = self._printer()
            try:
                ready = await printer.look()
                if ready != "ready":
                    return ready
                return await printer.put(await self._test_page())
            finally:
                await printer.close()

    async def _test_page(self) -> bytes:
        device, words = self._node.device(), choose([])
        now = datetime.now().astimezone().strftime("%Y-%m-%d %H:%M")
        paper = test_page(device.label, device.store_name, now, self._columns)
        return encode(await drawn(paper, words, self._columns, self._draw) or [*paper], self._columns)

    async def _print(self, order_id: str, print_id: str, state: Print) -> None:
        printer = self._printer()
        try:
            ready = await printer.look()
            if ready != "ready":
                await self._end(order_id, print_id, ready)
                return
            begun = await self._node.command("receipts.begin", _body(order_id=order_id, print_id=print_id))
            content = await self._content(order_id, state.language, bool(begun.result["copy"]))
            await self._end(order_id, print_id, await printer.put(content))
        finally:
            await printer.close()

    async def _content(self, order_id: str, language: str, copy: bool) -> bytes:
        """In the guest's language; in English where its letters could neither be printed nor drawn."""
        order = await asyncio.to_thread(self._node.order, order_id)
        assert order is not None
        link = ""
        with contextlib.suppress(Refused):  # no phone can come here
            link = f"{self._phone.base()}/phone/o/{await self._phone.link('order', room.ORDER_S, order_id)}"
            link = in_language(link, language)
        at = local(order.placed_at)

        def laid_out(words: Words) -> Paper:
            return receipt(
                order, self._node.menu(), words, self._columns, copy=copy, at=at, again=again_code(order_id), link=link
            )

        words = choose([language])
        paper = laid_out(words)
        ready = await drawn(paper, words, self._columns, self._draw)
        if ready is None:
            ready = [*laid_out(choose([]))] if words.language in OWN_SCRIPT else [*paper]
        return encode(ready, self._columns)

    def _age_ms(self, at: str) -> float:
        return self._node.now_ms() - 1000 * datetime.fromisoformat(at).timestamp()

    async def _end(self, order_id: str, print_id: str, came: Came) -> None:
        told: dict[str, Any] = {"how": "printed"} if came == "printed" else {"how": "failed", "why": came}
        with contextlib.suppress(Refused):  # it has an end already
            await self._node.command("receipts.end", _body(order_id=order_id, print_id=print_id, **told))
        future = self._waiting.pop(print_id, None)
        if future is not None and not future.done():
            future.set_result(came)


def _body(**fields: Any) -> bytes:
    return msgspec.json.encode({"command_id": str(uuid.uuid4()), **fields})
