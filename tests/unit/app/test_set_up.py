"""The set-up beside another program that installs packages: it waits for it. A real apt, on folders of its own."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path

import pytest

from installer import set_up

fcntl = pytest.importorskip("fcntl")
pytestmark = pytest.mark.skipif(
    not shutil.which("apt-get") or not set_up.is_root(), reason="needs apt and an administrator"
)


@pytest.fixture
def apt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """apt with no sources and nothing installed, which keeps what it has in this folder."""
    for folder in ("state/lists/partial", "cache/archives/partial", "etc"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "status").touch()
    places = {"Dir::State": "state", "Dir::State::status": "status", "Dir::Cache": "cache", "Dir::Etc": "etc"}
    (tmp_path / "conf").write_text("".join(f'{name} "{tmp_path / place}";\n' for name, place in places.items()))
    monkeypatch.setenv("APT_CONFIG", str(tmp_path / "conf"))
    monkeypatch.setattr(set_up, "APT_AGAIN_S", 0.01)
    return tmp_path


@pytest.fixture(params=["state/lists", "cache/archives"])
def other(request: pytest.FixtureRequest, apt: Path) -> Iterator[TextIOWrapper]:
    """Another program, that holds one of apt's locks until the file is closed."""
    with (apt / request.param / "lock").open("w") as lock:
        fcntl.lockf(lock, fcntl.LOCK_EX)
        yield lock


def test_another_program_that_installs_packages_is_waited_for(
    other: TextIOWrapper, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    really, statuses = set_up.apt_get, []

    def until_tried_twice(command: list[str]) -> subprocess.CompletedProcess[str]:
        done = really(command)
        statuses.append(done.returncode)
        if statuses.count(100) == 2:
            other.close()
        return done

    monkeypatch.setattr(set_up, "apt_get", until_tried_twice)
    assert set_up.apt_install([]) == ""
    assert statuses.count(100) == 2
    assert capsys.readouterr().out.count("waiting for it") == 1


def test_another_program_that_does_not_end_is_named(other: TextIOWrapper, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(set_up, "APT_PATIENCE_S", 0.1)
    assert "Could not get lock" in set_up.apt_install([])
