"""A screen's line to its own server: one websocket that tells, HTTP (`line`) for commands. Nothing private: `/v1` only.

The server may be away, restart on another port or with another token: `endpoint.json` is read anew for every attempt.
A command that got no answer is sent again with the same `command_id`, so it happens once.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import uuid
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec
from PySide6.QtCore import Property, QObject, QTimer, Signal

from ui.emoji import has_typeface, readable
from ui.line import FIRST_BACKOFF_S, MAX_BACKOFF_S, CommandRefused, Line, ServerGone, Step, read_endpoint

if TYPE_CHECKING:  # else when the feed starts: the first frame needs none of it
    from websockets.asyncio.client import ClientConnection, connect

logger = logging.getLogger("pilotlight.ui.client")

VIEWS = ("status", "menu", "availability", "orders", "tickets", "peers")
TROUBLED_AFTER_MS = 2000
"""For so long a missing server is nobody's business: a restart takes less."""

COMMAND_TIMEOUT_S = 15.0
MAX_MESSAGE_BYTES = 64 * 1024 * 1024
"""A menu of 10,000 items comes in one message."""

SILENCE_S = 5.0
"""A server that does not answer a ping for so long is taken for dead; its socket may look alive for minutes."""


class Client(QObject):
    """Start with `start()` inside a running event loop; `close()` ends it.

    Signals: `viewAll(view, value)` once for each view at every (re)connection, then `viewChanged(view, id, value)`;
    for views that change by parts the value is the part (availability: `{item_id: Availability}`, with id `""`).
    """

    viewAll = Signal(str, object)
    viewChanged = Signal(str, str, object)
    connectedChanged = Signal()
    troubledChanged = Signal()

    def __init__(self, data: Path, views: Sequence[str] = VIEWS, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.data = data
        self._endpoint_file = data / "endpoint.json"
        self._views = tuple(views)
        self._connected = False
        self._troubled = False
        self._trouble = QTimer(self)
        self._trouble.setSingleShot(True)
        self._trouble.setInterval(TROUBLED_AFTER_MS)
        self._trouble.timeout.connect(lambda: self._set_troubled(True))
        self._line = Line(self._endpoint_file)
        self._watching: asyncio.Task[None] | None = None
        self._spawned: set[asyncio.Task[Any]] = set()
        self._closed = False

    # -- what screens see -----------------------------------------------------------------------------------------

    def _get_connected(self) -> bool:
        return self._connected

    def _get_troubled(self) -> bool:
        return self._troubled

    connected = Property(bool, _get_connected, notify=connectedChanged)
    troubled = Property(bool, _get_troubled, notify=troubledChanged)

    def endpoint(self) -> dict[str, Any] | None:
        """Where the server says it is, or None."""
        return read_endpoint(self._endpoint_file)

    # -- life -----------------------------------------------------------------------------------------------------

    def start(self) -> None:
        self._line.start()
        self._trouble.start()
        self._watching = asyncio.ensure_future(self._watch())

    async def close(self) -> None:
        self._closed = True
        self._trouble.stop()
        tasks = [t for t in (self._watching, *self._spawned) if t is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._line.close()

    def spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any] | None:
        """Runs a coroutine from a QML slot; its failure is logged, never shown. None once the screen is closed: a timer
        that was forgotten may still ask for something."""
        if self._closed:
            work.close()
            return None
        task = asyncio.ensure_future(work)
        self._spawned.add(task)

        def done(finished: asyncio.Task[Any]) -> None:
            self._spawned.discard(finished)
            if not finished.cancelled() and finished.exception() is not None:
                logger.error("a screen's task failed", exc_info=finished.exception())

        task.add_done_callback(done)
        return task

    # -- commands -------------------------------------------------------------------------------------------------

    async def command(
        self, name: str, body: dict[str, Any] | None = None, *, timeout_s: float = COMMAND_TIMEOUT_S
    ) -> dict[str, Any]:
        """Sends a command until it is answered. Returns the answer, `{"events": […], "result": {…}}`.

        `body` may carry a `command_id`, for a caller that wants to ask again later. Raises `CommandRefused` and, after
        `timeout_s`, `ServerGone`.
        """
        return await self._line.send((name, with_id(body), timeout_s))

    def command_then(
        self, name: str, body: dict[str, Any], then: Callable[[dict[str, Any]], Step | None]
    ) -> tuple[asyncio.Future[dict[str, Any]], asyncio.Future[dict[str, Any] | None]]:
        """The same, and at once, without waiting for a frame, the command that `then(answer)` names, if it names one.
        Await both answers, the first one first; `then` is called in another thread and must only compute."""
        return self._line.send_then((name, with_id(body), COMMAND_TIMEOUT_S), then)

    async def ask(
        self, path: str, body: dict[str, Any] | None = None, *, timeout_s: float = COMMAND_TIMEOUT_S
    ) -> dict[str, Any]:
        """`GET path`, or `POST` with a body, once. Raises `CommandRefused` and `ServerGone`."""
        endpoint = self.endpoint()
        if endpoint is None:
            raise ServerGone

        from http.client import HTTPConnection, HTTPException

        def call() -> tuple[int, bytes]:
            http = HTTPConnection(urlsplit(str(endpoint["api"])).netloc, timeout=timeout_s)
            headers = {"Authorization": f"Bearer {endpoint['token']}", "Content-Type": "application/json"}
            content = None if body is None else msgspec.json.encode(body)
            with contextlib.closing(http):
                http.request("GET" if content is None else "POST", path, content, headers)
                answer = http.getresponse()
                return answer.status, answer.read()

        try:
            status, content = await asyncio.to_thread(call)
            told: dict[str, Any] = msgspec.json.decode(content, type=dict)
        except (OSError, HTTPException, msgspec.MsgspecError) as e:
            raise ServerGone from e
        if status == 200:
            return told
        raise CommandRefused(str(told.get("code", "")), str(told.get("text", "")))

    # -- the feed -------------------------------------------------------------------------------------------------

    async def _watch(self) -> None:
        from websockets.exceptions import InvalidHandshake, WebSocketException

        pause = FIRST_BACKOFF_S
        while True:
            try:
                endpoint = self.endpoint()
                if endpoint is not None:
                    async with self._dial(endpoint) as socket:
                        pause = FIRST_BACKOFF_S
                        await self._listen(socket)
            except (OSError, TimeoutError, WebSocketException, InvalidHandshake) as e:
                logger.debug("no feed: %s", e)
            except Exception:  # a view model's fault must not end the feed
                logger.exception("the feed stopped; connecting again")
            self._set_connected(False)
            await asyncio.sleep(pause)
            pause = min(pause * 2, MAX_BACKOFF_S)

    def _dial(self, endpoint: dict[str, Any]) -> connect:
        from websockets.asyncio.client import connect

        asked = f"views={','.join(self._views)}&together=1"
        address = "ws" + str(endpoint["api"]).removeprefix("http") + "/v1/watch?" + asked
        return connect(
            address,
            additional_headers={"Authorization": f"Bearer {endpoint['token']}"},
            max_size=MAX_MESSAGE_BYTES,
            compression=None,
            proxy=None,
            open_timeout=SILENCE_S,
            ping_interval=SILENCE_S,
            ping_timeout=SILENCE_S,
            close_timeout=0.5,
        )

    async def _listen(self, socket: ClientConnection) -> None:
        async for message in socket:
            with contextlib.suppress(msgspec.DecodeError):
                told = msgspec.json.decode(message)
                for one in told if isinstance(told, list) else (told,):
                    if isinstance(one, dict) and isinstance(one.get("view"), str):
                        self._take(one)

    def _take(self, told: dict[str, Any]) -> None:
        if "all" in told:
            value = readable(told["all"], has_typeface) if told["view"] == "menu" else told["all"]
            self.viewAll.emit(told["view"], value)
            if not self._connected:
                self._set_connected(True)
        elif "changed" in told:
            self.viewChanged.emit(told["view"], "", told["changed"])
        elif "id" in told:
            self.viewChanged.emit(told["view"], told["id"], told.get("value"))

    def _set_connected(self, connected: bool) -> None:
        if connected == self._connected:
            return
        self._connected = connected
        if connected:
            self._trouble.stop()
            self._set_troubled(False)
        elif not self._trouble.isActive() and not self._troubled:
            self._trouble.start()
        self.connectedChanged.emit()

    def _set_troubled(self, troubled: bool) -> None:
        if troubled != self._troubled:
            self._troubled = troubled
            self.troubledChanged.emit()


def with_id(body: dict[str, Any] | None) -> dict[str, Any]:
    return {"command_id": str(uuid.uuid4()), **(body or {})}


def asks(
    client: Client,
    name: str,
    body: dict[str, Any],
    *,
    done: Callable[[dict[str, Any]], None] | None = None,
    refused: Callable[[str, str], None] | None = None,
    timeout_s: float = COMMAND_TIMEOUT_S,
) -> asyncio.Task[Any] | None:
    """A command from a slot: `done(result)` or `refused(code, text)` is called with what came of it.

    No answer in time is told as the code `server_gone` with an empty text.
    """

    async def ask() -> None:
        try:
            answer = await client.command(name, body, timeout_s=timeout_s)
        except CommandRefused as e:
            if refused is not None:
                refused(e.code, e.text)
        except ServerGone:
            if refused is not None:
                refused("server_gone", "")
        else:
            if done is not None:
                done(answer.get("result") or {})

    return client.spawn(ask())
