"""A screen as far as its server can tell: it watches, and connects again when the line goes, as `ui/client.py` does."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from pathlib import Path
from typing import Any

from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

AGAIN_S = 0.1
LISTEN_S = 0.2


class Screen(threading.Thread):
    """Use it with `with`. `orders` is what it shows, by id; `said` each sentence about trouble that it was told;
    `gaps` the times without a line, in s; `ports` where it found its server."""

    def __init__(self, folder: Path) -> None:
        super().__init__(name="screen", daemon=True)
        self.folder = folder
        self.orders: dict[str, Any] = {}
        self.said: list[str] = []
        self.gaps: list[float] = []
        self.ports: set[str] = set()
        self._over = threading.Event()

    def __enter__(self) -> Screen:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.join(20)

    def run(self) -> None:
        lost_at: float | None = None
        while not self._over.is_set():
            with contextlib.suppress(OSError, ValueError, KeyError, TimeoutError, WebSocketException):
                endpoint = json.loads((self.folder / "endpoint.json").read_text())
                address = "ws" + endpoint["api"].removeprefix("http") + "/v1/watch?views=orders,status"
                headers = {"Authorization": f"Bearer {endpoint['token']}"}
                with connect(address, additional_headers=headers, open_timeout=5, max_size=None) as line:
                    self.take(line.recv(10))
                    if lost_at is not None:
                        self.gaps.append(time.monotonic() - lost_at)
                    self.ports.add(endpoint["api"])
                    lost_at = None
                    self.listen(line)
            lost_at = lost_at or time.monotonic()
            time.sleep(AGAIN_S)

    def listen(self, line: Any) -> None:
        while not self._over.is_set():
            with contextlib.suppress(TimeoutError):
                self.take(line.recv(LISTEN_S))

    def take(self, frame: str | bytes) -> None:
        told = json.loads(frame)
        if told["view"] == "status":
            status = told.get("all") or told.get("value") or {}
            self.said += status.get("reasons", [])
        elif "all" in told:
            self.orders = {order["order_id"]: order for order in told["all"]}
        elif told["value"] is None:
            self.orders.pop(told["id"], None)
        else:
            self.orders[told["id"]] = told["value"]
