"""What must hold, while the day goes on and when it is over. Each check answers with sentences about what does not."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from server.log.verify import verify
from tests.sim.checks.again import counted_once, not_again
from tests.sim.checks.answers import answered, grown, knew, refused
from tests.sim.checks.figures import figures
from tests.sim.checks.holding import clocks, differences, everything, forks, leaks, nodes
from tests.sim.checks.kept import beyond_office, open_orders
from tests.sim.checks.limits import limits, rest, sent_twice
from tests.sim.checks.meaning import meaning
from tests.sim.checks.money import cards, halves, money
from tests.sim.checks.presence import LineWatch, PresenceWatch
from tests.sim.checks.promises import (
    after_its_causes,
    being_charged,
    being_given_back,
    called_twice,
    closed,
    dated_now,
    given_back_twice,
    held_by_another,
    newest_hlc,
    once,
    promises,
    rising,
)
from tests.sim.checks.screens import StatusWatch, read_models, rebuild
from tests.sim.checks.stock import StockWatch

if TYPE_CHECKING:
    from tests.sim.day import Day

__all__ = [
    "LineWatch",
    "PresenceWatch",
    "StatusWatch",
    "StockWatch",
    "after_its_causes",
    "all_of",
    "answered",
    "being_charged",
    "being_given_back",
    "beyond_office",
    "called_twice",
    "closed",
    "dated_now",
    "differences",
    "digest",
    "given_back_twice",
    "grown",
    "halves",
    "held_by_another",
    "knew",
    "limits",
    "newest_hlc",
    "not_again",
    "refused",
    "settled",
]


def settled(day: Day) -> bool:
    """Whether nobody has anything left to do."""
    shown = all(node.services.cursor == node.log.position for _, node in nodes(day))
    return shown and not rest(day) and not differences(day) and not cards(day, everything(day))


async def all_of(day: Day) -> list[str]:
    """Everything that is looked at when the day is over."""
    events = everything(day)
    found = [f"not in step after all: {d}" for d in differences(day)[:4]]
    found += leaks(day) + forks(day) + clocks(day) + limits(day) + rest(day) + sent_twice(day)
    found += rising(day, events) + promises(day, events) + once(day, events) + money(day, events) + read_models(day)
    found += (
        not_again(day)
        + counted_once(day, events)
        + meaning(day, events)
        + figures(day, events)
        + open_orders(day, events)
        + beyond_office(day)
    )
    chosen = day.all if day.lying_logs or day.plan.disks_fail else [day.all[day.plan.seed % len(day.all)]]
    for terminal in chosen:
        if terminal.node is not None:
            found += [f"{terminal.name}: {p}" for p in verify(terminal.node.log.folder).problems]
    again = day.all[day.plan.seed // 7 % len(day.all)]
    if again.node is not None:
        found += await rebuild(again, day.folder / "rebuilt")
    return found


def digest(day: Day) -> str:
    """All that was said and all that is held, in 24 characters."""
    total = hashlib.blake2b(day.trace.digest.encode(), digest_size=12)
    for terminal, node in nodes(day):
        total.update(terminal.name.encode())
        for stream, held in sorted(node.log.held().items()):
            total.update(f"{stream} {held.seq}".encode() + held.hash)
    return total.hexdigest()
