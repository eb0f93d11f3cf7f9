"""The phone's search is the kiosk's: the same rule in a browser, held to it by words of many scripts."""

from __future__ import annotations

import json
import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.ui.test_dish_search import SHOP, menu
from tests.unit.api.serving import MENU, Served, serving
from tests.web.guest import guest
from ui.dish.search import Finder, fold

pytestmark = pytest.mark.asyncio(loop_scope="session")

FIND = """async ([names, queries]) => {
    const { finder } = await import(document.querySelector('link[href$="search.js"]').href);
    const find = finder(names);
    return queries.map(query => [...find(query)].sort((a, b) => a - b));
}"""
FOLD = """async texts => {
    const { fold } = await import(document.querySelector('link[href$="search.js"]').href);
    return texts.map(fold);
}"""
LANGUAGES = ("de", "fr", "es", "pl", "tr", "ar", "zh", "ja")


@pytest_asyncio.fixture(loop_scope="session")
async def shop(tmp_path: Path) -> AsyncIterator[Served]:
    async with serving(tmp_path, network=True, store="corner", label="Kiosk 1", role="kiosk") as served:
        await served.publish()
        yield served


def names() -> list[str]:
    """Of the demo's dishes in every language, and of dishes that are hard to spell."""
    demo = json.loads(Path("assets/menus/demo.json").read_text("utf-8"))
    found = [item["name"] for item in demo["items"]]
    for language in LANGUAGES:
        found += [item["texts"][language]["name"] for item in demo["items"] if language in item.get("texts", {})]
    return list(
        dict.fromkeys([*SHOP, *found, "Straße", "İçli Köfte", "Ærø Øl", "ΜΟΥΣΑΚΑΣ", "Борщ", "ﾊﾞﾆﾗ", "ｶﾚｰ", "パフェ"])
    )


def mistyped(name: str, chance: random.Random) -> str:
    """A piece of a name with up to three letters changed, left out, added or swapped."""
    letters = list(name[chance.randrange(max(1, len(name) // 2)) :][: chance.randrange(1, 16)])
    for _ in range(chance.randrange(4)):
        at = chance.randrange(len(letters) + 1)
        letters[at : at + 2] = chance.choice(
            [letters[at : at + 2][::-1], letters[at + 1 : at + 2], [chance.choice(name), *letters[at : at + 2]]]
        )
    return "".join(letters)


async def test_a_phone_finds_what_a_kiosk_finds(shop: Served, browser: Browser) -> None:
    dishes, chance = names(), random.Random(7)
    spelled = ("الدجاج", "دجـاج", "برجر", "البرجر", "کولا 6", "الکولا", "らめん", "ー")
    queries = [
        *dishes,
        *spelled,
        *(mistyped(chance.choice(dishes), chance) for _ in range(3000)),
        "",
        "%_'--",
        "x" * 100_000,
    ]
    kiosk = Finder(menu(*dishes), "en")
    async with guest(browser) as phone:
        await phone.scan(shop)
        assert await phone.page.evaluate(FOLD, queries) == [fold(query) for query in queries]
        found = await phone.page.evaluate(FIND, [dishes, queries])
    for query, places in zip(queries, found, strict=True):
        assert {dishes[n] for n in places} == set(kiosk.find(query)), query


async def test_a_dish_is_found_by_what_the_board_says_and_by_its_category(shop: Served, browser: Browser) -> None:
    own = MENU["items"][0]
    other = {**own, "item_id": "steak", "name": "Steak"}
    await shop.publish(
        items=[{**own, "name": "Green tea", "texts": {"ar": {"name": "شاي أخضر"}}}, other],
        categories=[
            {"category_id": "a", "name": "Hot", "item_ids": [own["item_id"]], "texts": {"ar": {"name": "ساخن"}}},
            {"category_id": "b", "name": "Grill", "item_ids": [other["item_id"]]},
        ],
        ingredients=[],
    )
    async with guest(browser, "ar") as phone:
        await phone.scan(shop)
        for typed in ("شاي", "green", "greem tea", "ساخن"):
            await phone.page.locator("#search").fill(typed)
            await expect(phone.page.locator(".tile:not([hidden])")).to_have_count(1)
            await expect(phone.tile(own["item_id"])).to_be_visible()


async def test_dishes_are_found_with_letters_swapped_and_left_out_and_without_their_marks(
    shop: Served, browser: Browser
) -> None:
    dishes = (
        "Cheeseburger",
        "Halloumi wrap",
        "Żurek",
        "Crème brûlée",
        "فلافل",
        "麻婆豆腐",
        "ラーメン",
        "Cola",
        "Corn dog",
    )
    items = [{**MENU["items"][0], "item_id": name, "name": name} for name in dishes]
    await shop.publish(items=items, categories=[], ingredients=[])
    async with guest(browser) as phone:
        await phone.scan(shop)
        search = phone.page.locator("#search")
        for typed, found in (
            ("cheesburgr", "Cheeseburger"), ("chseeburger", "Cheeseburger"), ("halumi", "Halloumi wrap"),
            ("zurek", "Żurek"), ("creme", "Crème brûlée"),
            ("لاف", "فلافل"), ("豆腐", "麻婆豆腐"), ("らーめん", "ラーメン"),
        ):  # fmt: skip
            await search.fill(typed)
            await expect(phone.page.locator(".tile:not([hidden])")).to_have_count(1)
            await expect(phone.tile(found)).to_be_visible()
        for typed in ("cold", "horn"):
            await search.fill(typed)
            await expect(phone.page.locator("#nothing")).to_be_visible()
        await search.fill("  ")
        await expect(phone.page.locator(".tile:not([hidden])")).to_have_count(len(dishes))
