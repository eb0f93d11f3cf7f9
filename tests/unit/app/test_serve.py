"""The small files that a server keeps for screens: made anew when they are garbage, and said when they can't be."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.serve import keep_token, write_endpoint
from server.event import Refused


@pytest.mark.parametrize("garbage", [b"", bytes(40), bytes(range(256)), b"short", b"9" * 5000, "é".encode() * 40])
def test_a_token_that_is_none_is_made_anew_and_then_kept(tmp_path: Path, garbage: bytes) -> None:
    (tmp_path / "api.token").write_bytes(garbage)
    token = keep_token(tmp_path)
    assert token.isascii()
    assert len(token) >= 32
    assert keep_token(tmp_path) == token
    assert (tmp_path / "api.token").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("write", [keep_token, lambda folder: write_endpoint(folder, {"api": "x"})])
def test_a_folder_that_can_not_be_written_is_one_sentence(tmp_path: Path, write) -> None:
    for name in ("api.token", "endpoint.json"):
        (tmp_path / name / "in the way").mkdir(parents=True)
    with pytest.raises(Refused) as refused:
        write(tmp_path)
    assert refused.value.code == "data_folder"
    assert "start again" in refused.value.text
