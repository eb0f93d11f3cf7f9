"""Where a branch that somebody shows parts from what a log on a real disk holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.event import Batch
from server.keys import DeviceKey, chain, genesis
from server.replication.exchange import first_other
from tests.unit.logs import Writer, open_log, placed


def branch_of(batches: list[Batch], key: DeviceKey, at: int) -> Batch:
    """The same events up to `at`, and then others."""
    stream = batches[0].stream
    raws = [raw for batch in batches for raw in batch.events]
    raws = [raw if seq < at else raw[:-1] + bytes([raw[-1] ^ 1]) for seq, raw in enumerate(raws, 1)]
    hashes, digest = [], genesis(stream)
    for raw in raws:
        digest = chain(digest, raw)
        hashes.append(digest)
    return Batch(stream, 1, raws, hashes, key.seal(digest))


@pytest.mark.parametrize("sealed", [(1, 1, 1, 1, 1), (3, 2), (5,), (1, 4), (3, 509, 7)])
async def test_the_first_other_event_is_found_wherever_the_seals_are(tmp_path: Path, sealed: tuple[int, ...]) -> None:
    """A branch may end between two seals of ours."""
    log, writer = await open_log(tmp_path), Writer()
    batches = [writer.batch(*[placed(n) for n in range(count)]) for count in sealed]
    for batch in batches:
        await log.store(batch, writer.header)
    count = sum(sealed)
    for at in {1, 2, 3, 4, 5, count}:
        branch = branch_of(batches, writer.key, at)
        for last in range(max(at, count - 3), count + 1):
            shown = Batch(branch.stream, 1, branch.events[:last], branch.hashes[:last], branch.seal)
            assert await first_other(log, shown) == at - 1, f"another event {at} of {last}"
        for last in range(1, at):
            shown = Batch(branch.stream, 1, branch.events[:last], branch.hashes[:last], branch.seal)
            assert await first_other(log, shown) is None, f"the same {last}"
    await log.close()


async def test_the_hash_at_a_floor_tells_that_what_was_let_go_of_was_another(tmp_path: Path) -> None:
    log, writer = await open_log(tmp_path), Writer()
    batches = [writer.batch(placed(n)) for n in range(9)]
    for batch in batches:
        await log.store(batch, writer.header)
    other, late = branch_of(batches, writer.key, 4), branch_of(batches, writer.key, 8)
    await log.raise_floor(writer.stream, 6)
    assert await first_other(log, other) == 5
    assert await first_other(log, late) == 7
    short = Batch(other.stream, 1, other.events[:5], other.hashes[:5], other.seal)
    assert await first_other(log, short) is None, "of these it knows nothing any more"
    above = Batch(late.stream, 7, late.events[6:], late.hashes[6:], late.seal)
    assert await first_other(log, above) == 1
    await log.close()
