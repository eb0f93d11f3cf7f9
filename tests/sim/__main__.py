"""`python -m tests.sim --seeds 5000+100`: a hundred bad days from seed 5000 on.

The last line says how many were clean; each other one says how to see it again.
"""

from __future__ import annotations

import argparse
import sys
import time

from tests.sim.scenario import run


def seeds(text: str) -> range:
    """`5000+100` is a hundred from 5000 on; `4711` is that one."""
    first, _, count = text.partition("+")
    return range(int(first), int(first) + int(count or 1))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.sim", description=__doc__)
    parser.add_argument("--seeds", type=seeds, default=range(1, 101), metavar="FIRST+COUNT")
    parser.add_argument("--shape", choices=("shop", "chain"), help="five terminals, or two stores and an office")
    parser.add_argument("--verbose", action="store_true", help="a line for each seed")
    args = parser.parse_args()
    clean, events, slowest, started = 0, 0, 0.0, time.monotonic()
    for seed in args.seeds:
        result = run(seed, args.shape)
        events += result.events
        slowest = max(slowest, result.seconds)
        clean += not result.problems
        if result.problems or args.verbose:
            print(
                f"seed {seed} ({result.shape}): {result.events} events, {result.frames} frames, "
                f"converged in {result.seconds:.1f} s, {len(result.problems)} problems"
            )
        for problem in result.problems[:12]:
            print(f"    {problem}")
        if result.problems:
            print(f"    again: python -m tests.sim --seeds {seed} --shape {result.shape}", flush=True)
    print(
        f"{clean} of {len(args.seeds)} seeds clean; {events} events; slowest convergence {slowest:.1f} simulated s; "
        f"took {time.monotonic() - started:.0f} s"
    )
    return 0 if clean == len(args.seeds) else 1


if __name__ == "__main__":
    sys.exit(main())
