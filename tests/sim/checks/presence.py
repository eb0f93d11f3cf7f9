"""Who is there, while the day goes on: somebody carries the line to head office, and who is gone is not shown."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from server.replication.protocol import OFFICE_SILENT_AFTER_S
from tests.sim.checks.holding import nodes
from tests.sim.checks.limits import carries
from tests.sim.terminal import Terminal

if TYPE_CHECKING:
    from tests.sim.day import Day

LINE_WITHIN_S = 14.0
"""Until another has taken the line to head office over, and has found that it can: two of the longest waits."""

GONE_WITHIN_S = 10.0
"""Until who has not been heard is no longer shown as connected: the silence that ends a link twice, and some ticks."""

GONE_FROM_OFFICE_S = OFFICE_SILENT_AFTER_S + 4.0
"""The same at head office, which waits longer."""


class LineWatch:
    """A store of which a terminal could reach head office for a while has its line, whoever else is off."""

    def __init__(self, day: Day) -> None:
        self.day = day
        self._since: dict[str, float] = {}
        self._able: dict[str, float] = {}

    def look(self) -> list[str]:
        day, found = self.day, []
        office = day.office
        for terminal in [t for t in day.all if not t.office]:
            there, back = day.net.path(terminal.host, office.host), day.net.path(office.host, terminal.host)
            fine = there.up and back.up and there.slower < 2 and back.slower < 2
            if terminal.ready and office.ready and fine and not office.disk.troubled and not terminal.disk.troubled:
                self._able.setdefault(terminal.name, day.now)
            else:
                self._able.pop(terminal.name, None)
        for store in day.stores:
            here = day.machines(store)
            able = [self._able[t.name] for t in here if t.name in self._able]
            if not able or any(t.node is not None and carries(t.node) for t in here):
                self._since.pop(store, None)
                continue
            since = self._since.setdefault(store, day.now)
            if day.now - max(since, min(able)) > LINE_WITHIN_S:
                found.append(f"for {LINE_WITHIN_S:.0f} s nobody in {store} has the line, though somebody could")
        return found


class PresenceWatch:
    """A machine that can't be heard for a while is not shown as connected, and nobody waits for it."""

    def __init__(self, day: Day) -> None:
        self.day = day
        self._unheard: dict[tuple[str, str], float] = {}
        self._devices: dict[Terminal, str] = {}  # of those who are off, too

    def look(self) -> list[str]:
        day, found = self.day, []
        self._devices |= {t: n.log.device_id for t, n in nodes(day)}
        alike = Counter(self._devices.values())  # a copied disk is two machines of one name
        for terminal, node in nodes(day):
            shown = {p.device_id for p in node.mesh.connected_terminals()} if node.mesh is not None else set()
            for other, device_id in self._devices.items():
                pair = (terminal.name, other.name)
                path = day.net.path(other.host, terminal.host)
                heard = path.up and other.host.answers()
                if terminal is other or heard or alike[device_id] > 1 or not terminal.host.answers():
                    self._unheard.pop(pair, None)
                    continue
                # Between two cuts, or a cut and being switched off, it may have been heard while nobody looked.
                since = max(self._unheard.setdefault(pair, day.now), path.cut_since, path.up_since)
                within_s = GONE_FROM_OFFICE_S if terminal.office else GONE_WITHIN_S
                if device_id in shown and day.now - since > within_s:
                    found.append(f"{terminal.name} shows {other.name}, unheard for {within_s:.0f} s, as connected")
        return found
