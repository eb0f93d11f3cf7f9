"""A child that begins as a copy of its parent is to its guard what a started command is."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from app.child import can_fork

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="a process is copied on Linux only")

BEGIN = """
import os, sys, time
from app.child import Forked, can_fork

loaded = [1, 2, 3]
assert can_fork()

def child(run):
    return Forked(run, {"TOLD": "yes"})

def ended(run):
    one = child(run)
    said = one.stdout.read()
    return one.wait(60), one.poll(), said
"""

CASES = {
    "what it prints, and what it was given": (
        "print(ended(lambda: print(loaded, os.environ['TOLD'], os.read(0, 9)) or 5))",
        "(5, 5, b\"[1, 2, 3] yes b''\\n\")\n",
    ),
    "the parent's environment stays": ("ended(lambda: 0); print('TOLD' in os.environ)", "False\n"),
    "an exit": ("print(ended(lambda: sys.exit(75))[0])", "75\n"),
    "an exit with words": ("print(ended(lambda: sys.exit('no'))[0])", "1\n"),
    "nothing of the parent runs in it": (
        "try:\n    print(ended(lambda: 1 / 0)[0])\nfinally:\n    print('once')",
        "1\nonce\n",
    ),
    "killed": ("one = child(lambda: time.sleep(600)); one.kill(); print(one.wait(60)); one.kill()", "-9\n"),
    "asked to end": ("one = child(lambda: time.sleep(600)); one.terminate(); print(one.wait(60))", "-15\n"),
    "it goes on meanwhile": (
        "one = child(lambda: time.sleep(600)); print(one.poll())\n"
        "try:\n    one.wait(0.05)\nexcept Exception as e:\n    print(type(e).__name__)\none.kill(); one.wait(60)",
        "None\nTimeoutExpired\n",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_it_is_as_a_command_that_was_started(case: str) -> None:
    script, expected = CASES[case]
    done = subprocess.run(
        [sys.executable, "-c", BEGIN + script], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.stdout == expected, done.stderr


def test_a_process_with_other_threads_is_not_copied() -> None:
    done = threading.Event()
    other = threading.Thread(target=done.wait)
    other.start()
    try:
        assert not can_fork()
    finally:
        done.set()
        other.join()


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-"])
def test_a_process_without_one_of_its_three_streams_is_not_copied(closed: str) -> None:
    script = "import sys; from app.child import can_fork; sys.exit(3 if can_fork() else 4)"
    done = subprocess.run(["sh", "-c", f'exec "$0" -c "$1" {closed}', sys.executable, script], cwd=ROOT, check=False)
    assert done.returncode == 4
