"""What a server is made of. Those who look after one side of it are given the whole."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec

from server.api.port import Peer
from server.blobs.room import Blobs
from server.engine import Engine
from server.event import Draft
from server.log import Log
from server.machine import Machine
from server.node.notes import Notes
from server.office.survey import rfc3339
from server.replication import roster
from server.replication.mesh import Mesh
from server.replication.safekeeping import Safekeeping
from server.retention import Keeping, Retention
from server.services.causes import dated
from server.services.payments.offline import OfflineLimits
from server.services.shop import Services
from server.services.vouchers.events import APART_MINOR


class NodeSettings(msgspec.Struct, frozen=True):
    """`store` is `""` for head office. `host` is loopback unless the installer allowed more."""

    data: Path
    store: str
    label: str
    role: str
    host: str = "127.0.0.1"
    sync_port: int = 0
    peers: list[str] = []
    mdns: bool = True
    office: str = ""
    time_zone: str = ""
    cutover_hour: int = 4
    card_terminal: str = "approve"  # nexo://HOST:PORT, or a simulation's mode
    card_terminal_certificate: str = ""
    card_delay_ms: int = 1500
    offline_cards: OfflineLimits = OfflineLimits()
    voucher_apart_minor: int = APART_MINOR
    replica_timeout_ms: int = 250
    check_log_after_s: float = 0.0  # when the whole log is checked first; 0 for never
    check_log_every_s: float = 24 * 3600.0  # and then again
    keeping: Keeping = Keeping()
    blob_space_mb: int = 2000  # what pictures and other large content may take on the disk
    reserve_mb: int = 0  # of the disk, kept for the day on which it is full
    printer: str = ""  # where receipts are printed: tcp://HOST:PORT, or a device's file
    printer_columns: int = 42  # characters that stand in one line of its paper
    variants: list[str] = []  # the command that makes pictures in the sizes in which they are shown
    phone_address: str = ""  # where codes for phones lead to; empty: this machine's address in the network


class Parts:
    """`mesh` and `retention` are none while the server is at rest."""

    def __init__(self, settings: NodeSettings, log: Log, services: Services, engine: Engine, machine: Machine) -> None:
        self.settings = settings
        self.machine = machine
        self.log = log
        self.services = services
        self.engine = engine
        self.safekeeping = Safekeeping()
        self.blobs = Blobs(settings.data, settings.store, settings.blob_space_mb * 1_000_000, settings.variants)
        self.notes = Notes(settings.data)
        self.mesh: Mesh | None = None
        self.retention: Retention | None = None
        self.given_twice = ""  # a sentence for staff about today's order numbers
        self.full_disk = ""  # one about a disk that is full while the reserve lasts
        self.not_checked = ""  # one about a log that can't be read to be checked
        self.loop = asyncio.get_running_loop()

    @property
    def sync_port(self) -> int:
        return self.mesh.sync_port if self.mesh is not None else 0

    def peers(self) -> list[Peer]:
        return [told(peer) for peer in self.mesh.peers()] if self.mesh is not None else []

    def record(self, draft: Draft) -> None:
        """Writes an event of this server's own, some time soon."""
        self.engine.spawn(self.log.append(dated([draft], self.services)))


def told(peer: roster.Peer) -> Peer:
    """A peer as the API tells of it."""
    return Peer(
        device_id=peer.device_id,
        label=peer.label,
        role=peer.role,
        state=peer.state,
        events_behind=peer.events_behind,
        last_seen=rfc3339(peer.last_seen_ms),
        we_behind=peer.we_behind,
        store=peer.store,
        address=peer.address,
        office=peer.office,
        carries_office=peer.carries_office,
        neighbours=list(peer.neighbours),
        direct=peer.direct,
        api_port=peer.api_port,
    )
