"""The command by which one part of Pilotlight starts another."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = str(Path(__file__).resolve().parents[1])

RUN = f"import sys; {ROOT!r} in sys.path or sys.path.insert(0, {ROOT!r}); from app.cli import main; sys.exit(main())"


def command(*arguments: str) -> list[str]:
    """`pilotlight ARGUMENTS…` by this very program. `-P`: what lies in the folder in which somebody happens to be
    (a `json.py`, an `app/`) is no part of it."""
    return [sys.executable, "-P", "-c", RUN, *arguments]
