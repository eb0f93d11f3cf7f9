"""`pilotlight vouchers issue`, `show` and `cancel`: money that is paid before, at a server that runs."""

from __future__ import annotations

import argparse
import json
import secrets
import uuid
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import httpx

from app.settings import default_data_folder
from app.supervisor import read_endpoint
from server.cards.amounts import to_decimal, to_minor
from server.event import Refused
from server.services.vouchers.events import CODE_DIGITS, check_digit, normal

TIMEOUT_S = 30.0
MAX_VOUCHERS = 500
"""In one go: a page of them to print."""


def run_vouchers(arguments: argparse.Namespace) -> int:
    folder: Path = arguments.data or default_data_folder()
    endpoint = read_endpoint(folder)
    if endpoint is None:
        raise Refused("no_server", f"No server runs on {folder}. Start it, or name the data folder with --data.")
    return {"issue": issue, "show": show, "cancel": cancel}[arguments.action](endpoint, arguments)


def ask(endpoint: dict[str, Any], method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """Raises `Refused` with the server's own words."""
    headers = {"Authorization": f"Bearer {endpoint['token']}"}
    try:
        answer = httpx.request(
            method, f"{endpoint['api']}{path}", json=body, headers=headers, timeout=TIMEOUT_S, trust_env=False
        )
        told = answer.json()
    except (httpx.HTTPError, ValueError) as e:
        raise Refused("no_server", f"The server at {endpoint['api']} does not answer ({type(e).__name__}).") from None
    if answer.status_code != 200:
        raise Refused(str(told.get("code")), str(told.get("text")))
    return told


def new_code() -> str:
    digits = "".join(secrets.choice("0123456789") for _ in range(CODE_DIGITS - 1))
    return digits + check_digit(digits)


def spaced(code: str) -> str:
    return " ".join(code[i : i + 4] for i in range(0, len(code), 4))


def issue(endpoint: dict[str, Any], arguments: argparse.Namespace) -> int:
    currency = str(ask(endpoint, "GET", "/v1/menu")["currency"])
    try:
        amount = to_minor(Decimal(arguments.amount), currency)
    except (InvalidOperation, ValueError):
        raise Refused("bad_amount", f"--amount is money like 20 or 20.00, not {arguments.amount[:40]!r}.") from None
    made = []
    for _ in range(arguments.count):
        body = {"command_id": str(uuid.uuid4()), "code": new_code(), "amount_minor": amount, "single": arguments.single}
        body |= {name: getattr(arguments, name) for name in ("until", "note") if getattr(arguments, name)}
        ask(endpoint, "POST", "/v1/commands/vouchers.issue", body)
        made.append(body["code"])
        if not arguments.json:
            print(f"{spaced(body['code'])}   {to_decimal(amount, currency)} {currency}", flush=True)
    if arguments.json:
        print(json.dumps({"codes": made, "amount_minor": amount, "currency": currency}))
    return 0


def show(endpoint: dict[str, Any], arguments: argparse.Namespace) -> int:
    found = ask(endpoint, "GET", f"/v1/vouchers/{normal(arguments.code) or 'none'}")
    if arguments.json:
        print(json.dumps(found))
        return 0
    left, of = (to_decimal(found[name], found["currency"]) for name in ("balance_minor", "amount_minor"))
    print(f"{left} of {of} {found['currency']} is left.")
    again = to_decimal(found["again_minor"], found["currency"])
    for true, text in (
        (
            found["again_minor"],
            f"ISSUED TWICE: another terminal issued {again} under this code at the same time. That is not on it: who "
            "paid for it needs a new one.",
        ),
        (found["cancelled"], "It was cancelled."),
        (found["single"], "It is for one order only."),
        (found["until"], f"It is good until {found['until']}."),
    ):
        if true:
            print(text)
    for use in found["uses"]:
        double = " (DOUBLE: it was used up at another terminal)" if use["double"] else ""
        print(f"  {to_decimal(use['amount_minor'], found['currency'])} for order {use['order_id']}{double}")
    return 0


def cancel(endpoint: dict[str, Any], arguments: argparse.Namespace) -> int:
    body = {"command_id": str(uuid.uuid4()), "code": arguments.code, "reason": arguments.reason}
    told = ask(endpoint, "POST", "/v1/commands/vouchers.cancel", body)["result"]
    print(json.dumps(told) if arguments.json else "It is cancelled; nothing more is taken of it.")
    return 0
