"""A phone in the colours that its owner has chosen for all: what was told by a ground alone is not seen there."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, expect
from PySide6.QtGui import QImage

from tests.unit.api.serving import Served, serving
from tests.web.guest import PHONE, Guest, code

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shop(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    folder = tmp_path_factory.mktemp("forced")
    async with serving(folder, network=True, store="corner", label="Kiosk 1", role="kiosk") as served:
        await served.publish()
        yield served


async def ground(of: Locator) -> str:
    """Of what is chosen: the colour that most of its picture has."""
    image = QImage.fromData(await of.screenshot())
    found = [image.pixelColor(x, y).name() for x in range(0, image.width(), 2) for y in range(0, image.height(), 2)]
    return max(set(found), key=found.count)


async def test_what_is_chosen_and_where_things_end_is_seen_in_the_phone_s_own_colours(
    shop: Served, browser: Browser
) -> None:
    context = await browser.new_context(
        viewport=PHONE, has_touch=True, is_mobile=True, locale="en-GB", reduced_motion="reduce", forced_colors="active"
    )
    phone = Guest(await context.new_page())
    page = phone.page
    await page.goto(await code(shop))
    await expect(page.locator("main section").first).to_be_visible()
    edge = await phone.tile("tea").evaluate("one => getComputedStyle(one).borderTopWidth")
    assert edge != "0px", "a dish without an edge"
    await phone.add("tea")
    toast = page.locator("#toast")
    await expect(toast).to_be_visible()
    assert await toast.evaluate("one => getComputedStyle(one).borderTopWidth") != "0px", "words that lie on others"
    await phone.open_basket()
    here, away = [page.locator(".segment", has=page.locator(f"[value={one}]")) for one in ("here", "takeaway")]
    assert await ground(here) != await ground(away)
    assert await ground(page.locator("#order")) != await ground(page.locator("[data-park]"))
    await page.locator("#order").tap()
    await phone.number()
    dots = page.locator(".steps .dot")
    assert await ground(dots.first) != await ground(dots.last)
    await context.close()
