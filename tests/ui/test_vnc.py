"""The VNC server of a screen without a display answers on loopback and nowhere else."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

SCREEN = """
import sys
from PySide6.QtGui import QGuiApplication, QRasterWindow
app = QGuiApplication(sys.argv)
from ui.vnc import confine
window = QRasterWindow()
window.resize(320, 240)
window.show()
print(confine(int(sys.argv[1]), 0, app.processEvents), flush=True)
app.exec()
"""


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def listening(pid: int) -> set[tuple[str, int]]:
    """(address, port) of what the machine listens on, as the kernel tells it to this process."""
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            _, local, _, state, *_ = line.split()
            if state == "0A":
                address, port = local.split(":")
                found.add((address, int(port, 16)))
    return found


def test_the_screen_is_served_on_loopback_only() -> None:
    plugin_port = free_port()
    environment = {**os.environ, "QT_QPA_PLATFORM": f"vnc:size=320x240:port={plugin_port}"}
    with subprocess.Popen(
        [sys.executable, "-c", SCREEN, str(plugin_port)], stdout=subprocess.PIPE, text=True, env=environment
    ) as screen:
        try:
            assert screen.stdout is not None
            port = int(screen.stdout.readline())
            ours = {(a, p) for a, p in listening(screen.pid) if p in (port, plugin_port)}
            assert ours == {("0100007F", port)}
            with socket.create_connection(("127.0.0.1", port), 10) as viewer:
                viewer.settimeout(10)
                assert viewer.recv(12).startswith(b"RFB 003")
        finally:
            screen.kill()
