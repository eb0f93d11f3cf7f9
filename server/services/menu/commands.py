"""What may be asked of the menu service."""

from __future__ import annotations

import msgspec

from server.services.command import Command


class Publish(Command, frozen=True):
    """`menu` is read by `decider.read_menu`, so that what is wrong with it is told by place. `stores`: head office
    only; without it the menu is for all stores. `new_currency`: also on a day on which the store has sold in
    another."""

    menu: msgspec.Raw
    stores: list[str] | None = None
    source: str | None = None
    new_currency: bool = False
