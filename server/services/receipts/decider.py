"""Receipts: `decide` for each command, pure. Paper never comes twice without saying so: what may have been printed
already, here or at another terminal, is begun as a copy."""

from __future__ import annotations

from typing import Any

from server.event import Draft, Refused
from server.services.command import check_text
from server.services.orders.state import OrderState, Print
from server.services.receipts import events
from server.services.receipts.commands import Begin, End
from server.services.receipts.commands import Print as PrintCommand
from server.services.receipts.events import Asked, Begun, Failed, Printed

MAX_LANGUAGE_CHARS = 20
MAX_PRINTS = 50
"""Of one order: more is a finger that does not let go."""

Decided = tuple[list[Draft], dict[str, Any]]

NO_PRINTER = ("no_printer", "This terminal has no receipt printer. Set “printer” in its settings, or show the QR code.")


def ask(state: OrderState, command: PrintCommand, command_id: str, label: str, has_printer: bool) -> Decided:
    """The print's id is the command's. Raises `Refused`: `no_printer`, `too_many_receipts`."""
    result = {"order_id": command.order_id, "print_id": command_id}
    if command_id in state.prints:
        return [], result
    if not has_printer:
        raise Refused(*NO_PRINTER)
    if len(state.prints) >= MAX_PRINTS:
        raise Refused("too_many_receipts", f"{MAX_PRINTS} receipts were asked for already. Show the QR code instead.")
    language = check_text(command.language, "language", "The language", MAX_LANGUAGE_CHARS)
    return [Draft(events.ASKED, command.order_id, Asked(command_id, language, label))], result


def begin(state: OrderState, command: Begin) -> Decided:
    """Raises `Refused`: `unknown_print`, `print_ended`."""
    _open(state, command.print_id)
    copy = any(p.begun for p in state.prints.values())
    result = {"order_id": command.order_id, "print_id": command.print_id, "copy": copy}
    return [Draft(events.BEGUN, command.order_id, Begun(command.print_id, copy))], result


def end(state: OrderState, command: End) -> Decided:
    _open(state, command.print_id)
    if command.how == "printed":
        draft = Draft(events.PRINTED, command.order_id, Printed(command.print_id))
    else:
        draft = Draft(events.FAILED, command.order_id, Failed(command.print_id, command.why))
    return [draft], {"order_id": command.order_id, "print_id": command.print_id}


def _open(state: OrderState, print_id: str) -> Print:
    found = state.prints.get(print_id)
    if found is None:
        raise Refused("unknown_print", "Nobody asked for this receipt. Ask with receipts.print first.")
    if found.ended:
        raise Refused("print_ended", "This receipt was dealt with already. Ask for another one.")
    return found
