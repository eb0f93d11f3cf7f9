"""A receipt printer: on the network (raw data on TCP 9100) or behind a device's file."""

from __future__ import annotations

import asyncio
import contextlib
import os
from typing import Literal, Protocol

from server.printing.address import PrinterAddress
from server.printing.escpos import ASK_DONE, ASK_PAPER, PAPER_OUT

Ready = Literal["ready", "out_of_paper", "away"]
Came = Literal["printed", "not_known"]

CONNECT_S = 3.0
ANSWER_S = 2.0
PRINT_S = 15.0
"""The longest receipt takes some seconds. A printer that has not said "done" by then may have printed all the same."""


class Printer(Protocol):
    """`look`, then `put` on the same connection, then `close`."""

    async def look(self) -> Ready:
        """Whether it can print now. Nothing comes out by that."""

    async def put(self, content: bytes) -> Came:
        """Sends it; `not_known` when it is not certain that all of it came out."""

    async def close(self) -> None: ...


class NetworkPrinter:
    def __init__(self, at: PrinterAddress) -> None:
        self._at = at
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def look(self) -> Ready:
        try:
            async with asyncio.timeout(CONNECT_S):
                self._streams = await asyncio.open_connection(self._at.host, self._at.port)
            reader, writer = self._streams
            writer.write(ASK_PAPER)
            async with asyncio.timeout(ANSWER_S):
                status = await reader.readexactly(1)
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            return "away"
        return "out_of_paper" if status[0] & PAPER_OUT == PAPER_OUT else "ready"

    async def put(self, content: bytes) -> Came:
        assert self._streams is not None
        reader, writer = self._streams
        try:
            async with asyncio.timeout(PRINT_S):
                writer.write(content + ASK_DONE)
                await writer.drain()
                await reader.readexactly(1)
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            return "not_known"
        return "printed"

    async def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            with contextlib.suppress(OSError, TimeoutError):
                async with asyncio.timeout(ANSWER_S):
                    await self._streams[1].wait_closed()
            self._streams = None


class DevicePrinter:
    """A printer behind a file such as `/dev/usb/lp0`: it takes bytes, and says nothing that one could rely on."""

    def __init__(self, file: str) -> None:
        self._file = file

    async def look(self) -> Ready:
        return "ready" if os.access(self._file, os.W_OK) else "away"

    async def put(self, content: bytes) -> Came:
        try:
            async with asyncio.timeout(PRINT_S):
                await asyncio.to_thread(self._write, content)
        except (OSError, TimeoutError):
            return "not_known"
        return "printed"

    def _write(self, content: bytes) -> None:
        fd = os.open(self._file, os.O_WRONLY | getattr(os, "O_BINARY", 0))
        try:
            while content:
                content = content[os.write(fd, content) :]
        finally:
            os.close(fd)

    async def close(self) -> None:
        return None


def printer_at(at: PrinterAddress) -> Printer:
    return DevicePrinter(at.file) if at.file else NetworkPrinter(at)
