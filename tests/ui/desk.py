"""A stand-in for a screen's server: speaks the local API over real HTTP and a real websocket, says what a test says.

Screens are built against the API's shapes alone, so this is all of a server that they can see.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import uvicorn

Said = tuple[int, dict[str, Any]]
Answer = Callable[[str, dict[str, Any]], "Said | Awaitable[Said]"]


class Desk:
    """`views` is what a new watcher is told; `tell` tells all watchers; `commands` are those received, in order."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.token = "token-1"
        self.views: dict[str, Any] = {}
        self.commands: list[tuple[str, dict[str, Any]]] = []
        self.answer: Answer = lambda name, body: (200, {"events": [], "result": {}})
        self.facts: dict[str, Any] = {}  # what is answered at a path that is no command; 404 else
        self.asked: list[tuple[str, Any]] = []
        self.deaf = False  # takes commands and drops the connection instead of answering
        self._watchers: set[asyncio.Queue[str]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None
        self.port = 0

    def start(self) -> Desk:
        config = uvicorn.Config(
            self._app,
            host="127.0.0.1",
            port=self.port,
            log_level="critical",
            lifespan="off",
            loop="asyncio",
            ws="websockets-sansio",
            interface="asgi3",
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        until = time.monotonic() + 20
        while not self._server.started and time.monotonic() < until:
            time.sleep(0.005)
        self.port = self._server.servers[0].sockets[0].getsockname()[1]
        endpoint = {"api": f"http://127.0.0.1:{self.port}", "token": self.token, "sync_port": 0, "pid": 0}
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "endpoint.json").write_text(json.dumps(endpoint))
        return self

    def stop(self) -> None:
        if self._server is not None and self._thread is not None:
            self._server.should_exit = self._server.force_exit = True
            self._thread.join(timeout=20)
            self._server = None
        self.port = 0

    def tell(self, view: str, key: str | None, value: Any) -> None:
        """`key` None: the whole view (`availability`: a change)."""
        if view == "availability" and key == "":
            self.views.setdefault(view, {}).update(value)
            message = {"view": view, "changed": value}
        elif key is None:
            self.views[view] = value
            message = {"view": view, "all": value}
        else:
            message = {"view": view, "id": key, "value": value}
        if self._loop is not None:
            text = json.dumps(message)
            for queue in list(self._watchers):
                self._loop.call_soon_threadsafe(queue.put_nowait, text)

    @property
    def watchers(self) -> int:
        return len(self._watchers)

    async def _app(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        self._loop = asyncio.get_running_loop()
        if scope["type"] == "websocket":
            await self._watch(scope, receive, send)
        else:
            await self._command(scope, receive, send)

    def _let_in(self, scope: dict[str, Any]) -> bool:
        return dict(scope["headers"]).get(b"authorization") == f"Bearer {self.token}".encode()

    async def _watch(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        await receive()
        if not self._let_in(scope):
            await send({"type": "websocket.close", "code": 4401})
            return
        await send({"type": "websocket.accept"})
        queue: asyncio.Queue[str] = asyncio.Queue()
        asked = dict(parse_qsl(scope["query_string"].decode()))
        wanted = asked["views"].split(",")
        for view in wanted:
            if view in self.views:
                queue.put_nowait(json.dumps({"view": view, "all": self.views[view]}))
        self._watchers.add(queue)
        hears = asyncio.ensure_future(receive())
        try:
            while True:
                says = asyncio.ensure_future(queue.get())
                done, _ = await asyncio.wait({hears, says}, return_when=asyncio.FIRST_COMPLETED)
                if hears in done:
                    says.cancel()
                    return
                texts = [says.result()]
                while asked.get("together") == "1" and not queue.empty():
                    texts.append(queue.get_nowait())
                text = texts[0] if len(texts) == 1 else f"[{','.join(texts)}]"
                await send({"type": "websocket.send", "text": text})
        finally:
            hears.cancel()
            self._watchers.discard(queue)

    async def _command(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        body = b""
        more = True
        while more:
            part = await receive()
            body += part.get("body", b"")
            more = part.get("more_body", False)
        if not self._let_in(scope):
            status, facts = 401, {"code": "unauthorized", "text": "no"}
        elif not scope["path"].startswith("/v1/commands/"):
            self.asked.append((scope["path"], json.loads(body or b"null")))
            found = self.facts.get(scope["path"])
            status, facts = (200, found) if found is not None else (404, {"code": "not_found", "text": "no"})
        else:
            name = scope["path"].rpartition("/")[2]
            self.commands.append((name, json.loads(body)))
            if self.deaf:
                raise RuntimeError("the connection breaks")
            said = self.answer(name, json.loads(body))
            status, facts = said if isinstance(said, tuple) else await said
        with contextlib.suppress(Exception):
            await send(
                {"type": "http.response.start", "status": status, "headers": [(b"content-type", b"application/json")]}
            )
            await send({"type": "http.response.body", "body": json.dumps(facts).encode()})
