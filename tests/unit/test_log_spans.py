"""What is held of another's stream behind a hole: it is kept, goes on in its stream, or counts beside it."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from server.event import Stream
from server.log import Gap, Log, verify
from server.log import log as log_module
from server.node import Node
from server.node import terms as node_terms
from tests.unit.logs import copy, number, open_log, placed
from tests.unit.test_node import MENU, command, settings, tea

ORDERS = 60
HOLE = 20


def tear(folder: Path, topic: str, log_id: str, *numbers: int) -> None:
    """Events whose bytes are no longer what they were, in more than one bit."""
    with closing(sqlite3.connect(folder / "log.db")) as db:
        for seq in numbers:
            done = db.execute(
                "UPDATE events SET raw = CAST('torn' || substr(raw, 5) AS BLOB) WHERE seq = ? AND stream = "
                "(SELECT stream FROM streams WHERE log_id = ? AND topic = ?)",
                (seq, log_id, topic),
            )
            assert done.rowcount == 1
        db.commit()
    (folder / "log.damaged").touch()


async def two(folder: Path, at_a_time: int = 1) -> tuple[Stream, Path, Path]:
    """A writer's folder and another's that holds its orders, at rest."""
    writer, other = await open_log(folder / "writer"), await open_log(folder / "other")
    for n in range(1, ORDERS + 1, at_a_time):
        await writer.append([placed(n + i) for i in range(at_a_time)])
    stream = Stream(writer.log_id, "orders")
    await copy(stream, writer, other, max_events=1)  # as it came, sale by sale
    for log in (writer, other):
        await log.close()
    return stream, folder / "writer", folder / "other"


async def orders(log: Log) -> list[int]:
    return [number(e) for e in (await log.events(0, {"orders"}, limit=5000))[0]]


@pytest.mark.parametrize("at_a_time", [1, 5])
async def test_what_lies_behind_a_hole_goes_on_where_a_neighbour_has_filled_it(tmp_path: Path, at_a_time: int) -> None:
    stream, writer, other = await two(tmp_path, at_a_time)
    neighbour = await open_log(tmp_path / "neighbour")
    source = await open_log(writer)
    batch = await source.read(stream, 0, HOLE + 5)  # it has been away since
    assert batch is not None
    await neighbour.store(batch, source.header)
    await source.close()
    tear(other, stream.topic, stream.log_id, HOLE)
    log = await open_log(other)
    assert log.salvaged is not None
    assert log.salvaged.beside > 0
    assert log.frontier()[stream] < HOLE
    assert await log.fill_in() == log.spans > 0
    await copy(stream, neighbour, log)
    assert await log.fill_in() == 0
    assert await orders(log) == list(range(1, ORDERS + 1))
    await log.close()
    assert verify(other).ok
    await neighbour.close()


async def test_runs_behind_a_hole_outlive_a_second_damage(tmp_path: Path) -> None:
    stream, _, other = await two(tmp_path)
    tear(other, stream.topic, stream.log_id, HOLE)
    log = await open_log(other)
    runs = await log.waiting_runs(1000)
    await log.close()
    assert verify(other).ok
    tear(other, stream.topic, stream.log_id, 5)
    log = await open_log(other)
    assert log.frontier()[stream] == 4
    found = {seq for _, run in await log.waiting_runs(1000) for seq in range(run.first_seq, run.last_seq + 1)}
    assert {seq for _, run in runs for seq in range(run.first_seq, run.last_seq + 1)} <= found
    assert found == set(range(6, ORDERS + 1)) - {HOLE}
    await log.close()


async def test_what_nobody_else_has_counts_though_its_stream_has_a_hole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The writer has burnt, and this is the one disk that has its orders."""
    monkeypatch.setattr(node_terms, "REFILL_S", 0.5)
    till = await Node.open(settings(tmp_path / "till"))
    await till.command("menu.publish", command(menu=MENU))
    placed_there = [(await till.command("orders.place", tea())).result["order_id"] for _ in range(8)]
    other = await Node.open(settings(tmp_path / "other"))
    for stream in till.log.frontier():
        await copy(stream, till.log, other.log, max_events=1)
    for node in (till, other):
        await node.close()
    shutil.rmtree(tmp_path / "till")
    tear(tmp_path / "other", "orders", till.log.log_id, 3)
    node = await Node.open(settings(tmp_path / "other", mdns=False))
    assert len(node.orders()) == 2
    await node.start()
    async with asyncio.timeout(30):
        while len(node.orders()) < 7:
            await asyncio.sleep(0.05)
    third = await Node.open(settings(tmp_path / "third"))  # and so they do on every other machine
    for stream in node.log.frontier():
        await copy(stream, node.log, third.log)
    async with asyncio.timeout(30):
        while third.services.cursor < third.log.position:
            await asyncio.sleep(0.05)
    for one in (node, third):
        assert {order.order_id for order in one.orders()} == set(placed_there) - {placed_there[2]}
    assert [o.total_minor for o in third.orders()] == [o.total_minor for o in node.orders()]
    await third.close()
    await node.close()
    again = await Node.open(settings(tmp_path / "other"))
    assert len(again.orders()) == 7
    assert again.log.spans == 0
    await again.close()
    assert verify(tmp_path / "other").ok


async def test_head_office_goes_on_with_what_terminals_still_have_after_it_has_lost_what_they_let_go_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its old sales are damaged, and the shop's new ones must arrive. Nothing that it holds is dropped for that."""
    writer, office = await open_log(tmp_path / "writer"), await open_log(tmp_path / "office", store="")
    for n in range(1, ORDERS + 1):
        await writer.append([placed(n)])
    stream = Stream(writer.log_id, "orders")
    await copy(stream, writer, office, max_events=1)
    await office.close()
    assert await writer.raise_floor(stream, 40) == 40
    tear(tmp_path / "office", stream.topic, stream.log_id, HOLE)
    office = await open_log(tmp_path / "office", store="")
    assert office.frontier()[stream] == HOLE - 1
    held = writer.held()[stream]
    batch = await writer.read(stream, 40)
    assert batch is not None
    with pytest.raises(Gap):
        await office.store(batch, writer.header, floor=(40, held.floor_hash))
    monkeypatch.setattr(log_module, "GAP_WAIT_S", 0.0)  # another terminal may have it; after a minute none has
    assert await office.store(batch, writer.header, floor=(40, held.floor_hash)) == ORDERS - 40
    assert office.held()[stream] == held
    there = [*range(1, HOLE), *range(41, ORDERS + 1)]
    assert await orders(office) == there
    waiting = {seq for _, run in await office.waiting_runs(1000) for seq in range(run.first_seq, run.last_seq + 1)}
    assert set(range(HOLE + 1, 41)) <= waiting, "which are said in an event of its own"
    await writer.append([placed(ORDERS + 1)])
    assert await copy(stream, writer, office) == 1
    await office.close()
    assert verify(tmp_path / "office").ok
    tear(tmp_path / "office", stream.topic, stream.log_id, 50)  # and once more
    office = await open_log(tmp_path / "office", store="")
    assert await orders(office) == list(range(1, HOLE)), "and what came in one go since comes once more"
    assert await copy(stream, writer, office) == ORDERS + 1 - 40
    assert await orders(office) == [*there, ORDERS + 1]
    await office.close()
    assert verify(tmp_path / "office").ok
    with closing(sqlite3.connect(tmp_path / "office" / "log.db")) as db:
        db.execute("UPDATE events SET raw = CAST('torn' || substr(raw, 5) AS BLOB) WHERE seq = 7")
        db.commit()
    assert verify(tmp_path / "office").problems == [f"{stream}/7: its bytes do not give its hash"]
    await writer.close()


async def test_head_office_still_has_what_lies_below_each_place_where_it_had_to_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twice its store had let go of what it lacked. Both stretches below are looked through, and outlive a salvage."""
    monkeypatch.setattr(log_module, "GAP_WAIT_S", 0.0)
    writer, office = await open_log(tmp_path / "writer"), await open_log(tmp_path / "office", store="")
    for n in range(1, ORDERS + 1):
        await writer.append([placed(n)])
    stream = Stream(writer.log_id, "orders")
    for floor in (0, 20, 40):
        await writer.raise_floor(stream, floor)
        batch = await writer.read(stream, floor, 10)
        assert batch is not None
        held = writer.held()[stream]
        for _ in range(1 if not floor else 2):  # a gap first, then nobody has had it for long enough
            with contextlib.suppress(Gap):
                await office.store(batch, writer.header, floor=(floor, held.floor_hash) if floor else None)
    there = [*range(1, 11), *range(21, 31), *range(41, 51)]
    assert await orders(office) == there
    await office.close()
    assert verify(tmp_path / "office").ok
    for torn in (5, 25, 45):
        one = shutil.copytree(tmp_path / "office", tmp_path / f"torn at {torn}")
        tear(one, stream.topic, stream.log_id, torn)
        assert verify(one).problems == [f"{stream}/{torn}: its bytes do not give its hash"]
    (tmp_path / "office" / "log.damaged").touch()
    office = await open_log(tmp_path / "office", store="")
    assert office.salvaged is not None
    assert await orders(office) == there
    await office.close()
    assert verify(tmp_path / "office").ok
    await writer.close()
