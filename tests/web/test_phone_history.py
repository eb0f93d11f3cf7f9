"""Back, forward and reload on a phone: nothing that was being done is lost, and no press of a button is for nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.unit.api.serving import MENU, Served, serving
from tests.web.guest import guest

pytestmark = pytest.mark.asyncio(loop_scope="session")

MANY = [
    {
        "item_id": f"tea-{n}",
        "name": f"Tea {n}",
        "variations": [{"variation_id": f"v{n}", "name": "", "price_minor": 250}],
    }
    for n in range(20)
]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shop(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    folder = tmp_path_factory.mktemp("history")
    async with serving(folder, network=True, store="corner", label="Kiosk 1", role="kiosk") as served:
        category = {"category_id": "teas", "name": "Teas", "item_ids": [item["item_id"] for item in MANY]}
        await served.publish(items=[*MENU["items"], *MANY], categories=[category, *MENU["categories"]])
        yield served


async def sheets(page: Page) -> list[str]:
    """Which are open; and none stands in the history that is not."""
    open_, state = await page.evaluate(
        "[[...document.querySelectorAll('dialog[open]')].map(one => one.id), history.state?.dialog ?? null]"
    )
    assert state is None or state in open_
    return list(open_)


async def test_a_dish_that_was_being_put_together_is_there_after_a_reload(shop: Served, browser: Browser) -> None:
    async with guest(browser) as phone:
        page = phone.page
        await phone.scan(shop)
        await phone.open_dish("burger")
        await page.locator("#dish-form input[value=cheese]").tap()
        await page.locator(".sheet-foot [data-step='1']").tap()
        await page.reload()
        await expect(page.locator("#dish-form input[value=cheese]")).to_be_checked()
        await expect(page.locator("[data-stepper=quantity] output")).to_have_text("2")
        assert await sheets(page) == ["sheet"]
        await page.go_back()
        await expect(page.locator("#sheet")).to_be_hidden()
        assert "/phone/v/" in page.url
        await page.go_back()
        assert page.url == "about:blank"


async def test_a_dish_of_the_basket_that_was_being_changed_is_there_after_a_reload(
    shop: Served, browser: Browser
) -> None:
    async with guest(browser) as phone:
        page = phone.page
        await phone.scan(shop)
        await phone.add("burger")
        await phone.open_basket()
        await page.locator("#basket [data-edit]").tap()
        await page.locator("#dish-form input[value=cheese]").tap()
        await page.reload()
        await expect(page.locator("#dish-form input[value=cheese]")).to_be_checked()
        await page.locator("[data-add]").tap()
        await expect(page.locator("#basket [data-line='0'] .description")).to_contain_text("Extra cheese")
        assert await sheets(page) == ["basket"]
        await page.reload()
        await expect(page.locator("#order")).to_be_visible()
        await page.locator("#basket [data-action=close]").tap()
        await page.wait_for_function("history.state === null")
        await page.reload()
        await expect(page.locator("#open-basket")).to_be_visible()
        assert await sheets(page) == []


async def test_after_an_order_back_is_the_menu_and_back_again_leaves_it(shop: Served, browser: Browser) -> None:
    async with guest(browser) as phone:
        page = phone.page
        await phone.scan(shop)
        await phone.add("tea")
        await phone.order()
        await page.go_back()
        await expect(page.locator(".order-chip")).to_be_visible()
        assert await sheets(page) == []
        await page.go_back()
        assert page.url == "about:blank"


async def test_categories_are_no_steps_for_the_back_button(shop: Served, browser: Browser) -> None:
    async with guest(browser) as phone:
        page = phone.page
        await phone.scan(shop)
        for n in (1, 0, 1):
            await page.locator(f"[data-rail='{n}']").tap()
            await expect(page.locator(f"#h-{n}")).to_be_in_viewport()
            await expect(page.locator(f"#h-{n}")).to_be_focused()
        await page.keyboard.press("Tab")
        assert await page.evaluate("document.activeElement.closest('section').id") == "c-1"
        await page.go_back()
        assert page.url == "about:blank"


async def test_forward_leads_on_over_the_places_where_a_sheet_was_open(shop: Served, browser: Browser) -> None:
    async with guest(browser) as phone:
        page = phone.page
        await phone.scan(shop)
        first = page.url
        await phone.open_dish("burger")
        await phone.scan(shop)
        second = page.url
        await page.go_back()
        await page.wait_for_function("history.state === null")
        assert page.url == first
        assert await sheets(page) == []
        await page.evaluate("history.forward()")
        await page.wait_for_timeout(300)
        assert await sheets(page) == []
        await page.evaluate("history.forward()")
        await page.wait_for_url(second)


async def test_another_language_comes_at_the_dish_that_was_looked_at(shop: Served, browser: Browser) -> None:
    async with guest(browser) as phone:
        page = phone.page
        await phone.scan(shop)
        await page.locator("[data-item=tea-15]").evaluate("tile => tile.scrollIntoView({ block: 'start' })")
        await page.locator("#language").select_option("de")
        await expect(page.locator("html")).to_have_attribute("lang", "de")
        await expect(page.locator("[data-item=tea-15]")).to_be_in_viewport()


async def test_what_was_searched_is_searched_after_a_reload(shop: Served, browser: Browser) -> None:
    async with guest(browser) as phone:
        page = phone.page
        await phone.scan(shop)
        await page.locator("#search").fill("burger")
        await page.reload()
        await expect(page.locator("#search")).to_have_value("burger")
        await expect(page.locator("[data-item=tea-1]")).to_be_hidden()
