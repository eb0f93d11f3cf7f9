"""Whether two pictures of a view look the same to a person: pure, over small pictures.

A picture is kept small (`KEPT` pixels on its longer side). Two of them are compared cell by cell, a cell being about as
large as two letters: its mean colour (a label that is gone, another colour, another place) and how much edge is in it
(cut or other text, where the mean hardly changes). What another machine's fonts do, half a pixel here or a bolder stem
there, stays under both thresholds; tests/shots/test_likeness.py holds what is caught and what is let pass.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage, QPainter

KEPT = 640
CELL = 8
"""Kept pixels on a cell's side: 24 pixels of a kiosk's glass, the height of its smallest text."""

COLOUR = 25.0
"""Of 255, in the channel that differs most. Text rendered in another way: up to 21; what a person sees: from 33."""

EDGE = 0.45
"""Of the larger of both. Text rendered in another way: up to 0.38; a text that is cut off: from 0.66."""

EDGE_LEAST = 7.0
"""Less is a faint ground."""

FLAT = 6.0
FLAT_EDGE = 1.0
"""On a ground without text or lines, which no rendering changes, a fainter other colour counts."""

CELLS = 2
"""So many cells must differ: one alone is a rounding of a corner."""


class Difference(NamedTuple):
    """The cells that differ, as (column, row), and how many there are of both kinds."""

    cells: list[tuple[int, int]]
    colour: int
    edge: int

    def __bool__(self) -> bool:
        return len(self.cells) >= CELLS

    def __str__(self) -> str:
        left, right = min(c for c, _ in self.cells), max(c for c, _ in self.cells) + 1
        top, bottom = min(r for _, r in self.cells), max(r for _, r in self.cells) + 1
        place = f"{left * CELL},{top * CELL} to {right * CELL},{bottom * CELL}"
        return f"{len(self.cells)} places differ ({self.colour} in colour, {self.edge} in shape), from {place}"


def small(picture: QImage) -> QImage:
    """As it is kept."""
    size = picture.size().scaled(KEPT, KEPT, Qt.AspectRatioMode.KeepAspectRatio)
    scaled = picture.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)
    return scaled.convertToFormat(QImage.Format.Format_RGB888)


def difference(kept: QImage, now: QImage) -> Difference:
    """Both small. Another size differs everywhere."""
    columns, rows = -(-kept.width() // CELL), -(-kept.height() // CELL)
    if kept.size() != now.size():
        everywhere = [(c, r) for c in range(columns) for r in range(rows)]
        return Difference(everywhere, len(everywhere), 0)
    if kept.convertToFormat(QImage.Format.Format_RGB888) == now.convertToFormat(QImage.Format.Format_RGB888):
        return Difference([], 0, 0)
    colours = zip(means(kept, columns, rows), means(now, columns, rows), strict=True)
    edges = list(zip(edge(kept, columns, rows), edge(now, columns, rows), strict=True))
    most = [FLAT if max(pair) < FLAT_EDGE else COLOUR for pair in edges]
    apart = [max(abs(a - b) for a, b in zip(x, y, strict=True)) > m for (x, y), m in zip(colours, most, strict=True)]
    cut = [abs(x - y) > max(EDGE_LEAST, EDGE * max(x, y)) for x, y in edges]
    cells = [(n % columns, n // columns) for n in range(columns * rows) if apart[n] or cut[n]]
    return Difference(cells, sum(apart), sum(cut))


def means(picture: QImage, columns: int, rows: int) -> list[tuple[int, int, int]]:
    """The mean colour of each cell."""
    size = (columns, rows)
    tiny = picture.scaled(*size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)
    tiny = tiny.convertToFormat(QImage.Format.Format_RGB888)
    found = []
    for row in range(rows):
        line = bytes(tiny.constScanLine(row))[: 3 * columns]
        found += list(zip(line[0::3], line[1::3], line[2::3], strict=True))
    return found


def edge(picture: QImage, columns: int, rows: int) -> list[float]:
    """How much neighbouring pixels of a cell differ in brightness, on the mean."""
    grey = picture.convertToFormat(QImage.Format.Format_Grayscale8)
    width, height = grey.width(), grey.height()
    sums = [0] * (columns * rows)
    before = b""
    for y in range(height):
        line = bytes(grey.constScanLine(y))[:width]
        across = [abs(a - b) for a, b in pairwise(line)]
        down = [abs(a - b) for a, b in zip(line, before or line, strict=False)]
        base = y // CELL * columns
        for column in range(columns):
            at = column * CELL
            sums[base + column] += sum(across[at : at + CELL]) + sum(down[at : at + CELL])
        before = line
    return blurred([total / (CELL * CELL) for total in sums], columns, rows)


def blurred(values: list[float], columns: int, rows: int) -> list[float]:
    """Each with a part of its neighbours, so that what moves by a pixel over a cell's border does not count."""

    def along(line: list[float]) -> list[float]:
        padded = [line[0], *line, line[-1]]
        return [(a + 2 * b + c) / 4 for a, b, c in zip(padded, padded[1:], padded[2:], strict=False)]

    across = [along(values[row * columns : (row + 1) * columns]) for row in range(rows)]
    down = [along([line[column] for line in across]) for column in range(columns)]
    return [down[column][row] for row in range(rows) for column in range(columns)]


def side_by_side(kept: QImage, now: QImage, found: Difference) -> QImage:
    """What was accepted, what is there now, and now with the places framed."""
    width, height = max(kept.width(), now.width()), max(kept.height(), now.height())
    whole = QImage(3 * width + 16, height, QImage.Format.Format_RGB32)
    whole.fill(QColor("white"))
    painter = QPainter(whole)
    painter.drawImage(0, 0, kept)
    painter.drawImage(width + 8, 0, now)
    painter.drawImage(2 * width + 16, 0, now)
    painter.setPen(QColor("magenta"))
    for column, row in found.cells:
        painter.drawRect(2 * width + 16 + column * CELL, row * CELL, CELL - 1, CELL - 1)
    painter.end()
    return whole
