"""The baskets that were put down, by code. Of two under one code the later one counts."""

from __future__ import annotations

from pathlib import Path

from server.services.baskets.events import PARKED, Parked
from server.services.fact import Fact
from server.services.read_model import ReadModel


class Baskets(ReadModel[Parked]):
    name, version, types = "baskets", 1, {PARKED: Parked}

    def __init__(self, folder: Path, log_id: str = "") -> None:
        super().__init__(folder, log_id, Parked)

    def evolve(self, key: str, state: Parked | None, fact: Fact) -> Parked:
        parked: Parked = fact.data
        return parked
