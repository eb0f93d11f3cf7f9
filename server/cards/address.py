"""Where a card terminal is, as the settings say it. Asked at every start; what it takes to talk to one is loaded only
where there is one."""

from __future__ import annotations

import re

import msgspec

ADDRESS = re.compile(r"nexo(s?)://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):([0-9]{1,5})(?:/([A-Za-z0-9._-]{1,64}))?/?")
POI_ID = "POI-1"


class Address(msgspec.Struct, frozen=True):
    url: str
    poi_id: str


def address(text: str) -> Address | None:
    """`nexo://192.0.2.9:8443/V400m-1234` (nexos: over TLS); None when that is no such address."""
    match = ADDRESS.fullmatch(text)
    if match is None or not 0 < int(match[3]) < 65536:
        return None
    return Address(f"http{match[1]}://{match[2]}:{match[3]}/nexo", match[4] or POI_ID)
