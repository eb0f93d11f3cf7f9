"""Mutated frames and garbage on a real server's sync port: it stays up, stays small, and its log stays whole."""

from __future__ import annotations

import asyncio
import contextlib
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from tests.fuzz.generate import Maker, Material
from tests.fuzz.run import Victim
from tests.fuzz.served import ROOT, Server, server
from tests.fuzz.world import World

LINES = 6
MAX_GROWTH_MB = 150.0
"""A frame of 8 MB is held once as it came and once unpacked, on a few lines at a time."""


async def pester(served: Server, seed: int, seconds: float) -> int:
    """Returns how many frames were sent."""
    world = World()
    material = Material(world)
    end = time.monotonic() + seconds
    sent = 0

    async def frames_of(number: int) -> None:
        nonlocal sent
        rand = random.Random(f"{seed}/{number}")
        while time.monotonic() < end:
            victim, maker = Victim(world, "terminal"), Maker(world, material, rand)
            with contextlib.suppress(OSError, TimeoutError, WebSocketException):
                address = f"ws://127.0.0.1:{served.endpoint['sync_port']}"
                async with connect(address, max_size=None, compression=None, proxy=None) as line:
                    for _ in range(60):
                        step = maker.step(victim)
                        victim.do(step)
                        if step[0] == "frame":
                            sent += 1
                            await line.send(step[2] if rand.random() > 0.02 else "text")

    async def garbage() -> None:
        nonlocal sent
        rand = random.Random(f"{seed}/garbage")
        while time.monotonic() < end:
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", served.endpoint["sync_port"])
                start = rand.choice([b"", b"GET / HTTP/1.1\r\n", b"GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n"])
                writer.write(start + rand.randbytes(rand.choice([1, 100, 5_000])))
                await writer.drain()
                sent += 1
                writer.close()
            await asyncio.sleep(0.05)

    await asyncio.gather(garbage(), *(frames_of(n) for n in range(LINES)))
    return sent


def fuzz_port(seed: int, seconds: float) -> bool:
    """True when nothing was found."""
    print(f"port: seed {seed}", flush=True)
    faults: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "shop"
        with server(folder, store="north") as served:
            before = served.memory_mb()
            sent = asyncio.run(pester(served, seed, seconds))
            grown = served.memory_mb() - before
            health = served.call("/healthz")
            if served.process.poll() is not None or health["status"] != "ok":
                faults.append(f"not well afterwards: {health}")
            if grown > MAX_GROWTH_MB:
                faults.append(f"memory grew by {grown:.0f} MB")
            faults += [f"the server's log: {line[:300]}" for line in served.complaints()[:3]]
            stored = len(served.call("/v1/frontier"))
        verify = [sys.executable, "-m", "app.cli", "log", "verify", "--data", str(folder)]
        proven = subprocess.run(verify, cwd=ROOT, capture_output=True, text=True)
        if proven.returncode:
            faults.append(f"log verify: {proven.stdout[-300:]}{proven.stderr[-300:]}")
    for fault in faults:
        print(f"FAULT: {fault}")
    print(f"port: {sent} frames, {stored} streams held, {grown:+.0f} MB, {len(faults)} faults", flush=True)
    return not faults
