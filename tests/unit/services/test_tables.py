"""Tables whose disk fails or whose file is damaged: never believed, mended, and complete again."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest

from server.event import Draft, decode
from server.services.orders import events as orders
from server.services.orders.events import Voided
from server.services.read_model import ReadModelLost
from server.services.rows import Damaged
from server.services.tables import cursor_after

from .test_read_model import a_day, caught_up, reader
from .world import Terminal, Writer, numbered


async def test_a_file_that_breaks_in_use_is_rebuilt_and_says_so(tmp_path: Path) -> None:
    shop = Terminal(tmp_path)
    a_day(shop, 3)
    shop.services.order_book._file.db.execute("DROP TABLE customer_order")
    event = shop.writer.write(Draft(orders.VOIDED, "x", Voided("x")))
    shop.events += numbered([event], len(shop.events) + 1)
    with pytest.raises(ReadModelLost):
        shop.services.apply(shop.events[-1:])
    with pytest.raises(ReadModelLost):
        shop.services.apply(shop.events[-1:], len(shop.events))
    await caught_up(shop)
    assert shop.services.cursor == len(shop.events)
    assert len(shop.services.orders()) == 3


def rewrite(path: Path, statement: str, *values: object) -> None:
    with sqlite3.connect(path) as db:
        db.execute(statement, values)
    db.close()


async def test_a_row_with_a_flipped_bit_is_never_shown_and_made_anew_from_the_log(tmp_path: Path) -> None:
    shop = Terminal(tmp_path)
    a_day(shop, 3)
    before = shop.services.orders()
    shop.restart()
    [(state,)] = sqlite3.connect(shop.services.order_book.path).execute("SELECT state FROM customer_order LIMIT 1")
    bad = bytearray(state)
    bad[len(bad) // 2] ^= 4
    rewrite(shop.services.order_book.path, "UPDATE customer_order SET state = ? WHERE state = ?", bytes(bad), state)
    with pytest.raises(Damaged) as damaged:
        shop.services.orders()
    shop.services.tables.suspect(damaged.value)
    assert not shop.services.tables.whole
    with pytest.raises(ReadModelLost):
        shop.services.apply([], len(shop.events))
    await caught_up(shop)
    assert shop.services.tables.whole
    assert shop.services.orders() == before


async def test_a_kept_fact_with_a_flipped_bit_is_found_when_its_order_is_folded_anew(tmp_path: Path) -> None:
    shop = Terminal(tmp_path)
    late = shop.writer.write(Draft(orders.VOIDED, "x", Voided("x")))
    a_day(shop, 3)
    shop.restart()
    rewrite(shop.services.order_book.path, "UPDATE customer_order SET facts = facts || x'00000005ffffffffff'")
    order_id = shop.services.orders()[0].order_id
    late = shop.writer.write(Draft(orders.VOIDED, order_id, Voided("too late")), late.hlc)
    shop.events += numbered([late], len(shop.events) + 1)
    with pytest.raises(ReadModelLost):
        shop.services.apply(shop.events[-1:], len(shop.events))
    await caught_up(shop)
    assert len(shop.services.orders()) == 3


@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM customer_order", "UPDATE customer_order SET hlc = hlc - 1"],
    ids=["gone", "of another time"],
)
async def test_a_row_that_is_not_as_it_was_left_is_not_written_on(tmp_path: Path, statement: str) -> None:
    shop = Terminal(tmp_path)
    a_day(shop, 3)
    before = shop.services.orders()
    rewrite(shop.services.order_book.path, statement)
    event = shop.writer.write(Draft(orders.VOIDED, before[0].order_id, Voided("x")))
    shop.events += numbered([event], len(shop.events) + 1)
    with pytest.raises(ReadModelLost):
        shop.services.apply(shop.events[-1:], len(shop.events))
    await caught_up(shop)
    assert [order.status for order in shop.services.orders()] == ["voided", *(o.status for o in before[1:])]


def test_what_did_not_change_of_a_row_is_not_written(tmp_path: Path) -> None:
    """An order's place among the orders of its day, for one, is in indexes that need not be written each time."""
    shop = Terminal(tmp_path)
    shop.publish()
    order_id = shop.place("burger")
    said: list[str] = []
    shop.services.order_book._file.db.set_trace_callback(said.append)
    shop.do("kitchen.bump", order_id=order_id)
    [written] = [text for text in said if "customer_order" in text and not text.startswith("SELECT")]
    assert written.startswith("UPDATE customer_order SET hlc = ")
    assert "business_day" not in written
    assert "oldest" not in written


async def test_a_file_that_can_not_be_written_is_kept_and_goes_on_when_it_can(tmp_path: Path) -> None:
    shop = Terminal(tmp_path)
    a_day(shop, 3)
    book = shop.services.order_book
    inode, shown = book.path.stat().st_ino, book.cursor
    book._file.db.execute("PRAGMA query_only = 1")
    order_id = shop.services.orders()[0].order_id
    event = shop.writer.write(Draft(orders.VOIDED, order_id, Voided("x")))
    shop.events += numbered([event], len(shop.events) + 1)
    with pytest.raises(ReadModelLost, match="readonly"):
        shop.services.apply(shop.events[-1:], len(shop.events))
    assert book.cursor == shown  # nothing was thrown away
    untold = await shop.services.catch_up(reader(shop.events), len(shop.events))
    assert untold.orders == {order_id}
    assert book.path.stat().st_ino == inode
    found = shop.services.order(order_id)
    assert found is not None
    assert found.status == "voided"


async def test_a_disk_that_does_not_take_the_tables_is_said_in_one_sentence(tmp_path: Path) -> None:
    shop = Terminal(tmp_path)
    a_day(shop, 3)
    book = shop.services.order_book
    shop.services.tables.suspect(ValueError("looks odd"))
    path = book.path
    book._file.close()
    book._file.path = tmp_path / "nowhere" / "orders.db"
    with pytest.raises(ReadModelLost, match="The orders tables can't be written"):
        await caught_up(shop)
    book._file.path = path
    await caught_up(shop)
    assert len(shop.services.orders()) == 3


def test_what_writing_left_to_do_is_done_when_nobody_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.services.read_model.TIDY_AFTER", 3)
    shop = Terminal(tmp_path)
    a_day(shop, 3)
    book = shop.services.order_book

    def in_the_file_alone() -> int:
        """Orders that are there without the write-ahead log."""
        copy = tmp_path / "copy.db"
        copy.write_bytes(book.path.read_bytes())
        with contextlib.closing(sqlite3.connect(f"{copy.as_uri()}?immutable=1", uri=True)) as db:
            try:
                return int(db.execute("SELECT count(*) FROM customer_order").fetchone()[0])
            except sqlite3.Error:
                return 0

    assert in_the_file_alone() < 3
    shop.services.tables.tidy()
    assert in_the_file_alone() == 3
    shop.services.tables.suspect(ValueError("looks odd"))
    shop.services.tables.tidy()  # not while they are not whole


def test_a_cursor_goes_over_nothing_that_has_yet_to_come() -> None:
    writer = Writer()
    event = [writer.write(Draft("orders.placed/1", f"o{n}", {})) for n in range(4)]
    at = [decode(e.stream, e.raw, position) for e, position in zip(event, (5, 6, 8, 9), strict=True)]
    assert cursor_after(4, at[:2]) == 6
    assert cursor_after(4, at[:3]) is None, "the one at 7 is another's"
    assert cursor_after(3, at[:2]) is None
