"""Order numbers: short, and never the same twice in a shop's day."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from server.services.business_day import business_day, zone
from server.services.membership.events import Joined
from server.services.membership.state import PREFIXES, MemberState, choose_prefix, claim, first_number, losers

from .world import Terminal

DAY_MS = 86_400_000


def number(shop: Terminal) -> str:
    found = shop.services.order(shop.place("burger"))
    assert found is not None
    return found.number


def joined(shop: Terminal) -> str:
    shop.say(shop.services.membership_drafts())
    return shop.services.members()[0].prefix


def test_prefixes_have_no_vowels_and_no_doubles() -> None:
    assert len(PREFIXES) == len(set(PREFIXES)) > 80
    for prefix in PREFIXES:
        assert not set(prefix) & set("AEIOUY")
        assert len(set(prefix)) == 2


def test_a_device_says_who_it_is_once(tmp_path: Path) -> None:
    shop = Terminal(tmp_path)
    prefix = joined(shop)
    assert shop.services.membership_drafts() == []
    shop.restart()
    assert shop.services.membership_drafts() == []
    shop.options["label"] = "Kiosk at the door"
    shop.restart()
    (draft,) = shop.services.membership_drafts()
    assert (draft.data.label, draft.data.prefix) == ("Kiosk at the door", prefix)


def test_numbers_run_and_never_repeat_after_a_restart(tmp_path: Path) -> None:
    shop = Terminal(tmp_path)
    shop.publish()
    prefix = joined(shop)
    first = number(shop)
    assert first == f"{prefix}{first_number('device-1')}"
    serial = int(first[2:])
    assert [number(shop), number(shop)] == [f"{prefix}{serial + 1}", f"{prefix}{serial + 2}"]
    shop.restart()
    assert number(shop) == f"{prefix}{serial + 3}"
    shop.now_ms += DAY_MS
    assert number(shop) == first, "a new business day starts anew"


def test_a_number_decided_but_not_yet_applied_is_not_given_again(tmp_path: Path) -> None:
    shop = Terminal(tmp_path)
    shop.publish()
    line = [{"item_id": "burger", "quantity": 1}]
    numbers = [shop.decide("orders.place", lines=line, dining="here").result["number"] for _ in range(5)]
    assert len(set(numbers)) == 5


def test_the_earlier_claim_of_a_prefix_stands_and_the_later_claims_anew(tmp_path: Path) -> None:
    a, b = Terminal(tmp_path / "a", "device-a"), Terminal(tmp_path / "b", "device-b")
    a.say(a.services.membership_drafts())
    (draft,) = b.services.membership_drafts()
    stolen = Joined("device-b", draft.data.label, draft.data.role, a.services.members()[0].prefix)
    b.writer.wall_ms += 1000
    (claimed,) = b.say([type(draft)(draft.type, draft.aggregate_id, stolen)])
    a_events, b_events = list(a.events), [claimed]
    a.hear(b_events)
    b.hear(a_events)
    assert a.services.membership_drafts() == []
    assert [m.lost_prefix for m in b.services.members()] == [False, True]
    assert b.changes.members
    a.hear(b.say(b.services.membership_drafts()))
    for terminal in (a, b):
        members = terminal.services.members()
        assert len({m.prefix for m in members}) == 2
        assert not any(m.lost_prefix for m in members)


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(1, 50)), min_size=1, max_size=12))
def test_claims_settle_whoever_came_first(claims: list[tuple[str, int]]) -> None:
    members = {
        device: MemberState(Joined(device, device, "kiosk", "BK"), (at, device, 1, "membership"), (at, device, 1, ""))
        for device, at in claims
    }
    for _ in range(len(members) + 1):
        for n, device in enumerate(sorted(losers(members.values()))):
            (draft,) = claim(device, device, "kiosk", members)
            at = (1000 + n, device, 2, "membership")
            members[device] = MemberState(draft.data, at, at)
    assert losers(members.values()) == set()
    assert len({m.joined.prefix for m in members.values() if m.joined}) == len(members)


def test_nobody_takes_letters_under_which_another_gave_numbers_before(tmp_path: Path) -> None:
    """It got others when its disk was damaged; customers still hold numbers with the former."""
    at = (1, "a-log", 1, "membership")
    prefix = choose_prefix("c-log", set())
    former = MemberState(Joined("a", "A", "pos", next(p for p in PREFIXES if p != prefix)), at, at, [prefix])
    (draft,) = claim("c", "C", "pos", {"a": former}, "c-log")
    assert draft.data.prefix not in (prefix, former.joined.prefix if former.joined else "")


def test_a_full_shop_still_gets_a_prefix() -> None:
    assert choose_prefix("device", set(PREFIXES)) in PREFIXES
    assert choose_prefix("device", set(PREFIXES[1:])) == PREFIXES[0]


def test_the_business_day_ends_at_its_cut_over_hour() -> None:
    berlin = zone("Europe/Berlin")
    assert business_day(1_772_366_400_000, berlin, 4) == "2026-03-01"  # Sunday 13:00 in Berlin
    assert business_day(1_772_412_000_000, berlin, 4) == "2026-03-01"  # Monday 01:40: still Sunday's
    assert business_day(1_772_420_399_999, berlin, 4) == "2026-03-01"  # 03:59:59.999
    assert business_day(1_772_420_400_000, berlin, 4) == "2026-03-02"  # 04:00
    assert business_day(1_772_420_400_000, zone("America/New_York"), 4) == "2026-03-01"


def test_office_keeps_the_stores_apart(tmp_path: Path) -> None:
    stores = {"log-r": "riverside", "log-h": "hillside"}
    office = Terminal(tmp_path / "o", "office", "", store_of=lambda log_id: stores.get(log_id, ""))
    office.publish()
    for device_id, store in (("r", "riverside"), ("h", "hillside")):
        shop = Terminal(tmp_path / store, device_id, store)
        shop.publish()
        shop.say(shop.services.membership_drafts())
        shop.place("burger")
        shop.do("stock.out", ingredient_id="bacon")
        shop.place("salad", "salad")
        office.hear(shop.events)
    sales = office.services.stores_sales("2026-03-01")
    assert {store: (s.orders, s.total_minor) for store, s in sales.items()} == {
        "riverside": (2, 2570),
        "hillside": (2, 2570),
    }
    assert office.services.sales("2026-03-01").total_minor == 5140
    assert [m.store for m in office.services.members()] == ["hillside", "riverside"]
    found = office.services.orders(store="hillside")
    assert {o.store for o in found} == {"hillside"}
    assert office.services.orders(number=found[0].number, business_day="2026-03-01", store="hillside") == found[:1]
    assert office.services.availability()["burger"].state == "available", "bacon is out at the stores, not here"
    assert all(o.warnings == [] for o in office.services.orders())
