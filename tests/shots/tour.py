"""One screen at one size: goes through its views as a person would and takes a picture of each."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from ui.kiosk.driver import Touch
from ui.shell import Screen, run_screen

SETTLE_S = 0.9  # pictures loaded, animations over


class Camera:
    def __init__(self, screen: Screen, role: str, size: str, folder: Path) -> None:
        self.screen, self.stem, self.folder = screen, f"{role}-{size}", folder

    async def take(self, name: str) -> None:
        await asyncio.sleep(SETTLE_S)
        self.screen.view.grabWindow().save(str(self.folder / f"{self.stem}-{name}.png"))


async def kiosk(screen: Screen, camera: Camera) -> None:
    finger = Touch(screen)
    await finger.until(lambda: finger.vm.ready, what="a menu")
    await camera.take("1-attract")
    await finger.tap("kiosk.attract")
    await camera.take("2-start")
    await finger.tap("kiosk.dining.here")
    await camera.take("3-menu-empty")
    await finger.tap("kiosk.category.burgers")
    await camera.take("3-menu-burgers")
    await finger.tap("kiosk.item.cheeseburger")
    await camera.take("4-sheet")
    await finger.tap("kiosk.sheet.add")
    await camera.take("4-sheet-missing")
    await finger.tap("kiosk.sheet.close")
    await finger.choose("burgers", "ember-burger")
    await finger.choose("combos", "classic-menu")
    await finger.choose("sides", "fries")
    await camera.take("5-menu-filled")
    if screen.view.height() > screen.view.width():
        await finger.tap("kiosk.basket.open")
        await camera.take("6-basket")
        await finger.tap("kiosk.basket.close")
    screen.shell.set_language("de")
    await camera.take("7-german")
    screen.shell.set_language("en")
    await finger.tap("kiosk.pay")
    await camera.take("8-pay")
    await finger.tap("kiosk.pay.card")
    await finger.until(lambda: finger.vm.page == "done", what="the number")
    await camera.take("9-done")


async def pos(screen: Screen, camera: Camera) -> None:
    finger = Touch(screen)
    await asyncio.sleep(1.5)
    await camera.take("1-orders")
    for name, target in POS_STEPS:
        await finger.tap(target)
        await camera.take(name)


POS_STEPS: tuple[tuple[str, str], ...] = ()


async def kitchen(screen: Screen, camera: Camera) -> None:
    await asyncio.sleep(1.5)
    await camera.take("1-tickets")


async def board(screen: Screen, camera: Camera) -> None:
    await asyncio.sleep(1.5)
    await camera.take("1-menu")


def main(role: str, size: str, data: Path, folder: Path) -> int:
    tours = {"kiosk": kiosk, "pos": pos, "kitchen": kitchen, "board": board}

    async def drive(screen: Screen) -> None:
        await tours[role](screen, Camera(screen, role, size, folder))
        if screen.shell.warnings:
            print("\n".join(screen.shell.warnings[:20]), file=sys.stderr)
            raise SystemExit(1)
        raise SystemExit(0)

    width, height = (int(n) for n in size.split("x"))
    return run_screen(
        role, data=data, windowed=True, size=(width, height), language="en", languages=["en", "de"], drive=drive
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4])))
