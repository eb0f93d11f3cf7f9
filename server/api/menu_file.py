"""`POST /v1/menu/read`: what a menu file would become, without publishing it."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from litestar import Request, post
from litestar.openapi.datastructures import ResponseSpec

from server.api.commands import read_body
from server.services.menu.events import Menu


class NotTaken(msgspec.Struct):
    """An object of the file that a menu can't express as it stands."""

    kind: str
    object_id: str
    reason: str


class MenuRead(msgspec.Struct):
    """`counts`: how many of each kind were taken over. Publish `menu` with `menu.publish`."""

    menu: Menu
    counts: dict[str, int]
    lines: list[NotTaken]


@post(
    "/v1/menu/read",
    status_code=200,
    summary="Read a menu file",
    description=(
        "The body is the file as it is: Square Catalog JSON or a Pilotlight menu. Nothing is published; what was taken "
        "over and what could not be comes back, with the menu as `menu.publish` takes it."
    ),
    tags=["menu"],
    responses={400: ResponseSpec(dict[str, str], description="The file is not right; the text names the place.")},
)
async def read_menu(request: Request[Any, Any, Any]) -> MenuRead:
    from server.services.menu.menu_file import MAX_MENU_FILE_BYTES, read_menu_file

    imported = await asyncio.to_thread(read_menu_file, await read_body(request, MAX_MENU_FILE_BYTES))
    lines = [NotTaken(line.kind, line.object_id, line.reason) for line in imported.report.lines]
    return MenuRead(imported.menu, dict(imported.report.counts), lines)
