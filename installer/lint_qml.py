"""Runs Qt's qmllint over every QML file and fails on any warning. Used by `make lint`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Context properties are given by Python at run time (see ui/shell.py), so lint can't know `vm` and `shell`.
QUIET = ("unqualified", "missing-property")


def main() -> int:
    files = sorted(str(p) for p in (ROOT / "ui").rglob("*.qml"))
    if not files:
        print("no QML file found", file=sys.stderr)
        return 1
    tool = Path(sys.executable).parent / "pyside6-qmllint"
    command = [str(tool), "--json", "-", "-I", str(ROOT / "ui")]
    for category in QUIET:
        command += [f"--{category}", "disable"]
    done = subprocess.run([*command, *files], capture_output=True, text=True)
    try:
        report = json.loads(done.stdout)
    except ValueError:
        print(done.stdout + done.stderr, file=sys.stderr)
        return 1
    found = 0
    for file in report["files"]:
        for warning in file["warnings"]:
            if warning.get("type") not in ("warning", "critical"):
                continue
            found += 1
            place = f"{Path(file['filename']).relative_to(ROOT)}:{warning.get('line', 0)}"
            print(f"{place}: {warning['message']} [{warning.get('id', '')}]")
    print(f"qmllint: {len(files)} files, {found} warnings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
