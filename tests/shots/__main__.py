"""Starts a server with the demo menu and a few orders, shows each screen at its sizes, and takes its pictures.

python -m tests.shots            # all
python -m tests.shots kiosk      # one screen

The kiosk's and the phone's are compared with the accepted ones; `ACCEPT=1` accepts what differs.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from tests.process.shop import Server, eventually
from tests.shots.accepted import accept, changes
from tests.shots.scene import fill
from tests.ui.large import ENDLESS, large_menu

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "out" / "shots"
VIEWS = {
    "pos": ("1280x800",),
    "kitchen": ("1920x1080", "1080x1920"),
    "board": ("1920x1080",),
    "staff": ("1080x1920", "1920x1080"),
    "kiosk": ("1080x1920", "1920x1080"),  # the last: its visits leave orders on all other screens
}
SHOT_TIMEOUT_S = 600  # a kiosk goes through ten whole visits
CARD_MS = "900"
"""The simulated card terminal takes so long that its page has come when its picture is taken."""


@contextmanager
def shop(folder: Path) -> Iterator[tuple[Server, Server]]:
    """A shop in the middle of its day, and its head office."""
    office = Server(folder / "office", "--port", "0", "--api-port", "0", command="office").start()
    address = f"ws://127.0.0.1:{office.endpoint['sync_port']}"
    terminal = ("--store", "riverside", "--label", "Counter", "--no-mdns", "--card-delay-ms", CARD_MS)
    with patch.dict(os.environ, {"PILOTLIGHT_PHONE_ADDRESS": "127.0.0.1"}):
        server = Server(folder / "shop", *terminal, "--office", address).start()
        try:
            menu = json.loads((ROOT / "assets/menus/demo.json").read_text())
            menu["dayparts"] = []  # so that the pictures are the same at every hour
            for item in menu["items"]:
                item["daypart_ids"] = []
            office.command("menu.publish", menu=menu)
            eventually(lambda: server.get("/v1/menu"))
            fill(server)
            yield server, office
        finally:
            server.kill()
            office.kill()


def main(wanted: list[str]) -> int:
    OUT.mkdir(parents=True, exist_ok=True)
    for old in (*OUT.glob("small/*.webp"), *OUT.glob("different/*.png")):
        old.unlink()
    failed = []
    with tempfile.TemporaryDirectory() as folder, shop(Path(folder)) as (server, office):
        for role, sizes in VIEWS.items():
            for size in sizes if not wanted or role in wanted else ():
                failed += shoot(role, size, server)
        if not wanted or "large" in wanted:
            failed += shoot_large(Path(folder) / "large")
        if not wanted or "office" in wanted:
            print("office …", flush=True)
            from tests.shots.pages import shoot_office

            shoot_office(office.endpoint, OUT)
        if not wanted or "phone" in wanted:
            print("phone …", flush=True)
            from tests.shots.phone import shoot_phone

            shoot_phone(server, OUT)
    pictures = sorted(p.name for p in OUT.glob("*.png"))
    print(f"{len(pictures)} pictures in {OUT.relative_to(ROOT)}" + (f"; failed: {', '.join(failed)}" if failed else ""))
    return 1 if judge(whole=not wanted) or failed else 0


def judge(whole: bool) -> bool:
    """Compares with what was accepted, or accepts it (`ACCEPT=1`); says what differs. `whole`: all were taken."""
    taken = [path.stem for path in (OUT / "small").glob("*.webp")]
    found = changes(OUT / "small", OUT / "different", None if whole else taken)
    accepts = os.environ.get("ACCEPT") == "1"
    for name, words in found.items():
        print(f"  {name} {words}")
    if accepts:
        accept(OUT / "small", found)
        print(f"{len(found)} of {len(taken)} pictures are accepted anew; look at them before they are kept")
    elif found:
        print(f"{len(found)} of {len(taken)} differ: {(OUT / 'different').relative_to(ROOT)}; ACCEPT=1 accepts them")
    else:
        print(f"{len(taken)} look as they were accepted")
    return bool(found) and not accepts


def shoot(role: str, size: str, server: Server, out: Path = OUT, looks: Sequence[str] = ()) -> list[str]:
    """One screen at one size, in a process of its own; returns what failed. `looks`: of `tour.LOOKS`."""
    print(f"{role} {size} …", flush=True)
    command = [sys.executable, "-m", "tests.shots.tour", role, size, str(server.folder), str(out), *looks]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "QT_QUICK_BACKEND": "software"}
    done = subprocess.run(command, env=environment, timeout=SHOT_TIMEOUT_S, check=False)
    return [] if done.returncode == 0 else [f"{role} {size}"]


def shoot_large(folder: Path) -> list[str]:
    """The kiosk with five hundred dishes and names as long as they come."""
    menu = large_menu()
    menu["items"][0]["name"] = ENDLESS
    server = Server(folder, "--store", "riverside", "--no-mdns", "--card-delay-ms", CARD_MS).start()
    try:
        server.command("menu.publish", menu=menu)
        return [one for size in VIEWS["kiosk"] for one in shoot("large", size, server)]
    finally:
        server.kill()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
