"""Who gets in at the API's door, and who is put out again."""

from __future__ import annotations

import asyncio
import socket

import pytest
from litestar import Litestar, get

from server.api import door as the_door
from server.api.app import serve
from server.api.door import Door, is_here


class Line(asyncio.BaseTransport):
    """A connection that is open until it is not."""

    def __init__(self) -> None:
        self.open = True

    def is_closing(self) -> bool:
        return not self.open


def test_one_address_has_so_many_and_no_more_and_keeps_nobody_else_out() -> None:
    door = Door(each=3, afar=5)
    lines = [Line() for _ in range(4)]
    assert [door.enter("10.0.0.1", line) for line in lines] == [True, True, True, False]
    assert door.enter("10.0.0.2", Line())
    lines[0].open = False
    assert door.enter("10.0.0.1", Line())
    assert not door.enter("10.0.0.1", Line())
    assert door.enter("10.0.0.3", Line())
    assert not door.enter("10.0.0.4", Line()), "that would be too many from afar"


def test_this_machine_always_gets_in() -> None:
    door = Door(each=1, afar=1)
    for address in ("127.0.0.1", "::1", "::ffff:127.0.0.1", ""):
        assert is_here(address)
        assert all(door.enter(address, Line()) for _ in range(10))
    for address in ("10.0.0.1", "::ffff:10.0.0.1", "fe80::1", "x"):
        assert not is_here(address)


async def test_who_says_nothing_is_put_out_and_who_asked_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(the_door, "is_here", lambda address: False)
    monkeypatch.setattr(the_door, "FIRST_REQUEST_S", 0.2)

    @get("/")
    async def root() -> str:
        return "welcome"

    listener = socket.create_server(("127.0.0.1", 0))
    listener.setblocking(False)
    port, stop = listener.getsockname()[1], asyncio.Event()
    serving = asyncio.create_task(serve(Litestar([root]), listener, stop))
    silent, silent_end = await asyncio.open_connection("127.0.0.1", port)
    asks, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in range(2):
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert (await asks.readuntil(b"welcome")).startswith(b"HTTP/1.1 200")
        await asyncio.sleep(0.5)  # longer than anybody may be silent at first
    assert await asyncio.wait_for(_ended(silent), 5)
    writer.close()
    silent_end.close()
    stop.set()
    await serving


async def _ended(reader: asyncio.StreamReader) -> bool:
    try:
        return await reader.read() == b""
    except ConnectionResetError:
        return True
