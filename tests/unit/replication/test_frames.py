from __future__ import annotations

import contextlib

import msgspec
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from server.replication import frames
from server.replication.frames import MAX_FRAME_BYTES, BadFrame, Events, Have, Hello, Refuse, Summary
from tests.unit.replication.lab import memory_log

LOG = memory_log(1)
HELLO = Hello(1, 1, "north", LOG.header.device_id, LOG.log_id, LOG.header, "Kiosk", "kiosk", b"n" * 16)
BATCH = LOG.append("orders", 40, hlc=1 << 40)
EVENTS = Events(*BATCH.stream, 1, BATCH.events, BATCH.seal, LOG.header)
SAMPLES = [
    HELLO,
    EVENTS,
    frames.FrontierIs({LOG.log_id: {"orders": (40, BATCH.hashes[-1])}}),
    Have({LOG.log_id: {"orders": 40}}),
    Summary({}, 2**64 - 1, 3, True, True, ["a"]),
    frames.Ask(),
    Refuse("gap", "Event 5 came, but 3 is next."),
]


@pytest.mark.parametrize("frame", SAMPLES, ids=lambda f: type(f).__name__)
def test_a_frame_comes_back_as_it_went(frame: frames.Frame) -> None:
    assert frames.decode(frames.encode(frame)) == frame


@given(
    st.dictionaries(st.text(max_size=20), st.dictionaries(st.text(max_size=20), st.integers(0, 2**63)), max_size=5),
    st.lists(st.binary(max_size=300), max_size=20),
)
def test_any_content_comes_back_as_it_went(entries: dict[str, dict[str, int]], events: list[bytes]) -> None:
    for frame in (Have(entries), Events("log", "topic", 1, events, b"s" * 64)):
        assert frames.decode(frames.encode(frame)) == frame


def test_a_small_frame_is_not_compressed_and_a_large_one_is() -> None:
    assert frames.encode(Refuse("gap", "x"))[0] == 0
    packed = frames.encode(EVENTS)
    assert packed[0] == 1
    assert len(packed) < sum(map(len, BATCH.events))


def test_a_later_version_may_add_fields() -> None:
    longer = msgspec.msgpack.encode([4, {"log": {"orders": 3}}, "something new", 5])
    assert frames.decode(b"\0" + longer) == Have({"log": {"orders": 3}})


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"\x00",
        b"\x01",
        b"\x02abc",
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x00\xc1",
        b"\x00" + msgspec.msgpack.encode([99, "no such kind"]),
        b"\x00" + msgspec.msgpack.encode([4, "not a map"]),
        b"\x00" + msgspec.msgpack.encode([7, 1, 2]),
        b"\x00" + msgspec.msgpack.encode({"kind": 4}),
        b"\x00\xdd\xff\xff\xff\xff",
        b"\x00\x96\x03\xa1a\xa1b\x01\xdd\xff\xff\xff\xff",
        b"\x00" + b"\x91" * 1_000_000,
        b"\x00" + msgspec.msgpack.encode([4, {}])[:-1] + b"\x91" * 1_000_000,
        b"\x00\x92\x07\xa2\xff\xfe",
        b"\x01" + zstandard.compress(b"\x91" * 100_000),
        b"\x01" + zstandard.compress(b"hello world")[:-3],
    ],
)
def test_what_is_no_frame_is_a_bad_frame(frame: bytes) -> None:
    with pytest.raises(BadFrame) as bad:
        frames.decode(frame)
    assert bad.value.code == "bad_frame"


def test_a_frame_over_the_limit_is_neither_read_nor_made() -> None:
    with pytest.raises(BadFrame) as bad:
        frames.decode(b"\x00" * (MAX_FRAME_BYTES + 1))
    assert bad.value.code == "frame_too_large"
    with pytest.raises(BadFrame) as bad:
        frames.encode(Events("log", "topic", 1, [bytes(MAX_FRAME_BYTES)], b"s" * 64))
    assert bad.value.code == "frame_too_large"


def test_a_bomb_is_not_unpacked() -> None:
    bomb = b"\x01" + zstandard.compress(bytes(200 * 1024 * 1024))
    assert len(bomb) < 100_000
    with pytest.raises(BadFrame) as bad:
        frames.decode(bomb)
    assert bad.value.code == "frame_too_large"
    stream = zstandard.ZstdCompressor().compressobj()
    unsized = b"\x01" + stream.compress(b"x" * 1000) + stream.flush()
    with pytest.raises(BadFrame) as bad:
        frames.decode(unsized)
    assert bad.value.code == "frame_too_large"


@given(st.binary(max_size=2000))
def test_random_bytes_raise_bad_frame_and_nothing_else(data: bytes) -> None:
    for flagged in (data, b"\0" + data, b"\1" + data):
        with contextlib.suppress(BadFrame):
            frames.decode(flagged)


@given(st.sampled_from(SAMPLES), st.booleans(), st.data())
def test_mutated_frames_raise_bad_frame_and_nothing_else(frame: frames.Frame, raw: bool, data: st.DataObject) -> None:
    whole = b"\0" + msgspec.msgpack.encode(frame) if raw else frames.encode(frame)
    mutant = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 4))):
        mutant[data.draw(st.integers(0, len(mutant) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(mutant)))
    for bytes_ in (bytes(mutant), bytes(mutant[:cut]), bytes(mutant + mutant[:cut])):
        with contextlib.suppress(BadFrame):
            frames.decode(bytes_)
