"""One screen at one size: goes through its views as a person would and takes a picture of each."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

from ui.autopilot import Finger
from ui.kiosk import driver as customer
from ui.shell import Screen, run_screen

SETTLE_S = 0.9  # pictures loaded, animations over


class Camera:
    def __init__(self, screen: Screen, size: str) -> None:
        self.screen, self.size = screen, size

    async def take(self, name: str) -> None:
        await asyncio.sleep(SETTLE_S)
        self.screen.shell.shoot(f"{self.size}-{name}")


async def kiosk(screen: Screen, camera: Camera) -> None:
    await customer.tour(screen, camera.size + "-")
    screen.shell.set_language("de")
    finger = customer.Touch(screen)
    await finger.enter("takeaway")
    await camera.take("german")


async def pos(screen: Screen, camera: Camera) -> None:
    finger = Finger(screen)
    await finger.until(lambda: any(unpaid(screen)), what="an open order")
    await camera.take("orders")
    await finger.tap(f"pos.order.{unpaid(screen)[0]}")
    await camera.take("order")
    await finger.tap("pos.pay.cash")
    await camera.take("cash")
    await finger.tap("pos.till.close")
    await finger.tap("pos.void")
    await camera.take("void")
    await finger.tap("pos.void.keep")
    await finger.tap("pos.page.new")
    await finger.tap("pos.category.burgers")
    await finger.tap("pos.dish.cheeseburger")
    await camera.take("dish")
    await finger.tap("pos.sheet.close")
    await finger.tap("pos.category.desserts")
    await finger.tap("pos.dish.cookie")
    await camera.take("new")
    await finger.tap("pos.page.stock")
    await camera.take("stock")


def unpaid(screen: Screen) -> list[str]:
    vm: Any = screen.vm
    rows = [o for o in vm._orders.values() if o["due_minor"] > 0 and o["status"] != "voided"]
    return [o["order_id"] for o in sorted(rows, key=lambda o: o["number"])]


async def kitchen(screen: Screen, camera: Camera) -> None:
    finger = Finger(screen)
    await finger.until(lambda: screen.vm.tickets.count > 0, what="a ticket")  # type: ignore[attr-defined]
    await camera.take("tickets")


async def board(screen: Screen, camera: Camera) -> None:
    finger = Finger(screen)
    await finger.until(lambda: screen.vm.ready, what="a menu")  # type: ignore[attr-defined]
    await camera.take("menu")


def main(role: str, size: str, data: Path, folder: Path) -> int:
    tours = {"kiosk": kiosk, "pos": pos, "kitchen": kitchen, "board": board}

    async def drive(screen: Screen) -> None:
        await tours[role](screen, Camera(screen, size))
        screen.shell.shots = None
        if screen.shell.warnings:
            print("\n".join(screen.shell.warnings[:20]), file=sys.stderr)
            raise SystemExit(1)
        raise SystemExit(0)

    width, height = (int(n) for n in size.split("x"))
    return run_screen(
        role,
        data=data,
        windowed=True,
        size=(width, height),
        language="en",
        languages=["en", "de"],
        shots=folder,
        drive=drive,
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4])))
