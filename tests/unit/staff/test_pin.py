"""The staff's PIN: kept slowly hashed, tried a few times and then waited for, found in no file and no log."""

from __future__ import annotations

import io
import json
import logging
import os
import random
import stat
import sys
from pathlib import Path

import pytest

from app import cli
from ui.staff import pin as pins
from ui.staff.pin import FREE_TRIES, LONGEST_WAIT_S, Pin, complaint, wait_after


class Clock:
    def __init__(self) -> None:
        self.now = 1_772_366_400.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pins, "_hash", cheap)


real_hash = pins._hash


def cheap(pin: str, salt: bytes, n: int = 16, r: int = 8, p: int = 1) -> bytes:
    return real_hash(pin, salt, 16, r, p)


def test_the_right_one_opens_and_others_do_not(tmp_path: Path) -> None:
    pin = Pin(tmp_path)
    assert not pin.is_set
    assert not pin.check("2580"), "while none is set nothing opens"
    pin.set("2580")
    assert pin.is_set
    assert not pin.check("2581")
    assert pin.check("2580")
    pin.clear()
    assert not pin.is_set
    assert not pin.check("2580")


def test_what_is_kept_is_salted_slow_and_for_this_user_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pins, "_hash", real_hash)
    one, other = Pin(tmp_path / "a"), Pin(tmp_path / "b")
    for pin, folder in ((one, tmp_path / "a"), (other, tmp_path / "b")):
        folder.mkdir()
        pin.set("2580")
    kept = [json.loads((tmp_path / f / pins.FILE).read_text()) for f in "ab"]
    assert kept[0]["salt"] != kept[1]["salt"]
    assert kept[0]["hash"] != kept[1]["hash"]
    assert kept[0]["n"] * kept[0]["r"] * 128 >= 32 * 2**20, "32 MiB for each try"
    assert one.check("2580")
    if os.name != "nt":
        assert stat.S_IMODE((tmp_path / "a" / pins.FILE).stat().st_mode) == 0o600


@pytest.mark.parametrize("bad", ["", "123", "1234567890123", "abcd", "12 4", "٣٤٥٦", "0000", "7777777", "1234", "9876"])
def test_what_is_no_pin_or_guessed_at_once_is_not_taken(tmp_path: Path, bad: str) -> None:
    assert complaint(bad)
    with pytest.raises(ValueError, match="PIN"):
        Pin(tmp_path).set(bad)
    assert not Pin(tmp_path).is_set


def test_wrong_tries_are_waited_for_longer_each_time_and_a_restart_forgets_none(tmp_path: Path) -> None:
    clock = Clock()
    Pin(tmp_path).set("2580")
    waits = []
    for _ in range(FREE_TRIES + 9):
        assert not Pin(tmp_path, clock).check("1111")  # each by a new process
        waits.append(Pin(tmp_path, clock).waits_s())
        assert not Pin(tmp_path, clock).check("2580") or waits[-1] == 0
        if waits[-1]:
            clock.now += waits[-1]
        else:
            (tmp_path / pins.TRIES_FILE).write_text(json.dumps({"wrong": len(waits), "at_s": clock.now}))
    assert waits == [wait_after(n + 1) for n in range(FREE_TRIES + 9)]
    assert waits[FREE_TRIES - 1] == 30
    assert waits[-1] == LONGEST_WAIT_S
    assert Pin(tmp_path, clock).check("2580"), "who waits and is right gets in"
    assert Pin(tmp_path, clock).waits_s() == 0


def test_a_day_of_guessing_finds_hardly_any_pin(tmp_path: Path) -> None:
    clock, pin = Clock(), None
    Pin(tmp_path).set("8264")
    seed = random.randrange(2**32)
    print("seed", seed)
    guesses = random.Random(seed).sample([f"{n:04d}" for n in range(10_000) if n != 8264], 9_999)
    tries, until = 0, clock.now + 24 * 3600
    while clock.now < until:
        pin = Pin(tmp_path, clock)
        clock.now += max(1.0, pin.waits_s())
        assert not pin.check(guesses[tries])
        tries += 1
    assert tries < 40


def test_the_plug_pulled_while_it_is_checked_saves_no_try(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pin = Pin(tmp_path)
    pin.set("2580")

    def pulled(*_: object) -> bytes:
        raise KeyboardInterrupt

    for _ in range(FREE_TRIES):
        with monkeypatch.context() as during:
            during.setattr(pins, "_hash", pulled)
            with pytest.raises(KeyboardInterrupt):
                Pin(tmp_path).check("1111")
    assert Pin(tmp_path).waits_s() > 0


def test_a_clock_that_is_set_back_or_a_file_that_is_none_ends_no_wait(tmp_path: Path) -> None:
    clock = Clock()
    pin = Pin(tmp_path, clock)
    pin.set("2580")
    for _ in range(FREE_TRIES):
        pin.check("1111")
    clock.now -= 10 * 365 * 24 * 3600
    assert pin.waits_s() == 30
    (tmp_path / pins.TRIES_FILE).write_text('{"wrong": "many"}')
    assert Pin(tmp_path, clock).waits_s() > 0


def test_the_command_sets_it_from_a_pipe_and_nobody_finds_it_anywhere(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(sys, "stdin", io.StringIO("86420975\n"))
    assert cli.main(["pin", "--data", str(tmp_path)]) == 0
    pin = Pin(tmp_path)
    assert not pin.check("86420976")
    assert pin.check("86420975")
    said = capsys.readouterr()
    kept = b"".join(f.read_bytes() for f in tmp_path.rglob("*") if f.is_file())
    assert b"86420975" not in kept
    assert "8642097" not in said.out + said.err + caplog.text
    monkeypatch.setattr(sys, "stdin", io.StringIO("1111\n"))
    assert cli.main(["pin", "--data", str(tmp_path)]) == 1
    assert "1111" not in capsys.readouterr().err
    assert pin.check("86420975"), "the one before stays"
    assert cli.main(["pin", "--remove", "--data", str(tmp_path)]) == 0
    assert not pin.is_set
