"""What is done to a shop during a rush; each is undone at the end of its `with`."""

from __future__ import annotations

import contextlib
import select
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.faults.servers import Machine
from tests.faults.world import World

SCREENS = 50
CRAWL_BYTES_PER_S = 400
"""About one order's events a second, with what keeps the line alive."""

SLOW_BUFFER_BYTES = 4096


@contextlib.contextmanager
def nothing(_: World) -> Iterator[None]:
    yield


@contextlib.contextmanager
def slow_line(shop: World) -> Iterator[None]:
    shop.relay.bytes_per_s = CRAWL_BYTES_PER_S
    try:
        yield
    finally:
        shop.relay.bytes_per_s = 0


@contextlib.contextmanager
def frozen_neighbour(shop: World) -> Iterator[None]:
    """The last terminal holds all its lines open and reads nothing."""
    shop.terminals[-1].signal(signal.SIGSTOP)
    try:
        yield
    finally:
        shop.terminals[-1].signal(signal.SIGCONT)


def url(machine: Machine, path: str) -> str:
    return machine.endpoint["api"].replace("http", "ws") + path


def ask_for_everything(shop: World, lines: contextlib.ExitStack) -> list[socket.socket]:
    """Three integrations on each selling terminal, which ask for all events from the beginning."""
    asking = []
    for machine in shop.terminals[:-1]:
        for _ in range(3):
            host = urlsplit(machine.endpoint["api"])
            plain = lines.enter_context(socket.create_connection((host.hostname, host.port)))
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SLOW_BUFFER_BYTES)
            plain.sendall(
                f"GET /v1/feed?after= HTTP/1.1\r\nHost: {host.netloc}\r\nUpgrade: websocket\r\n"
                "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
                f"Authorization: Bearer {machine.endpoint['token']}\r\n\r\n".encode()
            )
            asking.append(plain)
    return asking


@contextlib.contextmanager
def readers_that_do_not_read(shop: World) -> Iterator[None]:
    """They take none."""
    with contextlib.ExitStack() as lines:
        ask_for_everything(shop, lines)
        yield


@contextlib.contextmanager
def readers_of_everything(shop: World) -> Iterator[None]:
    """They take all as fast as it comes."""
    done = threading.Event()

    def read(asking: list[socket.socket]) -> None:
        while not done.is_set():
            for line in select.select(asking, [], [], 0.2)[0]:
                if not line.recv(1 << 20):
                    asking.remove(line)

    with contextlib.ExitStack() as lines:
        thread = threading.Thread(target=read, args=(ask_for_everything(shop, lines),), daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join(10)


@contextlib.contextmanager
def many_screens(shop: World) -> Iterator[None]:
    """Fifty screens on the first terminal, all awake, each with orders, kitchen and availability."""
    machine, done = shop.terminals[0], threading.Event()

    def watch() -> None:
        views = "/v1/watch?views=menu,availability,orders,tickets"
        with (
            contextlib.suppress(ConnectionClosed, OSError, TimeoutError),
            connect(url(machine, views), additional_headers=machine.headers, max_size=None, open_timeout=60) as line,
        ):
            while not done.is_set():
                with contextlib.suppress(TimeoutError):
                    line.recv(timeout=0.5)

    threads = [threading.Thread(target=watch, daemon=True) for _ in range(SCREENS)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        done.set()
        for thread in threads:
            thread.join(10)


TROUBLES: list[tuple[str, Callable[[World], contextlib.AbstractContextManager[None]]]] = [
    ("a rush, and nothing else", nothing),
    ("head office's line carries about one order a second", slow_line),
    ("a neighbour is frozen", frozen_neighbour),
    ("integrations ask for all history and read nothing", readers_that_do_not_read),
    ("integrations ask for all history and read it", readers_of_everything),
    (f"{SCREENS} screens on one server", many_screens),
]
