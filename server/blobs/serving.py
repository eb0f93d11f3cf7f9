"""The side that is asked for blobs: one connection, one ask after the other, each answered by one piece."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Protocol

from server.blobs import frames
from server.blobs.frames import Ask, BadBlob, Greeting, Piece, Sorry
from server.blobs.store import BlobStore

GREET_WITHIN_S = 5.0
IDLE_S = 60.0
"""Who asks for nothing for so long calls again when he wants something."""

BLOCK_BYTES = 256 * 1024
"""Read from the disk at a time: a connection holds one such block."""

LOOK_S = 0.01
YIELD_AT_MOST_S = 0.5
"""A piece waits so long at most while orders are on their way to the same machine."""

MAX_SERVED = 64
MAX_SERVED_AT_OFFICE = 4_000
"""Connections at a time; beyond that callers try again later."""


class Ended(Exception):
    """The wire is gone."""


class Wire(Protocol):
    """As much of `server.replication.wire.Wire` as is used here."""

    async def send(self, frame: bytes) -> None: ...

    async def receive(self) -> bytes: ...

    async def close(self) -> None: ...

    def abort(self) -> None: ...


class Serving:
    """All connections on which others ask this machine. `busy(device_id)`: events are on their way to that machine.
    `store_id`: whose pictures these are; head office (`""`) gives to all."""

    def __init__(self, store: BlobStore, store_id: str, busy: Callable[[str], bool]) -> None:
        self.pieces = self.bytes_out = 0
        self._store, self._store_id, self._busy = store, store_id, busy
        self._connections = 0
        self._most = MAX_SERVED if store_id else MAX_SERVED_AT_OFFICE

    async def serve(self, wire: Wire, greeted: Callable[[], None]) -> str:
        """Until the wire ends. Returns what the caller did wrong, or `""`. Raises what the wire raises when it ends."""
        self._connections += 1
        try:
            return await self._serve(wire, greeted)
        except BadBlob as e:
            await self._end(wire, "bad_frame", str(e))
            return str(e)
        except TimeoutError:
            return ""
        finally:
            self._connections -= 1
            with contextlib.suppress(Exception):
                await wire.close()

    async def _serve(self, wire: Wire, greeted: Callable[[], None]) -> str:
        async with asyncio.timeout(GREET_WITHIN_S):
            greeting = frames.decode(await wire.receive())
        if not isinstance(greeting, Greeting):
            raise BadBlob("a connection for blobs begins with a greeting")
        if self._store_id and greeting.store != self._store_id:
            await self._end(wire, "wrong_store", f"These pictures are of store {self._store_id}.")
            return ""
        greeted()
        if self._connections > self._most:
            await self._end(wire, "busy", "Too many are asking. Ask again later.")
            return ""
        block = Block(self._store)
        while True:
            async with asyncio.timeout(IDLE_S):
                ask = frames.decode(await wire.receive())
            if not isinstance(ask, Ask) or len(ask.digest) != 32:
                raise BadBlob("only asks are expected here")
            if ask.offset < 0 or not 0 < ask.length <= frames.MAX_PIECE_BYTES:
                raise BadBlob("a piece of that place or length can't be asked for")
            await self._give_way(greeting.device_id)
            digest = ask.digest.hex()
            data = await block.read(digest, ask.offset, ask.length)
            total = self._store.size(digest)
            await wire.send(frames.encode(Piece(ask.number, total, data if total else b"")))
            self.pieces += 1
            self.bytes_out += len(data)

    async def _give_way(self, device_id: str) -> None:
        waited = 0.0
        while waited < YIELD_AT_MOST_S and self._busy(device_id):
            await asyncio.sleep(LOOK_S)
            waited += LOOK_S

    async def _end(self, wire: Wire, code: str, text: str) -> None:
        with contextlib.suppress(Exception):
            await wire.send(frames.encode(Sorry(code, text[: frames.MAX_TEXT_CHARS])))


class Block:
    """The part of a blob that was read last."""

    def __init__(self, store: BlobStore) -> None:
        self._store = store
        self._digest, self._at, self._data = "", 0, b""

    async def read(self, digest: str, offset: int, length: int) -> bytes:
        """Empty behind the blob's end, and for one that is not here."""
        if not self._store.has(digest):
            return b""
        if digest != self._digest or not self._at <= offset < offset + length <= self._at + len(self._data):
            size = max(BLOCK_BYTES, length)
            try:
                data = await asyncio.to_thread(self._store.read, digest, offset, size)
            except OSError:
                raise BadBlob("it can't be read") from None
            self._digest, self._at, self._data = digest, offset, data
        return self._data[offset - self._at : offset - self._at + length]
