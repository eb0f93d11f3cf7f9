"""What a program says that goes on: where nobody can take it (the disk of its log is full, whoever read it has gone)
it goes on all the same."""

from __future__ import annotations

import contextlib
import sys


def say(text: str) -> None:
    with contextlib.suppress(OSError, ValueError):
        print(text, flush=True)


def warn(text: str) -> None:
    """To standard error."""
    with contextlib.suppress(OSError, ValueError):
        print(text, file=sys.stderr, flush=True)
