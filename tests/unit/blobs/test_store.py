"""The folder of blobs: what is kept, what goes, what is refused."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from server.blobs.store import GRACE_S, SHORT_GRACE_S, BlobStore
from server.event import Refused


def store(folder: Path, space: int = 10_000, free: int = 0) -> BlobStore:
    one = BlobStore(folder, space, free)
    one.open()
    return one


def put(one: BlobStore, data: bytes, age_s: float = 0.0) -> str:
    incoming = one.incoming()
    incoming.write(data)
    digest = incoming.finish()
    at = one.path(digest).stat().st_mtime - age_s
    os.utime(one.path(digest), (at, at))
    return digest


def test_what_was_put_in_is_there_after_a_restart(tmp_path: Path) -> None:
    digest = put(store(tmp_path), b"picture")
    again = store(tmp_path)
    assert again.has(digest)
    assert again.size(digest) == 7
    assert again.read(digest, 3, 100) == b"ture"


def test_a_body_with_another_hash_is_not_taken(tmp_path: Path) -> None:
    one = store(tmp_path)
    incoming = one.incoming()
    incoming.write(b"picture")
    with pytest.raises(Refused, match="SHA-256") as refused:
        incoming.finish(hashlib.sha256(b"another").hexdigest())
    assert refused.value.code == "wrong_hash"
    incoming.discard()
    assert one.count() == 0
    assert [p.name for p in one.folder.iterdir()] == ["variants"]


def test_what_a_kill_left_behind_is_cleared_away(tmp_path: Path) -> None:
    one = store(tmp_path)
    one.incoming().write(b"half")
    assert len(list(one.folder.glob("*.new"))) == 1
    assert store(tmp_path).count() == 0
    assert not list(one.folder.glob("*.new"))


def test_what_nothing_refers_to_goes_after_its_time_of_grace(tmp_path: Path) -> None:
    one = store(tmp_path)
    kept, fresh, old = put(one, b"kept", GRACE_S * 2), put(one, b"fresh"), put(one, b"old", GRACE_S + 60)
    (one.variants / f"{old}-tile.webp").write_bytes(b"x")
    assert one.sweep({kept}) == [old]
    assert one.has(kept)
    assert one.has(fresh)
    assert not list(one.variants.iterdir())
    assert one.sweep(set()) == [], "until a moment ago it was referred to"


def test_room_is_made_of_what_nothing_refers_to_the_oldest_first(tmp_path: Path) -> None:
    one = store(tmp_path, space=100)
    kept, older, newer = put(one, b"a" * 30, 9999), put(one, b"b" * 30, 9000), put(one, b"c" * 30, 8000)
    one.sweep({kept})
    put(one, b"d" * 30)
    assert [one.has(d) for d in (kept, older, newer)] == [True, False, True]


def test_what_is_referred_to_is_never_dropped_for_room(tmp_path: Path) -> None:
    one = store(tmp_path, space=100)
    digest = put(one, b"a" * 80, SHORT_GRACE_S * 3)
    one.sweep({digest})
    with pytest.raises(Refused) as refused:
        put(one, b"b" * 30)
    assert refused.value.code == "blobs_full"
    assert "blob_space_mb" in refused.value.text
    assert one.has(digest)


def test_orders_keep_their_room_on_the_disk(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        put(store(tmp_path, free=2**62), b"picture")
    assert refused.value.code == "disk_full"
