"""Starts a server with the demo menu and a few orders, shows each screen at its sizes, and takes its pictures.

python -m tests.shots            # all
python -m tests.shots kiosk      # one screen
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.process.shop import Server, eventually
from tests.shots.scene import fill

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "out" / "shots"
VIEWS = {
    "kiosk": ("1080x1920", "1920x1080"),
    "pos": ("1280x800",),
    "kitchen": ("1920x1080", "1080x1920"),
    "board": ("1920x1080",),
}
SHOT_TIMEOUT_S = 180


def main(wanted: list[str]) -> int:
    OUT.mkdir(parents=True, exist_ok=True)
    failed = []
    with tempfile.TemporaryDirectory() as folder:
        office = Server(Path(folder) / "office", "--port", "0", "--api-port", "0", command="office").start()
        address = f"ws://127.0.0.1:{office.endpoint['sync_port']}"
        terminal = (
            "--store",
            "riverside",
            "--label",
            "Counter",
            "--office",
            address,
            "--no-mdns",
            "--card-delay-ms",
            "0",
        )
        server = Server(Path(folder) / "shop", *terminal).start()
        try:
            menu = json.loads((ROOT / "assets/menus/demo.json").read_text())
            menu["dayparts"] = []  # so that the pictures are the same at every hour
            for item in menu["items"]:
                item["daypart_ids"] = []
            office.command("menu.publish", menu=menu)
            eventually(lambda: server.get("/v1/menu"))
            fill(server)
            for role, sizes in VIEWS.items():
                for size in sizes if not wanted or role in wanted else ():
                    print(f"{role} {size} …", flush=True)
                    command = [sys.executable, "-m", "tests.shots.tour", role, size, str(server.folder), str(OUT)]
                    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "QT_QUICK_BACKEND": "software"}
                    if subprocess.run(command, env=environment, timeout=SHOT_TIMEOUT_S, check=False).returncode != 0:
                        failed.append(f"{role} {size}")
            if not wanted or "office" in wanted:
                print("office …", flush=True)
                from tests.shots.pages import shoot_office

                shoot_office(office.endpoint, OUT)
        finally:
            server.kill()
            office.kill()
    pictures = sorted(p.name for p in OUT.glob("*.png"))
    print(f"{len(pictures)} pictures in {OUT.relative_to(ROOT)}" + (f"; failed: {', '.join(failed)}" if failed else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
