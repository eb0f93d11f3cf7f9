"""NATS beside us: `nats-server` with JetStream, as hub and as leaf node, started and stopped by the bench.

A NATS server acknowledges a message when it is in the system's cache, and syncs every two minutes; so there are two
ways to run it: as it comes, and `synced`, where an acknowledged message is on the disk, as with us. Servers from 2.10
on have `sync_interval: always` for that. Older ones get a folder whose files the system writes through (`chattr +S`).
"""

from __future__ import annotations

import contextlib
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from app.ports import free_port

START_S = 10.0
STOP_S = 10.0
HUB = "hub"


def version() -> str | None:
    """`2.9.10`, or None where it is not installed."""
    path = shutil.which("nats-server")
    if path is None:
        return None
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"\d+\.\d+\.\d+", said)
    return found[0] if found else None


def has_client() -> bool:
    try:
        import nats  # noqa: F401
    except ImportError:
        return False
    return True


def synced_by(folder: Path) -> str | None:
    """How a server here is made to write through: `always`, `chattr`, or None where there is no way."""
    folder.mkdir(parents=True, exist_ok=True)
    numbers = tuple(map(int, (version() or "0.0.0").split(".")))
    if numbers >= (2, 10):
        return "always"
    done = subprocess.run(["chattr", "+S", str(folder)], capture_output=True, check=False) if _has_chattr() else None
    return "chattr" if done is not None and done.returncode == 0 else None


def _has_chattr() -> bool:
    return shutil.which("chattr") is not None


class NatsServer:
    """Listens on `port` for clients; a hub also on `leaf_port` for leaf nodes."""

    def __init__(
        self, folder: Path, name: str, *, synced: bool, hub_at: int | None = None, relay_at: int | None = None
    ) -> None:
        """`hub_at`: the port (of a hub or of a relay before it) that a leaf node calls; None makes it a hub.
        `relay_at`: the port of the relay before this hub."""
        self.folder, self.name = folder, name
        self.port, self.leaf_port = free_port(), free_port()
        store = folder / name
        store.mkdir(parents=True)
        sync = ""
        if synced:
            how = synced_by(store)
            if how is None:
                raise RuntimeError("this system has no way to make this nats-server write through")
            sync = ", sync_interval: always" if how == "always" else ""
        # Without an address to tell, a leaf node learns the hub's own and calls it when the relay between is cut.
        relay = f', advertise: "127.0.0.1:{relay_at}"' if relay_at is not None else ""
        hub = f'remotes: [{{url: "nats-leaf://127.0.0.1:{hub_at}"}}]'
        leaf = f'listen: "127.0.0.1:{self.leaf_port}"{relay}' if hub_at is None else hub
        self._config = folder / f"{name}.conf"
        self._config.write_text(
            f"listen: 127.0.0.1:{self.port}\nserver_name: {name}\n"
            f'jetstream {{ store_dir: "{store}", domain: {name}, max_file_store: 4GB{sync} }}\n'
            f"leafnodes {{ {leaf} }}\n"
        )
        self._log = (folder / f"{name}.log").open("wb")
        self.process = subprocess.Popen(["nats-server", "-c", str(self._config)], stdout=self._log, stderr=self._log)
        self._wait()

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    def _wait(self) -> None:
        until = time.monotonic() + START_S
        while time.monotonic() < until and self.process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            time.sleep(0.01)
        raise RuntimeError(f"nats-server did not start: {(self.folder / f'{self.name}.log').read_text()[-500:]}")

    def close(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._log.close()


@contextlib.contextmanager
def server(
    folder: Path, name: str = HUB, *, synced: bool, hub_at: int | None = None, relay_at: int | None = None
) -> Iterator[NatsServer]:
    one = NatsServer(folder, name, synced=synced, hub_at=hub_at, relay_at=relay_at)
    try:
        yield one
    finally:
        one.close()
