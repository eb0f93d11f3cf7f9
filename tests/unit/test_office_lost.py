"""Head office is lost, and put back without what its stores have let go of: it shows what they show, and says what is
missing."""

from __future__ import annotations

import asyncio
from pathlib import Path

from app.checks.folder import check_retention
from app.settings import Settings
from server.log import ls
from server.node import Node
from server.node.parts import NodeSettings
from server.retention import Keeping
from server.services.retention.rule import Kept
from tests.unit.test_node import MENU, command, settings
from tests.unit.test_retention_again import DAY_MS, DAYS, AnyDay, retention_of, sell

PATIENCE_S = 20.0


async def let_go(node: Node, day: AnyDay) -> str:
    """Sells for some days, and lets go of the oldest; the id of an old order that is still open."""
    await node.command("menu.publish", command(menu=MENU))
    unpaid = await sell(node, paid=False)
    for _ in range(DAYS):
        await sell(node)
        day.now_ms += DAY_MS
    await node.services.catch_up(node.log.events, node.log.position)
    keeping = Keeping(Kept(3, 3, 3), alone=True, every_s=1.0)
    retention = retention_of(node, keeping, day)
    for _ in range(4):
        await retention.step()
    assert retention.state.dropped > 0
    return unpaid


async def test_a_new_head_office_shows_what_the_store_shows_and_says_what_is_missing(
    tmp_path: Path, running: list[Node]
) -> None:
    day = AnyDay()
    office = await Node.open(NodeSettings(data=tmp_path / "office", store="", label="Head office", role="office"))
    running.append(office)
    await office.start()
    till = await Node.open(
        settings(tmp_path / "till", mdns=False, office=f"ws://127.0.0.1:{office.sync_port}"), machine=day
    )
    running.append(till)
    unpaid = await let_go(till, day)
    held = {(s.log_id, s.topic): s.first_seq for s in ls(tmp_path / "till")}
    assert held[till.log.log_id, "orders"] > 1, "the open order's own place is gone, it is carried"
    assert office.warnings() == []
    await till.start()

    def shown(node: Node) -> dict[str, int]:
        return {order.order_id: order.total_minor for order in node.orders(limit=500)}

    async with asyncio.timeout(PATIENCE_S):
        while shown(office) != shown(till):
            await asyncio.sleep(0.05)
    assert unpaid in shown(office)
    (said,) = office.warnings()
    assert "“corner” are missing" in said
    (note,) = office.status().notes
    assert office.note_seen(note.note_id)
    assert office.warnings() == []
    assert till.warnings() == []
    (kept,) = check_retention(tmp_path / "office", Settings())
    assert "head office keeps everything" in kept.text, "also before it has written a word of its own"
