"""`pilotlight log ls · tail · verify`: look into a data folder's streams, whether its server runs or not."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.settings import default_data_folder
from server.event import Refused


def run_log(arguments: argparse.Namespace) -> int:
    folder: Path = arguments.data or default_data_folder()
    if not (folder / "log.db").exists():
        raise Refused("no_log", f"There is no log in {folder}. Name the data folder with --data.")
    return {"ls": run_ls, "tail": run_tail, "verify": run_verify}[arguments.action](folder, arguments)
