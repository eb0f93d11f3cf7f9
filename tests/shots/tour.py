"""One screen at one size: goes through its views as a person would and takes a picture of each."""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from tests.shots.accepted import keep
from ui.autopilot import Finger
from ui.kiosk import driver as customer
from ui.kiosk.dishes import show_case
from ui.shell import Screen, run_screen
from ui.staff.night import Night
from ui.staff.pin import Pin

LANGUAGES = ["en", "de", "fr", "es", "pl", "tr", "ar", "zh", "ja"]
SETTLE_S = 0.3  # what moves has begun to
MASKED = ("kiosk.done.number", "kiosk.done.code", "kiosk.phone.code")
"""What is another at each run: numbers belong to a device, codes hold addresses and secrets."""

MASK = QColor("#808080")
LEFT_OUT = ("-card", "staff-", "-night")  # a moment that passes; versions, times and addresses


class Camera:
    """Writes each picture whole, and small in `small/` with what differs by itself masked, to be compared."""

    def __init__(self, screen: Screen, size: str) -> None:
        self.screen, self.size = screen, size
        self._shoot = screen.shell.shoot
        screen.shell.shoot = self.shoot

    async def take(self, name: str) -> None:
        await asyncio.sleep(SETTLE_S)
        await Finger(self.screen).still()
        self.shoot(f"{self.size}-{name}")

    def shoot(self, name: str) -> Path | None:
        path = self._shoot(name)
        if path is not None and not any(part in name for part in LEFT_OUT) and self.screen.shell.role == "kiosk":
            whole = QImage(str(path))
            painter = QPainter(whole)
            for masked in MASKED:
                item: Any = self.screen.find(masked)
                if item is not None and item.isVisible():
                    painter.fillRect(item.mapRectToScene(QRectF(0, 0, item.width(), item.height())), MASK)
            painter.end()
            keep(whole, path.parent / "small" / f"{path.stem}.webp")
        return path


LOOKS: dict[str, tuple[str, dict[str, Any]]] = {
    "plain": ("en", {}),
    "german": ("de", {}),
    "arabic": ("ar", {}),
    "japanese": ("ja", {}),
    "contrast": ("en", {"contrast": True}),
    "german-contrast": ("de", {"contrast": True}),
    "arabic-contrast": ("ar", {"contrast": True}),
    "japanese-contrast": ("ja", {"contrast": True}),
    "large": ("en", {"magnified": 2.0, "still": True}),
    "reach": ("en", {"reach": True}),
}
"""Whole visits: the language, and what helps to see and reach."""


async def kiosk(screen: Screen, camera: Camera, looks: list[str]) -> None:
    vm: Any = screen.vm
    finger = customer.Touch(screen)
    wait = {"low": 6, "high": 8}  # the kitchen's own pace is another each time
    vm._expected = lambda: screen.shell.text("kiosk.wait_range", **wait)
    await finger.until(lambda: vm.ready and finger.sees("kiosk.help"), what="a menu and the rest")
    for name in looks or LOOKS:
        language, comfort = LOOKS[name]
        screen.shell.set_language(language)
        for what, value in comfort.items():
            vm.comfort.setProperty(what, value)
        show_one_dish(vm)  # another language has shown all again
        await customer.tour(screen, f"{camera.size}-{name}-" if name != "plain" else camera.size + "-")
    if looks and "plain" not in looks:
        return
    show_one_dish(vm)
    await finger.tap("kiosk.attract")
    await finger.tap("kiosk.help")
    await camera.take("help")
    await finger.tap("kiosk.help.done")
    await finger.enter("takeaway") if vm.page == "attract" else await finger.tap("kiosk.dining.takeaway")
    await finger.tap("kiosk.menu.lang")
    await camera.take("languages")
    await finger.tap("kiosk.language.close")
    await looking(finger, camera, "")
    vm.startOver()


def show_one_dish(vm: Any) -> None:
    """The attract page turns through what sells here; a picture shows one dish, always the same, whatever changes while
    it is taken."""
    vm._show_off = lambda: None
    vm._show_case = show_case(vm._index, vm._shell, {})[:1]
    vm.showCaseChanged.emit()


async def looking(finger: customer.Touch, camera: Camera, prefix: str) -> None:
    """Ways to find a dish: what a search finds, what it does not, filters, what they leave, nothing."""
    vm = finger.vm
    await finger.tap("kiosk.search.open")
    for letter in "chees":
        await finger.tap(f"kiosk.key.{letter}")
    await camera.take(prefix + "search")
    for letter in "xqz":
        await finger.tap(f"kiosk.key.{letter}")
    await camera.take(prefix + "search-empty")
    await finger.tap("kiosk.search.done")
    await finger.tap("kiosk.filters.open")
    await finger.tap("kiosk.filter.diet:vegan")
    await camera.take(prefix + "filters")
    await finger.tap("kiosk.filter.done")
    await camera.take(prefix + "filtered")
    vm.browse.wish("spicy:yes")
    vm.browse.wish("avoid:gluten")
    await camera.take(prefix + "filtered-empty")
    await finger.tap("kiosk.nothing.clear")


async def large(screen: Screen, camera: Camera) -> None:
    """Five hundred dishes, every ninth with a name of 66 letters, one of 300."""
    vm: Any = screen.vm
    finger = customer.Touch(screen)
    await finger.until(lambda: vm.ready and finger.sees("kiosk.help"), what="a menu and the rest")
    show_one_dish(vm)
    await camera.take("many-attract")
    await finger.enter()
    await camera.take("many-menu")
    vm.setCategory("category-24")
    await camera.take("many-last")
    await looking(finger, camera, "many-")
    await finger.until(lambda: vm.browse.wishes == 0, what="everything again")
    vm.tapDish("dish-0")
    await camera.take("many-dish")
    vm.sheet.close()
    for n in (3, 12, 21, 30):
        vm.tapDish(f"dish-{n}")
        await finger.answer()
        vm.sheet.take()
        vm.sheet.close()
    await finger.still()
    if finger.sees("kiosk.basket.open"):
        await finger.tap("kiosk.basket.open")
    await camera.take("many-basket")
    vm.startOver()


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


async def staff(screen: Screen, camera: Camera) -> None:
    """The staff door, what is behind it, the out-of-order sign, and the attract page by night."""
    vm: Any = screen.vm
    finger, door = Finger(screen), screen.staff
    Pin(screen.client.data).set("2580")
    door.page.typed_role = "kiosk"
    await finger.until(lambda: vm.ready, what="a menu")
    door.open()
    await finger.tap("staff.key.9")
    await finger.tap("staff.key.1")
    await camera.take("staff-pin")
    await finger.tap("staff.enter")
    await finger.until(lambda: door.wrong, what="the answer")
    await camera.take("staff-wrong")
    for digit in "2580":
        await finger.tap(f"staff.key.{digit}")
    await finger.tap("staff.enter")
    await finger.until(lambda: door.state == "page", what="the page behind the door")
    await camera.take("staff-page")
    await finger.tap("staff.role.pos")
    await camera.take("staff-role")
    await finger.tap("staff.role.sure.decline")
    await finger.tap("staff.sign")
    await finger.tap("staff.leave")
    await camera.take("out-of-order")
    door.page.setSign(False)
    await finger.until(lambda: not door.page.closed, what="the sign's end")
    screen.rest.now = lambda: datetime(2026, 3, 1, 23, 0)
    screen.rest._touched_at -= 3600
    screen.rest.look()
    await camera.take("night")


def main(role: str, size: str, data: Path, folder: Path, looks: list[str]) -> int:
    """`looks`: which visits to a kiosk; none means all."""
    tours = {"staff": staff, "large": large, "pos": pos, "kitchen": kitchen, "board": board}

    async def drive(screen: Screen) -> None:
        camera = Camera(screen, size)
        await (kiosk(screen, camera, looks) if role == "kiosk" else tours[role](screen, camera))
        screen.shell.shots = None
        if screen.shell.warnings:
            print("\n".join(screen.shell.warnings[:20]), file=sys.stderr)
            raise SystemExit(1)
        raise SystemExit(0)

    width, height = (int(n) for n in size.split("x"))
    return run_screen(
        "kiosk" if role in ("large", "staff") else role,
        data=data,
        windowed=True,
        size=(width, height),
        language="en",
        languages=LANGUAGES,
        night=Night(22 * 60, 6 * 60, 30) if role == "staff" else None,
        shots=folder,
        drive=drive,
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]), sys.argv[5:]))
