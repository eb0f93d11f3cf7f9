"""A sheet that is made anew under a guest's hands: the place in it, what is typed and what was said stay."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Route, expect

from tests.unit.api.serving import Served, serving
from tests.web.guest import box, guest

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def shop(tmp_path: Path) -> AsyncIterator[Served]:
    async with serving(tmp_path, network=True, store="corner", label="Kiosk 1", role="kiosk") as served:
        await served.publish()
        yield served


@contextlib.asynccontextmanager
async def slow_prices(page: Page) -> AsyncIterator[asyncio.Event]:
    """Prices of the basket wait for the event, as on a weak Wi-Fi."""
    go = asyncio.Event()

    async def later(route: Route) -> None:
        await go.wait()
        await route.continue_()

    await page.route("**/phone/v/*/basket*", later)
    yield go
    await page.unroute("**/phone/v/*/basket*", later)


async def until_redrawn(page: Page, go: asyncio.Event) -> None:
    await page.evaluate("document.querySelector('#order').setAttribute('data-old', '')")
    go.set()
    await expect(page.locator("#order")).to_have_count(1)
    await expect(page.locator("#order[data-old]")).to_have_count(0)


async def test_whoever_is_at_the_order_button_stays_there_when_the_prices_come(shop: Served, browser: Browser) -> None:
    async with guest(browser) as phone:
        await phone.scan(shop)
        await phone.add("tea")
        await expect(phone.page.locator("#basket-total")).not_to_be_empty()
        async with slow_prices(phone.page) as go:
            await phone.open_basket()
            await phone.page.locator("#order").focus()
            await until_redrawn(phone.page, go)
        await expect(phone.page.locator("#order")).to_be_focused()
        await phone.page.keyboard.press("Enter")
        await phone.number()


async def test_a_name_that_is_being_typed_goes_on_when_the_prices_come(shop: Served, browser: Browser) -> None:
    async with guest(browser) as phone:
        await phone.scan(shop)
        await phone.add("tea")
        await expect(phone.page.locator("#basket-total")).not_to_be_empty()
        name = phone.page.locator("#guest-name")
        async with slow_prices(phone.page) as go:
            await phone.open_basket()
            await name.focus()
            await phone.page.keyboard.type("Aga")
            await phone.page.keyboard.press("ArrowLeft")
            await until_redrawn(phone.page, go)
        await expect(name).to_be_focused()
        await phone.page.keyboard.type("th")
        await expect(name).to_have_value("Agtha")


async def test_what_is_taken_out_of_the_basket_can_be_put_back(shop: Served, browser: Browser) -> None:
    async with guest(browser) as phone:
        await phone.scan(shop)
        await phone.add("tea")
        await phone.open_basket()
        lines = phone.page.locator("#basket [data-line]")
        await lines.locator("[data-less], [data-remove]").first.tap()
        await expect(lines).to_have_count(0)
        await phone.page.locator("#toast button").tap()
        await expect(lines).to_have_count(1)
        await (await phone.open_basket_again()).tap()
        await phone.number()


async def test_a_dish_that_is_made_anew_is_still_added_and_one_that_is_changed_still_saved(
    shop: Served, browser: Browser
) -> None:
    """Something runs out while its form is open."""
    async with guest(browser) as phone:
        await phone.scan(shop)
        button, cheese = phone.page.locator("[data-add]"), phone.page.locator("#dish-form input[value=cheese]")
        await phone.open_dish("burger")
        await shop.command("stock.out", modifier_id="cheese")
        await expect(cheese).to_be_disabled()
        await expect(button).to_contain_text("Add to order")
        await button.tap()
        await phone.open_basket()
        await phone.page.locator("#basket [data-edit]").tap()
        await expect(button).to_contain_text("Save")
        await shop.command("stock.back", modifier_id="cheese")
        await expect(cheese).to_be_enabled()
        await expect(button).to_contain_text("Save")


async def kept(page: Page) -> dict[str, int]:
    """What the phone has in its basket: how many of which dish."""
    found: dict[str, int] = await page.evaluate(
        """() => Object.fromEntries(JSON.parse(localStorage['pilotlight.basket']).lines
            .map(line => [line.item_id, line.quantity]))"""
    )
    return found


async def test_a_double_tap_takes_out_one_dish_and_not_the_one_that_comes_into_its_place(
    shop: Served, browser: Browser
) -> None:
    async with guest(browser) as phone:
        await phone.scan(shop)
        for dish in ("tea", "burger", "salad"):
            await phone.add(dish)
        await phone.page.set_viewport_size({"width": 390, "height": 480})  # the sheet stays as tall as it can be
        await phone.open_basket()
        lines = phone.page.locator("#basket [data-line]")
        await expect(lines).to_have_count(3)
        place = await box(lines.first.locator("[data-less]"))
        x, y = place["x"] + 20, place["y"] + 20
        await phone.page.touchscreen.tap(x, y)
        await expect(lines).to_have_count(2)
        await phone.page.touchscreen.tap(x, y)
        await phone.page.wait_for_timeout(300)
        assert await kept(phone.page) == {"burger": 1, "salad": 1}


async def test_on_a_weak_line_what_is_taken_out_goes_at_once_and_each_tap_means_the_dish_that_is_seen(
    shop: Served, browser: Browser
) -> None:
    async with guest(browser) as phone:
        await phone.scan(shop)
        for dish in ("tea", "burger", "salad"):
            await phone.add(dish)
        await phone.open_basket()
        page, lines = phone.page, phone.page.locator("#basket [data-line]")
        await expect(lines).to_have_count(3)
        async with slow_prices(page) as go:
            await lines.first.locator("[data-less]").focus()
            await page.keyboard.press("Enter")
            await expect(lines).to_have_count(2)
            await expect(lines.first.locator("[data-less]")).to_be_focused()
            await lines.filter(has_text="Salad").locator("[data-more]").tap()
            await expect(lines.filter(has_text="Salad").locator("output")).to_have_text("2")
            await lines.filter(has_text="burger").locator("[data-less]").tap()
            await expect(lines).to_have_count(1)
            assert await kept(page) == {"salad": 2}
            await until_redrawn(page, go)
        await expect(lines.locator("output")).to_have_text("2")
