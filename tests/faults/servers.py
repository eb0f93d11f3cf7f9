"""One machine of the shop: a real server process on a data folder, started, killed and looked at from outside."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import httpx

from server.api.queries import MAX_ORDERS
from tests.process.nursery import nursery
from tests.process.shop import HTTP, Server, eventually

VERIFY_S = 120


class Machine(Server):
    """`name` is what checks call it. `wrap` comes before the command (`["prlimit", …]`)."""

    def __init__(self, name: str, folder: Path, *arguments: str, command: str = "server") -> None:
        super().__init__(folder, *arguments, command=command)
        self.name = name
        self.wrap: list[str] = []
        self.netns = ""  # the network namespace it runs in, if not in ours
        self.environment: dict[str, str] = {}
        self.starts = 0
        self.starved = False  # of memory: Python and its libraries say so with a traceback wherever they stand
        self._words = folder.parent / f"{folder.name}.log"

    def spawn(self, *, ordinary: bool = False) -> None:
        """The process, not yet ready. `ordinary`: not forked from one that has read the program already."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.starts += 1
        with self.words_file.open("ab") as err:
            forks = None if ordinary or self.wrap or self.environment else nursery()
            if forks is not None:
                self.process = forks.start(self.arguments, err.fileno(), self.netns)
                return
            there = ["ip", "netns", "exec", self.netns] if self.netns else []
            self.process = subprocess.Popen(
                [*there, *self.wrap, sys.executable, "-m", "app.cli", *self.arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=err,
                env={**os.environ, **self.environment},
            )

    def wait_ready(self) -> bool:
        """Until it has said that it is; False when it ended before."""
        assert self.process is not None
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line.endswith(b"\n"):
            return False
        self.endpoint = json.loads(line)
        return True

    def start(self) -> Machine:
        self.spawn()
        assert self.wait_ready(), f"{self.name} did not start: {self.last_words()}"
        return self

    def refuses(self) -> str:
        """Starts it, expecting that it says in one sentence why it can't; returns the sentence."""
        before = self.words_file.stat().st_size if self.words_file.exists() else 0
        self.spawn(ordinary=True)
        assert self.process is not None
        if self.wait_ready():
            self.kill()
            raise AssertionError(f"{self.name} started all the same")
        status = self.process.wait(30)
        said = self.words_file.read_bytes()[before:].decode(errors="replace").strip()
        assert status == 1, f"exit status {status}: {said}"
        assert "Traceback" not in said, said
        assert len(said.splitlines()) == 1, f"not one sentence: {said}"
        return said

    # -- done to it ---------------------------------------------------------------------------------------------------

    @property
    def pid(self) -> int:
        """The server's own process, also when it runs under another program."""
        assert self.process is not None
        return int(self.endpoint["pid"]) if self.endpoint and self.wrap else self.process.pid

    def signal(self, which: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, which)

    def kill(self) -> None:
        """As if the plug was pulled on the process; its memory is gone, the system's page cache is not."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.signal(signal.SIGKILL)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(10)
            self.process.kill()
            self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()

    @property
    def runs(self) -> bool:
        return self.process is not None and self.process.poll() is None

    # -- asked of it --------------------------------------------------------------------------------------------------

    def health(self) -> tuple[int, list[str]]:
        """The status of /healthz and its reasons."""
        answer = HTTP.get(self.endpoint["api"] + "/healthz", timeout=20)
        return answer.status_code, answer.json()["reasons"]

    def well(self) -> bool:
        with contextlib.suppress(httpx.HTTPError):
            return self.health()[0] == 200
        return False

    def orders(self) -> dict[str, dict[str, Any]]:
        """Every order as this machine tells of it, by id."""
        told = self.get("/v1/orders")
        found = {order["order_id"]: order for order in told}
        assert len(found) == len(told), f"{self.name} lists an order twice"
        return found

    def orders_with(self, order_ids: Iterable[str]) -> dict[str, dict[str, Any]]:
        """The same, and those of these that are not among the newest, of which a list has at most `MAX_ORDERS`."""
        found = self.orders()
        if len(found) < MAX_ORDERS:
            return found
        for order_id in set(order_ids) - set(found):
            answer = HTTP.get(f"{self.endpoint['api']}/v1/orders/{order_id}", headers=self.headers, timeout=30)
            if answer.status_code == 200:
                found[order_id] = answer.json()
        return found

    def connected(self) -> set[str]:
        """Device ids of the machines that it has links to."""
        return {peer["device_id"] for peer in self.get("/v1/peers") if peer["state"] == "connected"}

    def verify(self) -> str:
        """What `pilotlight log verify` says; raises when the log is not as it was written."""
        done = subprocess.run(
            [sys.executable, "-m", "app.cli", "log", "verify", "--data", str(self.folder)],
            capture_output=True,
            text=True,
            timeout=VERIFY_S,
        )
        assert done.returncode == 0, f"{self.name}: {done.stdout}{done.stderr}"
        return done.stdout.strip()

    # -- what it said -------------------------------------------------------------------------------------------------

    @property
    def words_file(self) -> Path:
        """Its standard error, of all its lives."""
        return self._words

    def words_to(self, path: Path) -> None:
        """Keeps them there: beside a folder whose disk is about to fail there is no place for them."""
        self._words = path

    def words(self) -> str:
        return self.words_file.read_text(errors="replace") if self.words_file.exists() else ""

    def last_words(self) -> str:
        return self.words()[-1500:]


def wait(seconds: float) -> None:
    """Lets the shop go on."""
    time.sleep(seconds)


__all__ = ["Machine", "eventually", "wait"]
