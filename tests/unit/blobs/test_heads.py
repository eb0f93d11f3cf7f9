"""What a picture is, told from its first bytes; and what is refused, in words."""

from __future__ import annotations

import random
import struct
from pathlib import Path

import pytest

from server.blobs.heads import MAX_PICTURE_BYTES, Head, check_picture, head
from server.event import Refused

ASSETS = Path(__file__).resolve().parents[3] / "assets" / "images"


def png(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height) + b"\x08\x02\0\0\0"


def jpeg(width: int, height: int, before: bytes = b"") -> bytes:
    app = b"\xff\xe1" + struct.pack(">H", len(before) + 2) + before
    return b"\xff\xd8" + app + b"\xff\xc2" + struct.pack(">HBHH", 17, 8, height, width) + b"\x03" * 10


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (png(640, 480), Head("png", 640, 480)),
        (jpeg(4032, 3024, b"a thumbnail" * 500), Head("jpeg", 4032, 3024)),
        (b"GIF89a" + struct.pack("<HH", 10, 20), Head("gif", 10, 20)),
        (b"RIFF\0\0\0\0WEBPVP8X" + b"\0" * 8 + b"\x1f\x03\0" + b"\x57\x02\0", Head("webp", 800, 600)),
        (b"RIFF\0\0\0\0WEBPVP8 \0\0\0\0\0\0\0\x9d\x01\x2a" + struct.pack("<HH", 320, 200), Head("webp", 320, 200)),
        (b"", None),
        (b"\xff\xd8", None),
        (b"\x89PNG\r\n\x1a\nnonsense", None),
        (b"<svg/>", None),
    ],
)
def test_a_pictures_size_is_told_from_its_head(data: bytes, found: Head | None) -> None:
    assert head(data) == found


def test_the_products_own_pictures_are_pictures() -> None:
    files = sorted(ASSETS.glob("*.webp"))
    assert files
    for file in files:
        data = file.read_bytes()
        assert check_picture(data, len(data)).kind == "webp"


@pytest.mark.parametrize(
    ("data", "size", "word"),
    [
        (png(10_000, 8_000), 1000, "80 megapixels"),
        (jpeg(65_000, 65_000), 1000, "megapixels"),
        (b"\xff\xd8 nonsense", 1000, "broken"),
        (png(0, 10), 1000, "broken"),
        (png(10, 10), MAX_PICTURE_BYTES + 1, "MB"),
    ],
)
def test_what_can_not_be_shown_is_refused_in_words(data: bytes, size: int, word: str) -> None:
    with pytest.raises(Refused, match=word) as refused:
        check_picture(data, size)
    assert refused.value.code == "bad_picture"


def test_bytes_that_are_anything_are_read_without_a_fault() -> None:
    chance = random.Random(7)
    for start in (
        b"\xff\xd8",
        b"\x89PNG\r\n\x1a\n",
        b"RIFF\0\0\0\0WEBPVP8L",
        b"GIF89a",
        png(3, 3),
        jpeg(3, 3, b"x" * 50),
    ):
        for _ in range(300):
            head(start[: chance.randint(0, len(start))] + chance.randbytes(chance.randint(0, 60)))
