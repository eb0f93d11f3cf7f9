"""A phone whose dishes' pictures are still on their way to the shop."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from app.child import command
from tests.process.test_pictures import png
from tests.unit.api.serving import MENU, serving
from tests.web.guest import PATIENCE_MS, guest

pytestmark = pytest.mark.asyncio(loop_scope="session")

SHOWN = "one => { const i = one.querySelector('.pictured img'); return i.naturalWidth > 0 && !i.matches('.awaited') }"


async def test_a_picture_that_comes_late_comes_into_its_place(tmp_path: Path, browser: Browser) -> None:
    data = png(640, 480)
    digest = hashlib.sha256(data).hexdigest()
    items = [{**item, "image": f"sha256:{digest}"} for item in MENU["items"]]
    shop = serving(
        tmp_path, network=True, store="corner", label="Kiosk 1", role="kiosk", variants=command("picture-variants")
    )
    async with shop as served, guest(browser) as phone:
        await served.publish(items=items)
        await phone.scan(served)
        tile = phone.tile("tea")
        await expect(tile.locator(".pictured img.awaited")).to_have_count(1)
        before = await tile.bounding_box()
        answer = await served.http.put(f"/v1/blobs/{digest}", content=data)
        assert answer.status_code == 200, answer.text
        handle = await tile.element_handle()
        await phone.page.wait_for_function(SHOWN, arg=handle, timeout=PATIENCE_MS)
        assert await tile.bounding_box() == before, "nothing moved"


async def test_a_tall_photo_shows_its_middle(tmp_path: Path, browser: Browser) -> None:
    data = png(300, 900)
    digest = hashlib.sha256(data).hexdigest()
    items = [{**item, "image": f"sha256:{digest}"} for item in MENU["items"]]
    shop = serving(
        tmp_path, network=True, store="corner", label="Kiosk 1", role="kiosk", variants=command("picture-variants")
    )
    async with shop as served, guest(browser) as phone:
        answer = await served.http.put(f"/v1/blobs/{digest}", content=data)
        assert answer.status_code == 200, answer.text
        await served.publish(items=items)
        await phone.scan(served)
        handle = await phone.tile("tea").element_handle()
        await phone.page.wait_for_function(SHOWN, arg=handle, timeout=PATIENCE_MS)
        plate = await phone.tile("tea").locator(".plate").bounding_box() or {}
        photo = await phone.tile("tea").locator(".plate img").bounding_box() or {}
        assert photo == plate
