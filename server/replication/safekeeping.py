"""How often another machine held an order or a payment when it was thanked for, and who was late. Pure bookkeeping."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

WORTH_A_WORD = 3
"""Sales in a row that nobody else held in time: one may be a busy moment, three are a slow disk or a bad cable."""

MAX_LATE = 64
"""Terminals remembered as late; more than a shop has."""


class Late(msgspec.Struct):
    """A terminal that was connected and did not hold a sale in time. `times` since our start, `last_ms` since 1970."""

    label: str
    times: int = 0
    last_ms: int = 0


class Safekeeping:
    """`kept`, `missed` and `alone` are sales since the start: held by another machine (a terminal, or head office)
    when thanked for; not held in time though a terminal was connected; taken while none was."""

    def __init__(self) -> None:
        self.kept = self.missed = self.alone = 0
        self.late: dict[str, Late] = {}  # by device id, the latest last
        self.in_a_row = 0  # the latest sales, all missed
        self.since_ms = 0  # the first of them
        self._culprits: dict[str, str] = {}  # of them: device id -> label

    def was_kept(self) -> None:
        self.kept += 1
        self._in_order()

    def was_alone(self) -> None:
        self.alone += 1
        self._in_order()

    def was_missed(self, late: Iterable[tuple[str, str]], now_ms: int) -> bool:
        """`late`: device id and label of those connected. True when it has just become worth a word."""
        self.missed += 1
        self.in_a_row += 1
        self.since_ms = self.since_ms or now_ms
        for device_id, label in late:
            known = self.late.pop(device_id, None) or Late(label)
            known.label, known.times, known.last_ms = label, known.times + 1, now_ms
            self.late[device_id] = known
            if len(self._culprits) < MAX_LATE:
                self._culprits[device_id] = label
        while len(self.late) > MAX_LATE:
            del self.late[next(iter(self.late))]
        return self.in_a_row == WORTH_A_WORD

    def _in_order(self) -> None:
        self.in_a_row = self.since_ms = 0
        self._culprits = {}

    def warning(self) -> str:
        """One sentence for an installer, `""` while all is well."""
        if self.in_a_row < WORTH_A_WORD:
            return ""
        who = " and ".join(sorted(set(self._culprits.values()))) or "the others"
        return (
            f"The last {self.in_a_row} orders and payments were on this terminal alone when the customer was thanked: "
            f"{who} did not save them in time. Nothing is lost unless this terminal burns now. Look at the disk and "
            f"the network of {who}."
        )
