"""What a guest does with a phone, in a real browser of a phone's size: moments 1 to 6 without a kiosk."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.unit.api.serving import MENU, Served, serving
from tests.web.guest import guest

pytestmark = pytest.mark.asyncio(loop_scope="session")

SIZES = {
    "modifier_group_id": "sauce",
    "name": "Sauce",
    "min": 1,
    "max": 1,
    "modifiers": [
        {"modifier_id": "smoky", "name": "Smoky", "price_minor": 0},
        {"modifier_id": "garlic", "name": "Garlic", "price_minor": 50},
    ],
}
TOAST = {
    "item_id": "toast",
    "name": "Toast",
    "variations": [
        {"variation_id": "small", "name": "Small", "price_minor": 300},
        {"variation_id": "large", "name": "Large", "price_minor": 450},
    ],
    "modifier_group_ids": ["sauce", "extras"],
    "ingredient_ids": ["onion"],
}
PROTEINS = {
    "modifier_group_id": "protein",
    "name": "Protein",
    "min": 1,
    "max": 1,
    "modifiers": [
        {"modifier_id": "lamb", "name": "Lamb", "price_minor": 1300},
        {"modifier_id": "paneer", "name": "Paneer", "price_minor": 1000},
    ],
}
CURRY = {
    "item_id": "curry",
    "name": "Curry",
    "variations": [{"variation_id": "curry-1", "name": "", "price_minor": 0}],
    "modifier_group_ids": ["protein"],
}
SET = {
    "item_id": "set",
    "name": "Toast set",
    "variations": [{"variation_id": "set-1", "name": "", "price_minor": 700}],
}


FOUR = {"item_id": "four", "name": "Four", "variations": [{"variation_id": "four-1", "name": "", "price_minor": 900}]}
IDS = ["tea", "burger", "salad", "toast", "set", "curry", "four"]


def menu(**fields: Any) -> dict[str, Any]:
    return {
        **MENU,
        "categories": [{"category_id": "c", "name": "All", "item_ids": IDS}],
        "items": [*MENU["items"], TOAST, SET, CURRY, FOUR],
        "modifier_groups": [*MENU["modifier_groups"], SIZES, PROTEINS],
        "ingredients": [*MENU["ingredients"], {"ingredient_id": "onion", "name": "Onion", "removable_from": ["toast"]}],
        "combos": [
            {
                "combo_id": "combo-set",
                "item_id": "set",
                "name": "Toast set",
                "slots": [
                    {"slot_id": "main", "name": "Main", "options": [{"item_id": "toast", "variation_id": "large"}]},
                    {
                        "slot_id": "side",
                        "name": "Side",
                        "options": [{"item_id": "tea"}, {"item_id": "salad", "price_minor": 200}],
                    },
                ],
            },
            {
                "combo_id": "combo-four",
                "item_id": "four",
                "name": "Four",
                "slots": [
                    {
                        "slot_id": "any",
                        "name": "Any four",
                        "min": 4,
                        "max": 4,
                        "options": [
                            {"item_id": "tea"},
                            {"item_id": "toast", "variation_id": "small", "price_minor": 30},
                        ],
                    }
                ],
            },
        ],
        **fields,
    }


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shop(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    folder = tmp_path_factory.mktemp("phone")
    async with serving(folder, network=True, store="corner", label="Kiosk 1", role="kiosk") as served:
        await served.command("menu.publish", menu=menu())
        yield served


async def test_from_the_code_to_the_meal(shop: Served, browser: Browser) -> None:
    """The smallest way through everything: scan, choose, order, pay at the counter, see it become ready."""
    async with guest(browser) as phone:
        await phone.scan(shop)
        await phone.add("tea")
        number = await phone.order()
        await phone.sees("pay")
        placed = next(o for o in await shop.get("/v1/orders") if o["number"] == number)
        assert (placed["channel"], placed["total_minor"], placed["released"]) == ("phone", 250, False)
        await shop.command("payments.capture", order_id=placed["order_id"], tender="cash")
        await phone.sees("waiting")
        await shop.command("kitchen.bump", order_id=placed["order_id"])
        await phone.sees("ready")
        await shop.command("orders.collect", order_id=placed["order_id"])
        await phone.sees("collected")


async def test_a_dish_is_put_together_as_the_guest_wants_it(shop: Served, browser: Browser) -> None:
    async with guest(browser) as phone:
        await phone.scan(shop)
        form = await phone.open_dish("toast")
        add = form.locator("[data-add]")
        await add.tap()
        await expect(form.locator("fieldset.asked .missing")).to_have_text("Still missing: Sauce")
        rule = form.locator("fieldset.asked .rule")
        await expect(rule).to_have_text("Please choose 1")
        await form.get_by_text("Large").tap()
        sauce = form.locator("fieldset", has_text="Garlic").locator(".rule")
        await form.get_by_text("Garlic").tap()
        await expect(sauce).to_have_text("Chosen")
        await form.get_by_text("Extra cheese").tap()
        await form.locator(".with-count [data-step='1']").tap()
        await form.get_by_text("No onion").tap()
        await expect(add).to_contain_text("€6.80")
        await add.tap()
        number = await phone.order()
        placed = next(o for o in await shop.get("/v1/orders") if o["number"] == number)
        (line,) = placed["lines"]
        assert placed["total_minor"] == 450 + 50 + 2 * 90
        assert (line["variation_id"], line["without"]) == ("large", ["onion"])
        assert {m["modifier_id"]: m["quantity"] for m in line["modifiers"]} == {"garlic": 1, "cheese": 2}


async def test_another_round_is_the_same_dishes_at_today_s_prices(shop: Served, browser: Browser) -> None:
    """A table orders its drinks once more; meanwhile the tea has become dearer."""
    async with guest(browser) as phone:
        await phone.scan(shop)
        await phone.add("tea")
        form = await phone.open_dish("set")
        await form.get_by_text("Garlic").tap()
        await form.get_by_text("Salad").tap()
        await form.locator("[data-add]").tap()
        first = await phone.order()
        await phone.sees("pay")
        await expect(phone.page.locator("[data-again]")).to_be_hidden()  # it would look like the way to pay
        order_id = next(o["order_id"] for o in await shop.get("/v1/orders") if o["number"] == first)
        await shop.command("payments.capture", order_id=order_id, tender="cash")
        await shop.command("kitchen.bump", order_id=order_id)
        await phone.sees("ready")
        dearer = menu()
        dearer["items"][0] = {
            **dearer["items"][0],
            "variations": [{**dearer["items"][0]["variations"][0], "price_minor": 270}],
        }
        await shop.command("menu.publish", menu=dearer)
        try:
            await phone.page.locator("[data-again]").tap()
            await expect(phone.page.locator("#basket [data-line]")).to_have_count(2)
            await expect(phone.page.locator("#basket")).to_contain_text("€2.70")
            await expect(phone.page.locator("#basket")).to_contain_text("€2.50")  # what it cost before
            await phone.page.locator("#order").tap()
            await expect(phone.page.locator("[data-number]")).not_to_have_text(first)
            second = await phone.number()
            placed = {o["number"]: o for o in await shop.get("/v1/orders")}
            again, before = placed[second], placed[first]
            assert [line["item_id"] for line in again["lines"]] == [line["item_id"] for line in before["lines"]]
            assert again["lines"][1]["components"] == before["lines"][1]["components"]
            assert again["total_minor"] == before["total_minor"] + 20
        finally:
            await shop.command("menu.publish", menu=menu())


async def test_the_number_of_an_order_stands_on_one_line_beside_what_to_do(shop: Served, browser: Browser) -> None:
    async with guest(browser) as phone:
        await phone.scan(shop)
        await phone.add("tea")
        await phone.order()
        await phone.page.locator("[data-back]").tap()
        number = phone.page.locator(".order-chip strong")
        await expect(number).to_be_visible()
        tops = await number.evaluate(
            "one => { const r = document.createRange(); r.selectNodeContents(one); "
            "return new Set([...r.getClientRects()].map(rect => rect.top)).size }"
        )
        assert tops == 1


async def test_a_dish_is_never_shown_for_less_than_it_can_be_had_for(shop: Served, browser: Browser) -> None:
    async with guest(browser) as phone:
        await phone.scan(shop)
        await expect(phone.page.locator("[data-dish=curry] .price")).to_have_text("from €10.00")
        form = await phone.open_dish("curry")
        await expect(form.locator("[data-add]")).to_contain_text("from €10.00")
        assert await form.locator(".sheet-picture").count() == 0  # its room is the words
        await form.get_by_text("Lamb").tap()
        await expect(form.locator("[data-add]")).to_contain_text("€13.00")
        await expect(form.locator("[data-add]")).not_to_contain_text("from")


async def test_a_set_asks_for_its_dishes_and_what_they_ask(shop: Served, browser: Browser) -> None:
    async with guest(browser) as phone:
        await phone.scan(shop)
        form = await phone.open_dish("set")
        await form.get_by_text("Garlic").tap()  # the only main dish is chosen already, and asks for its sauce
        await form.get_by_text("Salad").tap()
        await expect(form.locator("[data-add]")).to_contain_text("€9.50")
        await form.locator("[data-add]").tap()
        number = await phone.order()
        placed = next(o for o in await shop.get("/v1/orders") if o["number"] == number)
        assert placed["total_minor"] == 700 + 50 + 200
        assert [c["item_id"] for c in placed["lines"][0]["components"]] == ["toast", "salad"]


async def test_four_of_two_kinds_are_some_of_them_several_times(shop: Served, browser: Browser) -> None:
    """What is asked about one of them is answered once, and costs as often as it is had."""
    async with guest(browser) as phone:
        await phone.scan(shop)
        form = await phone.open_dish("four")
        await form.get_by_text("Toast", exact=True).first.tap()
        more = form.locator(".with-count:has(input[value=toast]) [data-step='1']")
        await more.tap()
        await form.get_by_text("Garlic").tap()
        await expect(form.locator("[data-add]")).to_contain_text("€10.60")
        await form.get_by_text("Tea", exact=True).tap()
        await form.locator("[data-add]").tap()
        missing = form.locator("[data-kind=slot] .missing")
        await expect(missing).to_contain_text("Any four")  # one is missing
        await form.locator(".with-count:has(input[value=tea]) [data-step='1']").tap()
        await form.locator(".with-count:has(input[value=tea]) [data-step='1']").tap()  # a fifth is not taken
        await expect(missing).to_be_empty()
        await phone.page.wait_for_timeout(400)  # a tap sooner is the second half of the one that found it missing
        await form.locator("[data-add]").tap()
        await (await phone.open_basket()).wait_for()
        await expect(phone.page.locator("[data-line='0']")).to_contain_text("Toast ×2 (Small, Garlic)")
        await phone.page.locator("#order").tap()
        number = await phone.number()
        placed = next(o for o in await shop.get("/v1/orders") if o["number"] == number)
        assert placed["total_minor"] == 900 + 2 * 30 + 2 * 50
        assert [c["item_id"] for c in placed["lines"][0]["components"]] == ["tea", "tea", "toast", "toast"]


async def test_a_basket_goes_from_the_kiosk_to_the_phone_and_back(shop: Served, browser: Browser) -> None:
    line = {"item_id": "toast", "quantity": 2, "variation_id": "large", "modifiers": [{"modifier_id": "garlic"}]}
    given = await shop.http.post(
        "/v1/phone/links",
        json={"kind": "basket", "lines": [line, {"item_id": "tea", "quantity": 1}], "dining": "takeaway"},
    )
    async with guest(browser) as phone:
        await phone.page.goto(given.json()["url"])
        basket = phone.page.locator("#basket")
        await expect(basket.locator("[data-line='0']")).to_contain_text("Toast · Large")
        await expect(basket.locator("#order")).to_contain_text("€12.50")
        await expect(basket.get_by_label("Take away")).to_be_checked()
        await basket.locator("[data-line='1'] [data-more]").tap()
        await expect(basket.locator("#order")).to_contain_text("€15.00")
        await basket.locator("[data-park]").tap()
        code = await basket.locator("[data-code]").get_attribute("data-code")
        back = await shop.get(f"/v1/phone/baskets/{code}")
        assert back["dining"] == "takeaway"
        assert [(one["item_id"], one["quantity"]) for one in back["lines"]] == [("toast", 2), ("tea", 2)]
        assert back["lines"][0]["modifiers"] == [{"modifier_id": "garlic", "quantity": 1}]
    assert (await shop.http.get("/v1/phone/baskets/000000")).status_code == 404
    assert (await shop.stranger.get(f"/v1/phone/baskets/{code}")).status_code == 401


async def test_a_basket_that_is_taken_up_at_a_kiosk_is_not_in_the_phone_to_be_ordered_again(
    shop: Served, browser: Browser
) -> None:
    async with guest(browser) as phone:
        await phone.scan(shop)
        await phone.add("tea")
        await phone.open_basket()
        page, number = phone.page, phone.page.locator("[data-code]")
        await page.locator("[data-park]").tap()
        shown = await number.text_content()
        heard = page.locator("[data-item=toast] .why")
        await shop.command("stock.out", item_id="toast")  # on the way to the kiosk
        await expect(heard).not_to_be_empty()
        await shop.command("stock.back", item_id="toast")
        await expect(heard).to_be_empty()
        await page.wait_for_timeout(1500)
        await expect(number).to_have_text(shown or "")
        await page.locator("[data-moved]").tap()
        await expect(page.locator("#basket")).to_be_hidden()
        await expect(page.locator("#basket-bar")).to_be_hidden()
        await page.locator("#toast button").tap()
        await expect(page.locator("#basket-count")).to_have_text("1")
        await phone.open_basket()
        await page.locator("[data-park]").tap()
        await page.locator("[data-keep]").tap()
        await expect(page.locator("#order")).to_contain_text("€2.50")


async def test_who_sits_at_a_table_is_not_asked_where_and_may_take_it_away(shop: Served, browser: Browser) -> None:
    async with guest(browser) as phone:
        await phone.scan(shop)
        await phone.add("tea")
        await phone.open_basket()
        basket = phone.page.locator("#basket")
        await expect(basket).to_contain_text("Where will you eat today?")
        await basket.locator(".segment", has_text="Take away").tap()
        await phone.order_and_come_back()

        await phone.scan(shop, kind="table", table="7")  # another visit: what was said before was of another meal
        for taken_away in (False, True):
            await phone.add("tea")
            await phone.open_basket()
            await expect(basket).to_contain_text("You are ordering at Table 7")
            await expect(basket).not_to_contain_text("Where will you eat today?")
            await expect(basket.get_by_label("Take away")).not_to_be_checked()
            if taken_away:
                await basket.locator(".chip", has_text="Take away").tap()
                await expect(basket.get_by_label("Take away")).to_be_checked()
            number = await phone.order_and_come_back()
            placed = next(o for o in await shop.get("/v1/orders") if o["number"] == number)
            assert (placed["dining"], placed["table"]) == ("takeaway" if taken_away else "here", "7")


async def test_whole_forints_are_written_without_fillers_and_others_with_them(tmp_path: Path, browser: Browser) -> None:
    """As the shop wrote it on the page, so the page's own sums."""
    tea = {**MENU["items"][0], "variations": [{"variation_id": "t1", "name": "", "price_minor": 149000}]}
    tea |= {"modifier_group_ids": ["extras"]}
    extras = {
        **MENU["modifier_groups"][0],
        "modifiers": [
            {"modifier_id": "milk", "name": "Milk", "price_minor": 10000},
            {"modifier_id": "drop", "name": "A drop", "price_minor": 50},
        ],
    }
    async with serving(tmp_path, network=True, store="corner", label="Kiosk 1", role="kiosk") as shop:
        await shop.publish(currency="HUF", items=[tea, *MENU["items"][1:]], modifier_groups=[extras])
        async with guest(browser) as phone:
            await phone.scan(shop)
            await expect(phone.tile("tea").locator(".price")).to_have_text("HUF\u00a01,490")
            form = await phone.open_dish("tea")
            button = phone.page.locator("[data-add]")
            await form.locator("input[value=milk]").tap()
            await expect(button).to_contain_text("HUF\u00a01,590")
            await expect(button).not_to_contain_text(".")
            await form.locator("input[value=drop]").tap()
            await expect(button).to_contain_text("HUF\u00a01,590.50")
