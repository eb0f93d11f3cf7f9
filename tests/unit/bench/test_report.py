"""The benches' page and picture say what was measured; that a bench runs at all is seen with the smallest of them."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from tests.bench import __main__ as bench
from tests.bench import plot, report
from tests.bench.figures import Beside, Figure, ratio, reached, spread

FAST = Figure(
    "append", "append of one order", "µs", [200.0, 210.0, 190.0], [Beside("SQLite <alone>", [100.0] * 3, 2.5)]
)
SHORT = Figure("memory", "a server's memory", "MB", [90.0], at_most=60.0)
MACHINE = {
    "system": "Linux",
    "cores": 2,
    "python": "3.11",
    "sqlite": "3.40",
    "nats": None,
    "nats_synced_by": None,
    "load_before": [0.1],
    "load_after": [1.1],
    "priority": "as any program",
    "at": "2026-05-28T10:00:00Z",
    "seconds": 5,
}


def test_a_ratio_is_taken_run_by_run() -> None:
    """A busy minute weighs on both sides of a run."""
    figure = Figure("a", "a", "s", [2.0, 20.0, 2.0], [Beside("b", [1.0, 10.0, 1.0])])
    assert ratio(figure, figure.beside[0]) == 2.0


def test_what_falls_short_is_said_as_plainly_as_what_is_reached() -> None:
    assert reached(FAST) is True
    assert reached(SHORT) is False
    assert reached(Figure("a", "a", "s", [1.0])) is None
    page = report.page(MACHINE, [FAST, SHORT])
    assert "1 of 2 lines reached" in page
    assert "NATS is not installed here" in page
    assert "| a server's memory | 90 MB | | | | ≤ 60 | **no** |" in page
    assert (
        "| append of one order | 200 (190–210) µs | SQLite <alone> | 100 (100–100) | 2 (1.9–2.1) | ≤ 2.5 | yes |"
        in page
    )


def test_how_the_kiosk_is_measured_is_said_where_it_was() -> None:
    kiosk = Figure("kiosk-first", "kiosk: process started → first frame", "ms", [1200.0], at_most=1000.0, room="kiosk")
    page = report.page(MACHINE, [FAST, kiosk])
    assert "The kiosk's lines: how they are measured" in page
    assert "not looked into yet" not in page
    assert "The kiosk's lines" not in report.page(MACHINE, [FAST, SHORT])


def test_the_picture_is_well_formed_and_names_every_line() -> None:
    picture = ElementTree.fromstring(plot.ratios_svg([FAST, SHORT]))
    words = " ".join(element.text or "" for element in picture.iter() if element.tag.endswith("text"))
    assert "append of one order / SQLite <alone>" in words
    assert "a server's memory" in words


def test_few_runs_show_their_span_and_many_their_quartiles() -> None:
    assert spread([1.0]) is None
    assert spread([3.0, 1.0, 2.0]) == (1.0, 3.0)
    assert spread([1.0, 2.0, 3.0, 4.0, 100.0]) == (2.0, 4.0)


def test_the_log_bench_runs_and_writes_its_page_without_nats(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "OUT", tmp_path / "out")
    monkeypatch.setattr("tests.bench.nats_server.version", lambda: None)
    assert bench.main(["log", "--scale", "tiny", "--docs", str(tmp_path / "docs")]) == 0
    facts = json.loads((tmp_path / "out" / "bench.json").read_text())
    assert {figure["key"] for figure in facts["figures"]} == {"append", "append-p99", "grouped"}
    page = (tmp_path / "docs" / report.PAGE).read_text(encoding="utf-8")
    assert "NATS is not installed here" in page
    assert (tmp_path / "docs" / report.PICTURE).is_file()
