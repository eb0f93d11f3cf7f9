"""Sales that had to be written again, after damage, grow old like all others."""

from __future__ import annotations

import asyncio
import sqlite3
import uuid
from contextlib import closing
from pathlib import Path

from server.event import Frontier, Stream
from server.machine import Machine
from server.node import Node
from server.retention import Keeping, Retention
from server.services.retention.events import Proof
from server.services.retention.rule import Kept
from tests.unit.test_node import MENU, command, settings, tea

DAY_MS = 86_400_000
DAYS = 8
PATIENCE_S = 20.0


class AnyDay(Machine):
    """A machine whose date is set by the test."""

    now_ms = 1_790_000_000_000

    def wall_ms(self) -> int:
        return self.now_ms


class Alone:
    """A shop without neighbours and without head office."""

    def office_holds(self) -> Frontier | None:
        return None

    def leads(self) -> bool:
        return True

    def floor_raised(self, stream: Stream) -> None:
        pass


def retention_of(
    node: Node, keeping: Keeping, day: AnyDay, neighbours: Alone | None = None, kind: type[Retention] = Retention
) -> Retention:
    engine = node.engine
    return kind(
        node.log,
        node.services,
        neighbours or Alone(),
        keeping,
        engine.record,
        engine.shrink,
        day.wall_ms,
        engine.doubt,
    )


async def sell(node: Node, paid: bool = True) -> str:
    order_id: str = (await node.command("orders.place", tea())).result["order_id"]
    if paid:
        await node.command("payments.capture", command(order_id=order_id, tender="cash"))
        for step in ("accept", "start", "ready", "collect"):
            await node.command(f"orders.{step}", command(order_id=order_id))
    return order_id


async def test_what_was_written_again_is_archived_as_what_it_was(tmp_path: Path) -> None:
    day = AnyDay()
    node = await Node.open(settings(tmp_path), machine=day)
    await node.command("menu.publish", command(menu=MENU))
    unpaid = await sell(node, paid=False)
    for _ in range(DAYS):
        for _ in range(3):
            await sell(node)
        day.now_ms += DAY_MS
    await node.close()
    with closing(sqlite3.connect(tmp_path / "log.db")) as db:
        own = db.execute("SELECT stream FROM streams WHERE topic = 'orders'").fetchone()[0]
        db.execute("DELETE FROM events WHERE stream = ? AND seq = 20", (own,))
        db.commit()
    (tmp_path / "log.damaged").touch()

    node = await Node.open(settings(tmp_path), machine=day)
    if node.engine.hearing is not None:
        node.engine.hearing.set()  # there are no neighbours to be heard
    while await node.log.write_again():
        pass
    for _ in range(DAYS):
        await sell(node)
        day.now_ms += DAY_MS
    await node.services.catch_up(node.log.events, node.log.position)
    keeping = Keeping(Kept(3, 3, 3), alone=True, every_s=1.0)
    retention = retention_of(node, keeping, day)
    for _ in range(20):
        await retention.step()
        day.now_ms += DAY_MS
        await sell(node)
    assert retention.state.dropped > 0
    await node.services.catch_up(node.log.events, node.log.position)
    shown = {order.order_id: order for order in node.orders(limit=500)}
    assert unpaid in shown, "it is still open"
    assert len(shown) < DAYS, "of days long gone nothing is shown but that, where it stands now or was first"
    await node.close()

    for file in (tmp_path / "read").iterdir():
        file.unlink()
    node = await Node.open(settings(tmp_path), machine=day)
    assert {order.order_id: order for order in node.orders(limit=500)} == shown
    await node.close()
    assert uuid.UUID(unpaid)


async def test_what_is_touched_while_it_is_being_archived_stays(tmp_path: Path) -> None:
    """An order that was given up at a kiosk is handed out after all, unpaid, while the proofs are being gathered."""
    day = AnyDay()
    node = await Node.open(settings(tmp_path), machine=day)
    await node.command("menu.publish", command(menu=MENU))
    given_up: str = (await node.command("orders.place", tea() | {"hold_until_paid": True})).result["order_id"]
    for _ in range(DAYS):
        await sell(node)
        day.now_ms += DAY_MS

    class Slow(Retention):
        async def _proofs(self, places: list[tuple[Stream, int]]) -> list[Proof]:
            if given_up in {order.order_id for order in node.orders(limit=500) if order.status != "collected"}:
                await node.command("orders.collect", command(order_id=given_up))
            return await super()._proofs(places)

    keeping = Keeping(Kept(3, 3, 3), alone=True, every_s=1.0)
    retention = retention_of(node, keeping, day, kind=Slow)
    while await retention.step():
        pass
    assert retention.state.archived > 0
    shown = {order.order_id: order for order in node.orders(limit=500)}
    assert given_up in shown
    assert shown[given_up].due_minor > 0
    await node.close()


class Office(Alone):
    """The line to a head office that holds what it is said to."""

    def __init__(self) -> None:
        self.holds: Frontier = {}

    def office_holds(self) -> Frontier:
        return self.holds


async def test_what_head_office_has_never_heard_of_is_not_let_go(tmp_path: Path) -> None:
    day, office = AnyDay(), Office()
    node = await Node.open(settings(tmp_path), machine=day)
    await node.command("menu.publish", command(menu=MENU))
    for _ in range(DAYS):
        await sell(node)
        day.now_ms += DAY_MS
    keeping = Keeping(Kept(3, 3, 3), office=True, every_s=1.0)
    retention = retention_of(node, keeping, day, office)
    while await retention.step():
        pass
    assert retention.state.archived == 0
    assert len(node.orders(limit=500)) == DAYS
    office.holds = node.log.frontier()
    while await retention.step():
        pass
    assert retention.state.archived > 0
    await node.close()


async def test_what_the_tables_can_not_tell_keeps_nothing_on_the_disk_for_good(tmp_path: Path) -> None:
    """A bit has flipped in the table of orders, where nobody but this looks: the tables are mended, and it goes on."""
    day = AnyDay()
    node = await Node.open(settings(tmp_path), machine=day)
    await node.command("menu.publish", command(menu=MENU))
    for _ in range(DAYS):
        await sell(node)
        day.now_ms += DAY_MS
    with closing(sqlite3.connect(tmp_path / "read" / "orders.db")) as db:
        assert db.execute("UPDATE customer_order SET facts = x'c1'").rowcount == DAYS
        db.commit()
    keeping = Keeping(Kept(3, 3, 3), alone=True, every_s=0.01)
    retention = retention_of(node, keeping, day)
    node.engine.spawn(retention.run())
    async with asyncio.timeout(PATIENCE_S):
        while not retention.state.archived:
            await asyncio.sleep(0.01)
    await node.close()
