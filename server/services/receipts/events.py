"""A receipt on paper, from "please" to the cutter. The aggregate is the order."""

from __future__ import annotations

from typing import Literal

from server.services.asked import FromCommand

TOPIC = "receipts"
ASKED = "receipts.asked/1"
BEGUN = "receipts.begun/1"
PRINTED = "receipts.printed/1"
FAILED = "receipts.failed/1"

Why = Literal["out_of_paper", "away", "not_known", "given_up"]
"""Why there is no receipt: no paper; the printer can't be reached; it was cut off while it printed, so that there may
be one; nobody wants it any more."""


class Asked(FromCommand, frozen=True):
    """For the printer of the terminal that wrote this."""

    print_id: str
    language: str = ""
    by: str = ""


class Begun(FromCommand, frozen=True):
    """Written before the first byte goes to the printer. `copy`: paper of this order may be there already, so this one
    says that it is a copy."""

    print_id: str
    copy: bool = False


class Printed(FromCommand, frozen=True):
    print_id: str


class Failed(FromCommand, frozen=True):
    print_id: str
    why: Why
