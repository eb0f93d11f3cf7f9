"""A blob comes in pieces, over any cuts, kills and liars; and what has its name has its hash."""

from __future__ import annotations

import hashlib
import os
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.blobs.fetching import Absent, Fetching
from server.blobs.frames import MAX_BLOB_BYTES, Ask, BadBlob, Piece
from server.blobs.partial import Partial
from server.blobs.sources import Source, Sources


def content(size: int, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(size)


def name(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class Giver:
    """A source. `lie`: what it does with what it is asked."""

    def __init__(self, data: bytes, lie: str = "") -> None:
        self.data, self.lie = data, lie

    def answer(self, ask: Ask, chance: random.Random) -> Piece:
        data, total = self.data[ask.offset : ask.offset + ask.length], len(self.data)
        if self.lie and chance.random() < 0.5:
            if self.lie == "bits" and data:
                data = bytes([data[0] ^ 1]) + data[1:]
            elif self.lie == "short":
                data = data[:-1]
            elif self.lie == "longer":
                total += 1
            elif self.lie == "huge":
                total = MAX_BLOB_BYTES + 1
            elif self.lie == "other":
                return Piece(ask.number + 1, total, data)
            elif self.lie == "absent":
                return Piece(ask.number, 0, b"")
        return Piece(ask.number, total, data)


STEPS = st.lists(
    st.sampled_from(["pieces", "pieces", "pieces", "cut", "mark", "kill", "power", "garbage"]), max_size=25
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    size=st.integers(1, 5000),
    piece=st.integers(1, 700),
    steps=STEPS,
    lies=st.lists(st.sampled_from(["", "", "bits", "short", "longer", "huge", "other", "absent"]), max_size=3),
    seed=st.integers(0, 10_000),
)
def test_whatever_happens_it_comes_whole_and_right(
    tmp_path: Path, size: int, piece: int, steps: list[str], lies: list[str], seed: int
) -> None:
    chance = random.Random(seed)
    data = content(size, seed)
    digest = name(data)
    folder = tmp_path / f"{seed}-{os.urandom(4).hex()}"
    folder.mkdir()
    givers = {f"g{n}": Giver(data, lie) for n, lie in enumerate([*lies, ""])}
    sources, now = Sources(), 0.0
    everybody = [Source(n, n, f"ws://{n}") for n in givers]
    steps = [*steps, *["pieces"] * 400]
    for step in steps:
        if (folder / digest).exists():
            break
        now += 1.0
        source, _, wait_s = sources.choose(everybody, [digest], now)
        if source is None:
            now += wait_s or 0.0
            continue
        session(folder, digest, givers[source.device_id], source.device_id, sources, step, piece, now, chance)
    assert (folder / digest).read_bytes() == data
    assert not list(folder.glob("*.mark"))


def session(
    folder: Path, digest: str, giver: Giver, who: str, sources: Sources, step: str, piece: int, now: float,
    chance: random.Random,
) -> None:  # fmt: skip
    """One connection, as the fetcher has it; how it ends is `step`."""
    partial = Partial.take_up(folder, digest)
    fetching = Fetching(digest, partial.length, partial.total, frozenset(partial.sources))
    fetching.begin(who, alone=digest in sources.alone)
    if fetching.held < partial.length:
        partial.restart()
    number = 0
    budget = chance.randint(1, 6) if step != "pieces" else 10_000
    try:
        while not fetching.done and budget > 0:
            asks: list[Ask] = []
            while len(asks) < 3 and (ask := fetching.next_ask(number + 1, piece)):
                number += 1
                asks.append(ask)
                assert ask.offset + ask.length <= (fetching.total or MAX_BLOB_BYTES), "nothing is asked behind the end"
            assert asks, "what is missing can be asked for"
            for ask in asks:
                partial.write(fetching.came(giver.answer(ask, chance)))
                assert partial.length == fetching.held
                budget -= 1
            if step == "mark":
                partial.mark(fetching.total, sorted(fetching.sources))
        if fetching.done:
            if partial.right:
                partial.finish()
                sources.gave(who, digest)
                return
            if fetching.sources == {who}:
                assert giver.lie in ("bits", "longer"), "nobody honest is convicted"
                sources.bad(who, now)
            else:
                sources.alone.add(digest)
            partial.restart()
    except Absent:
        sources.lacks(who, digest, now)
    except BadBlob:
        if fetching.sources - {who}:
            sources.alone.add(digest)
        sources.bad(who, now)
    if step in ("cut", "mark", "pieces"):
        partial.mark(fetching.total, sorted(fetching.sources))
    partial.close()
    file = folder / f"{digest}.part"
    if step == "power" and file.exists():  # of what was not synced, anything may be there
        keep = chance.randint(0, file.stat().st_size)
        file.write_bytes(file.read_bytes()[:keep])
    if step == "garbage" and file.exists():
        file.write_bytes(file.read_bytes() + b"\0" * chance.randint(1, 100))


def test_a_beginning_is_kept_over_a_kill_as_far_as_it_was_marked(tmp_path: Path) -> None:
    data = content(1000)
    partial = Partial.take_up(tmp_path, name(data))
    partial.write(data[:600])
    partial.mark(1000, ["a"])
    partial.write(data[600:800])
    partial.close()
    again = Partial.take_up(tmp_path, name(data))
    assert (again.length, again.total, again.sources) == (600, 1000, ["a"])
    again.write(data[600:])
    assert again.right
    assert again.finish().read_bytes() == data


@pytest.mark.parametrize("damage", ["bit", "short", "mark", "no mark"])
def test_a_beginning_that_changed_on_the_disk_is_thrown_away(tmp_path: Path, damage: str) -> None:
    data = content(1000)
    digest = name(data)
    partial = Partial.take_up(tmp_path, digest)
    partial.write(data[:600])
    partial.mark(1000, ["a"])
    partial.close()
    file, mark = tmp_path / f"{digest}.part", tmp_path / f"{digest}.mark"
    if damage == "bit":
        file.write_bytes(bytes([data[0] ^ 1]) + data[1:600])
    elif damage == "short":
        file.write_bytes(data[:599])
    elif damage == "mark":
        mark.write_bytes(b"nonsense")
    else:
        mark.unlink()
    again = Partial.take_up(tmp_path, digest)
    assert again.length == 0
    again.write(data)
    assert again.right
    again.close()


def test_who_gave_wrong_bytes_alone_is_left_alone_and_who_was_cut_only_shortly() -> None:
    sources = Sources()
    a, b, office = Source("a", "", "ws://a"), Source("b", "", "ws://b"), Source("o", "", "ws://o", office=True)
    everybody = [office, a, b]
    assert sources.choose(everybody, ["d"], 0.0)[0] == a
    sources.bad("a", 0.0)
    assert sources.choose(everybody, ["d"], 1.0)[0] == b
    sources.cut("b", 1.0)
    assert sources.choose(everybody, ["d"], 1.1)[0] == office
    sources.lacks("o", "d", 1.1)
    source, _, wait_s = sources.choose(everybody, ["d"], 1.2)
    assert source is None
    assert wait_s == pytest.approx(0.3)
    assert sources.choose(everybody, ["d"], 1.6)[0] == b
    sources.cut("b", 1.6)
    sources.cut("b", 2.6)
    sources.changed()
    assert sources.choose(everybody, ["d"], 2.7)[0] == b, "somebody came: who was out of reach may be back"
    assert sources.rests("a", "d", 2.7) > 50, "but not who was bad"


def test_head_office_is_asked_for_what_neighbours_lack_and_neighbours_for_the_rest() -> None:
    sources = Sources()
    a, office = Source("a", "", "ws://a"), Source("o", "", "ws://o", office=True)
    sources.lacks("a", "x", 0.0)
    assert sources.choose([office, a], ["x", "y"], 0.1)[:2] == (a, ["y"])
    assert sources.choose([office, a], ["x"], 0.1)[:2] == (office, ["x"])
