"""`pilotlight simulate card-terminal` and `printer`: a device that is not at hand, played by a process of its own."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import signal
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from app.serve import bind
from app.settings import default_data_folder
from server.cards.book import Book
from server.cards.service import make, serve
from server.cards.simulator import Behaviour, CardTerminalSimulator
from server.event import Refused
from server.printing.simulator import PrinterSimulator, control_of

BOOK_FILE = "card-terminal.db"


def rfc3339() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def run_card_terminal(arguments: argparse.Namespace) -> int:
    folder: Path = arguments.data or default_data_folder().with_name("pilotlight-card-terminal")
    if arguments.delay_ms < 0:
        raise Refused("bad_settings", "--delay-ms must be 0 or more.")
    if not 0 <= arguments.port <= 65535:
        raise Refused("bad_settings", "--port must be between 0 (any free port) and 65535.")
    try:
        book = Book(folder / BOOK_FILE)
    except (OSError, sqlite3.Error) as e:
        raise Refused("data_folder", f"{folder} can't be used ({e}). Choose another folder with --data.") from None
    simulator = CardTerminalSimulator(book, Behaviour(arguments.mode, arguments.delay_ms), rfc3339)
    listener = bind("0.0.0.0" if arguments.insecure_lan else "127.0.0.1", arguments.port)
    port = listener.getsockname()[1]
    facts = {"url": f"nexo://127.0.0.1:{port}", "control": f"http://127.0.0.1:{port}/control", "pid": os.getpid()}

    async def run() -> None:
        stop = asyncio.Event()
        for name in ("SIGTERM", "SIGINT"):
            with contextlib.suppress(NotImplementedError, AttributeError):
                asyncio.get_running_loop().add_signal_handler(getattr(signal, name), stop.set)
        if arguments.json:
            print(json.dumps(facts), flush=True)
        else:
            print(f"The simulated card terminal is at {facts['url']} ({simulator.behaviour.mode}).", flush=True)
            print(f'Change it while it runs: PUT {facts["control"]} {{"mode": "decline"}}', flush=True)
        await serve(make(simulator), listener, stop)

    asyncio.run(run())
    book.close()
    return 0


def run_printer(arguments: argparse.Namespace) -> int:
    for port in (arguments.port, arguments.control_port):
        if not 0 <= port <= 65535:
            raise Refused("bad_settings", "A port must be between 0 (any free port) and 65535.")
    simulator = PrinterSimulator(arguments.mode, arguments.out)
    try:
        if arguments.out is not None:
            arguments.out.mkdir(parents=True, exist_ok=True)
    except OSError as e:
        raise Refused("data_folder", f"{arguments.out} can't be used ({e.strerror}). Choose another folder.") from None
    raw, control = bind("127.0.0.1", arguments.port), bind("127.0.0.1", arguments.control_port)
    facts = {
        "printer": f"tcp://127.0.0.1:{raw.getsockname()[1]}",
        "control": f"http://127.0.0.1:{control.getsockname()[1]}/control",
        "pid": os.getpid(),
    }

    async def run() -> None:
        stop = asyncio.Event()
        for name in ("SIGTERM", "SIGINT"):
            with contextlib.suppress(NotImplementedError, AttributeError):
                asyncio.get_running_loop().add_signal_handler(getattr(signal, name), stop.set)
        server = await asyncio.start_server(simulator.serve, sock=raw)
        if arguments.json:
            print(json.dumps(facts), flush=True)
        else:
            print(f"The simulated receipt printer is at {facts['printer']} ({simulator.mode}).", flush=True)
            print(f'Change it while it runs: PUT {facts["control"]} {{"mode": "out_of_paper"}}', flush=True)
        await serve(control_of(simulator), control, stop)
        server.close()

    asyncio.run(run())
    return 0
