"""What a picture's first bytes say of it, without decoding it. Pure.

Formats: PNG (W3C, IHDR), JPEG (ITU T.81, frame headers), WebP (RFC 9649), GIF89a.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from server.event import Refused

HEAD_BYTES = 512 * 1024
"""So much is read to find a JPEG's size behind the thumbnails and colour profiles that cameras put before it."""

MAX_PICTURE_BYTES = 32 * 1024 * 1024
MAX_PICTURE_PIXELS = 40_000_000
"""A telephone's whole picture. More takes hundreds of megabytes to decode, for a tile of three hundred pixels."""

_FRAMES = frozenset({0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF})
_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})


class Head(NamedTuple):
    """`kind` is `png`, `jpeg`, `webp` or `gif`."""

    kind: str
    width: int
    height: int


def head(data: bytes) -> Head | None:
    """None for what is no picture of a kind that is shown, or says nothing of its size."""
    try:
        if data.startswith(b"\x89PNG\r\n\x1a\n") and data[12:16] == b"IHDR":
            return Head("png", *struct.unpack(">II", data[16:24]))
        if data[:6] in (b"GIF87a", b"GIF89a"):
            return Head("gif", *struct.unpack("<HH", data[6:10]))
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return _webp(data)
        if data[:2] == b"\xff\xd8":
            return _jpeg(data)
    except (struct.error, IndexError):
        pass
    return None


def _webp(data: bytes) -> Head | None:
    kind = data[12:16]
    if kind == b"VP8X":
        width, height = (int.from_bytes(data[at : at + 3], "little") + 1 for at in (24, 27))
    elif kind == b"VP8L" and data[20] == 0x2F:
        bits = int.from_bytes(data[21:25], "little")
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif kind == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        width, height = (side & 0x3FFF for side in struct.unpack("<HH", data[26:30]))
    else:
        return None
    return Head("webp", width, height)


def _jpeg(data: bytes) -> Head | None:
    at = 2
    while data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF or marker in _ALONE:
            at += 1 if marker == 0xFF else 2
        elif marker in _FRAMES:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return Head("jpeg", width, height)
        else:
            at += 2 + struct.unpack(">H", data[at + 2 : at + 4])[0]
    return None


def check_picture(data: bytes, size: int) -> Head:
    """`data`: at least the first `HEAD_BYTES` of `size`. Raises `Refused("bad_picture")` in words."""
    if size > MAX_PICTURE_BYTES:
        raise Refused(
            "bad_picture",
            f"it has {size / 1e6:.0f} MB, and a picture at most {MAX_PICTURE_BYTES / 1e6:.0f} MB. Save it smaller.",
        )
    found = head(data)
    if found is None or not (found.width and found.height):
        raise Refused("bad_picture", "it is no PNG, JPEG, WebP or GIF picture, or it is broken. Save it anew.")
    if found.width * found.height > MAX_PICTURE_PIXELS:
        raise Refused(
            "bad_picture",
            f"it has {found.width * found.height / 1e6:.0f} megapixels, and a picture at most "
            f"{MAX_PICTURE_PIXELS / 1e6:.0f}. Save it smaller; 1600 pixels a side are plenty.",
        )
    return found
