"""A new terminal beside others, with real links: what was done at its place is not done twice."""

from __future__ import annotations

import asyncio
import socket
import time
from pathlib import Path

import pytest

from server.node import Node
from tests.unit.test_node import MENU, command, settings

PATIENCE_S = 20.0


async def up(running: list[Node], folder: Path, *peers: Node) -> Node:
    node = await Node.open(settings(folder, mdns=False, peers=[f"127.0.0.1:{peer.sync_port}" for peer in peers]))
    running.append(node)
    await node.start()
    return node


async def in_step(a: Node, b: Node) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while a.frontier() != b.frontier():
            await asyncio.sleep(0.02)


async def test_what_a_burnt_terminal_did_is_not_done_again_by_the_new_one_in_its_place(
    tmp_path: Path, running: list[Node]
) -> None:
    there = await up(running, tmp_path / "there")
    burnt = await up(running, tmp_path / "burnt", there)
    await burnt.command("menu.publish", command(menu=MENU))
    body = command(item_id="tea")
    done = await burnt.command("stock.out", body)
    await in_step(burnt, there)
    await burnt.close()
    running.remove(burnt)
    new = await up(running, tmp_path / "new", there)
    again = await new.command("stock.out", body)  # at once: it has met nobody yet
    assert [e.raw for e in again.events] == [e.raw for e in done.events]


@pytest.mark.parametrize("named", [False, True])
async def test_a_first_terminal_waits_for_nobody_who_is_not_there(
    tmp_path: Path, running: list[Node], named: bool
) -> None:
    with socket.socket() as nobody:  # an address at which nothing will answer
        nobody.bind(("127.0.0.1", 0))
        peers = [f"127.0.0.1:{nobody.getsockname()[1]}"] if named else []
        node = await Node.open(settings(tmp_path, mdns=False, peers=peers))
        running.append(node)
        await node.start()
        assert (node.engine.hearing is not None) is named
        begin = time.monotonic()
        async with asyncio.timeout(PATIENCE_S):
            await node.command("menu.publish", command(menu=MENU))
        print(f"named: {named}, waited {time.monotonic() - begin:.2f} s")


async def test_a_disk_that_was_put_back_does_not_do_again_what_its_neighbours_know_it_did(
    tmp_path: Path, running: list[Node]
) -> None:
    there = await up(running, tmp_path / "there")
    till = await up(running, tmp_path / "till", there)
    await till.command("menu.publish", command(menu=MENU))
    await in_step(till, there)
    await till.close()
    image = {file: file.read_bytes() for file in (tmp_path / "till").glob("log.db*")}
    till = await up(running, tmp_path / "till", there)
    body = command(item_id="tea")
    done = await till.command("stock.out", body)
    await in_step(till, there)
    await till.close()
    for file in (tmp_path / "till").glob("log.db*"):
        file.unlink()
    for file, content in image.items():
        file.write_bytes(content)
    till = await up(running, tmp_path / "till", there)
    assert till.log.set_back
    again = await till.command("stock.out", body)  # at once: it has met nobody yet
    assert [e.raw for e in again.events] == [e.raw for e in done.events]
