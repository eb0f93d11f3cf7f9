"""A shop's own pictures: from beside the menu file to what screens and phones are given."""

from __future__ import annotations

import json
import re
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from server.blobs.heads import head
from server.blobs.variants import SIZES
from tests.process.shop import HTTP, Server, eventually
from tests.process.test_blobs import WAIT_S, Start, peer, start

__all__ = ["start"]

pytestmark = pytest.mark.timeout(300)  # real servers, on whatever machine

Import = Callable[..., subprocess.CompletedProcess[str]]


def png(width: int, height: int) -> bytes:
    """Stripes, in few bytes, row by row: however large it is, it takes no memory to write."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(b"\0" + bytes((y // 8 % 2 * 200, 90, 40)) * width) for y in range(height))
    ihdr = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    content = chunk(b"IHDR", ihdr) + chunk(b"IDAT", rows + packer.flush()) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + content


@pytest.fixture
def beside(tmp_path: Path) -> Path:
    """A menu file with pictures: one good, one large, one of eighty megapixels, one broken, one missing."""
    names = {"good": "good.png", "large": "large", "huge": "huge.png", "broken": "broken.jpg", "none": "none.jpg"}
    items = [
        {"item_id": item_id, "name": item_id.title(), "image": image, "variations": [
            {"variation_id": "v", "name": "", "price_minor": 500}]}
        for item_id, image in names.items()
    ]  # fmt: skip
    menu: dict[str, Any] = {
        "currency": "EUR", "name": "Osteria", "items": items,
        "categories": [{"category_id": "c", "name": "All", "item_ids": list(names)}],
    }  # fmt: skip
    folder = tmp_path / "menu"
    (folder / "images").mkdir(parents=True)
    (folder / "menu.json").write_text(json.dumps(menu))
    (folder / "images" / "good.png").write_bytes(png(64, 48))
    (folder / "large.png").write_bytes(png(2000, 1000))
    (folder / "huge.png").write_bytes(png(10_000, 8_000))
    (folder / "broken.jpg").write_bytes(b"\xff\xd8 nonsense")
    return folder / "menu.json"


def take_over(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "app.cli", "import", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def digests(server: Server) -> dict[str, str]:
    images = server.get("/v1/menu")["images"]
    return {i["image_id"]: i["url"].removeprefix("sha256:") for i in images if i["url"].startswith("sha256:")}


def has_variants(server: Server, digest: str) -> bool:
    folder = server.folder / "blobs" / "variants"
    return all((folder / f"{digest}-{variant}.webp").exists() for variant in SIZES)


@pytest.mark.parametrize("running", [True, pytest.param(False, marks=pytest.mark.slow)])
def test_a_menus_pictures_come_along_and_are_made_ready_at_every_terminal(
    start: Start, beside: Path, running: bool
) -> None:
    first = start("first")
    if not running:
        first.stop()
    done = take_over(str(beside), "--data", str(first.folder))
    assert done.returncode == 0, done.stderr
    assert "Took 2 pictures along" in done.stdout
    assert re.search(r"picture huge.png: it has 80 megapixels, and a picture at most 40\. Save it smaller", done.stdout)
    assert re.search(r"picture broken.jpg: it is no PNG, JPEG, WebP or GIF picture", done.stdout)
    assert re.search(r"picture none.jpg: not found\. Put it beside the menu's file", done.stdout)
    if not running:
        first.start()
    second = start("second", *peer(first))
    found = eventually(lambda: digests(second) if second.get("/v1/menu") else None, WAIT_S)
    assert set(found) == {"good.png", "large"}
    for server in (first, second):
        eventually(lambda server=server: all(has_variants(server, digest) for digest in found.values()), WAIT_S)
        folder = server.folder / "blobs" / "variants"
        sizes = {variant: head((folder / f"{found['large']}-{variant}.webp").read_bytes()) for variant in SIZES}
        assert {v: (h.width, h.height) for v, h in sizes.items() if h} == {v: (s, s // 2) for v, s in SIZES.items()}
        small = head((folder / f"{found['good.png']}-tile.webp").read_bytes())
        assert small
        assert (small.width, small.height) == (64, 48), "what is small stays as it is"
    url = f"{second.endpoint['api']}/phone/picture/{found['large']}"
    answer = eventually(lambda: (got := HTTP.get(url)).status_code == 200 and got, WAIT_S)
    assert answer.headers["content-type"] == "image/webp"
    assert "immutable" in answer.headers["cache-control"]
    assert HTTP.get(f"{second.endpoint['api']}/phone/picture/{'0' * 64}").status_code == 404


def test_a_picture_that_gets_in_some_other_way_is_refused_where_it_would_be_shown(start: Start, beside: Path) -> None:
    """Head office of another version, an integration: what is in the menu need not have been checked."""
    import hashlib

    server = start("server")
    good, broken = png(64, 48), png(64, 48)[:60] + b"nonsense" * 4
    huge = (beside.parent / "huge.png").read_bytes()
    names = []
    for data in (huge, broken, good):
        digest = hashlib.sha256(data).hexdigest()
        names.append(digest)
        answer = HTTP.put(f"{server.endpoint['api']}/v1/blobs/{digest}", content=data, headers=server.headers)
        assert answer.status_code == 200
    menu = {
        "currency": "EUR", "name": "M",
        "items": [{"item_id": d, "name": d, "image": f"sha256:{d}", "variations": []} for d in names],
        "categories": [{"category_id": "c", "name": "C", "item_ids": names}],
    }  # fmt: skip
    server.command("menu.publish", menu=menu)
    eventually(lambda: has_variants(server, names[2]), WAIT_S)
    notes = [(server.folder / "blobs" / "variants" / f"{digest}-refused").read_text() for digest in names[:2]]
    assert "megapixels" in notes[0]
    assert "can't be decoded" in notes[1]
    assert not has_variants(server, names[0])
    assert server.get("/healthz")["status"] == "ok"
