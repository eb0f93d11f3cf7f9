"""The receipt printer beside a till."""

from __future__ import annotations

import asyncio
from pathlib import Path

from app.checks.finding import Finding
from app.settings import Settings
from server.printing.address import PrinterAddress, printer_address
from server.printing.printer import Ready, printer_at


def check_printer(folder: Path, settings: Settings) -> list[Finding]:
    """Asks the printer for its paper; nothing comes out by that."""
    name = "printer"
    where = printer_address(settings.printer)
    if where is None:
        text = "No receipt printer is set: guests get their receipt as a code for the phone."
        do = 'Set printer = "tcp://HOST:9100" in settings.toml, or PILOTLIGHT_PRINTER, if there is one.'
        return [Finding(name, "ok", text, do)]
    ready = asyncio.run(_look(where))
    if ready == "away":
        do = "Check that it is on, its cable or network, and its address (or that this user may write to its file)."
        return [Finding(name, "bad", f"No receipt printer answers at {settings.printer}.", do)]
    if ready == "out_of_paper":
        return [Finding(name, "warn", f"The receipt printer at {settings.printer} has no paper.", "Put in a new roll.")]
    return [Finding(name, "ok", f"{settings.printer} is ready, {settings.printer_columns} characters in a line")]


async def _look(where: PrinterAddress) -> Ready:
    printer = printer_at(where)
    try:
        return await printer.look()
    finally:
        await printer.close()
