"""`python -m tests.sim --seeds 5000+100`: a hundred plans from seed 5000 on.

Each is a short stretch of a day, most with 5 to 20 orders, of mixed sizes; `--size day` makes it a whole one, with 300.

A seed that fails is told with what was wrong, the faults that it takes, and the command that replays it. The last line
says how many were clean, and how many shop-days (five terminals, 300 orders placed) went into a second of CPU time:
about 0.12, and 0.07 for seeds of mixed size; 0.04 on a busy machine a third as fast. docs/architecture.md says where it
goes, and `python -m tests.sim.costs` measures it.
"""

from __future__ import annotations

import argparse
import sys
import time
from functools import partial

from tests.sim.day import Result
from tests.sim.many import one, results
from tests.sim.minimise import minimise
from tests.sim.plan import SIZES

TOLD = 8
"""Problems of one seed that are worth a line."""


def seeds(text: str) -> list[int]:
    """`5000+100` is a hundred from 5000 on; `4711` is that one; `4711,1+300` is that one, and then the others."""
    found: dict[int, None] = {}
    for part in text.split(","):
        first, plus, count = part.strip().partition("+")
        if not first.isdecimal() or (plus and not count.isdecimal()):
            raise argparse.ArgumentTypeError(f"{part!r} is neither a seed, such as 4711, nor a hundred: 5000+100")
        found |= dict.fromkeys(range(int(first), int(first) + int(count or 1)))
    return list(found)


def tell(result: Result, args: argparse.Namespace) -> None:
    print(
        f"seed {result.seed} ({result.size}): {result.terminals} terminals, {result.orders} orders, "
        f"{result.events} events, {result.frames} frames, {len(result.faults)} faults, in step after "
        f"{result.seconds:.2f} s, {result.cpu_s:.2f} CPU s, {len(result.problems)} problems, digest {result.digest}"
    )
    for problem in result.problems[:TOLD]:
        print(f"    {problem}")
    if not result.problems:
        return
    if not args.no_minimise:
        needed = minimise(result, args.kinds)
        print(f"    it takes {len(needed)} of {len(result.faults)} faults:" if needed else "    it takes no fault")
        for fault in needed:
            print(f"        {fault}")
    size = f" SIZE={result.size}" if args.size else ""
    print(f"    again: make sim SEED={result.seed}{size} TRACE=1", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.sim", description=__doc__)
    parser.add_argument("--seeds", type=seeds, default=seeds("1+200"), metavar="FIRST+COUNT,…")
    parser.add_argument(
        "--size", choices=SIZES, help="instead of the seed's own, a short stretch of a day; day: a whole one"
    )
    parser.add_argument("--kinds", type=lambda t: tuple(t.split(",")), help="only these kinds of faults")
    parser.add_argument("--trace", type=int, default=0, help="1: who said what when; 2: even that all is well")
    parser.add_argument("--first", action="store_true", help="stop at the first seed that fails")
    parser.add_argument("--no-minimise", action="store_true", help="do not look for the faults that it takes")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--verbose", action="store_true", help="a line for each seed")
    args = parser.parse_args()
    done = clean = 0
    days = cpu = slowest = 0.0
    began = time.monotonic()
    for result in results(partial(one, args.size, args.kinds, args.trace), args.seeds, args.jobs):
        done += 1
        clean += not result.problems
        days, cpu, slowest = days + result.shop_days, cpu + result.cpu_s, max(slowest, result.seconds)
        if result.problems or args.verbose or args.trace:
            tell(result, args)
        if result.problems and args.first:
            break
    print(
        f"{clean} of {done} seeds clean; slowest in step after {slowest:.1f} simulated s; "
        f"{days / cpu if cpu else 0:.2f} shop-days a CPU second ({cpu:.0f} CPU s, {time.monotonic() - began:.0f} s)"
    )
    return 0 if clean == done else 1


if __name__ == "__main__":
    sys.exit(main())
