"""Patches of what machines tell each other."""

from __future__ import annotations

from tests.sim.mutants.patch import REPLICATION, Patch

PATCHES: tuple[Patch, ...] = (
    Patch(
        "window-without-weight",
        "What is in flight to a peer weighs nothing: whatever there is, is sent at once.",
        REPLICATION + "flow.py",
        "        self.in_flight += size\n",
        "        self.in_flight += 0 * size\n",
    ),
)
