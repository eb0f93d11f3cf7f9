"""What a patch is: one replacement of a text that stands once in its file."""

from __future__ import annotations

from typing import NamedTuple


class Patch(NamedTuple):
    name: str
    breaks: str
    file: str
    old: str
    new: str
    kinds: tuple[str, ...] = ()
    """Of faults that it takes to be seen at all; the days are made of these alone. None: of all."""


LOG = "server/log/"
REPLICATION = "server/replication/"
SERVICES = "server/services/"
