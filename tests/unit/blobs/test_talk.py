"""Both sides of a connection for blobs in one process: honest ones meet, and each meets somebody who means ill."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import random
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from server.blobs import fetcher as fetching_side
from server.blobs import frames
from server.blobs.fetcher import Fetcher
from server.blobs.frames import MAX_BLOB_BYTES, Ask, BadBlob, Greeting, Piece, Sorry
from server.blobs.inbox import MAX_UNREAD
from server.blobs.serving import Serving
from server.blobs.sources import Source
from server.blobs.store import BlobStore

WAIT_S = 30.0


class Ended(Exception):
    """The wire is gone."""


class End:
    """One end of a wire in memory."""

    def __init__(self, out: asyncio.Queue[bytes | None], into: asyncio.Queue[bytes | None]) -> None:
        self._out, self._into = out, into
        self._over = False

    async def send(self, frame: bytes) -> None:
        if self._over:
            raise Ended
        self._out.put_nowait(frame)

    async def receive(self) -> bytes:
        frame = await self._into.get()
        if frame is None:
            self._over = True
            raise Ended
        return frame

    async def close(self) -> None:
        self.abort()

    def abort(self) -> None:
        self._over = True
        self._out.put_nowait(None)
        self._into.put_nowait(None)


def pair() -> tuple[End, End]:
    there: asyncio.Queue[bytes | None] = asyncio.Queue()
    back: asyncio.Queue[bytes | None] = asyncio.Queue()
    return End(there, back), End(back, there)


def store(folder: Path, *blobs: bytes) -> BlobStore:
    one = BlobStore(folder, 100_000_000, 0)
    one.open()
    for data in blobs:
        incoming = one.incoming()
        incoming.write(data)
        incoming.finish()
    return one


def name(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


async def asked(one: Serving, *said: bytes, most: int = 99) -> list[frames.Frame]:
    """What a caller who says this is answered: so much of it, or until the connection ends."""
    near, far = pair()
    serving = asyncio.create_task(one.serve(far, lambda: None))
    answers = []
    for frame in said:
        await near.send(frame)
    with contextlib.suppress(Ended):
        async with asyncio.timeout(WAIT_S):
            while len(answers) < most:
                answers.append(frames.decode(await near.receive()))
    near.abort()
    await asyncio.gather(serving, return_exceptions=True)
    return answers


HELLO = frames.encode(Greeting(1, "s1", "device"))


def ask(data: bytes, offset: int = 0, length: int = 10, number: int = 1) -> bytes:
    return frames.encode(Ask(number, hashlib.sha256(data).digest(), offset, length))


async def test_a_piece_is_what_was_asked_for_up_to_the_end(tmp_path: Path) -> None:
    serving = Serving(store(tmp_path, b"0123456789"), "s1", lambda _: False)
    digits = b"0123456789"
    said = [ask(digits, 2, 3, 1), ask(digits, 8, 9, 2), ask(digits, 99, 9, 3), ask(b"other", 0, 9, 4)]
    answers = [Piece(1, 10, b"234"), Piece(2, 10, b"89"), Piece(3, 10, b""), Piece(4, 0, b"")]
    assert await asked(serving, HELLO, *said, most=len(answers)) == answers


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ([b"garbage"], "bad_frame"),
        ([ask(b"x")], "bad_frame"),
        ([frames.encode(Greeting(1, "another store", "device"))], "wrong_store"),
        ([HELLO, ask(b"x", offset=-1)], "bad_frame"),
        ([HELLO, ask(b"x", length=0)], "bad_frame"),
        ([HELLO, ask(b"x", length=frames.MAX_PIECE_BYTES + 1)], "bad_frame"),
        ([HELLO, frames.encode(Ask(1, b"short", 0, 10))], "bad_frame"),
        ([HELLO, frames.encode(Piece(1, 5, b"12345"))], "bad_frame"),
    ],
)
async def test_who_breaks_a_rule_is_told_so_and_let_go(tmp_path: Path, said: list[bytes], code: str) -> None:
    (answer,) = await asked(Serving(store(tmp_path, b"x"), "s1", lambda _: False), *said)
    assert isinstance(answer, Sorry)
    assert answer.code == code


def test_any_bytes_are_a_frame_or_are_not() -> None:
    chance = random.Random(3)
    honest = [HELLO, ask(b"x"), frames.encode(Piece(1, 5, b"12345")), frames.encode(Sorry("busy", "later"))]
    for _ in range(3000):
        data = bytearray(chance.choice(honest))
        for _ in range(chance.randint(0, 4)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        with contextlib.suppress(BadBlob):
            frames.decode(bytes(data[: chance.randint(0, len(data))]))


Act = Callable[[End, bytes], Awaitable[None]]


async def silent(wire: End, data: bytes) -> None:
    await asyncio.sleep(WAIT_S)


async def flood(wire: End, data: bytes) -> None:
    for number in range(MAX_UNREAD * 2):
        await wire.send(frames.encode(Piece(number, len(data), data[:10])))


async def liar_about_length(wire: End, data: bytes) -> None:
    first = frames.decode(await wire.receive())
    assert isinstance(first, Ask)
    await wire.send(frames.encode(Piece(first.number, MAX_BLOB_BYTES * 2, data[: first.length])))


async def gives_another(wire: End, data: bytes) -> None:
    while True:
        one = frames.decode(await wire.receive())
        assert isinstance(one, Ask)
        wrong = bytes(len(data))
        await wire.send(frames.encode(Piece(one.number, len(data), wrong[one.offset : one.offset + one.length])))


async def garbage(wire: End, data: bytes) -> None:
    await wire.receive()
    await wire.send(b"\x00\xc1\xff")


async def hangs_up(wire: End, data: bytes) -> None:
    one = frames.decode(await wire.receive())
    assert isinstance(one, Ask)
    await wire.send(frames.encode(Piece(one.number, len(data), data[one.offset : one.offset + one.length])))
    wire.abort()


async def loses_it(wire: End, data: bytes) -> None:
    """Somebody cleared its disk; its answers to what was asked before come all the same."""
    given = 0
    while True:
        one = frames.decode(await wire.receive())
        assert isinstance(one, Ask)
        given += 1
        part = data[one.offset : one.offset + one.length]
        await wire.send(frames.encode(Piece(one.number, len(data), part) if given < 4 else Piece(one.number, 0, b"")))


async def refuses(wire: End, data: bytes) -> None:
    await wire.send(frames.encode(Sorry("busy", "Too many are asking.")))


@pytest.mark.parametrize("act", [silent, flood, liar_about_length, gives_another, garbage, hangs_up, loses_it, refuses])
async def test_whoever_the_first_source_is_the_second_gives_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, act: Act
) -> None:
    monkeypatch.setattr(fetching_side, "STALL_S", 0.3)
    data = random.Random(1).randbytes(30_000)
    honest = Serving(store(tmp_path / "honest", data), "s1", lambda _: False)
    mine = store(tmp_path / "mine")
    tasks: list[asyncio.Task[object]] = []

    async def meet(wire: End) -> None:
        await wire.receive()  # the greeting
        await act(wire, data)

    async def dial(uri: str, _: float) -> End:
        near, far = pair()
        work = meet(far) if uri.startswith("ws://bad") else honest.serve(far, lambda: None)
        tasks.append(asyncio.create_task(work))
        return near

    sources = [Source("a", "Bad", "ws://bad"), Source("b", "Good", "ws://good")]
    fetcher = Fetcher(mine, "s1", "me", dial, lambda: sources, lambda: False)
    fetcher.want([name(data)])
    running = asyncio.create_task(fetcher.run())
    async with asyncio.timeout(WAIT_S):
        while not mine.has(name(data)):
            await asyncio.sleep(0.01)
    assert mine.read(name(data), 0, 100_000) == data
    assert fetcher.wrong == (act is gives_another)
    for task in [running, *tasks]:
        task.cancel()
    await asyncio.gather(running, *tasks, return_exceptions=True)
