"""Emoji and other signs in a menu's names that no typeface of this machine has: they are left out, and no box is shown.

Phones bring their own; a kiosk has them where its system does (`fonts-noto-color-emoji` on Debian).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

SIGN = "\u2190-\u2bff\U0001f000-\U0001faff"
AFTER = "[\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]*"
"""What changes the sign before it: how it is drawn, the colour of a skin, a flag's letters."""

SIGNS = re.compile(f"[{SIGN}]")
DRAWN_AS_ONE = re.compile(f"[{SIGN}]{AFTER}(?:\u200d[{SIGN}]{AFTER})*")
TOLD = ("name", "description")


def readable(part: Any, has: Callable[[str], bool]) -> Any:
    """A menu, or a part of it, with the texts that can be drawn. `has`: whether there is a typeface with this sign."""
    if isinstance(part, dict):
        return {
            key: drawn(value, has) if key in TOLD and isinstance(value, str) else readable(value, has)
            for key, value in part.items()
        }
    if isinstance(part, list):
        return [readable(one, has) for one in part]
    return part


def drawn(text: str, has: Callable[[str], bool]) -> str:
    if not SIGNS.search(text):
        return text
    kept = DRAWN_AS_ONE.sub(lambda sign: sign[0] if all(map(has, SIGNS.findall(sign[0]))) else "", text)
    return re.sub(" {2,}", " ", kept).strip()


@cache
def has_typeface(sign: str) -> bool:
    """Whether a screen can draw it, in whatever typeface."""
    from PySide6.QtGui import QFontMetricsF, QGuiApplication

    return QGuiApplication.instance() is None or QFontMetricsF(QGuiApplication.font()).inFontUcs4(ord(sign))
