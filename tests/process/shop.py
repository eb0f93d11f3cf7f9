"""Real servers as processes, driven only through the contract: endpoint.json, HTTP, exit statuses."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx

from tests.process.nursery import Forked, nursery

HTTP = httpx.Client(verify=False, trust_env=False, timeout=30, limits=httpx.Limits(max_keepalive_connections=0))
"""Asks servers, from whatever thread, each time by a connection of its own. A client for each question would read the
certificates of all authorities each time, which takes longer than the answer."""


class Server:
    """One `pilotlight server` (or `office`) on a data folder of its own."""

    module = "app.cli"
    forks = False
    """Whether it is forked from a process that has read the program already, which is most of a start."""

    def __init__(self, folder: Path, *arguments: str, command: str = "server") -> None:
        self.folder = folder
        self.arguments = [command, "--data", str(folder), *arguments, "--json"]
        self.process: subprocess.Popen[bytes] | Forked | None = None
        self.endpoint: dict[str, Any] = {}

    def start(self) -> Server:
        self.folder.mkdir(parents=True, exist_ok=True)
        log = (self.folder.parent / f"{self.folder.name}.log").open("ab")
        parent = nursery() if self.forks and self.module == "app.cli" else None
        if parent is not None:
            self.process = parent.start(self.arguments, log.fileno())
        else:
            self.process = subprocess.Popen(
                [sys.executable, "-m", self.module, *self.arguments], stdout=subprocess.PIPE, stderr=log
            )
        log.close()
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            words = (self.folder.parent / f"{self.folder.name}.log").read_text()[-2000:]
            raise AssertionError(f"{self.arguments} did not start:\n{words}")
        self.endpoint = json.loads(line)
        return self

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.endpoint['token']}"}

    def get(self, path: str) -> Any:
        answer = HTTP.get(self.endpoint["api"] + path, headers=self.headers, timeout=30)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, name: str, body: dict[str, Any]) -> httpx.Response:
        return HTTP.post(f"{self.endpoint['api']}/v1/commands/{name}", json=body, headers=self.headers, timeout=30)

    def command(self, name: str, **fields: Any) -> dict[str, Any]:
        answer = self.post(name, {"command_id": str(uuid.uuid4()), **fields})
        assert answer.status_code == 200, answer.text
        facts: dict[str, Any] = answer.json()
        return facts

    def place(self, item_id: str, quantity: int = 1, **fields: Any) -> str:
        """An order of one line; returns its id."""
        line = {"item_id": item_id, "quantity": quantity, "modifiers": []}
        facts = self.command("orders.place", lines=[line], dining="here", **fields)
        return str(facts["result"]["order_id"])

    def kill(self) -> None:
        """As if the plug was pulled on the process."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """As an installer would; returns the exit status."""
        if self.process is None:
            return 0
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM if os.name != "nt" else signal.CTRL_BREAK_EVENT)
        status = self.process.wait(timeout=20)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return status


def eventually(question: Any, seconds: float = 30.0) -> Any:
    """Asks until the answer is true.

    A question that fails is not answered yet: what it reads may still be on its way (an order that this terminal has
    not heard of is a 404). On time-out it is asked once more, so that an assertion inside can speak.
    """
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with suppress(AssertionError, LookupError):
            answer = question()
            if answer:
                return answer
        time.sleep(0.05)
    return question()
