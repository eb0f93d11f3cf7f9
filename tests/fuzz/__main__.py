"""`python -m tests.fuzz --seconds 60 --seed 4711`: mutated input against the protocol, the sync port and the API.

A case that fails is made smaller, written to `tests/fuzz/corpus/`, and told with the command that replays it. The last
line says how many frames there were and what they found; the exit status is 1 if they found anything.
"""

from __future__ import annotations

import argparse
import random
import sys
from pathlib import Path

from tests.fuzz.api import fuzz_api
from tests.fuzz.cover import all_lines
from tests.fuzz.documented import fuzz_documented
from tests.fuzz.folds import again, fuzz_folds
from tests.fuzz.fuzzing import Tally, replayed
from tests.fuzz.many import tallies
from tests.fuzz.port import fuzz_port

TARGETS = ("frames_", "folds", "api", "port")


def fuzz_frames(args: argparse.Namespace) -> bool:
    print(f"frames: seed {args.seed}, {args.jobs} jobs", flush=True)
    total = Tally()
    for tally in tallies(args.seed, args.seconds, args.frames, args.jobs):
        total.add(tally)
    everything = all_lines()
    print("    refused: " + ", ".join(f"{code} {count}" for code, count in total.codes.most_common()))
    print(f"    reached {len(total.lines & everything)} of {len(everything)} lines of the protocol")
    if args.lines:
        for file, line in sorted(everything - total.lines):
            print(f"    not reached: {Path(file).name}:{line}")
    print(
        f"frames: {total.frames} in {total.cases} cases, {total.frames / max(total.seconds, 0.001):.0f} a second, "
        f"{len(total.faults)} faults",
        flush=True,
    )
    return not total.faults


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seed", type=int, help="random when not given")
    parser.add_argument("--seconds", type=float, default=0.0, help="for each target; 60 when --frames is not given")
    parser.add_argument("--frames", type=int, default=0, help="stop after so many")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--replay", metavar="FILE", help="one case that was kept")
    parser.add_argument("--lines", action="store_true", help="tell the lines of the protocol that were not reached")
    parser.add_argument("--only-frames", dest="frames_", action="store_true", help="only against the protocol")
    parser.add_argument("--api", action="store_true", help="only requests to a real server's API")
    parser.add_argument("--folds", action="store_true", help="only events that make no sense, against the services")
    parser.add_argument("--fold-case", metavar="SEED/NUMBER", help="one case of those again")
    parser.add_argument("--port", action="store_true", help="only what comes to a real server's sync port")
    parser.add_argument("--schemathesis", action="store_true", help="only Schemathesis over the OpenAPI document")
    parser.add_argument("--requests", type=int, default=0, help="to the API: stop after so many")
    args = parser.parse_args()
    if args.replay:
        fault = replayed(args.replay)
        print(fault or "nothing is wrong with it")
        return bool(fault)
    if args.fold_case:
        fault = again(args.fold_case)
        print(fault or "nothing is wrong with it")
        return bool(fault)
    if args.frames or args.requests:
        args.frames_, args.api = args.frames_ or bool(args.frames), args.api or bool(args.requests)
    else:
        args.seconds = args.seconds or 60.0
    targets = [name for name in (*TARGETS, "schemathesis") if getattr(args, name)] or list(TARGETS)
    args.seed = random.SystemRandom().randrange(1_000_000) if args.seed is None else args.seed
    fine = True
    if "frames_" in targets:
        fine = fuzz_frames(args) and fine
    if "api" in targets:
        fine = fuzz_api(args.seed, args.seconds, args.requests) and fine
    if "folds" in targets:
        fine = fuzz_folds(args.seed, args.seconds or 60.0) and fine
    if "port" in targets:
        fine = fuzz_port(args.seed, args.seconds or 60.0) and fine
    if "schemathesis" in targets:
        fine = fuzz_documented(args.seed, args.seconds or 60.0) and fine
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
