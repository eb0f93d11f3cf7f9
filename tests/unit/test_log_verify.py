"""`verify` names the first bad event; `ls` and `tail` show what is there. All beside a running server."""

from __future__ import annotations

import contextlib
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from server.event import Refused, Stream
from server.keys import genesis
from server.log import Log, LogFailed, ls, tail, verify
from server.log.look import looking
from server.log.verify import check_stream
from tests.unit.logs import Writer, copy, number, open_log, out, placed


async def shop(folder: Path) -> Log:
    log = await open_log(folder)
    for n in range(1, 31):
        await log.append([placed(n), out("bacon")])
    return log


async def test_verify_looks_at_everything_while_the_server_runs(tmp_path: Path) -> None:
    log, peer = await shop(tmp_path), Writer()
    await log.store(peer.batch(*(placed(n) for n in range(40))), peer.header)
    steps: list[tuple[int, int]] = []
    report = verify(tmp_path, lambda done, of: steps.append((done, of)))
    assert (report.ok, report.streams, report.events, report.seals) == (True, 3, 100, 61)
    assert report.problems == []
    assert "100 events" in report.text
    assert steps[-1] == (100, 100)
    await log.append([placed(1)])
    await log.close()
    assert verify(tmp_path).events == 101


async def test_events_dropped_while_verify_looks_are_not_called_missing(tmp_path: Path) -> None:
    log = await shop(tmp_path)
    stream = Stream(log.log_id, "orders")
    before = dict(log._heads)
    await log.raise_floor(stream, 12)
    with looking(tmp_path) as db:
        check = check_stream(db, stream, before[stream], log.header)
    assert (check.problems, check.events) == ([], 18)
    await log.close()


async def test_verify_changes_nothing(tmp_path: Path) -> None:
    await (await shop(tmp_path)).close()
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir() if p.suffix in (".db", ".key")}
    assert verify(tmp_path).ok
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir() if p.suffix in (".db", ".key")} == before


async def test_a_flipped_byte_is_named(tmp_path: Path) -> None:
    log = await shop(tmp_path)
    await log.close()
    victim = tail(tmp_path, 1000)[0][40]
    path = tmp_path / "log.db"
    content = bytearray(path.read_bytes())
    at = content.find(victim.raw)
    assert at > 0
    content[at + len(victim.raw) - 3] ^= 0x01
    path.write_bytes(content)
    report = verify(tmp_path)
    assert not report.ok
    assert report.problems == [f"{victim.stream}/{victim.seq}: its bytes do not give its hash"]
    assert report.text == report.problems[0]


DAMAGES = [
    ("UPDATE events SET raw = x'00' WHERE stream = 1 AND seq = 7", "orders/7: its bytes do not give its hash"),
    ("UPDATE events SET hash = zeroblob(32) WHERE stream = 1 AND seq = 7", "orders/7: its bytes do not give its hash"),
    ("UPDATE events SET seal = zeroblob(64) WHERE stream = 1 AND seq = 7", "orders/7: its seal is not by"),
    ("DELETE FROM events WHERE stream = 1 AND seq = 7", "orders/7: missing, the next one there is 8"),
    ("DELETE FROM events WHERE stream = 1 AND seq >= 29", "orders/29: missing, though"),
    ("UPDATE events SET seal = NULL WHERE stream = 1 AND seq = 30", "orders/30: the newest event has no seal"),
    ("UPDATE streams SET hash = zeroblob(32) WHERE stream = 1", "orders/30: the stream's head has another hash"),
    ("UPDATE streams SET topic = 'others' WHERE stream = 1", "others/1: the hash before it"),
    ("UPDATE events SET position = 1000 WHERE stream = 1 AND seq = 7", "orders/8: its position"),
    ("UPDATE events SET seq = seq + 1000 WHERE stream = 1 AND seq = 7", "orders/7: missing"),
    ("DELETE FROM headers", "the header of its log is missing"),
]


@pytest.mark.parametrize(("statement", "problem"), DAMAGES, ids=[d[1] for d in DAMAGES])
async def test_any_damage_is_named_with_its_place(tmp_path: Path, statement: str, problem: str) -> None:
    await (await shop(tmp_path)).close()
    with sqlite3.connect(tmp_path / "log.db") as db:
        assert db.execute(statement).rowcount > 0
    db.close()
    report = verify(tmp_path)
    assert not report.ok
    assert any(problem in p for p in report.problems), report.problems


async def test_an_event_swapped_for_another_with_a_fitting_hash_is_found_by_the_seal(tmp_path: Path) -> None:
    """Someone who can compute hashes, but has not the device's key."""
    log = await shop(tmp_path)
    await log.close()
    forger = Writer()
    forger.header, forger.stream = log.header, Stream(log.log_id, "orders")
    forger.hash = genesis(forger.stream)
    forged = forger.batch(*(placed(n) for n in range(500, 530)))
    with sqlite3.connect(tmp_path / "log.db") as db:
        for seq, (raw, digest) in enumerate(zip(forged.events, forged.hashes, strict=True), 1):
            db.execute("UPDATE events SET raw = ?, hash = ? WHERE stream = 1 AND seq = ?", (raw, digest, seq))
        db.execute("UPDATE streams SET hash = ? WHERE stream = 1", (forged.hashes[-1],))
    db.close()
    assert verify(tmp_path).problems == [f"{log.log_id}/orders/1: its seal is not by the log's owner"]


def test_a_folder_without_a_log_is_said_in_one_sentence(tmp_path: Path) -> None:
    for look in (verify, ls, tail):
        with pytest.raises(Refused) as e:
            look(tmp_path / "nothing")
        assert e.value.code == "no_log"
        assert not (tmp_path / "nothing").exists()


async def test_a_damaged_file_is_said_and_not_thrown(tmp_path: Path) -> None:
    await (await shop(tmp_path)).close()
    path = tmp_path / "log.db"
    content = bytearray(path.read_bytes())
    for at in range(4096, len(content)):
        content[at] = 0xFF
    path.write_bytes(content)
    with pytest.raises(Refused) as e:
        verify(tmp_path)
    assert e.value.code == "log_damaged"


async def test_ls_shows_every_stream_own_ones_first(tmp_path: Path) -> None:
    a, b = await shop(tmp_path / "a"), await shop(tmp_path / "b")
    await copy(Stream(b.log_id, "orders"), b, a)
    await a.raise_floor(Stream(b.log_id, "orders"), 10)
    infos = ls(tmp_path / "a")
    assert [(i.own, i.topic, i.first_seq, i.last_seq, i.events) for i in infos] == [
        (True, "orders", 1, 30, 30),
        (True, "stock", 1, 30, 30),
        (False, "orders", 11, 30, 20),
    ]
    assert {i.device_id for i in infos} == {a.device_id, b.device_id}
    assert infos[0].last_ms > 1_700_000_000_000
    await a.close()
    await b.close()


async def test_tail_shows_the_newest_and_can_follow(tmp_path: Path) -> None:
    log = await shop(tmp_path)
    events, cursor = tail(tmp_path, 3)
    assert [e.position for e in events] == [58, 59, 60]
    assert cursor == 60
    assert [number(e) for e in tail(tmp_path, 2, topics=["orders"])[0]] == [29, 30]
    assert tail(tmp_path, topics=["nothing"])[0] == []
    assert len(tail(tmp_path, 1000)[0]) == 60
    await log.append([placed(31)])
    events, cursor = tail(tmp_path, after=cursor)
    assert ([number(e) for e in events], cursor) == ([31], 61)
    assert tail(tmp_path, after=cursor) == ([], 61)
    await log.close()


async def test_an_answer_that_is_no_text_any_more_is_named(tmp_path: Path) -> None:
    log = await open_log(tmp_path)
    await log.append([placed(1)], command_id="c1", result={"said": "good morning"})
    await log.close()
    data = (tmp_path / "log.db").read_bytes()
    (tmp_path / "log.db").write_bytes(data.replace(b"good morning", b"good\xffmorning"))
    report = verify(tmp_path)
    assert not report.ok
    assert report.text.startswith("command c1: its answer is not as it was written")


async def test_an_index_that_finds_some_events_only_is_named(tmp_path: Path) -> None:
    log = await open_log(tmp_path)
    for n in range(1, 7):
        await log.append([placed(n), out("bacon")])
    await log.close()
    path = tmp_path / "log.db"
    with closing(sqlite3.connect(path)) as db:
        [root] = db.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'sqlite_autoindex_events_1'").fetchone()
    data = bytearray(path.read_bytes())
    page = data[(root - 1) * 4096 : root * 4096]
    at = page.index(b"\x04\x01\x01\x01\x02\x03")  # a record: stream 2, number 3
    data[(root - 1) * 4096 + at + 4] ^= 0x80
    path.write_bytes(data)
    report = verify(tmp_path)
    assert not report.ok
    assert "/stock/" in report.text
    log = await open_log(tmp_path)
    said: list[str] = []
    log.on_ending.append(said.append)
    stock = next(stream for stream in log.held() if stream.topic == "stock")
    for after in range(6):
        with contextlib.suppress(LogFailed):
            assert await log.read(stock, after), "there is something behind it"
    assert said, "nobody would ever get what stands behind it"
    await log.close()
    log = await open_log(tmp_path)
    assert log.salvaged is not None
    assert log.held()[stock].seq == 6
    assert verify(tmp_path).ok
    await log.close()
