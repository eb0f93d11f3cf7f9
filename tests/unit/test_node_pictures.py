"""Which pictures a machine keeps: those of every menu that somebody sells from, whoever's it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from server.node import Node
from server.node.parts import NodeSettings
from tests.unit.test_node import MENU, command


def shown(digest: str) -> dict[str, Any]:
    """The menu with a picture that travels with it."""
    item: dict[str, Any] = MENU["items"][0]  # type: ignore[assignment]
    return {**MENU, "items": [{**item, "image": f"sha256:{digest}"}]}


async def test_head_office_keeps_the_pictures_of_each_stores_menu(tmp_path: Path, running: list[Node]) -> None:
    office = await Node.open(NodeSettings(data=tmp_path, store="", label="Head office", role="office", mdns=False))
    running.append(office)
    everybodys, norths, souths = ("a" * 64, "b" * 64, "c" * 64)
    await office.command("menu.publish", command(menu=shown(everybodys)))
    await office.command("menu.publish", command(menu=shown(norths), stores=["north"]))
    await office.command("menu.publish", command(menu=shown(souths), stores=["south"]))
    assert office._pictures.kept() == {everybodys, norths, souths}
    await office.command("menu.publish", command(menu=shown(everybodys), stores=["south"]))
    assert office._pictures.kept() == {everybodys, norths}
