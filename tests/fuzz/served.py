"""A real server in a process of its own, with a menu, that is watched while it is fuzzed."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
MENU = ROOT / "assets" / "menus" / "demo.json"
READY_WITHIN_S = 60.0


class Server:
    """`folder`: its data. `complaints()`: lines of its log that no caller may cause."""

    def __init__(self, folder: Path, process: subprocess.Popen[bytes]) -> None:
        self.folder = folder
        self.process = process
        self.endpoint: dict[str, Any] = json.loads((folder / "endpoint.json").read_text())
        self.host, port = self.endpoint["api"].removeprefix("http://").split(":")
        self.port = int(port)

    def call(self, path: str, body: Any = None) -> Any:
        data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self.endpoint['token']}"}
        request = urllib.request.Request(self.endpoint["api"] + path, data, headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())

    def publish(self, menu: Any) -> None:
        self.call("/v1/commands/menu.publish", {"command_id": str(uuid.uuid4()), "menu": menu})

    def memory_mb(self) -> float:
        """Resident now."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024
        return 0.0

    def complaints(self) -> list[str]:
        said = (self.folder / "stderr.txt").read_text(errors="replace").splitlines()
        logs = [path.read_text(errors="replace").splitlines() for path in self.folder.glob("logs/*.log")]
        return [line for lines in (said, *logs) for line in lines if "Traceback" in line or " ERROR " in line]


@contextlib.contextmanager
def server(folder: Path, *, store: str = "corner") -> Iterator[Server]:
    """Runs until the end of the `with`, unless it dies before."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "app.cli", "server", "--store", store, "--no-mdns"]
    with (folder / "stderr.txt").open("wb") as said:
        process = subprocess.Popen(
            [*command, "--data", str(folder), "--json"], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=said
        )
        try:
            end = time.monotonic() + READY_WITHIN_S
            while not (folder / "endpoint.json").exists():
                if process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError(f"the server did not start: {(folder / 'stderr.txt').read_text()[-500:]}")
                time.sleep(0.05)
            running = Server(folder, process)
            menu = running.call("/v1/menu/read", MENU.read_bytes())["menu"]
            running.publish(menu)
            yield running
        finally:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(20)
            process.kill()
