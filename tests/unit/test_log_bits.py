"""Bits of a log's file flip anywhere: what the log then tells is right, or is said to be damaged in one sentence.

More rounds: `LOG_BITS_ROUNDS=5000 python -m pytest tests/unit/test_log_bits.py`; `LOG_BITS_SEED` does one again.
"""

from __future__ import annotations

import asyncio
import logging
import os
import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from server.event import Refused, Stream
from server.keys import DeviceKey
from server.log import Fork, Gap, Log, LogFailed, ls, salvage, tail, verify
from server.log.schema import PAGE_BYTES
from tests.faults.pages import flip, pages
from tests.unit.logs import Writer, open_log, out, placed

ROUNDS = int(os.environ.get("LOG_BITS_ROUNDS", "25"))
FIRST = int(os.environ.get("LOG_BITS_SEED", "1"))
ORDERS = 70
RESULT = "as it was answered, in words that are long enough to be hit by a flipped bit"

AGAIN = "done again, for that it was done was lost"

SECTOR_BYTES = 512

LOST = 3
"""Own events that one flipped bit may cost: the one that it hits, and the one that follows on it. One more was lost
before."""

Place = tuple[str, str, int]


class Truth(NamedTuple):
    """A log at rest, the same that died later, with its newest part still in the write-ahead log, and what they hold:
    of the one that died only what it held when it was at rest, for the rest goes with a write-ahead log."""

    rest: Path
    died: Path
    events: dict[Place, bytes]
    answers: dict[str, Any]
    peer: Writer


async def make(folder: Path) -> Truth:
    """A log in which every table has rows, some pages are free, and some events are longer than a page."""
    till, peer = folder / "till", Writer()
    log = await open_log(till)
    answers = {}
    for n in range(1, ORDERS + 1):
        note = "x" * (6000 if n % 25 == 0 else n)
        answers[f"c{n}"] = {"order": n, "said": RESULT}
        await log.append([placed(n, note), out(f"item-{n % 9}")], command_id=f"c{n}", result=answers[f"c{n}"])
        if n % 4 == 0:
            await log.store(peer.batch(placed(n), placed(n + 1)), peer.header)
    for at in (1, 2):
        await log.set_aside(peer.stream, at, b"another event", bytes(32), None)
    own = Stream(log.log_id, "stock")
    await log.raise_floor(own, 20)  # their pages are free now, and their commands' answers are gone
    floors = {stream: held.floor_seq for stream, held in log.held().items()}
    newest = (await log.events(0, limit=5000))[0]  # from memory: also those that were just dropped
    events = {(*e.stream, e.seq): e.raw for e in newest if e.seq > floors[e.stream]}
    await log.close()
    with closing(sqlite3.connect(till / "log.db")) as db:  # what follows on it has lost its place
        db.execute("UPDATE events SET raw = CAST(raw || x'00' AS BLOB) WHERE stream = 1 AND seq = 50")
        db.commit()
    salvage(till, DeviceKey.public_key_in(till / "device.key"))
    log = await open_log(till)
    answers = {c: r for c, r in answers.items() if await log.answered(c) is not None}
    await log.close()
    shutil.copytree(till, folder / "rest")
    log = await open_log(till)
    for n in range(200, 220):
        answers[f"c{n}"] = {"order": n, "said": RESULT}
        await log.append([placed(n, "x" * n)], command_id=f"c{n}", result=answers[f"c{n}"])
    shutil.copytree(till, folder / "died")
    await log.close()
    return Truth(folder / "rest", folder / "died", events, answers, peer)


async def use(log: Log, truth: Truth) -> None:
    """Everything that a server asks of its log, each as if the others had gone well."""

    async def ask(question: Any) -> Any:
        try:
            return await question
        except (LogFailed, Fork, Gap):  # answers, all of them
            return None

    for topics in (None, {"orders"}):
        told, _ = await ask(log.events(0, topics, limit=5000)) or ([], 0)
        for first in map(log.as_first, told):
            place = (*first.stream, first.seq)
            assert first.raw == truth.events.get(place, first.raw), f"{place} is told as it was not written"
    for stream, head in list(log.held().items()):
        await ask(log.read(stream, head.floor_seq))
        await ask(log.part(stream, head.floor_seq, 500))
        await ask(log.proof(stream, head.seq))
    for command_id in truth.answers:
        await ask(log.answered(command_id))
        await ask(log.append([placed(1)], command_id=command_id, result=AGAIN))
    await ask(log.append([placed(2), out("bacon")], command_id="new", result=2))
    for stream, head in list(log.held().items()):
        header = log.headers()[stream.log_id]
        if batch := await ask(log.read(stream, head.floor_seq)):
            await ask(log.store(batch, header))
    await ask(log.set_aside(truth.peer.stream, 3, b"another event", bytes(32), None))
    while await ask(log.write_again()):
        pass
    for stream, head in list(log.held().items()):
        if stream.log_id != log.log_id:  # there stands what was just written again
            await ask(log.raise_floor(stream, head.floor_seq + 5))
    await ask(log.shrink(0, 100))


def damage(folder: Path, rand: random.Random, bits: int) -> str:
    """Flips a bit or a few, every kind of page as likely as any other."""
    path = rand.choice([p for p in (folder / "log.db", folder / "log.db-wal") if p.exists() and p.stat().st_size])
    hit = []
    for _ in range(bits):
        start, end, kind = 0, path.stat().st_size, "anywhere"
        if path.name == "log.db" and rand.random() < 0.8:
            try:
                found = pages(path)
                kind = rand.choice(sorted({page.kind for page in found}))
                page = rand.choice([page for page in found if page.kind == kind])
                if page.start < min(page.end, end):  # else its head, hit before, says where its rows begin
                    start, end = page.start, min(page.end, end)
            except (sqlite3.Error, UnicodeDecodeError, RecursionError):  # it was hit before
                pass
        at, bit = rand.randrange(start, end), rand.randrange(8)
        flip(path, at, bit)
        hit.append(f"{path.name} byte {at} bit {bit} ({kind})")
    return ", ".join(hit)


def asked_of_people(folder: Path) -> None:
    """The tools that an installer types."""
    for tool in (ls, tail, verify):
        try:
            tool(folder)
        except Refused as refused:
            said = refused.text.splitlines()
            assert len(said) == 1


def problem(folder: Path) -> str:
    """What the check finds first; `""` for nothing."""
    try:
        report = verify(folder)
    except Refused as e:
        return e.text
    return "" if report.ok else report.text


async def tells_the_truth(folder: Path, truth: Truth, lost: int | None) -> None:
    """What is called as it was written is so, and of the events at most so many are `lost`."""
    log = await open_log(folder)
    while await log.write_again():
        pass
    firsts = [log.as_first(event) for event in (await log.events(0, limit=5000))[0]]
    missing = set(truth.events) - {(*first.stream, first.seq) for first in firsts}
    floors = {stream: held.floor_seq for stream, held in log.held().items()}
    missing = {place for place in missing if place[2] > floors.get(Stream(*place[:2]), 0)}  # not dropped with age
    own = {place for place in missing if place[0] != truth.peer.header.log_id}
    assert lost is None or len(own) <= lost, f"lost {sorted(own)}"
    for event in (await log.events(0, limit=5000))[0]:
        first = log.as_first(event)
        place = (*first.stream, first.seq)
        assert first.raw == truth.events.get(place, first.raw), f"{place} is not what was written"
    for command_id, result in truth.answers.items():
        answer = await log.answered(command_id)
        if answer is not None and answer.result is not None:
            assert answer.result in (result, AGAIN), f"{command_id} was answered otherwise"
            assert {e.command_id for e in answer.events} <= {command_id}
    await log.close()


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory) -> Truth:
    return asyncio.run(make(tmp_path_factory.mktemp("log")))


async def goes_on(folder: Path, truth: Truth, lost: int | None, hit: Callable[[], str], *, live: bool) -> None:
    """A log that is `hit` while it is closed, or while it runs: it is used, checked, salvaged, and tells the truth."""
    log = await open_log(folder) if live else None
    print(f"{hit()}{', while it runs' if live else ''}")
    asked_of_people(folder)
    if log is None:
        log = await open_log(folder)
    await use(log, truth)
    await log.close()
    found = problem(folder)
    if found:
        salvage(folder, DeviceKey.public_key_in(folder / "device.key"))
        log = await open_log(folder)
        await log.close()
    assert not problem(folder), f"salvaged, because {found}"
    await tells_the_truth(folder, truth, lost)


@pytest.mark.parametrize("seed", range(FIRST, FIRST + ROUNDS))
async def test_whatever_bits_flip_a_log_tells_the_truth_or_says_that_it_is_damaged(
    tmp_path: Path, truth: Truth, seed: int, caplog: pytest.LogCaptureFixture
) -> None:
    rand = random.Random(seed)
    folder = tmp_path / "till"
    shutil.copytree(rand.choice((truth.rest, truth.died)), folder)
    live, bits = rand.random() < 0.3, rand.choice((1, 1, 1, 2, 5))
    print(f"LOG_BITS_SEED={seed}")
    with caplog.at_level(logging.ERROR):
        await goes_on(folder, truth, LOST if bits == 1 else None, lambda: damage(folder, rand, bits), live=live)
    assert not [r for r in caplog.records if r.exc_info], "a traceback was written"


def not_written(path: Path, before: bytes, rand: random.Random) -> str:
    """Pages of a log are not what was written last: a write went nowhere, elsewhere, or half of it. `before` is the
    file as it was earlier."""
    data = bytearray(path.read_bytes())
    told = []
    for _ in range(rand.choice((1, 1, 2, 4))):
        at = rand.randrange(len(data) // PAGE_BYTES) * PAGE_BYTES
        size = rand.choice((SECTOR_BYTES, PAGE_BYTES))
        how = rand.choice(("earlier", "earlier", "zeros", "noise", "elsewhere", "cut off"))
        if how == "cut off":
            del data[at + rand.randrange(PAGE_BYTES) :]
        else:
            other = rand.randrange(len(data) // PAGE_BYTES) * PAGE_BYTES
            data[at : at + size] = {
                "earlier": before[at : at + size] or bytes(size),
                "zeros": bytes(size),
                "noise": rand.randbytes(size),
                "elsewhere": bytes(data[other : other + size]),
            }[how]
        told.append(f"{size} bytes at {at}: {how}")
        if len(data) < PAGE_BYTES:
            break
    path.write_bytes(data)
    return ", ".join(told)


@pytest.mark.parametrize("seed", range(FIRST, FIRST + ROUNDS))
async def test_whatever_pages_are_not_those_written_last_a_log_tells_the_truth_or_says_that_it_is_damaged(
    tmp_path: Path, truth: Truth, seed: int, caplog: pytest.LogCaptureFixture
) -> None:
    rand = random.Random(f"pages {seed}")
    folder = tmp_path / "till"
    shutil.copytree(truth.rest, folder)
    log = await open_log(folder)
    for n in range(300, 300 + rand.randrange(1, 60)):
        await log.append([placed(n, "y" * n)], command_id=f"c{n}", result={"order": n, "said": RESULT})
    await log.close()
    path, before = folder / "log.db", (truth.rest / "log.db").read_bytes()
    print(f"LOG_BITS_SEED={seed}")
    with caplog.at_level(logging.ERROR):
        live = rand.random() < 0.3
        await goes_on(folder, truth, None, lambda: not_written(path, before, rand), live=live)
    assert not [r for r in caplog.records if r.exc_info], "a traceback was written"
