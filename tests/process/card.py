"""A simulated card terminal as a process: it is driven as an installer would, by the command and over HTTP."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.process.shop import HTTP


class CardTerminal:
    """Started anew it has the same port and the same memory."""

    def __init__(self, folder: Path, mode: str = "approve", delay_ms: int = 0) -> None:
        self.folder = folder
        self.mode, self.delay_ms = mode, delay_ms
        self.port = 0
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> CardTerminal:
        self.folder.mkdir(parents=True, exist_ok=True)
        words = ["simulate", "card-terminal", "--data", str(self.folder), "--port", str(self.port), "--json"]
        words += ["--mode", self.mode, "--delay-ms", str(self.delay_ms)]
        with (self.folder.parent / f"{self.folder.name}.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "app.cli", *words], stdout=subprocess.PIPE, stderr=log
            )
        assert self.process.stdout is not None
        facts = json.loads(self.process.stdout.readline())
        self.port = int(facts["url"].rpartition(":")[2])
        return self

    @property
    def url(self) -> str:
        return f"nexo://127.0.0.1:{self.port}"

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def set(self, **behaviour: Any) -> None:
        answer = HTTP.put(f"http://127.0.0.1:{self.port}/control", json=behaviour, timeout=30)
        assert answer.status_code == 200, answer.text

    def books(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = HTTP.get(f"http://127.0.0.1:{self.port}/books", timeout=30).json()
        return rows

    def taken_minor(self) -> dict[str, int]:
        """By payment id, what the bank will pay out, less what was given back."""
        standing = [one for one in self.books() if one["state"] in ("approved", "stored")]
        taken = {one["number"]: round(float(one["amount"]) * 100) for one in standing if one["category"] == "Payment"}
        for one in standing:
            if one["category"] == "Reversal":
                taken[one["original"]] -= round(float(one["amount"]) * 100)
        return {one["name"]: taken[one["number"]] for one in standing if one["category"] == "Payment"}

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def gone(self, seconds: float = 30.0) -> None:
        """Waits until it has died by itself."""
        assert self.process is not None
        self.process.wait(seconds)

    def stop(self) -> None:
        if self.alive:
            self.kill()
        if self.process is not None and self.process.stdout is not None:
            self.process.stdout.close()
