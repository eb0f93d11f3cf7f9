"""Sets up a working copy: system libraries, `.venv`, pinned packages, the `pilotlight` command.

Run by `make setup`, `make run` and `make test` with the system's Python; needs nothing but the standard library.
Every step is skipped when it was done before, so running it again costs a fraction of a second.

    python3 installer/set_up.py           # what is needed to run Pilotlight
    python3 installer/set_up.py --dev     # and what is needed to test it
"""

from __future__ import annotations

import argparse
import ctypes
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
WINDOWS = os.name == "nt"
VENV_PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")

# What Qt's window system plug-ins load on Linux, and the Debian package that carries it.
RUN_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
}
# What only the tests call: a screen without a screen, and a browser.
TEST_PROGRAMS = {"Xvfb": "xvfb", "chromium": "chromium"}
# What only the fault laboratory calls, to make disks, networks and clocks fail, and what a test calls that orders by a
# screen reader. Where one is missing, its tests are skipped and say so.
LAB_PROGRAMS = {
    "dbus-daemon": "dbus",
    "at-spi-bus-launcher": "at-spi2-core",
    "strace": "strace",
    "faketime": "faketime",
    "ip": "iproute2",
    "nft": "nftables",
    "mkfs.ext4": "e2fsprogs",
    "losetup": "mount",
    "prlimit": "util-linux",
}
STEPS = 4
APT_PATIENCE_S = 300.0  # a machine that was just started often updates itself, and has apt's locks meanwhile
APT_AGAIN_S = 2.0


def say(step: int, text: str) -> None:
    print(f"[{step}/{STEPS}] {text}", flush=True)


def missing_packages(dev: bool) -> list[str]:
    """Debian packages whose library or program is not on this machine."""
    if not sys.platform.startswith("linux"):
        return []
    wanted = []
    for library, package in RUN_LIBRARIES.items():
        try:
            ctypes.CDLL(library)
        except OSError:
            wanted.append(package)
    if dev:
        wanted += not_here(TEST_PROGRAMS)
    return wanted


def not_here(programs: dict[str, str]) -> list[str]:
    """The packages of those that are missing. Some lie where only an administrator's PATH leads."""
    path = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin:/usr/libexec"
    return [package for program, package in programs.items() if not shutil.which(program, path=path)]


def venv_works() -> bool:
    """Debian splits `ensurepip` off Python; without it `python3 -m venv` fails half-way."""
    return subprocess.run([sys.executable, "-c", "import ensurepip, venv"], capture_output=True).returncode == 0


def install_system_packages(packages: list[str]) -> None:
    """With apt when we may; otherwise says the one command to type and stops."""
    if not shutil.which("apt-get"):
        print(
            "      These libraries are missing: "
            + ", ".join(packages)
            + " (Debian's names).\n      Install your system's packages for them, then run this again.",
            file=sys.stderr,
        )
        raise SystemExit(1)
    if not may_install():
        print(
            "      A few system libraries are missing, and only an administrator can install them. Type:\n\n"
            f"        sudo apt-get install -y {' '.join(packages)}\n\n      and then run this again.",
            file=sys.stderr,
        )
        raise SystemExit(1)
    trouble = apt_install(packages)
    if trouble:
        print(f"      {trouble}", file=sys.stderr)
        raise SystemExit(1)


def is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def may_install() -> bool:
    if is_root():
        return True
    return bool(shutil.which("sudo")) and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0


def apt_install(packages: list[str]) -> str:
    """What went wrong, `""` when they are installed."""
    until = time.monotonic() + APT_PATIENCE_S
    for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *packages]):
        done = apt_get(command)
        if is_locked(done):
            print("      Another program is installing packages; waiting for it, five minutes at most.", flush=True)
        while is_locked(done) and time.monotonic() < until:
            time.sleep(APT_AGAIN_S)
            done = apt_get(command)
        if done.returncode != 0:
            return f"apt-get {command[0]} failed:\n{done.stderr.strip()[-1500:]}"
    return ""


def apt_get(command: list[str]) -> subprocess.CompletedProcess[str]:
    sudo = [] if is_root() else ["sudo", "-n"]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}  # `is_locked` reads its words
    return subprocess.run([*sudo, "apt-get", *command], env=environment, capture_output=True, text=True)


def is_locked(done: subprocess.CompletedProcess[str]) -> bool:
    """Whether apt gave up because another program holds a lock. Its own `DPkg::Lock::Timeout` waits for dpkg's lock
    alone, not for those of its lists and archives."""
    return done.returncode != 0 and "Could not get lock" in done.stderr


def install_for_the_laboratory() -> None:
    """What is missing, where we may install it; otherwise those tests are skipped, and everything else goes on."""
    packages = not_here(LAB_PROGRAMS) if sys.platform.startswith("linux") else []
    if packages and shutil.which("apt-get") and may_install() and not apt_install(packages):
        packages = []
    if packages:
        names = " ".join(packages)
        print(
            f"      Not installed, so tests of broken disks, networks, clocks or spoken output are skipped: {names}\n"
            f"      To run them, too: sudo apt-get install -y {names}"
        )


def make_venv() -> None:
    if VENV_PYTHON.exists():
        return
    subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)


def fingerprint(lock: Path) -> str:
    """Changes whenever the pinned packages, the package's own metadata or the interpreter do."""
    text = lock.read_bytes() + (ROOT / "pyproject.toml").read_bytes() + sys.version.encode() + str(ROOT).encode()
    return hashlib.sha256(text).hexdigest()


def install_packages(lock: Path) -> None:
    """Installs the lock file, every archive checked against its hash, naming each package as it comes."""
    total = sum(1 for line in lock.read_text().splitlines() if "==" in line and not line.startswith(" "))
    command = [str(VENV_PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--require-hashes"]
    with subprocess.Popen(
        [*command, "--no-deps", "-r", str(lock)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as pip:
        assert pip.stdout is not None
        seen = 0
        tail: list[str] = []
        for line in pip.stdout:
            tail = [*tail[-30:], line.rstrip()]
            if line.startswith(("Collecting ", "Requirement already satisfied: ")):
                seen += 1
                name = line.removeprefix("Requirement already satisfied: ").removeprefix("Collecting ").split("==")[0]
                print(f"\r      {seen} of about {total}: {name.split(' ')[0]:<28}", end="", flush=True)
            elif line.startswith("Installing collected packages"):
                print("\r      unpacking …" + " " * 40, end="", flush=True)
        print("\r" + " " * 70 + "\r", end="")
    if pip.returncode != 0:
        print("      pip could not install the packages:\n" + "\n".join(tail), file=sys.stderr)
        raise SystemExit(1)


def install_pilotlight() -> None:
    """The `pilotlight` command, in place: a path file and a launcher, so that no build back end is fetched."""
    purelib = subprocess.run(
        [str(VENV_PYTHON), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    Path(purelib, "pilotlight.pth").write_text(str(ROOT) + "\n")
    if WINDOWS:
        (VENV / "Scripts" / "pilotlight.cmd").write_text('@"%~dp0python.exe" -m app.cli %*\r\n')
        return
    launcher = VENV / "bin" / "pilotlight"
    launcher.write_text(f"#!{VENV_PYTHON}\nimport sys\n\nfrom app.cli import main\n\nsys.exit(main())\n")
    launcher.chmod(0o755)


def compile_modules() -> None:
    """Our own modules as Python reads them: else each start compiles them anew for a user who may not write here, or
    where bytecode is not kept (PYTHONDONTWRITEBYTECODE)."""
    rooms = [str(ROOT / room) for room in ("app", "server", "ui", "assets")]
    subprocess.run([str(VENV_PYTHON), "-m", "compileall", "-q", *rooms], stdout=subprocess.DEVNULL)


def main() -> None:
    parser = argparse.ArgumentParser(description="Sets up this working copy of Pilotlight.")
    parser.add_argument("--dev", action="store_true", help="also what the tests need")
    dev = parser.parse_args().dev
    if sys.version_info < (3, 11):  # noqa: UP036  an older one may well run this file
        print(f"Pilotlight needs Python 3.11 or newer; this is {sys.version.split()[0]}.", file=sys.stderr)
        raise SystemExit(1)

    packages = missing_packages(dev)
    if sys.platform.startswith("linux") and not VENV_PYTHON.exists() and not venv_works():
        packages.append(f"python3.{sys.version_info.minor}-venv")
    if packages:
        say(1, f"System libraries: installing {', '.join(packages)}")
        install_system_packages(packages)

    lock = ROOT / ("requirements-dev.lock" if dev else "requirements.lock")
    stamp = VENV / ("set-up-dev" if dev else "set-up")
    if stamp.exists() and stamp.read_text() == fingerprint(lock):
        compile_modules()
        return
    if dev:
        install_for_the_laboratory()
    if not packages:
        say(1, "System libraries: all here")
    say(2, f"Python environment: {VENV.relative_to(ROOT)}")
    make_venv()
    say(3, "Packages: downloading and checking (a minute or two the first time)")
    install_packages(lock)
    say(4, "The pilotlight command")
    install_pilotlight()
    compile_modules()
    stamp.write_text(fingerprint(lock))
    if dev:  # the test set-up holds everything the other one does
        (VENV / "set-up").write_text(fingerprint(ROOT / "requirements.lock"))


if __name__ == "__main__":
    main()
