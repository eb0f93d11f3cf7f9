"""`python -m tests.sim.mutants`: every patch must be caught within `SEEDS` seeds.

Prints a table as it goes; the last line says how many of how many were caught. `--only NAME` runs some of them.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from tests.sim.mutants.copy import NoLongerFits, make_copy
from tests.sim.mutants.patches import PATCHES, Patch

SEEDS = 300
PATIENCE_S = 3600
FOUND = re.compile(r"^seed (\d+)", re.MULTILINE)


class Verdict(NamedTuple):
    patch: Patch
    seed: int | None
    """The first that failed, None when all were clean."""
    said: str
    seconds: float


def try_patch(patch: Patch, first: int, count: int) -> Verdict:
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        try:
            make_copy(patch, Path(folder))
        except NoLongerFits as e:
            return Verdict(patch, None, str(e), 0.0)
        command = [sys.executable, "-m", "tests.sim", "--seeds", f"{first}+{count}", "--first", "--no-minimise"]
        try:
            done = subprocess.run(
                command,
                cwd=folder,
                capture_output=True,
                text=True,
                timeout=PATIENCE_S,
                env=os.environ | {"PYTHONPATH": "", "PYTHONDONTWRITEBYTECODE": "1"},
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Verdict(patch, None, f"not decided within {PATIENCE_S} s", time.monotonic() - started)
    found = FOUND.search(done.stdout)
    seconds = time.monotonic() - started
    if done.returncode == 1 and found is not None:
        return Verdict(patch, int(found[1]), problem_of(done.stdout), seconds)
    if done.returncode not in (0, 1):
        return Verdict(patch, None, f"the run itself broke: {(done.stderr or done.stdout).strip()[-200:]}", seconds)
    return Verdict(patch, None, "", seconds)


def problem_of(text: str) -> str:
    """The first problem of a failing seed, in the simulator's words."""
    return next((line.strip() for line in text.splitlines() if line.startswith("    ")), "")[:100]


def row(verdict: Verdict) -> str:
    caught = f"seed {verdict.seed}" if verdict.seed is not None else "NOT CAUGHT"
    return f"{verdict.patch.name:34} {caught:12} {verdict.seconds:6.1f} s  {verdict.said}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.sim.mutants", description=__doc__)
    parser.add_argument("--only", action="append", default=[], metavar="NAME")
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--seeds", type=int, default=SEEDS, help="how many to try at most")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    args = parser.parse_args()
    wanted = [p for p in PATCHES if not args.only or p.name in args.only]
    print(f"{'patch':34} {'caught by':12} {'took':>8}  what was seen", flush=True)
    caught = 0
    with ThreadPoolExecutor(args.jobs) as pool:
        for verdict in pool.map(lambda p: try_patch(p, args.first, args.seeds), wanted):
            caught += verdict.seed is not None
            print(row(verdict), flush=True)
    print(f"{caught} of {len(wanted)} caught")
    return 0 if caught == len(wanted) else 1


if __name__ == "__main__":
    sys.exit(main())
