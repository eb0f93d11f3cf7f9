"""When a screen is dimmed, and that nothing on it stands still or is bright for hours."""

from __future__ import annotations

import pytest

from app.settings import load, night_of
from server.event import Refused
from ui.staff.night import DRIFT, TURNS_DARK, Night, dark, drift, minute_of


def test_a_night_may_go_past_midnight() -> None:
    night = Night(22 * 60 + 30, 6 * 60)
    assert [night.at(m) for m in (22 * 60 + 29, 22 * 60 + 30, 0, 5 * 60 + 59, 6 * 60)] == [
        False,
        True,
        True,
        True,
        False,
    ]
    assert Night(60, 120).at(90)
    assert not Night(60, 120).at(120)
    assert not any(Night().at(m) for m in range(1440)), "none set, none kept"


def test_what_stands_for_hours_is_everywhere_about_its_place_and_as_long_dark_as_light() -> None:
    places = [drift(n) for n in range(len(DRIFT))]
    assert len(set(places)) == 9
    assert (sum(x for x, _ in places), sum(y for _, y in places)) == (0, 0)
    assert drift(0) == (0, 0)
    assert sum(dark(n) for n in range(4 * TURNS_DARK)) == 2 * TURNS_DARK
    assert not dark(0)


def test_settings_say_when(tmp_path) -> None:
    flags = {"night_from": "22:30", "night_until": "06:00", "night_brightness": 20, "time_zone": "Europe/Berlin"}
    assert night_of(load(tmp_path, flags, {})) == Night(1350, 360, 20, "Europe/Berlin")
    assert night_of(load(tmp_path, {}, {})).begins == night_of(load(tmp_path, {}, {})).ends
    for wrong in ({"night_from": "22.30", "night_until": "06:00"}, {"night_from": "22:30"}, {"night_brightness": 101}):
        with pytest.raises(Refused) as caught:
            load(tmp_path, wrong, {})
        assert caught.value.code == "bad_settings"
    assert minute_of("24:00") is None
