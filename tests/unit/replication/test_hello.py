from __future__ import annotations

import pytest

from server.replication import frames
from server.replication.actions import Alarm, Close, PeersChanged
from tests.unit.replication.lab import Lab, Stranger, Terminal, key, memory_log, refusal


def terminal(store: str = "north") -> Terminal:
    return Lab().terminal(store)


def test_two_terminals_of_one_store_know_each_other_after_a_hello() -> None:
    lab = Lab()
    a, b = lab.terminal(), lab.terminal()
    la, lb = lab.connect(a, b)
    assert a.replica.peers() == []
    lab.settle()
    (seen,) = a.replica.peers()
    assert (seen.device_id, seen.label, seen.store, seen.dialled) == (b.me.device_id, b.me.label, "north", True)
    assert a.replica.peer(la) == seen
    assert b.replica.peer(lb).dialled is False  # type: ignore[union-attr]
    assert any(isinstance(action, PeersChanged) for action in a.did)


@pytest.mark.parametrize(("oldest", "protocol"), [(2, 3), (0, 0)])
def test_a_version_that_is_not_spoken_here_is_refused(oldest: int, protocol: int) -> None:
    assert refusal(Stranger(terminal()).hello(oldest=oldest, protocol=protocol)) == "wrong_version"


def test_a_newer_version_that_still_speaks_ours_is_welcome() -> None:
    node = terminal()
    Stranger(node).hello(oldest=1, protocol=7)
    assert len(node.replica.peers()) == 1


def test_a_terminal_of_another_store_is_refused() -> None:
    assert refusal(Stranger(terminal("north"), store="south").hello()) == "wrong_store"


def test_the_reason_for_not_taking_another_stores_terminal_reads_the_same_on_both_sides() -> None:
    """It is shown where it is told, too: “this device” would be another one there."""
    (refuse, _close) = Stranger(terminal("north"), store="south").hello()
    told = frames.decode(refuse.frame)  # type: ignore[union-attr]
    assert isinstance(told, frames.Refuse)
    assert "terminal 1 is of store north, stranger of south" in told.text
    assert "--store" in told.text


def test_head_office_takes_every_store_but_never_calls() -> None:
    office = terminal("")
    for number, store in ((50, "north"), (51, "south")):
        Stranger(office, number, store, link=number).hello()
    assert {peer.store for peer in office.replica.peers()} == {"north", "south"}
    assert refusal(Stranger(terminal("north"), store="").hello()) == "wrong_store"


def test_the_address_of_head_office_must_lead_to_head_office() -> None:
    lab = Lab()
    a, b, office = lab.terminal(), lab.terminal(), lab.terminal("")
    lab.connect(a, b, to_office=True)
    lab.settle()
    assert [close.code for close in a.closes()] == ["not_office"]
    lab.connect(a, office, to_office=True)
    lab.settle()
    assert [peer.office for peer in a.replica.peers()] == [True]


@pytest.mark.parametrize(
    "lie",
    [
        {"store": "south"},
        {"device_id": "x" * 16},
        {"role": "office"},
        {"label": "x" * 1000},
        {"nonce": b""},
        {"neighbours": ["x"] * 1001},
    ],
)
def test_a_hello_that_contradicts_itself_is_refused(lie: dict[str, object]) -> None:
    assert refusal(Stranger(terminal()).hello(**lie)) == "bad_hello"


def test_nobody_claims_the_log_of_another() -> None:
    node = terminal()
    assert refusal(Stranger(node).hello(log_id=memory_log(5).log_id)) == "bad_header"
    assert refusal(Stranger(node, link=9001).hello(header=memory_log(5).header)) == "bad_header"


def test_a_line_to_oneself_is_closed_and_not_tried_again() -> None:
    lab = Lab()
    a = lab.terminal()
    lab.connect(a, a)
    lab.settle()
    assert {(close.code, close.backoff) for close in a.closes()} == {("self", False)}
    assert a.replica.peers() == []


def test_a_cloned_disk_raises_an_alarm() -> None:
    lab = Lab()
    a, twin = lab.terminal(), lab.terminal(log=memory_log(1))
    lab.connect(a, twin)
    lab.settle()
    assert {close.code for close in a.closes()} == {"clone"}
    assert [alarm.code for alarm in a.alarms()] == ["clone"]
    lab.connect(a, twin)
    lab.settle()
    assert len(a.alarms()) == 1, "once is enough"


def test_a_copied_key_raises_an_alarm() -> None:
    node = terminal()
    stranger = Stranger(node)
    stranger.log = memory_log(3)
    header = key(1).new_header("north")
    actions = stranger.hello(header=header, log_id=header.log_id, device_id=header.device_id)
    assert refusal(actions) == "clone"
    assert any(isinstance(action, Alarm) for action in actions)


def test_the_first_frame_must_be_a_hello_and_only_the_first() -> None:
    node = terminal()
    assert refusal(Stranger(node).send(frames.Have({}))) == "no_hello"
    stranger = Stranger(node, link=9001)
    stranger.hello()
    assert refusal(stranger.hello()) == "bad_hello"


def test_who_says_nothing_is_closed_after_four_seconds() -> None:
    lab = Lab()
    node = lab.terminal()
    Stranger(node)
    lab.run(3.5)
    assert node.closes() == []
    lab.run(1)
    assert [close.code for close in node.closes()] == ["silent"]


def test_a_peer_that_falls_silent_is_closed() -> None:
    lab = Lab()
    node = lab.terminal()
    node.do(Stranger(node).hello())
    assert len(node.replica.peers()) == 1
    lab.run(5)
    assert [close.code for close in node.closes()] == ["silent"]
    assert node.replica.peers() == []


def test_peers_that_have_nothing_to_say_stay_connected() -> None:
    lab = Lab()
    a, b = lab.terminal(), lab.terminal()
    lab.connect(a, b)
    lab.run(60)
    assert len(a.replica.peers()) == len(b.replica.peers()) == 1


def duplicates(both_ways: bool, order: int) -> tuple[Lab, Terminal, Terminal, list[tuple[int, int]]]:
    lab = Lab()
    a, b = sorted((lab.terminal(), lab.terminal()), key=lambda t: t.me.device_id)
    links = [lab.connect(a, b), lab.connect(b, a) if both_ways else lab.connect(a, b)]
    ends = [end for pair in links for end in pair]
    if order % 2:
        ends.reverse()
    for end in ends[order // 2 :] + ends[: order // 2]:
        lab.deliver(end)
    lab.run(1)
    return lab, a, b, links


@pytest.mark.parametrize("order", range(8))
def test_of_two_links_the_one_dialled_by_the_lower_device_stays(order: int) -> None:
    _, a, b, links = duplicates(True, order)
    assert [peer.link for peer in a.replica.peers()] == [links[0][0]]
    assert [peer.link for peer in b.replica.peers()] == [links[0][1]]
    for close in a.closes() + b.closes():
        assert (close.code, close.backoff) == ("duplicate", False)


@pytest.mark.parametrize("order", range(8))
def test_of_two_links_dialled_by_one_device_the_newer_stays(order: int) -> None:
    _, a, b, links = duplicates(False, order)
    assert [peer.link for peer in a.replica.peers()] == [links[1][0]]
    assert [peer.link for peer in b.replica.peers()] == [links[1][1]]


def test_a_peer_that_started_anew_replaces_its_dead_link() -> None:
    lab = Lab()
    a, b = sorted((lab.terminal(), lab.terminal()), key=lambda t: t.me.device_id)
    old, _ = lab.connect(a, b)
    lab.settle()
    b.start()  # its process is new, and a has not noticed yet
    _, new = lab.connect(b, a)
    lab.settle()
    assert [peer.link for peer in a.replica.peers()] == [new]
    assert [(c.link, c.code) for c in a.closes()] == [(old, "duplicate")]


def test_a_refusal_closes_this_end_too_and_backs_off() -> None:
    node = terminal()
    stranger = Stranger(node)
    stranger.hello()
    actions = stranger.send(frames.Refuse("wrong_store", "not here"))
    assert [a for a in actions if isinstance(a, Close)] == [Close(stranger.link, "wrong_store", "not here", True)]
    assert stranger.send(frames.Have({})) == []


def test_peers_hear_who_carries_the_line_to_head_office() -> None:
    lab = Lab()
    a, b, office = lab.terminal(), lab.terminal(), lab.terminal("")
    lab.connect(a, b)
    lab.settle()
    a.do(a.replica.office_reachable(True, lab.now))
    lab.settle()
    (seen,) = b.replica.peers()
    assert (seen.carries_office, seen.office_reachable) == (False, True)
    link, _ = lab.connect(a, office, to_office=True)
    lab.settle()
    (seen,) = b.replica.peers()
    assert seen.carries_office
    assert office.me.device_id in seen.neighbours
    lab.cut(link)
    lab.settle()
    (seen,) = b.replica.peers()
    assert not seen.carries_office
