"""What of a node's menu are blobs: wanted while it is sold from, kept while any menu that is held refers to it."""

from __future__ import annotations

from server.blobs.sources import Source
from server.node.parts import Parts
from server.replication.mesh import Mesh
from server.services.decision import Changes
from server.services.menu.pictures import digests


class Pictures:
    """Between the menu and the blobs' room."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def open(self) -> None:
        """Blocks a little."""
        self._parts.blobs.open(self.kept)

    def start(self, mesh: Mesh) -> None:
        parts = self._parts
        parts.blobs.start(
            parts.log.device_id,
            parts.machine.network.dial,
            lambda: sources(mesh),
            lambda: parts.engine.waiting > 0 or mesh.under_way(),
            mesh.under_way,
        )
        parts.engine.on_changes.append(self._changed)
        self.want()

    def _changed(self, changes: Changes) -> None:
        if changes.menu:
            self.want()

    def want(self) -> None:
        menu = self._parts.services.menu()
        if menu is not None:
            self._parts.blobs.want(digests(menu).values(), fetch=self._parts.settings.blob_space_mb > 0)

    def kept(self) -> set[str]:
        return {d for menu in self._parts.services.menus.everybodys() for d in digests(menu).values()}


def sources(mesh: Mesh) -> list[Source]:
    """Neighbours first; head office's line is for what none of them has."""
    found = [Source(peer.device_id, peer.label, uri, peer.office) for peer, uri in mesh.blob_places()]
    return sorted(found, key=lambda source: (source.office, source.device_id))
