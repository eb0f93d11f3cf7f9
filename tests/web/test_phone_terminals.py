"""The terminal that serves a phone dies: real servers in processes of their own, killed as by a pulled plug."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Route, expect

from tests.process.shop import HTTP, Server, eventually
from tests.unit.api.serving import MENU
from tests.web.guest import Guest, guest

pytestmark = pytest.mark.asyncio(loop_scope="session")


class Two:
    """Two terminals of one shop, in touch with each other."""

    def __init__(self, folder: Path) -> None:
        self.one = Server(folder / "one", *self.flags("Kiosk 1")).start()
        self.two = self.another(folder / "two", "Kiosk 2")
        self.one.command("menu.publish", menu=MENU)
        eventually(lambda: self.get(self.two, "/v1/menu"))
        eventually(self.in_touch)

    @staticmethod
    def flags(label: str) -> list[str]:
        return ["--store", "corner", "--label", label, "--no-mdns"]

    def another(self, folder: Path, label: str) -> Server:
        return Server(folder, *self.flags(label), "--peer", f"127.0.0.1:{self.one.endpoint['sync_port']}").start()

    @staticmethod
    def get(server: Server, path: str) -> Any:
        answer = HTTP.get(server.endpoint["api"] + path, headers=server.headers, timeout=30)
        return answer.json() if answer.status_code == 200 else None

    def in_touch(self) -> bool:
        return all(
            any(p["state"] == "connected" and p["api_port"] for p in self.get(s, "/v1/peers"))
            for s in (self.one, self.two)
        )

    def stop(self) -> None:
        for server in (self.one, self.two):
            with contextlib.suppress(Exception):
                server.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Two]:
    monkeypatch.setenv("PILOTLIGHT_PHONE_ADDRESS", "127.0.0.1")
    monkeypatch.setattr(Server, "forks", True)
    shop = await asyncio.to_thread(Two, tmp_path)
    yield shop
    await asyncio.to_thread(shop.stop)


def link(server: Server, **wanted: str) -> str:
    answer = HTTP.post(f"{server.endpoint['api']}/v1/phone/links", json=wanted, headers=server.headers, timeout=30)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["url"])


async def enter(phone: Guest, server: Server) -> None:
    """Scans, and waits until the other terminal holds the key of this visit."""
    await phone.page.goto(await asyncio.to_thread(link, server))
    await expect(phone.page.locator("main section").first).to_be_visible()


def orders(server: Server) -> list[Any]:
    found: list[Any] = server.get("/v1/orders")
    return found


async def test_the_terminal_that_serves_the_page_dies_and_the_guest_goes_on_at_another(
    two: Two, browser: Browser
) -> None:
    """With the same basket, in the same visit; and follows the order there when that one's page is open."""
    async with guest(browser, harsh=False) as phone:
        await enter(phone, two.one)
        await phone.add("tea")
        await asyncio.to_thread(two.one.kill)
        await phone.page.wait_for_url(f"{two.two.endpoint['api']}/**")
        await expect(phone.page.locator("#basket-count")).to_have_text("1")
        assert "carry" not in phone.page.url
        number = await phone.order()
        (placed,) = await asyncio.to_thread(orders, two.two)
        assert (placed["number"], placed["taken_by"]["label"]) == (number, "Kiosk 2")
        await asyncio.to_thread(two.two.command, "payments.capture", order_id=placed["order_id"], tender="cash")
        await phone.sees("waiting")


@pytest.mark.slow
async def test_a_guest_who_goes_on_at_another_terminal_is_where_it_was(two: Two, browser: Browser) -> None:
    """Far down in the menu, with a dish half put together, and with the filters that were on."""
    many = [{**MENU["items"][0], "item_id": f"tea-{n}", "name": f"Tea {n}", "diets": ["vegan"]} for n in range(40)]
    items = [*many, *MENU["items"]]
    ids = [item["item_id"] for item in items]
    categories = [{"category_id": "c", "name": "All", "item_ids": ids}]
    two.one.command("menu.publish", menu={**MENU, "items": items, "categories": categories})
    await asyncio.to_thread(eventually, lambda: len(two.get(two.two, "/v1/menu")["items"]) == len(items))
    async with guest(browser, harsh=False) as phone:
        await enter(phone, two.one)
        await phone.page.locator("#open-filters").tap()
        await phone.page.locator("#filters [data-key='diet:vegan']").tap()
        await phone.page.locator("#filter-done").tap()
        await phone.tile("tea-30").scroll_into_view_if_needed()
        await phone.open_dish("tea-30")
        await phone.page.locator("#dish-form [data-stepper=quantity] [data-step='1']").tap()
        await asyncio.to_thread(two.one.kill)
        await phone.page.wait_for_url(f"{two.two.endpoint['api']}/**")
        await expect(phone.page.locator("#dish-form [data-stepper=quantity] output")).to_have_text("2")
        await expect(phone.page.locator("[data-add]")).to_contain_text("Add to order")
        await phone.page.locator("[data-add]").tap()
        await expect(phone.page.locator("#basket-count")).to_have_text("2")
        await expect(phone.tile("tea-30")).to_be_in_viewport()
        await expect(phone.tile("burger")).to_be_hidden()


async def test_what_was_tapped_when_the_terminal_died_opens_at_the_other(two: Two, browser: Browser) -> None:
    """A dish, and then the basket; and the phone's back button never leads to the terminal that is gone."""
    async with guest(browser, harsh=False) as phone:
        await enter(phone, two.one)
        await phone.add("tea")
        await asyncio.to_thread(two.one.kill)
        await phone.tile("burger").tap()
        await phone.page.wait_for_url(f"{two.two.endpoint['api']}/**")
        await expect(phone.page.locator("#dish-form[data-item=burger]")).to_be_visible()
        await phone.page.locator("#sheet [data-action=close]").tap()
        await expect(phone.page.locator("#sheet")).to_be_hidden()
        await phone.page.locator("#open-basket").tap()
        await expect(phone.page.locator("#order")).to_be_visible()


@pytest.mark.slow
async def test_a_basket_that_is_open_when_the_terminal_dies_is_open_at_the_other(two: Two, browser: Browser) -> None:
    async with guest(browser, harsh=False) as phone:
        await enter(phone, two.one)
        await phone.add("tea")
        await asyncio.to_thread(two.one.kill)
        await phone.page.locator("#open-basket").tap()
        await phone.page.wait_for_url(f"{two.two.endpoint['api']}/**")
        await expect(phone.page.locator("#order")).to_be_visible()
        await phone.page.go_back()
        await expect(phone.page.locator("#basket")).to_be_hidden()
        before = phone.page.url
        await phone.page.go_back()
        assert phone.page.url in (before, "about:blank"), "not at the terminal that is gone"


async def test_a_dish_that_is_tapped_while_the_line_is_away_opens_when_it_is_back(two: Two, browser: Browser) -> None:
    """The last one that was tapped."""
    async with guest(browser, harsh=False) as phone:
        await enter(phone, two.one)
        await phone.page.context.set_offline(True)
        await phone.tile("tea").tap()
        await phone.tile("burger").tap()
        await expect(phone.page.locator("#bar")).to_be_visible()
        await phone.page.context.set_offline(False)
        await expect(phone.page.locator("#dish-form[data-item=burger]")).to_be_visible()


@pytest.mark.slow
async def test_the_page_of_an_order_finds_another_terminal_too(two: Two, browser: Browser) -> None:
    async with guest(browser, harsh=False) as phone:
        await enter(phone, two.one)
        await phone.add("tea")
        number = await phone.order()
        (placed,) = await asyncio.to_thread(orders, two.one)
        await asyncio.to_thread(eventually, lambda: orders(two.two))
        await asyncio.to_thread(two.one.kill)
        await phone.page.wait_for_url(f"{two.two.endpoint['api']}/**")
        assert await phone.number() == number
        await asyncio.to_thread(two.two.command, "payments.capture", order_id=placed["order_id"], tender="cash")
        await asyncio.to_thread(two.two.command, "kitchen.bump", order_id=placed["order_id"])
        await phone.sees("ready")


@pytest.mark.slow
async def test_a_terminal_that_dies_after_it_took_the_order_and_before_it_said_so_makes_no_second_order(
    two: Two, browser: Browser
) -> None:
    async with guest(browser, harsh=False) as phone:
        await enter(phone, two.one)
        await phone.add("tea")

        async def taken_and_dead(route: Route) -> None:
            answer = await route.fetch()
            assert answer.ok
            await asyncio.to_thread(two.one.kill)
            await route.abort()

        await phone.page.route(f"{two.one.endpoint['api']}/phone/v/*/order*", taken_and_dead)
        await (await phone.open_basket()).tap()
        await phone.page.wait_for_url(f"{two.two.endpoint['api']}/phone/o/**")
        number = await phone.number()
        await asyncio.to_thread(two.one.start)
        await asyncio.to_thread(eventually, two.in_touch)
        for server in (two.one, two.two):
            (placed,) = await asyncio.to_thread(orders, server)
            assert placed["number"] == number
            assert placed["total_minor"] == 250


@pytest.mark.slow
async def test_a_terminal_that_freezes_is_left_like_one_that_died(two: Two, browser: Browser) -> None:
    """Its sockets look alive; it only says nothing any more."""
    async with guest(browser, harsh=False) as phone:
        await enter(phone, two.one)
        await phone.add("tea")
        number = await phone.order()
        await asyncio.to_thread(eventually, lambda: orders(two.two))
        assert two.one.process is not None
        two.one.process.send_signal(signal.SIGSTOP)
        try:
            await phone.page.wait_for_url(f"{two.two.endpoint['api']}/**", timeout=60_000)
            assert await phone.number() == number
        finally:
            two.one.process.send_signal(signal.SIGCONT)
