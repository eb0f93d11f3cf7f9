"""Which lines of the protocol a case reaches: what reaches a new one is worth varying."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

ROOM = Path(__file__).parents[2] / "server" / "replication"
PURE = ("frames", "protocol", "verify", "holdings", "flow", "sending", "telling", "greeting", "scope")
FILES = {str(ROOM / f"{name}.py") for name in PURE}

Line = tuple[str, int]


def lines_of(work: Callable[[], Any]) -> set[Line]:
    """The lines of the pure files that `work` runs. About ten times slower than running it plainly."""
    seen: set[Line] = set()

    def local(frame: FrameType, event: str, argument: Any) -> Any:
        if event == "line":
            seen.add((frame.f_code.co_filename, frame.f_lineno))
        return local

    def entered(frame: FrameType, event: str, argument: Any) -> Any:
        return local if frame.f_code.co_filename in FILES else None

    before = sys.gettrace()
    sys.settrace(entered)
    try:
        work()
    finally:
        sys.settrace(before)
    return seen


def all_lines() -> set[Line]:
    """Every line of a function's body in those files."""
    found: set[Line] = set()
    for file in FILES:
        waiting = [compile(Path(file).read_text(encoding="utf-8"), file, "exec")]
        while waiting:
            code = waiting.pop()
            inner = [one for one in code.co_consts if isinstance(one, CodeType)]
            waiting += inner
            if code.co_name not in ("<module>", "__annotate__") and "__module__" not in code.co_names:
                found |= {(file, line) for _, _, line in code.co_lines() if line and line > code.co_firstlineno}
    return found
