"""What the phone's paths answer to good and bad requests, without a browser."""

from __future__ import annotations

import asyncio
import json
import re
import uuid
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.brand import accents, contrast
from server.phone import gate, room
from server.phone.basket import MAX_LINES
from server.phone.files import short
from server.phone.limits import Buckets, Rate
from server.phone.words import Words, languages
from tests.unit.api.serving import MENU, TOKEN, Served, serving
from ui import money as screens
from ui.text import number

TEA = {"item_id": "tea", "quantity": 1}
MAX_PAGE_BYTES = 80_000
"""Everything over the wire for the first sight of the menu, but for pictures."""


async def visit(shop: Served, **wanted: str) -> str:
    """The path of a new visit."""
    answer = await shop.http.post("/v1/phone/links", json=wanted)
    entered = await shop.stranger.get(answer.json()["url"])
    assert entered.status_code == 303, entered.text
    return str(entered.headers["location"]).rstrip("/")


def order(**fields: Any) -> dict[str, Any]:
    ids = {"command_id": str(uuid.uuid4()), "order_id": str(uuid.uuid4())}
    return {**ids, "lines": [TEA], "dining": "here", "seen_total_minor": 250, **fields}


async def test_the_first_sight_of_a_long_menu_weighs_less_than_80_kb(shop: Served) -> None:
    """The demo menu, and one of 500 dishes: page, style, script and icons as a browser gets them."""
    demo = json.loads(Path("assets/menus/demo.json").read_text())
    items = [
        {
            **MENU["items"][0],
            "item_id": f"dish-{n}",
            "name": f"Dish number {n} of {uuid.uuid4()}",
            "description": "x y " * 9,
        }
        for n in range(500)
    ]
    long = {**MENU, "items": items, "categories": [], "ingredients": []}
    for menu in (demo, long):
        await shop.command("menu.publish", menu=menu)
        path = await visit(shop)
        weight = 0
        async with httpx.AsyncClient(base_url=shop.url, headers={"Accept-Encoding": "gzip"}, verify=False) as phone:
            async with phone.stream("GET", f"{path}/") as page:
                weight += sum([len(raw) async for raw in page.aiter_raw()])
            page = await phone.get(f"{path}/")
            files = re.findall(r'(?:href|src)="(/phone/static/[^"#]+\.(?:css|js))', page.text)
            files += re.findall(r"(/phone/static/[^\"#]+/icons\.svg)", page.text)[:1]
            names = [p.name for p in Path("server/phone/static").glob("*.js") if p.name != "worker.js"]
            scripts = [f"{files[0].rpartition('/')[0]}/{name}" for name in names]
            for file in {*files, *scripts}:
                async with phone.stream("GET", file) as answer:
                    assert answer.status_code == 200
                    weight += sum([len(raw) async for raw in answer.aiter_raw()])
        print(f"{len(menu['items'])} dishes: {weight} bytes")
        assert weight < MAX_PAGE_BYTES


async def test_a_menu_without_a_name_and_pictures_shows_the_store_s_name_and_words_only(shop: Served) -> None:
    await shop.command("menu.publish", menu={**MENU, "name": ""})
    page = (await shop.stranger.get(f"{await visit(shop)}/")).text
    assert "<h1>Corner</h1>" in page
    assert "<title>Corner</title>" in page
    assert 'class="menu-page plain"' in page
    manifest = await shop.stranger.get("/phone/manifest.webmanifest")
    assert manifest.json()["name"] == "Corner"


async def test_the_pages_have_the_shops_own_colour_mended_where_it_cannot_be_read(shop: Served) -> None:
    page = await shop.stranger.get(await visit(shop))
    assert '<link rel="stylesheet" href="/phone/brand.css">' in page.text
    plain = await shop.stranger.get("/phone/brand.css")
    assert (plain.status_code, plain.text, plain.headers["content-type"]) == (200, "", "text/css; charset=utf-8")
    await shop.command("menu.publish", menu={**MENU, "brand_colour": "#ffe600"})  # yellow on white says nothing
    found = (await shop.stranger.get("/phone/brand.css")).text
    mine = accents("#ffe600")
    assert f"--accent: {mine['accent']['light']};" in found
    assert f"--accent: {mine['accent']['dark']};" in found
    assert contrast(mine["accent"]["light"], "#ffffff") >= 4.5
    assert found.startswith("@media not (prefers-contrast: more)")


async def test_the_pages_have_the_colour_of_the_settings_until_a_menu_names_one(tmp_path: Path) -> None:
    async with serving(tmp_path, store="corner", label="Kiosk", role="kiosk", brand_colour="#0b5394") as shop:
        own = (await shop.stranger.get("/phone/brand.css")).text
        assert f"--accent: {accents('#0b5394')['accent']['light']};" in own
        await shop.command("menu.publish", menu=MENU)
        assert (await shop.stranger.get("/phone/brand.css")).text == own
        await shop.command("menu.publish", menu={**MENU, "brand_colour": "#ffe600"})
        found = (await shop.stranger.get("/phone/brand.css")).text
        assert f"--accent: {accents('#ffe600')['accent']['light']};" in found


async def test_what_an_answer_is_is_said_once(shop: Served) -> None:
    page = await shop.stranger.get(f"{await visit(shop)}/?lang=de")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "HttpOnly" in page.headers["set-cookie"]
    for address, kind in (("sw.js", "javascript"), ("static/0/phone.css", "css"), ("static/0/phone.js", "javascript")):
        answer = await shop.stranger.get(f"/phone/{address}")
        assert answer.headers["content-type"] == f"text/{kind}; charset=utf-8"
    metrics = await shop.http.get("/metrics")
    assert metrics.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"


@pytest.mark.parametrize(
    ("name", "under_its_icon"),
    [("Ember & Oak", "Ember & Oak"), ("Harbour Burger House", "Harbour"), ("Gasthausbrauerei", "Gasthausbrau")],
)
def test_under_an_icon_stand_whole_words_of_the_shop_s_name(name: str, under_its_icon: str) -> None:
    assert short(name) == under_its_icon


async def test_a_guest_is_told_which_table_it_is(shop: Served) -> None:
    for table, said in (("12", "You are ordering at Table 12"), ("Terrace", "You are ordering at Terrace")):
        page = await shop.stranger.get(f"{await visit(shop, kind='table', table=table)}/?lang=en")
        assert said in page.text


async def test_a_page_lets_nothing_in_from_elsewhere_and_has_nothing_inline(shop: Served) -> None:
    path = await visit(shop, kind="table", table="Table <7>")
    page = await shop.stranger.get(f"{path}/")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert (page.headers["referrer-policy"], page.headers["cache-control"]) == ("no-referrer", "no-store")
    assert "Table &lt;7&gt;" in page.text
    assert not re.search(r"<script(?![^>]* src=)|\son[a-z]+=|\sstyle=|https?://", page.text)


async def test_an_order_from_a_table_carries_the_table_of_its_code(shop: Served) -> None:
    path = await visit(shop, kind="table", table="Table 7")
    placed = await shop.stranger.post(f"{path}/order", json=order(name="Ada"))
    assert placed.status_code == 200, placed.text
    found = (await shop.get("/v1/orders?status=placed"))[0]
    assert (found["table"], found["customer_name"]) == ("Table 7", "Ada")
    page = await shop.stranger.get(f"/phone/o/{placed.json()['order']}")
    assert "Table 7 · Ada" in page.text
    long = await shop.stranger.post(f"{path}/order", json=order(name="x" * 81))
    assert (long.status_code, long.json()["code"]) == (400, "customer_name_too_long")
    assert "shorten" in long.json()["text"]


async def test_what_a_phone_is_given_of_a_basket_it_may_send_again(shop: Served) -> None:
    parked = await shop.command("baskets.park", lines=[{**TEA, "note": "hot", "guest": "Ann"}])
    path = await visit(shop)
    given = (await shop.stranger.get(f"{path}/parked/{parked['result']['code']}")).json()["lines"]
    lines = [{name: value for name, value in line.items() if name != "name"} for line in given]
    priced = await shop.stranger.post(f"{path}/basket", json={"lines": lines, "dining": "here", "name": ""})
    assert priced.status_code == 200, priced.text


async def test_what_was_ordered_is_given_to_be_ordered_again(shop: Served) -> None:
    path = await visit(shop)
    wish = {"item_id": "burger", "quantity": 2, "modifiers": [{"modifier_id": "cheese", "quantity": 1}]}
    placed = await shop.stranger.post(f"{path}/order", json=order(lines=[wish], seen_total_minor=2 * (1090 + 90)))
    link = placed.json()["order"]
    given = (await shop.stranger.get(f"{path}/again/{link}")).json()
    (line,) = given["lines"]
    assert (line["item_id"], line["quantity"], line["modifiers"]) == ("burger", 2, wish["modifiers"])
    assert (line["seen_minor"], given["dining"]) == (1180, "here")
    del line["name"]
    priced = await shop.stranger.post(f"{path}/basket", json={"lines": [line], "dining": "here", "name": ""})
    assert priced.json()["total_minor"] == 2360
    for wrong in (link[:-2], path.rpartition("/")[2]):
        refused = await shop.stranger.get(f"{path}/again/{wrong}")
        assert (refused.status_code, refused.json()["code"]) == (409, "order_gone")


async def test_a_phone_that_sends_a_price_is_refused_by_name(shop: Served) -> None:
    path = await visit(shop)
    for line in ({**TEA, "price_minor": 1}, {**TEA, "open_price_minor": 1}, {**TEA, "unit_price_minor": 1}):
        for call, body in (("basket", {"lines": [line]}), ("order", order(lines=[line]))):
            answer = await shop.stranger.post(f"{path}/{call}", json=body)
            assert (answer.status_code, answer.json()["code"]) == (400, "unknown_field")
    cheap = await shop.stranger.post(f"{path}/order", json=order(lines=[{**TEA, "seen_minor": 1}], seen_total_minor=1))
    assert (cheap.status_code, cheap.json()["code"]) == (409, "price_changed")
    assert await shop.get("/v1/orders") == []


async def test_a_basket_of_200_lines_is_refused_in_the_guests_words(shop: Served) -> None:
    path = await visit(shop)
    for call, body in (("basket", {"lines": [TEA] * 200}), ("order", order(lines=[TEA] * 200))):
        answer = await shop.stranger.post(f"{path}/{call}?lang=de", json=body)
        assert (answer.status_code, answer.json()["code"]) == (409, "too_many_lines")
        assert f"höchstens {MAX_LINES}" in answer.json()["text"]
    fits = await shop.stranger.post(f"{path}/basket", json={"lines": [TEA] * MAX_LINES})
    assert fits.status_code == 200


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"\xff", b'{"lines": 7}', b'{"lines": [{"item_id": "tea", "quantity": "many"}]}', b"[" * 60_000],
)
async def test_what_is_no_basket_is_refused_and_does_no_harm(shop: Served, content: bytes) -> None:
    path = await visit(shop)
    for call in ("basket", "order", "dish/tea"):
        answer = await shop.stranger.post(f"{path}/{call}", content=content)
        assert 400 <= answer.status_code < 500, (call, answer.text)
        assert set(answer.json()) == {"code", "text"}
    large = await shop.stranger.post(f"{path}/basket", content=b" " * 200_000)
    assert (large.status_code, large.json()["code"]) == (413, "too_large")


async def test_the_same_order_again_is_answered_as_before(shop: Served) -> None:
    path = await visit(shop)
    body = order()
    first = await shop.stranger.post(f"{path}/order", json=body)
    dearer = {**MENU["items"][0], "variations": [{"variation_id": "t1", "name": "", "price_minor": 999}]}
    await shop.publish(items=[dearer, *MENU["items"][1:]])
    again = await shop.stranger.post(f"{path}/order", json=body)
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json()["number"] == again.json()["number"]
    assert len(await shop.get("/v1/orders")) == 1


async def test_who_changes_a_basket_that_was_ordered_unheard_is_shown_what_was_ordered(shop: Served) -> None:
    path = await visit(shop)
    wanted = order()
    first = (await shop.stranger.post(f"{path}/order", json=wanted)).json()
    changed = {**wanted, "lines": [{**TEA, "quantity": 2}], "seen_total_minor": 500}
    again = await shop.stranger.post(f"{path}/order", json=changed)
    assert again.status_code == 200, again.text
    assert {k: again.json()[k] for k in ("number", "total_minor")} == {k: first[k] for k in ("number", "total_minor")}
    assert len(await shop.get("/v1/orders")) == 1


async def test_a_guest_s_receipt_says_where_and_when_it_was_bought(shop: Served) -> None:
    path = await visit(shop)
    placed = (await shop.stranger.post(f"{path}/order", json=order())).json()
    page = (await shop.stranger.get(f"/phone/o/{placed['order']}")).text
    when = re.search(r'<p class="soft small" data-when>(.*?)</p>', page)
    assert when, page[-3000:]
    said = re.sub("<.*?>", "", when[1])
    assert MENU["name"] in said
    assert placed["number"] in said
    assert re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d$", said)


async def test_an_order_of_another_is_not_had_by_sending_its_id(shop: Served) -> None:
    theirs = await shop.place()
    path = await visit(shop)
    answer = await shop.stranger.post(f"{path}/order", json=order(order_id=theirs))
    assert (answer.status_code, answer.json()["code"]) == (409, "order_exists")
    number = (await shop.get(f"/v1/orders/{theirs}"))["number"]
    assert number not in answer.text


async def test_a_thousand_requests_at_once_are_answered_429_and_the_shop_goes_on(shop: Served) -> None:
    phone: room.Phone = shop.app.state.phone
    phone.addresses = Buckets(Rate(100, 0))
    async with httpx.AsyncClient(base_url=shop.url, timeout=60, verify=False) as greedy:

        async def asks_on() -> list[httpx.Response]:
            return [await greedy.get("/phone/") for _ in range(20)]

        tasks = [asyncio.create_task(asks_on()) for _ in range(50)]  # httpx's pool itself is slow when 1000 wait for it
        placed = [await shop.place() for _ in range(5)]
        answers = [answer for got in await asyncio.gather(*tasks) for answer in got]
    assert len(await shop.get("/v1/orders")) == len(placed)
    assert sorted({a.status_code for a in answers}) == [200, 429]
    refused = [a for a in answers if a.status_code == 429]
    assert len(refused) == 900
    assert "wait a moment" in refused[0].json()["text"]
    assert refused[0].headers["retry-after"] == str(gate.RETRY_AFTER_S)


async def test_one_phone_does_not_use_up_what_the_others_may(shop: Served) -> None:
    greedy, modest = await visit(shop), await visit(shop)
    answers = await asyncio.gather(*[shop.stranger.post(f"{greedy}/basket", json={"lines": []}) for _ in range(100)])
    assert {a.status_code for a in answers} == {200, 429}
    assert (await shop.stranger.post(f"{modest}/basket", json={"lines": [TEA]})).status_code == 200
    orders = [await shop.stranger.post(f"{modest}/order", json=order()) for _ in range(8)]
    assert [a.status_code for a in orders[-2:]] == [429, 429]
    assert "wait a moment" in orders[-1].json()["text"]


async def test_behind_one_router_a_phone_that_asks_without_end_keeps_none_of_the_others_from_ordering(
    shop: Served,
) -> None:
    greedy, modest = await visit(shop), await visit(shop)
    entry = (await shop.http.post("/v1/phone/links", json={})).json()["url"]
    page = await shop.stranger.get(f"{modest}/")
    phone: room.Phone = shop.app.state.phone
    phone.addresses = Buckets(Rate(0, 0))  # the router's address has used up all that it may
    asked = [shop.stranger.post(f"{greedy}/basket", json={"lines": []}) for _ in range(60)]
    assert 429 in {answer.status_code for answer in await asyncio.gather(*asked)}
    assert (await shop.stranger.get(entry)).status_code == 303
    assert (await shop.stranger.get(f"{modest}/")).status_code == 200
    for file in re.findall(r"/phone/static/[^\"#]+", page.text):
        assert (await shop.stranger.get(file)).status_code == 200
    assert (await shop.stranger.get("/phone/alive")).status_code == 204
    assert (await shop.stranger.post(f"{modest}/basket", json={"lines": [TEA]})).status_code == 200
    placed = await shop.stranger.post(f"{modest}/order", json=order())
    assert placed.status_code == 200
    assert (await shop.stranger.get(f"/phone/o/{placed.json()['order']}")).status_code == 200
    assert (await shop.stranger.get("/phone/v/nothing/")).status_code == 429
    phone.files = Buckets(Rate(0, 0))
    assert (await shop.stranger.get("/phone/alive")).status_code == 429


async def test_links_are_refused_in_words_whatever_stands_there(shop: Served) -> None:
    path = await visit(shop)
    for wrong in ("/phone/q/x", "/phone/v/x/", "/phone/o/x", path.replace("/v/", "/q/"), path.replace("/v/", "/o/")):
        answer = await shop.stranger.get(wrong)
        assert answer.status_code == 404
        assert "does not open anything" in answer.text
    for call in ("/phone/v/x/basket", f"{path}x/order"):
        answer = await shop.stranger.post(call, json=order())
        assert (answer.status_code, answer.json()["code"]) == (404, "bad_link")


async def test_a_terminal_that_no_phone_can_reach_gives_no_code_and_says_why(shop: Served) -> None:
    phone: room.Phone = shop.app.state.phone
    phone._address = ""
    answer = await shop.http.post("/v1/phone/links", json={})
    assert (answer.status_code, answer.json()["code"]) == (409, "not_for_phones")
    assert "--insecure-lan" in answer.json()["text"]
    assert (await shop.stranger.post("/v1/phone/links", json={})).status_code == 401
    assert TOKEN not in answer.text


def test_all_pages_speak_the_kiosks_languages_with_the_same_places_to_fill() -> None:
    folder = Path("assets/translations")
    english = json.loads((folder / "phone.en.json").read_text())
    assert len(languages()) == 9
    for language in languages():
        texts = json.loads((folder / f"phone.{language}.json").read_text())
        assert texts.keys() == english.keys(), language
        for key, text in texts.items():
            assert sorted(re.findall(r"\{\w+\}", text)) == sorted(re.findall(r"\{\w+\}", english[key])), (language, key)


@pytest.mark.parametrize("currency", ["GBP", "USD", "EUR", "SAR", "KWD", "JPY", "HUF", "CZK", "IQD"])
@pytest.mark.parametrize("language", ["en", "de", "ar", "ja"])
@pytest.mark.parametrize("minor", [1250, -90, 0, 149000])
def test_a_phone_writes_money_as_the_screens_do(minor: int, currency: str, language: str) -> None:
    assert Words(language).money(minor, currency) == screens.format(minor, currency, language)


@pytest.mark.parametrize("language", ["en", "de", "fr", "pl", "zh"])
@pytest.mark.parametrize("kilocalories", [90, 1180])
def test_a_phone_writes_kilocalories_as_the_screens_do(kilocalories: int, language: str) -> None:
    assert number(kilocalories, language) in Words(language).energy(kilocalories)


@pytest.mark.parametrize(
    ("language", "name", "percentage", "said"),
    [
        ("de", "MwSt.", "8.6", "enthält MwSt. 8,6 %"),
        ("de", "VAT 8%", "8", "enthält VAT 8 %"),
        ("de", "VAT 18%", "8", "enthält VAT 18% 8 %"),
        ("en", "Sales tax (8.6 %)", "8.6", "includes Sales tax 8.6 %"),
        ("ja", "軽減税率 8%", "8", "うち軽減税率 8%"),
        ("tr", "%10 KDV", "10", "KDV %10 dahil"),
        ("en", "7%", "7", "includes 7% 7 %"),
    ],
)
def test_a_taxs_rate_is_said_once_and_as_the_language_writes_it(
    language: str, name: str, percentage: str, said: str
) -> None:
    assert Words(language).tax(name, percentage, inclusive=True) == said


async def test_a_dish_of_which_nothing_is_stated_says_to_ask(shop: Served) -> None:
    stated = {**MENU["items"][0], "item_id": "stated", "allergens": ["milk"]}
    silent = {**MENU["items"][0], "item_id": "silent", "allergens": []}
    categories = [{**MENU["categories"][0], "item_ids": ["stated", "silent"]}]
    await shop.publish(items=[*MENU["items"], stated, silent], categories=categories)
    path = await visit(shop)
    unknown = "Allergens: not stated here, please ask our staff"
    said = (await shop.stranger.get(f"{path}/dish/stated")).text
    assert "Contains milk" in said
    assert unknown not in said
    assert unknown in (await shop.stranger.get(f"{path}/dish/silent")).text


async def test_allergens_in_the_words_of_other_systems_are_said_in_the_guests(shop: Served) -> None:
    dish = {**MENU["items"][0], "allergens": ["soy", "dairy", "milk"]}
    await shop.publish(items=[dish, *MENU["items"][1:]])
    path = await visit(shop)
    assert "Enthält Soja, Milch" in (await shop.stranger.get(f"{path}/dish/tea?lang=de")).text


async def test_answers_with_pictures_of_their_own_show_them(shop: Served) -> None:
    tea = MENU["items"][0]
    sizes = [*tea["variations"], {"variation_id": "t2", "name": "Pot", "price_minor": 600, "image": "coffee.webp"}]
    milk = [
        {"modifier_id": "cow", "name": "Cow's milk", "price_minor": 0, "image": "cola.webp"},
        {"modifier_id": "oat", "name": "Oat drink", "price_minor": 50},
    ]
    group = {"modifier_group_id": "milk", "name": "Which milk?", "min": 1, "max": 1, "modifiers": milk}
    asking = {**tea, "variations": sizes, "modifier_group_ids": ["milk"]}
    await shop.publish(items=[asking, *MENU["items"][1:]], modifier_groups=[*MENU["modifier_groups"], group])
    path = await visit(shop)
    said = (await shop.stranger.get(f"{path}/dish/tea")).text
    assert "/phone/picture/coffee.webp" in said
    assert "/phone/picture/cola.webp" in said
    options = re.findall(r"<label.*?</label>", said, re.DOTALL)
    assert [("plate" in o, "<img" in o) for o in options] == [(True, False), (True, True), (True, True), (True, False)]
    assert "plate" not in (await shop.stranger.get(f"{path}/dish/burger")).text.partition("<fieldset")[2]


async def test_a_dish_without_a_picture_has_its_number_or_first_letter_and_one_that_nobody_has_is_none(
    shop: Served,
) -> None:
    tea, burger, salad = MENU["items"]
    elsewhere = {**tea, "image": "3JCCEPUFUF2XY427HE45SA52"}  # as another system names it
    await shop.publish(items=[elsewhere, burger, salad])
    path = await visit(shop)
    page = (await shop.stranger.get(f"{path}/")).text
    assert 'class="menu-page plain"' in page
    assert "<img" not in page
    assert "sheet-picture" not in (await shop.stranger.get(f"{path}/dish/tea")).text
    await shop.publish(items=[elsewhere, {**burger, "image": "coffee.webp"}, {**salad, "name": "47 Salad"}])
    page = (await shop.stranger.get(f"{path}/")).text
    assert 'class="menu-page"' in page
    assert page.count("<img") == 1
    assert re.findall(r'class="stands">(\w+)<', page) == ["T", "47"]


def test_what_was_chosen_reads_in_its_order_in_arabic_whatever_its_names_are_written_in() -> None:
    words = Words("ar")
    onion = words.say("no_ingredient", name="بصل")
    text = words.listed(["Medium", "جبنة", onion])
    assert text.startswith("\u200f"), "its first word does not say where it begins"
    assert text.count("\u2068") == text.count("\u2069")
    for one in ("Medium", "جبنة", onion):
        assert f"\u2068{one}\u2069" in text
    assert words.listed([]) == ""
    assert Words("en").listed(["Medium", "Rare"]) == "Medium\u00a0· Rare"
