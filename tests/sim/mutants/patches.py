"""The patches: what each breaks, and how. Each is one replacement of a text that stands once in its file."""
# ruff: noqa: E501 — texts as they stand in the sources

from __future__ import annotations

from tests.sim.mutants import after, branches, evening, links, outside, tills, told
from tests.sim.mutants.patch import LOG, REPLICATION, SERVICES, Patch

PATCHES: tuple[Patch, ...] = (
    # -- what is acknowledged, and when
    Patch(
        "no-replica-before-thank-you",
        "A paid order is acknowledged before any neighbour holds it: the terminal burns, the order is gone.",
        "server/engine.py",
        "        if concerned and self.replicated is not None and not await self.replicated(concerned):",
        "        if concerned and self.replicated is None and not await self.replicated(concerned):",
    ),
    Patch(
        "command-forgotten",
        "A command sent again after a crash is done again: two orders of one.",
        LOG + "requests.py",
        "            stage.commands[self.command_id] = (position, len(self.value), result)\n",
        "",
    ),
    Patch(
        "have-before-durable",
        "A terminal says that it holds events as soon as they have come in, before its disk has them.",
        REPLICATION + "protocol.py",
        "            peer.owed.add(stream)\n            out.append(Store(peer.link, outcome.batch, header, outcome.floor))",
        "            peer.owed.add(stream)\n"
        "            self._teller.have(peer, {stream: outcome.batch.last_seq}, out)\n"
        "            out.append(Store(peer.link, outcome.batch, header, outcome.floor))",
    ),
    Patch(
        "card-answer-lost",
        "What became of a card payment that a crash interrupted is never asked: money taken, order unpaid.",
        "server/settlement.py",
        "        self._engine.spawn(self._ask_until_known(dealing, wait_s))\n",
        "        if wait_s:\n            self._engine.spawn(self._ask_until_known(dealing, wait_s))\n",
    ),
    # -- replication
    Patch(
        "resume-one-late",
        "After a cut sending goes on one event too far: the gap is never sent.",
        REPLICATION + "flow.py",
        "        self.theirs = {stream: seq for stream, (seq, _) in frontier.items() if seq > 0}",
        "        self.theirs = {stream: seq + 1 for stream, (seq, _) in frontier.items() if seq > 0}",
    ),
    Patch(
        "chain-not-checked",
        "Events are stored without their hash chain being followed: one is left out, and nobody sees it.",
        REPLICATION + "verify.py",
        "            if envelope.seq != seq or not 0 <= envelope.hlc < 2**63:",
        "            if not 0 <= envelope.hlc < 2**63:",
        ("liar",),
    ),
    Patch(
        "seal-not-checked",
        "Anybody's events are stored, whoever signed them.",
        REPLICATION + "verify.py",
        "    if not verify_seal(header.public_key, batch.hashes[-1], batch.seal):",
        "    if verify_seal is None:",
        ("liar",),
    ),
    Patch(
        "fork-merged",
        "A second event with the same number passes for a duplicate: two machines hold different pasts and say nothing.",
        REPLICATION + "verify.py",
        "        if ours is not None and ours != theirs:\n",
        "        if ours is None and ours != theirs:\n",
        ("liar",),
    ),
    Patch(
        "failed-store-forgotten",
        "When the disk did not take a neighbour's events, the terminal goes on as if it had.",
        REPLICATION + "protocol.py",
        "        self._holdings.roll_back(stream)\n",
        "",
    ),
    Patch(
        "reconnect-lost",
        "A peer that was called once is never called again.",
        REPLICATION + "dialling.py",
        "            await self._pause(self._backoff.next())\n",
        "            self.given_up = self.given_up or ended.greeted\n            await self._pause(self._backoff.next())\n",
    ),
    Patch(
        "no-healing",
        "What a push missed is not found by the summaries: nobody looks at what they say.",
        REPLICATION + "protocol.py",
        "            self._sender.offer(peer, stream, now)\n        self._sender.pump(peer, now, out)\n        if first_time:",
        "            pass\n        self._sender.pump(peer, now, out)\n        if first_time:",
    ),
    Patch(
        "leak-to-other-stores",
        "A store's orders reach another store through head office.",
        REPLICATION + "scope.py",
        '    if store in ("", writer_store):\n',
        "    if store is not None:\n",
    ),
    Patch(
        "uplink-never-taken-over",
        "Only the terminal with the lowest id ever calls head office; when it is off, nobody does.",
        REPLICATION + "uplink.py",
        "    if any(rival.reachable and rival.idle_s < PATIENCE_S for rival in lower):\n        return carrying\n",
        "    if any(rival.device_id < me for rival in rivals):\n        return carrying\n",
    ),
    Patch(
        "unknown-events-dropped",
        "Events of a newer version are not passed on.",
        REPLICATION + "sending.py",
        "            if not self._is_due(",
        '            if b"/9" in batch.events[0] or not self._is_due(',
    ),
    Patch(
        "forget-the-floor",
        "That old events were dropped is not told to the links: newcomers are promised what is no longer there.",
        REPLICATION + "holdings.py",
        "            self.held[stream] = Held(held.seq, held.hash, seq, digest)\n",
        "            self.held[stream] = held\n",
    ),
    # -- folds
    Patch(
        "late-fact-at-the-end",
        "An event that arrives late is folded as if it were the newest: machines differ for ever.",
        SERVICES + "read_model.py",
        "        late = known is not None and facts[0].at <= known.at\n",
        "        late = False\n",
    ),
    Patch(
        "order-by-arrival-clock",
        "Folds go by whole seconds of the wall clock, then by whoever came first.",
        SERVICES + "fact.py",
        "        return (self.hlc or self.at[0]) >> 16\n",
        "        return self.at[0] >> 16 if self.at[2] % 7 else 0\n",
    ),
    Patch(
        "clock-goes-back",
        "A terminal's events are dated by its wall clock alone: after the clock is set back, effects come before causes.",
        "server/clock.py",
        "            self._last = max(wall << 16, self._last + 1)\n",
        "            self._last = wall << 16\n",
    ),
    Patch(
        "cursor-ahead",
        "A read model writes its cursor down before it has applied what lies below.",
        SERVICES + "read_model.py",
        "        self.cursor = self._written = self._file.found\n",
        "        self.cursor = self._written = self._file.found + 3 if self._file.found else 0\n",
    ),
    Patch(
        "status-goes-back",
        "An order that was collected is ready again when an old word of the kitchen comes in.",
        SERVICES + "orders/state.py",
        '    return {"rank": rank} if rank > state.rank and not state.voided else {}\n',
        '    return {"rank": rank} if not state.voided else {}\n',
    ),
    Patch(
        "second-payment-swallowed",
        "Two terminals take money for one order; the second payment is not counted.",
        SERVICES + "orders/state.py",
        '    if not known:\n        changes["captured"]',
        '    if not state.captured:\n        changes["captured"]',
    ),
    Patch(
        "refund-counted-twice",
        "A refund is taken off twice.",
        SERVICES + "orders/state.py",
        "        refunded = fits(sum(self.refunded.get(payment_id, {}).values()))\n",
        "        refunded = fits(2 * sum(self.refunded.get(payment_id, {}).values()))\n",
    ),
    Patch(
        "numbers-start-again",
        "After a restart a terminal gives the day's first order numbers a second time.",
        SERVICES + "desk.py",
        "        last = max(self._serials.get(day, 0), self._shop.order_book.last_serial(device_id, day))\n",
        "        last = self._serials.get(day, 0)\n",
    ),
    Patch(
        "prefix-kept-in-new-log",
        "A terminal that lost some of its log goes on with the same letters: it gives numbers again that it no longer knows.",
        SERVICES + "membership/state.py",
        "    elif log_id and own.claimed_at[1] != log_id:\n",
        "    elif not log_id and own.claimed_at[1] != log_id:\n",
        ("flipped bit",),
    ),
    Patch(
        "prefix-shared",
        "Two terminals that chose the same letters keep them: customers are called by the same number.",
        SERVICES + "membership/state.py",
        "    elif device_id in losers(members.values()):\n",
        "    elif device_id in ():\n",
    ),
    # -- the log
    Patch(
        "acknowledged-before-commit",
        "An append is answered before its transaction is on the disk.",
        LOG + "writer.py",
        "            stage.seal()\n            if not stage.empty:\n                self._write(stage)\n",
        "            stage.seal()\n            self._take_over(stage, group)\n            if not stage.empty:\n                self._write(stage)\n            return None\n",
    ),
    Patch(
        "full-disk-acknowledged",
        "When the disk is full, an order is acknowledged all the same.",
        LOG + "writer.py",
        "            return self._fail(group, self._trouble(e))\n",
        "            self._trouble(e)\n            return self._take_over(stage, group)\n",
    ),
    # -- disks that are copied or older than what they did
    Patch(
        "copy-continues-the-log",
        "A copied or restored disk goes on with the old key and log: two machines write one story.",
        "server/node/folder.py",
        "        copied = is_a_copy(folder, machine.place)\n",
        "        copied = False\n",
    ),
    Patch(
        "done-again-after-restore",
        "What came back of a command is not seen to be its doing: a client that repeats it has it done twice.",
        LOG + "stage.py",
        "        if self._known.is_ours(stream.log_id):\n"
        "            self._remember_commands(stream, first, batch.events)\n"
        "        elif header.store and",
        "        if stream.log_id == self._known.log_id:\n"
        "            self._remember_commands(stream, first, batch.events)\n"
        "        elif not header.store and",
        kinds=("old backup",),
    ),
    Patch(
        "sent-is-held",
        "What was sent to a neighbour counts as held by it: the terminal burns, and the frame was still in the cable.",
        REPLICATION + "protocol.py",
        "        return theirs >= seq\n",
        "        return peer.position(stream) >= seq\n",
    ),
    Patch(
        "first-batch-not-checked",
        "The seal of what a stream begins with is not checked: a stranger begins streams in another's name.",
        REPLICATION + "verify.py",
        "    if not verify_seal(header.public_key, batch.hashes[-1], batch.seal):",
        "    if batch.first_seq > 1 and not verify_seal(header.public_key, batch.hashes[-1], batch.seal):",
        ("liar",),
    ),
    Patch(
        "clock-of-the-moment",
        "An event does not name the later fact that it answers to: with a clock behind, an effect sorts before its cause.",
        "server/services/desk.py",
        "        return msgspec.structs.replace(decision, drafts=dated(decision.drafts, self._shop))\n",
        "        return decision\n",
    ),
    Patch(
        "no-wait-for-slow-neighbour",
        "A neighbour that is a little late is not waited for, and it is not counted.",
        "server/engine.py",
        "            self.replicas_missed += 1\n",
        "            pass\n",
    ),
    # -- what is written again
    Patch(
        "written-again-counts-twice",
        "What was written again counts as another event: where both are held there are two orders of one.",
        SERVICES + "shop.py",
        "        if event.origin is not None and self._as_first is not None:\n",
        "        if event.origin is not None and self._as_first is None:\n",
    ),
    Patch(
        "losing-branch-forgotten",
        "Of a parted stream only what the neighbours hold is kept: what was sold on the disk that was set back is gone.",
        LOG + "forks.py",
        "    count = orphans.keep(db, stream, db.execute(query, (head.id, above)).fetchall())\n",
        "    count = len(db.execute(query, (head.id, above)).fetchall())\n",
    ),
    Patch(
        "nothing-behind-the-hole",
        "A salvage keeps what stands before the damaged place, and drops what the terminal sold after it.",
        LOG + "carry.py",
        "                left += orphans.keep(db, thread.stream, behind)\n",
        "                left += len(behind)\n",
        kinds=("flipped bit",),
    ),
    # -- what it all comes to
    Patch(
        "back-stays-out",
        "What staff say is back is not sold again, on any machine.",
        SERVICES + "stock/state.py",
        "        out, counted, counted_at = False, None, NEVER\n",
        "        out, counted, counted_at = state.out, None, NEVER\n",
    ),
    Patch(
        "kitchen-shows-unpaid",
        "The kitchen makes orders that wait for their payment.",
        SERVICES + "kitchen/state.py",
        "    return not state.hold or state.moved or state.paid_minor >= state.total_minor\n",
        "    return True\n",
    ),
    Patch(
        "first-amendment-wins",
        "Of two amendments of an order the first stays.",
        SERVICES + "orders/state.py",
        '    changes |= {"amended": data, "amended_at": fact.at, "made": made}\n',
        '    changes |= {"amended": state.amended or data, "amended_at": fact.at, "made": made}\n',
    ),
    Patch(
        "silence-not-noticed",
        "A neighbour whose cable was pulled is shown as connected for ever.",
        REPLICATION + "protocol.py",
        "            if now - peer.heard > limit:\n",
        "            if now - peer.heard > 1e9 * limit:\n",
    ),
    *tills.PATCHES,
    *outside.PATCHES,
    *links.PATCHES,
    *after.PATCHES,
    *evening.PATCHES,
    *branches.PATCHES,
    *told.PATCHES,
)
