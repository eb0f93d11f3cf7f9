"""The phone's pages for everyone: by keys, magnified, from right to left, over plain http, with odd menus."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect

from server.phone.words import NAMES
from tests.unit.api.serving import MENU, Served, serving
from tests.web.conftest import CHROMIUM, CHROMIUM_ARGUMENTS
from tests.web.guest import box, code, guest

pytestmark = pytest.mark.asyncio(loop_scope="session")

STATIC = Path("server/phone/static")
STICKING_OUT = """() => [...document.querySelectorAll('#basket *')]
    .filter(one => one.checkVisibility() && (one.getBoundingClientRect().right > innerWidth + 1
        || one.getBoundingClientRect().left < -1) && !one.closest('.heard, .button.round'))
    .map(one => one.outerHTML.slice(0, 90))"""
LEAST_TARGET = 44
"""CSS pixels: WCAG 2.2 wants 24, the shop's screens 48; a language's list is drawn by the phone."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shop(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    folder = tmp_path_factory.mktemp("everyone")
    async with serving(folder, network=True, store="corner", label="Kiosk 1", role="kiosk") as served:
        await served.publish()
        yield served


async def sideways(page: Page) -> int:
    """How far the page can be scrolled to the side: 0 when nothing sticks out."""
    moved: int = await page.evaluate("document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth")
    return moved


async def small_targets(page: Page) -> list[str]:
    found: list[str] = await page.evaluate(
        """least => [...document.querySelectorAll('button, a[href], select, input')]
            .filter(one => one.checkVisibility({ visibilityProperty: true }) && !one.closest('.skip, .heard'))
            .map(one => [one, (one.closest('label') ?? one).getBoundingClientRect()])
            .filter(([one, box]) => box.width && (box.width < least || box.height < least) && !one.matches('.skip'))
            .map(([one, box]) => `${one.outerHTML.slice(0, 80)} ${box.width}×${box.height}`)""",
        LEAST_TARGET,
    )
    return found


async def unnamed(page: Page) -> list[str]:
    """Controls that a screen reader could not name."""
    found: list[str] = await page.evaluate(
        """() => [...document.querySelectorAll('button, input, select, a[href]')]
            .filter(one => one.checkVisibility() && !(one.ariaLabel || one.textContent.trim() || one.labels?.length))
            .map(one => one.outerHTML.slice(0, 100))"""
    )
    return found


async def test_a_meal_is_ordered_with_keys_alone(shop: Served, browser: Browser) -> None:
    async with guest(browser) as phone:
        await phone.scan(shop)
        page = phone.page
        await phone.tile("tea").focus()
        await page.keyboard.press("Enter")
        await expect(page.locator("#sheet-title")).to_be_focused()
        for _ in range(6):
            await page.keyboard.press("Tab")
            if await page.evaluate("document.activeElement.matches('[data-add]')"):
                break
        await page.keyboard.press("Enter")
        await expect(page.locator("#sheet")).to_be_hidden()
        await page.locator("#open-basket").focus()
        await page.keyboard.press("Enter")
        await expect(page.locator("#order")).to_be_enabled()
        await page.keyboard.press("Escape")
        await expect(page.locator("#basket")).to_be_hidden()
        await expect(page.locator("#open-basket")).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(page.locator("#order")).to_be_enabled()  # it is not while the order is looked at once more
        await page.locator("#order").focus()
        await page.keyboard.press("Enter")
        await phone.number()


async def test_every_control_has_a_name_and_is_large_enough_to_touch(shop: Served, browser: Browser) -> None:
    await shop.publish(items=[{**MENU["items"][0], "allergens": ["milk", "egg"]}, *MENU["items"][1:]])
    async with guest(browser) as phone:
        await phone.scan(shop)
        page = phone.page
        await expect(page.get_by_role("heading", level=1)).to_have_count(1)
        for look in ("menu", "filters", "dish", "basket", "order"):
            if look == "filters":
                await page.locator("#open-filters").tap()
                await expect(page.locator("#filters")).to_be_visible()
            elif look == "dish":
                await page.locator("#filter-done").tap()
                await phone.open_dish("burger")
            elif look == "basket":
                await page.locator("[data-add]").tap()
                await phone.open_basket()
            elif look == "order":
                await page.locator("#order").tap()
                await phone.number()
            assert await unnamed(page) == [], look
            assert await small_targets(page) == [], look
    await shop.publish()


async def test_magnified_to_200_percent_and_with_long_names_nothing_sticks_out(shop: Served, browser: Browser) -> None:
    long = "Donaudampfschifffahrtsgesellschaftskapitänsfrühstück " * 5 + "Ende"
    first = {**MENU["items"][0], "name": long[:300], "allergens": ["crustaceans"], "diets": ["vegetarian"]}
    await shop.publish(items=[first, *MENU["items"][1:]])
    for language in ("de-DE", "ar"):
        async with guest(browser, language) as phone:
            await phone.page.set_viewport_size({"width": 195, "height": 422})  # a phone of 390 px at 200 %
            await phone.scan(shop)
            assert await sideways(phone.page) == 0
            await phone.page.locator("#open-filters").tap()
            await phone.looks()
            await phone.page.locator("#filters [data-key='diet:vegetarian']").tap()
            assert await phone.page.evaluate(STICKING_OUT) == []
            await phone.page.locator("#filter-done").tap()
            await phone.looks()
            assert await sideways(phone.page) == 0
            await phone.add("tea")
            await phone.open_basket()
            assert await phone.page.evaluate(STICKING_OUT) == []
            await phone.page.locator("#order").tap()
            await phone.number()
            assert await sideways(phone.page) == 0
    await shop.publish()


BROKEN = """[...document.querySelectorAll('dialog[open] .number')].filter(one =>
    one.offsetHeight > 1.9 * parseFloat(getComputedStyle(one).fontSize)).map(one => one.textContent)"""
"""Amounts that take more than one line."""


async def test_in_large_type_an_amount_of_six_figures_is_not_broken_on_the_narrowest_phone(shop: Served) -> None:
    first = {**MENU["items"][0]}
    first["variations"] = [{**first["variations"][0], "price_minor": 12_345_678}]
    await shop.publish(items=[first, *MENU["items"][1:]])
    async with async_playwright() as playwright:
        arguments = [*CHROMIUM_ARGUMENTS, "--blink-settings=defaultFontSize=32"]
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        async with guest(browser, "de") as phone:
            await phone.page.set_viewport_size({"width": 320, "height": 640})
            await phone.scan(shop)
            await phone.open_dish(first["item_id"])
            assert await phone.page.evaluate(BROKEN) == []
            await phone.page.locator("[data-add]").tap()
            await phone.looks()
            await phone.open_basket()
            assert await phone.page.evaluate(BROKEN) == []
            assert await phone.page.evaluate(STICKING_OUT) == []
        await browser.close()
    await shop.publish()


FIELD = """input => {
    const style = getComputedStyle(input), pen = document.createElement('canvas').getContext('2d');
    pen.font = style.font;
    const room = input.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - 20;
    return [pen.measureText(input.placeholder).width, room];
}"""
"""How wide the words in an empty field are, and what it has for them beside the button that empties it."""


@pytest.mark.parametrize("language", NAMES)
async def test_what_to_search_is_read_to_its_end_on_the_narrowest_phone(
    shop: Served, browser: Browser, language: str
) -> None:
    await shop.publish(items=[{**MENU["items"][0], "diets": ["vegan"]}, *MENU["items"][1:]])
    async with guest(browser, language) as phone:
        await phone.page.set_viewport_size({"width": 320, "height": 640})
        await phone.scan(shop)
        await expect(phone.page.locator("#open-filters")).to_be_visible()  # beside it
        wide, room = await phone.page.locator("#search").evaluate(FIELD)
        assert 0 < wide <= room
    await shop.publish()


async def test_what_counts_an_extra_goes_under_its_name_before_a_word_breaks(shop: Served, browser: Browser) -> None:
    extras = {"Rinderbällchen (4)": 300, "Ei": 100, "Rindfleischetikettierungsüberwachung": 200}
    groups = [*MENU["modifier_groups"], {**group("sauce", 0, extras), "max": 4}]
    items = [{**WRAP, "modifier_group_ids": ["sauce"]}, *MENU["items"]]
    await publish_wrap(shop, items=items, modifier_groups=groups)
    async with guest(browser, "en") as phone:
        await phone.page.set_viewport_size({"width": 360, "height": 760})
        await phone.scan(shop)
        form = await phone.open_dish("wrap")
        for extra in extras:
            row = form.locator(f".with-count:has(input[value='sauce-{extra}'])")
            await row.locator("input").tap()
            await expect(row.locator(".stepper")).to_be_visible()
            if extra.startswith("Rinderb"):
                word, button = [await row.locator(part).bounding_box() or {} for part in (".whole", ".stepper")]
                assert button["y"] >= word["y"] + word["height"]
            if extra == "Ei":
                word, button = [await row.locator(part).bounding_box() or {} for part in (".whole", ".stepper")]
                assert button["y"] < word["y"] + word["height"], "beside it, where there is room"
        assert await sideways(phone.page) == 0
        assert await form.evaluate("one => one.scrollWidth - one.clientWidth") == 0
    await shop.publish()


async def test_what_was_chosen_has_the_width_of_its_line(shop: Served, browser: Browser) -> None:
    async with guest(browser) as phone:
        await phone.scan(shop)
        form = await phone.open_dish("burger")
        await form.locator("input[value=cheese]").tap()
        await phone.page.locator("[data-add]").tap()
        await phone.open_basket()
        line = phone.page.locator("[data-line='0']")
        said, price = [await box(line.locator(part)) for part in (".description", ".price")]
        assert said["x"] + said["width"] > price["x"] + price["width"] - 2, "under the price, too"


async def test_a_phone_set_to_large_type_gives_a_long_name_the_width_and_the_price_a_line(shop: Served) -> None:
    """The reader's own size of type, which a page may not undo: 32 px instead of 16."""
    name = "Burger domowy z wołowiną sezonowaną i konfiturą z czerwonej cebuli"
    first = {**MENU["items"][0], "name": name}
    first["variations"] = [{**first["variations"][0], "price_minor": 9_999_999}]
    await shop.publish(items=[first, *MENU["items"][1:]])
    async with async_playwright() as playwright:
        arguments = [*CHROMIUM_ARGUMENTS, "--blink-settings=defaultFontSize=32"]
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        async with guest(browser, "pl") as phone:
            await phone.scan(shop)
            await phone.add(first["item_id"])
            await phone.open_basket()
            line = phone.page.locator("[data-line='0']")
            assert (await box(line.locator(".name")))["width"] > 0.9 * (await box(line))["width"]
            assert await phone.page.evaluate(STICKING_OUT) == []
            await phone.page.locator("#order").tap()
            await phone.number()
            assert await sideways(phone.page) == 0
        await browser.close()
    await shop.publish()


WRAP = {
    "item_id": "wrap", "name": "Wrap", "diets": ["vegan"], "modifier_group_ids": ["filling", "bread", "sauce"],
    "variations": [{"variation_id": "one", "name": "One", "price_minor": 0}],
}  # fmt: skip
"""A dish whose price is that of its filling."""


def group(name: str, least: int, prices: dict[str, int]) -> dict[str, Any]:
    modifiers = [{"modifier_id": f"{name}-{m}", "name": m, "price_minor": price} for m, price in prices.items()]
    return {"modifier_group_id": name, "name": name, "min": least, "max": 1, "modifiers": modifiers}


async def publish_wrap(shop: Served, **more: Any) -> None:
    groups = [
        *MENU["modifier_groups"],
        group("filling", 1, {f"Tikka {n}": 1200 for n in range(9)}),
        group("bread", 1, {"Naan": 0, "Chapati": 0}),
        group("sauce", 0, {"Mint": 50, "Mango": 0}),
    ]
    category = {"category_id": "wraps", "name": "Wraps", "item_ids": ["wrap"]}
    await shop.publish(**{"items": [WRAP, *MENU["items"]], "modifier_groups": groups, "categories": [category], **more})


async def test_on_the_smallest_phone_what_adds_a_dish_is_in_sight_and_a_double_tap_chooses_nothing(
    shop: Served, browser: Browser
) -> None:
    await publish_wrap(shop)
    async with guest(browser) as phone:
        await phone.page.set_viewport_size({"width": 320, "height": 568})
        await phone.scan(shop)
        form = await phone.open_dish("wrap")
        add = phone.page.locator("[data-add]")
        await expect(add).to_be_in_viewport(ratio=1)
        box = await add.bounding_box()
        assert box is not None
        for _ in range(2):
            await phone.page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        await expect(form.locator(".asked .missing")).to_contain_text("filling")
        assert await form.locator("input:checked").count() == 0
        await form.get_by_text("Tikka 2").tap()
        await expect(form.locator("input:checked")).to_have_count(1)
        assert await sideways(phone.page) == 0
    await shop.publish()


async def test_a_tap_whose_button_was_drawn_anew_under_it_closes_no_dish(shop: Served, browser: Browser) -> None:
    """The browser says that the sheet itself was tapped when a finger came down on one thing and went up on another."""
    tap = """({ beside }) => {
        const sheet = document.querySelector('dialog[open]'), { left, top, width } = sheet.getBoundingClientRect();
        const at = { clientX: left + width / 2, clientY: top + (beside ? -5 : 60), bubbles: true };
        sheet.dispatchEvent(new MouseEvent('click', at));
    }"""
    await publish_wrap(shop)
    async with guest(browser) as phone:
        await phone.scan(shop)
        form = await phone.open_dish("wrap")
        await phone.page.evaluate(tap, {"beside": False})
        await expect(form).to_be_visible()
        await phone.page.evaluate(tap, {"beside": True})
        await expect(form).to_be_hidden()
    await shop.publish()


async def test_taps_that_were_meant_for_what_was_there_before_a_form_moved_do_not_count(
    shop: Served, browser: Browser
) -> None:
    """Where all is so large that what adds the dish is at the end of the form, and not in sight."""
    await publish_wrap(shop)
    async with guest(browser) as phone:
        await phone.page.set_viewport_size({"width": 320, "height": 400})
        await phone.scan(shop)
        form = await phone.open_dish("wrap")
        add = phone.page.locator("[data-add]")
        await add.scroll_into_view_if_needed()
        await phone.looks()
        box = await add.bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        await phone.page.touchscreen.tap(x, y)
        under = await phone.page.evaluate(
            "([x, y]) => Boolean(document.elementFromPoint(x, y).closest('label'))", [x, y]
        )
        assert under, "there is a choice now"
        await phone.page.touchscreen.tap(x, y)
        await expect(form.locator(".asked .missing")).to_contain_text("filling")
        assert await form.locator("input:checked").count() == 0
    await shop.publish()


@pytest.mark.parametrize(
    ("language", "from_words", "price"), [("en-GB", "from €12.00", "€12.00"), ("ar", "12.00", "€")]
)
async def test_a_choice_that_is_the_dish_s_price_is_no_extra_and_money_is_written_one_way(
    shop: Served, browser: Browser, language: str, from_words: str, price: str
) -> None:
    await publish_wrap(shop)
    async with guest(browser, language) as phone:
        await phone.scan(shop)
        form = await phone.open_dish("wrap")
        await expect(form.locator(".marks")).to_be_visible()
        told = form.locator("[data-add] .number")
        assert from_words in await told.inner_text()
        written = await form.locator(".extra").first.inner_text()
        assert price in written
        assert "+" not in written
        assert "+" in await form.locator(".extra", has_text="0.50").first.inner_text()
        assert written in await told.inner_text(), "on the button as beside the choice"
    await shop.publish()


async def test_arabic_runs_from_right_to_left(shop: Served, browser: Browser) -> None:
    async with guest(browser, "ar") as phone:
        await phone.scan(shop)
        assert await phone.page.evaluate("getComputedStyle(document.body).direction") == "rtl"
        left = await phone.page.locator("#language").bounding_box()
        right = await phone.page.locator("h1").bounding_box()
        assert left is not None
        assert right is not None
        assert left["x"] < right["x"]


async def test_a_description_in_another_script_is_cut_at_its_end_and_stands_at_the_page_s_side(
    shop: Served, browser: Browser
) -> None:
    salad = {**MENU["items"][2], "description": "Green leaves, tomato, cucumber and a dressing of the house. " * 3}
    await shop.publish(items=[*MENU["items"][:2], salad])
    async with guest(browser, "ar") as phone:
        await phone.scan(shop)
        said = phone.tile("salad").locator(".description")
        assert await said.evaluate("one => getComputedStyle(one).direction") == "ltr"
        assert await said.evaluate("one => getComputedStyle(one).textAlign") == "right"
    await shop.publish()


async def test_the_first_category_is_marked_and_a_sheet_is_no_stop_for_keys(shop: Served, browser: Browser) -> None:
    async with guest(browser) as phone:
        await phone.page.set_viewport_size({"width": 360, "height": 740})
        await phone.scan(shop, kind="table", table="7")
        await expect(phone.page.locator(".rail a").first).to_have_attribute("aria-current", "true")
        await phone.page.set_viewport_size({"width": 360, "height": 400})
        await phone.open_dish("burger")
        met = set()
        for _ in range(20):
            await phone.page.keyboard.press("Tab")
            met.add(await phone.page.evaluate("document.activeElement.tagName"))
        assert "BUTTON" in met
        assert "DIALOG" not in met


async def test_who_hears_an_order_knows_whose_button_it_is_and_what_to_do_with_the_number(
    shop: Served, browser: Browser
) -> None:
    async with guest(browser) as phone:
        await phone.scan(shop)
        await phone.add("burger")
        await phone.add("tea")
        await phone.open_basket()
        changes = phone.page.locator("#basket [data-edit]")
        await expect(changes.first).to_have_accessible_description("Bacon burger")
        await expect(changes.last).to_have_accessible_description("Tea")
        async with phone.page.expect_response("**/phone/o/*") as answer:
            await phone.page.locator("#order").tap()
        page = await (await answer.value).text()
        assert re.search(r"<title>\w+ · Please pay €13.40 at the counter", page), page[:500]


async def test_a_word_about_a_dish_with_a_long_name_leaves_the_menu_in_sight(shop: Served, browser: Browser) -> None:
    await shop.publish(
        items=[{**MENU["items"][0], "name": "Tea " + "of the hills and valleys " * 11}, *MENU["items"][1:]]
    )
    async with guest(browser) as phone:
        await phone.scan(shop)
        await phone.add("tea")
        assert (await box(phone.page.locator("#toast")))["height"] < 120
    await shop.publish()


async def test_the_language_changes_and_the_basket_stays(shop: Served, browser: Browser) -> None:
    async with guest(browser) as phone:
        await phone.scan(shop)
        await phone.add("tea")
        await phone.page.locator("#language").select_option("fr")
        await expect(phone.page.locator("html")).to_have_attribute("lang", "fr")
        await expect(phone.page.locator("#basket-count")).to_have_text("1")
        await phone.page.reload()
        await expect(phone.page.locator("html")).to_have_attribute("lang", "fr")


async def test_a_menu_that_is_not_right_is_shown_as_far_as_it_can_be_sold(shop: Served, browser: Browser) -> None:
    """A dish without a price and one without a name are left out; one whose required choice is all out says so."""
    sauce = {
        "modifier_group_id": "sauce", "name": "", "min": 1, "max": 1,
        "modifiers": [{"modifier_id": "hot", "name": "Hot <b>", "price_minor": 0}],
    }  # fmt: skip
    items = [
        *MENU["items"],
        {"item_id": "free", "name": "Ask us", "variations": [{"variation_id": "f", "name": "", "price_minor": None}]},
        {"item_id": "none", "name": "Nothing", "variations": []},
        {"item_id": "wrap", "name": "<script>Wrap</script>", "modifier_group_ids": ["sauce"],
         "variations": [{"variation_id": "w", "name": "", "price_minor": 500}], "image": "../../pyproject.toml"},
    ]  # fmt: skip
    ids = [item["item_id"] for item in items]
    categories = [
        {"category_id": "c", "name": "", "item_ids": ids},
        {"category_id": "e", "name": "Empty", "item_ids": []},
    ]
    await shop.publish(items=items, categories=categories, modifier_groups=[*MENU["modifier_groups"], sauce])
    async with guest(browser) as phone:
        await phone.scan(shop)
        shown = await phone.page.locator("[data-dish]").evaluate_all("all => all.map(one => one.dataset.dish)")
        assert shown == ["tea", "burger", "salad", "wrap"]
        await expect(phone.tile("wrap")).to_contain_text("<script>Wrap</script>")
        await shop.command("stock.out", modifier_id="hot")
        await expect(phone.page.locator(".tile[data-item=wrap] .why")).not_to_be_empty()
        await shop.command("stock.back", modifier_id="hot")
    await shop.publish()


async def test_the_search_forgives_a_wrong_letter_and_a_missing_accent(shop: Served, browser: Browser) -> None:
    items = [{**MENU["items"][0], "name": "Crème brûlée"}, *MENU["items"][1:]]
    await shop.publish(items=items)
    async with guest(browser) as phone:
        await phone.scan(shop)
        search = phone.page.locator("#search")
        for typed, found in (("creme", "tea"), ("burgr", "burger"), ("baocn", "burger"), ("salat", "salad")):
            await search.fill(typed)
            await expect(phone.page.locator(".tile:not([hidden])")).to_have_count(1)
            await expect(phone.tile(found)).to_be_visible()
        await search.fill("pizza")
        await expect(phone.page.locator("#nothing")).to_be_visible()
        await search.fill("")
        await expect(phone.page.locator(".tile:not([hidden])")).to_have_count(3)
    await shop.publish()


async def test_only_what_is_wished_for_is_shown_in_any_language_until_everything_is(
    shop: Served, browser: Browser
) -> None:
    tea, burger, salad = MENU["items"]
    stated = [
        {**tea, "diets": ["vegan"]},
        {**burger, "allergens": ["milk", "gluten"]},
        {**salad, "allergens": ["milk"]},
    ]
    await shop.publish(items=stated)
    async with guest(browser) as phone:
        await phone.scan(shop)
        page, shown = phone.page, phone.page.locator(".tile:not([hidden])")
        await page.locator("#open-filters").tap()
        await expect(page.locator("#filter-done")).to_have_text("Show 3 dishes")
        await page.locator("#filters [data-key='avoid:gluten']").tap()
        await expect(page.locator("#filter-done")).to_have_text("Show 2 dishes")
        await page.locator("#filter-done").tap()
        await expect(shown).to_have_count(2)
        await expect(phone.tile("burger")).to_be_hidden()
        await expect(page.locator("#filters-said")).to_have_text("Only shown: No gluten")
        await page.locator("#search").fill("burger")  # it is there, and not wished for
        await expect(page.locator("#nothing-fits")).to_be_visible()
        await page.locator("#search").fill("pizza")
        await expect(page.locator("#nothing")).to_be_visible()
        await page.locator("#language").select_option("de")
        await expect(page.locator("#filters-said")).to_have_text("Nur gezeigt: Ohne Gluten")
        await expect(shown).to_have_count(2)
        await page.locator("#open-filters").tap()
        await page.locator("#filters [data-key='diet:vegan']").tap()
        await expect(page.locator("#filter-done")).to_have_text("1 Gericht zeigen")
        await page.locator("#filters [data-clear]").tap()
        await expect(page.locator("#filter-done")).to_have_text("3 Gerichte zeigen")
        await page.locator("#filter-done").tap()
        await expect(shown).to_have_count(3)
        await expect(page.locator("#filters-on")).to_be_hidden()
    await shop.publish()
    async with guest(browser) as phone:  # of a menu that states nothing, nothing is promised
        await phone.scan(shop)
        await expect(phone.page.locator("#open-filters")).to_have_count(0)


@pytest.mark.slow
async def test_over_plain_http_all_works_but_what_browsers_keep_for_secure_addresses(shop: Served) -> None:
    shop.app.state.phone._address = f"shop.example:{shop.port}"
    arguments = [*CHROMIUM_ARGUMENTS, "--host-resolver-rules=MAP shop.example 127.0.0.1"]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        async with guest(browser) as phone:
            await phone.page.goto(await code(shop))
            assert phone.page.url.startswith("http://shop.example:")
            assert await phone.page.evaluate("window.isSecureContext") is False
            await phone.add("tea")
            number = await phone.order()
            placed = next(o for o in await shop.get("/v1/orders") if o["number"] == number)
            await shop.command("payments.capture", order_id=placed["order_id"], tender="cash")
            await phone.sees("waiting")
        await browser.close()
    shop.app.state.phone._address = f"127.0.0.1:{shop.port}"


@pytest.mark.slow
async def test_at_a_secure_address_a_reload_without_the_shop_shows_the_page_as_it_was(
    shop: Served, browser: Browser
) -> None:
    async with guest(browser, harsh=False) as phone:
        await phone.scan(shop)
        await phone.add("tea")
        page = phone.page

        async def kept() -> bool:
            found: Any = await page.evaluate(
                "caches.match(location.href, {ignoreSearch: true}).then(one => Boolean(one))"
            )
            return bool(found)

        async with asyncio.timeout(30):
            while not await kept():
                await asyncio.sleep(0.1)
        await page.context.set_offline(True)
        await page.reload()
        await expect(phone.tile("tea")).to_be_visible()
        await expect(page.locator("#basket-count")).to_have_text("1")
        await expect(page.locator("#bar")).to_contain_text("No connection to the shop")
        await page.context.set_offline(False)
        await phone.order()


@pytest.mark.slow
async def test_the_installed_application_starts_without_the_shop_where_its_guest_was(
    shop: Served, browser: Browser
) -> None:
    async with guest(browser, harsh=False) as phone:
        await phone.scan(shop)
        await phone.add("tea")
        page = phone.page
        await page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        async with asyncio.timeout(30):
            while not await page.evaluate("caches.match(location.pathname).then(Boolean)"):
                await asyncio.sleep(0.1)
        manifest = await page.locator("link[rel=manifest]").get_attribute("href")
        start = (await shop.http.get(f"{shop.url}{manifest}")).json()["start_url"]
        await page.goto("about:blank")
        devtools = await page.context.new_cdp_session(page)
        await devtools.send("Network.clearBrowserCache")
        await page.context.set_offline(True)
        await page.goto(f"{shop.url}{start}")
        await expect(phone.tile("tea")).to_be_visible()
        await expect(page.locator("#basket-count")).to_have_text("1")
        assert await page.locator(".head").evaluate("one => getComputedStyle(one).display") == "grid", "no style sheet"
        await page.context.set_offline(False)


async def test_where_no_websocket_comes_through_the_page_asks(shop: Served, browser: Browser) -> None:
    async with guest(browser) as phone:
        await phone.page.add_init_script(
            "class Deaf { constructor() { setTimeout(() => this.onclose({ code: 1006 })); } }; window.WebSocket = Deaf;"
        )
        await phone.scan(shop)
        await phone.add("tea")
        number = await phone.order()
        placed = next(o for o in await shop.get("/v1/orders") if o["number"] == number)
        await shop.command("payments.capture", order_id=placed["order_id"], tender="cash")
        await phone.sees("waiting")


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
async def test_text_stands_out_from_its_ground_in_both_schemes(scheme: int) -> None:
    css = (STATIC / "phone.css").read_text()
    blocks = [
        dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block)) for block in re.findall(r":root \{(.*?)\}", css, re.S)
    ]
    colours = blocks[0] | (blocks[1] if scheme else {})
    grounds = ("ground", "surface", "sunken")
    pairs = [(ink, ground) for ink in ("ink", "soft", "accent", "bad", "good", "warn") for ground in grounds[:2]]
    pairs += [
        ("ink", "sunken"),
        ("soft", "sunken"),
        ("bad", "sunken"),
        ("on-accent", "accent"),
        ("accent", "accent-soft"),
    ]
    pairs += [("accent-strong", "accent-soft"), ("good", "good-soft"), ("warn", "warn-soft"), ("bad", "bad-soft")]
    weak = [
        (a, b, round(contrast(colours[a], colours[b]), 2)) for a, b in pairs if contrast(colours[a], colours[b]) < 4.5
    ]
    assert weak == []
    assert contrast(colours["line-strong"], colours["surface"]) >= 3
    assert contrast(colours["focus"], colours["ground"]) >= 3


HALF_COVERED = """() => {
    const sheet = document.querySelector('#sheet'), found = [];
    const close = sheet.querySelector('[data-action=close]');
    const meets = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
    for (const text of sheet.querySelectorAll('.extra, .rule, h2')) {
        const here = text.getBoundingClientRect();
        if (!text.textContent || !meets(here, close.getBoundingClientRect())) continue;
        const seen = document.elementFromPoint(here.left + 1, here.top + here.height / 2);
        if (!seen?.closest('.sheet-close')) found.push([sheet.scrollTop, text.textContent]);
    }
    return found;
}"""


@pytest.mark.parametrize("size", [(360, 640), (412, 915)], ids=str)
async def test_what_closes_a_dish_covers_no_price_and_no_name(
    shop: Served, browser: Browser, size: tuple[int, int]
) -> None:
    """Wherever the form is scrolled: what comes to the button goes under a bar, with all of its line."""
    demo = json.loads(Path("assets/menus/demo.json").read_text("utf-8")) | {"dayparts": []}
    for item in demo["items"]:
        item["daypart_ids"] = []
    await shop.command("menu.publish", menu=demo)
    async with guest(browser) as phone:
        await phone.page.set_viewport_size({"width": size[0], "height": size[1]})
        await phone.scan(shop)
        await phone.open_dish("ember-burger")
        sheet = phone.page.locator("#sheet")
        for top in range(0, int(await sheet.evaluate("one => one.scrollHeight - one.clientHeight")), 12):
            await sheet.evaluate("(one, top) => { one.scrollTop = top; }", top)
            await phone.page.evaluate("() => new Promise(requestAnimationFrame)")
            await phone.page.evaluate("() => new Promise(requestAnimationFrame)")
            assert await phone.page.evaluate(HALF_COVERED) == []
        name = sheet.locator(".sheet-name")
        await expect(name).to_be_visible()
        await sheet.locator("[data-action=close]").tap()
        await phone.open_dish("ember-burger")
        await expect(name).to_be_hidden()
    await shop.publish()


async def test_a_long_name_makes_no_dish_s_form_wider_than_the_phone(shop: Served, browser: Browser) -> None:
    items = [{**WRAP, "name": "Schwarzwälder Natursauerteigroggenvollkornbrot mit Leinsamen"}, *MENU["items"]]
    await publish_wrap(shop, items=items)
    async with guest(browser) as phone:
        await phone.page.set_viewport_size({"width": 320, "height": 568})
        await phone.scan(shop)
        await phone.open_dish("wrap")
        wider = "sheet => sheet.scrollWidth - sheet.clientWidth"
        assert await phone.page.locator("#sheet").evaluate(wider) == 0
    await shop.publish()


async def test_a_question_longer_than_the_phone_is_pointed_at_by_its_beginning(shop: Served, browser: Browser) -> None:
    await publish_wrap(shop)
    async with guest(browser) as phone:
        await phone.page.set_viewport_size({"width": 320, "height": 568})
        await phone.scan(shop)
        form = await phone.open_dish("wrap")
        await phone.page.locator("[data-add]").tap()
        await expect(form.locator(".asked .missing")).to_contain_text("filling")
        uncovered = """legend => {
            const { left, top, width, height } = legend.getBoundingClientRect();
            return legend.contains(document.elementFromPoint(left + width / 4, top + height / 4));
        }"""
        assert await form.locator(".asked legend").evaluate(uncovered)
    await shop.publish()


async def test_the_bar_of_the_order_keeps_its_words_off_its_edges_on_the_narrowest_phone(
    shop: Served, browser: Browser
) -> None:
    async with guest(browser, "de") as phone:
        await phone.page.set_viewport_size({"width": 320, "height": 568})
        await phone.scan(shop)
        await phone.add("tea")
        bar = await box(phone.page.locator("#open-basket"))
        sign = await box(phone.page.locator("#open-basket .icon").first)
        price = await box(phone.page.locator("#open-basket .number").last)
        assert sign["x"] - bar["x"] >= 14
        assert bar["x"] + bar["width"] - price["x"] - price["width"] >= 14
    await shop.publish()


EDGE = """one => { const style = getComputedStyle(one);
    return [style.boxShadow.match(/rgb[^)]*\\)/)?.[0] ?? style.borderTopColor,
        getComputedStyle(one.closest('dialog')).backgroundColor] }"""


async def test_in_the_dark_whatever_can_be_pressed_has_an_edge_that_is_seen(shop: Served, browser: Browser) -> None:
    """3 : 1, as WCAG 2.2 (1.4.11) asks of what shows where a control is."""
    diets = [{**MENU["items"][0], "diets": ["vegan"]}, *MENU["items"][1:]]
    await shop.publish(items=diets)
    async with guest(browser) as phone:
        await phone.page.emulate_media(color_scheme="dark")
        await phone.scan(shop)
        await phone.page.locator("#open-filters").tap()
        edges = [await phone.page.locator("#filters .chip span").first.evaluate(EDGE)]
        await phone.page.locator("#filter-done").tap()
        await phone.add("tea")
        await phone.open_basket()
        for control in (".stepper", "[data-park]"):
            edges.append(await phone.page.locator(f"dialog[open] {control}").first.evaluate(EDGE))
        for edge, ground in edges:
            assert edge.startswith("rgb("), f"{edge} is seen through"
            one, other = ("#" + "".join(f"{int(n):02x}" for n in re.findall(r"\d+", c)[:3]) for c in (edge, ground))
            assert contrast(one, other) >= 3
    await shop.publish()


AMOUNTS = """[...document.querySelectorAll('.ticket .say, .sums *, #open-basket .number')]
    .flatMap(one => [...one.childNodes].filter(node => node.nodeType === 3)
    .flatMap(node => [...node.data.matchAll(/[0-9][^ \\n]*/g)].map(found => {
        const range = document.createRange(); range.setStart(node, found.index);
        range.setEnd(node, found.index + found[0].length);
        const lines = new Set([...range.getClientRects()].map(rect => Math.round(rect.top)));
        return [one.className, found[0], lines.size] })))
    .filter(([, , lines]) => lines > 1)"""
"""What belongs together, an amount and its currency, and takes more than one line."""


@pytest.mark.parametrize(("width", "height"), [(320, 568), (360, 740), (412, 915)])
async def test_in_large_type_the_sums_of_an_order_have_the_width(shop: Served, width: int, height: int) -> None:
    tax = {"tax_id": "vat", "name": "VAT 8%", "percentage": "8", "inclusive": True}
    tea = {**MENU["items"][0], "tax_ids": ["vat"]}
    tea["variations"] = [{**tea["variations"][0], "price_minor": 80_000}]
    await shop.publish(items=[tea, *MENU["items"][1:]], taxes=[tax])
    async with async_playwright() as playwright:
        arguments = [*CHROMIUM_ARGUMENTS, "--blink-settings=defaultFontSize=32"]
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        async with guest(browser, "de") as phone:
            await phone.page.set_viewport_size({"width": width, "height": height})
            await phone.scan(shop)
            await phone.add("tea")
            assert await phone.page.evaluate(AMOUNTS) == []
            await (await phone.open_basket()).tap()
            await phone.number()
            share = "one => one.clientWidth / one.parentElement.clientWidth"
            for label in await phone.page.locator(".sums dt").all():
                assert await label.evaluate(share) > 0.5, await label.text_content()
            assert await phone.page.evaluate(AMOUNTS) == []
            assert await sideways(phone.page) == 0
        await browser.close()
    await shop.publish()


async def test_what_has_the_focus_is_never_behind_the_bar_of_the_order(shop: Served, browser: Browser) -> None:
    """WCAG 2.2, 2.4.11."""
    items = [{**MENU["items"][0], "item_id": f"tea-{n}", "name": f"Tea {n}"} for n in range(12)]
    categories = [{"category_id": "c", "name": "All", "item_ids": [item["item_id"] for item in items]}]
    await shop.publish(items=items, categories=categories, ingredients=[])
    async with guest(browser) as phone:
        await phone.page.set_viewport_size({"width": 320, "height": 568})
        await phone.scan(shop)
        await phone.add("tea-0")
        await phone.page.locator("#search").focus()
        covered = """() => { const one = document.activeElement, { bottom } = one.getBoundingClientRect();
            const bar = document.querySelector('.basket-bar').getBoundingClientRect().top;
            return one.closest('.basket-bar') || one === document.body || bottom <= bar + 1 ? '' : one.textContent }"""
        for _ in range(18):
            await phone.page.keyboard.press("Tab")
            assert await phone.page.evaluate(covered) == ""
    await shop.publish()


async def test_an_order_that_costs_nothing_asks_nobody_to_pay(shop: Served, browser: Browser) -> None:
    free = [{"variation_id": "w", "name": "", "price_minor": 0}]
    water = {"item_id": "water", "name": "Tap water", "variations": free}
    category = {"category_id": "drinks", "name": "Drinks", "item_ids": ["water", "tea"]}
    await shop.publish(items=[*MENU["items"], water], categories=[category])
    async with guest(browser) as phone:
        await phone.scan(shop)
        await phone.add("water")
        await phone.open_basket()
        await expect(phone.page.get_by_text("You pay at the counter")).to_have_count(0)
        await expect(phone.page.locator("[data-park]")).to_have_count(0)
        await phone.page.locator("#order").tap()
        await phone.number()
    await shop.publish()
