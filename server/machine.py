"""The machine a node runs on, as far as a node can tell: clock, chance, disk, who writes the log, network.

Nothing else in the server asks the operating system for these, so a simulator can give a node another machine. Time
that only passes (silences, waits) is the event loop's `time()`, and work that blocks is given to its executors.
"""

from __future__ import annotations

import os
import random
import sqlite3
import time
from pathlib import Path

from server import clock
from server.clock import LostTime
from server.log.place import place_of
from server.log.schema import connect
from server.log.turns import TakeTurns, WriterThread
from server.replication.websocket import SOCKETS
from server.replication.wire import Network


class Machine:
    """This very machine."""

    turns: TakeTurns = WriterThread
    network: Network = SOCKETS
    lost: LostTime | None = None
    """What it goes by, where its clock was never set."""

    def connect(self, uri: str) -> sqlite3.Connection:
        """Opens a database file of the log's."""
        return connect(uri)

    def place(self, file: Path) -> str:
        """Where the log's file lies; another text for every copy of it."""
        return place_of(file)

    def wall_ms(self) -> int:
        """Milliseconds since 1970, by a clock that people may set to anything."""
        return clock.wall_ms()

    def hear(self, ms: int) -> None:
        """Another machine's time is this, or was."""

    def chance(self) -> float:
        """In [0, 1), for jitter."""
        return random.random()

    def pause(self, seconds: float) -> None:
        """A worker thread lets others have the machine."""
        time.sleep(seconds)

    def secret(self, size: int) -> bytes:
        """Bytes that nobody can guess, for keys and nonces."""
        return os.urandom(size)


THIS_MACHINE = Machine()


class LostMachine(Machine):
    """This very machine, whose clock was never set."""

    def __init__(self, lost: LostTime) -> None:
        self.lost = self._time = lost

    def wall_ms(self) -> int:
        return self._time.wall_ms()

    def hear(self, ms: int) -> None:
        self._time.hear(ms)
