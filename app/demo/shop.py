"""The demo's processes: head office, four terminals with their screens, the relay between them."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from app.child import command
from app.ports import free_port
from app.relay import Relay
from app.supervisor import alive, read_endpoint
from server.event import Refused

LABELS = {"kiosk": "Kiosk 1", "pos": "Counter", "kitchen": "Kitchen", "board": "Menu board"}
START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 10.0


@dataclass
class Api:
    """One server's local API, as any integration would call it."""

    folder: Path
    client: httpx.AsyncClient
    endpoint: dict[str, Any] = field(default_factory=dict)

    async def wait_ready(self) -> None:
        """Until the server says it is healthy. Raises `Refused` with its last words."""
        until = asyncio.get_running_loop().time() + START_TIMEOUT_S
        while asyncio.get_running_loop().time() < until:
            self.endpoint = read_endpoint(self.folder) or {}
            if self.endpoint:
                with contextlib.suppress(httpx.HTTPError):
                    if (await self.client.get(self.endpoint["api"] + "/healthz")).status_code == 200:
                        return
            await asyncio.sleep(0.05)
        words = ""
        with contextlib.suppress(OSError):
            words = (self.folder / "server.err").read_text(errors="replace").strip()[-500:]
        raise Refused("demo_failed", f"The server in {self.folder} did not start. {words}")

    async def get(self, path: str) -> Any:
        answer = await self.client.get(
            self.endpoint["api"] + path, headers={"Authorization": f"Bearer {self.endpoint['token']}"}
        )
        answer.raise_for_status()
        return answer.json()

    async def command(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = await self.client.post(
            f"{self.endpoint['api']}/v1/commands/{name}",
            json=body,
            headers={"Authorization": f"Bearer {self.endpoint['token']}"},
        )
        facts: dict[str, Any] = answer.json()
        if answer.status_code != 200:
            raise Refused(facts.get("code", "refused"), facts.get("text", "refused"))
        return facts


def store_of(folder: Path) -> str:
    """A store of its own for each data folder: two demos on one network must not become one shop."""
    return f"demo-{zlib.crc32(str(folder).encode()):08x}"


class Shop:
    """Starts and stops the processes. `screens` maps a role to the extra arguments of its screen."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        # Six servers on one disk, that are gone in an hour: they keep none of it for themselves.
        self.environment = {"PILOTLIGHT_RESERVE_MB": "0", **os.environ, **environment}
        self.client = httpx.AsyncClient(timeout=30)
        self.office = Api(folder / "office", self.client)
        self.terminals: dict[str, Api] = {}
        self.relay: Relay | None = None
        self.processes: dict[str, asyncio.subprocess.Process] = {}
        self._ports = {role: free_port() for role in LABELS}

    def trace_file(self, role: str) -> Path:
        return self.folder / f"{role}.trace.jsonl"

    async def spawn(self, name: str, arguments: list[str], environment: dict[str, str] | None = None) -> None:
        log = (self.folder / f"{name}.log").open("ab")
        try:
            self.processes[name] = await asyncio.create_subprocess_exec(
                *command(*arguments),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment or self.environment,
            )
        finally:
            log.close()

    async def start_office(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        await self.spawn("office", ["office", "--data", str(self.office.folder), "--port", "0", "--api-port", "0"])
        await self.office.wait_ready()
        self.relay = Relay("127.0.0.1", int(self.office.endpoint["sync_port"]))
        await self.relay.start()

    async def start_terminal(self, role: str, extra: list[str], environment: dict[str, str] | None = None) -> None:
        """One terminal: `pilotlight kiosk` (and so on), which starts its own server."""
        assert self.relay is not None
        folder = self.folder / role
        api = self.terminals[role] = Api(folder, self.client)
        arguments = [role, "--data", str(folder), "--store", store_of(self.folder), "--label", LABELS[role]]
        arguments += ["--sync-port", str(self._ports[role]), "--office", f"ws://127.0.0.1:{self.relay.port}"]
        for other, port in self._ports.items():  # besides mDNS, for machines whose network blocks multicast
            if other != role:
                arguments += ["--peer", f"127.0.0.1:{port}"]
        arguments += ["--windowed", "--trace", str(self.trace_file(role)), *extra]
        await self.spawn(role, arguments, environment)
        await api.wait_ready()

    def trace(self, role: str) -> list[dict[str, Any]]:
        """What the screen has written so far; a last half-written line is left for the next call."""
        rows = []
        with contextlib.suppress(OSError):
            for line in self.trace_file(role).read_bytes().split(b"\n")[:-1]:
                with contextlib.suppress(ValueError):
                    rows.append(json.loads(line))
        return rows

    def closed(self) -> list[str]:
        """Screens whose process has ended."""
        return [name for name, p in self.processes.items() if name != "office" and p.returncode is not None]

    async def stop(self) -> None:
        for process in self.processes.values():
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.send_signal(signal.SIGTERM)
        for process in self.processes.values():
            try:
                await asyncio.wait_for(process.wait(), STOP_TIMEOUT_S)
            except TimeoutError:
                process.kill()
                await process.wait()
        for api in self.terminals.values():  # a screen that was killed could not stop its server
            endpoint = read_endpoint(api.folder)
            if endpoint is not None and alive(int(endpoint["pid"])):
                os.kill(int(endpoint["pid"]), signal.SIGTERM)
        if self.relay is not None:
            await self.relay.close()
        await self.client.aclose()
