"""`python -m tests.faults`: every fault in turn, each with a seed that is printed and can be given again.

The last line says how many held. Exit status 1 if one did not.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import traceback
from pathlib import Path

from tests.faults import page
from tests.faults.registry import Ended, Fault, Lab, load, run


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--list", action="store_true", help="name the faults and what each shows")
    parser.add_argument("--only", metavar="A,B", default="", help="only faults whose name has one of these in it")
    parser.add_argument("--cycles", type=int, metavar="N", help="how often, where a fault is done again and again")
    parser.add_argument("--seed", type=int, metavar="N", help="default: a new one each time")
    parser.add_argument("--quick", action="store_true", help="each as short as in pytest")
    parser.add_argument("--folder", type=Path, metavar="DIR", help="work here; what failed is left there to look at")
    parser.add_argument("--page", action="store_true", help="write the tables of docs/reliability.md and end")
    return parser.parse_args()


def chosen(only: str) -> list[Fault]:
    faults = list(load().values())
    wanted = [word.strip() for word in only.split(",") if word.strip()]
    names = {f.name for f in faults}

    def meant(word: str, name: str) -> bool:
        return word == name if word in names else word in name

    return [f for f in faults if not wanted or any(meant(word, f.name) for word in wanted)]


def report(one: Fault, ended: Ended, lab: Lab) -> None:
    mark = "cannot" if ended.cannot else "FAILED" if ended.failure else "ok"
    print(f"{mark:<7}{one.name}  {ended.seconds:.1f} s  {ended.sentence}", flush=True)
    if ended.failure is not None:
        traceback.print_exception(ended.failure)
        cycles = f" --cycles {lab.cycles}" if lab.cycles else ""
        print(f"    again: python -m tests.faults --only {one.name} --seed {lab.seed}{cycles}")
        print(f"    what is left of it: {lab.folder}", flush=True)


def last_line(ends: list[Ended], seed: int) -> str:
    """How many held of those that could be shown here, and what would show the rest."""
    shown = [e for e in ends if not e.cannot]
    held = sum(e.failure is None for e in shown)
    text = f"{held} of {len(shown)} kinds held"
    if len(shown) < len(ends):
        packages = sorted({package for e in ends for package in e.install})
        how = f" (apt-get install {' '.join(packages)})" if packages else ""
        text += f", {len(ends) - len(shown)} more can't be shown on this machine{how}"
    return f"{text}; seed {seed}"


def main() -> int:
    given = arguments()
    if given.page:
        page.write()
        return 0
    faults = chosen(given.only)
    if given.list:
        for one in faults:
            print(f"{one.name:<34} {one.size:<6} {one.row.what}")
        return 0
    if not faults:
        print(f"No fault is called {given.only}. See --list.", file=sys.stderr)
        return 2
    folder: Path = given.folder or Path(tempfile.mkdtemp(prefix="pilotlight-faults-"))
    seed = given.seed if given.seed is not None else random.SystemRandom().randrange(10**6)
    print(f"{len(faults)} faults, seed {seed}, in {folder}", flush=True)
    ends: list[Ended] = []
    for one in faults:
        print(f"       {one.name}: {one.row.what}", flush=True)
        lab = Lab(folder / one.name, seed, full=not given.quick, cycles=given.cycles)
        ends.append(run(one, lab))
        report(one, ends[-1], lab)
    failed = sum(e.failure is not None for e in ends)
    print(last_line(ends, seed), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
