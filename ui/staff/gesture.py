"""What opens the staff door: nobody does it by accident, and it needs no more than a finger or a navigation pad. Pure.

Hold the upper left corner for three seconds, let go, then hold the upper right corner for one. By keys: up, up, down,
down, left, right, left, right. Corners are the glass's own, whatever the language's direction.
"""

from __future__ import annotations

from typing import Literal

CORNER = 0.09
"""Of the shorter side: 97 pixels of 1080, a thumb's width."""

FIRST_HOLD_S = 3.0
SECOND_HOLD_S = 1.0
BETWEEN_S = 6.0
"""From the first corner let go to the second touched."""

KEYS = ("up", "up", "down", "down", "left", "right", "left", "right")
KEYS_WITHIN_S = 8.0

Corner = Literal["left", "right", ""]


def corner(x: float, y: float, width: float, height: float) -> Corner:
    """Which of the two upper corners a point is in."""
    reach = CORNER * min(width, height)
    if not 0 <= y <= reach:
        return ""
    return "left" if 0 <= x <= reach else "right" if width - reach <= x <= width else ""


class Gesture:
    """Times are seconds of a clock that only goes forward."""

    def __init__(self) -> None:
        self._held: Corner = ""
        self._since = 0.0
        self._armed_at: float | None = None
        self._keys: list[tuple[str, float]] = []

    def armed(self, now: float) -> bool:
        """The first half is done, and the second may follow."""
        return self._armed_at is not None and now - self._armed_at <= BETWEEN_S

    def down(self, where: Corner, now: float) -> None:
        self._held, self._since = where, now
        if where != "right":
            self._armed_at = None

    def moved(self, where: Corner) -> None:
        """A finger that leaves the corner holds it no longer."""
        if where != self._held:
            self._held = ""

    def up(self, now: float) -> bool:
        """True when that was the second half."""
        held, self._held = self._held, ""
        if held == "left" and now - self._since >= FIRST_HOLD_S:
            self._armed_at = now
            return False
        done = held == "right" and self.armed(self._since) and now - self._since >= SECOND_HOLD_S
        self._armed_at = None
        return done

    def key(self, name: str, now: float) -> bool:
        """True when that was the last of the keys. Any other key begins anew."""
        self._keys = [*self._keys, (name, now)][-len(KEYS) :]
        if tuple(k for k, _ in self._keys) == KEYS and now - self._keys[0][1] <= KEYS_WITHIN_S:
            self._keys = []
            return True
        return False
