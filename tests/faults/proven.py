"""Rows of the reliability page that are shown by tests elsewhere."""

from __future__ import annotations

from tests.faults.registry import Row

PROVEN: list[tuple[Row, str]] = []
"""Each with its test as pytest names it: `tests/unit/test_log.py::test_it`."""
