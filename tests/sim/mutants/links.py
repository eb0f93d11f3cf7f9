"""Patches of what machines tell each other.

One is left out on purpose: that a frame is not acknowledged of which all is known already. It harms nobody. The sender
hears it from the next summary or, where that does not tell, from the frontier that the summary's digest makes it ask
for, seconds later and on the same link. Until then it holds one frame's bytes as in flight, and a sale that nobody else
has acknowledged is answered after `replica_timeout_ms` and counted as missed though a neighbour holds it.
"""
# ruff: noqa: E501 — texts as they stand in the sources

from __future__ import annotations

from tests.sim.mutants.patch import LOG, REPLICATION, SERVICES, Patch

PATCHES: tuple[Patch, ...] = (
    Patch(
        "held-in-part-is-held",
        "Of a sale in two streams a neighbour holds one: the customer is thanked, the terminal burns, half of it is gone.",
        REPLICATION + "mesh.py",
        "return min(self._exchange.replica.replicas(stream, seq)",
        "return max(self._exchange.replica.replicas(stream, seq)",
    ),
    Patch(
        "last-frame-not-sent-again",
        "A neighbour that could not save the last frame of a stream gets it half a minute later.",
        REPLICATION + "sending.py",
        "arrived = oldest.number <= peer.frames_seen",
        "arrived = oldest.number < peer.frames_seen",
    ),
    Patch(
        "menu-of-one-store",
        "What head office publishes for one store reaches none.",
        REPLICATION + "scope.py",
        'stream.scope in ("", store)',
        "not stream.scope",
    ),
    Patch(
        "window-without-weight",
        "What is in flight to a peer weighs nothing: whatever there is, is sent at once.",
        REPLICATION + "flow.py",
        "        self.in_flight += size\n",
        "        self.in_flight += 0 * size\n",
    ),
    Patch(
        "lost-not-sent-again",
        "What a neighbour received and could not save (its disk was full) is not sent again while the link lasts.",
        REPLICATION + "sending.py",
        "            if now - oldest.at >= (LOST_AFTER_S",
        "            if now - oldest.at >= 1e9 * (LOST_AFTER_S",
    ),
    Patch(
        "fork-goes-on",
        "A terminal that hears of another branch of its log goes on in its own: nobody takes what it sells.",
        LOG + "log.py",
        "        return seq <= done.cut if done else True\n",
        "        return seq <= done.cut if done else False\n",
        ("set back",),
    ),
    Patch(
        "not-heard-before-answer",
        "A terminal with an old or empty disk answers before its neighbours have told what it did: it does it again.",
        "server/engine.py",
        "        if self.hearing is not None:\n            await self.hearing.wait()\n        async with",
        "        async with",
        ("old backup", "disk lost", "set back", "crash"),
    ),
    Patch(
        "known-not-replicated",
        "Asked again after a crash, it answers at once with what it knows: no neighbour has heard of it.",
        "server/engine.py",
        "            await self.replicate(known.events)  # whoever did it then may have died before a neighbour held it\n",
        "",
    ),
    Patch(
        "damage-answered-from",
        "What a command did is told as it stands on the disk, though bits of it have flipped since.",
        LOG + "reader.py",
        '    assert all(_as_hashed(db, event) for event in events), f"what {command_id} led to is not as it was written"\n',
        "",
        kinds=("flipped bit",),
    ),
    Patch(
        "damage-told-to-followers",
        "Whoever follows the feed is told what a flipped bit says.",
        LOG + "reader.py",
        "before == NOT_HELD or chain(before, raw) == digest, (",
        "True, (",
        kinds=("flipped bit", "crash", "set back", "disk lost", "cloned disk"),
    ),
    Patch(
        "floor-not-proved",
        "What begins at a floor is sent without the chain's hash there: newcomers can't take it.",
        REPLICATION + "sending.py",
        "                prior = held.floor_hash if at_floor else None\n",
        "                prior = None\n",
    ),
    Patch(
        "kept-is-archived",
        "An open order's old events leave with those around them.",
        SERVICES + "retention/archive.py",
        "        if (stream, seq) in self.kept:\n            return self.after.get((stream, seq), 0)\n",
        "",
    ),
    Patch(
        "kept-counts-again",
        "Where something must be kept, what else stood at its place, and was archived before, counts again.",
        "server/retention.py",
        "        after = told_after(services.archive.archived_at(places))\n",
        "        after = told_after({})\n",
        kinds=("flipped bit", "crash", "set back", "old backup", "power cut"),
    ),
    Patch(
        "late-branch-not-mended",
        "Who hears of another branch of its own only when that log has ended does not bring the two together.",
        LOG + "requests.py",
        "        unheard = former and self.seen and not gone and head is not None and stream not in forks.load(stage.db, mine)\n",
        "        unheard = False\n",
    ),
    Patch(
        "asked-in-anothers-name",
        "Who asks its card terminal in a dead terminal's place does not say so: after its own crash nobody asks.",
        SERVICES + "payments/decider.py",
        "    already = known is not None and _waits_for_us(known, is_ours)\n",
        '    already = known is not None and known.how == "attempted"\n',
        kinds=("full disk", "failed fsync", "power cut", "card trouble", "old backup"),
    ),
    Patch(
        "lost-answers-forgotten",
        "A command whose answer was lost with a damaged row is done again though its events were kept.",
        "server/log/carry.py",
        "    _remember(db, [log_id for log_id, header in headers.items() if header.public_key == public_key])\n",
        "",
        kinds=("set back", "disk lost", "cloned disk", "crash", "flipped bit"),
    ),
    Patch(
        "answered-for-all",
        "What the card terminal in a dead terminal's place answers ends the dead one's question, too: what was taken there "
        "is in no log.",
        SERVICES + "payments/state.py",
        "    return () if answer.of is msgspec.UNSET else tuple(log_id for log_id in asking if log_id not in answer.of)\n",
        "    return ()\n",
    ),
    Patch(
        "unheard-is-archived",
        "What a terminal did whose disk was set back is archived unheard: with what it had forgotten.",
        SERVICES + "retention/archive.py",
        "        return self.tops.get(stream, self.upto)\n",
        "        return self.upto\n",
        kinds=("set back", "old backup"),
    ),
    Patch(
        "archive-beyond-office",
        "What is old is archived though head office does not hold it yet: nobody has it in the end.",
        "server/retention.py",
        "        return {stream: min(seq, office.get(stream, 0)) for stream, seq in held.items()}\n",
        "        return held\n",
    ),
    Patch(
        "everybody-relays",
        "Each event is sent to each machine by everybody who has it.",
        REPLICATION + "sending.py",
        "        if writer in peer.neighbours:\n            return False\n",
        "        return True\n",
    ),
    Patch(
        "old-address-called",
        "A terminal that is found at another address is called at its old one for ever.",
        REPLICATION + "callers.py",
        "            self._found[found.device_id][0].seen(found.uris)\n            return",
        "            return",
        ("new addresses",),
    ),
    Patch(
        "floor-not-sealed",
        "Whoever says that a stream begins far above what is held is believed, whoever signed it.",
        REPLICATION + "verify.py",
        "        batch = _chain(stream, first, events.events, events.prior, events.seal)\n        _check_seal(batch, header)\n        return _left(batch, holdings) or Fresh(batch, (first - 1, events.prior))",
        "        batch = _chain(stream, first, events.events, events.prior, events.seal)\n        return _left(batch, holdings) or Fresh(batch, (first - 1, events.prior))",
        ("liar",),
    ),
    Patch(
        "fork-not-sealed",
        "Whoever shows another event at a place is believed to have the writer's own, whoever signed it.",
        REPLICATION + "verify.py",
        "            _check_seal(batch, header)\n            return Fork(seq, batch)\n    return None",
        "            return Fork(seq, batch)\n    return None",
        ("liar",),
    ),
)
