"""Runs the benches, prints a table, and writes `out/bench.json`; a whole run also writes `docs/benchmarks.md`.

python -m tests.bench                    # all
python -m tests.bench log mesh           # some: printed, and in out/bench.json
python -m tests.bench --quick            # a look, in under three minutes
python -m tests.bench --scale tiny       # that it runs, not how fast
"""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from tests.bench import nats_server, report
from tests.bench.figures import Figure
from tests.bench.processes import OUT, ROOT
from tests.bench.scale import FULL, SCALES

ROOMS = ("log", "mesh", "long", "day", "screens", "kiosk", "blobs")


def machine() -> dict[str, Any]:
    return {
        "system": platform.platform(),
        "processor": platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "nats": nats_server.version() if nats_server.has_client() else None,
        "nats_synced_by": nats_server.synced_by(OUT / "probe"),
        "load_before": load(),
        "priority": priority(),
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }


def load() -> list[float]:
    return [round(one, 2) for one in os.getloadavg()] if hasattr(os, "getloadavg") else []


def priority() -> str:
    """Whether this run was put before what else the machine does, as on one that others use."""
    if not hasattr(os, "sched_getscheduler") or os.sched_getscheduler(0) not in (os.SCHED_FIFO, os.SCHED_RR):
        return "as any program"
    return "before all others (real-time)"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Figures beside the machine's limits.")
    parser.add_argument("rooms", nargs="*", help=f"some of: {', '.join(ROOMS)}")
    parser.add_argument("--scale", choices=tuple(SCALES), default=FULL.name)
    parser.add_argument("--quick", dest="scale", action="store_const", const="quick", help="the same as --scale quick")
    parser.add_argument("--docs", type=Path, help="where to write the page and its pictures")
    given = parser.parse_args(arguments)
    if unknown := set(given.rooms) - set(ROOMS):
        parser.error(f"there is no bench {', '.join(sorted(unknown))}; there are {', '.join(ROOMS)}")
    OUT.mkdir(exist_ok=True)
    facts, begun = machine(), time.monotonic()
    figures: list[Figure] = []
    for room in given.rooms or ROOMS:
        figures += run(room, given.scale)
    facts["load_after"] = load()
    facts["seconds"] = round(time.monotonic() - begun)
    facts["scale"] = given.scale
    (OUT / "bench.json").write_bytes(
        msgspec.json.format(msgspec.json.encode({"machine": facts, "figures": figures}), indent=1) + b"\n"
    )
    docs = given.docs or (ROOT / "docs" if not given.rooms and given.scale == "full" else None)
    if docs is not None:
        report.write(docs, facts, figures)
        print(f"written to {docs / report.PAGE}")
    print("written to out/bench.json")
    return 0


def run(room: str, scale: str) -> list[Figure]:
    print(f"-- {room}", flush=True)
    folder = Path(tempfile.mkdtemp(dir=OUT, prefix=f"bench-{room}-"))
    try:
        found = importlib.import_module(f"tests.bench.bench_{room}").figures(folder, SCALES[scale])
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    figures = [msgspec.structs.replace(figure, room=room) for figure in found]
    for figure in figures:
        for line in report.lines(figure):
            print(line, flush=True)
    return figures


if __name__ == "__main__":
    sys.exit(main())
