"""Tap to kitchen frame, through real screens and real servers: the demo's shop, with its line to head office cut and
restored in turns, so that a busy minute of the machine weighs on both sides alike."""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.demo.count import percentile, tap_to_kitchen
from app.demo.run import DEMO_MENU, ORDER_TIMEOUT_S, Demo
from app.importing import read_file
from tests.bench.figures import Beside, Figure
from tests.bench.scale import Scale

TURN_ORDERS = 10
"""Orders between two changes of the line."""

AT_MOST_MS = 50.0
WARM = 2
"""The first orders of a screen, which loads its pictures and pages meanwhile."""

WITHIN = 1.05


def figures(folder: Path, scale: Scale) -> list[Figure]:
    turns = Turns(folder, scale.taps + WARM)
    summary = asyncio.run(turns.course())
    online, offline = turns.taken()
    name = f"tap on pay → kitchen frame, {scale.taps} orders, five servers and four screens at once"
    return [
        Figure("tap-p50", f"{name}, p50", "ms", _percentiles(online, 0.5), _offline(offline, 0.5, WITHIN)),
        Figure("tap-p99", f"{name}, p99", "ms", _percentiles(online, 0.99), _offline(offline, 0.99, None), AT_MOST_MS),
        Figure("tap-lost", "orders lost or doubled meanwhile", "orders", [summary.lost + summary.duplicated], [], 0),
    ]


def _percentiles(blocks: Sequence[Sequence[float]], share: float) -> list[float]:
    """p50 of each turn, so that their spread is seen; of p99 one for all, as a turn has too few orders for it."""
    if share == 0.5:
        return [value for block in blocks if (value := percentile(block, share)) is not None]
    return [value for value in [percentile([ms for block in blocks for ms in block], share)] if value is not None]


def _offline(blocks: Sequence[Sequence[float]], share: float, within: float | None) -> list[Beside]:
    """How many times as long it takes online: at most 5 % more."""
    runs = _percentiles(blocks, share)
    at_least = None if within is None else 1 / within
    return [Beside("with the line to head office cut", runs, within, at_least)] if runs else []


class Turns(Demo):
    """The demo, whose line is cut and restored every few orders."""

    def __init__(self, folder: Path, orders: int) -> None:
        arguments = argparse.Namespace(headless=True, orders=orders, shots=None, cut=False, menu=None)
        super().__init__(arguments, folder, read_file(DEMO_MENU, None).menu)
        self.changes_ns: list[int] = []
        """When the line was cut, restored, cut …"""

    async def order_all(self) -> None:
        progress, last = time.monotonic(), -1
        while last < self.orders:
            done = len(self.placed())
            if done != last:
                last, progress = done, time.monotonic()
            if (done - WARM) // TURN_ORDERS > len(self.changes_ns) and done < self.orders:
                self.relay.restore() if len(self.changes_ns) % 2 else self.relay.cut()
                self.changes_ns.append(time.monotonic_ns())
            if time.monotonic() - progress > ORDER_TIMEOUT_S:
                raise RuntimeError(f"the kiosk stopped ordering after {done} of {self.orders}")
            await asyncio.sleep(0.02)
        self.relay.restore()

    def taken(self) -> tuple[list[list[float]], list[list[float]]]:
        """Milliseconds of each order, by turns, online and offline."""
        kiosk, kitchen = self.shop.trace("kiosk"), self.shop.trace("kitchen")
        taps = [row for row in kiosk if row.get("what") == "tap" and row.get("order_id")][WARM:]
        turns: list[list[dict[str, Any]]] = [[] for _ in range(len(self.changes_ns) + 1)]
        for row in taps:
            turns[sum(change < row["t_ns"] for change in self.changes_ns)].append(row)
        blocks = [tap_to_kitchen(turn, kitchen) for turn in turns]
        return blocks[0::2], blocks[1::2]
