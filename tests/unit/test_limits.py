"""The page of limits says what the program does."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

ROW = re.compile(r"\| `(server[\w.]*)\.([A-Z_]+)` \| (\d+) \|")


def test_the_page_of_limits_and_the_program_agree() -> None:
    text = (Path(__file__).parents[2] / "docs" / "limits.md").read_text()
    rows = ROW.findall(text)
    assert len(rows) == text.count("| `server"), "a row can't be read"
    assert len(rows) > 30
    wrong = [f"{m}.{n}" for m, n, value in rows if getattr(importlib.import_module(m), n) != int(value)]
    assert not wrong
