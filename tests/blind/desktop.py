"""What a kiosk's session has: an X server, a session bus, and the accessibility bus with its registry (AT-SPI)."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from jeepney import DBusAddress, new_method_call
from jeepney.io.blocking import open_dbus_connection

LAUNCHERS = ("/usr/libexec/at-spi-bus-launcher", "/usr/lib/at-spi2-core/at-spi-bus-launcher")
START_S = 60.0
A11Y = DBusAddress("/org/a11y/bus", "org.a11y.Bus", "org.a11y.Bus")


def missing() -> list[str]:
    """Debian packages that are not on this machine."""
    wanted = [package for program, package in (("Xvfb", "xvfb"), ("dbus-daemon", "dbus")) if not shutil.which(program)]
    return wanted + ([] if any(Path(x).exists() for x in LAUNCHERS) else ["at-spi2-core"])


class Desktop:
    """Use it with `with`. `environment`: what a program on it gets; `bus`: the accessibility bus's address."""

    def __init__(self, folder: Path, size: tuple[int, int]) -> None:
        self.folder = folder
        self.size = size
        self.environment: dict[str, str] = {}
        self.bus = ""
        self._started: list[subprocess.Popen[str]] = []

    def __enter__(self) -> Desktop:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.environment = {
            **os.environ,
            "HOME": str(self.folder),
            "XDG_RUNTIME_DIR": str(self.folder),
            "GSETTINGS_BACKEND": "memory",
        }
        for name in ("AT_SPI_BUS_ADDRESS", "DBUS_SESSION_BUS_ADDRESS", "WAYLAND_DISPLAY", "NO_AT_BRIDGE"):
            self.environment.pop(name, None)
        try:
            self.environment["DISPLAY"] = f":{self._display()}"
            address = self._start(["dbus-daemon", "--session", "--nofork", "--print-address=1"])
            self.environment["DBUS_SESSION_BUS_ADDRESS"] = address
            with open_dbus_connection(bus=address) as session:
                self.bus = session.send_and_get_reply(new_method_call(A11Y, "GetAddress"), timeout=START_S).body[0]
        except BaseException:
            self.__exit__()
            raise
        return self

    def _display(self) -> str:
        width, height = self.size
        screen = f"{width}x{height}x24"
        return self._start(["Xvfb", "-displayfd", "1", "-screen", "0", screen, "-nolisten", "tcp", "-noreset"])

    def _start(self, command: list[str]) -> str:
        """Starts a daemon and returns the line that it prints when it is ready."""
        with (self.folder / f"{command[0]}.log").open("ab") as log:
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env=self.environment)
        self._started.append(process)
        assert process.stdout is not None
        line = process.stdout.readline().strip()
        assert line, f"{command[0]} did not start: {(self.folder / f'{command[0]}.log').read_text()[-1000:]}"
        return line

    def __exit__(self, *_: object) -> None:
        """The buses end with the daemon that started them, which ends first."""
        for process in reversed(self._started):
            process.terminate()
            process.wait(20)
            if process.stdout is not None:
                process.stdout.close()
