"""Keys for links, and baskets handed over."""

from __future__ import annotations

import hashlib

from server.services.asked import FromCommand

TOPIC = "phone"
KEY_MADE = "phone.key_made/1"
KEYS = "keys"
"""The aggregate of all keys."""


SECRET_BYTES = 32
KEY_ID_CHARS = 6
"""Hex digits: a store has a handful of keys in its life."""

MAX_KEYS = 64
"""In force at a time; far above the terminals of a store that could each have made one."""


class KeyMade(FromCommand, frozen=True):
    """From now on links may be signed with this key. Links signed with those that it `replaces` hold no longer.

    Two terminals that could not talk to each other may each have made one: both count.
    """

    key_id: str
    secret: bytes
    replaces: list[str] = []


def key_id_of(secret: bytes) -> str:
    return hashlib.sha256(b"pilotlight phone key 1" + secret).hexdigest()[:KEY_ID_CHARS]
