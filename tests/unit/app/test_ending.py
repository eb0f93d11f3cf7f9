"""A signal may come at any moment of a wait."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

from app.ending import Ending

ROOT = Path(__file__).resolve().parents[3]

STORM = """
import random, signal, time
from app.ending import Ending

ending = [Ending()]
signal.signal(signal.SIGALRM, lambda *_: ending[0].set())
chance = random.Random(1)
until = time.monotonic() + 2
while time.monotonic() < until:
    ending[0] = Ending()
    signal.setitimer(signal.ITIMER_REAL, chance.uniform(0.00001, 0.0003))
    while not ending[0].wait(0.00001):
        pass
print("ended")
"""


def test_no_signal_comes_in_a_moment_in_which_it_waits_for_itself() -> None:
    said = subprocess.run(
        [sys.executable, "-c", STORM], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert said.stdout == "ended\n", said.stderr


def test_it_is_heard_by_who_waits_and_by_who_comes_later() -> None:
    ending = Ending()
    assert not ending.wait(0.01)
    threading.Timer(0.05, ending.set).start()
    assert ending.wait(30)
    assert ending.wait(0)
    assert ending.is_set()
