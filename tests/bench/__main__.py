"""Runs every bench, prints a table and writes `out/bench.json`.

python -m tests.bench            # all
python -m tests.bench log mesh   # some
"""

from __future__ import annotations

import importlib
import json
import os
import platform
import sqlite3
import sys
import time
from pathlib import Path
from typing import Any

ROOMS = ("log", "protocol", "mesh", "screens")
OUT = Path(__file__).resolve().parents[2] / "out"


def machine() -> dict[str, Any]:
    return {
        "system": platform.platform(),
        "processor": platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }


def text(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "NO"
    if isinstance(value, float) and abs(value) < 1000:
        return f"{value:.3g}"
    if isinstance(value, int | float):
        return f"{value:,.0f}"
    return str(value)


def main(wanted: list[str]) -> int:
    rows: list[dict[str, Any]] = []
    print(f"{'figure':<58} {'value':>12} {'unit':<10} {'limit':>12} {'ratio':>7} {'target':>10} ok", flush=True)
    for room in wanted or ROOMS:
        for row in importlib.import_module(f"tests.bench.bench_{room}").rows():
            row = {key: row.get(key) for key in ("name", "value", "unit", "limit", "ratio", "target", "ok")}
            rows.append(row)
            cells = {key: text(value) for key, value in row.items()}
            print(
                f"{cells['name']:<58} {cells['value']:>12} {cells['unit']:<10} {cells['limit']:>12} "
                f"{cells['ratio']:>7} {cells['target']:>10} {cells['ok']}",
                flush=True,
            )
    OUT.mkdir(exist_ok=True)
    (OUT / "bench.json").write_text(json.dumps({"machine": machine(), "rows": rows}, indent=1) + "\n")
    print(f"written to {(OUT / 'bench.json').relative_to(OUT.parent)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
