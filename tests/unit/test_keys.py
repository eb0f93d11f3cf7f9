"""The device key, the hash chain and the seals."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.event import Draft, Header, Stream, encode
from server.keys import DeviceKey, chain, genesis, verify_seal

KEY = DeviceKey.generate()
STANDARD = (
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
)
RAWS = st.lists(st.binary(max_size=40), min_size=1, max_size=12)


def chained(stream: Stream, raws: list[bytes]) -> bytes:
    digest = genesis(stream)
    for raw in raws:
        digest = chain(digest, raw)
    return digest


@given(RAWS, st.data())
def test_a_chain_shows_any_change_of_any_byte(raws: list[bytes], data: st.DataObject) -> None:
    i = data.draw(st.integers(0, len(raws) - 1))
    changed = data.draw(st.binary(max_size=40).filter(lambda b: b != raws[i]))
    stream = Stream("log", "orders")
    assert chained(stream, raws) != chained(stream, [*raws[:i], changed, *raws[i + 1 :]])


@given(RAWS)
def test_a_chain_shows_a_missing_event(raws: list[bytes]) -> None:
    stream = Stream("log", "orders")
    assert chained(stream, raws) != chained(stream, raws[:-1])
    assert chained(stream, raws) != chained(stream, raws[1:])


@given(RAWS, st.text(min_size=1), st.text(min_size=1))
def test_a_chain_is_bound_to_its_stream(raws: list[bytes], log_id: str, topic: str) -> None:
    there = Stream(log_id, topic)
    if there != Stream("log", "orders"):
        assert chained(Stream("log", "orders"), raws) != chained(there, raws)


@given(st.binary(min_size=32, max_size=32))
def test_a_seal_holds_for_its_hash(digest: bytes) -> None:
    assert verify_seal(KEY.public_key, digest, KEY.seal(digest))


@given(st.binary(min_size=32, max_size=32), st.integers(0, 64 * 8 - 1))
def test_a_seal_with_a_flipped_bit_does_not_hold(digest: bytes, bit: int) -> None:
    seal = bytearray(KEY.seal(digest))
    seal[bit // 8] ^= 1 << bit % 8
    assert not verify_seal(KEY.public_key, digest, bytes(seal))


def test_a_seal_of_another_device_does_not_hold() -> None:
    assert not verify_seal(KEY.public_key, b"h" * 32, DeviceKey.generate().seal(b"h" * 32))


@given(st.binary(max_size=80), st.binary(max_size=80))
def test_nonsense_for_keys_and_seals_is_no_seal_and_no_crash(public_key: bytes, seal: bytes) -> None:
    assert not verify_seal(public_key, b"h" * 32, seal)


def test_a_signature_for_another_purpose_is_no_seal() -> None:
    assert not verify_seal(KEY.public_key, b"h" * 32, KEY.sign(b"h" * 32))


def test_signatures_are_those_of_the_standard() -> None:
    """RFC 8032, 7.1, tests 2 and 3: any library of anybody gives these bytes."""
    for seed, public_key, message, signature in STANDARD:
        key = DeviceKey(bytes.fromhex(seed))
        assert key.public_key.hex() == public_key
        assert key.sign(bytes.fromhex(message)).hex() == signature


@given(st.binary(min_size=32, max_size=32))
def test_a_key_with_which_one_signature_holds_for_everything_is_none(digest: bytes) -> None:
    neutral = b"\1" + bytes(31)  # the point of order 1 (RFC 8032, 5.1.2): any message satisfies S·B = R + k·A
    assert not verify_seal(neutral, digest, neutral + bytes(32))


def test_a_device_keeps_its_key(tmp_path: Path) -> None:
    made = DeviceKey.load_or_make(tmp_path / "device.key")
    again = DeviceKey.load_or_make(tmp_path / "device.key")
    assert made.device_id == again.device_id
    assert verify_seal(made.public_key, b"h" * 32, again.seal(b"h" * 32))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_nobody_else_may_read_the_key(tmp_path: Path) -> None:
    DeviceKey.load_or_make(tmp_path / "device.key")
    assert stat.S_IMODE((tmp_path / "device.key").stat().st_mode) == 0o600


def test_a_broken_key_file_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "device.key").write_bytes(b"short")
    with pytest.raises(ValueError, match="32"):
        DeviceKey.load_or_make(tmp_path / "device.key")
    assert (tmp_path / "device.key").read_bytes() == b"short"


@pytest.mark.parametrize(
    "put", [Path.mkdir, os.mkfifo, lambda path: path.symlink_to("nowhere"), lambda path: path.symlink_to(path.name)]
)
def test_what_is_no_file_is_no_key_and_keeps_nobody_waiting(tmp_path: Path, put: Callable[[Path], object]) -> None:
    put(tmp_path / "device.key")
    with pytest.raises(ValueError, match="not a file"):
        DeviceKey.load_or_make(tmp_path / "device.key")
    assert DeviceKey.public_key_in(tmp_path / "device.key") is None


def test_the_example_in_the_protocol_document_is_true() -> None:
    """docs/protocol.md, 1.6: whoever writes a second implementation starts from these bytes."""
    text = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text("utf-8")
    example = text.split("### 1.6")[1].split("```")[1]
    words = "".join(line[14:] if line[:1] == " " else "|" + line for line in example.splitlines())
    key = DeviceKey(b"\1" * 32)
    header = Header(1, key.public_key, b"\2" * 16, "riverside")
    draft = Draft("stock.out/1", "ingredient:bacon", {"ingredient_id": "bacon"})
    raw = encode(1, (1_800_000_000_000 << 16) + 5, draft, None)
    start = genesis(Stream(header.log_id, "stock"))
    after = chain(start, raw)
    for fact in (key.public_key, msgspec.msgpack.encode(header), raw, start, after, key.seal(after)):
        assert fact.hex() + "|" in words + "|"
    assert header.log_id in words
    assert header.device_id in words
