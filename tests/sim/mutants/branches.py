"""Patches that break how the two pasts of one disk come together."""

from __future__ import annotations

from tests.sim.mutants.patch import LOG, REPLICATION, SERVICES, Patch

SET_BACK = ("set back",)

PATCHES: tuple[Patch, ...] = (
    Patch(
        "left-branch-comes-back",
        "What a terminal took out of its stream is taken in again from a neighbour, and the other branch never comes.",
        REPLICATION + "exchange.py",
        "        left = {stream: (mending.seq, mending.hash) for stream, mending in log.mending.items()}\n",
        "        left: dict[Stream, tuple[int, bytes]] = {}\n",
        SET_BACK,
    ),
    Patch(
        "forgotten-stays-forgotten",
        "What a disk sold before it was set back a second time stays with the neighbour who had not heard of its first "
        "past.",
        LOG + "requests.py",
        "                    stage.add_orphan(stream, seq, raw, digest)\n",
        "                    pass\n",
        ("set back", "old backup"),
    ),
    Patch(
        "writer-is-not-told",
        "Head office and a shop hold two branches of a stream, and nobody tells the terminal that wrote both.",
        REPLICATION + "protocol.py",
        "            self._sender.tell_writer(events, header, peer, out)\n",
        "",
        SET_BACK,
    ),
    Patch(
        "shown-too-early",
        "A branch is shown to whoever holds the other one before it is here, and then never.",
        REPLICATION + "sending.py",
        "            peer.unshown[stream] = seq\n",
        "            pass\n",
        SET_BACK,
    ),
    Patch(
        "another-device-writes-it",
        "Who goes on with another's backup writes what that one had to write again as if it were his own.",
        LOG + "forks.py",
        "    return {stream: one for stream, one in load_all(db).items() if stream.log_id in logs}\n",
        "    return load_all(db)\n",
        ("set back", "old backup"),
    ),
    Patch(
        "cursor-of-another-start",
        "A cursor from before a disk was set back is taken for the place that has its number now.",
        "server/api/cloud_events.py",
        "    if elsewhere or (mark and not node.gave(position, mark)):\n",
        "    if elsewhere:\n",
        SET_BACK,
    ),
    Patch(
        "shown-as-seen",
        "A branch that was to be shown to its writer as another one is shown as one that it need only see.",
        REPLICATION + "sending.py",
        "            seq, after, seen = max(seq, asked.seq), min(after, asked.after), seen and asked.seen\n",
        "            seq, after = max(seq, asked.seq), min(after, asked.after)\n",
        SET_BACK,
    ),
    Patch(
        "one-past-by-half",
        "An order of the past that a store has not heard of is archived by half: a voided one is only placed again.",
        SERVICES + "shop.py",
        "        return needed(found, floors, tops=tops)\n",
        "        return needed(found, floors)\n",
        ("set back", "office away"),
    ),
)
