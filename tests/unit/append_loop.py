"""A process of its own that appends in a loop and says on stdout what was acknowledged: `append_loop FOLDER [TIMES]`.

One line an append: `ack N`, or `failed CODE` and whether the log calls itself unhealthy.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from server.log import LogFailed
from tests.unit.logs import open_log, out, placed


async def main(folder: Path, times: int) -> None:
    log = await open_log(folder)
    print("open", flush=True)
    for n in range(1, times + 1):
        try:
            await log.append([placed(n), out("bacon")], command_id=f"c{n}", result=n)
        except LogFailed as e:
            print(f"failed {e.code} {'unhealthy' if log.unhealthy else 'healthy'}", flush=True)
        else:
            print(f"ack {n}", flush=True)
    await log.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 10**9))
