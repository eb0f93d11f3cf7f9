"""Bits flip in a terminal's tables and log while it is off: what it then shows is right, and nobody sees a traceback.

More rounds: `NODE_BITS_ROUNDS=1000 python -m pytest tests/unit/test_node_bits.py`; `NODE_BITS_SEED` does one again.
"""

from __future__ import annotations

import asyncio
import logging
import os
import random
import shutil
import sqlite3
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from server.log import LogFailed, is_condemned
from server.node import Node
from tests.faults.pages import flip, pages
from tests.unit.test_node import MENU, command, settings, tea

ROUNDS = int(os.environ.get("NODE_BITS_ROUNDS", "8"))
FIRST = int(os.environ.get("NODE_BITS_SEED", "1"))


HIT = 2
"""Orders that a bit in the only log can change or cost: the one whose own event is hit, and the one after it."""


class Truth(NamedTuple):
    folder: Path
    bodies: dict[str, dict[str, Any]]
    """Of orders, by their id."""

    orders: dict[str, Any]


async def make(folder: Path) -> Truth:
    node = await Node.open(settings(folder))
    await node.command("menu.publish", command(menu=MENU))
    await node.command("stock.count", command(item_id="tea", left=500))
    bodies = {}
    for n in range(40):
        body = tea(1 + n % 3)
        order_id = (await node.command("orders.place", body)).result["order_id"]
        bodies[order_id] = body
        if n % 2:
            await node.command("payments.capture", command(order_id=order_id, tender="cash"))
    orders = {order.order_id: order for order in node.orders()}
    await node.close()
    return Truth(folder, bodies, orders)


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory) -> Truth:
    return asyncio.run(make(tmp_path_factory.mktemp("node") / "till"))


def damage(folder: Path, rand: random.Random) -> str:
    hit = []
    for path in rand.sample(sorted(folder.glob("**/*.db")), rand.choice((1, 1, 2))):
        try:
            found = pages(path)
        except (sqlite3.Error, UnicodeDecodeError):
            continue
        kind = rand.choice(sorted({page.kind for page in found}))
        page = rand.choice([page for page in found if page.kind == kind])
        at, bit = rand.randrange(page.start, min(page.end, path.stat().st_size)), rand.randrange(8)
        flip(path, at, bit)
        hit.append(f"{path.name} byte {at} bit {bit} ({kind})")
    return ", ".join(hit)


@pytest.mark.parametrize("seed", range(FIRST, FIRST + ROUNDS))
async def test_whatever_bits_flip_a_terminal_shows_its_orders_as_they_were(
    tmp_path: Path, truth: Truth, seed: int, caplog: pytest.LogCaptureFixture
) -> None:
    rand = random.Random(seed)
    folder = tmp_path / "till"
    shutil.copytree(truth.folder, folder)
    hit = damage(folder, rand)
    print(f"NODE_BITS_SEED={seed}: {hit}")
    with caplog.at_level(logging.ERROR):
        node = await Node.open(settings(folder))
        if node.engine.hearing is not None:
            node.engine.hearing.set()  # no neighbour is there to be heard
        while await node.log.write_again():
            pass
        while node.services.cursor < node.log.position:
            await asyncio.sleep(0.01)
        shown = {order.order_id: order for order in node.orders()}
        other = [order_id for order_id, order in truth.orders.items() if shown.get(order_id) != order]
        assert len(other) <= (HIT if "log.db" in hit else 0), f"not as they were: {other}"
        for order_id in rand.sample(sorted(shown.keys() & truth.orders.keys()), 3):
            try:
                again = await node.command("orders.place", truth.bodies[order_id])
            except LogFailed:  # where commands are looked up it is damaged: that is said, and the next start repairs it
                assert is_condemned(folder)
                await node.close()
                node = await Node.open(settings(folder))
                if node.engine.hearing is not None:
                    node.engine.hearing.set()
                again = await node.command("orders.place", truth.bodies[order_id])
            assert again.result["order_id"] == order_id, "an order that was placed was placed again"
        await node.command("orders.place", tea())
        await node.close()
    assert not [r for r in caplog.records if r.exc_info], "a traceback was written"
