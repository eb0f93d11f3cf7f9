"""Customers that come at a fixed pace, whether the shop keeps up or not, and what they and the servers live through."""

from __future__ import annotations

import os
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import msgspec

from tests.faults.servers import Machine

WAITERS = 24
"""Orders that can wait for their answers at a time."""

AGAIN_S = 0.2
PATIENCE_S = 60.0
SAMPLE_S = 0.5
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class Outcome(msgspec.Struct):
    """`ms`: from when an order should have been sent to its answer, with all asking again. `lost`, `doubled` and
    `missing` (on a machine, after it came to rest) are counted over everything."""

    name: str
    orders: int
    ms: list[float]
    asked_again: int
    missing: int
    doubled: int
    caught_up_s: float
    memory_before: dict[str, float]
    memory_after: dict[str, float]

    @property
    def p50(self) -> float:
        return quantile(self.ms, 0.5)

    @property
    def p99(self) -> float:
        return quantile(self.ms, 0.99)


class Sample(msgspec.Struct):
    at_s: float
    phase: str
    memory: dict[str, float]


def quantile(values: list[float], q: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(q * len(ordered)))] if ordered else 0.0


def memory_mb(machine: Machine) -> float:
    """Resident memory of its process."""
    return int(Path(f"/proc/{machine.pid}/statm").read_text().split()[1]) * PAGE_BYTES / 2**20


class Memory(threading.Thread):
    """Looks twice a second."""

    def __init__(self, machines: list[Machine]) -> None:
        super().__init__(daemon=True)
        self.machines, self.samples, self.phase = machines, list[Sample](), ""
        self.enough = threading.Event()

    def run(self) -> None:
        start = time.monotonic()
        while not self.enough.wait(SAMPLE_S):
            self.samples.append(Sample(time.monotonic() - start, self.phase, self.now()))

    def now(self) -> dict[str, float]:
        return {m.name: memory_mb(m) for m in self.machines}


class Rush:
    """`count` orders in `within_s` at machines in turn; each is sent again with its command id until it is answered."""

    def __init__(self, machines: list[Machine], count: int, within_s: float) -> None:
        self.machines, self.count, self.within_s = machines, count, within_s
        self.ms: list[float] = []
        self.placed: list[str] = []
        self.asked_again = 0
        self._lock = threading.Lock()

    def run(self) -> None:
        start = time.monotonic()
        limits = httpx.Limits(max_connections=2 * WAITERS)
        with httpx.Client(timeout=PATIENCE_S, limits=limits) as client, ThreadPoolExecutor(WAITERS) as pool:
            done = []
            for n in range(self.count):
                due = start + n * self.within_s / self.count
                time.sleep(max(0.0, due - time.monotonic()))
                done.append(pool.submit(self._order, client, self.machines[n % len(self.machines)], due))
            for one in done:
                one.result()

    def _order(self, client: httpx.Client, at: Machine, due: float) -> None:
        order_id, again = str(uuid.uuid4()), 0
        lines = [{"item_id": "tea", "quantity": 1}]
        body = {"command_id": str(uuid.uuid4()), "order_id": order_id, "dining": "takeaway", "lines": lines}
        while True:
            try:
                url = f"{at.endpoint['api']}/v1/commands/orders.place"
                answer = client.post(url, json=body, headers=at.headers)
                if answer.status_code == 200:
                    break
                assert answer.status_code == 503, answer.text
            except httpx.TransportError:
                pass
            again += 1
            assert time.monotonic() < due + PATIENCE_S, "nobody answered for a minute"
            time.sleep(AGAIN_S)
        with self._lock:
            self.ms.append(1000 * (time.monotonic() - due))
            self.placed.append(order_id)
            self.asked_again += again
