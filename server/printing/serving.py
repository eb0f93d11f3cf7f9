"""Puts the receipts' room into a server's API."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from litestar import Litestar

from server.api.port import NodePort
from server.phone.room import Phone
from server.printing.address import printer_address
from server.printing.calls import order_again, print_receipt, print_test
from server.printing.printer import printer_at
from server.printing.queue import Queue


def open_for_receipts(
    app: Litestar, node: NodePort, phone: Phone, printer: str, columns: int, draw: Sequence[str]
) -> None:
    """Before the application serves. `printer`: its address, `""` for none; `draw`: the command
    that draws lines of scripts that it has no letters for."""
    at = printer_address(printer) if printer else None
    queue = Queue(node, phone, partial(printer_at, at), columns, draw) if at is not None else None
    app.state.receipts = queue
    app.register(print_receipt)
    app.register(print_test)
    app.register(order_again)
    if queue is not None:
        app.on_startup.append(queue.start)
        app.on_shutdown.append(queue.stop)
