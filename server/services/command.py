"""Commands from outside, decoded strictly: whatever is wrong with a body is answered by name, in plain words."""

from __future__ import annotations

import re
from typing import Any, TypeVar

import msgspec

from server.event import Refused, plainly

MAX_ID_CHARS = 200
"""Longer than any catalogue's ids; keeps an index row and a log line small."""

MAX_TEXT_CHARS = 200
"""Notes, names and reasons: what fits on a kitchen ticket and a receipt."""

MAX_AMOUNT_MINOR = 1_000_000_000
"""Ten million in most currencies: above any sale in a shop, far below what 64 bits and JSON readers hold exactly."""

_UUID = re.compile(r"[0-9a-fA-F]{8}(-?)[0-9a-fA-F]{4}\1[0-9a-fA-F]{4}\1[0-9a-fA-F]{4}\1[0-9a-fA-F]{12}")
_UNSHOWN = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
"""Controls but for line ends and tabs, what turns the direction of writing round, and what is no character."""

_ONE_LINE = str.maketrans("\n\r\t\u2028\u2029", "     ")
_UNKNOWN = re.compile(r"^Object contains unknown field `(.*?)`(?: - at `(.*)`)?$", re.S)
_MISSING = re.compile(r"^Object missing required field `(.*?)`(?: - at `(.*)`)?$", re.S)
_WRONG = re.compile(r"^(.*?)(?: - at `(.*)`)?$", re.S)


class Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Any object inside a command; fields that nobody knows are refused by name."""


class Command(Body, frozen=True, kw_only=True):
    """What every command may carry; its id is checked by `command_id`."""

    command_id: str = ""


C = TypeVar("C")


def _where(path: str | None) -> str:
    return path.removeprefix("$").removeprefix(".").replace("[...]", "[]") if path else ""


def _refusal(error: msgspec.ValidationError) -> Refused:
    text = str(error)
    if m := _UNKNOWN.match(text):
        at = f" in {_where(m[2])}" if _where(m[2]) else ""
        return Refused("unknown_field", f"There is no field “{m[1]}”{at}. Leave it out, or check its spelling.")
    if m := _MISSING.match(text):
        at = f" in {_where(m[2])}" if _where(m[2]) else ""
        return Refused("missing_field", f"The field “{m[1]}” is missing{at}. Add it.")
    m = _WRONG.match(text)
    assert m is not None
    at = f"“{_where(m[2])}”: " if _where(m[2]) else ""
    said = plainly(m[1])
    return Refused("bad_field", f"{at or said[:1].upper()}{said if at else said[1:]}. Correct it and send again.")


def as_json(body: Any) -> bytes:
    """The body as JSON bytes, from bytes or a dict. Raises `Refused("bad_json")`."""
    if isinstance(body, bytes | bytearray):
        return bytes(body)
    try:
        return msgspec.json.encode(body)
    except (TypeError, ValueError, OverflowError, RecursionError, msgspec.MsgspecError) as error:
        raise Refused("bad_json", "The body cannot be written as JSON. Send a JSON object in UTF-8.") from error


def decode(body: Any, into: type[C]) -> C:
    """A command's body as its Struct. Raises `Refused`: `bad_json`, `unknown_field`, `missing_field`, `bad_field`."""
    raw = as_json(body)
    try:
        return msgspec.json.decode(raw, type=into)
    except msgspec.ValidationError as error:
        raise _refusal(error) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise Refused("bad_json", "The body is not JSON. Send a JSON object in UTF-8.") from error


class _HasId(msgspec.Struct):
    command_id: str


def command_id(body: Any) -> str:
    """The id in a command's body. Raises `Refused` when it is missing or not a UUID."""
    found = decode(body, _HasId).command_id
    check_uuid(found, "command_id")
    return found


def check_uuid(text: str, field: str) -> None:
    """Raises `Refused("bad_field")`. Python's own reading would take braces, `urn:`, and any number of dashes."""
    if not _UUID.fullmatch(text):
        raise Refused("bad_field", f"“{field}” is not a UUID. Make one such as 0b8e5f4e-3c1f-4c55-9d57-0d2f7c1f4f10.")


def check_shown(text: str, field: str) -> None:
    """Raises `Refused("bad_field")` for characters that are none: they move a printer's head or a reader's eye."""
    found = _UNSHOWN.search(text)
    if found:
        raise Refused(
            "bad_field", f"“{field}” has a character that can't be shown (U+{ord(found[0]):04X}). Take it out."
        )


def check_text(text: str | None, field: str, what: str, limit: int = MAX_TEXT_CHARS) -> str:
    """The text in one line, without blanks around it. Raises `Refused`: `<field>_too_long`, `bad_field`."""
    clean = (text or "").translate(_ONE_LINE).strip()
    check_shown(clean, field)
    if len(clean) > limit:
        raise Refused(f"{field}_too_long", f"{what} is {len(clean)} characters long; {limit} fit. Shorten it.")
    return clean


def check_reason(text: str) -> str:
    """A reason that says something. Raises `Refused("reason_required")` or `Refused("reason_too_long")`."""
    clean = check_text(text, "reason", "The reason")
    if not clean:
        raise Refused("reason_required", "Say why: give a reason of a word or two.")
    return clean


def check_amount(amount_minor: int, field: str) -> int:
    """An amount above zero and within reason. Raises `Refused("bad_amount")`."""
    if not 0 < amount_minor <= MAX_AMOUNT_MINOR:
        raise Refused("bad_amount", f"“{field}” must be above zero and at most {MAX_AMOUNT_MINOR} in minor units.")
    return amount_minor
