"""A server that works its backlog off without any rest: for measuring how much there is, not how sales fare then."""

from __future__ import annotations

import sys

import server.retention
from app.cli import main
from server.services.retention import rule

if __name__ == "__main__":
    server.retention.EASE = 0.0
    server.retention.REST_S = 0.0
    server.retention.LOOK_EVENTS = 4_000
    server.retention.DROP_EVENTS = 2_000
    server.retention.SHRINK_PAGES = 1_024
    server.retention.SHRINK_TABLE_PAGES = 512
    rule.STEP_EVENTS = 8_000
    sys.exit(main())
