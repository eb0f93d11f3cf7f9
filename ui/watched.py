"""What a screen and the process that watches it say to each other. No Qt here: the one that watches has none.

The screen writes a byte into the pipe that it finds as its standard output, once a second at most, and only after a
frame of it was really shown. A screen that ends with `AGAIN` wants to be started anew and has not failed.
"""

from __future__ import annotations

WATCHED = "PILOTLIGHT_WATCHED"
"""The variable that tells a screen that its standard output is the pipe."""

BEAT = b"."
BEAT_EVERY_S = 1.0
AGAIN = 75
"""The exit status of a screen that staff start anew (EX_TEMPFAIL of sysexits: try again)."""
