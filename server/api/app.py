"""The API put together (`make_app`) and served on a socket in this event loop (`serve`)."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

import msgspec
import uvicorn
from litestar import Litestar, MediaType, Request, Response, get
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.plugins import PluginProtocol
from litestar.plugins.core import MsgspecDIPlugin
from litestar.types import Message, Scope

from server.api import errors, openapi
from server.api.auth import WRONG_HOST, Gate, gate_of, misled, needs_token
from server.api.backlog import Backlog
from server.api.blobs import BLOBS
from server.api.commands import do_command
from server.api.connections import Socket
from server.api.door import Door, guarded
from server.api.feed import feed
from server.api.menu_file import read_menu
from server.api.metrics import Tally, metrics
from server.api.outgoing import Outgoing
from server.api.port import NodePort
from server.api.pulse import Pulse
from server.api.queries import QUERIES, healthz
from server.api.turnstile import Turnstile
from server.api.watch import Hub, watch
from server.event import Refused

logger = logging.getLogger("pilotlight.api")

KEEP_ALIVE_S = 75
"""Longer than any client's own time-out, so that it is the client who closes an idle connection."""

STOP_S = 3.0
"""Requests under way get so long to end."""

MAX_SOCKET_MESSAGE_BYTES = 64 * 1024
"""Nothing that a client says on a websocket is of use."""

PING_S = 10.0
SILENT_S = 10.0
"""A websocket client that does not answer a ping for so long is gone."""

UNSENT_BYTES = 128 * 1024
"""Taken by the system for a client before it has to wait. Left to itself it takes megabytes for one that reads nothing,
and all of that would be built for it first."""

GC_FIRST_GENERATION = 20_000
"""Collect young objects rarely: a sweep in the middle of an order is felt, and there are few cycles here."""


@get("/v1/openapi.json", include_in_schema=False, opt={"open": True, "tells": True})
async def openapi_document(request: Request[Any, Any, State], state: State) -> Response[bytes]:
    if state.document is None:
        state.document = msgspec.json.encode(openapi.document(request.app))
    return Response(state.document, media_type=MediaType.JSON)


def guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Everything needs the token but what says that it is open; and nobody's query is half understood."""
    if not handler.opt.get("open"):
        needs_token(connection, handler)
    elif handler.opt.get("tells") and misled(connection) and not gate_of(connection).admits(connection):
        raise Refused("wrong_host", WRONG_HOST)
    if isinstance(handler, HTTPRouteHandler) and not handler.opt.get("any_query"):
        known = handler.parsed_fn_signature.parameters
        unknown = [name for name in connection.query_params if name not in known]
        if unknown:
            raise Refused("unknown_field", f"There is no parameter “{unknown[0][:80]}”. Check its spelling.")


class Api(Litestar):
    """Without what Litestar brings along for types that are not msgspec's: pydantic alone, where it is installed, would
    take every server several megabytes."""

    @staticmethod
    def _get_default_plugins(plugins: list[PluginProtocol]) -> list[PluginProtocol]:
        return [*plugins, MsgspecDIPlugin()]


def make_app(node: NodePort, token: str, pages: Sequence[HTTPRouteHandler] = ()) -> Litestar:
    """The whole local API of a node, and the web pages that it serves besides."""
    gate = Gate(token, node.device().device_id)
    tally = Tally()
    hub = Hub(node)
    pulse = Pulse()

    def busy() -> bool:
        return app.state.turnstile is not None and app.state.turnstile.under_way > 0

    @contextlib.asynccontextmanager
    async def watching(_: Litestar) -> AsyncIterator[None]:
        hub.start()
        beating = asyncio.create_task(pulse.run(), name="pulse")
        try:
            yield
        finally:
            beating.cancel()
            await hub.stop()

    async def before_send(message: Message, scope: Scope) -> None:
        tally.count(scope, message)
        if message["type"] == "http.response.start":
            said = {name for name, _ in message["headers"]}
            message["headers"] = [*message["headers"], *(one for one in SAFE_HEADERS if one[0] not in said)]

    state = {
        "node": node,
        "gate": gate,
        "tally": tally,
        "hub": hub,
        "backlog": Backlog(node, busy),
        "outgoing": Outgoing(),
        "pulse": pulse,
        "turnstile": None,
        "sockets": 0,
        "logger": logger,
        "document": None,
        "files": None,
    }
    handlers = [healthz, metrics, openapi_document, do_command, read_menu, feed, watch, *QUERIES, *BLOBS, *pages]
    app = Api(
        route_handlers=handlers,
        guards=[guard],
        exception_handlers=errors.HANDLERS,
        before_send=[before_send],
        lifespan=[watching],
        openapi_config=openapi.config(node.device().version),
        state=State(state),
        logging_config=None,
        request_max_body_size=None,  # each handler that reads a body has its own limit
    )
    return app


SAFE_HEADERS: list[tuple[bytes, bytes]] = [(b"x-content-type-options", b"nosniff"), (b"cache-control", b"no-store")]


class Server(uvicorn.Server):
    """Signals are the program's business, not the web server's."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(app: Litestar, listener: socket.socket, stop: asyncio.Event) -> None:
    """Serves on a socket that is bound already, until `stop` is set; then ends what is under way and returns."""
    app.state.turnstile = Turnstile(app)
    config = uvicorn.Config(
        app.state.turnstile,
        log_config=None,
        log_level=logging.WARNING,
        access_log=False,
        lifespan="on",
        http=guarded(Door()),
        ws=Socket,
        ws_per_message_deflate=False,  # screens are on this machine; latency counts, bytes don't
        ws_max_size=MAX_SOCKET_MESSAGE_BYTES,
        ws_ping_interval=PING_S,
        ws_ping_timeout=SILENT_S,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=int(STOP_S),
        server_header=False,
    )
    server = Server(config)
    # asyncio does this itself only for sockets made with an explicit protocol; without it an answer waits 40 ms for
    # the client's delayed acknowledgement. Accepted connections inherit it.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if hasattr(socket, "TCP_NOTSENT_LOWAT"):  # not on Windows
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES)
    calm_garbage_collector()
    serving = asyncio.create_task(server.serve(sockets=[listener]), name="api")
    stopping = asyncio.create_task(stop.wait(), name="api stops")
    try:
        await asyncio.wait([serving, stopping], return_when=asyncio.FIRST_COMPLETED)
        server.should_exit = True
        await serving
    finally:
        stopping.cancel()


def calm_garbage_collector() -> None:
    """What was made while starting stays: it need not be looked at again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GC_FIRST_GENERATION, 20, 50)
