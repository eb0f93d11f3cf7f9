"""A menu file of a kind we know, told by its content: Pilotlight's own, or Square Catalog JSON."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from server.event import Refused
from server.services.menu.decider import check_menu
from server.services.menu.events import Menu
from server.services.menu.import_report import Imported, ImportReport, count
from server.services.menu.square import read_objects

MAX_MENU_FILE_BYTES = 32 * 1024 * 1024
"""The largest chain's catalog is a tenth of this; anything above is a mistake."""

BAD = "bad_menu_file"


def read_menu_file(data: bytes, *, location: str | None = None) -> Imported:
    """The menu in a file's bytes. `location`: take only what this Square location sells, at its prices.

    Raises `Refused("bad_menu_file")` with one sentence that names the place. Changes nothing, reads nothing else.
    """
    document = parse(data)
    if isinstance(document, dict) and "currency" in document and ("items" in document or "categories" in document):
        return read_own(document)
    return read_objects(document, location)


def parse(data: bytes) -> Any:
    """The JSON in the bytes. Raises `Refused` with line and column."""
    if len(data) > MAX_MENU_FILE_BYTES:
        raise Refused(
            BAD,
            f"This file has {len(data) / 1e6:.0f} MB; a menu has at most {MAX_MENU_FILE_BYTES / 1e6:.0f} MB. "
            "Export the catalog alone, without pictures.",
        )
    if not data.strip():
        raise Refused(BAD, "The file is empty. Export the catalog again.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as e:
        raise Refused(BAD, f"The file is not text in UTF-8 (byte {e.start}). Export it again as JSON.") from None
    try:
        return json.loads(text, parse_constant=not_a_number)
    except json.JSONDecodeError as e:
        ended = e.pos >= len(text.rstrip())
        what = "The file ends too early" if ended else "The file is not JSON"
        raise Refused(
            BAD, f"{what}: line {e.lineno}, column {e.colno} ({e.msg.lower()}). Export the catalog again."
        ) from None
    except RecursionError:
        raise Refused(BAD, "The file is nested too deeply to be a menu. Export the catalog again.") from None
    except ValueError as e:
        raise Refused(BAD, f"The file is not JSON ({e}). Export the catalog again.") from None


def not_a_number(text: str) -> Any:
    raise ValueError(f"{text} is not a number")


def read_own(document: dict[str, Any]) -> Imported:
    """Pilotlight's own format: the shape of `GET /v1/menu`."""
    try:
        menu = msgspec.convert(document, Menu)
    except msgspec.ValidationError as e:
        raise Refused(BAD, f"The menu has a mistake: {e}. Correct it there and import again.") from None
    try:
        check_menu(menu)
    except Refused as refused:
        raise Refused(BAD, refused.text) from None
    return Imported(menu, ImportReport(count(menu)))
