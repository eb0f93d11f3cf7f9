"""Pictures in the sizes in which they are shown: made once, in the background, by a program of its own.

That program (`command`) decodes what came from who knows where: if a picture makes it fail, hang or eat memory, it dies
and the picture is refused in words; the server goes on. It is told one JSON line for each picture, answers one, and
ends when there are no more.

What is known of a picture is noted beside its variants. That its program died or took too long is not: that may be the
machine's fault (it was switched off, a signal went to all of its programs, its memory was full), and is tried again,
once at once and then at the next start.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import msgspec

from server.blobs.heads import HEAD_BYTES, check_picture
from server.blobs.store import BlobStore
from server.event import Refused

SIZES = {"tile": 320, "phone": 480, "sheet": 720, "board": 1280}
"""Pixels of the longer side, at most. What is smaller stays as it is."""

MADE_WITHIN_S = 60.0
"""A picture that takes longer is no picture for a shop."""

REFUSED = "refused"
PHOTO = "photo"
"""Files beside the variants: why there are none; that it is a photo."""

AGAIN_S = 30.0
"""A program that could not be started is tried again after this."""

logger = logging.getLogger("pilotlight.blobs")


class Job(msgspec.Struct):
    """`targets`: by variant, the file to write and its longest side."""

    source: str
    targets: dict[str, tuple[str, int]]


class Done(msgspec.Struct):
    """`error`: why there are none, as the end of a sentence; `""`: all are written. `again`: the picture is well, and
    it was the disk that failed. `photo`: it fills its frame, nothing of it is see-through."""

    error: str = ""
    photo: bool = False
    again: bool = False


class Variants:
    """`want` pictures; those whose blob is here get their variants, one at a time. `command` empty: none are made."""

    def __init__(self, store: BlobStore, command: Sequence[str]) -> None:
        self.on_made: list[Callable[[str], None]] = []
        self.trouble = ""
        self._store, self._command = store, list(command)
        self._wanted: dict[str, None] = {}
        self._ready: set[str] = set()
        self._photos: set[str] = set()
        self._refused: dict[str, str] = {}
        self._news = asyncio.Event()
        self._process: asyncio.subprocess.Process | None = None

    def want(self, digests: Iterable[str]) -> None:
        """These pictures, in this order."""
        self._wanted = dict.fromkeys(digests)
        self._news.set()

    def came(self) -> None:
        """A blob is here that was not."""
        self._news.set()

    def is_ready(self, digest: str) -> bool:
        return digest in self._ready

    def refusal(self, digest: str) -> str:
        """Why there are none, in words, or `""`."""
        return self._refused.get(digest, "")

    def path(self, digest: str, variant: str) -> Path:
        return self._store.variants / f"{digest}-{variant}.webp"

    def ready(self) -> list[str]:
        """In the order wanted. Any thread."""
        return [digest for digest in self._wanted if digest in self._ready]

    def photos(self) -> list[str]:
        """Of these, those that fill their frame. Any thread."""
        return [digest for digest in self._wanted if digest in self._ready and digest in self._photos]

    async def run(self) -> None:
        while True:
            self._news.clear()
            for digest in self._due():
                try:
                    await self._see_to(digest)
                except Exception as e:
                    if not isinstance(e, OSError):
                        logger.exception("pictures can't be made ready to be shown")
                    self._troubled(f"Pictures can't be made ready to be shown: {why(e)}.")
                    await self._end()
                    await asyncio.sleep(AGAIN_S)
                    self._news.set()
                    break
            else:
                self._troubled("")
            await self._end()
            await self._news.wait()

    def _due(self) -> list[str]:
        known = self._ready | self._refused.keys()
        return [digest for digest in self._wanted if digest not in known and self._store.has(digest)]

    def _troubled(self, text: str) -> None:
        if text and text != self.trouble:
            logger.warning("%s", text)
        self.trouble = text

    async def _see_to(self, digest: str) -> None:
        note = self._note(digest, REFUSED)
        if await asyncio.to_thread(lambda: all(is_whole(self.path(digest, variant)) for variant in SIZES)):
            await self._made(digest)
            return
        refused: str | None = await asyncio.to_thread(read_note, note)
        if not refused:
            refused = await self._make(digest)
            if refused is None:
                refused = await self._make(digest)
            if refused:
                await asyncio.to_thread(note.write_text, refused)
        if refused == "":
            await self._made(digest)
            return
        self._refused[digest] = refused or DIED
        logger.warning("the picture %s… is not shown: %s", digest[:12], self._refused[digest])

    def _note(self, digest: str, what: str) -> Path:
        return self._store.variants / f"{digest}-{what}"

    async def _made(self, digest: str) -> None:
        if await asyncio.to_thread(self._note(digest, PHOTO).exists):
            self._photos.add(digest)
        self._ready.add(digest)
        for callback in list(self.on_made):
            callback(digest)

    async def _make(self, digest: str) -> str | None:
        """Why it can't be done, or `""`; None when that is not known. Raises `OSError` when the program can't be
        started, or the disk takes no variants."""
        beginning = await asyncio.to_thread(self._store.read, digest, 0, HEAD_BYTES)
        try:
            check_picture(beginning, self._store.size(digest))
        except Refused as refused:
            return refused.text
        targets = {name: (str(self.path(digest, name)), side) for name, side in SIZES.items()}
        job = msgspec.json.encode(Job(str(self._store.path(digest)), targets)) + b"\n"
        if self._process is None:
            self._process = await asyncio.create_subprocess_exec(
                *self._command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
            )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            async with asyncio.timeout(MADE_WITHIN_S):
                self._process.stdin.write(job)
                await self._process.stdin.drain()
                answer = await self._process.stdout.readline()
            done = msgspec.json.decode(answer, type=Done)
        except (TimeoutError, msgspec.MsgspecError, ConnectionError):
            await self._end(kill=True)
            return None
        if done.again:
            raise OSError(done.error)
        if done.photo:
            await asyncio.to_thread(self._note(digest, PHOTO).touch)
        return done.error

    async def _end(self, kill: bool = False) -> None:
        process = self._process
        if process is None:
            return
        if kill:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
        if process.stdin is not None:
            process.stdin.close()
        try:
            async with asyncio.timeout(MADE_WITHIN_S):
                await process.wait()
        except TimeoutError:
            process.kill()
        self._process = None  # not before: whoever cancels this leaves the rest to `close`

    async def close(self) -> None:
        await self._end(kill=True)


DIED = "it can't be decoded, or takes too long. Save it anew, and smaller."


def why(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error).rstrip(".")


def read_note(path: Path) -> str:
    """`""` where there is none, or the power was cut before it was on the disk."""
    with contextlib.suppress(FileNotFoundError):
        return path.read_text(errors="replace").strip("\0 \n")
    return ""


def is_whole(variant: Path) -> bool:
    """Whether a WebP is as long as it says: the power may have been cut before it was on the disk."""
    try:
        with variant.open("rb") as file:
            riff = file.read(12)
        length = variant.stat().st_size
    except FileNotFoundError:
        return False
    return riff[:4] == b"RIFF" and riff[8:] == b"WEBP" and int.from_bytes(riff[4:8], "little") + 8 == length
