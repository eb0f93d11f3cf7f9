"""The simulated card terminal as a server: `/nexo` for the till, `/control` and `/books` for who plays the customer."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Iterator
from typing import Annotated, Any

import msgspec
import uvicorn
from litestar import Litestar, MediaType, Request, Response, get, post, put
from litestar.datastructures import State
from litestar.params import Body

from server.cards.book import Dealing
from server.cards.simulator import MODES, Behaviour, CardTerminalSimulator

MAX_BODY_BYTES = 64 * 1024
"""A request is about one kilobyte."""


@post("/nexo", status_code=200)
async def nexo(request: Request[Any, Any, State], state: State) -> Response[bytes]:
    simulator: CardTerminalSimulator = state.simulator
    try:
        answer = await asyncio.shield(asyncio.ensure_future(simulator.answer(await request.body())))
    except msgspec.DecodeError as e:
        return Response(f"This is no nexo request: {e}.".encode(), status_code=400, media_type=MediaType.TEXT)
    return Response(answer, media_type=MediaType.JSON)


@get("/control")
async def behaviour(state: State) -> Behaviour:
    found: Behaviour = state.simulator.behaviour
    return found


@put("/control")
async def control(data: Annotated[dict[str, Any], Body()], state: State) -> Response[Any]:
    """What is not named stays as it is."""
    simulator: CardTerminalSimulator = state.simulator
    try:
        simulator.set(msgspec.convert(msgspec.to_builtins(simulator.behaviour) | data, Behaviour))
    except msgspec.ValidationError as e:
        return Response({"code": "bad_field", "text": f"{e}. The modes are {', '.join(MODES)}."}, status_code=400)
    return Response(simulator.behaviour)


@get("/books")
async def books(state: State) -> list[Dealing]:
    simulator: CardTerminalSimulator = state.simulator
    return simulator.book.all()


def make(simulator: CardTerminalSimulator) -> Litestar:
    return Litestar(
        [nexo, behaviour, control, books],
        state=State({"simulator": simulator}),
        openapi_config=None,
        logging_config=None,
        request_max_body_size=MAX_BODY_BYTES,
    )


class Server(uvicorn.Server):
    """Signals are the program's business, not the web server's."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(app: Litestar, listener: socket.socket, stop: asyncio.Event) -> None:
    """Until `stop`. What is under way then is not waited for: a card terminal's plug is pulled, too."""
    server = Server(uvicorn.Config(app, log_config=None, log_level=logging.WARNING, access_log=False, lifespan="off"))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait([serving, stopping], return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = server.force_exit = True
    await serving
    stopping.cancel()
