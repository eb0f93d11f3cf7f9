"""Terminals that know one address each, without mDNS: they learn the others' from it, and keep together without it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.process.shop import Server, eventually
from tests.process.test_shop import MENU


class Row:
    """T1 … T4, of which all but the first know only T1."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.terminals: list[Server] = []
        for _ in range(4):
            known = ("--peer", f"127.0.0.1:{self.port(0)}") if self.terminals else ()
            self.terminals.append(self.server(len(self.terminals) + 1, *known).start())

    def server(self, n: int, *arguments: str) -> Server:
        return Server(self.folder / f"T{n}", "--store", "corner", "--label", f"T{n}", "--no-mdns", *arguments)

    def port(self, n: int) -> int:
        return int(self.terminals[n].endpoint["sync_port"])


@pytest.fixture
def row(tmp_path: Path) -> Iterator[Row]:
    row = Row(tmp_path)
    try:
        yield row
    finally:
        for server in row.terminals:
            if server.process is not None:
                server.kill()


def neighbours(server: Server) -> set[str]:
    """Labels of those to whom it has a link."""
    peers = server.get("/v1/peers")
    return {p["label"] for p in peers if p["state"] == "connected" and p.get("direct", True)}


def all_linked(*servers: Server) -> bool:
    labels = {s.folder.name for s in servers}
    return all(neighbours(s) >= labels - {s.folder.name} for s in servers)


def in_step(*servers: Server) -> bool:
    frontiers = [s.get("/v1/frontier") for s in servers]
    books = [sorted(o["order_id"] for o in s.get("/v1/orders")) for s in servers]
    return all(f == frontiers[0] for f in frontiers) and all(b == books[0] for b in books)


def test_a_shop_stays_together_without_the_one_that_everybody_knew(row: Row) -> None:
    t1, t2, t3, t4 = row.terminals
    t1.command("menu.publish", menu=MENU)
    assert eventually(lambda: all_linked(*row.terminals)), "they learn of each other"
    assert eventually(lambda: all(t.get("/v1/menu") for t in row.terminals))
    old_port = row.port(0)

    t1.kill()
    placed = {t.place("tea") for t in (t2, t3, t4)}
    assert eventually(lambda: in_step(t2, t3, t4))
    assert {o["order_id"] for o in t4.get("/v1/orders")} == placed

    (t1.folder / "sync.port").unlink()  # it comes back elsewhere, and nobody has told it anything
    t1.start()
    assert row.port(0) != old_port
    assert eventually(lambda: all_linked(*row.terminals))
    placed.add(t1.place("cake"))
    assert eventually(lambda: in_step(*row.terminals))
    assert {o["order_id"] for o in t3.get("/v1/orders")} == placed


def test_after_a_power_cut_they_find_each_other_without_the_one_they_were_given(row: Row) -> None:
    """T1 stays dead, and T4 comes back elsewhere: what they wrote down is all they have."""
    _, t2, t3, t4 = row.terminals
    assert eventually(lambda: all_linked(*row.terminals))
    for server in row.terminals:
        server.kill()
    t2.start()
    t3.start()
    (t4.folder / "sync.port").unlink()
    t4.start()
    assert eventually(lambda: all_linked(t2, t3, t4))


def test_one_knows_the_newcomer_by_hearsay(row: Row) -> None:
    t1, t2, *_ = row.terminals
    newcomer = row.server(5, "--peer", f"127.0.0.1:{row.port(1)}")
    row.terminals.append(newcomer.start())
    assert eventually(lambda: all_linked(*row.terminals))
    t2.kill()
    t1.command("menu.publish", menu=MENU)
    assert eventually(lambda: newcomer.get("/v1/menu"))


def test_one_who_called_is_called_back_when_it_has_forgotten_everybody(tmp_path: Path) -> None:
    """Nobody else is there to tell of it: its disk was replaced, and it was never told the other's address again."""
    known = Server(tmp_path / "T1", "--store", "corner", "--label", "T1", "--no-mdns").start()
    peer = ("--peer", f"127.0.0.1:{known.endpoint['sync_port']}")
    caller = Server(tmp_path / "T2", "--store", "corner", "--label", "T2", "--no-mdns", *peer).start()
    again = Server(tmp_path / "T2", "--store", "corner", "--label", "T2", "--no-mdns")
    try:
        assert eventually(lambda: all_linked(known, caller))
        caller.kill()
        port = (caller.folder / "sync.port").read_text()
        shutil.rmtree(caller.folder)
        caller.folder.mkdir()
        (caller.folder / "sync.port").write_text(port)
        again.start()
        assert eventually(lambda: all_linked(known, again))
    finally:
        for server in (known, caller, again):
            if server.process is not None:
                server.kill()
