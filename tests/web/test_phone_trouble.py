"""A phone in trouble: Wi-Fi that blinks, fingers that tap twice, links of others and of yesterday, old baskets."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Route, expect

from tests.unit.api.serving import MENU, TOKEN, Served, serving
from tests.web.guest import box, code, guest

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def shop(tmp_path: Path) -> AsyncIterator[Served]:
    async with serving(tmp_path, network=True, store="corner", label="Kiosk 1", role="kiosk") as served:
        await served.publish()
        yield served


async def orders(shop: Served) -> list[Any]:
    found: list[Any] = await shop.get("/v1/orders")
    return found


async def test_a_reload_while_the_order_is_on_its_way_orders_once(shop: Served, browser: Browser) -> None:
    async with guest(browser) as phone:
        await phone.scan(shop)
        await phone.add("tea")
        sent = asyncio.Event()

        async def taken_and_lost(route: Route) -> None:
            await route.fetch()
            sent.set()
            await asyncio.sleep(60)  # no answer comes

        await phone.page.route("**/phone/v/*/order*", taken_and_lost, times=1)
        await (await phone.open_basket()).tap()
        await sent.wait()
        await phone.page.reload()
        number = await phone.number()
        (placed,) = await orders(shop)
        assert placed["number"] == number
        await phone.page.go_back()
        await expect(phone.page.locator("#basket-bar")).to_be_hidden()


async def test_wifi_that_blinks_keeps_the_basket_and_sends_by_itself(shop: Served, browser: Browser) -> None:
    async with guest(browser) as phone:
        await phone.scan(shop)
        await phone.add("tea")
        button = await phone.open_basket()
        await phone.page.context.set_offline(True)
        await button.tap()
        await expect(phone.page.locator("#bar")).to_contain_text("No connection to the shop")
        await phone.page.context.set_offline(False)
        await phone.number()
        assert len(await orders(shop)) == 1


async def test_who_waits_for_a_slow_answer_is_told_so_while_it_lasts(shop: Served, browser: Browser) -> None:
    async with guest(browser) as phone:
        await phone.scan(shop)
        go = asyncio.Event()

        async def slow(route: Route) -> None:
            await go.wait()
            await route.continue_()

        await phone.page.route("**/dish/**", slow, times=1)
        await phone.tile("tea").tap()
        await expect(phone.page.locator("#bar")).to_be_visible(timeout=6000)
        go.set()
        await expect(phone.page.locator("#dish-form")).to_be_visible()
        await expect(phone.page.locator("#bar")).to_be_hidden()


async def test_a_terminal_that_can_not_save_is_asked_again_and_not_stormed(shop: Served, browser: Browser) -> None:
    async with guest(browser) as phone:
        await phone.scan(shop)
        await phone.add("tea")
        asked = 0

        async def full(route: Route) -> None:
            nonlocal asked
            asked += 1
            if asked < 4:
                await route.fulfill(status=503, json={"code": "not_saved", "text": "The disk is full."})
            else:
                await route.continue_()

        await phone.page.route("**/phone/v/*/order*", full)
        await (await phone.open_basket()).tap()
        await expect(phone.page.locator("#bar")).to_contain_text("No connection to the shop")
        assert asked <= 4
        await phone.number()
        assert asked == 4
        assert len(await orders(shop)) == 1


async def test_who_is_told_that_too_much_is_asked_for_others_goes_on_a_moment_later(
    shop: Served, browser: Browser
) -> None:
    async with guest(browser) as phone:
        await phone.scan(shop)
        crowded = {"code": "too_many_requests", "text": "This phone asks too much at once."}

        async def refuse(route: Route) -> None:
            await route.fulfill(status=429, json=crowded)

        await phone.page.route("**/dish/**", refuse, times=2)
        await phone.page.route("**/phone/v/*/order*", refuse, times=2)
        await phone.add("tea")
        await phone.order()


async def test_double_taps_order_once(shop: Served, browser: Browser) -> None:
    async with guest(browser) as phone:
        await phone.scan(shop)
        await phone.page.evaluate("document.querySelector('[data-dish=tea]').click()")
        await phone.page.evaluate("document.querySelector('[data-dish=tea]').click()")
        await expect(phone.page.locator("#dish-form")).to_be_visible()
        await phone.page.evaluate("for (let n = 0; n < 3; n++) document.querySelector('[data-add]').click()")
        await expect(phone.page.locator("#basket-count")).to_have_text("1")
        await phone.open_basket()
        await phone.page.evaluate("for (let n = 0; n < 5; n++) document.querySelector('#order').click()")
        await phone.number()
        assert len(await orders(shop)) == 1


async def test_the_second_half_of_a_double_tap_presses_nothing_that_has_come_into_its_place(
    shop: Served, browser: Browser
) -> None:
    async with guest(browser) as phone:
        await phone.scan(shop)
        page = phone.page
        await phone.add("burger")
        place = await box(phone.tile("tea"))
        x, y = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
        await page.touchscreen.tap(x, y)
        await expect(page.locator("#dish-form")).to_be_visible()
        await page.touchscreen.tap(x, y)  # the sheet, or what is beside it
        await page.wait_for_timeout(400)
        await expect(page.locator("#dish-form")).to_be_visible()
        add = await box(page.locator("[data-add]"))
        for _ in range(3):
            await page.touchscreen.tap(add["x"] + add["width"] / 2, add["y"] + add["height"] / 2)
        await expect(page.locator("#basket-count")).to_have_text("2")
        await page.wait_for_timeout(400)
        await expect(page.locator("#basket")).to_be_hidden()
        assert await orders(shop) == []
        await page.touchscreen.tap(add["x"] + add["width"] / 2, add["y"] + add["height"] / 2)  # meant for what is there
        await expect(page.locator("#basket")).to_be_visible()


async def test_of_a_basket_with_more_dishes_than_an_order_holds_nothing_is_lost_and_some_can_be_taken_out(
    shop: Served, browser: Browser
) -> None:
    async with guest(browser) as phone:
        await phone.scan(shop)
        page, lines = phone.page, phone.page.locator("#basket [data-line]")
        await phone.add("tea")

        async def holds(many: int) -> None:
            await page.evaluate(
                """many => {
                    const now = JSON.parse(localStorage['pilotlight.basket']);
                    now.lines = Array(many).fill(now.lines[0]);
                    localStorage['pilotlight.basket'] = JSON.stringify(now);
                }""",
                many,
            )
            await page.reload()
            await phone.open_basket()

        await holds(200)
        await expect(lines).to_have_count(60)
        await expect(page.locator("#basket-count")).to_have_text("200")
        await expect(page.locator("#order-problem")).to_contain_text("At most 60 different dishes")
        await page.locator("#order").tap()
        await page.locator("[data-park]").tap()
        await expect(page.locator("#order-problem")).to_contain_text("At most 60 different dishes")
        assert await orders(shop) == []
        assert len(await page.evaluate("JSON.parse(localStorage['pilotlight.basket']).lines")) == 200
        await page.locator("#basket [data-action=close]").tap()
        await holds(61)
        await expect(lines).to_have_count(60)
        await lines.first.locator("[data-less]").tap()
        await expect(page.locator("#order-problem")).to_have_text("")
        await expect(lines).to_have_count(60)
        await page.locator("#order").tap()
        await phone.number()
        (placed,) = await orders(shop)
        assert len(placed["lines"]) == 60


async def test_a_basket_that_was_ordered_at_another_terminal_is_not_here_to_be_ordered_again(
    shop: Served, browser: Browser
) -> None:
    """To a browser each terminal is a place of its own: the one that a page had left still has the basket."""
    async with guest(browser) as phone:
        await phone.scan(shop)
        page = phone.page
        await phone.add("tea")
        left = await page.evaluate("localStorage['pilotlight.basket']")
        number = await phone.order()
        await page.locator("[data-back]").tap()
        await expect(page.locator("main section").first).to_be_visible()
        await page.evaluate("left => { localStorage['pilotlight.basket'] = left; }", left)
        await page.reload()
        await expect(page.locator("#basket-bar")).to_be_hidden()
        await expect(page.locator("#orders")).to_contain_text(number)
        await phone.add("burger")
        assert await phone.order() != number
        assert sorted(one["lines"][0]["item_id"] for one in await orders(shop)) == ["burger", "tea"]


async def test_another_guests_order_can_not_be_looked_at(shop: Served, browser: Browser) -> None:
    async with guest(browser) as phone:
        await phone.scan(shop)
        await phone.add("tea")
        await phone.order()
        (placed,) = await orders(shop)
        mine = phone.page.url.partition("?")[0]
        assert placed["order_id"] not in mine
    async with guest(browser) as other:
        await other.scan(shop)
        seen = await other.page.evaluate("document.documentElement.outerHTML + JSON.stringify(localStorage)")
        assert placed["number"] not in seen
        assert TOKEN not in seen
        visit = other.page.url.partition("?")[0].rstrip("/").rpartition("/")[2]
        for wrong in (
            mine[:-4] + "AAAA",
            f"{shop.url}/phone/o/{visit}",
            mine.replace("/o/", "/v/") + "/",
        ):
            answer = await other.page.goto(wrong)
            assert answer is not None
            assert answer.status == 404
            await expect(other.page.get_by_role("heading", name="This link does not open anything")).to_be_visible()
    for path in ("/v1/orders", "/v1/menu", f"/v1/orders/{placed['order_id']}"):
        assert (await shop.stranger.get(path)).status_code == 401


async def test_what_phones_are_told_has_no_secret_of_the_shop(shop: Served) -> None:
    """No bearer token, no key, nothing of other guests: in no answer that a phone can get."""
    page = await shop.stranger.get(await code(shop), follow_redirects=True)
    told = [page, *[await shop.stranger.get(f"/phone/{path}") for path in ("", "manifest.webmanifest", "sw.js")]]
    told.append(await shop.stranger.post(f"{page.url}basket", content=json.dumps({"lines": []})))
    for answer in told:
        assert answer.status_code == 200
        assert TOKEN not in answer.text
        assert TOKEN not in str(answer.headers)
        assert "set-cookie" not in answer.headers


async def test_a_link_of_yesterday_says_so_kindly_and_the_basket_is_still_there(
    shop: Served, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = await code(shop)
    monkeypatch.setattr(shop.node, "now_ms", lambda: 2_000_000_000_000)
    async with guest(browser) as phone:
        answer = await phone.page.goto(old)
        assert answer is not None
        assert answer.status == 410
        await expect(phone.page.get_by_role("heading", name="Good to see you again")).to_be_visible()
        await phone.scan(shop)
        await phone.add("tea")
        monkeypatch.setattr(shop.node, "now_ms", lambda: 2_000_000_000_000 + 24 * 3_600_000)
        await phone.page.locator("#open-basket").tap()  # the visit has run out while the page was open
        await expect(phone.page.get_by_role("heading", name="Good to see you again")).to_be_visible()
        await phone.scan(shop)
        await expect(phone.page.locator("#basket-count")).to_have_text("1")


async def test_an_earlier_order_whose_link_has_run_out_is_told_of_and_the_menu_stays(
    shop: Served, browser: Browser
) -> None:
    async with guest(browser) as phone:
        await phone.scan(shop)
        await phone.add("tea")
        await phone.page.goto(phone.page.url.partition("#")[0] + "#again=o.nothing.at-all")
        await phone.page.reload()
        told = phone.page.get_by_text("That earlier order can’t be looked up any more")
        await expect(told).to_be_visible()
        await expect(phone.page.locator("#basket-count")).to_have_text("1")
        await phone.add("tea")  # and one goes on
        await expect(phone.page.locator("#basket-count")).to_have_text("2")


async def test_an_old_basket_is_priced_anew_and_says_what_changed(shop: Served, browser: Browser) -> None:
    async with guest(browser) as phone:
        await phone.scan(shop)
        await phone.add("tea")
        await phone.add("burger")
        dearer = {**MENU["items"][0], "variations": [{"variation_id": "t1", "name": "Cup", "price_minor": 290}]}
        await shop.publish(items=[dearer, *MENU["items"][1:]])
        await shop.command("stock.out", ingredient_id="bacon")
        button = await phone.open_basket()
        basket = phone.page.locator("#basket")
        await expect(basket.locator("[data-line='0']")).to_contain_text("Was €2.50, is now €2.90")
        await expect(basket.locator("[data-line='1']")).to_contain_text("Sold out: Bacon")
        await expect(button).to_be_disabled()
        await basket.locator("[data-line='1'] [data-remove]").tap()
        await expect(button).to_be_enabled()
        was = basket.locator("[data-line='0']").get_by_text("Was €2.50, is now €2.90")
        await expect(was).to_be_visible()  # it is read
        await basket.locator("[data-action=close]").tap()
        await phone.looks()
        await phone.open_basket()
        await expect(basket.locator("[data-line='0']")).to_contain_text("€2.90")
        await expect(was).to_have_count(0)
        await button.tap()
        await phone.number()
        (placed,) = await orders(shop)
        assert placed["total_minor"] == 290


async def test_a_price_that_changes_between_look_and_tap_is_asked_about(shop: Served, browser: Browser) -> None:
    async with guest(browser) as phone:
        await phone.scan(shop)
        await phone.add("tea")
        button = await phone.open_basket()
        async with asyncio.timeout(30):  # the page does not hear of it
            await phone.page.route_web_socket("**/phone/live*", lambda _: None)
        await phone.page.reload()
        await expect(button).to_be_visible()  # the order is open again
        dearer = {**MENU["items"][0], "variations": [{"variation_id": "t1", "name": "Cup", "price_minor": 290}]}
        await shop.publish(items=[dearer, *MENU["items"][1:]])
        await button.tap()
        await expect(phone.page.locator("#order-problem")).to_contain_text("Nothing was ordered yet")
        await expect(button).to_contain_text("€2.90")
        assert await orders(shop) == []
        await button.tap()
        await phone.number()
        assert [one["total_minor"] for one in await orders(shop)] == [290]


async def test_what_runs_out_fades_where_it_stands_while_the_guest_looks(shop: Served, browser: Browser) -> None:
    async with guest(browser) as phone:
        await phone.scan(shop)
        form = await phone.open_dish("burger")
        await form.get_by_text("Extra cheese").tap()
        await shop.command("stock.out", modifier_id="cheese")
        cheese = form.locator("input[value=cheese]")
        await expect(cheese).to_be_disabled()
        await expect(form).to_contain_text("Sold out")
        await shop.command("stock.out", ingredient_id="bacon")
        await expect(form.locator("[data-add]")).to_be_disabled()
        await form.locator("[data-action=close]").tap()
        await expect(phone.page.locator(".tile[data-item=burger]")).to_contain_text("Sold out: Bacon")
        await phone.tile("burger").tap(force=True)  # it says that it is disabled, and answers why
        await expect(phone.page.locator("#toast")).to_have_text("Bacon burger can’t be had right now.")
        await shop.command("stock.back", ingredient_id="bacon")
        await expect(phone.page.locator(".tile[data-item=burger] .why")).to_be_empty()


async def test_a_basket_that_is_opened_without_a_line_says_so_and_can_be_closed(shop: Served, browser: Browser) -> None:
    async with guest(browser) as phone:
        await phone.scan(shop)
        await phone.add("tea")
        await phone.page.context.set_offline(True)
        await phone.page.locator("#open-basket").tap()
        basket = phone.page.locator("#basket")
        await expect(basket.get_by_role("heading")).to_be_in_viewport()
        await expect(basket.locator("#bar")).to_contain_text("No connection to the shop")
        await basket.locator("[data-action=close]").tap()
        await expect(basket).to_be_hidden()
        await expect(phone.page.locator("#bar")).to_be_visible()
        await phone.page.locator("#open-basket").tap()
        await expect(basket.locator("#bar")).to_be_visible()
        await phone.page.context.set_offline(False)
        await expect(phone.page.locator("#order")).to_be_enabled()
        await expect(phone.page.locator("#bar")).to_be_hidden()


async def test_without_a_line_the_basket_shows_what_was_chosen_and_then_what_it_costs(
    shop: Served, browser: Browser
) -> None:
    async with guest(browser) as phone:
        await phone.scan(shop)
        await phone.add("burger")
        await phone.open_dish("tea")
        await phone.page.locator(".sheet-foot [data-step='1']").tap()
        await phone.page.context.set_offline(True)
        await phone.page.locator("[data-add]").tap()
        await phone.page.locator("#open-basket").tap()
        basket = phone.page.locator("#basket")
        await expect(basket.locator(".known li")).to_have_text(["1 ×Bacon burger", "2 ×Tea"])
        await expect(phone.page.locator("#order")).to_have_count(0)
        await phone.page.context.set_offline(False)
        await expect(phone.page.locator("#order")).to_contain_text("€15.90")
        await expect(basket.locator(".known")).to_have_count(0)


async def lost(route: Route) -> None:
    """The order gets through, its answer doesn't."""
    await route.fetch()
    await route.abort()


async def test_what_is_chosen_while_an_order_is_on_its_way_is_the_next_one(shop: Served, browser: Browser) -> None:
    async with guest(browser) as phone:
        page = phone.page
        await phone.scan(shop)
        await phone.add("tea")
        go = asyncio.Event()

        async def slow(route: Route) -> None:
            await go.wait()
            await lost(route)

        await page.route("**/phone/v/*/order*", slow, times=1)
        await (await phone.open_basket()).tap()
        await page.locator("#basket [data-action=close]").tap()
        await phone.add("salad")
        await phone.add("tea")
        await page.locator("#open-basket").tap()
        await expect(page.locator("#order")).to_contain_text("One moment")
        await page.reload()
        go.set()
        number = await phone.number()
        (placed,) = await orders(shop)
        assert placed["number"] == number
        assert [(one["item_id"], one["quantity"]) for one in placed["lines"]] == [("tea", 1)]
        await page.goto(await code(shop))
        await expect(page.locator("#basket-count")).to_have_text("2")
        await phone.order()
        assert sorted(len(one["lines"]) for one in await orders(shop)) == [1, 2]


YESTERDAY = """() => {
    const basket = JSON.parse(localStorage['pilotlight.basket']);
    basket.sent.at -= 24 * 3600 * 1000;
    localStorage['pilotlight.basket'] = JSON.stringify(basket);
}"""


async def test_an_order_that_was_sent_in_vain_yesterday_is_not_sent_by_itself_today(
    shop: Served, browser: Browser
) -> None:
    async with guest(browser) as phone:
        page = phone.page
        await phone.scan(shop)
        await phone.add("tea")
        await page.route("**/phone/v/*/order*", lambda route: route.abort())
        await (await phone.open_basket()).tap()
        await page.evaluate(YESTERDAY)
        await page.goto("about:blank")
        await page.unroute("**/phone/v/*/order*")
        await page.goto(await code(shop))
        button = page.locator("#order")
        await expect(button).to_contain_text("Order")
        await expect(button).to_be_enabled()
        await page.wait_for_timeout(500)
        assert await orders(shop) == []
        await button.tap()
        await phone.number()
        assert len(await orders(shop)) == 1


async def test_an_order_of_yesterday_that_got_through_unheard_is_told_of_and_not_made_again(
    shop: Served, browser: Browser
) -> None:
    async with guest(browser) as phone:
        page = phone.page
        await phone.scan(shop)
        await phone.add("tea")
        sent = asyncio.Event()

        async def taken_and_lost(route: Route) -> None:
            await route.fetch()
            sent.set()
            await asyncio.sleep(60)

        await page.route("**/phone/v/*/order*", taken_and_lost, times=1)
        await (await phone.open_basket()).tap()
        await sent.wait()
        await page.evaluate(YESTERDAY)
        await page.goto(await code(shop))
        (placed,) = await orders(shop)
        await expect(page.locator(".order-chip")).to_contain_text(placed["number"])
        await expect(page.locator("#basket-bar")).to_be_hidden()
        assert len(await orders(shop)) == 1
