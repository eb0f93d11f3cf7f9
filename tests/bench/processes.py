"""Workers of a bench in processes of their own: words in on stdin, JSON lines out on stdout."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "out"
END_S = 30.0

HERE = "127.0.0.1"
NEAR, FAR = "127.0.0.2", "127.0.0.3"
"""Addresses of those between whom there is a relay: one who has called over it is not called back beside it."""


class Worker:
    """`module` is run with `arguments` and says one JSON line when it is ready: `ready`."""

    def __init__(self, module: str, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        self.pid = self._process.pid
        self.ready: Any = self.answer()

    def tell(self, words: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(words + "\n")
        self._process.stdin.flush()

    def answer(self) -> Any:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self._process.args} ended without an answer")
        return json.loads(line)

    def ask(self, words: str) -> Any:
        self.tell(words)
        return self.answer()

    def close(self) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        try:
            self._process.wait(END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()


@contextmanager
def worker(module: str, *arguments: str) -> Iterator[Worker]:
    one = Worker(module, *arguments)
    try:
        yield one
    finally:
        one.close()


@contextmanager
def terminal(folder: Path, *peers: str, host: str = HERE) -> Iterator[Worker]:
    """A terminal of ours (`tests.bench.terminal`) that listens on `host`; its address is `ready["address"]`."""
    with worker("tests.bench.terminal", str(folder), host, *peers) as one:
        yield one
