"""Flags beat variables beat the file beat the defaults; a wrong setting is named."""

import argparse
from pathlib import Path

import msgspec
import pytest

from app.cli import add_terminal_flags, build_parser
from app.screen import TERMINAL_FLAGS, server_arguments, typed_flags
from app.settings import Settings, load
from server.event import Refused


def test_no_setting_is_needed(tmp_path: Path) -> None:
    assert load(tmp_path, {}, {}) == Settings()


def test_flags_beat_variables_beat_the_file(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('store = "file"\nlabel = "file"\nlanguage = "file"\n')
    environment = {"PILOTLIGHT_LABEL": "variable", "PILOTLIGHT_LANGUAGE": "variable"}
    settings = load(tmp_path, {"language": "flag"}, environment)
    assert (settings.store, settings.label, settings.language) == ("file", "variable", "flag")


def test_variables_take_the_type_of_their_setting(tmp_path: Path) -> None:
    environment = {
        "PILOTLIGHT_MDNS": "no",
        "PILOTLIGHT_API_PORT": "8080",
        "PILOTLIGHT_PEERS": "127.0.0.1:1, 127.0.0.1:2",
    }
    settings = load(tmp_path, {}, environment)
    assert (settings.mdns, settings.api_port, settings.peers) == (False, 8080, ["127.0.0.1:1", "127.0.0.1:2"])


@pytest.mark.parametrize(
    ("flags", "named"),
    [
        ({"store": "///"}, "store"),
        ({"store": ""}, "store"),
        ({"api_port": 70_000}, "api_port"),
        ({"peers": ["nowhere"]}, "nowhere"),
        ({"office": "http://office"}, "ws://"),
        ({"card_terminal": "maybe"}, "card_terminal"),
        ({"cutover_hour": 24}, "cutover_hour"),
        ({"api_port": "many"}, "api_port"),
        ({"colour": "red"}, "colour"),
        ({"brand_colour": "red"}, "brand_colour"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, flags: dict[str, object], named: str) -> None:
    with pytest.raises(Refused) as refused:
        load(tmp_path, flags, {})
    assert refused.value.code == "bad_settings"
    assert named in refused.value.text


def test_a_setting_that_does_not_exist_is_named_with_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('stor = "x"\n')
    with pytest.raises(Refused, match=r"There is no setting `stor`. Did you mean `store`\? .*settings.toml"):
        load(tmp_path, {}, {})


def test_a_broken_file_is_named_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("store = \n")
    with pytest.raises(Refused) as refused:
        load(tmp_path, {}, {})
    assert "settings.toml" in refused.value.text
    assert "line 1" in refused.value.text


@pytest.mark.parametrize("wrong", [-1, 10_001])
def test_a_sale_does_not_wait_for_ever_for_another_terminal(tmp_path: Path, wrong: int) -> None:
    with pytest.raises(Refused, match="replica_timeout_ms"):
        load(tmp_path, {"replica_timeout_ms": wrong}, {})
    assert load(tmp_path, {"replica_timeout_ms": 0}, {}).replica_timeout_ms == 0


@pytest.mark.parametrize("wrong", [-1, 10_001])
def test_what_is_kept_for_a_full_disk_is_a_part_of_it(tmp_path: Path, wrong: int) -> None:
    with pytest.raises(Refused, match="reserve_mb"):
        load(tmp_path, {"reserve_mb": wrong}, {})
    assert load(tmp_path, {}, {"PILOTLIGHT_RESERVE_MB": "0"}).reserve_mb == 0


@pytest.mark.parametrize("flags", [{"label": "two\nlines"}, {"label": "x" * 201}, {"store": "north\n"}])
def test_what_others_would_refuse_is_refused_here_first(tmp_path: Path, flags: dict[str, object]) -> None:
    with pytest.raises(Refused) as refused:
        load(tmp_path, flags, {})
    assert refused.value.code == "bad_settings"


def typed(*words: str) -> dict[str, object]:
    return typed_flags(build_parser().parse_args(["server", *words]))


def test_every_setting_that_can_be_typed_is_taken_from_what_was_typed() -> None:
    """And reaches the server that a screen starts as its child."""
    parser = argparse.ArgumentParser()
    add_terminal_flags(parser)
    settings = {field.name for field in msgspec.structs.fields(Settings)}
    typable = {action.dest for action in parser._actions} & settings
    assert typable <= set(TERMINAL_FLAGS)
    words = ["--keep-sales-days", "30", "--drop-without-office", "--insecure-lan", "--no-mdns", "--peer", "a:1"]
    given = typed(*words)
    assert given["keep_sales_days"] == 30
    assert given["drop_without_office"] is True
    passed_on = server_arguments(Path("x"), "kiosk", given)
    assert typed(*passed_on) == given


def test_a_number_of_days_that_is_none_is_refused_on_the_command_line_too(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="keep_sales_days must be between"):
        load(tmp_path, typed("--keep-sales-days", "-3"))
