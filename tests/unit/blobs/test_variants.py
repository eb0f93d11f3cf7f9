"""Pictures are made ready once, and only what is the picture's own fault is held against it."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from app.child import command
from server.blobs import variants as module
from server.blobs.store import BlobStore
from server.blobs.variants import SIZES, Variants
from tests.process.test_pictures import png

PATIENCE_S = 60.0


async def eventually(question: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not question():
            await asyncio.sleep(0.005)


@contextlib.asynccontextmanager
async def making(folder: Path, data: bytes) -> AsyncIterator[tuple[Variants, str]]:
    """One picture, of which the variants are being made by the real program."""
    store = BlobStore(folder, 1 << 30, 0)
    store.open()
    incoming = store.incoming()
    incoming.write(data)
    digest = incoming.finish()
    variants = Variants(store, command("picture-variants"))
    task = asyncio.create_task(variants.run())
    variants.want([digest])
    try:
        yield variants, digest
    finally:
        assert not task.done()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await variants.close()


def note(variants: Variants, digest: str) -> Path:
    return variants.path(digest, "tile").with_name(f"{digest}-refused")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
async def test_a_signal_to_the_program_is_not_held_against_the_picture(tmp_path: Path, number: signal.Signals) -> None:
    """Whoever presses Ctrl-C, or stops a service, tells all of its programs."""
    async with making(tmp_path, png(64, 48)) as (variants, digest):
        await eventually(lambda: variants._process is not None)
        assert variants._process is not None
        os.kill(variants._process.pid, number)
        await eventually(lambda: variants.is_ready(digest) or variants.refusal(digest))
        assert variants.is_ready(digest)
        assert not note(variants, digest).exists()


async def test_a_program_that_always_dies_refuses_a_picture_until_the_next_start(tmp_path: Path) -> None:
    async with making(tmp_path, png(64, 48)) as (variants, digest):
        variants._command = ["false"]
        await eventually(lambda: variants.refusal(digest))
        assert not note(variants, digest).exists()
    async with making(tmp_path, png(64, 48)) as (variants, digest):
        await eventually(lambda: variants.is_ready(digest))


async def test_a_disk_that_takes_nothing_is_not_held_against_the_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "AGAIN_S", 0.1)
    digest = hashlib.sha256(png(64, 48)).hexdigest()
    in_the_way = tmp_path / "blobs" / "variants" / f"{digest}-board.new" / "something"
    async with making(tmp_path, png(64, 48)) as (variants, _):
        in_the_way.mkdir(parents=True)
        await eventually(lambda: variants.trouble)
        assert variants.trouble.startswith("Pictures can't be made ready to be shown: they can't be written")
        assert not note(variants, digest).exists()
        in_the_way.rmdir()
        in_the_way.parent.rmdir()
        await eventually(lambda: variants.is_ready(digest))
        await eventually(lambda: not variants.trouble)


@pytest.mark.parametrize("left", [b"", b"\0" * 300, b"RIFF\x10"])
async def test_a_variant_that_a_power_cut_left_half_is_made_again(tmp_path: Path, left: bytes) -> None:
    async with making(tmp_path, png(64, 48)) as (variants, digest):
        await eventually(lambda: variants.is_ready(digest))
    whole = {size: variants.path(digest, size).read_bytes() for size in SIZES}
    variants.path(digest, "sheet").write_bytes(left)
    note(variants, digest).write_bytes(b"\0" * 40)
    async with making(tmp_path, png(64, 48)) as (variants, digest):
        await eventually(lambda: variants.is_ready(digest))
    assert {size: variants.path(digest, size).read_bytes() for size in SIZES} == whole


async def test_a_note_that_is_no_text_stops_nothing(tmp_path: Path) -> None:
    digest = hashlib.sha256(png(64, 48)).hexdigest()
    (tmp_path / "blobs" / "variants").mkdir(parents=True)
    (tmp_path / "blobs" / "variants" / f"{digest}-refused").write_bytes(b"\xff\xfe it can't")
    async with making(tmp_path, png(64, 48)) as (variants, _):
        await eventually(lambda: variants.refusal(digest))
