"""What the program that draws lines of a receipt is told, and what it answers: JSON, once each."""

from __future__ import annotations

import msgspec


class Line(msgspec.Struct):
    """As `layout.Row`."""

    text: str
    size: int
    bold: bool
    centred: bool
    amount: str


class Job(msgspec.Struct):
    """`dots`: of the paper's width, a multiple of 8."""

    lines: list[Line]
    dots: int
    language: str


class Done(msgspec.Struct):
    """For each line its rows of dots, from the top, as in `escpos.Drawn`."""

    lines: list[bytes]
