"""The list of peers says what people want to know: who is in step with us, who is not, who is gone."""

from __future__ import annotations

from typing import Any

from server.replication.actions import PeerState
from server.replication.dialling import Target
from server.replication.roster import CALLING_FOR_MS, Roster

NOW_MS = 1_780_000_000_000


def state(device_id: str, **facts: Any) -> PeerState:
    basic: dict[str, Any] = {
        "link": 1,
        "device_id": device_id,
        "log_id": "log",
        "label": f"the {device_id}",
        "role": "pos",
        "store": "s1",
        "sync_port": 1,
        "dialled": True,
        "events_behind": 0,
        "we_behind": 0,
        "last_heard": 9.5,
        "carries_office": False,
        "office_reachable": False,
    }
    return PeerState(**{**basic, **facts})


def test_a_connected_peer_is_described() -> None:
    (peer,) = Roster().update([(state("pos", events_behind=3), "10.0.0.1:7000")], 10.0, NOW_MS)
    assert (peer.label, peer.state, peer.events_behind, peer.address) == ("the pos", "connected", 3, "10.0.0.1:7000")
    assert peer.last_seen_ms == NOW_MS - 500
    assert peer.direct


def test_one_that_goes_is_called_for_a_while_and_then_lost() -> None:
    roster = Roster()
    roster.update([(state("pos"), "")], 10.0, NOW_MS)
    assert [p.state for p in roster.all([], [], NOW_MS)] == ["connecting"]
    (peer,) = roster.all([], [], NOW_MS + CALLING_FOR_MS)
    assert (peer.state, peer.last_seen_ms) == ("lost", NOW_MS - 500)


def test_a_terminal_that_came_back_as_a_new_device_is_not_lost_beside_itself() -> None:
    roster, later = Roster(), NOW_MS + 60_000
    here = [(state("old", label="Till"), "10.0.0.1:7000"), (state("board", label="Board"), "10.0.0.2:7000")]
    roster.update(here, 10.0, NOW_MS)
    present = roster.update([(state("new", label="Till"), "10.0.0.1:7000")], 70.0, later)
    assert [(p.device_id, p.state) for p in roster.all(present, [], later)] == [("board", "lost"), ("new", "connected")]
    present = roster.update([], 130.0, later + 60_000)
    assert {(p.device_id, p.state) for p in roster.all(present, [], later + 60_000)} == {
        ("board", "lost"),
        ("new", "lost"),
    }


def test_one_that_head_office_reaches_through_another_of_the_same_place_stays() -> None:
    roster, later = Roster(), NOW_MS + 60_000
    roster.update([(state("a", label="Kiosk"), "203.0.113.1:7000")], 10.0, NOW_MS)
    other = state("b", label="Kiosk", neighbours=("a",))  # a router in between: its address is everybody's
    present = roster.update([(other, "203.0.113.1:7000")], 70.0, later)
    assert [(p.device_id, p.state) for p in roster.all(present, [], later)] == [("a", "connected"), ("b", "connected")]


def test_one_whose_address_another_one_got_is_lost() -> None:
    roster, later = Roster(), NOW_MS + 60_000
    roster.update([(state("till", label="Till"), "10.0.0.1:7000")], 10.0, NOW_MS)
    present = roster.update([(state("board", label="Board"), "10.0.0.1:7000")], 70.0, later)
    assert [(p.device_id, p.state) for p in roster.all(present, [], later)] == [
        ("board", "connected"),
        ("till", "lost"),
    ]


def test_one_that_a_neighbour_is_connected_to_is_in_reach() -> None:
    roster = Roster()
    roster.update([(state("pos"), "")], 10.0, NOW_MS)
    present = roster.update([(state("board", neighbours=("pos",), events_behind=2), "")], 20.0, NOW_MS + 60_000)
    board, pos = roster.all(present, [], NOW_MS + 60_000)
    assert (board.direct, pos.direct) == (True, False)
    assert (pos.state, pos.events_behind, pos.last_seen_ms) == ("connected", 2, board.last_seen_ms)


def test_an_address_where_nobody_answers_is_on_the_list_until_it_turns_out_who_it_is() -> None:
    roster = Roster()
    target = Target(["ws://10.0.0.9:7000"])
    (peer,) = roster.all([], [target], NOW_MS)
    assert (peer.device_id, peer.label, peer.state, peer.last_seen_ms) == ("", "10.0.0.9:7000", "connecting", 0)
    present = roster.update([(state("pos"), "10.0.0.9:7000")], 10.0, NOW_MS)
    target.device_id = "pos"
    assert [p.device_id for p in roster.all(present, [target], NOW_MS)] == ["pos"]


def test_ourselves_are_not_on_the_list() -> None:
    target = Target(["ws://10.0.0.9:7000"])
    target.given_up = True
    assert not Roster().all([], [target], NOW_MS)
