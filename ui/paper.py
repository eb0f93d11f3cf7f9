"""`pilotlight draw-receipt`: lines of a receipt as pictures, for printers that lack a script's letters. A server starts
it; see `server/printing/drawing.py`.

Text is laid out by Qt, as on the screens: Arabic letters are joined and run from right to left.
"""

from __future__ import annotations

import os
import sys

import msgspec
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QGuiApplication, QImage, QPainter, QTextOption

from server.printing.job import Done, Job, Line
from ui.host import register_fonts
from ui.text import TYPEFACE, TYPEFACES, runs_left, typeface

LETTER_DOTS = 22
"""The size of plain letters: as wide, on the whole, as those of the printer itself, and a little taller."""

LEADING_DOTS = 4
AMOUNT_GAP_DOTS = 12
RIGHT_TO_LEFT_MARK = "\u200f"
"""Amounts in Arabic begin with it."""

INK = 160
"""Shades of grey below this, of 255, become a dot: thin strokes stay."""


def draw(job: Job) -> Done:
    leftward = runs_left(job.language)
    return Done([_line(line, job.dots, job.language, leftward) for line in job.lines])


def _line(line: Line, dots: int, language: str, leftward: bool) -> bytes:
    font = QFont([typeface(language), TYPEFACE, *TYPEFACES.values()])
    font.setPixelSize(LETTER_DOTS * line.size)
    font.setWeight(QFont.Weight.Bold if line.bold else QFont.Weight.Medium)
    font.setHintingPreference(QFont.HintingPreference.PreferFullHinting)
    metrics = QFontMetricsF(font)
    height = int(metrics.height()) + LEADING_DOTS
    image = QImage(dots, height, QImage.Format.Format_Grayscale8)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    painter.setFont(font)
    painter.setPen(QColor(Qt.GlobalColor.black))
    amount = metrics.horizontalAdvance(line.amount) if line.amount else 0.0
    room = dots - amount - (AMOUNT_GAP_DOTS if amount else 0)
    indent = metrics.horizontalAdvance(" " * (len(line.text) - len(line.text.lstrip(" "))))
    left = dots - room if leftward else indent
    _write(
        painter,
        QRectF(left, 0.0, room - indent, float(height)),
        line.text.strip(" "),
        "centre" if line.centred else "start",
        leftward,
        metrics,
    )
    if line.amount:
        end = QRectF(0.0 if leftward else dots - amount, 0.0, amount, float(height))
        _write(painter, end, line.amount, "end", leftward, metrics)
    painter.end()
    return _bits(image)


def _write(painter: QPainter, box: QRectF, text: str, where: str, leftward: bool, metrics: QFontMetricsF) -> None:
    """In one line; narrower letters where it would not fit."""
    start, end = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
    if leftward:
        start, end = end, start
    places = {"centre": Qt.AlignmentFlag.AlignHCenter, "start": start, "end": end}
    option = QTextOption(places[where] | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute)
    option.setWrapMode(QTextOption.WrapMode.NoWrap)
    turned = leftward and any(c.isalpha() or c == RIGHT_TO_LEFT_MARK for c in text)  # not a date, nor groups of digits
    option.setTextDirection(Qt.LayoutDirection.RightToLeft if turned else Qt.LayoutDirection.LeftToRight)
    squeeze = min(1.0, box.width() / max(1.0, metrics.horizontalAdvance(text) + 1))
    painter.save()
    painter.translate(box.topLeft())
    painter.scale(squeeze, 1.0)
    painter.drawText(QRectF(0.0, 0.0, box.width() / squeeze, box.height()), text, option)
    painter.restore()


def _bits(image: QImage) -> bytes:
    """Rows of dots from the top, eight in a byte, the leftmost in the highest bit."""
    dark = bytes(int(shade < INK) for shade in range(256))
    rows = []
    for y in range(image.height()):
        row = bytes(image.constScanLine(y))[: image.width()].translate(dark)
        rows.append(int("".join(map(str, row)), 2).to_bytes(image.width() // 8, "big"))
    return b"".join(rows)


def run() -> int:
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    job = msgspec.json.decode(sys.stdin.buffer.read(), type=Job)
    application = QGuiApplication(["pilotlight"])
    register_fonts()
    sys.stdout.buffer.write(msgspec.json.encode(draw(job)))
    del application
    return 0
