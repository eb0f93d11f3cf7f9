"""Mutated requests to a real server's API: no answer is a 5xx, every refusal says code and text, memory stays."""

from __future__ import annotations

import asyncio
import json
import random
import statistics
import tempfile
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.fuzz.bodies import Bodies, Call
from tests.fuzz.served import Server, server

LINES = 8
"""Connections at a time, each with one request under way."""

MAX_GROWTH_MB = 80.0
"""Of the median step from a tenth of the way to the end: what SQLite's caches and a growing day of orders may take."""

MAX_JUMPS_MB = 300.0
"""The allocator keeps what the largest menus took, in each thread that read one: a few jumps that stay."""

STEP = 500
"""Requests from one look at the memory to the next."""

ANSWER_WITHIN_S = 60.0


class Line:
    """A kept-open HTTP connection that sends bytes as they are."""

    def __init__(self, served: Server) -> None:
        self._served = served
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def ask(self, call: Call) -> tuple[int, str, bytes]:
        """Status, media type and body; status 0 when the server closed without an answer."""
        if self._writer is None or self._writer.is_closing():
            self._reader, self._writer = await asyncio.open_connection(self._served.host, self._served.port)
        assert self._reader is not None
        head = [f"{call.method} {call.path} HTTP/1.1", f"Host: {self._served.host}:{self._served.port}"]
        if not any(line.startswith("Authorization") for line in call.headers):
            head.append(f"Authorization: Bearer {self._served.endpoint['token']}")
        if call.body is not None:
            head.append(f"Content-Length: {len(call.body)}")
        try:
            self._writer.write("\r\n".join([*head, *call.headers, "", ""]).encode() + (call.body or b""))
            await self._writer.drain()
            async with asyncio.timeout(ANSWER_WITHIN_S):
                return await self._answer(call.method)
        except (OSError, asyncio.IncompleteReadError):
            self.close()
            return 0, "", b""

    async def _answer(self, method: str) -> tuple[int, str, bytes]:
        assert self._reader is not None
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        status = int(head[0].split()[1])
        fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
        if status == 100:
            return await self._answer(method)
        size = int(fields.get("content-length", 0))
        body = b"" if method == "HEAD" or status in (204, 304) else await self._reader.readexactly(size)
        if fields.get("connection") == "close":
            self.close()
        return status, fields.get("content-type", ""), body

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None


def wrong(call: Call, status: int, media_type: str, body: bytes) -> str:
    """What is wrong with an answer, or `""`."""
    if status == 0:
        return "the connection was closed without an answer"
    if status >= 500 and not (status == 503 and b'"busy"' in body):
        return f"status {status}: {body[:200]!r}"
    if call.method == "HEAD" or status in (204, 304):
        return ""
    if "json" not in media_type:
        return "" if status == 200 and call.path.startswith("/metrics") else f"{status} with {media_type!r}"
    try:
        answer = json.loads(body)
    except ValueError:
        return f"{status} with what is no JSON: {body[:200]!r}"
    if status >= 400 and (not isinstance(answer, dict) or set(answer) != {"code", "text"} or not all(answer.values())):
        return f"{status} without code and text: {body[:200]!r}"
    return ""


class Result:
    def __init__(self) -> None:
        self.requests = 0
        self.statuses: Counter[int] = Counter()
        self.faults: dict[str, Call] = {}
        self.grown_mb = 0.0

    def fault(self, what: str, call: Call) -> None:
        self.faults.setdefault(what[:80], call)


async def pester(served: Server, seed: int, seconds: float, requests: int) -> Result:
    """Requests from `LINES` connections until time or number is reached."""
    result = Result()
    bodies = Bodies(served.call("/v1/openapi.json"), served.call("/v1/menu"), random.Random(seed))
    end = time.monotonic() + seconds if seconds else float("inf")
    memory: list[float] = []

    def go_on() -> bool:
        return time.monotonic() < end and (not requests or result.requests < requests)

    async def one() -> None:
        line = Line(served)
        while go_on():
            call = bodies.call()
            result.requests += 1
            status, media_type, body = await line.ask(call)
            result.statuses[status] += 1
            what = wrong(call, status, media_type, body)
            if what:
                result.fault(what, call)
            elif status == 200 and "json" in media_type and body:
                bodies.note(call, json.loads(body))
            if result.requests % STEP == 0:
                memory.append(served.memory_mb())
            if result.requests % 3_000 == 0:
                served_menu: Any = {"command_id": f"0b8e5f4e-3c1f-4c55-9d57-{result.requests:012}", "menu": bodies.menu}
                await line.ask(Call("POST", "/v1/commands/menu.publish", json.dumps(served_menu).encode()))
        line.close()

    await asyncio.gather(*(one() for _ in range(LINES)))
    if len(memory) > 20:
        kept = memory[len(memory) // 10 :]
        result.grown_mb = kept[-1] - kept[0]
        if steadily(kept) > MAX_GROWTH_MB or result.grown_mb > MAX_JUMPS_MB:
            result.fault(f"memory grew by {result.grown_mb:.0f} MB, steadily by {steadily(kept):.0f}", Call("", ""))
    return result


def steadily(memory: list[float]) -> float:
    """What a series would have grown by had each step been its median one: a leak shows, one jump doesn't."""
    return statistics.median(after - before for before, after in pairwise(memory)) * (len(memory) - 1)


def fuzz_api(seed: int, seconds: float, requests: int) -> bool:
    """True when nothing was found."""
    print(f"api: seed {seed}", flush=True)
    with tempfile.TemporaryDirectory() as folder, server(Path(folder) / "shop") as served:
        result = asyncio.run(pester(served, seed, seconds, requests))
        health = served.call("/healthz")
        if health["status"] != "ok":
            result.fault(f"not well afterwards: {health}", Call("", ""))
        for line in served.complaints()[:3]:
            result.fault(f"the server's log: {line[:200]}", Call("", ""))
    for what, call in result.faults.items():
        print(f"FAULT: {what}\n    {call.method} {call.path[:200]} {call.headers} {(call.body or b'')[:2000]!r}")
    print("    answered: " + ", ".join(f"{status} {n}" for status, n in sorted(result.statuses.items())))
    print(f"api: {result.requests} requests, {result.grown_mb:+.0f} MB, {len(result.faults)} faults", flush=True)
    return not result.faults
