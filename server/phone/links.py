"""Links that are keys themselves: what they let a phone do, until when, signed with a key of the store. Pure.

A link works at every terminal of the store, as all of them hold the key, and says nothing to anybody else. It is

    base64url( kind, key id (3 bytes), end (4 bytes, s since 1970), subject, HMAC-SHA-256 of all that (16 bytes) )

`code` opens a visit (on a table card, a board); `visit` lets a phone look and order for some hours; `order` shows one
order.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import struct
import uuid
from collections.abc import Mapping
from typing import Literal, NamedTuple

from server.event import Refused

Kind = Literal["code", "visit", "order"]
_KINDS: dict[Kind, int] = {"code": 1, "visit": 2, "order": 3}
_NAMES = {number: kind for kind, number in _KINDS.items()}
_HEAD = struct.Struct(">B3sI")
_MAC_BYTES = 16
"""128 bits: nobody finds one by trying, at any rate that a shop's network carries."""

MAX_LINK_CHARS = 200
MAX_SUBJECT_BYTES = 64
MAX_END_S = 2**32 - 1

NOT_A_LINK = "This link is not complete or not from this shop. Please scan the code again."
OLD_LINK = "This link has run out. Please scan a code in the shop again."


class Link(NamedTuple):
    """`subject`: a table's name (`code`, `visit`), or an order's id (`order`). `end_s` is since 1970."""

    kind: Kind
    end_s: int
    subject: str


def sign(link: Link, keys: Mapping[str, bytes], nonce: bytes = b"") -> str:
    """The link's text, signed with the eldest key in force. `nonce` tells links of the same kind, end and table apart.
    Raises `Refused("no_key")`, `Refused("bad_field")`."""
    if not keys:
        raise Refused("no_key", "This shop has no key for links yet. Try again in a moment.")
    key_id, secret = next(iter(keys.items()))
    if link.kind == "order":
        subject = uuid.UUID(link.subject).bytes
    else:
        subject = bytes([len(nonce)]) + nonce + link.subject.encode()
    if len(subject) > MAX_SUBJECT_BYTES:
        raise Refused("bad_field", "The table's name is too long for a link. Shorten it.")
    body = _HEAD.pack(_KINDS[link.kind], bytes.fromhex(key_id), min(link.end_s, MAX_END_S)) + subject
    return _text(body + _mac(secret, body))


def read(text: str, kind: Kind, keys: Mapping[str, bytes], now_s: float) -> Link:
    """What a link says. Raises `Refused`: `bad_link` (not ours, or not of this kind), `old_link` (it has run out)."""
    if len(text) > MAX_LINK_CHARS:
        raise Refused("bad_link", NOT_A_LINK)
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise Refused("bad_link", NOT_A_LINK) from None
    if _text(raw) != text:  # the same one spelled otherwise: what its phone may ask is counted by the text
        raise Refused("bad_link", NOT_A_LINK)
    body, mac = raw[:-_MAC_BYTES], raw[-_MAC_BYTES:]
    if len(body) < _HEAD.size + 1:
        raise Refused("bad_link", NOT_A_LINK)
    number, key_id, end_s = _HEAD.unpack_from(body)
    secret = keys.get(key_id.hex())
    if secret is None or not hmac.compare_digest(mac, _mac(secret, body)) or _NAMES.get(number) != kind:
        raise Refused("bad_link", NOT_A_LINK)
    if now_s >= end_s:
        raise Refused("old_link", OLD_LINK)
    subject = body[_HEAD.size :]
    if kind == "order":
        return Link(kind, end_s, str(uuid.UUID(bytes=subject)))
    return Link(kind, end_s, subject[1 + subject[0] :].decode("utf-8", "replace"))


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _mac(secret: bytes, body: bytes) -> bytes:
    return hmac.new(secret, b"pilotlight link 1" + body, hashlib.sha256).digest()[:_MAC_BYTES]
