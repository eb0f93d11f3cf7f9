"""Head office's pages in a real browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

CHROMIUM = "/usr/bin/chromium"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]
PAGES = {"1-today": "/", "2-menu": "/menu", "3-orders": "/orders"}


def shoot_office(endpoint: dict[str, Any], folder: Path) -> None:
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{endpoint['api']}/?token={endpoint['token']}")
        for name, path in PAGES.items():
            page.goto(endpoint["api"] + path)
            page.wait_for_timeout(1200)
            page.screenshot(path=str(folder / f"office-{name}.png"))
        browser.close()
