"""The command line as an installer uses it: facts on stdout, one sentence on stderr, 0, 1 or 2."""

from __future__ import annotations

import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.process.shop import Server, eventually

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "assets" / "menus" / "demo.json"


def pilotlight(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app.cli", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, **environment},
    )


def refused(done: subprocess.CompletedProcess[str]) -> str:
    """The one sentence of a refusal."""
    assert done.returncode == 1, done.stdout + done.stderr
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert "Traceback" not in done.stderr
    return lines[0]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path / "till", "--store", "corner", "--no-mdns").start()
    yield server
    server.kill()


@pytest.mark.parametrize(
    "command",
    [
        *(
            "demo",
            "kiosk",
            "pos",
            "kitchen",
            "board",
            "server",
            "office",
            "import",
            "log",
            "log ls",
            "log verify",
            "doctor",
        ),
        *("phones", "phones cards", "phones renew"),
    ],
)
def test_every_command_explains_itself_with_an_example(command: str) -> None:
    done = pilotlight(*command.split(), "--help")
    assert done.returncode == 0
    assert "example:" in done.stdout


def test_wrong_usage_is_told_apart_from_failure() -> None:
    assert pilotlight("fly").returncode == 2
    assert pilotlight("server", "--api-port", "many").returncode == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("kiosc", "There is no command `kiosc`. Did you mean `kiosk`?"),
        ("picture-variant", "There is no command `picture-variant`."),
        ("log verfy", "There is no action `verfy`. Did you mean `verify`?"),
        ("", "Missing: COMMAND."),
        ("import", "Missing: FILE."),
        ("server --api-port many", "--api-port must be a whole number, not 'many'."),
        ("office --port 99999", "--port must be between 0 (any free port) and 65535, not 99999."),
        ("simulate printer --mode dead", "--mode must be one of ready, out_of_paper, die, not 'dead'."),
        ("log tail -n 0", "-n must be at least 1, not 0."),
        ("pos --dat x", "There is no option `--dat`. Did you mean `--data`?"),
        ("pos --screen-onl", "There is no option `--screen-onl`."),
        ("pos --data", "--data needs a value."),
        ("doctor till", "`till` is one word too many."),
    ],
)
def test_wrong_usage_is_one_sentence(words: str, said: str) -> None:
    done = pilotlight(*words.split())
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert done.stderr.startswith(said)
    assert not any(hidden in done.stderr for hidden in ("picture-variants", "draw-receipt", "screen-only"))


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there always is a display")
@pytest.mark.parametrize("words", ["pos", "kiosk --windowed", "board --screen-only board"])
def test_a_screen_without_a_display_says_what_to_do_before_anything_starts(tmp_path: Path, words: str) -> None:
    bare = dict.fromkeys(("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"), "")
    done = pilotlight(*words.split(), "--data", tmp_path / "till", "--no-mdns", **bare)
    assert "QT_QPA_PLATFORM=vnc" in refused(done)
    assert done.stdout == ""
    assert not (tmp_path / "till").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a display has no name")
@pytest.mark.parametrize("name", [":4711", "unix:4711.0", "127.0.0.1:4711", "nonsense"])
def test_a_display_that_is_not_there_is_one_sentence(tmp_path: Path, name: str) -> None:
    """Qt ends the process by an abort, with a list of its plugins."""
    elsewhere = {"DISPLAY": name, "WAYLAND_DISPLAY": "", "QT_QPA_PLATFORM": ""}
    said = refused(pilotlight("pos", "--data", tmp_path / "till", "--no-mdns", **elsewhere))
    assert said.startswith(f"The display {name} does not answer: start it in a desktop session")
    assert not (tmp_path / "till").exists()


def test_a_menu_goes_into_a_folder_at_rest_and_is_sold_after_the_start(tmp_path: Path) -> None:
    done = pilotlight("import", DEMO, "--data", tmp_path / "till", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["report"]["counts"]["items"] >= 60
    server = Server(tmp_path / "till", "--no-mdns").start()
    try:
        assert len(server.get("/v1/menu")["items"]) >= 60
    finally:
        server.kill()


def test_a_menu_goes_into_a_running_server_through_its_api(server: Server) -> None:
    done = pilotlight("import", DEMO, "--data", server.folder)
    assert done.returncode == 0, done.stderr
    assert "67 items" in done.stdout
    assert eventually(lambda: server.get("/v1/menu"))["name"] == "Ember & Oak"


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"", "empty"),
        (b"not json", "line 1"),
        (b'{"objects": [', "line 1"),
        (b'{"objects": []}', "no objects"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b'{"currency": "EUR", "name": "x", "items": [{"item_id": "a"}]}', "name"),
    ],
)
def test_a_bad_menu_file_is_one_sentence_and_changes_nothing(
    server: Server, tmp_path: Path, content: bytes, named: str
) -> None:
    before = server.get("/v1/frontier")
    path = tmp_path / "menu.json"
    path.write_bytes(content)
    sentence = refused(pilotlight("import", path, "--data", server.folder))
    assert "menu.json" in sentence
    assert named in sentence
    assert server.get("/v1/menu") is None
    assert server.get("/v1/frontier") == before


def test_a_menu_file_of_100_megabytes_is_refused_unread(server: Server, tmp_path: Path) -> None:
    path = tmp_path / "menu.json"
    with path.open("wb") as f:
        f.truncate(100_000_000)
    assert "too large" in refused(pilotlight("import", path, "--data", server.folder))


def test_verify_says_yes_and_names_the_first_bad_event(server: Server, tmp_path: Path) -> None:
    pilotlight("import", DEMO, "--data", server.folder)
    done = pilotlight("log", "verify", "--data", server.folder, "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["ok"] is True

    server.kill()
    copy = tmp_path / "copy"
    shutil.copytree(server.folder, copy)
    with sqlite3.connect(copy / "log.db") as db:
        (raw,) = db.execute("SELECT raw FROM events WHERE instr(raw, CAST('menu.published' AS BLOB))").fetchone()
        worse = raw.replace(b"Cheeseburger", b"Cheesebarger", 1)
        db.execute("UPDATE events SET raw = ? WHERE raw = ?", (worse, raw))
    done = pilotlight("log", "verify", "--data", copy)
    assert "/menu/1" in refused(done)


def test_ls_and_tail_look_into_a_running_server(server: Server) -> None:
    streams = json.loads(pilotlight("log", "ls", "--data", server.folder, "--json").stdout)
    assert {s["topic"] for s in streams} >= {"membership"}
    lines = pilotlight("log", "tail", "--data", server.folder, "--json").stdout.splitlines()
    assert any(json.loads(line)["type"] == "membership.joined/1" for line in lines)


def test_a_folder_without_a_log_is_one_sentence(tmp_path: Path) -> None:
    for action in ("ls", "tail", "verify"):
        assert str(tmp_path) in refused(pilotlight("log", action, "--data", tmp_path))


def test_the_doctor_finds_a_well_server_well(server: Server) -> None:
    done = pilotlight("doctor", "--data", server.folder, "--json")
    findings: list[dict[str, Any]] = json.loads(done.stdout)
    assert done.returncode == 0, findings
    by_name = {f["name"]: f for f in findings}
    assert by_name["server"]["state"] == "ok"
    assert all(f["do"] for f in findings if f["state"] != "ok")


def test_the_doctor_is_not_content_while_an_order_is_lost_that_nobody_has_heard_of(server: Server) -> None:
    server.command("menu.publish", menu=json.loads(DEMO.read_text()))
    for _ in range(6):
        server.place("water")
    server.stop()
    with closing(sqlite3.connect(server.folder / "log.db")) as db:
        db.execute(
            "UPDATE events SET raw = CAST('torn' || substr(raw, 5) AS BLOB) WHERE seq = 3 AND stream = "
            "(SELECT stream FROM streams WHERE topic = 'orders')"
        )
        db.commit()
    (server.folder / "log.damaged").touch()
    server.start()
    eventually(lambda: server.get("/v1/status")["notes"][0]["missing"][0])
    done = pilotlight("doctor", "--data", server.folder, "--json")
    [told] = [f for f in json.loads(done.stdout) if f["name"] == "warning"]
    assert (told["state"], done.returncode) == ("bad", 1)
    assert "Orders that are missing: " in told["text"]
    assert pilotlight("doctor", "--seen", "--data", server.folder).returncode == 0


def test_the_doctor_gives_head_office_no_advice_for_a_shop(tmp_path: Path) -> None:
    office = Server(tmp_path / "office", "--port", "0", "--api-port", "0", command="office").start()
    try:
        told = {f["name"] for f in json.loads(pilotlight("doctor", "--data", office.folder, "--json").stdout)}
    finally:
        office.stop()
    assert {"server", "log", "disk"} <= told
    at_rest = json.loads(pilotlight("doctor", "--data", office.folder, "--json").stdout)
    assert not (told | {f["name"] for f in at_rest}) & {"card", "staff", "printer", "office", "multicast"}
    assert "pilotlight office" in {f["name"]: f for f in at_rest}["server"]["do"]


@pytest.mark.parametrize("of", ["--port", "--api-port"])
def test_an_office_whose_port_is_taken_names_its_flag_and_leaves_nothing(tmp_path: Path, of: str) -> None:
    folder = tmp_path / "new" / "office"
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = str(other.getsockname()[1])
        ports = {"--port": "0", "--api-port": "0"} | {of: taken}
        said = refused(pilotlight("office", "--data", folder, *(word for pair in ports.items() for word in pair)))
    assert taken in said
    assert f"another with {of}." in said
    assert not folder.parent.exists()


def test_a_folder_in_use_is_named_before_its_ports(server: Server) -> None:
    words = ("--sync-port", server.endpoint["sync_port"], "--no-mdns")
    assert "already in use by process" in refused(pilotlight("server", "--data", server.folder, *words))
    assert (server.folder / "lock").exists()


def test_a_refused_restore_leaves_nothing_that_was_not_there(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"junk" * 1000)
    assert "not a whole backup" in refused(
        pilotlight("restore", tmp_path / "file", "--data", tmp_path / "new" / "till")
    )
    assert not (tmp_path / "new").exists()
    (tmp_path / "till").mkdir()
    (tmp_path / "till" / "settings.toml").write_text('store = "corner"\n')
    refused(pilotlight("restore", tmp_path / "file", "--data", tmp_path / "till"))
    assert (tmp_path / "till" / "settings.toml").exists()


def test_a_menu_for_a_shop_that_never_called_is_published_and_said(tmp_path: Path) -> None:
    done = pilotlight("import", DEMO, "--office", tmp_path / "office", "--stores", "nowhere")
    assert done.returncode == 0, done.stderr
    assert "No shop named nowhere has ever called here: is it spelled right?" in done.stdout


def test_a_file_where_the_data_folder_should_be_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "till").write_text("")
    assert "till" in refused(pilotlight("server", "--data", tmp_path / "till"))


def test_a_lan_is_not_listened_to_unless_it_is_asked_for(server: Server) -> None:
    assert server.process is not None
    listening = set()
    for line in Path(f"/proc/{server.process.pid}/net/tcp").read_text().splitlines()[1:]:
        _, local, _, state, *_ = line.split()
        if state == "0A":
            host, port = local.split(":")
            listening.add((host, int(port, 16)))
    api_port = int(server.endpoint["api"].rpartition(":")[2])
    assert {host for host, port in listening if port in (server.endpoint["sync_port"], api_port)} == {"0100007F"}


def test_the_doctor_finds_a_broken_log(tmp_path: Path) -> None:
    (tmp_path / "log.db").write_bytes(b"junk" * 1000)
    done = pilotlight("doctor", "--data", tmp_path, "--json")
    assert done.returncode == 1
    assert {f["name"]: f for f in json.loads(done.stdout)}["log"]["state"] == "bad"


def test_a_number_of_events_is_at_least_one(tmp_path: Path) -> None:
    done = pilotlight("log", "tail", "-n", "-1", "--data", tmp_path)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_orders_are_nobody_elses_on_this_machine(server: Server) -> None:
    for path in (server.folder / "log.db", server.folder / "read" / "orders.db", server.folder / "api.token"):
        assert path.stat().st_mode & 0o077 == 0, path


def test_a_log_that_is_whole_is_not_salvaged(tmp_path: Path) -> None:
    """It would begin another log, with other numbers, for nothing."""
    server = Server(tmp_path / "till", "--store", "corner", "--no-mdns").start()
    server.stop()
    assert "nothing to salvage" in refused(pilotlight("log", "salvage", "--data", server.folder))
    assert not list(server.folder.glob("damaged-*"))
