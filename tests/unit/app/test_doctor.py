"""What the doctor says of folders in which a server can't start, or none is; it changes nothing."""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

import pytest

from app.checks.finding import Finding
from app.checks.folder import check_disk
from app.cli import build_parser, main
from app.doctor import look
from app.serve import changed
from app.settings import Settings
from server.log import Reserve
from tests.unit import disks
from tests.unit.app.rights import as_nobody


def by_name(findings: list[Finding]) -> dict[str, Finding]:
    return {f.name: f for f in findings}


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--data", str(tmp_path / "nope"), "--json"]) == 1
    said = {f["name"]: f for f in json.loads(capsys.readouterr().out)}
    assert said["folder"]["state"] == "bad"
    assert "nope" in said["folder"]["text"]
    assert said["folder"]["do"]
    assert not (tmp_path / "nope").exists()


def test_a_file_in_its_place_is_said(tmp_path: Path) -> None:
    (tmp_path / "till").write_text("")
    assert by_name(look(tmp_path / "till"))["folder"].state == "bad"


@pytest.mark.skipif(os.name == "nt", reason="rights are other ones there")
def test_a_folder_without_rights_is_one_finding(till: Path) -> None:
    till.chmod(0)
    with as_nobody():
        found = by_name(look(till))
    till.chmod(0o700)
    assert found["folder"].state == "bad"
    assert found["folder"].do


def test_a_key_that_is_none_is_bad_and_says_what_to_do(till: Path) -> None:
    assert "files" not in by_name(look(till))
    (till / "device.key").write_bytes(b"x" * 20)
    found = by_name(look(till))["files"]
    assert found.state == "bad"
    assert "device.key" in found.text
    assert "move it away" in found.do


@pytest.mark.skipif(os.name == "nt", reason="rights are other ones there")
def test_a_log_that_may_only_be_read_is_bad(till: Path) -> None:
    with TemporaryDirectory() as name:  # where anybody may look
        folder = Path(name) / "till"
        shutil.copytree(till, folder)
        for path in (folder.parent, folder):
            path.chmod(0o755)
        for path in folder.iterdir():
            path.chmod(0o444)
        with as_nobody():
            found = by_name(look(folder))["files"]
    assert found.state == "bad"
    assert "log.db" in found.text
    assert found.do


def test_settings_that_are_a_folder_are_a_finding(till: Path) -> None:
    (till / "settings.toml").mkdir()
    found = by_name(look(till))["settings"]
    assert found.state == "bad"
    assert "settings.toml is a folder" in found.text


ANSWERS: dict[str, tuple[int, Any]] = {
    "/healthz": (503, {"status": "unhealthy", "reasons": ["The disk is full.", "Make room."], "warnings": []}),
    "/v1/peers": (200, []),
    "/v1/status": (200, {"office": {"state": "offline", "since": "2026-01-01T00:00:00Z"}}),
}


class Unwell(BaseHTTPRequestHandler):
    """A server that says what ails it."""

    def do_GET(self) -> None:
        status, body = ANSWERS.get(self.path, (404, {}))
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def unwell(till: Path) -> Iterator[Path]:
    server = HTTPServer(("127.0.0.1", 0), Unwell)
    Thread(target=server.serve_forever, daemon=True).start()
    given = Settings(store="corner", office="ws://127.0.0.1:9", mdns=False, keep_sales_days=7)
    endpoint = {
        "api": f"http://127.0.0.1:{server.server_port}",
        "token": "t",
        "device_id": "d",
        "pid": os.getpid(),
        "settings": changed(given),
    }
    (till / "endpoint.json").write_text(json.dumps(endpoint))
    yield till
    server.shutdown()
    server.server_close()


def test_reasons_are_sentences_and_flags_count(unwell: Path) -> None:
    found = by_name(look(unwell))
    assert found["server"].text == "The server is not well. The disk is full. Make room."
    assert "No line to head office at ws://127.0.0.1:9 since" in found["office"].text
    assert found["multicast"].text == "not used (--no-mdns)"
    assert "7 days" in found["kept"].text


def test_where_no_server_runs_it_says_that_flags_are_not_known(till: Path, unwell: Path) -> None:
    assert "settings" not in by_name(look(unwell))
    (till / "endpoint.json").unlink()
    found = by_name(look(till))
    assert "only settings.toml and PILOTLIGHT_*" in found["settings"].text
    assert "settings.toml" in found["office"].text
    assert "sells by itself" not in found["office"].text


def options(parser: argparse.ArgumentParser) -> set[str]:
    """Of all its commands, too."""
    known = set(parser._option_string_actions)
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            known |= {option for command in action.choices.values() for option in options(command)}
    return known


def test_no_sentence_names_an_option_that_does_not_exist() -> None:
    known = options(build_parser())
    root = Path(__file__).resolve().parents[3]
    named = {
        (path.name, option)
        for room in ("app", "server", "ui")
        for path in (root / room).rglob("*.py")
        for option in re.findall(r"(?<![\w-])--[a-z][a-z-]*", path.read_text("utf-8"))
    }
    assert named
    assert not {(name, option) for name, option in named if option not in known}


def paper(mode: str) -> Iterator[str]:
    """The address of a printer in another process."""
    command = [sys.executable, "-m", "app.cli", "simulate", "printer", "--json", "--mode", mode, "--port", "0"]
    with subprocess.Popen([*command, "--control-port", "0"], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())["printer"]
        finally:
            process.terminate()


@pytest.mark.parametrize(("mode", "state"), [("ready", "ok"), ("out_of_paper", "warn"), ("off", "bad")])
def test_the_printer_is_asked_for_its_paper(till: Path, mode: str, state: str) -> None:
    printers = paper("ready" if mode == "off" else mode)
    address = next(printers)
    if mode == "off":
        printers.close()
    (till / "settings.toml").write_text(f'printer = "{address}"\n')
    found = by_name(look(till))["printer"]
    printers.close()
    assert found.state == state
    assert address in found.text
    assert found.state == "ok" or found.do


def test_a_till_without_a_printer_is_well_and_says_how_guests_get_their_receipt(till: Path) -> None:
    found = by_name(look(till))["printer"]
    assert found.state == "ok"
    assert "phone" in found.text


@pytest.mark.skipif(not hasattr(os, "statvfs"), reason="only there are blocks told")
def test_a_full_disk_on_which_the_reserve_is_sold_from_is_bad(tmp_path: Path) -> None:
    with disks.small_disk(tmp_path / "disk", 80) as folder:
        reserve = Reserve(folder, 16 << 20)
        reserve.fill()
        disks.fill(folder)
        reserve.give_when_low()
        (disk,) = check_disk(folder, Settings(reserve_mb=16))
    assert disk.state == "bad"
    assert "8 MB are left" in disk.text


def test_a_disk_with_small_blocks_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite's shared memory lies in pages of 4096 bytes, of which one byte makes sure; full, such a disk kills."""
    told = os.statvfs(tmp_path)
    for block, state in ((4096, "ok"), (1024, "warn")):
        as_if = os.statvfs_result((block, *tuple(told)[1:]))
        monkeypatch.setattr(os, "statvfs", lambda _, as_if=as_if: as_if)
        (disk,) = check_disk(tmp_path, Settings())
        assert disk.state == state
    assert "mkfs.ext4 -b 4096" in disk.do
