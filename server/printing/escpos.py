"""A receipt's rows as ESC/POS, the language that receipt printers speak. Pure; after Epson's command reference.

Letters: a printer has code pages of 256 characters. The one that holds most of a receipt is chosen; a character that it
lacks becomes the nearest it has (`é` → `e`), and what has no near one `?`. Scripts that no code page holds (Arabic,
Chinese, Japanese) are not written with it: such a receipt is in English, and its QR code leads to the guest's language.
"""

from __future__ import annotations

import unicodedata

from server.printing.layout import Code, Paper, Row

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

CANNOT = frozenset({"ar", "zh", "ja"})
"""Languages whose script no code page holds."""

SAME = str.maketrans(
    {"·": "-", "×": "x", "−": "-", "\u202f": " ", "\u00a0": " ", "’": "'", "“": '"', "”": '"', "…": "..."}
)
MODULE = 6
"""Dots of one module of a QR code: three quarters of a millimetre, which any phone reads."""


def encode(paper: Paper) -> bytes:
    text = "".join(row.text for row in paper if isinstance(row, Row))
    page = max(CODE_PAGES, key=lambda name: len(text.encode(name, "ignore")))
    out = [INIT, ESC + b"t" + bytes([CODE_PAGES[page]])]
    for row in paper:
        out.append(qr(row.content) if isinstance(row, Code) else _row(row, page))
    return b"".join([*out, FEED, CUT])


def letters(text: str, page: str) -> bytes:
    """The text in a code page, each character as it is there or as the nearest that is."""
    found = []
    for c in text:
        for form in (c, c.translate(SAME), unicodedata.normalize("NFKD", c).encode("ascii", "ignore").decode(), "?"):
            try:
                if form and form.isprintable():
                    found.append(form.encode(page))
                    break
            except UnicodeEncodeError:
                continue
    return b"".join(found)


def _row(row: Row, page: str) -> bytes:
    size = bytes([(row.size - 1) << 4 | (row.size - 1)])
    style = ESC + b"a" + bytes([row.centred]) + ESC + b"E" + bytes([row.bold]) + GS + b"!" + size
    return style + letters(row.text, page) + b"\n"


def qr(content: str) -> bytes:
    """GS ( k: model 2, size, error correction M, store, print."""
    data = content.encode()
    stored = len(data) + 3
    parts = [b"1A2\x00", b"1C" + bytes([MODULE]), b"1E1"]
    head = [GS + b"(k" + bytes([len(p), 0]) + p for p in parts]
    store = GS + b"(k" + bytes([stored & 0xFF, stored >> 8]) + b"1P0" + data
    return ESC + b"a\x01" + b"".join(head) + store + GS + b"(k\x03\x001Q0" + b"\n"
