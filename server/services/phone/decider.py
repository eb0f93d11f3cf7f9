"""Phone: `decide` for each command, pure."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from server.event import Draft, Refused
from server.services.phone.commands import Key
from server.services.phone.events import KEY_MADE, KEYS, MAX_KEYS, SECRET_BYTES, KeyMade, key_id_of

Decided = tuple[list[Draft], dict[str, Any]]


def key(known: Mapping[str, bytes], command: Key) -> Decided:
    """A key more, or one instead of all before. Raises `Refused("bad_field")`, `Refused("too_many_keys")`."""
    try:
        secret = base64.b64decode(command.secret + "=", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        secret = b""
    if len(secret) != SECRET_BYTES:
        raise Refused("bad_field", f"“secret” is not {SECRET_BYTES} bytes in base64url. Make new random ones.")
    key_id = key_id_of(secret)
    if key_id in known:
        return [], {"key_id": key_id}
    if len(known) >= MAX_KEYS and not command.replace:
        raise Refused("too_many_keys", f"There are {MAX_KEYS} keys in force. Make one with “replace”.")
    made = KeyMade(key_id, secret, sorted(known) if command.replace else [])
    return [Draft(KEY_MADE, KEYS, made)], {"key_id": key_id}
