"""Patches that break what somebody outside is told, who follows a terminal's events."""

from __future__ import annotations

from tests.sim.mutants.patch import LOG, Patch

API = "server/api/"

PATCHES: tuple[Patch, ...] = (
    Patch(
        "told-one-late",
        "Who asks for what came after a cursor is not told of the first event, when it is new.",
        LOG + "recent.py",
        "decoded(segment)[max(0, cursor + 1 - segment.first_position) :]",
        "decoded(segment)[max(0, cursor + 2 - segment.first_position) :]",
    ),
    Patch(
        "cursor-of-another-log",
        "A cursor from the log that a terminal had before its disk was lost is taken for one of its present log.",
        API + "cloud_events.py",
        "    if elsewhere or (mark and not node.gave(position, mark)):\n",
        "    if position > node.position():\n",
        ("disk lost", "old backup", "flipped bit"),
    ),
    Patch(
        "written-again-is-another",
        "What a terminal had to write again is told under another id.",
        API + "cloud_events.py",
        "    event = node.as_first(event)\n",
        "",
        ("flipped bit", "set back"),
    ),
)
