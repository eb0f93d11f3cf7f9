"""What head office says of a store, from what the parts of its node know."""

from __future__ import annotations

from typing import Any

from server.api.port import Peer, StoreLine
from server.office.survey import ALARMS_MS, MAX_ALARMS, survey
from server.services.health.read_model import AlarmAt, DeviceHealth
from server.services.membership.events import Member

NOW_MS = 1_800_000_000_000


def peer(device_id: str, *neighbours: str, state: Any = "connected") -> Peer:
    return Peer(device_id, device_id.title(), "kiosk", state, 0, "", 0, "shop", "", False, False, list(neighbours))


def line(health: dict[str, DeviceHealth], *peers: Peer) -> StoreLine:
    members = [Member(device_id, device_id.title(), "kiosk", device_id[0]) for device_id in ("burnt", "new", "till")]
    (found,) = survey({"shop": members}, health, peers, {"shop": "v2"}, {}, NOW_MS)
    return found


HELD = {
    "burnt": DeviceHealth("v1", "Old", NOW_MS - 9000),
    "new": DeviceHealth("v2", "New", NOW_MS - 500),
    "till": DeviceHealth("v2", "New", NOW_MS - 700),
}


def test_a_terminal_that_nobody_hears_holds_back_no_menu() -> None:
    found = line(HELD, peer("till", "new"))
    assert (found.menu_current, found.menu_version) == (True, "v2")


def test_a_store_that_is_away_is_told_as_it_was_last_known() -> None:
    found = line(HELD, peer("till", "new", state="lost"))
    assert (found.line, found.menu_current, found.menu_version) == ("lost", False, "v1")


def test_an_older_menu_of_one_that_is_heard_is_told() -> None:
    found = line({**HELD, "new": DeviceHealth("v1", "Old", NOW_MS - 9000)}, peer("till", "new"))
    assert (found.menu_current, found.menu_version) == (False, "v1")


def test_alarms_of_the_last_week_are_told_the_newest_first() -> None:
    old = AlarmAt(NOW_MS - ALARMS_MS - 1, "fork", "long ago")
    many = tuple(AlarmAt(NOW_MS - n, "clock_ahead", f"{n}") for n in range(MAX_ALARMS, 0, -1))
    found = line(
        {"till": DeviceHealth(alarms=(old, *many)), "new": DeviceHealth(alarms=(AlarmAt(NOW_MS, "x", "now"),))}
    )
    assert [alarm.text for alarm in found.alarms] == ["now", *map(str, range(1, MAX_ALARMS))]
    assert (found.alarms[0].label, found.alarms[0].device_id, found.alarms[0].code) == ("New", "new", "x")
    assert line({"till": DeviceHealth(alarms=(old,))}).alarms == []


def test_a_store_that_has_not_said_what_it_sells_from_is_not_said_to_have_the_menu() -> None:
    for found in (line({}, peer("till", "new")), line({}), line({"till": DeviceHealth(alarms=HELD["till"].alarms)})):
        assert (found.menu_current, found.menu_version, found.menu_wanted) == (False, "", "v2")
