"""A receipt's rows as ESC/POS, the language that receipt printers speak. Pure; after Epson's command reference.

Letters: a printer has code pages of 256 characters. The one that holds most of a receipt is chosen; a character that it
lacks becomes the nearest it has (`é` → `e`). Lines with what has no near one (Arabic, Chinese, Japanese) are drawn
before they come here (`drawing`), and printed as pictures (GS v 0); where they could not be drawn it becomes `?`.
"""

from __future__ import annotations

import contextlib
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from server.printing.layout import Code, Row

ESC, GS, DLE = b"\x1b", b"\x1d", b"\x10"
INIT = ESC + b"@"
CUT = GS + b"V\x42\x00"
FEED = ESC + b"d\x03"
ASK_PAPER = DLE + b"\x04\x04"
"""Transmit real-time status, paper sensor (DLE EOT 4): answered even while the printer is off-line."""

ASK_DONE = GS + b"r\x01"
"""Transmit status (GS r 1): it comes in its turn, so its answer means that all before it was dealt with."""

PAPER_OUT = 0x60
"""Bits of the answer to `ASK_PAPER`: the roll is at its end."""

CODE_PAGES = {"cp1252": 16, "cp852": 18, "cp857": 13, "cp437": 0}
"""ESC t n: Western, Central European, Turkish, the first one of all."""

SAME = str.maketrans(
    {"·": "-", "×": "x", "−": "-", "\u202f": " ", "\u00a0": " ", "’": "'", "“": '"', "”": '"', "…": "..."}
)
COLUMN_DOTS = 12
"""Dots from one character to the next of the printer's own letters (font A)."""

MODULE = 6
"""Dots of one module of a QR code: three quarters of a millimetre, which any phone reads."""


class Drawn(NamedTuple):
    """A line as a picture: `width` bytes of eight dots for each of its rows, a dot is a set bit, the leftmost first."""

    width: int
    dots: bytes


def encode(paper: Sequence[Row | Code | Drawn], columns: int) -> bytes:
    page = code_page(paper)
    out = [INIT, ESC + b"t" + bytes([CODE_PAGES[page]])]
    for row in paper:
        match row:
            case Code():
                out.append(qr(row.content))
            case Drawn():
                out.append(_picture(row))
            case Row():
                out.append(_row(row, page, columns))
    return b"".join([*out, FEED, CUT])


def code_page(paper: Sequence[Row | Code | Drawn]) -> str:
    """The one that holds most of the letters."""
    text = "".join(row.text + row.amount for row in paper if isinstance(row, Row))
    return max(CODE_PAGES, key=lambda name: len(text.encode(name, "ignore")))


def writes(row: Row, page: str) -> bool:
    """Whether a row stands on the paper with the printer's own letters, each as it is or as one that is near."""
    return all(_letter(c, page) is not None for c in row.text + row.amount)


def letters(text: str, page: str) -> bytes:
    """The text in a code page, each character as it is there or as the nearest that is."""
    found = (_letter(c, page) for c in text)
    return b"".join(b"?" if letter is None else letter for letter in found)


def _letter(c: str, page: str) -> bytes | None:
    """`b""` for a mark that is not seen; None for what has nothing near."""
    if unicodedata.category(c) in ("Cc", "Cf", "Mn"):
        return b""
    for form in (c, c.translate(SAME), unicodedata.normalize("NFKD", c).encode("ascii", "ignore").decode()):
        with contextlib.suppress(UnicodeEncodeError):
            if form.strip() or c.isspace():
                return form.encode(page)
    return None


def _row(row: Row, page: str, columns: int) -> bytes:
    size = bytes([(row.size - 1) << 4 | (row.size - 1)])
    style = ESC + b"a" + bytes([row.centred]) + ESC + b"E" + bytes([row.bold]) + GS + b"!" + size
    text = letters(row.text, page)
    if row.amount:
        amount = letters(row.amount, page)
        text += b" " * max(1, columns - len(text) - len(amount)) + amount
    return style + text + b"\n"


def _picture(row: Drawn) -> bytes:
    """GS v 0: a raster image, from the left edge of the paper."""
    height = len(row.dots) // row.width
    sizes = row.width.to_bytes(2, "little") + height.to_bytes(2, "little")
    return ESC + b"a\x00" + GS + b"v0\x00" + sizes + row.dots


def qr(content: str) -> bytes:
    """GS ( k: model 2, size, error correction M, store, print."""
    data = content.encode()
    stored = len(data) + 3
    parts = [b"1A2\x00", b"1C" + bytes([MODULE]), b"1E1"]
    head = [GS + b"(k" + bytes([len(p), 0]) + p for p in parts]
    store = GS + b"(k" + bytes([stored & 0xFF, stored >> 8]) + b"1P0" + data
    return ESC + b"a\x01" + b"".join(head) + store + GS + b"(k\x03\x001Q0" + b"\n"
