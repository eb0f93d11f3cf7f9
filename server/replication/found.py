"""What one device learns of another before it has called it."""

from __future__ import annotations

import msgspec


class Found(msgspec.Struct, frozen=True):
    """What a device says of itself on the network. `addresses` are numeric."""

    device_id: str
    store: str
    role: str
    label: str
    addresses: tuple[str, ...]
    sync_port: int
    api_port: int

    @property
    def uris(self) -> list[str]:
        hosts = [f"[{a}]" if ":" in a else a for a in self.addresses]
        return [f"ws://{host}:{self.sync_port}" for host in hosts]
