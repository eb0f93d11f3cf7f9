"""The report on overload, from figures."""

from __future__ import annotations

from xml.etree import ElementTree

from tests.overload import page
from tests.overload.rush import Outcome, Sample, quantile

MEMORY = {"T0": 80.0, "T1": 82.5, "office": 90.0}


def test_the_page_has_a_row_and_the_plot_a_line_for_each() -> None:
    more = {name: mb + 10 for name, mb in MEMORY.items()}
    outcomes = [Outcome("a rush", 200, [1.0, 2.0, 300.0], 3, 0, 1, 2.5, MEMORY, more)]
    written = page.text(outcomes, "2 cores")
    assert "| 1. a rush | 200 | 2 | 300 | 3 | 0 | 1 | 2.5 | 80 → 90 |" in written
    samples = [Sample(0.0, "a rush", MEMORY), Sample(1.0, "a rush", more), Sample(2.0, "other", more)]
    picture = ElementTree.fromstring(page.plot(samples))
    lines = [e for e in picture if e.tag.endswith("polyline")]
    assert len(lines) == len(MEMORY)


def test_a_quantile_of_nothing_is_nothing() -> None:
    assert quantile([], 0.5) == 0.0
    assert quantile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert quantile([3.0, 1.0, 2.0], 1.0) == 3.0
