"""A whole order on the phone's pages by keys alone: no finger, and no focus that a test would set."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.unit.api.serving import MENU, Served, serving
from tests.web.guest import guest

pytestmark = pytest.mark.asyncio(loop_scope="session")

MOST_STOPS = 60
SIZES = [
    {"variation_id": "b1", "name": "Single", "price_minor": 1090},
    {"variation_id": "b2", "name": "Double", "price_minor": 1390},
]
BREAD = {
    "modifier_group_id": "bread", "name": "Bread", "min": 1, "max": 1,
    "modifiers": [{"modifier_id": f"bread-{n}", "name": f"Bread {n}", "price_minor": 0} for n in range(3)],
}  # fmt: skip

SEEN = """() => {
    const one = document.activeElement, drawn = one.closest('label')?.querySelector('input + span') ?? one;
    const box = one.getBoundingClientRect();
    const there = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    const outlined = [one, drawn].some(each => getComputedStyle(each).outlineStyle !== 'none');
    const sheet = document.querySelector('dialog[open]');
    if (one === document.body) return '';
    if (!outlined) return `no outline: ${one.outerHTML.slice(0, 90)}`;
    if (!there || !(one.contains(there) || one.closest('label, a')?.contains(there)))
        return `covered: ${one.outerHTML.slice(0, 90)}`;
    if (sheet && !sheet.contains(one)) return `outside of the sheet: ${one.outerHTML.slice(0, 90)}`;
    return '';
}"""
"""What is wrong with what has the focus: it must be seen, be outlined, and stay in the sheet that is open."""


@pytest_asyncio.fixture(loop_scope="session")
async def shop(tmp_path: Path) -> AsyncIterator[Served]:
    async with serving(tmp_path, network=True, store="corner", label="Kiosk 1", role="kiosk") as served:
        burger = {**MENU["items"][1], "variations": SIZES, "modifier_group_ids": ["bread", "extras"]}
        await served.publish(
            items=[MENU["items"][0], burger, MENU["items"][2]], modifier_groups=[*MENU["modifier_groups"], BREAD]
        )
        yield served


async def tab_to(page: Page, selector: str) -> None:
    for _ in range(MOST_STOPS):
        await page.keyboard.press("Tab")
        assert await page.evaluate(SEEN) == ""
        if await page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"no way by Tab to {selector}")


@pytest.mark.parametrize("language", ["en-GB", "de-DE", "ar"])
async def test_a_meal_is_ordered_by_keys_alone_in_any_language(shop: Served, browser: Browser, language: str) -> None:
    async with guest(browser, language) as phone:
        page, press = phone.page, phone.page.keyboard.press
        await page.set_viewport_size({"width": 360, "height": 640})
        await phone.scan(shop)
        await tab_to(page, ".skip")
        await press("Enter")
        await tab_to(page, "[data-dish=burger]")
        await press("Enter")
        await expect(page.locator("#sheet-title")).to_be_focused()
        await press("Escape")
        await expect(page.locator("#sheet")).to_be_hidden()
        await expect(phone.tile("burger")).to_be_focused()
        await press("Enter")
        await expect(page.locator("#sheet-title")).to_be_focused()
        await tab_to(page, "[name=variation]")
        await press("ArrowDown")
        await expect(page.locator("[value=b2]")).to_be_checked()
        await tab_to(page, "[data-add]")
        await press("Enter")  # the bread is missing: it is gone to
        await expect(page.locator("[value=bread-0]")).to_be_focused()
        await press("ArrowDown")
        await expect(page.locator("[value=bread-1]")).to_be_checked()
        await tab_to(page, "[value=cheese]")
        await press("Space")
        await tab_to(page, "[data-step='1']")
        await press("Enter")
        await tab_to(page, "[data-add]")
        await press("Enter")
        await expect(page.locator("#sheet")).to_be_hidden()
        await expect(phone.tile("burger")).to_be_focused()
        await tab_to(page, "#open-basket")
        await press("Enter")
        await expect(page.locator("#order")).to_be_enabled()
        await expect(page.locator("#basket-title")).to_be_focused()
        await tab_to(page, "[data-edit]")
        await press("Enter")
        await expect(page.locator("#sheet-title")).to_be_focused()
        await press("Escape")
        await expect(page.locator("[data-edit]")).to_be_focused()
        await tab_to(page, "[name=dining]")
        await press("ArrowRight" if language != "ar" else "ArrowLeft")
        await expect(page.locator("[value=takeaway]")).to_be_checked()
        await tab_to(page, "#guest-name")
        await page.keyboard.type("Ada")
        await tab_to(page, "#order")
        await press("Enter")
        await phone.number()
        (placed,) = await shop.get("/v1/orders")
        assert placed["lines"][0]["variation_id"] == "b2"
        assert [(one["modifier_id"], one["quantity"]) for one in placed["lines"][0]["modifiers"]] == [
            ("bread-1", 1), ("cheese", 2)
        ]  # fmt: skip
        assert (placed["dining"], placed["customer_name"]) == ("takeaway", "Ada")
        await tab_to(page, "[data-back]")
        await press("Enter")
        await expect(phone.tile("burger")).to_be_visible()
