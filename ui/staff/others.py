"""The other terminals of this shop: who is there, and who is missing. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

TODAY = timedelta(hours=16)
"""The longest day of a shop: who was seen within it and is not there is missed; who was not, is thought put away."""


def present(peers: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [dict(p) for p in peers if p.get("state") == "connected" and not p.get("office")]


def names(peers: Iterable[Mapping[str, Any]], say: Callable[[str], str]) -> str:
    """As staff call them; by its role who has no name."""
    return ", ".join(str(p.get("label") or say(f"stays.role_{p.get('role')}")) for p in peers)


def missing(peers: Iterable[Mapping[str, Any]], store: str, now: datetime) -> list[dict[str, Any]]:
    """Terminals of the store that were there today and are not now, from the rows of `GET /v1/peers`."""
    return [
        dict(p)
        for p in peers
        if p.get("state") != "connected" and not p.get("office") and p.get("store") == store and _seen(p, now)
    ]


def _seen(peer: Mapping[str, Any], now: datetime) -> bool:
    """Whether it was there today; never, for an address at which nobody has answered."""
    try:
        return now - datetime.fromisoformat(peer.get("last_seen") or "") < TODAY
    except ValueError:
        return False
