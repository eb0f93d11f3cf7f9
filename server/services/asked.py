"""What tells whether a command that is sent again is the one that was sent before: a fingerprint of its body.

It stands in what the command led to, so that a terminal which has only heard of that knows it too.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import msgspec

from server.event import Refused
from server.services.command import as_json

FINGERPRINT_BYTES = 8
"""Nobody is kept from anything by it who wants to send two bodies that look alike; by mistake none ever will."""

NOT_OF_IT = frozenset({"command_id", "resume"})
"""The id is compared by itself; `resume` asks what became of the very same payment."""


class FromCommand(msgspec.Struct, frozen=True, kw_only=True):
    """The data of an event that a command led to. `asked` is left out by who knew no fingerprints yet."""

    asked: str | msgspec.UnsetType = msgspec.UNSET


def fingerprint(name: str, body: dict[str, Any] | bytes) -> str:
    """Eleven characters. The order of fields, blanks, and whether a field is null or left out make no difference.
    `""` for a body that can't be read: it is refused by whoever reads it."""
    try:
        told = msgspec.json.decode(as_json(body))
        plain = msgspec.json.encode(_plain(told, NOT_OF_IT), order="sorted")
    except (Refused, msgspec.MsgspecError, ValueError, RecursionError):
        return ""
    digest = hashlib.blake2b(name.encode() + b"\0" + plain, digest_size=FINGERPRINT_BYTES).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _plain(value: Any, without: frozenset[str] = frozenset()) -> Any:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items() if one is not None and key not in without}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value


def first_of(data: Any) -> str:
    """The fingerprint in an event's data; `""` where there is none."""
    asked = data.get("asked", "") if isinstance(data, dict) else ""
    return asked if isinstance(asked, str) else ""


def check_same(first: str | msgspec.UnsetType | None, now: str) -> None:
    """Raises `Refused("command_id_used")` where both bodies are known and differ."""
    if first and now and first != now:  # `UNSET` counts as false
        raise other_body()


def other_body() -> Refused:
    return Refused(
        "command_id_used",
        "This command_id was sent before with another body, and that was done. Nothing was done now: make a new id for "
        "this, or send the first body to hear its answer again.",
    )
