"""Patches of what comes after trouble, and of what people must be told."""

from __future__ import annotations

from tests.sim.mutants.patch import LOG, REPLICATION, SERVICES, Patch

PATCHES: tuple[Patch, ...] = (
    Patch(
        "clock-ahead-unsaid",
        "A terminal whose clock is hours ahead is told of to nobody.",
        LOG + "log.py",
        "            if ahead_ms > MAX_AHEAD_MS:\n",
        "            if ahead_ms > 1000 * MAX_AHEAD_MS:\n",
    ),
    Patch(
        "doubles-untold",
        "That a disk which was set back gave numbers of today a second time is told to nobody.",
        "server/node/terms.py",
        "            numbers = parts.services.order_book.given_twice(parts.log.device_id, parts.services.store, day)\n",
        "            numbers: list[str] = []\n",
        ("set back",),
    ),
    Patch(
        "recalled-stays-made",
        "A whole order that is taken up again in the kitchen stays crossed out there.",
        SERVICES + "kitchen/state.py",
        "    back = set(data.line_ids) or set(state.bumped) | {line.line_id for line in state.lines}\n",
        "    back = set(data.line_ids)\n",
    ),
    Patch(
        "carried-once-only",
        "An open order's old events are carried by the first word about what is archived, and not by the next.",
        "server/retention.py",
        "found = carried.again(places, self._services.archive.carried)",
        "found = carried.again([], self._services.archive.carried)",
    ),
    Patch(
        "full-for-ever",
        "A disk that was full and is not any more is called full until the next start.",
        LOG + "writer.py",
        "            self._full = False\n            self._tell_health(None)",
        "            self._full = False",
        ("full disk",),
    ),
    Patch(
        "two-lines",
        "Two terminals of a store carry its line to head office, for ever.",
        REPLICATION + "uplink.py",
        "    if any(rival.carries for rival in lower):\n        return False\n",
        "",
    ),
    Patch(
        "back-keeps-count",
        "What was counted and is back goes on being counted down.",
        SERVICES + "stock/state.py",
        "False, None, NEVER",
        "False, state.counted, state.counted_at",
    ),
    Patch(
        "rolled-back-not",
        "What a full disk did not take of a neighbour's events is believed to be on its way for ever.",
        REPLICATION + "holdings.py",
        "        self._coming.pop(stream, None)\n        self._floors.pop(stream, None)\n        durable",
        "        self._floors.pop(stream, None)\n        durable",
        ("full disk",),
    ),
    Patch(
        "other-branch-not-again",
        "Of a parted stream only the branch that gave way is written again.",
        LOG + "requests.py",
        "    if self.write and not waiting:\n            _other",
        "    if self.write and not waiting and not db:\n            _other",
        ("set back",),
    ),
    Patch(
        "other-body-after-loss",
        "A terminal that lost its disk answers another body under a used id as the first was.",
        "server/engine.py",
        "        check_same(first_of(first.data()), asked)\n",
        "",
    ),
    Patch(
        "away-too-long",
        "A terminal that was away for longer than sales are kept is never helped.",
        REPLICATION + "sending.py",
        "return peer.hello is not None and peer.hello.log_id != stream.log_id",
        "return False",
    ),
    Patch(
        "newest-dropped-too",
        "With age even a stream's newest event leaves: newcomers do not learn that there is such a stream.",
        "server/retention.py",
        "            target = min(target, held.seq - 1)  #",
        "            target = min(target, held.seq)  #",
    ),
)
