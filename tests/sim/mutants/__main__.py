"""`python -m tests.sim.mutants`: every patch must be caught within `SEEDS` seeds.

Prints a table as it goes; the last line says how many of how many were caught. `--only NAME` runs some of them.
The seed that caught a patch the last time (`seen.json`, written with `--note`) is tried first: mostly it does again, at
once. `--afresh` goes without.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tests.sim.mutants.copy import ROOT, NoLongerFits, make_copy
from tests.sim.mutants.patch import Patch
from tests.sim.mutants.patches import PATCHES

SEEDS = 300
PATIENCE_S = 3600
SEEN = Path(__file__).with_name("seen.json")
FOUND = re.compile(r"^seed (\d+)", re.MULTILINE)


class Verdict(NamedTuple):
    patch: Patch
    seed: int | None
    """The first that failed, None when all were clean."""
    said: str
    seconds: float


def seen() -> dict[str, int]:
    """By patch, the seed that caught it when somebody noted it."""
    return dict(json.loads(SEEN.read_text())) if SEEN.exists() else {}


def note(verdicts: list[Verdict]) -> None:
    caught = {v.patch.name: v.seed for v in verdicts if v.seed is not None}
    SEEN.write_text(json.dumps(seen() | caught, indent=2, sort_keys=True) + "\n")


def try_patch(patch: Patch, first: int, count: int, before: int | None = None) -> Verdict:
    """`before` is the seed that is tried before the others. One that fails without the patch as well says nothing about
    it, and the next are tried."""
    started = time.monotonic()
    wanted = [*([] if before is None else [before]), *(seed for seed in range(first, first + count) if seed != before)]
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        try:
            make_copy(patch, Path(folder))
        except NoLongerFits as e:
            return Verdict(patch, None, str(e), 0.0)
        said = ""
        while wanted:
            try:
                done = simulate(Path(folder), wanted, patch.kinds)
            except subprocess.TimeoutExpired:
                return Verdict(patch, None, f"not decided within {PATIENCE_S} s", time.monotonic() - started)
            if done.returncode not in (0, 1):
                said = f"the run itself broke: {(done.stderr or done.stdout).strip()[-200:]}"
                break
            found = FOUND.search(done.stdout)
            if found is None:
                break
            seed, problem = int(found[1]), problem_of(done.stdout)
            if clean_without(seed, patch.kinds):
                return Verdict(patch, seed, problem, time.monotonic() - started)
            said += f"seed {seed} fails without it, too: {problem}  "
            wanted = wanted[wanted.index(seed) + 1 :]
    return Verdict(patch, None, said, time.monotonic() - started)


def simulate(folder: Path, seeds: list[int], kinds: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    """With the sources there, up to the first seed that fails. Raises `subprocess.TimeoutExpired`."""
    only = ["--kinds", ",".join(kinds)] if kinds else []
    return subprocess.run(
        [sys.executable, "-m", "tests.sim", "--seeds", ",".join(map(str, seeds)), "--first", "--no-minimise", *only],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        env=os.environ | {"PYTHONPATH": "", "PYTHONDONTWRITEBYTECODE": "1"},
        check=False,
    )


@cache
def clean_without(seed: int, kinds: tuple[str, ...]) -> bool:
    """Whether the day goes well with the sources as they are: else it says nothing about a patch."""
    return simulate(ROOT, [seed], kinds).returncode == 0


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
    parser.add_argument("--afresh", action="store_true", help="do not begin with the seed that caught it before")
    parser.add_argument("--note", action="store_true", help="write down which seeds caught them")
    args = parser.parse_args()
    before = {} if args.afresh else seen()
    wanted = [p for p in PATCHES if not args.only or p.name in args.only]
    print(f"{'patch':34} {'caught by':12} {'took':>8}  what was seen", flush=True)
    verdicts = []
    with ThreadPoolExecutor(args.jobs) as pool:
        for verdict in pool.map(lambda p: try_patch(p, args.first, args.seeds, before.get(p.name)), wanted):
            verdicts.append(verdict)
            print(row(verdict), flush=True)
    caught = sum(verdict.seed is not None for verdict in verdicts)
    if args.note:
        note(verdicts)
    print(f"{caught} of {len(wanted)} caught")
    return 0 if caught == len(wanted) else 1


if __name__ == "__main__":
    sys.exit(main())
