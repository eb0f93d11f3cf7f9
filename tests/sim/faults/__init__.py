"""What goes wrong. Each kind begins at its time, lasts a while, and ends; a fault knows nothing of the others."""

from __future__ import annotations

from typing import NamedTuple

from tests.sim.faults import disks, machines, networks
from tests.sim.faults.course import Course, Fault, Happens

__all__ = ["KINDS", "Course", "Fault", "Kind"]


class Kind(NamedTuple):
    """`weight`: how often it is drawn among the kinds of a day; 0 for never, unless it is asked for by name."""

    name: str
    weight: int
    lasts_s: float
    happens: Happens


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("crash", 5, 2.0, machines.crash),
        Kind("switched off", 3, 18.0, machines.switched_off),
        Kind("power cut", 6, 2.0, machines.power_cut),
        Kind("restart", 2, 2.0, machines.restart),
        Kind("frozen", 2, 4.0, machines.frozen),
        Kind("cut off", 5, 5.0, networks.cut_off),
        Kind("split", 5, 6.0, networks.split),
        Kind("pair cut", 3, 6.0, networks.pair_cut),
        Kind("own line cut", 3, 18.0, networks.own_line_cut),
        Kind("flapping", 2, 4.0, networks.flapping),
        Kind("resets", 3, 6.0, networks.resets),
        Kind("slow network", 2, 6.0, networks.slow_network),
        Kind("new addresses", 0, 1.0, networks.new_addresses),
        Kind("office away", 4, 8.0, networks.office_away),
        Kind("slow disk", 3, 5.0, disks.slow_disk),
        Kind("full disk", 4, 4.0, disks.full_disk),
        Kind("failed fsync", 4, 2.0, disks.failed_fsync),
        Kind("unreadable disk", 1, 2.0, disks.unreadable),
        Kind("disk lost", 4, 2.0, disks.disk_lost),
        Kind("old backup", 3, 4.0, disks.old_backup),
        Kind("cloned disk", 3, 5.0, disks.cloned_disk),
        Kind("flipped bit", 5, 3.0, disks.flipped_bit),
        Kind("set back", 4, 6.0, disks.set_back),
        Kind("clock jump", 4, 6.0, machines.clock_jump),
        Kind("card trouble", 2, 6.0, machines.card_trouble),
        Kind("liar", 4, 6.0, machines.liar),
    )
}
