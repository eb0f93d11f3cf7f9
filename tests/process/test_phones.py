"""Table cards from the command line, and the end of all links."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from app.cli import main
from app.phones import tables_of
from server.event import Refused
from tests.process.shop import HTTP, Server


def test_cards_are_printed_they_open_the_menu_and_renewing_ends_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PILOTLIGHT_PHONE_ADDRESS", "127.0.0.1")
    server = Server(tmp_path / "one", "--store", "corner", "--no-mdns").start()
    out = tmp_path / "cards.html"
    try:
        assert (
            main(["phones", "cards", "--tables", "1-3,Terrace", "--out", str(out), "--data", str(server.folder)]) == 0
        )
        assert "4 cards" in capsys.readouterr().out
        page = out.read_text()
        assert re.findall("<h1>(.*?)</h1>", page) == ["Table 1", "Table 2", "Table 3", "Terrace"]
        assert page.count("<svg") == 4
        link = HTTP.post(
            f"{server.endpoint['api']}/v1/phone/links", json={"kind": "table", "table": "T"}, headers=server.headers
        ).json()["url"]
        assert HTTP.get(link).status_code == 303
        assert main(["phones", "renew", "--json", "--data", str(server.folder)]) == 0
        assert json.loads(capsys.readouterr().out)["key_id"]
        assert HTTP.get(link).status_code == 404
    finally:
        server.stop()
    assert main(["phones", "renew", "--data", str(server.folder)]) == 1
    assert "No server runs" in capsys.readouterr().err


def test_a_terminal_that_listens_to_itself_alone_prints_no_cards(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server = Server(tmp_path / "one", "--store", "corner", "--no-mdns").start()
    try:
        assert main(["phones", "cards", "--tables", "1", "--data", str(server.folder)]) == 1
        assert "--insecure-lan" in capsys.readouterr().err
    finally:
        server.stop()


@pytest.mark.parametrize("text", ["", ",", "1-9999"])
def test_tables_are_named_in_a_way_that_can_be_printed(text: str) -> None:
    with pytest.raises(Refused, match="--tables"):
        tables_of(text, "Table")
