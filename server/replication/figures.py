"""What waits on the links and what was refused, as figures for `/metrics`."""

from __future__ import annotations

from typing import Literal, NamedTuple

from server.replication.exchange import Exchange
from server.replication.gate import Gate


class LineFigure(NamedTuple):
    name: str
    value: float
    text: str
    kind: Literal["gauge", "counter"] = "gauge"


def figures(exchange: Exchange | None, gate: Gate) -> list[LineFigure]:
    """`exchange` is None before the sync port is open."""
    queued, most, storing = exchange.waiting() if exchange else (0, 0, 0)
    links, given_up = (len(exchange.links), exchange.given_up) if exchange else (0, 0)
    return [
        LineFigure("links", links, "Open lines to other machines."),
        LineFigure("link_queued_bytes", queued, "Frames that wait for peers to read them."),
        LineFigure("link_queued_most_bytes", most, "The same, of the peer for which most waits."),
        LineFigure("link_storing_bytes", storing, "Events of peers on their way to the disk."),
        LineFigure("links_given_up_total", given_up, "Lines ended because the peer did not read.", "counter"),
        LineFigure("sync_refused_total", gate.refused, "Connections to the sync port refused as too many.", "counter"),
        LineFigure("sync_offences_total", gate.offences, "Connections that broke a rule.", "counter"),
    ]
