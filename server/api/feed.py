"""`WS /v1/feed`: one CloudEvent a text frame; what was missed first, then live.

A client that reads slowly costs no memory, as its events wait in the log and not here, and no work, as they are built
when it takes them (`backlog`). One that stops reading is closed with 4408 and goes on later from the last `cursor` it
saw.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine
from typing import Any

from litestar import websocket
from litestar.datastructures import State
from litestar.exceptions import WebSocketException

from server.api.auth import WRONG_TOKEN, gate_of
from server.api.backlog import PORTION_BYTES, PORTION_EVENTS, Backlog
from server.api.cloud_events import position_of
from server.api.outgoing import Outgoing, Socket
from server.api.port import NodePort
from server.api.queries import topics_of
from server.event import Refused

BAD_REQUEST = 4400
WRONG_TOKEN_CODE = 4401
TOO_SLOW = 4408
CURSOR_GONE = 4410
TOO_MANY = 4429
SERVER_FAULT = 1011
GOING_AWAY = 1001

CLOSE_S = 1.0

MAX_CLIENTS = 256
"""Websockets at once: a shop has some dozens of screens and integrations."""

SUBPROTOCOL = "cloudevents.json"


async def close(socket: Socket, code: int, text: str) -> None:
    """A close frame's reason holds 123 bytes. A client that takes nothing does not take this either: soon given up."""
    with contextlib.suppress(WebSocketException, RuntimeError, OSError, TimeoutError):
        async with asyncio.timeout(CLOSE_S):
            await socket.close(code=code, reason=text.encode()[:120].decode("utf-8", "ignore"))


async def send(socket: Socket, text: str) -> None:
    """Raises `TimeoutError` when the client has stopped reading."""
    outgoing: Outgoing = socket.app.state.outgoing
    await outgoing.send(socket, text)


async def admitted(socket: Socket, subprotocol: str | None = None) -> bool:
    """Accepts, so that a refusal can say its code; False when it was one (and the socket is closed)."""
    await socket.accept(subprotocols=subprotocol)
    if not gate_of(socket).admits(socket, query_token=True):
        await close(socket, WRONG_TOKEN_CODE, WRONG_TOKEN)
        return False
    if socket.app.state.sockets >= MAX_CLIENTS:
        await close(socket, TOO_MANY, "Too many connections to this server. Close some and try again.")
        return False
    return True


async def run_until_left(socket: Socket, work: Coroutine[Any, Any, None], *, counted: bool = True) -> None:
    """Runs `work` until it ends or the client leaves. What clients say is read (so that pings work) and ignored.
    `counted`: as one of `MAX_CLIENTS`."""
    state = socket.app.state
    state.sockets += counted
    task = asyncio.ensure_future(work)
    listening = asyncio.ensure_future(_listen(socket))
    try:
        await asyncio.wait([task, listening], return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            await _explain(socket, task)
    finally:
        state.sockets -= counted
        for one in (task, listening):
            one.cancel()
        await asyncio.gather(task, listening, return_exceptions=True)


async def _listen(socket: Socket) -> None:
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass


async def _explain(socket: Socket, task: asyncio.Future[None]) -> None:
    error = task.exception() if not task.cancelled() else None
    if isinstance(error, TimeoutError):
        await close(socket, TOO_SLOW, "You read too slowly. Connect again with the last cursor.")
    elif isinstance(error, Refused):
        await close(socket, refusal_code(error), error.text)
    elif isinstance(error, OSError | WebSocketException):
        pass  # it left while it was told something
    elif error is not None:
        socket.app.state.logger.error("a websocket failed", exc_info=error)
        await close(socket, SERVER_FAULT, "This server made a mistake. Connect again.")
    else:
        await close(socket, GOING_AWAY, "This server is stopping. Connect again.")


def refusal_code(refused: Refused) -> int:
    return CURSOR_GONE if refused.code == "cursor_gone" else BAD_REQUEST


@websocket("/v1/feed", opt={"open": True})
async def feed(socket: Socket, state: State) -> None:
    asked = socket.scope.get("subprotocols") or []
    if not await admitted(socket, SUBPROTOCOL if SUBPROTOCOL in asked else None):
        return
    node: NodePort = state.node
    try:
        unknown = set(socket.query_params) - {"after", "topics", "token"}
        if unknown:
            raise Refused("unknown_field", f"There is no “{min(unknown)}” here; there are after, topics and token.")
        position = position_of(socket.query_params.get("after"), node)
        topics = topics_of(socket.query_params.get("topics"), node)
    except Refused as refused:
        await close(socket, refusal_code(refused), refused.text)
        return
    await run_until_left(socket, _tell(socket, node, state.backlog, position, topics))


async def _tell(socket: Socket, node: NodePort, backlog: Backlog, position: int, topics: list[str] | None) -> None:
    subscription = node.subscribe(position, topics, PORTION_EVENTS, PORTION_BYTES)
    try:
        async for events in subscription:
            told = 0
            while told < len(events):
                for text in await backlog.texts(events[told:]):
                    await send(socket, text)
                    told += 1
    finally:
        aclose = getattr(subscription, "aclose", None)
        if aclose is not None:
            await aclose()
