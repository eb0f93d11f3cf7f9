"""A receipt printer that is none: reads the ESC/POS that it is sent and writes down what would stand on the paper."""

from __future__ import annotations

import asyncio
import contextlib
import struct
import zlib
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from litestar import Litestar, Response, get, put
from litestar.datastructures import State
from litestar.params import Body

from server.printing.escpos import CODE_PAGES, DLE, ESC, GS, PAPER_OUT, Drawn

Mode = Literal["ready", "out_of_paper", "die"]
FIXED = 0x12
"""Bits that are set in every real-time status."""

PAGES = {number: name for name, number in CODE_PAGES.items()}
LENGTHS = {ESC + b"@": 2, ESC + b"t": 3, ESC + b"a": 3, ESC + b"E": 3, ESC + b"d": 3, GS + b"!": 3, GS + b"V": 4,
           GS + b"r": 3, DLE + b"\x04": 3}  # fmt: skip
"""Commands by their first two bytes, and how long they are in all."""


class Paper:
    """One receipt: `lines` of text, with a QR code as `[QR: …]`; lines that came as `pictures` as `[picture: …]`."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.pictures: list[Drawn] = []
        self.cut = False
        self._line = ""
        self._page = "cp437"

    def text(self) -> str:
        return "\n".join(line.rstrip() for line in self.lines)

    def png(self) -> bytes:
        """All that came as pictures, one below the other."""
        width = max(picture.width for picture in self.pictures)
        rows = [
            bytes([0]) + bytes(~byte & 0xFF for byte in picture.dots[at : at + picture.width]).ljust(width, b"\xff")
            for picture in self.pictures
            for at in range(0, len(picture.dots), picture.width)
        ]
        parts = (
            (b"IHDR", struct.pack(">IIBBBBB", width * 8, len(rows), 1, 0, 0, 0, 0)),
            (b"IDAT", zlib.compress(b"".join(rows))),
            (b"IEND", b""),
        )
        return b"\x89PNG\r\n\x1a\n" + b"".join(
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
            for name, data in parts
        )

    def take(self, data: bytes) -> int:
        """Takes the next command or character off the front; returns how many bytes that were, 0 for not all there."""
        head = data[:2]
        if data[:3] == GS + b"(k":
            if len(data) < 5:
                return 0
            length = 5 + data[3] + 256 * data[4]
            if len(data) < length:
                return 0
            if data[5:8] == b"1P0":
                self.lines.append(f"[QR: {data[8:length].decode('utf-8', 'replace')}]")
            return length
        if data[:3] == GS + b"v0":
            if len(data) < 8:
                return 0
            width, height = int.from_bytes(data[4:6], "little"), int.from_bytes(data[6:8], "little")
            length = 8 + width * height
            if len(data) < length:
                return 0
            self.pictures.append(Drawn(width, data[8:length]))
            self.lines.append(f"[picture: {width * 8} × {height}]")
            return length
        if head[:1] in (ESC, GS, DLE):
            length = LENGTHS.get(head, 2)
            if len(data) < max(length, 2):
                return 0
            if head == ESC + b"t":
                self._page = PAGES.get(data[2], "cp437")
            elif head == GS + b"V":
                self.cut = True
            return length
        if data[:1] == b"\n":
            self.lines.append(self._line)
            self._line = ""
        else:
            self._line += data[:1].decode(self._page, "replace")
        return 1


class PrinterSimulator:
    """`papers`: what was printed, whole or not; each whole one is a file in `out`, if that is given."""

    def __init__(self, mode: Mode = "ready", out: Path | None = None) -> None:
        self.mode: Mode = mode
        self.papers: list[Paper] = []
        self._out = out

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, as asyncio's servers give them."""
        with contextlib.suppress(OSError):
            await self._serve(reader, writer)
        writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        paper, waiting = Paper(), b""
        while data := await reader.read(4096):
            waiting += data
            while waiting:
                if waiting[:2] == DLE + b"\x04" and len(waiting) >= 3:
                    writer.write(bytes([FIXED | (PAPER_OUT if self.mode == "out_of_paper" else 0)]))
                elif waiting[:2] == GS + b"r" and len(waiting) >= 3:
                    writer.write(b"\x00")
                taken = paper.take(waiting)
                if not taken:
                    break
                waiting = waiting[taken:]
                if self.mode == "die" and len(paper.lines) > 4:
                    self.papers.append(paper)
                    return
                if paper.cut:
                    self._done(paper)
                    paper = Paper()
            await writer.drain()

    def _done(self, paper: Paper) -> None:
        self.papers.append(paper)
        if self._out is not None:
            file = self._out / f"receipt-{len(self.papers):04}"
            file.with_suffix(".txt").write_text(paper.text() + "\n", encoding="utf-8")
            if paper.pictures:
                file.with_suffix(".png").write_bytes(paper.png())


@get("/control")
async def behaviour(state: State) -> dict[str, str]:
    return {"mode": state.simulator.mode}


@put("/control")
async def control(data: Annotated[dict[str, Any], Body()], state: State) -> Response[Any]:
    if data.get("mode") not in get_args(Mode):
        return Response({"code": "bad_field", "text": f"The modes are {', '.join(get_args(Mode))}."}, status_code=400)
    state.simulator.mode = data["mode"]
    return Response({"mode": data["mode"]})


@get("/papers")
async def papers(state: State) -> list[dict[str, Any]]:
    return [{"text": paper.text(), "cut": paper.cut} for paper in state.simulator.papers]


def control_of(simulator: PrinterSimulator) -> Litestar:
    return Litestar(
        [behaviour, control, papers], state=State({"simulator": simulator}), openapi_config=None, logging_config=None
    )
