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
