"""Events that a writer really signed and that make no sense: the services must take them in and go on.

An event is for ever and on every machine of the shop, so one that a fold can't take would stop them all. Whoever has a
key can write one; a newer version, or a fault of ours, can do so by accident.
"""

from __future__ import annotations

import random
import tempfile
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from server.event import Draft, Event, Refused, Stream, decode
from server.services.health.events import ALARM, MENU_HELD
from server.services.retention.events import ARCHIVED, TOPIC
from tests.fuzz.generate import tree_values
from tests.fuzz.trees import Mutator, pack
from tests.unit.services.world import NOW_MS, Terminal, views

EVENTS = 150
"""In one case: then everything is rebuilt from nothing and must be equal."""


def honest(folder: Path) -> list[Event]:
    """A little of everything that a shop writes."""
    shop = Terminal(folder)
    shop.say(shop.services.membership_drafts(NOW_MS))
    shop.publish()
    for n in range(6):
        order = shop.place(*["burger", "salad", "cola"][: n % 3 + 1], customer_name="Ada", hold_until_paid=n == 5)
        shop.do("payments.capture", order_id=order, tender="cash", tendered_minor=5000)
        if n == 1:
            shop.do("payments.refund", order_id=order, reason="burnt")
        if n == 2:
            shop.do("orders.amend", order_id=order, lines=[{"item_id": "coffee", "quantity": 2}])
        if n < 4:
            shop.do("kitchen.bump", order_id=order)
        if n == 3:
            shop.do("kitchen.recall", order_id=order)
    shop.do("orders.void", order_id=shop.place("cola"), reason="left")
    shop.do("orders.collect", order_id=shop.place("cola"))
    for name, fields in (("stock.out", {"ingredient_id": "bacon"}), ("stock.back", {"ingredient_id": "bacon"})):
        shop.do(name, **fields)
    shop.do("stock.count", item_id="salad", left=9)
    shop.do("phone.key", secret="Zm9yIGV4YW1wbGUgb25seTsgbWFrZSB5b3VyIG93biE")
    shop.do("phone.key", secret="YW5vdGhlciBleGFtcGxlIG9ubHksIDMyIGJ5dGVzIS0", replace=True)
    shop.do("screens.close", why="failing")
    shop.do("screens.fail", why="frozen")
    shop.do("screens.open")
    shop.do("vouchers.issue", code="471108151237", amount_minor=1000)
    order = shop.place("burger", table="7")
    shop.do("payments.capture", order_id=order, tender="voucher", code="471108151237")
    shop.do("payments.refund", order_id=order, reason="burnt")
    shop.do("vouchers.cancel", code="471108151237", reason="lost")
    shop.desk.has_printer = True
    for why in ({"how": "printed"}, {"how": "failed", "why": "not_known"}):
        print_id = shop.do("receipts.print", order_id=order, language="de")["print_id"]
        shop.do("receipts.begin", order_id=order, print_id=print_id)
        shop.do("receipts.end", order_id=order, print_id=print_id, **why)
    shop.do("baskets.park", lines=[{"item_id": "cola", "quantity": 2}], dining="takeaway")
    alarm = {"code": "fork", "text": "Two.", "stream": "a/b"}
    held = {"version": shop.services.menu_version()}
    floors = {"log-9": {"orders": 3, "stock": 1}}
    archived: dict[str, Any] = {"floors": floors, "kept": {"log-9": {"orders": [2]}}, "upto": NOW_MS << 16}
    for kind, data in ((ALARM, alarm), (MENU_HELD, held), (ARCHIVED, archived)):
        shop.say([Draft(kind, "device-1", data)])
    shop.services.close()
    return shop.events


class Forger:
    """Writes what the protocol lets through: numbers that follow, times that are some, types of the topic."""

    def __init__(self, material: list[Event], rand: random.Random) -> None:
        self.rand = rand
        self.trees = [(event.stream.topic, msgspec.msgpack.decode(event.raw)) for event in material]
        self.mutator = Mutator(rand, tree_values([tree for _, tree in self.trees]))
        self.by_type: dict[str, list[tuple[str, Any]]] = {}
        for topic, tree in self.trees:
            self.by_type.setdefault(tree[2], []).append((topic, tree))
        self.seqs: dict[Stream, int] = {}

    def write(self) -> Event | None:
        rand = self.rand
        topic, tree = rand.choice(self.by_type[rand.choice(list(self.by_type))])
        stream = Stream(rand.choice(["log-8", "log-9"]), topic)
        if topic == TOPIC and stream in self.seqs:
            return None  # each archive of a writer takes the place of the one before, and must not take anything back
        whole = list(tree)
        if rand.random() < 0.85:
            whole[4] = self.mutator.tree([tree[4]], rand.choice([1, 1, 2, 3]))
            whole[4] = whole[4][0] if whole[4] else None
        else:
            whole[1:] = self.mutator.tree(tree[1:], 1)
        if rand.random() < 0.7:
            whole[1:2] = [(NOW_MS + rand.randrange(10_000)) << 16]
        whole[0] = self.seqs.get(stream, 0) + 1
        raw = pack(whole)
        try:
            event = decode(stream, raw)
        except (msgspec.MsgspecError, RecursionError, ValueError):
            return None
        fine = event.seq == whole[0] and 0 <= event.hlc < 2**63 and 0 <= event.follows < 2**62
        if not fine or not event.type.startswith(f"{stream.name}."):
            return None
        self.seqs[stream] = event.seq
        return event


def case(material: list[Event], seed: str) -> str:
    """What is wrong, or `""`."""
    rand = random.Random(seed)
    forger = Forger(material, rand)
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as name:
        shop = Terminal(Path(name) / "a")
        shop.hear(material)
        try:
            while len(shop.events) < len(material) + EVENTS:
                batch = [event for _ in range(rand.choice([1, 4, 20])) if (event := forger.write())]
                shop.hear(batch)
                if rand.random() < 0.2:
                    msgspec.json.encode(list(shown(shop).values()))
                    _go_on(shop, rand)
            before = shown(shop)
            msgspec.json.encode(list(before.values()))
            anew = Terminal(Path(name) / "b")
            order = list(shop.events)
            anew.hear(order)
            for what, value in shown(anew).items():
                if value != before[what]:
                    return f"{what} differ when they are built from nothing"
            shop.services.close()
            anew.services.close()
        except Exception as e:
            place = traceback.extract_tb(e.__traceback__)[-1]
            return f"{type(e).__name__}: {e} ({Path(place.filename).name}:{place.lineno})"[:300]
    return ""


def shown(shop: Terminal) -> dict[str, Any]:
    return {what: value for what, value in views(shop.services).items() if what not in ("stock", "payments")}


def _go_on(shop: Terminal, rand: random.Random) -> None:
    """What staff do next works, or is refused in words."""
    orders = shop.services.orders(limit=50)
    for name, fields in (
        ("orders.place", {"lines": [{"item_id": "cola", "quantity": 1}], "dining": "here"}),
        ("orders.collect", {"order_id": rand.choice(orders).order_id if orders else ""}),
        ("payments.capture", {"order_id": rand.choice(orders).order_id if orders else "", "tender": "cash"}),
        ("kitchen.bump", {"order_id": rand.choice(orders).order_id if orders else ""}),
        ("stock.count", {"item_id": "cola", "left": 3}),
    ):
        try:
            shop.do(name, **fields)
        except Refused as refused:
            if not refused.text:
                raise AssertionError("a refusal without words") from refused


def faults(seed: int, seconds: float) -> Iterator[tuple[str, str, int]]:
    """`(fault, seed of the case, cases so far)`, with `""` for a case that is fine."""
    end = time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as name:
        material = honest(Path(name))
    number = 0
    while time.monotonic() < end:
        number += 1
        yield case(material, f"{seed}/{number}"), f"{seed}/{number}", number


def fuzz_folds(seed: int, seconds: float) -> bool:
    """True when nothing was found."""
    print(f"folds: seed {seed}", flush=True)
    known: set[str] = set()
    number = 0
    for fault, which, number in faults(seed, seconds):  # noqa: B007
        if fault and fault[:60] not in known:
            known.add(fault[:60])
            print(f"FAULT: {fault}\n    again: python -m tests.fuzz --fold-case {which}", flush=True)
    print(f"folds: {number * EVENTS} events in {number} cases, {len(known)} faults", flush=True)
    return not known


def again(which: str) -> str:
    with tempfile.TemporaryDirectory() as name:
        return case(honest(Path(name)), which)
