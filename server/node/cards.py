"""Which card terminal a server asks: the one that the settings name, or a simulation in this process."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import get_args

from server.cards.address import address
from server.event import Refused
from server.machine import Machine
from server.node.folder import CARD_MEMORY_FILE
from server.node.parts import NodeSettings
from server.office.survey import rfc3339
from server.services.payments.card_terminal import CardTerminal, SimulatedCardTerminal
from server.services.payments.modes import Mode


def card_terminal_of(settings: NodeSettings, device_id: str, machine: Machine) -> CardTerminal:
    """Raises `Refused("bad_settings", …)`. `device_id` is our name with the terminal: it asks for a name that stays."""
    where = address(settings.card_terminal)
    if where is None:
        mode: Mode = settings.card_terminal if settings.card_terminal in get_args(Mode) else "approve"  # type: ignore[assignment]
        return SimulatedCardTerminal(mode, settings.card_delay_ms, settings.data / CARD_MEMORY_FILE)
    from server.cards.client import NexoTerminal  # and with it httpx, which takes 9 MB

    certificate = Path(settings.card_terminal_certificate) if settings.card_terminal_certificate else None
    try:
        return NexoTerminal(where, device_id, lambda: rfc3339(machine.wall_ms()), certificate)
    except (ssl.SSLError, OSError) as e:
        raise Refused("bad_settings", f"{certificate} is no certificate that can be used ({e}).") from None
