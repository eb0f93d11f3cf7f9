"""Disks that fail and disks that are copied, with real servers: nothing is lost, nothing is told twice."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
import subprocess
import sys
import uuid
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.log import verify
from tests.process.shop import Server, eventually
from tests.process.test_shop import MENU, essence

ORDERS = 60
WHOLE_DISK = ("log.db", "log.reached")
"""As far as a terminal can tell: nothing on it knows what it did later."""


class Two:
    """Two terminals of a store, without an office."""

    def __init__(self, folder: Path) -> None:
        self.a = Server(folder / "a", "--store", "corner", "--label", "A", "--no-mdns")
        self.a.start()
        self.a.command("menu.publish", menu=MENU)
        self.b = self.other(folder / "b", "B")
        eventually(lambda: [p["state"] for p in self.b.get("/v1/peers")] == ["connected"])
        for n in range(ORDERS):
            (self.a, self.b)[n % 2].place("tea", 1 + n % 3)
        eventually(self.agree)

    def other(self, folder: Path, label: str) -> Server:
        peer = f"127.0.0.1:{self.a.endpoint['sync_port']}"
        return Server(folder, "--store", "corner", "--label", label, "--no-mdns", "--peer", peer).start()

    def agree(self, *more: Server) -> bool:
        books = [
            sorted(map(essence, s.get("/v1/orders")), key=lambda o: o["order_id"]) for s in (self.a, self.b, *more)
        ]
        return all(book == books[0] for book in books)

    def numbers(self) -> list[str]:
        return [o["number"] for o in self.b.get("/v1/orders")]

    def set_back(self, *names: str) -> dict[str, Any]:
        """A sells ten cakes, stops, and finds these of its files as they were before, in the same place. Returns its
        endpoint."""
        a = self.a
        a.stop()
        old = {name: (a.folder / name).read_bytes() for name in names}
        a.arguments += ["--sync-port", str(a.endpoint["sync_port"])]
        a.start()
        for _ in range(10):
            a.place("cake")
        eventually(self.agree)
        a.stop()
        for name, data in old.items():
            (a.folder / name).write_bytes(data)
        a.arguments += ["--api-port", a.endpoint["api"].rpartition(":")[2]]
        return a.endpoint

    def stop(self, *more: Server) -> None:
        for server in (*more, self.a, self.b):
            server.stop()


@pytest.fixture
def shop(tmp_path: Path) -> Two:
    return Two(tmp_path)


def damage(folder: Path, seed: int) -> None:
    """Bits flipped all over the second half of a log at rest."""
    path = folder / "log.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    data = bytearray(path.read_bytes())
    rand = random.Random(seed)
    for _ in range(40):
        data[rand.randrange(len(data) // 2, len(data))] ^= 1 << rand.randrange(8)
    path.write_bytes(data)


def test_a_terminal_with_a_damaged_disk_sells_on_and_gets_everything_back(shop: Two) -> None:
    a, b = shop.a, shop.b
    before = a.endpoint
    a.stop()
    damage(a.folder, 7)
    (a.folder / "log.damaged").touch()  # as the background check leaves it
    late = b.place("cake")  # sold meanwhile
    a.arguments += ["--sync-port", str(before["sync_port"])]
    a.start()
    assert a.endpoint["device_id"] == before["device_id"]
    assert a.endpoint["log_id"] != before["log_id"]
    a.place("tea")  # at once, before anything has come back
    eventually(shop.agree)
    assert len(a.get("/v1/orders")) == ORDERS + 2
    assert late in {o["order_id"] for o in a.get("/v1/orders")}
    numbers = shop.numbers()
    assert len(numbers) == len(set(numbers)), "no number is called twice"
    assert any("log_damaged" in json.dumps(e) for e in a.get("/v1/events?after=0&topics=health&limit=500")["events"])
    eventually(lambda: a.get("/v1/frontier") == b.get("/v1/frontier"))
    shop.stop()
    assert verify(a.folder).ok
    assert list(a.folder.glob("damaged-*"))


def test_a_cloned_terminal_is_one_of_its_own(shop: Two) -> None:
    a = shop.a
    a.stop()
    shutil.copytree(a.folder, a.folder.with_name("clone"))
    a.arguments += ["--sync-port", str(a.endpoint["sync_port"])]
    a.start()
    clone = shop.other(a.folder.with_name("clone"), "Clone")
    assert len({s.endpoint["device_id"] for s in (a, shop.b, clone)}) == 3
    for _ in range(10):
        for server in (a, clone, shop.b):
            server.place("tea")
    eventually(lambda: shop.agree(clone))
    numbers = shop.numbers()
    assert len(numbers) == len(set(numbers)) == ORDERS + 30
    eventually(lambda: a.get("/v1/frontier") == clone.get("/v1/frontier") == shop.b.get("/v1/frontier"))
    shop.stop(clone)


def pilotlight(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app.cli", *map(str, arguments)], capture_output=True, text=True, timeout=60, check=False
    )


def test_an_old_backup_comes_back_as_a_device_that_learns_what_it_missed(shop: Two, tmp_path: Path) -> None:
    a = shop.a
    file = tmp_path / "monday.backup"
    done = pilotlight("backup", file, "--data", a.folder, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["events"] > ORDERS
    assert file.stat().st_mode & 0o777 == 0o600
    for _ in range(20):
        a.place("cake")
    eventually(shop.agree)
    a.stop()
    again = tmp_path / "again"
    done = pilotlight("restore", file, "--data", again, "--json")
    assert done.returncode == 0, done.stderr
    restored = Server(
        again, "--store", "corner", "--label", "A", "--no-mdns", "--peer", f"127.0.0.1:{shop.b.endpoint['sync_port']}"
    ).start()
    restored.place("tea")  # before it has heard of anything
    shop.a = restored
    eventually(shop.agree)
    numbers = shop.numbers()
    assert len(numbers) == len(set(numbers)) == ORDERS + 21
    shop.stop()


@pytest.mark.parametrize(
    ("prepare", "arguments", "said"),
    [
        ("", ("backup", "new.backup", "--data", "nowhere"), "There is no log in"),
        ("", ("restore", "none.backup", "--data", "x"), "There is no backup"),
        ("garbage", ("restore", "garbage", "--data", "x"), "not a whole backup"),
        ("garbage", ("backup", "garbage", "--data", "."), "There is no log"),
    ],
)
def test_what_can_not_be_backed_up_or_restored_is_said(
    tmp_path: Path, prepare: str, arguments: tuple[str, ...], said: str
) -> None:
    if prepare:
        (tmp_path / prepare).write_bytes(b"not a backup at all" * 1000)
    command, file, flag, folder = arguments
    done = pilotlight(command, tmp_path / file, flag, tmp_path / folder)
    assert done.returncode == 1
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_disk_that_went_back_in_time_in_its_place_begins_anew_before_it_sells(shop: Two) -> None:
    """Somebody copies an older log over the newer one: the file is the same one to its file system."""
    a = shop.a
    before = shop.set_back(*WHOLE_DISK)
    a.start()

    def begun_anew() -> bool:
        facts = json.loads((a.folder / "endpoint.json").read_text()) if (a.folder / "endpoint.json").exists() else {}
        return facts.get("log_id", before["log_id"]) != before["log_id"]

    assert eventually(begun_anew)
    for _ in range(5):
        a.place("tea")
    eventually(shop.agree)
    numbers = shop.numbers()
    assert len(numbers) == len(set(numbers)) == ORDERS + 15
    shop.stop()
    assert verify(a.folder).ok


def test_money_is_not_given_back_twice_by_a_terminal_that_forgot_it(shop: Two, tmp_path: Path) -> None:
    """The answer to a refund was lost with the disk; the screen asks again at the one restored from an older backup."""
    a = shop.a
    order_id = a.place("cake")
    a.command("payments.capture", order_id=order_id, tender="cash")
    assert pilotlight("backup", tmp_path / "old", "--data", a.folder).returncode == 0
    refund = {"command_id": str(uuid.uuid4()), "order_id": order_id, "amount_minor": 100, "reason": "cold"}
    first = a.command("payments.refund", **refund)
    eventually(shop.agree)
    a.stop()
    again = tmp_path / "again"
    assert pilotlight("restore", tmp_path / "old", "--data", again).returncode == 0
    peer = f"127.0.0.1:{shop.b.endpoint['sync_port']}"
    restored = Server(again, "--store", "corner", "--label", "A", "--no-mdns", "--peer", peer).start()
    second = restored.command("payments.refund", **refund)  # at once
    assert second["result"]["amount_minor"] == 100
    assert [e["id"] for e in second["events"]] == [e["id"] for e in first["events"]]
    shop.a = restored
    eventually(shop.agree)
    assert [t["refunded_minor"] for t in shop.b.get(f"/v1/orders/{order_id}")["tenders"]] == [100]
    shop.stop()


def test_what_nobody_else_has_is_written_again_from_the_damaged_disk(tmp_path: Path) -> None:
    """The only terminal of a shop: nobody can give anything back."""
    till = Server(tmp_path / "till", "--store", "corner", "--label", "Till", "--no-mdns").start()
    till.command("menu.publish", menu=MENU)
    for n in range(ORDERS):
        till.place("tea", 1 + n % 3)
    first = till.place("cake")
    before = {o["order_id"]: essence(o) for o in till.get("/v1/orders?limit=500")}
    events = {e["id"] for e in till.get("/v1/events?after=0&topics=orders&limit=500")["events"]}
    till.stop()
    with closing(sqlite3.connect(till.folder / "log.db")) as db:
        stream = "(SELECT stream FROM streams WHERE topic = 'orders')"
        db.execute(f"UPDATE events SET raw = CAST(raw || x'00' AS BLOB) WHERE stream = {stream} AND seq = 20")
        db.commit()
    (till.folder / "log.damaged").touch()  # as the background check leaves it
    till.start()

    def back() -> bool:
        return len(till.get("/v1/orders?limit=500")) == ORDERS

    assert eventually(back, 40)
    after = {o["order_id"]: essence(o) for o in till.get("/v1/orders?limit=500")}
    assert first in after
    assert {key: before[key] for key in after} == after
    told = [e["id"] for e in till.get("/v1/events?after=0&topics=orders&limit=500")["events"]]
    assert len(told) == len(set(told))
    assert set(told) < events, "an event keeps the id that it had"
    till.place("tea")
    numbers = [o["number"] for o in till.get("/v1/orders?limit=500")]
    assert len(numbers) == len(set(numbers))
    till.stop()
    assert verify(till.folder).ok


def test_a_log_put_back_is_known_without_a_neighbour_and_gives_no_number_twice(shop: Two) -> None:
    a, b = shop.a, shop.b
    before = shop.set_back("log.db")
    b.stop()
    a.start()
    assert a.endpoint["log_id"] != before["log_id"]
    assert a.endpoint["device_id"] == before["device_id"]
    for _ in range(5):
        a.place("tea")
    told = json.dumps(a.get("/v1/events?after=0&topics=health&limit=500")["events"])
    assert "put back to an older state" in told
    b.start()
    assert eventually(lambda: shop.agree() and len(shop.numbers()) == ORDERS + 15, 60)
    assert len(set(shop.numbers())) == ORDERS + 15, "no number is called twice"
    assert eventually(lambda: a.get("/v1/frontier") == b.get("/v1/frontier"), 40)
    assert "fork" not in json.dumps(b.get("/v1/events?after=0&topics=health&limit=500")["events"])
    shop.stop()
    assert verify(a.folder).ok


def test_a_disk_set_back_that_sold_on_alone_brings_both_of_its_pasts_together(shop: Two) -> None:
    a, b = shop.a, shop.b
    shop.set_back(*WHOLE_DISK)
    b.stop()
    a.start()
    alone = [a.place("tea") for _ in range(5)]  # under numbers that the ten cakes have, too: it can't know of them
    b.start()

    def together() -> bool:
        try:
            return shop.agree() and len(b.get("/v1/orders?limit=500")) == ORDERS + 15
        except httpx.TransportError:  # it opens its log anew
            return False

    assert eventually(together, 60)
    assert set(alone) < {o["order_id"] for o in a.get("/v1/orders?limit=500")}
    assert eventually(lambda: a.get("/v1/frontier") == b.get("/v1/frontier"), 40)
    told = json.dumps(b.get("/v1/events?after=0&topics=health&limit=500")["events"])
    assert "fork" in told

    numbers = Counter(shop.numbers())
    twice = sorted(number for number, count in numbers.items() if count > 1)
    assert len(twice) == 5, "the cakes' numbers were given to the teas, too"

    def flagged() -> bool:
        events = b.get("/v1/events?after=0&topics=health&limit=500")["events"]
        texts = [e["data"]["text"] for e in events if e["data"].get("code") == "number_given_twice"]
        return bool(texts) and all(number in texts[-1] for number in twice)

    assert eventually(flagged, 60), "somebody who calls them out must know"
    assert any(twice[0] in text for text in a.get("/v1/status")["warnings"])
    shop.stop()
    assert verify(a.folder).ok
    assert verify(b.folder).ok
