"""`pilotlight phones cards` and `renew`: table cards to print, and an end to all links that were ever given out."""

from __future__ import annotations

import argparse
import base64
import html
import json
import re
import secrets
import uuid
from pathlib import Path
from typing import Any

import httpx

from app.settings import default_data_folder
from app.supervisor import read_endpoint
from server.event import Refused

TIMEOUT_S = 30.0
MAX_CARDS = 500
RANGE = re.compile(r"(\d{1,4})-(\d{1,4})")

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Table cards</title><style>
@page {{ size: A4; margin: 10mm }}
body {{ margin: 0; font-family: system-ui, sans-serif; text-align: center; color: #000; background: #fff }}
main {{ display: grid; grid-template-columns: 1fr 1fr; gap: 0 }}
article {{ border: 1px dashed #bbb; padding: 12mm 8mm; break-inside: avoid }}
h1 {{ font-size: 22pt; margin: 0 0 2mm }} p {{ font-size: 12pt; margin: 2mm 0 0 }} svg {{ width: 55mm; height: 55mm }}
</style><main>{cards}</main></html>
"""
CARD = "<article><h1>{table}</h1>{svg}<p><b>{title}</b></p><p>{text}</p></article>"


def run_phones(arguments: argparse.Namespace) -> int:
    folder: Path = arguments.data or default_data_folder()
    endpoint = read_endpoint(folder)
    if endpoint is None:
        raise Refused("no_server", f"No server runs on {folder}. Start it, or name the data folder with --data.")
    if arguments.action == "renew":
        return renew(endpoint, arguments.json)
    return cards(endpoint, arguments)


def ask(endpoint: dict[str, Any], path: str, body: dict[str, Any]) -> dict[str, Any]:
    """Raises `Refused` with the server's own words."""
    headers = {"Authorization": f"Bearer {endpoint['token']}"}
    try:
        answer = httpx.post(f"{endpoint['api']}{path}", json=body, headers=headers, timeout=TIMEOUT_S, trust_env=False)
        told: dict[str, Any] = answer.json()
    except (httpx.HTTPError, ValueError):
        raise Refused("no_server", "The server does not answer. Try again in a moment.") from None
    if not answer.is_success:
        raise Refused(str(told.get("code", "refused")), str(told.get("text", "The server refused it.")))
    return told


def tables_of(text: str, word: str) -> list[str]:
    """`1-3,Terrace` → Table 1, Table 2, Table 3, Terrace. Raises `Refused("bad_tables")`."""
    found: list[str] = []
    for part in (p.strip() for p in text.split(",")):
        numbers = RANGE.fullmatch(part)
        if numbers and int(numbers[1]) <= int(numbers[2]):
            found += [f"{word} {n}".strip() for n in range(int(numbers[1]), int(numbers[2]) + 1)]
        elif part.isdigit():
            found.append(f"{word} {part}".strip())
        elif part:
            found.append(part)
    found = list(dict.fromkeys(found))
    if not found or len(found) > MAX_CARDS:
        raise Refused("bad_tables", f"Name 1 to {MAX_CARDS} tables, such as --tables 1-12,Terrace.")
    return found


def cards(endpoint: dict[str, Any], arguments: argparse.Namespace) -> int:
    made = []
    for table in tables_of(arguments.tables, arguments.word):
        given = ask(endpoint, "/v1/phone/links", {"kind": "table", "table": table})
        made.append((table, given))
    ends = min(given["ends_at"] for _, given in made)[:10]
    text = html.escape(arguments.text)
    page = PAGE.format(
        cards="".join(
            CARD.format(table=html.escape(table), svg=given["svg"], title=html.escape(arguments.title), text=text)
            for table, given in made
        )
    )
    try:
        arguments.out.write_text(page, encoding="utf-8")
    except OSError as e:
        raise Refused("not_written", f"{arguments.out} can't be written: {e.strerror}.") from None
    said = f"{len(made)} cards are in {arguments.out}; open it in a browser and print it. They are good until {ends}."
    print(json.dumps({"cards": len(made), "ends": ends, "file": str(arguments.out)}) if arguments.json else said)
    return 0


def renew(endpoint: dict[str, Any], as_json: bool) -> int:
    secret = base64.urlsafe_b64encode(secrets.token_bytes(32)).rstrip(b"=").decode()
    body = {"command_id": str(uuid.uuid4()), "secret": secret, "replace": True}
    key_id = ask(endpoint, "/v1/commands/phone.key", body)["result"]["key_id"]
    said = "No link given out before works any more, at any terminal that has heard of it. Print the table cards anew."
    print(json.dumps({"key_id": key_id}) if as_json else said)
    return 0
