"""`pilotlight import FILE`: a menu into a shop's or head office's data folder, whether its server runs or not."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import uuid
from pathlib import Path
from typing import Any

import httpx
import msgspec

from app import pictures
from app.serve import node_settings
from app.settings import default_data_folder, load
from app.supervisor import read_endpoint, server_runs
from server.event import Refused
from server.log import own_store
from server.node import Node
from server.services.menu.events import Menu
from server.services.menu.import_report import Imported
from server.services.menu.menu_file import MAX_MENU_FILE_BYTES, read_menu_file

PUBLISH_TIMEOUT_S = 30.0


def read_file(path: Path, location: str | None) -> Imported:
    """The menu in a file. Raises `Refused` with one sentence that names the file and the place in it."""
    try:
        size = path.stat().st_size
        if size > MAX_MENU_FILE_BYTES:
            raise Refused(
                "bad_menu_file",
                f"{path}: {size / 1e6:.0f} MB is too large for a menu "
                f"(the limit is {MAX_MENU_FILE_BYTES / 1e6:.0f} MB). "
                "Export the catalog alone, without pictures.",
            )
        data = path.read_bytes()
    except OSError as e:
        raise Refused("bad_menu_file", f"{path} can't be read: {e.strerror}.") from None
    try:
        return read_menu_file(data, location=location)
    except Refused as refused:
        raise Refused(refused.code, f"{path}: {refused.text}") from None


def publish_by_api(folder: Path, body: dict[str, Any]) -> dict[str, Any]:
    """Through the running server. Raises `Refused` with the server's own words."""
    endpoint = read_endpoint(folder)
    if endpoint is None:
        raise Refused("no_server", f"The server on {folder} has just stopped. Try again.")
    try:
        answer = httpx.post(
            f"{endpoint['api']}/v1/commands/menu.publish",
            content=msgspec.json.encode(body),
            headers={"Authorization": f"Bearer {endpoint['token']}", "Content-Type": "application/json"},
            timeout=PUBLISH_TIMEOUT_S,
        )
        facts: dict[str, Any] = answer.json()
    except (httpx.HTTPError, ValueError) as e:
        raise Refused("no_server", f"The server on {folder} does not answer ({e}). Restart it and try again.") from None
    if answer.status_code != 200:
        raise Refused(facts.get("code", "refused"), facts.get("text", "The server refused the menu."))
    return facts


async def publish_at_rest(folder: Path, body: dict[str, Any], office: bool) -> dict[str, Any]:
    """Opens the data folder for a moment. Raises `Refused` when a server holds it after all."""
    node = await Node.open(node_settings(folder, office=office))
    try:
        answer = await node.command("menu.publish", body)
        return {"result": answer.result}
    finally:
        await node.close()


def print_report(imported: Imported, menu: Menu, where: str) -> None:
    counts = ", ".join(f"{n} {what.replace('_', ' ')}" for what, n in imported.report.counts.items())
    print(f"{menu.name or 'Menu'}: took over {counts}.")
    print(f"Published {where}.")
    if imported.report.lines:
        print(f"\nNot taken over as it stands ({len(imported.report.lines)}):")
        for line in imported.report.lines:
            print(f"  {line.kind} {line.object_id}: {line.reason}")


def putting(folder: Path, runs: bool) -> pictures.Put:
    """How pictures get into this data folder. Raises `Refused`."""
    endpoint = read_endpoint(folder) if runs else None
    if endpoint is not None:
        return pictures.by_api(str(endpoint["api"]), str(endpoint["token"]))
    return pictures.at_rest(folder, load(folder, {}).blob_space_mb)


def with_pictures(imported: Imported, taken: pictures.Taken) -> Imported:
    report = msgspec.structs.replace(imported.report, lines=[*imported.report.lines, *taken.lines])
    return Imported(taken.menu, report)


def run_import(arguments: argparse.Namespace) -> int:
    office = arguments.office is not None
    folder: Path = Path(arguments.office) if arguments.office else arguments.data or default_data_folder()
    if office and not arguments.office and arguments.data is None:
        folder = default_data_folder().with_name("pilotlight-office")
    office = office or own_store(folder) == ""
    imported = read_file(arguments.file, arguments.location)
    where = pictures.folders(arguments.file, arguments.pictures)
    if arguments.stores and not office:
        raise Refused("bad_usage", "--stores goes with --office: only head office publishes for several stores.")
    runs = server_runs(folder)
    if not runs:
        folder.mkdir(parents=True, exist_ok=True)
    taken = pictures.take(imported.menu, where, putting(folder, runs))
    imported = with_pictures(imported, taken)
    body: dict[str, Any] = {
        "command_id": str(uuid.uuid4()),
        "menu": msgspec.to_builtins(taken.menu),
        "source": arguments.file.name,
    }
    if arguments.new_currency:
        body["new_currency"] = True
    if arguments.stores:
        body["stores"] = [s.strip() for s in arguments.stores.split(",") if s.strip()]
    answer = publish_by_api(folder, body) if runs else asyncio.run(publish_at_rest(folder, body, office))
    if arguments.json:
        facts = {"result": answer["result"], "report": msgspec.to_builtins(imported.report)}
        sys.stdout.write(json.dumps(facts) + "\n")
    else:
        if taken.count:
            print(f"Took {taken.count} pictures along ({taken.size / 1e6:.1f} MB); they travel to the terminals now.")
        place = "at head office" if office else f"in the store “{own_store(folder)}”"
        print_report(imported, imported.menu, place + (f" for {arguments.stores}" if arguments.stores else ""))
        unheard = answer["result"].get("unknown_stores")
        if unheard:
            print(f"No shop named {' or '.join(unheard)} has ever called here: is it spelled right?")
    return 0
