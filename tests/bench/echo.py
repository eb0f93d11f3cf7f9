"""A process that sends back what it gets: what the machine's loopback costs two programs like ours.

`python -m tests.bench.echo` prints its port; `round_trip_us` is measured against it.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time

from tests.bench.processes import worker

MESSAGE = b"x" * 250
"""About what one order's event takes, sealed."""

ROUNDS = 400


async def main() -> None:
    async def back(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(64 * 1024):
            writer.write(data)

    listener = await asyncio.start_server(back, "127.0.0.1", 0)
    print(json.dumps({"port": listener.sockets[0].getsockname()[1]}), flush=True)
    await asyncio.to_thread(sys.stdin.read)


async def _rounds(port: int) -> float:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    took: list[float] = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        writer.write(MESSAGE)
        await reader.readexactly(len(MESSAGE))
        took.append(time.perf_counter() - begun)
    writer.close()
    return statistics.median(took) * 1e6


def round_trip_us() -> float:
    """Median of some hundred round trips between two processes."""
    import uvloop

    with worker("tests.bench.echo") as echo:
        return uvloop.run(_rounds(echo.ready["port"]))


if __name__ == "__main__":
    import uvloop

    uvloop.run(main())
