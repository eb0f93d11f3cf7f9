"""Head office and two shops, really linked; one Chromium for all tests, a fresh profile for each."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from app.relay import Relay
from tests.unit.api.serving import TOKEN, Served, serving

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PATIENCE_MS = 30_000
expect.set_options(timeout=PATIENCE_MS)


@dataclass
class Business:
    """`harbour`'s line to the office goes through a relay that can be cut."""

    office: Served
    harbour: Served
    riverside: Served
    relay: Relay


async def until(question: Callable[[], Awaitable[Any]]) -> None:
    async with asyncio.timeout(PATIENCE_MS / 1000):
        while not await question():
            await asyncio.sleep(0.05)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def business(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Business]:
    folder = tmp_path_factory.mktemp("business")
    async with AsyncExitStack() as stack:
        office = await stack.enter_async_context(
            serving(folder / "office", network=True, store="", label="Head office", role="office")
        )
        await office.publish()
        relay = Relay("127.0.0.1", office.node.sync_port)
        await relay.start()
        stack.push_async_callback(relay.close)
        shops = []
        for store, label, port in (("harbour", "Kiosk 1", relay.port), ("riverside", "Counter", office.node.sync_port)):
            shop = serving(
                folder / store, network=True, store=store, label=label, role="pos", office=f"ws://127.0.0.1:{port}"
            )
            shops.append(await stack.enter_async_context(shop))
        for shop in shops:
            await until(lambda shop=shop: shop.get("/v1/menu"))
        yield Business(office, shops[0], shops[1], relay)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed; `make setup` installs it.")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    context = await browser.new_context(locale="en-GB", timezone_id="Europe/Berlin", reduced_motion="reduce")
    context.set_default_timeout(PATIENCE_MS)
    yield context
    await context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def page(business: Business, context: BrowserContext) -> AsyncIterator[Page]:
    """Signed in by the link, on the first page. A script's error or a breach of the policy fails the test."""
    page = await context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    answered = "Failed to load resource: the server responded with a status of 4"  # what the API refuses, it says
    await page.goto(f"{business.office.url}/?token={TOKEN}")
    yield page
    assert [error for error in errors if not error.startswith(answered)] == []
