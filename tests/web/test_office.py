"""What head office can do from its page: the moments 15 to 17, in a real browser."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from server.cards.amounts import EXPONENTS
from tests.unit.api.serving import MENU, TOKEN, serving
from tests.web.conftest import Business, until

pytestmark = pytest.mark.asyncio(loop_scope="session")


def row(page: Page, store: str):  # type: ignore[no-untyped-def]
    return page.locator("tr", has=page.get_by_role("rowheader", name=store))


async def test_the_link_signs_in_and_leaves_no_token_behind(business: Business, page: Page) -> None:
    assert page.url == f"{business.office.url}/"
    await expect(page.get_by_role("heading", name="Today")).to_be_visible()
    assert TOKEN not in await page.evaluate("document.cookie + location.href + JSON.stringify(localStorage)")
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_label("Token")).to_be_visible()
    await page.get_by_label("Token").fill(TOKEN)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("heading", name="Today")).to_be_visible()


async def test_sales_of_every_store_appear_as_they_happen(business: Business, page: Page) -> None:
    await expect(page.locator("#live")).to_have_text("Live")
    await expect(row(page, "harbour")).to_contain_text("Connected")
    order_id = await business.harbour.place("burger", 2)
    number = (await business.harbour.get(f"/v1/orders/{order_id}"))["number"]
    await expect(page.locator("#latest")).to_contain_text(number)
    sold = (await business.harbour.get("/v1/sales"))["harbour"]["total_minor"]
    await expect(row(page, "harbour")).to_contain_text(f"€{sold / 100:.2f}")
    await expect(page.locator("#hours li.now")).to_have_count(1)


async def test_a_shop_that_is_cut_off_is_shown_and_its_sales_land_once_when_it_is_back(
    business: Business, page: Page
) -> None:
    business.relay.cut()
    await expect(row(page, "harbour")).to_contain_text("Not reachable")
    await expect(row(page, "harbour")).to_contain_text("since")
    await expect(row(page, "riverside")).to_contain_text("Connected")
    placed = {await business.harbour.place() for _ in range(3)}
    business.relay.restore()
    await expect(row(page, "harbour")).to_contain_text("Connected")

    async def landed() -> bool:
        return placed <= {order["order_id"] for order in await business.office.get("/v1/orders")}

    await until(landed)
    orders = await business.office.get("/v1/orders?store=harbour")
    assert len({order["order_id"] for order in orders}) == len(orders)
    sold = sum(order["total_minor"] for order in orders)
    await expect(row(page, "harbour")).to_contain_text(f"€{sold / 100:.2f}")


async def test_what_a_terminal_has_to_tell_stands_on_the_first_page(business: Business, page: Page) -> None:
    await expect(row(page, "harbour")).to_contain_text("Connected")
    text = "The log of this terminal was damaged. Order A47 came back from nobody."
    business.harbour.node._alarms.tell("log_damaged", text)
    attention = page.get_by_role("region", name="Needs a look")
    await expect(attention).to_contain_text(text)
    await expect(attention).to_contain_text("harbour · ")


async def test_a_price_is_changed_for_all_shops(business: Business, page: Page) -> None:
    await page.get_by_role("link", name="Menu").click()
    price = page.get_by_label("Price of Tea")
    await price.fill("2,75")
    await price.blur()
    await expect(page.locator("#changes")).to_contain_text("€2.50 → €2.75")
    await page.get_by_role("button", name="Publish to all stores").click()
    await expect(page.locator("#published")).to_contain_text("Published for all stores")
    for shop in (business.harbour, business.riverside):

        async def has_it(shop=shop) -> bool:  # type: ignore[no-untyped-def]
            menu = await shop.get("/v1/menu")
            return bool(menu["items"][0]["variations"][0]["price_minor"] == 275)

        await until(has_it)
    wanted = business.office.node.services.menu_version("harbour")
    await expect(row(page, "harbour")).to_contain_text(wanted)
    await expect(row(page, "harbour")).to_contain_text("Current")
    await business.office.publish()


async def test_amounts_of_every_currency_are_those_that_the_shops_take(business: Business, page: Page) -> None:
    """A browser knows no coins of the forint: sales would read a hundred times too large, and prices be published a
    hundred times too small."""
    asked = """async () => {
        const { minorDigits, money } = await import("/static/common.js");
        const known = Intl.supportedValuesOf("currency");
        const digits = Object.fromEntries(known.map((one) => [one, minorDigits(one)]));
        return [digits, money(149050, "HUF"), money(1500, "IQD")];
    }"""
    digits, forint, dinar = await page.evaluate(asked)
    assert digits == {currency: EXPONENTS.get(currency, 2) for currency in digits}
    assert "1,490.50" in forint
    assert "1.500" in dinar


async def test_a_price_that_is_none_is_not_taken(business: Business, page: Page) -> None:
    await page.goto(business.office.url + "/menu")
    price = page.get_by_label("Price of Salad")
    for typed in ("abc", "-1", "1.234", "1e9", "99999999999"):
        await price.fill(typed)
        await price.blur()
        await expect(price).to_have_attribute("aria-invalid", "true")
    await expect(page.locator("#changes li")).to_have_count(0)


async def test_a_menu_file_is_shown_first_and_then_published_to_the_chosen_store(
    business: Business, page: Page, tmp_path: Path
) -> None:
    file = tmp_path / "riverside.json"
    file.write_text(
        json.dumps(
            {**MENU, "name": "Riverside only", "items": MENU["items"][:2], "ingredients": []}
            | {"categories": [{**MENU["categories"][0], "item_ids": ["tea", "burger"]}]}
            | {"items": [MENU["items"][0], {**MENU["items"][1], "ingredient_ids": []}]}
        )
    )
    await page.goto(business.office.url + "/menu")
    await expect(page.get_by_label("Price of Salad")).to_be_visible()
    await page.set_input_files("#file", file)
    await expect(page.locator("#file-said")).to_contain_text("Nothing is published yet")
    await expect(page.locator("#changes")).to_contain_text("Gone: Salad")
    assert (await business.riverside.get("/v1/menu"))["name"] == "Corner"
    await page.get_by_label("Only these").check()
    await page.locator("#targets").get_by_label("riverside").check()
    await page.get_by_role("button", name="Publish to 1 store").click()
    await expect(page.locator("#published")).to_contain_text("Published for riverside")

    async def has_it() -> bool:
        return bool((await business.riverside.get("/v1/menu"))["name"] == "Riverside only")

    await until(has_it)
    assert (await business.harbour.get("/v1/menu"))["name"] == "Corner"
    await business.office.publish()


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe", b"[1, 2, 3]", b'{"currency": "EUR", "items": "none"}'])
async def test_a_bad_menu_file_is_one_sentence_and_changes_nothing(
    business: Business, page: Page, tmp_path: Path, content: bytes
) -> None:
    before = await business.office.get("/v1/menu")
    file = tmp_path / "bad.json"
    file.write_bytes(content)
    await page.goto(business.office.url + "/menu")
    await expect(page.get_by_label("Price of Tea")).to_be_visible()
    async with page.expect_response("**/v1/menu/read") as answered:
        await page.set_input_files("#file", file)
    assert (await answered.value).status == 400
    await expect(page.locator("#file-said .bad")).not_to_be_empty()
    assert await business.office.get("/v1/menu") == before


async def test_what_happened_to_an_order_is_told_event_by_event(business: Business, page: Page) -> None:
    order_id = await business.riverside.place("tea", 2, customer_name="Ada")
    await business.riverside.command("payments.capture", order_id=order_id, tender="cash")
    await business.riverside.command("kitchen.bump", order_id=order_id)
    order = await business.riverside.get(f"/v1/orders/{order_id}")

    async def landed() -> bool:
        answer = await business.office.http.get(f"/v1/orders/{order_id}")
        return answer.status_code == 200 and len(answer.json()["history"]) == len(order["history"])

    await until(landed)
    await page.get_by_role("link", name="Order history").click()
    await page.get_by_label("Number").fill(order["number"].lower())
    await page.get_by_label("Day").fill(order["business_day"])
    await page.get_by_role("button", name="Find").click()
    entries = page.locator("#timeline > li")
    await expect(entries).to_have_count(len(order["history"]))
    for n, entry in enumerate(order["history"]):
        await expect(entries.nth(n)).to_contain_text(entry["what"])
        await expect(entries.nth(n)).to_contain_text("on Counter")
        await expect(entries.nth(n)).to_contain_text(entry["event"])
    await expect(page.locator("main")).to_contain_text("Times in Europe/Berlin")
    await business.riverside.command("orders.collect", order_id=order_id)  # told while one looks at it
    await expect(entries).to_have_count(len(order["history"]) + 1)
    await expect(entries.last).to_contain_text("collected")


async def test_an_order_that_was_not_that_day_is_found_on_the_day_it_was(business: Business, page: Page) -> None:
    order_id = await business.riverside.place()
    order = await business.riverside.get(f"/v1/orders/{order_id}")

    async def landed() -> bool:
        return (await business.office.http.get(f"/v1/orders/{order_id}")).status_code == 200

    await until(landed)
    await page.goto(f"{business.office.url}/orders?number={order['number']}&day=2020-02-01")
    await expect(page.locator("#said")).to_contain_text(f"There is no order {order['number']}")
    await expect(page.locator("#found")).to_contain_text("other days")
    await page.locator("#found a").click()
    await expect(page.get_by_role("heading", name=f"Order {order['number']}")).to_be_focused()
    await page.go_back()
    await expect(page.locator("#found")).to_contain_text("other days")


async def test_the_page_comes_back_by_itself_after_the_server_was_away(browser: Browser, tmp_path: Path) -> None:
    who = {"store": "", "label": "Head office", "role": "office"}
    page = await browser.new_page()
    try:
        async with serving(tmp_path / "office", **who) as office:
            await page.goto(f"{office.url}/?token={TOKEN}")
            await expect(page.locator("#live")).to_have_text("Live")
        await expect(page.locator("#live")).to_have_text("Connecting again…")
        async with serving(tmp_path / "office", port=office.port, **who):
            await expect(page.locator("#live")).to_have_text("Live")
    finally:
        await page.close()


async def test_nothing_is_fetched_from_anywhere_else(business: Business, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path in ("/", "/menu", "/orders"):
        await page.goto(business.office.url + path)
        await expect(page.locator("#live")).to_have_text("Live")
    assert asked
    assert all(url.startswith(business.office.url) for url in asked)


CONTRAST = """
() => {
  const parse = (text) => (text.match(/[\\d.]+/g) ?? []).map(Number);
  const light = ([r, g, b]) => {
    const [R, G, B] = [r, g, b].map((v) => (v / 255 <= 0.03928 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * R + 0.7152 * G + 0.0722 * B;
  };
  const ground = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const c = parse(getComputedStyle(e).backgroundColor);
      if (c.length === 3 || c[3] === 1) return c;
    }
    return [255, 255, 255];
  };
  const poor = [];
  for (const element of document.querySelectorAll("body *")) {
    const text = [...element.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    const style = getComputedStyle(element);
    if (!text || style.visibility === "hidden" || !element.getClientRects().length || element.disabled) continue;
    const [a, b] = [light(parse(style.color)), light(ground(element))].sort((x, y) => y - x);
    const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700);
    if ((a + 0.05) / (b + 0.05) < (large ? 3 : 4.5)) poor.push(`${element.className} ${element.textContent.trim()}`);
  }
  return poor;
}
"""

UNNAMED = """
() => [...document.querySelectorAll("a, button, input, select")].filter((e) => e.getClientRects().length)
  .filter((e) => !(e.ariaLabel || e.labels?.length || e.textContent.trim() || e.title)).map((e) => e.outerHTML)
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_everyone_can_read_and_reach_everything(business: Business, page: Page, scheme: str) -> None:
    """WCAG 2.2 AA: contrast (1.4.3), names (4.1.2), reflow at 320 px (1.4.10), a way past the navigation (2.4.1)."""
    await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    order_id = await business.riverside.place()
    for path in ("/", "/menu", "/orders", f"/orders?id={order_id}"):
        await page.set_viewport_size({"width": 1280, "height": 800})
        await page.goto(business.office.url + path)
        await expect(page.locator("#live")).to_have_text("Live")
        assert await page.evaluate(CONTRAST) == []
        assert await page.evaluate(UNNAMED) == []
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
        await page.set_viewport_size({"width": 320, "height": 640})
        assert await page.evaluate("document.documentElement.scrollWidth") <= 320
