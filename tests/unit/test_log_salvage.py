"""A damaged log is found, put aside untouched, and what of it proves itself is kept under its old name."""

from __future__ import annotations

import asyncio
import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from server.event import Stream, decode
from server.log import Log, LogFailed, is_a_copy, verify
from server.log.leaves import EVENTS, Leaves
from server.log.opening import CONDEMNED_FILE
from server.log.rows import rising
from tests.unit.logs import Writer, copy, number, open_log, out, placed

ORDERS = 400
FullLog = Callable[[Path], tuple[Stream, Stream]]


async def write_log(folder: Path) -> tuple[Stream, Stream]:
    """A log with own orders and a neighbour's, at rest. Returns both streams."""
    log, peer = await open_log(folder), Writer()
    for n in range(1, ORDERS + 1):
        await log.append([placed(n, "x" * (n % 60)), out(f"item-{n % 9}")], command_id=f"c{n}", result=n)
        if n % 4 == 0:
            await log.store(peer.batch(placed(n), placed(n + 1)), peer.header)
    own = Stream(log.log_id, "orders")
    await log.close()
    return own, peer.stream


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def full_log(tmp_path_factory: pytest.TempPathFactory) -> FullLog:
    """`full_log(folder)` puts such a log there: it is written once, by a thousand commits, and copied."""
    made = tmp_path_factory.mktemp("made") / "log"
    streams = await write_log(made)

    def put(folder: Path) -> tuple[Stream, Stream]:
        shutil.copytree(made, folder, dirs_exist_ok=True)
        return streams

    return put


def flip(path: Path, at: int) -> None:
    with path.open("r+b") as f:
        f.seek(at)
        byte = f.read(1)[0]
        f.seek(at)
        f.write(bytes([byte ^ 0x10]))


def pages_of(path: Path, kind: int) -> list[int]:
    """Numbers (from 0) of the pages that begin with this B-tree byte."""
    data = path.read_bytes()
    size = int.from_bytes(data[16:18], "big")
    return [n for n in range(1, len(data) // size) if data[n * size] == kind]


def page_size(path: Path) -> int:
    return int.from_bytes(path.read_bytes()[16:18], "big")


def bad_leaf(path: Path) -> None:
    leaves = pages_of(path, 13)
    n = leaves[len(leaves) * 2 // 3]
    flip(path, n * page_size(path) + page_size(path) - 100)


def bad_leaf_head(path: Path) -> None:
    leaves = pages_of(path, 13)
    flip(path, leaves[len(leaves) // 2] * page_size(path))


def bad_interior(path: Path) -> None:
    flip(path, pages_of(path, 5)[0] * page_size(path))


def bad_index(path: Path) -> None:
    flip(path, pages_of(path, 10)[-1] * page_size(path))


def truncated(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 2 // 3])


def no_database(path: Path) -> None:
    path.write_bytes(b"something else altogether, and long enough" * 500)


def index_dropped(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA writable_schema = ON")
        db.execute("DELETE FROM sqlite_master WHERE type = 'index' AND tbl_name = 'events'")
        db.commit()


def streams_lost(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("UPDATE streams SET hash = x'00'")
        db.commit()


def bad_root(path: Path) -> None:
    flip(path, root_of(path, "events") * page_size(path))


def bad_headers(path: Path) -> None:
    flip(path, root_of(path, "headers") * page_size(path))


def bad_streams(path: Path) -> None:
    flip(path, root_of(path, "streams") * page_size(path))


def root_of(path: Path, table: str) -> int:
    """The number (from 0) of the page in which a table begins."""
    with closing(sqlite3.connect(path)) as db:
        root: int = db.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,)).fetchone()[0]
        return root - 1


HEADS = [bad_leaf_head, bad_interior, bad_index, bad_root, bad_headers, bad_streams]
DAMAGE = [*HEADS, bad_leaf, truncated, no_database, streams_lost]


@pytest.mark.parametrize("damage", DAMAGE, ids=lambda d: d.__name__)
async def test_what_is_whole_is_kept_and_the_rest_comes_back(
    full_log: FullLog, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    folder = tmp_path / "till"
    own, _ = full_log(folder)
    shutil.copytree(folder, tmp_path / "twin")  # what a neighbour holds of it
    damage(folder / "log.db")
    (folder / "log.damaged").touch()  # found while it was in use

    log = await open_log(folder)
    assert log.salvaged is not None
    assert log.log_id != own.log_id, "a log that may have lost its end is never continued"
    assert verify(folder).ok
    held = log.frontier()
    assert held.get(own, 0) <= ORDERS
    (aside,) = folder.glob("damaged-*")
    assert (aside / "log.db").exists()
    for event in (await log.events(0, limit=5000))[0]:
        if event.stream == own:
            assert number(event) == event.seq, "nothing false is kept"

    twin = await open_log(tmp_path / "twin")
    for stream in twin.frontier():
        await copy(stream, twin, log)
    assert {s: n for s, n in log.frontier().items() if s in twin.frontier()} == twin.frontier()
    answer = await log.answered("c3")
    if answer is not None:
        assert {e.command_id for e in answer.events} == {"c3"}
        came_back = answer.result is None  # told by the first stream that was sent back; the others follow
        assert came_back or [number(e) for e in answer.events if e.stream == own] == [3]
    new = await log.append([placed(1000)])
    assert new[0].stream.log_id == log.log_id
    assert new[0].seq == 1
    await log.close()
    await twin.close()
    assert verify(folder).ok


async def test_one_flipped_bit_costs_little(full_log: FullLog, tmp_path: Path) -> None:
    own, _ = full_log(tmp_path)
    bad_leaf(tmp_path / "log.db")
    (tmp_path / "log.damaged").touch()
    log = await open_log(tmp_path)
    assert log.frontier()[own] > ORDERS // 2, "all before the damaged place is kept"
    assert log.salvaged is not None
    assert "damaged" in log.salvaged.text
    await log.close()


async def test_a_log_whose_end_is_not_what_it_says_is_found_at_start(full_log: FullLog, tmp_path: Path) -> None:
    own, _ = full_log(tmp_path)
    with closing(sqlite3.connect(tmp_path / "log.db")) as db:
        db.execute("UPDATE events SET raw = x'c0' WHERE stream = 1 AND seq = ?", (ORDERS,))
        db.commit()
    log = await open_log(tmp_path)
    assert log.salvaged is not None
    assert log.frontier()[own] == ORDERS - 1
    await log.close()


@pytest.mark.parametrize("seed", range(12))
async def test_whatever_bits_flip_nothing_false_is_kept(full_log: FullLog, tmp_path: Path, seed: int) -> None:
    print(f"seed {seed}")
    rand = random.Random(seed)
    folder = tmp_path / "till"
    own, _ = full_log(folder)
    path = folder / "log.db"
    for _ in range(rand.choice((1, 3, 30))):
        flip(path, rand.randrange(path.stat().st_size))
    (folder / "log.damaged").touch()
    log = await open_log(folder)
    assert verify(folder).ok
    for event in (await log.events(0, limit=5000))[0]:
        if event.stream == own:
            assert number(event) == event.seq
    await log.close()


@given(st.integers(1, 40), st.integers(0, 39), st.integers(0, 2**40))
def test_positions_rise_whatever_one_of_them_says(count: int, which: int, position: int) -> None:
    rows = [(n, f"row {n}") for n in range(1, count + 1)]
    if which < count:
        rows[which] = (position, rows[which][1])
    read = list(rising(iter(rows)))
    places = [place for place, _ in read]
    assert places == sorted(set(places))
    assert [text for _, text in read if text not in ("", rows[min(which, count - 1)][1])] == [
        text for n, (_, text) in enumerate(rows) if n != min(which, count - 1)
    ]


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("streams", "log_id"),
        ("streams", "topic"),
        ("headers", "log_id"),
        ("commands", "command_id"),
        ("evidence", "log_id"),
        ("meta", "key"),
        ("meta", "value"),
    ],
)
async def test_a_name_that_is_no_text_any_more_is_damage(
    full_log: FullLog, tmp_path: Path, table: str, column: str
) -> None:
    full_log(tmp_path)
    with closing(sqlite3.connect(tmp_path / "log.db")) as db:
        if table == "evidence":
            db.execute("INSERT INTO evidence VALUES ('a', 'orders', 1, x'00', NULL, x'00', 1)")
        first = f"(SELECT min({column}) FROM {table})"
        db.execute(f"UPDATE {table} SET {column} = CAST(x'6162ff63' AS TEXT) WHERE {column} = {first}")
        db.commit()
    log = await open_log(tmp_path)
    await log.append([out("bacon")])
    await log.close()
    assert verify(tmp_path).ok


async def test_a_stream_that_is_not_listed_any_more_is_found_at_start(full_log: FullLog, tmp_path: Path) -> None:
    full_log(tmp_path)
    with closing(sqlite3.connect(tmp_path / "log.db")) as db:
        db.execute("DELETE FROM streams WHERE topic = 'stock'")
        db.commit()
    log = await open_log(tmp_path)
    await log.append([out("bacon")])
    await log.close()
    assert list(tmp_path.glob("damaged*"))
    assert verify(tmp_path).ok


@pytest.mark.parametrize("table", ["meta", "headers", "streams", "events", "commands", "evidence"])
async def test_a_table_whose_name_has_a_flipped_bit_is_found_at_start(
    full_log: FullLog, tmp_path: Path, table: str
) -> None:
    full_log(tmp_path)
    with closing(sqlite3.connect(tmp_path / "log.db")) as db:
        db.execute(f"ALTER TABLE {table} RENAME TO {table[:-1]}q")
        db.commit()
    log = await open_log(tmp_path)
    await log.append([out("bacon")], command_id="c-new", result=1)
    await log.close()
    assert list(tmp_path.glob("damaged*"))
    assert verify(tmp_path).ok


async def test_a_copied_folder_knows_that_it_is_one(tmp_path: Path) -> None:
    await write_log(tmp_path / "a")
    assert not is_a_copy(tmp_path / "a")
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    assert is_a_copy(tmp_path / "b")
    (tmp_path / "a").rename(tmp_path / "moved")
    assert not is_a_copy(tmp_path / "moved"), "moved on one disk it is still the one"
    assert not is_a_copy(tmp_path / "nowhere")


async def test_damage_found_while_running_is_said_and_salvaged_at_the_next_opening(
    full_log: FullLog, tmp_path: Path
) -> None:
    full_log(tmp_path)
    log = await open_log(tmp_path)
    said: list[str] = []
    log.on_ending.append(said.append)
    log.condemn("a hash does not fit")
    assert said == ["a hash does not fit"]
    assert log.unhealthy
    await log.close()
    again: Log = await open_log(tmp_path)
    assert again.salvaged is not None
    assert again.salvaged.lost == again.salvaged.unread == 0
    await again.close()
    third = await open_log(tmp_path)
    assert third.salvaged is None
    assert third.log_id == again.log_id
    await third.close()


async def test_evidence_of_a_fork_outlives_the_damage_of_the_log(full_log: FullLog, tmp_path: Path) -> None:
    full_log(tmp_path)
    evidence = ("a" * 16, "orders", 3, b"h" * 32, b"s" * 64, b"what the other branch says", 1)
    with closing(sqlite3.connect(tmp_path / "log.db")) as db:
        db.execute("INSERT INTO evidence VALUES (?,?,?,?,?,?,?)", evidence)
        db.commit()
    (tmp_path / "log.damaged").touch()
    log = await open_log(tmp_path)
    assert log.salvaged is not None
    await log.close()
    with closing(sqlite3.connect(tmp_path / "log.db")) as db:
        assert db.execute("SELECT * FROM evidence").fetchall() == [evidence]


async def test_damage_found_while_writing_is_salvaged_at_the_next_opening_too(
    full_log: FullLog, tmp_path: Path
) -> None:
    full_log(tmp_path)
    log = await open_log(tmp_path)
    endings: list[str] = []
    log.on_ending.append(endings.append)
    with closing(sqlite3.connect(tmp_path / "log.db")) as db:
        db.execute("ALTER TABLE evidence RENAME TO evidencf")
        db.execute("ALTER TABLE commands RENAME TO commandt")
    with pytest.raises(LogFailed):
        await log.append([out("bacon")], command_id="c-new", result=1)
    await asyncio.sleep(0)
    assert endings
    assert log.unhealthy
    await log.close()
    log = await open_log(tmp_path)
    assert log.unhealthy is None
    await log.append([out("bacon")], command_id="c-new", result=1)
    await log.close()
    assert verify(tmp_path).ok


async def test_a_row_that_stands_in_the_way_has_the_log_looked_through_and_opened_anew(
    full_log: FullLog, tmp_path: Path
) -> None:
    """A stream's number has another bit. Nobody has to restart this terminal."""
    own, _ = full_log(tmp_path)
    log = await open_log(tmp_path)
    ending = asyncio.Event()
    log.on_ending.append(lambda _: ending.set())
    with closing(sqlite3.connect(tmp_path / "log.db")) as db:
        db.execute("UPDATE streams SET stream = 65 WHERE log_id = ? AND topic = ?", own)
        db.commit()
    with pytest.raises(LogFailed):
        await log.append([placed(1000)], command_id="c-new", result=1)
    async with asyncio.timeout(30):
        await ending.wait()
    await log.close()
    log = await open_log(tmp_path)
    assert log.salvaged is not None
    assert log.unhealthy is None
    await log.append([placed(1000)], command_id="c-new", result=1)
    while await log.write_again():
        pass
    orders = {number(e) for e in (await log.events(0, {"orders"}, limit=5000))[0] if e.command_id}
    assert orders == {*range(1, ORDERS + 1), 1000}
    await log.close()
    assert verify(tmp_path).ok


@pytest.mark.parametrize("ours", [True, False])
async def test_a_stream_of_which_nothing_tells_the_name_is_told_by_its_seals(tmp_path: Path, ours: bool) -> None:
    """What was before was dropped with age, and its row is gone."""
    log, peer = await open_log(tmp_path), Writer()
    for n in range(1, 41):
        await log.append([placed(n)])
        await log.store(peer.batch(placed(n)), peer.header)
    stream = Stream(log.log_id, "orders") if ours else peer.stream
    await log.raise_floor(stream, 10)
    await log.close()
    with closing(sqlite3.connect(tmp_path / "log.db")) as db:
        db.execute("DELETE FROM streams WHERE log_id = ?", (stream.log_id,))
        db.commit()
    log = await open_log(tmp_path)
    assert log.salvaged is not None
    assert (log.salvaged.orphans, log.salvaged.beside) == ((29, 0) if ours else (0, 29)), "all but the first of 30"
    await log.close()
    assert verify(tmp_path).ok


def bad_row(path: Path, table: str, begins: str) -> None:
    """The row of a small table whose text begins so is not as long any more as it says."""
    page = page_size(path)
    data = path.read_bytes()
    at = data.index(begins.encode(), root_of(path, table) * page)
    head = next(n for n in range(1, 20) if data[at - n] == n)
    numbered = data[root_of(path, table) * page] == 13
    flip(path, at - head - (2 if numbered else 1))


async def sold_and_dropped(folder: Path) -> Stream:
    """Forty orders, of which the first ten were dropped with age."""
    log = await open_log(folder)
    for n in range(1, 41):
        await log.append([placed(n)])
    stream = Stream(log.log_id, "orders")
    await log.raise_floor(stream, 10)
    await log.close()
    return stream


async def test_a_stream_whose_row_is_unreadable_and_whose_start_was_dropped_has_its_name_in_the_index(
    tmp_path: Path,
) -> None:
    """The device had another log before, so that its seals alone don't tell whose it is."""
    stream = await sold_and_dropped(tmp_path)
    (tmp_path / "log.ended").touch()
    log = await open_log(tmp_path)
    await log.close()
    bad_row(tmp_path / "log.db", "streams", stream.log_id + stream.topic)
    log = await open_log(tmp_path)
    assert log.salvaged is not None
    assert log.salvaged.orphans == 29, "all but the first of 30"
    await log.close()
    assert verify(tmp_path).ok


async def test_a_stream_whose_start_was_dropped_and_whose_name_has_a_flipped_bit_has_it_in_the_index(
    tmp_path: Path,
) -> None:
    stream = await sold_and_dropped(tmp_path)
    path = tmp_path / "log.db"
    name = (stream.log_id + stream.topic).encode()
    flip(path, path.read_bytes().index(name, root_of(path, "streams") * page_size(path)) + len(name) - 1)
    log = await open_log(tmp_path)
    assert log.salvaged is not None
    assert (log.frontier().get(stream), log.salvaged.lost) == (40, 0)
    await log.close()
    assert verify(tmp_path).ok


async def test_the_header_of_the_own_log_is_there_twice(tmp_path: Path) -> None:
    """No neighbour has seen this log, and without its header nothing in it proves itself."""
    log = await open_log(tmp_path)
    for n in range(1, 41):
        await log.append([placed(n)])
    stream = Stream(log.log_id, "orders")
    await log.close()
    bad_row(tmp_path / "log.db", "headers", stream.log_id)
    log = await open_log(tmp_path)
    assert log.salvaged is not None
    assert (log.frontier().get(stream), log.salvaged.lost) == (40, 0)
    await log.close()
    assert verify(tmp_path).ok


async def test_a_page_that_says_wrongly_what_of_it_is_free_is_found_before_anything_is_written(
    full_log: FullLog, tmp_path: Path
) -> None:
    """SQLite reads it, and would write over the rows of streams that stand there."""
    full_log(tmp_path)
    path = tmp_path / "log.db"
    with closing(sqlite3.connect(path)) as db:
        (root,) = db.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'streams'").fetchone()
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    flip(path, (root - 1) * page_size(path) + 6)  # where the free room ends
    log = await open_log(tmp_path)
    assert log.salvaged is not None
    assert log.salvaged.lost == log.salvaged.unread == 0
    await log.close()
    assert verify(tmp_path).ok


@pytest.mark.parametrize("row", ["not as it was written", "gone"])
async def test_a_command_whose_answer_is_lost_is_not_done_again(full_log: FullLog, tmp_path: Path, row: str) -> None:
    """Its events say that it was done, and tell the rest."""
    full_log(tmp_path)
    lose = "UPDATE commands SET result = x'c1'" if row != "gone" else "DELETE FROM commands"
    with closing(sqlite3.connect(tmp_path / "log.db")) as db:
        db.execute(f"{lose} WHERE command_id = 'c397'")
        db.execute("DELETE FROM streams WHERE topic = 'stock'")  # what makes it be salvaged
        db.commit()
    log = await open_log(tmp_path)
    answer = await log.answered("c397")
    assert answer is not None
    assert answer.result is None
    assert [(e.stream.name, e.command_id) for e in answer.events] == [("orders", "c397"), ("stock", "c397")]
    again = await log.append([placed(397)], command_id="c397", result=397)
    assert [e.position for e in again] == [e.position for e in answer.events]
    other = await log.answered("c396")
    assert other is not None
    assert other.result == 396
    await log.close()
    assert verify(tmp_path).ok


async def test_a_command_whose_answer_is_lost_and_whose_events_lost_their_place_is_not_done_again(
    full_log: FullLog, tmp_path: Path
) -> None:
    own, _ = full_log(tmp_path)
    with closing(sqlite3.connect(tmp_path / "log.db")) as db:
        db.execute("DELETE FROM commands WHERE command_id = 'c397'")
        db.execute(
            "UPDATE events SET raw = x'c1' WHERE seq = 390 AND stream = "
            "(SELECT stream FROM streams WHERE topic = 'orders' AND log_id = ?)",
            (own.log_id,),
        )
        db.commit()
    (tmp_path / CONDEMNED_FILE).touch()
    log = await open_log(tmp_path)
    assert log.salvaged is not None
    assert log.salvaged.orphans
    answer = await log.answered("c397")
    assert answer is not None
    assert answer.result is None
    assert [(e.stream.name, e.command_id) for e in answer.events] == [("orders", "c397"), ("stock", "c397")]
    await log.close()


async def test_a_log_that_ended_is_kept_and_another_one_begins(full_log: FullLog, tmp_path: Path) -> None:
    own, _ = full_log(tmp_path)
    log = await open_log(tmp_path)
    said: list[str] = []
    log.on_ending.append(said.append)
    for _ in range(3):  # each event of the other branch says so
        log.end("another branch of it was written")
    assert len(said) == 1
    await log.close()
    again = await open_log(tmp_path)
    assert again.log_id != own.log_id
    assert again.frontier()[own] == ORDERS
    assert again.device_id == log.device_id
    await again.close()
    third = await open_log(tmp_path)
    assert third.log_id == again.log_id
    await third.close()
    assert verify(tmp_path).ok


HEAD = [(at, bit) for at in (16, 17, 18, 19, 20, 44, 47, 56, 59, 60, 63, 100, 103, 104, 107) for bit in (0, 1, 6)]


async def test_a_damaged_first_page_costs_nothing(full_log: FullLog, tmp_path: Path) -> None:
    """Without it SQLite reads no page at all; and nobody else has what this terminal took when it was alone."""
    folder = tmp_path / "till"
    own, _ = full_log(folder)
    whole = (folder / "log.db").read_bytes()
    rand = random.Random(7)
    words = [
        (whole.index(word) + rand.randrange(len(word)), 7) for word in (b"CREATE TABLE events", b"sqlite_autoindex")
    ]
    for at, bit in [*rand.sample(HEAD, 8), (47, 3), *words]:
        (folder / "log.db").write_bytes(whole[:at] + bytes([whole[at] ^ 1 << bit]) + whole[at + 1 :])
        print(f"byte {at} bit {bit}")
        log = await open_log(folder)
        assert log.frontier()[own] == ORDERS
        assert (await log.answered("c3")) is not None
        await log.close()
        assert verify(folder).ok
        for aside in folder.glob("damaged-*"):
            assert {path.name for path in aside.iterdir()} <= {"log.db", "log.db-wal", "log.db-shm"}
            shutil.rmtree(aside)
        for path in folder.glob("log.db*"):
            path.unlink()


@pytest.mark.parametrize("damage", HEADS, ids=lambda d: d.__name__)
async def test_a_damaged_head_of_a_page_costs_nothing_that_nobody_else_has(
    full_log: FullLog, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    own, _ = full_log(tmp_path)
    damage(tmp_path / "log.db")
    (tmp_path / "log.damaged").touch()
    log = await open_log(tmp_path)
    assert log.salvaged is not None
    assert log.frontier()[own] == ORDERS
    assert log.salvaged.events == ORDERS * 2 + ORDERS // 2
    assert log.salvaged.lost == log.salvaged.unread == 0
    await log.close()
    assert verify(tmp_path).ok


async def test_an_event_that_reads_as_nonsense_is_damage_when_it_is_read(full_log: FullLog, tmp_path: Path) -> None:
    """SQLite takes a row with a flipped bit for what was written; who decodes the event does not."""
    full_log(tmp_path)
    log = await open_log(tmp_path)
    endings: list[str] = []
    log.on_ending.append(endings.append)
    with closing(sqlite3.connect(tmp_path / "log.db")) as db:
        db.execute("UPDATE events SET raw = CAST(x'c1' || substr(raw, 2) AS BLOB) WHERE position = 17")
        db.commit()
    with pytest.raises(LogFailed) as failed:
        await log.events(0)
    assert failed.value.code == "not_read"
    assert endings
    assert log.unhealthy
    await log.close()
    log = await open_log(tmp_path)
    assert log.salvaged is not None
    await log.close()
    assert verify(tmp_path).ok


async def test_a_long_event_ends_where_it_ends_beside_a_write_ahead_log_of_zeros(tmp_path: Path) -> None:
    """Room that was written beforehand reads as frames of page 0, and page 0 is where a row's last page points to."""
    log = await open_log(tmp_path)
    for n in range(1, 6):
        await log.append([placed(n, "x" * 9000)])
    await log.close()
    (tmp_path / "log.db-wal").write_bytes(bytes(1024 * 1024))
    with closing(Leaves(tmp_path / "log.db")) as leaves:
        found = {row[2]: decode(Stream("", ""), row[5]).seq for row in leaves.rows(EVENTS)}
    assert found == {n: n for n in range(1, 6)}
