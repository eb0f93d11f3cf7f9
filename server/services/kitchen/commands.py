"""What may be asked of the kitchen service."""

from __future__ import annotations

from server.services.command import Command


class Bump(Command, frozen=True):
    """These lines are made; without `line_ids` all that are not (of the station, if one is given)."""

    order_id: str
    line_ids: list[str] | None = None
    station: str | None = None


class Recall(Command, frozen=True):
    """Back on the screen; without `line_ids` all lines."""

    order_id: str
    line_ids: list[str] | None = None
