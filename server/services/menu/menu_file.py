"""A menu file of a kind we know, told by its content: Pilotlight's own, or Square Catalog JSON."""

from __future__ import annotations

from typing import Any

import msgspec

from server.event import Refused
from server.services.menu.decider import check_menu
from server.services.menu.events import Menu
from server.services.menu.import_report import Imported, ImportReport, count
from server.services.menu.json_text import parse, refuse
from server.services.menu.square import read_catalog

MAX_MENU_FILE_BYTES = 32 * 1024 * 1024
"""The largest chain's catalog is a tenth of this; anything above is a mistake. Ask a file's size before reading it."""


def read_menu_file(data: bytes, *, location: str | None = None) -> Imported:
    """The menu in a file's bytes. `location`: take only what this Square location sells, at its prices.

    Raises `Refused("bad_menu_file")` with one sentence that names the place. Pure.
    """
    if len(data) > MAX_MENU_FILE_BYTES:
        size, limit = len(data) / 1e6, MAX_MENU_FILE_BYTES / 1e6
        refuse(f"The file has {size:.0f} MB and a menu at most {limit:.0f} MB; export the catalog alone.")
    document = parse(data)
    if isinstance(document, dict) and "currency" in document and "objects" not in document:
        return read_own(document)
    return read_catalog(document, location)


def read_own(document: dict[str, Any]) -> Imported:
    """Pilotlight's own format: the shape of `GET /v1/menu`. Raises `Refused("bad_menu_file")` with the path."""
    try:
        menu = msgspec.convert(document, Menu)
        msgspec.msgpack.encode(menu)
        check_menu(menu)
    except msgspec.ValidationError as error:
        what, _, path = str(error).partition(" - at ")
        refuse(f"The menu has a mistake at {path.strip('`') or 'its top'}: {what.replace('`', '')}.")
    except (RecursionError, UnicodeEncodeError):
        refuse("The menu has a text that is not Unicode, or is nested too deeply; write it anew.")
    except OverflowError:
        refuse("The menu has a number that is far too large for anything; look for it and write the right one.")
    except Refused as refused:
        raise Refused("bad_menu_file", refused.text) from None
    return Imported(menu, ImportReport(count(menu)))
