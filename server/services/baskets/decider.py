"""Baskets: `decide` for each command, pure."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from server.event import Draft, Refused
from server.services.asked import check_same
from server.services.baskets.commands import Park
from server.services.baskets.events import PARKED, Parked
from server.services.command import check_amount, check_text
from server.services.orders.basket import MAX_CHOICES, MAX_GUEST_CHARS, check_quantity
from server.services.orders.commands import LineRequest, SlotChoice

CODE_DIGITS = 6
LIVES_MS = 30 * 60 * 1000
"""From the table to the kiosk, with a queue before it."""

MAX_LINES = 200
"""As many as an order takes."""

TRIES = 20
"""Codes tried for a basket; with a thousand baskets put down at once each is taken with one chance in a thousand."""

Known = Callable[[str], Parked | None]
Decided = tuple[list[Draft], dict[str, Any]]


def park(known: Known, command: Park, command_id: str, now_ms: int, asked: str = "") -> Decided:
    """A code for the basket: the same for the same command. Raises `Refused("no_lines")`, `Refused("too_many_lines")`,
    `Refused("no_code")`, and what no menu would take of a line: `bad_quantity`, `bad_amount`, `note_too_long` …"""
    if not command.lines:
        raise Refused("no_lines", "The basket is empty. Put something into it.")
    if len(command.lines) > MAX_LINES:
        raise Refused("too_many_lines", f"A basket has at most {MAX_LINES} lines; this has {len(command.lines)}.")
    for line in command.lines:
        _check(line)
    mark = hashlib.sha256(command_id.encode()).hexdigest()[:12]
    for n in range(TRIES):
        code = code_of(command_id, n)
        before = known(code)
        if before is not None and before.mark == mark:
            check_same(before.asked, asked)
            return [], _told(before)
        if before is None or before.until_ms <= now_ms:
            parked = Parked(code, command.lines, now_ms + LIVES_MS, mark, command.dining)
            return [Draft(PARKED, code, parked)], _told(parked)
    raise Refused("no_code", "Too many baskets wait to be taken up. Try again in a few minutes.")


def _check(line: LineRequest) -> None:
    """What holds with every menu. Whether this one sells it is told where the basket is taken up."""
    what = line.item_id[:80]
    check_quantity(line.quantity, what)
    chosen: list[LineRequest | SlotChoice] = [line, *line.choices]
    for one in chosen:
        if len(one.modifiers) + len(one.without) > MAX_CHOICES or len(line.choices) > MAX_CHOICES:
            raise Refused("too_many_choices", f"{what}: at most {MAX_CHOICES} choices fit on a line.")
        for modifier in one.modifiers:
            check_quantity(modifier.quantity, modifier.modifier_id[:80])
    if line.open_price_minor is not None:
        check_amount(line.open_price_minor, "open_price_minor")
    check_text(line.note, "note", f"The note on {what}")
    check_text(line.guest, "guest", "The guest's name", MAX_GUEST_CHARS)


def code_of(command_id: str, n: int) -> str:
    digest = hashlib.sha256(f"{command_id}/{n}".encode()).digest()
    return str(int.from_bytes(digest[:8], "big") % 10**CODE_DIGITS).zfill(CODE_DIGITS)


def _told(parked: Parked) -> dict[str, Any]:
    return {"code": parked.code, "until_ms": parked.until_ms}
