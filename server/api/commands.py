"""`POST /v1/commands/{name}`: a body is read within limits, checked to be a JSON object, and given to the node."""

from __future__ import annotations

import asyncio
import json
from typing import Annotated, Any

import msgspec
from litestar import MediaType, Request, Response, post
from litestar.datastructures import State
from litestar.exceptions import InternalServerException
from litestar.params import Parameter

from server.api.cloud_events import CloudEvent, cloud_events
from server.api.port import NodePort
from server.event import Refused
from server.services.command import command_id
from server.services.desk import COMMANDS

MAX_BODY_BYTES = 1_000_000
"""An order of hundreds of lines is a tenth of it."""

MAX_MENU_BODY_BYTES = 8 * 1024 * 1024
"""A menu travels whole; one event holds up to 4 MiB of MessagePack, whose JSON is at most about twice that."""

MAX_DRAINED_BYTES = 32 * 1024 * 1024
"""Of a body that is too large so much is read and thrown away, so that the caller gets to hear why."""

CHECKED_AT_ONCE_BYTES = 64 * 1024
"""Larger bodies are looked through in a thread: nobody's event waits for them."""

MENU_COMMAND = "menu.publish"


class CommandDone(msgspec.Struct):
    """The events are durable. `events` is empty when everything was so already."""

    events: list[CloudEvent]
    result: Any


async def read_body(request: Request[Any, Any, Any], limit: int) -> bytes:
    """The raw body. Raises `Refused("too_large")`."""
    said = request.headers.get("content-length", "")
    size = int(said) if said.isascii() and said.isdigit() else 0
    if size > MAX_DRAINED_BYTES:
        raise _too_large(limit)
    body = bytearray()
    size = 0
    try:
        async for chunk in request.stream():
            size += len(chunk)
            if size > MAX_DRAINED_BYTES:
                break
            if size <= limit:
                body += chunk
    except InternalServerException:  # what Litestar says when the caller has gone
        raise Refused("client_gone", "The caller went away before all of it had arrived. Nothing was done.") from None
    if size > limit:
        raise _too_large(limit)
    return bytes(body)


def _too_large(limit: int) -> Refused:
    return Refused("too_large", f"The body is too large; up to {limit / 1e6:.1f} MB are taken. Nothing was done.")


def check_object(body: bytes) -> None:
    """Raises `Refused` when the body is not a JSON object in UTF-8 that carries a UUID as `command_id`."""
    try:
        body.decode()
    except UnicodeDecodeError as error:
        raise Refused(
            "not_utf8", f"The body is not UTF-8 (byte {error.start} is wrong). Send a JSON object in UTF-8."
        ) from None
    if not body.strip():
        raise Refused("bad_json", "The body is empty. Send a JSON object in UTF-8.")
    try:
        start = msgspec.json.decode(body, type=msgspec.Raw)
    except (msgspec.DecodeError, RecursionError) as error:
        raise Refused("bad_json", f"The body is not JSON: {str(error).replace('`', '')}. Correct it.") from None
    if not bytes(start).lstrip().startswith(b"{"):
        raise Refused("not_an_object", "The body is JSON, but not an object. Send {…} with command_id and the fields.")
    _check_no_field_twice(body)
    command_id(body)


def _check_no_field_twice(body: bytes) -> None:
    """Of a field that is there twice one would win, and the caller could not know which."""

    def seen(pairs: list[tuple[str, None]]) -> None:  # nothing is made of them: a menu would be a megabyte of objects
        if len({name for name, _ in pairs}) != len(pairs):
            names = [name for name, _ in pairs]
            twice = next(name for name in names if names.count(name) > 1)
            raise Refused("bad_json", f"The field “{twice[:80]}” is there twice in one object. Send it once.")

    try:
        json.loads(body, object_pairs_hook=seen)
    except (ValueError, RecursionError):
        return  # a number of thousands of digits, nesting without end: who reads the fields says it by name


Name = Annotated[str, Parameter(description="The command, such as `orders.place`.")]


@post(
    "/v1/commands/{name:str}",
    status_code=200,
    summary="Do something",
    description=(
        "The body is a JSON object with `command_id` (a UUID that you make) and the command's fields. 200 means "
        "durable. The same `command_id` again gives the same answer and does nothing twice, so send it again whenever "
        "you got no answer; with another body it is refused (409, `command_id_used`). Each command has its own entry "
        "below."
    ),
    tags=["commands"],
)
async def do_command(request: Request[Any, Any, State], name: Name, state: State) -> Response[CommandDone]:
    if name not in COMMANDS:
        raise Refused("unknown_command", f"There is no command “{name[:80]}”. There are: {', '.join(COMMANDS)}.")
    body = await read_body(request, MAX_MENU_BODY_BYTES if name == MENU_COMMAND else MAX_BODY_BYTES)
    if len(body) > CHECKED_AT_ONCE_BYTES:
        await asyncio.to_thread(check_object, body)
    else:
        check_object(body)
    node: NodePort = state.node
    done = await node.command(name, body)
    return Response(CommandDone(cloud_events(done.events, node), done.result), media_type=MediaType.JSON)
