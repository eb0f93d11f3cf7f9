"""What staff must hear of stays until somebody has seen it, over restarts; what was told before is not told again."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import httpx

from server.api.app import make_app
from server.log import Log
from server.node import Node
from server.node.notes import MAX_NAMED, Note, Notes
from server.services.health import events as health
from tests.unit.test_node import MENU, command, settings, tea


def torn(folder: Path, topic: str, seq: int) -> None:
    with closing(sqlite3.connect(folder / "log.db")) as db:
        db.execute(
            "UPDATE events SET raw = CAST('torn' || substr(raw, 5) AS BLOB) WHERE seq = ? AND stream = "
            "(SELECT stream FROM streams WHERE topic = ? ORDER BY stream LIMIT 1)",
            (seq, topic),
        )
        db.commit()
    (folder / "log.damaged").touch()


async def written_again(log: Log) -> None:
    while await log.write_again():
        pass


async def test_a_lost_order_is_named_until_somebody_has_seen_it(tmp_path: Path) -> None:
    node = await Node.open(settings(tmp_path))
    await node.command("menu.publish", command(menu=MENU))
    orders = [(await node.command("orders.place", tea())).result for _ in range(6)]
    numbers = [order["number"] for order in orders]
    await node.close()
    torn(tmp_path, "orders", 3)
    for _ in range(2):
        node = await Node.open(settings(tmp_path))
        await written_again(node.log)
        while node.services.cursor < node.log.position:
            await asyncio.sleep(0.01)
        [note] = node.status().notes
        assert note.text in node.warnings()
        assert note.missing == [numbers[2]]
        assert note.text.endswith(f"Orders that are missing: {numbers[2]}."), "and not those that wait to be written"
        await node.close()
    node = await Node.open(settings(tmp_path))
    app = make_app(node, token := "t" * 40)
    transport = httpx.ASGITransport(app=app)
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", headers=headers) as api:
        assert (await api.post(f"/v1/notes/{note.note_id}/seen")).json() == {"note_id": note.note_id}
        assert (await api.post(f"/v1/notes/{note.note_id}/seen")).status_code == 404
    assert node.warnings() == []
    await node.close()
    node = await Node.open(settings(tmp_path))
    assert node.status().notes == []
    await node.close()


def test_a_note_names_some_and_counts_the_rest() -> None:
    missing = [f"A{n}" for n in range(MAX_NAMED + 3)]
    assert Note("n", "Gone.", 0).told([]) == "Gone."
    assert Note("n", "Gone.", 0).told(missing).endswith("A18, A19 and 3 more.")


def test_notes_that_can_not_be_read_are_none(tmp_path: Path) -> None:
    (tmp_path / "notes.json").write_text("[{]")
    notes = Notes(tmp_path)
    assert notes.all == []
    notes.add("The log was damaged.", 1, {"id": "A1"})
    notes.add("The log was damaged.", 2, {})
    assert [note.orders for note in Notes(tmp_path).all] == [{"id": "A1"}]


async def test_an_old_fork_is_no_new_alarm_after_a_restart(tmp_path: Path) -> None:
    async def alarms(node: Node) -> int:
        await asyncio.sleep(0.05)  # an alarm is written down by a task of its own
        events, _ = await node.log.events(0, {"health"}, limit=5000)
        return sum(e.type == health.ALARM for e in events)

    node = await Node.open(settings(tmp_path))
    await node.command("menu.publish", command(menu=MENU))
    stream = next(s for s in node.log.frontier() if s.topic.startswith("membership"))
    await node.log.set_aside(stream, 9, b"another event", bytes(32), None)
    async with asyncio.timeout(20):
        while await alarms(node) < 1:
            pass
    await node.close()
    node = await Node.open(settings(tmp_path))
    before = await alarms(node)
    node._told_of("fork", "A neighbour shows the other branch again.", str(stream))
    await node.log.set_aside(stream, 9, b"another event", bytes(32), None)
    assert await alarms(node) == before
    await node.close()
