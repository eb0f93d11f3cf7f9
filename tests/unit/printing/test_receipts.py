"""Receipts on paper: a real server, a real connection, a printer that is played."""

from __future__ import annotations

import asyncio
import re
import sys
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.printing.escpos import COLUMN_DOTS, Drawn
from server.printing.layout import pair, wide, wrapped
from server.printing.simulator import Paper, PrinterSimulator
from tests.unit.api.serving import MENU, Served, serving


@asynccontextmanager
async def played(mode: Any = "ready") -> AsyncIterator[tuple[PrinterSimulator, str]]:
    simulator = PrinterSimulator(mode)
    server = await asyncio.start_server(simulator.serve, "127.0.0.1", 0)
    try:
        yield simulator, f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


@asynccontextmanager
async def shop(folder: Path, printer: str, **more: Any) -> AsyncIterator[Served]:
    async with serving(folder, store="corner", label="Kiosk 1", role="kiosk", printer=printer, **more) as served:
        if served.node.menu() is None:
            await served.publish()
        yield served


async def ask(served: Served, order_id: str, command_id: str = "", language: str = "en") -> dict[str, Any]:
    body = {"command_id": command_id or str(uuid.uuid4()), "language": language}
    answer = await served.http.post(f"/v1/orders/{order_id}/receipt", json=body)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def begin(served: Served, order_id: str) -> str:
    """As far as a terminal that died while it printed."""
    print_id = str(uuid.uuid4())
    await served.command("receipts.print", order_id=order_id, command_id=print_id)
    return print_id


async def test_a_receipt_has_all_of_the_order_and_another_one_is_a_copy(tmp_path: Path) -> None:
    async with played() as (printer, at), shop(tmp_path, at) as served:
        cheese = [{"modifier_id": "cheese", "quantity": 1}]
        lines = [{"item_id": "burger", "quantity": 2, "modifiers": cheese, "guest": "Ann"}]
        placed = (await served.command("orders.place", lines=lines, dining="here", table="12"))["result"]
        await served.command("payments.capture", order_id=placed["order_id"], tender="cash", tendered_minor=5000)
        first = str(uuid.uuid4())
        assert (await ask(served, placed["order_id"], first))["state"] == "printed"
        assert (await ask(served, placed["order_id"], first))["state"] == "printed"  # the same piece of paper
        paper = printer.papers[0].text()
        for part in (
            "Corner",
            placed["number"],
            "Table 12",
            "Ann",
            "2 × Bacon burger",
            "Extra cheese",
            "23.60",
            "[QR: ",
        ):
            assert part in paper
        rows = [line.split() for line in paper.splitlines()]
        assert rows[rows.index(["Paid", "in", "cash", "€23.60"]) :][1:3] == [["Given", "€50.00"], ["Change", "€26.40"]]
        assert "COPY" not in paper
        assert all(len(line) <= 42 for line in paper.splitlines() if not line.startswith("[QR"))
        assert (await ask(served, placed["order_id"], language="de"))["state"] == "printed"
        assert "KOPIE" in printer.papers[1].text()
        assert len(printer.papers) == 2
        history = [h["what"] for h in (await served.get(f"/v1/orders/{placed['order_id']}"))["history"]]
        assert history[-2:] == ["receipt printed", "receipt printed again"]


COMBO: dict[str, Any] = {
    **MENU,
    "items": [
        MENU["items"][1],
        {
            "item_id": "fries",
            "name": "Fries",
            "texts": {"de": {"name": "Pommes"}},
            "variations": [
                {"variation_id": "f1", "name": "Small", "price_minor": 250, "texts": {"de": {"name": "Klein"}}},
                {"variation_id": "f2", "name": "Large", "price_minor": 350, "texts": {"de": {"name": "Groß"}}},
            ],
            "ingredient_ids": ["salt"],
        },
        {"item_id": "meal", "name": "Meal", "variations": [{"variation_id": "m1", "name": "", "price_minor": 1290}]},
    ],
    "ingredients": [
        {"ingredient_id": "bacon", "name": "Bacon", "removable_from": []},
        {"ingredient_id": "salt", "name": "Salt", "texts": {"de": {"name": "Salz"}}, "removable_from": ["fries"]},
    ],
    "categories": [{"category_id": "c", "name": "All", "item_ids": ["burger", "fries", "meal"]}],
    "combos": [
        {
            "combo_id": "meal",
            "item_id": "meal",
            "name": "Meal",
            "slots": [
                {"slot_id": "main", "name": "Main", "options": [{"item_id": "burger"}]},
                {"slot_id": "side", "name": "Side", "options": [{"item_id": "fries", "variation_id": "f2"}]},
            ],
        }
    ],
}


async def test_a_receipt_tells_the_sizes_and_choices_of_a_combo_in_the_guest_s_language(tmp_path: Path) -> None:
    async with played() as (printer, at), shop(tmp_path, at) as served:
        await served.command("menu.publish", menu=COMBO)
        main = {"slot_id": "main", "item_id": "burger", "modifiers": [{"modifier_id": "cheese", "quantity": 2}]}
        side = {"slot_id": "side", "item_id": "fries", "without": ["salt"]}
        lines = [{"item_id": "meal", "quantity": 1, "choices": [main, side]}]
        placed = (await served.command("orders.place", lines=lines, dining="here"))["result"]
        await ask(served, placed["order_id"])
        await ask(served, placed["order_id"], language="de")
        english, german = (paper.text() for paper in printer.papers)
        assert "Bacon burger (Extra cheese ×2)" in english.replace("x2", "×2")
        assert "Fries (Large, No salt)" in english
        assert "Pommes (Groß, Ohne Salz)" in german
        link = english.partition("[QR: ")[2].partition("]")[0]
        page = (await served.stranger.get(link[link.index("/phone/") :], headers={"Accept-Language": "de"})).text
        assert "Fries (Large, No salt)" in page, "as the guest chose at the kiosk, whatever the phone speaks"
        await ask(served, placed["order_id"], language="ja")
        paper = printer.papers[2].text()
        assert "[picture: " in paper
        link = paper.partition("[QR: ")[2].partition("]")[0]
        page = (await served.stranger.get(link[link.index("/phone/") :], headers={"Accept-Language": "en"})).text
        assert '<html lang="ja"' in page
        assert (await served.http.post("/v1/receipts/again", json={"code": link})).status_code == 200


def drawn_lines(paper: Paper) -> int:
    return sum(line.startswith("[picture: ") for line in paper.lines)


def letters(paper: Paper) -> str:
    """What is written, without what is in the QR code."""
    return "\n".join(line for line in paper.lines if not line.startswith("[QR: "))


def ink(picture: Drawn) -> int:
    return sum(byte.bit_count() for byte in picture.dots)


async def sold(served: Served, name: str) -> str:
    """An order of a dish of this name; returns its id."""
    dish = {"item_id": "d", "name": name, "variations": [{"variation_id": "v", "name": "", "price_minor": 950}]}
    category = {"category_id": "c", "name": "All", "item_ids": ["d"]}
    await served.publish(items=[dish], categories=[category], modifier_groups=[], ingredients=[], combos=[])
    return await served.place("d")


@pytest.mark.parametrize("language", ["ar", "ja", "zh"])
async def test_a_guest_s_own_script_is_drawn_on_the_paper(tmp_path: Path, language: str) -> None:
    async with played() as (printer, at), shop(tmp_path, at) as served:
        order_id = await served.place("burger", 2)
        assert (await ask(served, order_id, language=language))["state"] == "printed"
        paper = printer.papers[0]
        assert drawn_lines(paper) == len(paper.pictures) > 8
        assert "?" not in letters(paper)
        assert "-" * 42 in paper.lines, "lines that every printer has are not drawn"
        assert "[QR: " in paper.text()
        for picture in paper.pictures:
            assert picture.width == 42 * COLUMN_DOTS // 8
            assert ink(picture) > 40
        assert len({picture.dots for picture in paper.pictures}) > 6


async def test_only_the_lines_that_need_it_are_drawn(tmp_path: Path) -> None:
    async with played() as (printer, at), shop(tmp_path, at) as served:
        names = ["とんこつラーメン", "とんかつラーメン", "\ue000" * 8, "\ue001" * 8]
        for name in names:
            await ask(served, await sold(served, name))
        ramen, katsu, nothing, at_all = printer.papers
        for paper in printer.papers:
            assert drawn_lines(paper) == 1
            assert "Total" in paper.text()
            assert "?" not in letters(paper)
        assert ramen.pictures != katsu.pictures, "one letter is another"
        assert nothing.pictures == at_all.pictures, "letters that no font has all look alike"
        assert ramen.pictures != nothing.pictures
        assert ramen.png().startswith(b"\x89PNG")


async def test_a_receipt_is_printed_in_english_where_nothing_can_be_drawn(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    broken = [sys.executable, "-c", "print('no')"]
    async with played() as (printer, at), shop(tmp_path, at, draw=broken) as served:
        order_id = await served.place("burger")
        assert (await ask(served, order_id, language="ja"))["state"] == "printed"
        assert "Bacon burger" in printer.papers[0].text()
        assert "Total" in printer.papers[0].text()
        assert printer.papers[0].pictures == []
        assert "without letters of its own script" in caplog.text


@given(st.text(), st.integers(2, 50))
def test_lines_fit_the_paper_and_lose_no_letter(text: str, columns: int) -> None:
    lines = wrapped(text, columns)
    assert all(line and wide(line) <= columns for line in lines)
    assert re.sub(r"[ \t\r\n]", "", "".join(lines)) == re.sub(r"[ \t\r\n]", "", text)


@given(st.text(), st.text(st.characters(categories=["Nd"]), min_size=1, max_size=9), st.sampled_from([32, 42, 48]))
def test_a_name_and_its_amount_stand_on_one_line(name: str, amount: str, columns: int) -> None:
    first, *more = pair(name, amount, columns)
    assert first.amount == amount
    assert wide(first.text) + 1 + wide(amount) <= columns
    assert all(wide(row.text) <= columns and row.text.startswith("  ") for row in more)
    written = re.sub(r"[ \t\r\n]", "", "".join(row.text for row in (first, *more)))
    assert written == re.sub(r"[ \t\r\n]", "", name)


async def test_a_printer_without_paper_or_out_of_reach_is_told_at_once_and_prints_nothing_later(tmp_path: Path) -> None:
    async with played("out_of_paper") as (printer, at), shop(tmp_path, at) as served:
        order_id = await served.place()
        told = await ask(served, order_id)
        assert told["state"] == "out_of_paper"
        assert "QR code" in told["text"]
        printer.mode = "ready"
        assert printer.papers == []
        assert (await ask(served, order_id))["state"] == "printed"
        assert "COPY" not in printer.papers[0].text()  # nothing was on paper before
    async with shop(tmp_path, at) as served:
        told = await ask(served, order_id)
        assert told["state"] == "away"


async def test_a_printer_that_dies_in_the_middle_leaves_it_open_and_what_follows_is_a_copy(tmp_path: Path) -> None:
    async with played("die") as (printer, at), shop(tmp_path, at) as served:
        order_id = await served.place()
        assert (await ask(served, order_id))["state"] == "not_known"
        assert not printer.papers[0].cut
        printer.mode = "ready"
        assert (await ask(served, order_id))["state"] == "printed"
        assert "COPY" in printer.papers[1].text()


async def test_what_was_asked_for_is_printed_after_a_crash_and_what_had_begun_is_not_printed_twice(
    tmp_path: Path,
) -> None:
    """The server dies at each step: after it was asked, and after the first byte may have gone."""
    async with played() as (printer, at):
        async with serving(tmp_path, store="corner", label="Kiosk 1", role="kiosk") as served:
            await served.publish()
            served.node.engine.desk.has_printer = True  # and nobody that works for it: it dies before it begins
            asked, begun = await served.place(), await served.place()
            await begin(served, asked)
            print_id = await begin(served, begun)
            body = {"command_id": str(uuid.uuid4()), "order_id": begun, "print_id": print_id}
            await served.node.command("receipts.begin", msgspec.json.encode(body))
        async with shop(tmp_path, at) as served:
            async with asyncio.timeout(20):
                while await asyncio.to_thread(served.node.receipts_waiting):
                    await asyncio.sleep(0.01)
            assert len(printer.papers) == 1
            number = (await served.get(f"/v1/orders/{asked}"))["number"]
            assert number in printer.papers[0].text()
            assert served.node.receipt_ended(begun, print_id) == "not_known"
            assert (await ask(served, begun))["state"] == "printed"
            assert "COPY" in printer.papers[1].text()


async def test_a_terminal_without_a_printer_says_so(tmp_path: Path) -> None:
    async with shop(tmp_path, "") as served:
        body = {"command_id": str(uuid.uuid4())}
        answer = await served.http.post(f"/v1/orders/{await served.place()}/receipt", json=body)
        assert (answer.status_code, answer.json()["code"]) == (409, "no_printer")


async def test_a_device_file_is_a_printer_too(tmp_path: Path) -> None:
    device = tmp_path / "lp0"
    device.touch()
    async with shop(tmp_path / "shop", str(device)) as served:
        assert (await ask(served, await served.place()))["state"] == "printed"
    assert device.read_bytes().startswith(b"\x1b@")


async def test_a_receipt_is_ordered_again_by_its_digits_or_its_code(tmp_path: Path) -> None:
    async with played() as (printer, at), shop(tmp_path, at) as served:
        cheese = [{"modifier_id": "cheese", "quantity": 2}]
        lines = [{"item_id": "burger", "quantity": 3, "modifiers": cheese, "note": "secret", "guest": "Ann"}]
        order_id = (await served.command("orders.place", lines=lines, dining="takeaway"))["result"]["order_id"]
        await ask(served, order_id)
        paper = printer.papers[0].text().splitlines()
        link = next(line for line in paper if line.startswith("[QR: "))[5:-1]
        for code in (paper[-1].strip(), paper[-1].replace(" ", ""), link):
            answer = await served.http.post("/v1/receipts/again", json={"code": code})
            assert answer.status_code == 200, answer.text
            given = answer.json()
            assert (given["dining"], given["names"], given["prices"]) == ("takeaway", ["Bacon burger"], [1270])
            line = given["lines"][0]
            assert (line["item_id"], line["quantity"], line["modifiers"]) == ("burger", 3, cheese)
            assert (line["note"], line["guest"]) == (None, None)
        for wrong in ("000000000", "1", "x" * 300, "/phone/o/abc"):
            answer = await served.http.post("/v1/receipts/again", json={"code": wrong})
            assert answer.status_code in (404, 409), answer.text
        assert (await served.stranger.post("/v1/receipts/again", json={"code": link})).status_code == 401


async def test_staff_print_a_test_page_and_read_what_became_of_it(tmp_path: Path) -> None:
    async with played() as (printer, at), shop(tmp_path, at) as served:
        answer = await served.http.post("/v1/printer/test")
        assert (answer.status_code, answer.json()["state"]) == (200, "printed")
        paper = printer.papers[0].text()
        assert "Kiosk 1" in paper
        assert "ABCÄÖÜß" in paper
        assert drawn_lines(printer.papers[0]) == 1
    async with played("out_of_paper") as (_, at), shop(tmp_path / "empty", at) as served:
        answer = await served.http.post("/v1/printer/test")
        assert answer.json()["state"] == "out_of_paper"
        assert "Load paper" in answer.json()["text"]
    async with shop(tmp_path / "none", "") as served:
        answer = await served.http.post("/v1/printer/test")
        assert (answer.status_code, answer.json()["code"]) == (409, "no_printer")
