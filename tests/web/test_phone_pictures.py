"""A phone whose dishes' pictures are still on their way to the shop."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from app.child import command
from tests.process.test_pictures import png
from tests.unit.api.serving import MENU, serving
from tests.web.guest import PATIENCE_MS, Guest, box, guest

pytestmark = pytest.mark.asyncio(loop_scope="session")

SHOWN = "one => { const i = one.querySelector('.pictured img'); return i.naturalWidth > 0 && !i.matches('.awaited') }"


@asynccontextmanager
async def pictured(
    folder: Path, browser: Browser, data: bytes
) -> AsyncIterator[tuple[Guest, Callable[[], Awaitable[None]]]]:
    """A phone at a shop all of whose dishes have this picture, and what makes it arrive there."""
    digest = hashlib.sha256(data).hexdigest()
    items = [{**item, "image": f"sha256:{digest}"} for item in MENU["items"]]
    how = {"store": "corner", "label": "Kiosk 1", "role": "kiosk", "variants": command("picture-variants")}
    async with serving(folder, network=True, **how) as served, guest(browser) as phone:

        async def arrive() -> None:
            answer = await served.http.put(f"/v1/blobs/{digest}", content=data)
            assert answer.status_code == 200, answer.text

        await served.publish(items=items)
        await phone.scan(served)
        yield phone, arrive


async def shown(phone: Guest) -> None:
    handle = await phone.tile("tea").element_handle()
    await phone.page.wait_for_function(SHOWN, arg=handle, timeout=PATIENCE_MS)


async def test_a_picture_that_comes_late_comes_into_its_place(tmp_path: Path, browser: Browser) -> None:
    async with pictured(tmp_path, browser, png(640, 480)) as (phone, arrive):
        tile = phone.tile("tea")
        await expect(tile.locator(".pictured img.awaited")).to_have_count(1)
        letter = "one => getComputedStyle(one, '::before').content"
        assert await tile.locator(".plate").evaluate(letter) == '"T"'  # as for a dish that has none
        before = await box(tile)
        await arrive()
        await shown(phone)
        assert await box(tile) == before, "nothing moved"
        assert await tile.locator(".plate").evaluate(letter) == "none"


async def test_a_tall_photo_shows_its_middle(tmp_path: Path, browser: Browser) -> None:
    async with pictured(tmp_path, browser, png(300, 900)) as (phone, arrive):
        await arrive()
        await shown(phone)
        plate = phone.tile("tea").locator(".plate")
        assert await box(plate.locator("img")) == await box(plate)


async def test_a_dish_with_several_pictures_shows_them_side_by_side(tmp_path: Path, browser: Browser) -> None:
    """One after the other under a finger, and by keys; the edge of the next one says that there is more."""
    several = [png(400, 300), png(301, 401), png(500, 300)]
    names = [f"sha256:{hashlib.sha256(data).hexdigest()}" for data in several]
    dishes = [{**item, "image": names[0], "more_images": [*names, names[1]]} for item in MENU["items"]]
    how = {"store": "corner", "label": "Kiosk 1", "role": "kiosk", "variants": command("picture-variants")}
    async with serving(tmp_path, network=True, **how) as served, guest(browser) as phone:
        for name, data in zip(names, several, strict=True):
            answer = await served.http.put(f"/v1/blobs/{name.removeprefix('sha256:')}", content=data)
            assert answer.status_code == 200, answer.text
        await served.publish(items=dishes)
        await phone.scan(served)
        form = await phone.open_dish("tea")
        strip = form.locator(".sheet-picture")
        await expect(strip.get_by_role("img")).to_have_count(3)  # the dish's own again, or one twice, tells nothing
        await expect(strip.get_by_role("img").nth(1)).to_have_accessible_name("Picture 2 of 3")
        first, second = strip.locator(".plate").nth(0), strip.locator(".plate").nth(1)
        around, one, next_one = await box(strip), await box(first), await box(second)
        assert one["x"] >= around["x"], "the first stands whole"
        assert next_one["x"] < around["x"] + around["width"] - 16, "the next one's edge is seen"
        await strip.focus()
        await phone.page.keyboard.press("ArrowRight")
        await phone.page.wait_for_function("one => one.scrollLeft > 100", arg=await strip.element_handle())
        await expect(second.locator("img")).to_be_in_viewport()
        assert await form.evaluate("one => one.scrollWidth <= one.clientWidth"), "the sheet itself goes nowhere"
