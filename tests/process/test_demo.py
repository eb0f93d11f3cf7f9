"""The demo, as a visitor starts it: real screens, real servers, the line cut in the middle."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

ORDERS = 4


@pytest.mark.timeout(300)
def test_nothing_is_lost_or_doubled_while_the_line_is_cut() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "app.cli", "demo", "--headless", "--orders", str(ORDERS), "--cut", "--json"],
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert done.stdout.strip(), done.stderr[-3000:]
    summary = json.loads(done.stdout)
    assert done.returncode == 0, summary
    assert summary["orders_placed"] == summary["orders_in_kitchen"] == summary["orders_at_office"] == ORDERS
    assert (summary["lost"], summary["duplicated"], summary["totals_equal"]) == (0, 0, True)
    assert summary["tap_to_kitchen_ms"]["n"] == ORDERS
    assert summary["office_resume_ms"] is not None
