"""Tables whose disk fails or whose file is damaged: never believed, mended, and complete again."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from server.event import Draft
from server.services.orders import events as orders
from server.services.orders.events import Voided
from server.services.read_model import ReadModelLost
from server.services.rows import Damaged

from .test_read_model import a_day, caught_up, reader
from .world import Terminal, numbered


async def test_a_file_that_breaks_in_use_is_rebuilt_and_says_so(tmp_path: Path) -> None:
    shop = Terminal(tmp_path)
    a_day(shop, 3)
    with shop.services.order_book.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE customer_order")
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


async def test_a_file_that_can_not_be_written_is_kept_and_goes_on_when_it_can(tmp_path: Path) -> None:
    shop = Terminal(tmp_path)
    a_day(shop, 3)
    book = shop.services.order_book
    inode, shown = book.path.stat().st_ino, book.cursor
    book._db.execute("PRAGMA query_only = 1")
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
    book._let_go()
    book.path = tmp_path / "nowhere" / "orders.db"
    with pytest.raises(ReadModelLost, match="The orders tables can't be written"):
        await caught_up(shop)
    book.path = path
    await caught_up(shop)
    assert len(shop.services.orders()) == 3
