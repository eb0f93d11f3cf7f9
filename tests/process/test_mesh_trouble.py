"""Garbage, strangers and hostile clients on the sync port: refused, backed off, one line in the log, nothing stored."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from server.event import Draft, Refused, Stream, encode
from server.keys import DeviceKey, chain, genesis
from server.log import ls
from server.replication import frames
from server.replication.frames import MAX_FRAME_BYTES, Events, FrontierIs, Hello, Refuse
from server.replication.mesh import Mesh
from server.replication.websocket import Sockets, Websocket
from tests.process.shop import Server
from tests.process.terminals import Terminal, office, until


@pytest.fixture
async def a(tmp_path: Path) -> AsyncIterator[Terminal]:
    terminal = await Terminal(tmp_path / "a", "a").start()
    yield terminal
    await terminal.stop()


class Stranger:
    """A client that speaks websocket and, if it likes, the protocol."""

    def __init__(self, socket: ClientConnection, store: str = "s1") -> None:
        self.socket = socket
        self.key = DeviceKey.generate()
        self.header = self.key.new_header(store)

    async def hello(self, **changes: object) -> None:
        facts = {
            "protocol": frames.PROTOCOL,
            "oldest": frames.OLDEST_PROTOCOL,
            "store": self.header.store,
            "device_id": self.key.device_id,
            "log_id": self.header.log_id,
            "header": self.header,
            "label": "stranger",
            "role": "server",
            "nonce": os.urandom(16),
            "dial": 1,
        }
        await self.socket.send(frames.encode(Hello(**{**facts, **changes})))  # type: ignore[arg-type]
        await self.socket.send(frames.encode(FrontierIs({})))

    def events(self, first_seq: int = 1, seal: bytes | None = None, word: str = "hi", prior: bool = False) -> Events:
        stream = Stream(self.header.log_id, "orders")
        raw = encode(first_seq, 1 << 16, Draft("orders.said/1", "x", {"word": word}), None)
        seal = seal or self.key.seal(chain(genesis(stream), raw))
        below = genesis(stream) if prior else None
        return Events(stream.log_id, stream.topic, first_seq, [raw], seal, self.header, below)

    async def refusal(self) -> str:
        """Reads until the other side closes; the code it gave, `""` when none."""
        code = ""
        with contextlib.suppress(ConnectionClosed):
            async with asyncio.timeout(20):
                while True:
                    message = frames.decode(await self.socket.recv(decode=False))
                    if isinstance(message, Refuse):
                        code = message.code
        return code


def stranger(a: Terminal) -> connect:
    return connect(f"ws://{a.address}", compression=None, max_size=None, proxy=None)


def lines(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    return [r for r in caplog.records if r.levelno >= logging.WARNING]


async def nothing_happened(a: Terminal, caplog: pytest.LogCaptureFixture, at_most: int = 1) -> None:
    """Nothing is stored, one line is written, without a traceback, and honest terminals still get in."""
    await until(lambda: len(lines(caplog)) >= 1)
    assert {r.exc_info for r in lines(caplog)} == {None}, caplog.text
    assert len(lines(caplog)) <= at_most, caplog.text
    assert not a.log.frontier()
    b = await Terminal(a.folder.parent / "honest", "honest", peers=[a.address]).start()
    await until(lambda: a.connected() == {"honest"})
    await b.stop()


@pytest.mark.parametrize("garbage", [b"\x00\xff" * 1000, b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00"])
async def test_bytes_that_are_no_websocket(a: Terminal, caplog: pytest.LogCaptureFixture, garbage: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", a.port)
    writer.write(garbage)
    writer.write_eof()
    async with asyncio.timeout(20):
        with contextlib.suppress(ConnectionError):
            await reader.read()
    writer.close()
    await nothing_happened(a, caplog)


@pytest.mark.parametrize("frame", [b"", b"\x00nonsense", b"\x01not zstd", os.urandom(3000)])
async def test_frames_that_are_none(a: Terminal, caplog: pytest.LogCaptureFixture, frame: bytes) -> None:
    async with stranger(a) as socket:
        await socket.send(frame)
        assert await Stranger(socket).refusal() == "bad_frame"
    await nothing_happened(a, caplog)


async def test_text_instead_of_bytes(a: Terminal, caplog: pytest.LogCaptureFixture) -> None:
    async with stranger(a) as socket:
        await socket.send('{"hello": "world"}')
        assert await Stranger(socket).refusal() == "bad_frame"
    await nothing_happened(a, caplog)


async def test_a_frame_over_the_limit(a: Terminal, caplog: pytest.LogCaptureFixture) -> None:
    socket = await stranger(a)
    with contextlib.suppress(ConnectionClosed):
        await socket.send(bytes(MAX_FRAME_BYTES + 1))
    await Stranger(socket).refusal()
    assert socket.close_code in (1006, 1009)  # 1006: the other end was gone before all was sent
    await nothing_happened(a, caplog, at_most=2)  # it sent very much, and what it sent was no frame: whichever is first


async def test_events_before_a_hello(a: Terminal, caplog: pytest.LogCaptureFixture) -> None:
    async with stranger(a) as socket:
        s = Stranger(socket)
        await socket.send(frames.encode(s.events()))
        assert await s.refusal() == "no_hello"
    await nothing_happened(a, caplog)


async def test_a_version_nobody_speaks(a: Terminal, caplog: pytest.LogCaptureFixture) -> None:
    async with stranger(a) as socket:
        s = Stranger(socket)
        await s.hello(protocol=99, oldest=98)
        assert await s.refusal() == "wrong_version"
    await nothing_happened(a, caplog)


async def test_another_store(a: Terminal, caplog: pytest.LogCaptureFixture) -> None:
    async with stranger(a) as socket:
        s = Stranger(socket, store="s2")
        await s.hello()
        assert await s.refusal() == "wrong_store"
    await nothing_happened(a, caplog)


async def test_events_with_a_false_seal(a: Terminal, caplog: pytest.LogCaptureFixture) -> None:
    async with stranger(a) as socket:
        s = Stranger(socket)
        await s.hello()
        await socket.send(frames.encode(s.events(seal=bytes(64))))
        assert await s.refusal() == "bad_seal"
    await nothing_happened(a, caplog)


async def test_events_that_leave_a_gap(a: Terminal, caplog: pytest.LogCaptureFixture) -> None:
    async with stranger(a) as socket:
        s = Stranger(socket)
        await s.hello()
        await socket.send(frames.encode(s.events(first_seq=7)))
        assert await s.refusal() == "gap"
    await nothing_happened(a, caplog)


async def test_two_truths_from_one_writer_raise_an_alarm_and_both_are_kept(a: Terminal) -> None:
    alarms: list[tuple[str, str, str]] = []
    a.mesh.on_alarm.append(lambda *alarm: alarms.append(alarm))
    async with stranger(a) as socket:
        s = Stranger(socket)
        await s.hello()
        await socket.send(frames.encode(s.events(word="first")))
        await until(lambda: a.log.frontier())
        await socket.send(frames.encode(s.events(word="second", prior=True)))
        await until(lambda: alarms)
        assert alarms[0][0] == "fork"
        assert alarms[0][2] == f"{s.header.log_id}/orders"
    assert await a.words() == {"first"}

    def kept() -> list[bytes]:
        with contextlib.closing(sqlite3.connect(a.folder / "log.db")) as db:
            return [raw for (raw,) in db.execute("SELECT raw FROM evidence")]

    await until(kept)
    assert b"second" in kept()[0]


async def test_a_stranger_on_the_line_does_not_keep_a_server_from_stopping(a: Terminal) -> None:
    sockets = [await asyncio.open_connection("127.0.0.1", a.port) for _ in range(3)]
    await asyncio.sleep(0.1)
    async with asyncio.timeout(4):
        await a.mesh.close()
    for _, writer in sockets:
        writer.close()


async def test_somebody_who_says_nothing_is_shown_the_door(a: Terminal, caplog: pytest.LogCaptureFixture) -> None:
    async with stranger(a) as socket:
        await Stranger(socket).refusal()
        assert socket.close_code is not None
    await nothing_happened(a, caplog)


async def test_a_probe_leaves_no_line(a: Terminal, caplog: pytest.LogCaptureFixture) -> None:
    async with stranger(a):
        pass
    await asyncio.sleep(0.2)
    assert not lines(caplog)


async def test_a_flood_of_strangers_does_not_keep_friends_out(a: Terminal, caplog: pytest.LogCaptureFixture) -> None:
    sockets = []
    for _ in range(200):
        with contextlib.suppress(OSError):
            sockets.append(await asyncio.open_connection("127.0.0.1", a.port))
    b = await Terminal(a.folder.parent / "b", "b", peers=[a.address]).start()
    await until(lambda: a.connected() == {"b"})
    await b.stop()
    for _, writer in sockets:
        writer.transport.abort()
    assert len(lines(caplog)) < 60
    assert all(r.exc_info is None for r in lines(caplog))


async def test_a_port_that_is_taken_is_one_sentence(a: Terminal, tmp_path: Path) -> None:
    b = Terminal(tmp_path / "b", "b", sync_port=a.port)
    with pytest.raises(Refused, match=r"sync port .* can't be opened") as refused:
        await b.start()
    assert refused.value.code == "port_taken"
    await b.stop()


@pytest.mark.parametrize("peer", ["nowhere", "host:", "host:notaport", "host:70000", "a b:1", ":80", "http://x:1"])
async def test_a_peer_that_is_no_address_is_one_sentence(a: Terminal, peer: str) -> None:
    with pytest.raises(Refused, match="HOST:PORT"):
        Mesh(a.log, a.mesh._me, peers=[peer])


async def test_who_says_that_he_holds_more_of_a_log_than_its_writer_ends_one_log_and_not_one_after_the_other(
    tmp_path: Path,
) -> None:
    """Where it is true the next number may be given already, so it is believed at once, but not over and over: each
    time the terminal is away for a second, and has new streams for ever."""
    server = await asyncio.to_thread(Server(tmp_path / "till", "--store", "s1", "--no-mdns").start)
    file = tmp_path / "till" / "endpoint.json"

    async def claim() -> None:
        endpoint = json.loads(file.read_text())
        address = f"ws://127.0.0.1:{endpoint['sync_port']}"
        async with connect(address, compression=None, max_size=None, proxy=None) as socket:
            liar = Stranger(socket)
            await liar.hello()
            await socket.send(frames.encode(FrontierIs({endpoint["log_id"]: {"orders": (9999, bytes(32))}})))
            await until(lambda: alarms() > told)

    def alarms() -> int:
        said = (tmp_path / "till.log").read_text()
        return said.count("pilotlight.node: overtaken")

    def log_id() -> str:
        return str(json.loads(file.read_text())["log_id"]) if file.exists() else ""

    try:
        first, told = log_id(), 0
        await claim()
        await until(lambda: log_id() not in ("", first))
        second, told = log_id(), 1
        await claim()
        await asyncio.to_thread(server.stop)
        assert {one.log_id for one in ls(tmp_path / "till") if one.own} == {second}
        assert not (tmp_path / "till" / "log.ended").exists()
    finally:
        server.kill()


class OddLine(Sockets):
    """The first wire to anywhere fails, after a few frames, as no wire ever did."""

    def __init__(self) -> None:
        self.dialled = 0

    async def dial(self, uri: str, timeout_s: float) -> Websocket:
        wire = await super().dial(uri, timeout_s)
        self.dialled += 1
        return wire if self.dialled > 1 else OddWire(wire._connection)


class OddWire(Websocket):
    frames = 0

    async def receive(self) -> bytes:
        self.frames += 1
        if self.frames > 2:
            raise RuntimeError("nobody has thought of this")
        return await super().receive()


async def test_whatever_a_line_fails_of_it_is_called_again(tmp_path: Path) -> None:
    head = await office(tmp_path / "office").start()
    line = OddLine()
    a = await Terminal(tmp_path / "a", "a", network=line, office=f"ws://{head.address}").start()
    try:
        await a.say("hello")
        await until(lambda: line.dialled > 1)
        await a.say("again")

        async def there() -> bool:
            return await head.words() == {"hello", "again"}

        await until(there)
    finally:
        await a.stop()
        await head.stop()
