"""Hello: who may talk to whom, and which of two links to one device stays."""

from __future__ import annotations

import ipaddress
import re

from server.event import MAX_LABEL
from server.replication.actions import Me
from server.replication.flow import PeerLink, host_of
from server.replication.frames import OLDEST_PROTOCOL, PROTOCOL, Hello, Summary
from server.replication.gate import is_loopback
from server.replication.scope import is_topic
from server.replication.verify import BrokenRule, check_header

MAX_ROLE = 32
MAX_NEIGHBOURS = 1000
"""More devices than any shop has; a longer list is a mistake."""

MAX_TOPICS = 100
"""Topics that a peer may name as those it wants; there are a dozen."""

MAX_DEVICE_ID = 64
_ADDRESS = re.compile(r"(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._-]{1,253}):([0-9]{1,5})")

CALM_CODES = frozenset({"duplicate", "self"})
"""Reasons to close that are nobody's fault: no back-off."""


def judge(me: Me, nonce: bytes, peer: PeerLink, hello: Hello) -> None:
    """Raises `BrokenRule` with the reason to refuse this peer. Codes "self" and "clone" want the caller's attention."""
    if hello.oldest > PROTOCOL or hello.protocol < OLDEST_PROTOCOL:
        raise BrokenRule(
            "wrong_version",
            f"One device speaks protocol {OLDEST_PROTOCOL} to {PROTOCOL}, the other {hello.oldest} to "
            f"{hello.protocol}. Update the older of the two.",
        )
    _check_shape(hello)
    if hello.log_id == me.log_id:
        if hello.nonce == nonce:
            raise BrokenRule("self", "This address leads back to this device itself.")
        raise BrokenRule("clone", f"Another machine runs with a copy of this device's data ({hello.label}).")
    if hello.device_id == me.device_id:
        raise BrokenRule("clone", f"Another machine runs with a copy of this device's key ({hello.label}).")
    _check_store(me, peer, hello)


def _check_shape(hello: Hello) -> None:
    check_header(hello.header, hello.log_id)
    if hello.header.device_id != hello.device_id or hello.header.store != hello.store:
        raise BrokenRule("bad_hello", "The device or store in the hello is not that of the log's header.")
    if (hello.store == "") != (hello.role == "office"):
        raise BrokenRule("bad_hello", "Head office has no store, and everybody else has one.")
    if len(hello.label) > MAX_LABEL or not is_list_of_devices(hello.neighbours) or not 8 <= len(hello.nonce) <= 64:
        raise BrokenRule("bad_hello", "The hello has a label, nonce or list of neighbours of impossible length.")
    if not (hello.label.isprintable() and hello.role.isprintable()) or len(hello.role) > MAX_ROLE:
        raise BrokenRule("bad_hello", "The hello has a label or role that can't be shown.")
    if len(hello.topics or ()) > MAX_TOPICS or not all(is_topic(name) for name in hello.topics or ()):
        raise BrokenRule("bad_hello", f"The hello asks for more than {MAX_TOPICS} topics, or for one that is none.")


def is_list_of_devices(told: list[str]) -> bool:
    """Whether this may be a list of neighbours: not more than any shop has, and nothing longer than a device id."""
    return len(told) <= MAX_NEIGHBOURS and all(len(device_id) <= MAX_DEVICE_ID for device_id in told)


def _check_store(me: Me, peer: PeerLink, hello: Hello) -> None:
    if peer.to_office and hello.store != "":
        raise BrokenRule("not_office", f"The address given for head office is that of a terminal ({hello.label}).")
    if hello.store == "" and me.store != "" and not peer.dialled:
        raise BrokenRule("wrong_store", "Head office never calls a terminal.")
    if me.store != "" and hello.store not in ("", me.store):
        raise BrokenRule(
            "wrong_store",
            f"{me.label or 'One terminal'} is of store {me.store}, {hello.label or 'the other'} of {hello.store}. If "
            "they belong together, give both the same --store; if not, take the address out of --peer.",
        )


def is_address(text: str) -> bool:
    """Whether this is a HOST:PORT that may be told to others."""
    match = _ADDRESS.fullmatch(text)
    if match is None or not 0 < int(match[2]) < 65536:
        return False
    try:
        return not text.startswith("[") or bool(ipaddress.IPv6Address(match[1][1:-1]))
    except ValueError:
        return False


def is_local(address: str) -> bool:
    """Whether this HOST:PORT means something else on every machine."""
    return is_loopback(host_of(address))


def on_this_machine(peer: PeerLink) -> bool:
    """Whether the peer is known to be on this very machine, so that its loopback is ours."""
    return peer.host != "" and is_loopback(peer.host)


def addresses_told(me: Me, peer: PeerLink, summary: Summary) -> dict[str, str]:
    """Where the peer's neighbours are, as far as that may be believed. Raises `BrokenRule` for what can't be meant."""
    neighbours, told = summary.neighbours or [], summary.addresses or {}
    if not is_list_of_devices(neighbours) or len(told) > MAX_NEIGHBOURS:
        raise BrokenRule("bad_summary", f"Nobody has more than {MAX_NEIGHBOURS} neighbours.")
    for device_id, address in told.items():
        if len(device_id) > MAX_DEVICE_ID or not is_address(address):
            raise BrokenRule("bad_summary", f"{address[:80]!r} is not the address of a neighbour.")
    if me.store == "" or peer.view.store != me.store:
        return {}
    here = on_this_machine(peer)
    known = set(neighbours) - {me.device_id, peer.device_id}
    return {d: address for d, address in told.items() if d in known and (here or not is_local(address))}


def loser(me: Me, old: PeerLink, new: PeerLink) -> PeerLink:
    """Of two links to one device, the one to close. Both ends come to the same answer from what both know."""
    assert old.hello is not None
    assert new.hello is not None
    if old.hello.nonce != new.hello.nonce:
        return old  # the peer has started anew; the old link is a dead one
    if old.dialled != new.dialled:
        lower_is_me = me.device_id < new.hello.device_id
        return old if new.dialled == lower_is_me else new
    old_dial, new_dial = (p.dial if p.dialled else p.hello.dial for p in (old, new) if p.hello)
    return old if new_dial >= old_dial else new
