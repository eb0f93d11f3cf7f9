"""The card terminal beside a till."""

from __future__ import annotations

import asyncio
from pathlib import Path

from app.checks.finding import Finding
from app.settings import Settings
from server.cards.address import address
from server.cards.client import NexoTerminal


def check_card_terminal(folder: Path, settings: Settings) -> list[Finding]:
    name = "card"
    where = address(settings.card_terminal)
    if where is None:
        text = f"A simulated card terminal ({settings.card_terminal}): no money is taken."
        do = 'Set card_terminal = "nexo://HOST:PORT" in settings.toml, or start with --card-terminal.'
        return [Finding(name, "warn", text, do)]
    certificate = Path(settings.card_terminal_certificate) if settings.card_terminal_certificate else None
    try:
        terminal = NexoTerminal(where, "doctor", lambda: "", certificate)
        found = asyncio.run(terminal.condition())
    except OSError as e:  # a certificate that is none
        return [Finding(name, "bad", f"{certificate} can't be used ({e}).", "Correct card_terminal_certificate.")]
    if found is None:
        return [
            Finding(
                name,
                "bad",
                f"Nothing at {settings.card_terminal} answers as a card terminal.",
                "Check that it is on and in this network, that it is set up to be driven by a till (nexo, JSON), and "
                "its address.",
            )
        ]
    if not found.works:
        return [
            Finding(name, "bad", f"The card terminal says it is not ready ({found.status}).", "Look at its screen.")
        ]
    if found.has_line is False:
        text = "The card terminal works, but has no line to the bank: it takes cards within the shop's offline limits."
        return [Finding(name, "warn", text, "Check the internet line, and the terminal's own network settings.")]
    text = f"{settings.card_terminal} works" + (" and reaches the bank" if found.has_line else "")
    if found.printer in ("NoPaper", "PaperJam", "OutOfOrder"):
        return [Finding(name, "warn", f"{text}; its printer: {found.printer}.", "Look at its paper.")]
    return [Finding(name, "ok", text)]
