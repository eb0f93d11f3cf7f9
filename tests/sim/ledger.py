"""What clients were promised: every command that was acknowledged, by whom, and with which events."""

from __future__ import annotations

from typing import Any, NamedTuple

from server.event import Event
from tests.sim.terminal import Terminal


class Acknowledged(NamedTuple):
    first_asked: float
    at: float
    terminal: Terminal
    start: int  # the terminal's how manyth process
    name: str
    body: dict[str, Any]
    command_id: str
    events: list[Event]
    result: Any
    known_by: str
    """The neighbour, connected when it was asked, which knew that it had been done on a disk that was lost since."""
    counted: bool
    """Nobody else was there to hold it, or it was counted that none did in time: its disk alone has it."""


class Ledger:
    def __init__(self, nights: bool = False) -> None:
        """`nights`: days pass, and what is old is let go of."""
        self._nights = nights
        self.acknowledged: dict[str, Acknowledged] = {}
        self.redone: dict[str, Acknowledged] = {}
        """Commands that were answered once more after the disk was lost on which their first answer was."""
        self.refused: dict[str, int] = {}  # by code
        self.given_up = 0
        self.asked = 0
        self.problems: list[str] = []

    def acknowledge(self, entry: Acknowledged) -> None:
        """The same command again must have the same answer."""
        known = self.acknowledged.get(entry.command_id)
        if known is None:
            self.acknowledged[entry.command_id] = entry
        elif max(entry.terminal.lost_at, entry.terminal.salvaged_at) >= known.at:
            # What it was answered is lost with the disk, or with a page of it; what it did may be there again, but not
            # be done again.
            self.redone[entry.command_id] = entry
        elif entry.terminal.anew_at >= known.at and _is_part(entry, known) and known.result == entry.result:
            pass  # some of what it did lost its place, and was written again
        elif (
            self._nights
            and known.result == entry.result
            and {e.raw for e in entry.events} < {e.raw for e in known.events}
        ):
            pass  # some of what it did days ago, or all of it, has left the disk
        elif [e.raw for e in known.events] != [e.raw for e in entry.events] or known.result != entry.result:
            self.problems.append(
                f"{entry.terminal.name}: {entry.name} {entry.command_id[:8]} was answered in two different ways"
            )


def _is_part(entry: Acknowledged, known: Acknowledged) -> bool:
    raws = {e.raw for e in entry.events}
    return bool(raws) and raws <= {e.raw for e in known.events}
