"""The phone's pages in a real browser of a phone's size, as a guest goes through them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright
from PySide6.QtGui import QImage

from tests.process.shop import HTTP, Server
from tests.shots.accepted import keep
from tests.shots.pages import CHROMIUM, QUIET

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "has_touch": True}
LANGUAGES = ("en", "de", "ar", "ja")
SETTLE_MS = 350
MASKED = ("[data-number]", "[data-code]", "[data-when]")
"""What is another at each run."""

ASSETS = Path(__file__).resolve().parents[2] / "assets"
FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
<include ignore_missing="yes">/etc/fonts/fonts.conf</include><dir>{folder}</dir></fontconfig>"""


def link(server: Server, **wanted: str) -> str:
    answer = HTTP.post(f"{server.endpoint['api']}/v1/phone/links", json=wanted, headers=server.headers, timeout=30)
    return str(answer.raise_for_status().json()["url"])


def shoot_phone(server: Server, folder: Path) -> None:
    with sync_playwright() as p:
        fonts = folder / "fonts.conf"  # a phone has letters for every language; this machine may not
        fonts.write_text(FONTS.format(folder=ASSETS / "fonts"))
        browser = p.chromium.launch(
            executable_path=CHROMIUM, args=QUIET, env={**os.environ, "FONTCONFIG_FILE": str(fonts)}
        )
        for language in LANGUAGES:
            visit(browser, server, folder, language, "light")
            visit(browser, server, folder, language, "contrast")
        visit(browser, server, folder, "en", "dark")
        browser.close()
        fonts.unlink()


def visit(browser: Browser, server: Server, folder: Path, language: str, scheme: Any) -> None:
    """Menu, search, filters, a set, what is missing, a dish, basket, number, ready, and links that open nothing."""
    context = browser.new_context(
        **PHONE,
        locale=language,
        color_scheme="dark" if scheme == "dark" else "light",
        contrast="more" if scheme == "contrast" else "no-preference",
        reduced_motion="reduce",
        is_mobile=True,
    )
    page = context.new_page()

    def shoot(name: str) -> None:
        page.wait_for_timeout(SETTLE_MS)
        file = f"phone-{language}-{scheme}-{name}"
        page.screenshot(path=str(folder / f"{file}.png"))
        masked = page.screenshot(mask=[page.locator(one) for one in MASKED], mask_color="#808080")
        keep(QImage.fromData(masked), folder / "small" / f"{file}.webp")

    page.goto(f"{link(server, kind='table', table='Table 7')}?lang={language}")
    shoot("1-menu")
    page.locator("#search").fill("chese")
    shoot("2-search")
    page.locator("#search").fill("")
    page.locator("#open-filters").tap()
    page.locator("#filters [data-key='diet:vegetarian']").tap()
    page.locator("#filters [data-key='avoid:milk']").tap()
    shoot("2-filters")
    page.locator("#filter-done").tap()
    shoot("2-filtered")
    page.locator("#filters-on [data-clear]").tap()
    open_dish(page, "classic-menu")
    page.locator("[data-add]").tap()
    shoot("3-missing")
    page.locator("#dish-form [data-action=close]").tap()
    open_dish(page, "ember-burger")
    shoot("4-dish")
    for field in page.locator("#dish-form fieldset:not([data-min='0'])").all():
        field.locator("input:not(:disabled)").first.tap()
    page.locator("[data-add]").tap()
    open_dish(page, "fries")
    page.locator("[data-add]").tap()
    page.locator("#open-basket").tap()
    page.locator("#order").wait_for()
    shoot("5-basket")
    page.locator("[data-park]").tap()
    page.locator("[data-code]").wait_for()
    shoot("6-to-a-kiosk")
    page.locator("[data-keep]").tap()
    page.locator("#order").tap()
    page.locator("[data-state=pay]").wait_for()
    shoot("7-pay")
    number = page.locator("[data-number]").text_content()
    order_id = next(o["order_id"] for o in server.get("/v1/orders") if o["number"] == number)
    server.command("payments.capture", order_id=order_id, tender="cash")
    server.command("kitchen.bump", order_id=order_id)
    page.locator("[data-state=ready]").wait_for()
    shoot("8-ready")
    page.goto(f"{server.endpoint['api']}/phone/o/nothing?lang={language}")
    shoot("9-wrong-link")
    context.close()


def open_dish(page: Page, item_id: str) -> None:
    page.locator(f"[data-dish='{item_id}']").first.tap()
    page.locator(f"#dish-form[data-item='{item_id}']").wait_for()
