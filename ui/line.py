"""Commands to the screen's own server, sent from a thread of their own.

A screen that is drawing has no time for anything else, and without a GPU a frame takes its time: an answer that waits
for a frame, and the next command that waits for another, are felt. What happens here waits for no frame.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import select
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import msgspec

if TYPE_CHECKING:  # else when the line starts: the first frame needs none of it
    import http.client

logger = logging.getLogger("pilotlight.ui.client")

FIRST_BACKOFF_S = 0.1
MAX_BACKOFF_S = 1.0
CONNECT_S = 2.0
STOP_S = 2.0
MAX_AT_ONCE = 8
"""Commands of one screen under way: a charge may take a minute, and nobody taps seven others that take as long."""

T = TypeVar("T")


NOT_KNOWN = frozenset({"card_unknown", "not_saved", "not_read", "not_ready", "closed", "busy"})
"""Answers to a charge that do not say whether money was taken: the card terminal is silent, or the server could not
write. The same command is asked for again; another one could charge twice."""


class CommandRefused(Exception):
    """The server's answer: it can't be done. `text` says what to do now, in words for a person."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


class ServerGone(Exception):
    """No answer within the time-out. The command may or may not have happened; the same `command_id` will tell."""


Step = tuple[str, dict[str, Any], float]
"""A command: its name, its body (with its `command_id`), for how many seconds it is tried."""


def read_endpoint(file: Path) -> dict[str, Any] | None:
    """Where the server says it is, or None."""
    try:
        endpoint = json.loads(file.read_text())
    except (OSError, ValueError):
        return None
    return endpoint if isinstance(endpoint, dict) and "api" in endpoint and "token" in endpoint else None


class Line:
    """Runs from `start` to `close`. `send` and `send_then` are called on an asyncio loop, and answer there."""

    def __init__(self, endpoint_file: Path) -> None:
        self._endpoint_file = endpoint_file
        self._pool: ThreadPoolExecutor | None = None
        self._closing = threading.Event()
        self._mine = threading.local()
        self._connections: list[http.client.HTTPConnection] = []
        self._under_way: set[asyncio.Future[Any]] = set()

    def start(self) -> None:
        import http.client  # now, and not when a customer pays

        _ = http.client
        self._pool = ThreadPoolExecutor(MAX_AT_ONCE, thread_name_prefix="line")

    async def close(self) -> None:
        """Gives up what is under way."""
        self._closing.set()
        for connection in list(self._connections):
            if connection.sock is not None:
                with contextlib.suppress(OSError):
                    connection.sock.shutdown(socket.SHUT_RDWR)
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=STOP_S)
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
        for connection in self._connections:
            connection.close()

    # -- called on the screen's loop ----------------------------------------------------------------------------------

    def send(self, step: Step) -> asyncio.Future[dict[str, Any]]:
        """The answer, `{"events": […], "result": {…}}`; or `CommandRefused` or `ServerGone`."""
        return self._there(lambda: self._send(step))

    def send_then(
        self, step: Step, then: Callable[[dict[str, Any]], Step | None]
    ) -> tuple[asyncio.Future[dict[str, Any]], asyncio.Future[dict[str, Any] | None]]:
        """The same, and as soon as it is answered the step that `then(answer)` names, if any; both answers. `then` is
        called in another thread. When the first fails the second is never sent, and answers None."""
        screen = asyncio.get_running_loop()
        first: asyncio.Future[dict[str, Any]] = screen.create_future()

        def tell(answer: dict[str, Any] | None, error: Exception | None) -> None:
            if first.done():
                return
            if error is not None:
                first.set_exception(error)
            elif answer is not None:
                first.set_result(answer)

        def both() -> dict[str, Any] | None:
            try:
                answer = self._send(step)
                second = then(answer)  # before the first answer is told: what it says must not be seen without it
            except Exception as e:
                screen.call_soon_threadsafe(tell, None, e)
                return None
            screen.call_soon_threadsafe(tell, answer, None)
            return None if second is None else self._send(second)

        return first, self._there(both)

    def _there(self, work: Callable[[], T]) -> asyncio.Future[T]:
        assert self._pool is not None, "start() first"
        future = asyncio.wrap_future(self._pool.submit(work))
        self._under_way.add(future)
        future.add_done_callback(self._under_way.discard)
        return future

    # -- in the line's threads --------------------------------------------------------------------------------------

    def _send(self, step: Step) -> dict[str, Any]:
        """Sends a command until it is answered."""
        name, body, timeout_s = step
        until = time.monotonic() + timeout_s
        pause = FIRST_BACKOFF_S
        while (left := until - time.monotonic()) > 0 and not self._closing.is_set():
            answer = self._ask(name, body, left)
            if answer is not None:
                return answer
            self._closing.wait(max(0.0, min(pause, until - time.monotonic())))
            pause = min(pause * 2, MAX_BACKOFF_S)
        raise ServerGone(name)

    def _ask(self, name: str, body: dict[str, Any], timeout_s: float) -> dict[str, Any] | None:
        """One attempt; None when it is worth another."""
        import http.client

        endpoint = read_endpoint(self._endpoint_file)
        if endpoint is None:
            return None
        headers = {"Authorization": f"Bearer {endpoint['token']}", "Content-Type": "application/json"}
        connection: http.client.HTTPConnection | None = None
        try:
            connection = self._connected(str(endpoint["api"]), timeout_s)
            connection.request("POST", f"/v1/commands/{name}", msgspec.json.encode(body), headers)
            response = connection.getresponse()
            facts = msgspec.json.decode(response.read())
        except (OSError, ValueError, http.client.HTTPException, msgspec.DecodeError) as e:
            logger.info("%s: no answer (%s)", name, type(e).__name__)
            if connection is not None:
                connection.close()
            return None
        if response.status == 200 and isinstance(facts, dict):
            return facts
        if response.status == 503 and isinstance(facts, dict) and facts.get("code") == "busy":
            return None  # nothing was done, and there will be room in a moment
        if response.status == 401:  # a restarted server has a new token; its endpoint.json is about to say it
            return None
        if isinstance(facts, dict) and "code" in facts and "text" in facts:
            raise CommandRefused(str(facts["code"]), str(facts["text"]))
        return None

    def _connected(self, api: str, timeout_s: float) -> http.client.HTTPConnection:
        """This thread's connection, waiting at most `timeout_s` for an answer. Raises `OSError`, `ValueError`."""
        import http.client

        where, connection = getattr(self._mine, "connection", ("", None))
        if connection is None or where != api:
            if connection is not None:
                connection.close()
                self._connections.remove(connection)
            address = urlsplit(api)
            connection = http.client.HTTPConnection(address.hostname or "", address.port)
            self._mine.connection = (api, connection)
            self._connections.append(connection)
        if connection.sock is not None and select.select([connection.sock], [], [], 0)[0]:
            connection.close()  # by the server, which had not heard from us for long
        if connection.sock is None:
            connection.timeout = min(timeout_s, CONNECT_S)
            connection.connect()
        connection.sock.settimeout(timeout_s)
        if self._closing.is_set():
            raise OSError("the screen is closing")
        return connection
