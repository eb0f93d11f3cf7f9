"""A guest with a phone: a page of a phone's size that is touched, and what a guest does with it."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from playwright.async_api import Browser, BrowserContext, FloatRect, Locator, Page, expect

from tests.unit.api.serving import Served

PATIENCE_MS = 30_000
REST_MS = 350
"""A little longer than what has come under a finger takes no tap."""

PHONE = {"width": 390, "height": 844}


async def code(shop: Served, **wanted: str) -> str:
    """The address behind a QR code."""
    answer = await shop.http.post("/v1/phone/links", json=wanted)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["url"])


class Guest:
    def __init__(self, page: Page) -> None:
        self.page = page

    async def scan(self, shop: Served, **wanted: str) -> None:
        await self.page.goto(await code(shop, **wanted))
        await expect(self.page.locator("main section").first).to_be_visible()

    def tile(self, item_id: str) -> Locator:
        return self.page.locator(f"[data-dish='{item_id}']").first

    async def looks(self) -> None:
        """People see what has come before they tap it: the second half of a double tap presses nothing."""
        await self.page.wait_for_timeout(REST_MS)

    async def open_dish(self, item_id: str) -> Locator:
        await self.tile(item_id).tap()
        form = self.page.locator("#dish-form")
        await expect(form).to_be_visible()
        await self.looks()
        return form

    async def add(self, item_id: str) -> None:
        """A dish as it comes."""
        await self.open_dish(item_id)
        await self.page.locator("[data-add]").tap()
        await expect(self.page.locator("#sheet")).to_be_hidden()
        await self.looks()

    async def open_basket(self) -> Locator:
        await self.page.locator("#open-basket").tap()
        button = self.page.locator("#order")
        await expect(button).to_be_visible()
        await self.looks()
        return button

    async def open_basket_again(self) -> Locator:
        """The button that orders, of a basket that is open or was closed meanwhile."""
        button = self.page.locator("#order")
        return button if await button.is_visible() else await self.open_basket()

    async def order(self) -> str:
        """Orders what is in the basket; returns the number on the page."""
        await (await self.open_basket()).tap()
        return await self.number()

    async def order_and_come_back(self) -> str:
        """Orders what is in the basket that is open, and goes on looking at the menu; returns the number."""
        await self.page.locator("#order").tap()
        number = await self.number()
        await self.page.locator("[data-back]").tap()
        await expect(self.page.locator("main section").first).to_be_visible()
        return number

    async def number(self) -> str:
        shown = self.page.locator("[data-number]")
        await expect(shown).to_be_visible()
        await self.page.wait_for_load_state("load")  # the number is there before the style sheet is
        return (await shown.text_content()) or ""

    async def sees(self, state: str) -> None:
        await expect(self.page.locator(f"[data-state={state}]")).to_be_visible()


async def box(of: Locator) -> FloatRect:
    """Where something is. What is drawn anew just now has no place: it is asked once more."""
    while (found := await of.bounding_box()) is None:
        await expect(of).to_be_visible()
    return found


@contextlib.asynccontextmanager
async def guest(browser: Browser, language: str = "en-GB", *, harsh: bool = True) -> AsyncIterator[Guest]:
    """A fresh phone. With `harsh` a script's error or a breach of the policy fails the test."""
    context: BrowserContext = await browser.new_context(
        viewport=PHONE, has_touch=True, is_mobile=True, device_scale_factor=2, locale=language, reduced_motion="reduce"
    )
    context.set_default_timeout(PATIENCE_MS)
    page = await context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if "Security Policy" in said.text else None)
    try:
        yield Guest(page)
        assert not harsh or errors == []
    finally:
        await context.close()
