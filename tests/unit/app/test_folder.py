"""Data folders that can't be used as they are: one sentence that names what it is about and what to do."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import app.importing
import app.logs
import app.serve  # noqa: F401  (before the rights are gone)
from app.backup import back_up
from app.cli import main
from app.serve import write_private
from app.settings import load
from server.event import Refused
from server.keys import DeviceKey
from server.log import own_store
from server.log.schema import open_writer
from server.machine import THIS_MACHINE
from server.node.folder import take_up
from tests.unit.app.rights import as_nobody

Say = Callable[..., tuple[int, str, str]]


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    """Runs `pilotlight`; its exit status, stdout and stderr."""

    def command(*arguments: object) -> tuple[int, str, str]:
        status = main([str(a) for a in arguments])
        said = capsys.readouterr()
        return status, said.out, said.err

    return command


@pytest.fixture
def kept_from_us(till: Path) -> Iterator[Path]:
    """The same without any rights, asked for by somebody who has no special ones."""
    till.chmod(0)
    with as_nobody():
        yield till
    till.chmod(0o700)


@pytest.mark.skipif(os.name == "nt", reason="rights are other ones there")
@pytest.mark.parametrize("command", ["log verify", "log ls", "log tail", "log salvage", "backup there", "server"])
def test_a_folder_without_rights_is_one_sentence(kept_from_us: Path, say: Say, command: str) -> None:
    status, _, err = say(*command.split(), "--data", kept_from_us)
    assert status == 1
    assert len(err.strip().splitlines()) == 1
    assert str(kept_from_us) in err
    assert "owner" in err


@pytest.mark.skipif(os.name == "nt", reason="rights are other ones there")
@pytest.mark.parametrize("command", ["import {}/menu.json", "restore {}/a.backup", "backup {}/a.backup"])
def test_a_file_without_rights_is_one_sentence(kept_from_us: Path, say: Say, command: str) -> None:
    status, _, err = say(*command.format(kept_from_us).split(), "--data", kept_from_us)
    assert status == 1
    assert len(err.strip().splitlines()) == 1
    assert str(kept_from_us) in err


def test_a_backup_leaves_out_settings_that_cannot_be_read(till: Path, tmp_path: Path) -> None:
    settings = till / "settings.toml"
    assert back_up(till, tmp_path / "none")["left_out"] == ""
    settings.write_bytes(b"\xff\xfebroken")
    facts: dict[str, Any] = back_up(till, tmp_path / "one")
    assert "settings.toml was left out" in facts["left_out"]
    settings.unlink()
    settings.mkdir()
    assert "is a folder" in back_up(till, tmp_path / "two")["left_out"]
    assert (tmp_path / "one").is_file()
    assert (tmp_path / "two").is_file()


def test_a_backup_with_broken_settings_can_be_restored(till: Path, tmp_path: Path, say: Say) -> None:
    (till / "settings.toml").write_bytes(b"\xff\xfebroken")
    status, out, _ = say("backup", tmp_path / "b", "--data", till, "--json")
    assert status == 0
    assert "left out" in json.loads(out)["text"]
    assert say("restore", tmp_path / "b", "--data", tmp_path / "again")[0] == 0
    assert own_store(tmp_path / "again") == own_store(till)


def test_there_is_no_backup_of_a_log_that_is_being_salvaged(till: Path, tmp_path: Path, say: Say) -> None:
    """What lies in the log's place then is a part of it, or nothing."""
    (till / "log.salvaging").write_text("damaged-20261127-123145 moved")
    (till / "log.db").rename(till / "aside.db")
    with closing(open_writer(till)):
        pass
    status, _, err = say("backup", tmp_path / "b", "--data", till)
    assert status == 1
    assert "is being salvaged" in err
    assert not (tmp_path / "b").exists()


def test_a_backup_of_nothing_is_none(till: Path, tmp_path: Path, say: Say) -> None:
    with closing(open_writer(tmp_path)):
        pass
    assert "nothing in the log" in say("backup", tmp_path / "b", "--data", tmp_path)[2]
    assert not (tmp_path / "b").exists()
    assert "nothing in" in say("restore", tmp_path / "log.db", "--data", tmp_path / "again")[2]
    assert not (tmp_path / "again").exists()


def test_a_log_is_not_taken_for_a_backup_without_its_newest_part(till: Path, tmp_path: Path, say: Say) -> None:
    """Somebody copies the log from a machine that died: its newest orders are in the file beside it."""
    with closing(open_writer(till)) as db:
        db.execute("INSERT INTO meta VALUES ('newest', '1')")
        for file in ("log.db", "log.db-wal"):
            shutil.copy(till / file, tmp_path / file)
    status, _, err = say("restore", tmp_path / "log.db", "--data", tmp_path / "again")
    assert status == 1
    assert "log.db-wal" in err
    assert not (tmp_path / "again").exists()


def test_a_backup_that_can_not_be_restored_there_is_one_sentence(till: Path, tmp_path: Path, say: Say) -> None:
    """The folder itself can't be made: a file is in its way, or the disk is full."""
    back_up(till, tmp_path / "b")
    (tmp_path / "file").touch()
    status, _, err = say("restore", tmp_path / "b", "--data", tmp_path / "file" / "again")
    assert status == 1
    assert len(err.splitlines()) == 1
    assert str(tmp_path / "file" / "again") in err


@pytest.mark.skipif(os.name == "nt", reason="a folder can't be synced there")
def test_what_was_restored_is_on_the_disk_when_it_is_said(
    till: Path, tmp_path: Path, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sales are written beside it and synced; a power cut must not leave them without what they stand on."""
    back_up(till, tmp_path / "b")
    synced: set[int] = set()
    sync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda fd: (synced.add(os.fstat(fd).st_ino), sync(fd))[1])
    again = tmp_path / "again"
    assert say("restore", tmp_path / "b", "--data", again)[0] == 0
    assert {(again / "log.db").stat().st_ino, again.stat().st_ino} <= synced


@pytest.mark.parametrize("how", ["folder", "loop"])
def test_what_is_in_the_way_of_the_lock_is_named(till: Path, say: Say, how: str) -> None:
    lock = till / "lock"
    lock.unlink(missing_ok=True)
    if how == "folder":
        lock.mkdir()
    else:
        lock.symlink_to(lock)
    status, _, err = say("server", "--data", till, "--no-mdns")
    assert status == 1
    assert f"{lock} is not a file" in err
    assert "Move it away" in err


@pytest.mark.parametrize("name", ["endpoint.json", "api.token"])
def test_a_folder_in_the_place_of_a_file_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    with pytest.raises(Refused, match=rf"{name} can't be written.*Move that folder away"):
        write_private(tmp_path / name, "x")


def test_settings_that_are_a_folder_are_named(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").mkdir()
    with pytest.raises(Refused, match=r"settings\.toml is a folder.*Move it away"):
        load(tmp_path, {}, {})


def test_a_broken_device_key_is_named_with_its_remedy(tmp_path: Path) -> None:
    (tmp_path / "device.key").write_bytes(b"x" * 20)
    with pytest.raises(Refused, match=r"device\.key is not a device key.*move it away") as refused:
        take_up(tmp_path, THIS_MACHINE)
    assert refused.value.code == "data_folder"
    (tmp_path / "device.key").rename(tmp_path / "device.key.broken")
    key, _ = take_up(tmp_path, THIS_MACHINE)
    assert DeviceKey.public_key_in(tmp_path / "device.key") == key.public_key
