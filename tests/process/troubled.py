"""A kiosk's screen that falls ill when told to, for those who watch over it: `python -m tests.process.troubled FOLDER`.

It appends what it shows to `shown.jsonl` in the folder, a JSON line for each change, with its process id. A customer
puts a dish into the basket while there is a file `order` and the basket is empty, and goes to the ways to pay while
there is a file `pay`. Files that make it ill: `spin` (its main thread never returns), `blind` (its loop turns, and no
frame reaches the glass), `die`; each is taken away first, and so the next one is well, but for `dies` (each does).
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from pathlib import Path
from typing import Any


def told(folder: Path, what: str) -> bool:
    try:
        (folder / what).unlink()
    except FileNotFoundError:
        return False
    return True


def spin() -> None:
    while True:
        time.sleep(0.001)


async def live(screen: Any, folder: Path) -> None:
    from ui.kiosk.driver import Touch, sellable

    if (folder / "dies").exists():
        os._exit(3)
    customer, before = Touch(screen), None
    vm = customer.vm
    with (folder / "shown.jsonl").open("a", buffering=1) as shown:
        while True:
            seen = {"pid": os.getpid(), "page": vm.page, "state": vm.payment["state"], "pieces": vm.basket.pieces}
            if seen != before:
                before = seen
                shown.write(json.dumps(seen) + "\n")
            if (folder / "order").exists() and vm.ready and vm.page == "attract" and told(folder, "order"):
                await customer.enter()
                await customer.choose(*sellable(vm)[0])
            if (folder / "pay").exists() and vm.page == "menu" and vm.basket.pieces and told(folder, "pay"):
                await customer.tap("kiosk.pay")
            if told(folder, "die"):
                os._exit(3)
            if told(folder, "spin"):
                spin()
            if told(folder, "blind"):
                screen.view.blockSignals(True)
            await asyncio.sleep(0.02)


def main() -> int:
    from ui.shell import run_screen

    folder = Path(sys.argv[1])
    return run_screen("kiosk", data=folder, idle_seconds=600, drive=lambda screen: live(screen, folder))


if __name__ == "__main__":
    sys.exit(main())
