"""What stands for a dish without a picture, on every screen. Pure."""

from __future__ import annotations

import re

INITIAL = re.compile(r"\d+|[^\W\d_][\u0300-\u036f\u0610-\u061a\u064b-\u065f]*")


def initial(name: str) -> str:
    """The number it has on the menu, or its first letter. Emoji, quotes and marks of direction are neither, unless
    there is nothing else."""
    found = INITIAL.search(name)
    return found.group().upper() if found else name[:1]
