"""How many lines the board's texts take in one of its columns, measured with the letters they are drawn with."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from PySide6.QtGui import QFont, QFontMetricsF, QTextLayout, QTextOption

from ui.context import Shell

SLACK = 2.0
"""Pixels a line is measured narrower than it is drawn: digits of one width, and rounding."""


class Writing:
    """`layout.Room` of a real window. `type_`: its `width` of a column, the pixel sizes `heading`, `name` and
    `variation`, the `gap` before a price and that `between` variations; empty before the page has told them."""

    def __init__(self, shell: Shell, type_: Mapping[str, float]) -> None:
        self._shell = shell
        self._type = type_
        weights = {
            "heading": QFont.Weight.ExtraBold,
            "name": QFont.Weight.DemiBold,
            "price": QFont.Weight.Bold,
            "variation": QFont.Weight.DemiBold,
        }
        self._fonts = {style: self._font(style, weight) for style, weight in weights.items()} if type_ else {}

    def _font(self, style: str, weight: QFont.Weight) -> QFont:
        font = QFont(self._shell.typeface)
        font.setPixelSize(int(self._type["name" if style == "price" else style]))
        font.setWeight(weight)
        return font

    def _wide(self, text: str, style: str) -> float:
        return QFontMetricsF(self._fonts[style]).horizontalAdvance(text)

    def _lines(self, text: str, style: str, width: float) -> int:
        """As QML's `Text.Wrap` breaks them."""
        laid = QTextLayout(text, self._fonts[style])
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        laid.setTextOption(option)
        laid.beginLayout()
        count = 0
        while (line := laid.createLine()).isValid():
            line.setLineWidth(max(1.0, width - SLACK))
            count += 1
        laid.endLayout()
        return max(1, count)

    def heading(self, name: str, continued: bool) -> int:
        text = self._shell.text("board.continued", name=name) if continued else name
        return self._lines(text, "heading", self._type["width"]) if self._type else 1

    def name(self, row: dict[str, Any]) -> int:
        if not self._type:
            return 1
        width = self._type["width"]
        if row["priced"]:
            price = self._shell.money(str(row["priceMinor"]), self._shell.currency)
            price = self._shell.text("board.from", price=price) if row["from_"] else price
            width -= math.ceil(self._wide(price, "price") + SLACK) + self._type["gap"]
        return self._lines(row["name"], "name", width)

    def variations(self, row: dict[str, Any]) -> int:
        """Side by side as long as there is room, as QML's `Flow` places them."""
        if not self._type:
            return 1
        width, lines, at = self._type["width"], 0, 0.0
        for one in row["variations"]:
            money = self._shell.money(str(one["priceMinor"]), self._shell.currency)
            text = f"{one['name']} {money}"
            wide = min(width, self._wide(text, "variation") + SLACK + self._type["between"])
            if not lines or at + wide > width:
                lines += self._lines(text, "variation", width - self._type["between"])
                at = 0.0
            at += wide
        return lines
