"""`pilotlight server` and `pilotlight office`: a node, its local API, `endpoint.json`, and a clean end."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import logging
import os
import re
import secrets
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from app.child import command
from app.folder import is_folder, made_in_vain
from app.saying import say, warn
from app.settings import Settings, default_data_folder, load
from app.supervisor import ENDPOINT_FILE, mark_of, server_runs
from server.api.app import make_app, serve
from server.event import Refused
from server.node import Node, NodeSettings
from server.node.folder import this_machine
from server.office import pages
from server.phone.room import Phone
from server.phone.serving import open_for_phones
from server.printing.serving import open_for_receipts
from server.retention import Keeping
from server.services.payments.offline import OfflineLimits
from server.services.retention.rule import Kept

OFFICE_STORE = ""
TOKEN_FILE = "api.token"
TOKEN = re.compile(r"[A-Za-z0-9_.-]{32,200}")
"""What may stand in a header. Anything else in the file is garbage, and a new one is made."""

REBUILD_SHOWN = 10_000
"""Events below which a rebuild is over before anybody wonders."""

FEW_FILES = 128
"""A server with its tables, some neighbours and some screens holds about 60 files and connections open."""

MANY_FILES = 4096

AGAIN_AFTER_S = 0.5
CHECK_LOG_AFTER_S = 20.0
"""The whole log is read again for the first time when the rush of starting is over, or sooner if that was set."""

SWITCH_S = 0.0005
"""How long Python's threads keep the interpreter. The default of 5 ms starves the log's writer beside a busy event
loop: storing batches went from 10,000 to over 100,000 events a second."""


def node_settings(
    folder: Path, *, settings: Settings | None = None, role: str = "server", office: bool = False
) -> NodeSettings:
    """What a node must know, from a device's settings."""
    s = settings or load(folder, {})
    host = "0.0.0.0" if s.insecure_lan else "127.0.0.1"
    return NodeSettings(
        data=folder,
        store=OFFICE_STORE if office else s.store,
        label=s.label or ("Head office" if office else role.capitalize()),
        role="office" if office else role,
        host=host,
        sync_port=s.sync_port,
        peers=[] if office else s.peers,
        mdns=s.mdns and not office,
        office="" if office else s.office,
        time_zone=s.time_zone,
        cutover_hour=s.cutover_hour,
        card_terminal=s.card_terminal,
        card_terminal_certificate=s.card_terminal_certificate,
        card_delay_ms=s.card_delay_ms,
        offline_cards=OfflineLimits(s.offline_card_order_minor, s.offline_card_day_minor, s.offline_card_hours),
        voucher_apart_minor=s.voucher_apart_minor,
        replica_timeout_ms=s.replica_timeout_ms,
        check_log_after_s=min(CHECK_LOG_AFTER_S, s.check_log_every_s),
        check_log_every_s=s.check_log_every_s,
        keeping=keeping(s),
        blob_space_mb=s.blob_space_mb,
        reserve_mb=s.reserve_mb,
        printer=s.printer,
        printer_columns=s.printer_columns,
        variants=[] if office else command("picture-variants"),
        phone_address=s.phone_address,
    )


def changed(s: Settings) -> dict[str, Any]:
    """What is not as it is by default, wherever it was set: `pilotlight doctor` speaks of the server that runs."""
    plain, now = msgspec.to_builtins(Settings()), msgspec.to_builtins(s)
    return {name: value for name, value in now.items() if value != plain[name]}


def keeping(s: Settings) -> Keeping:
    days = Kept(s.keep_sales_days, s.keep_stock_days, s.keep_health_days)
    return Keeping(days, bool(s.office), s.drop_without_office, s.retention_every_s)


def keep_token(folder: Path) -> str:
    """The bearer token of this data folder; it outlives restarts, so that screens and integrations stay signed in."""
    path = folder / TOKEN_FILE
    with contextlib.suppress(OSError, UnicodeDecodeError):
        token = path.read_text().strip()
        if TOKEN.fullmatch(token):
            return token
    token = secrets.token_urlsafe(32)
    write_private(path, token)
    return token


def write_private(path: Path, text: str) -> None:
    """Atomically, mode 0600: a reader sees the old one, none, or the whole new one. Raises `Refused("data_folder")`."""
    new = path.with_name(path.name + ".new")
    try:
        fd = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(fd, "w") as f:
            f.write(text)
        new.replace(path)
    except OSError as e:
        do = "Move that folder away" if is_folder(path) else "Check the disk's space and rights"
        raise Refused("data_folder", f"{path} can't be written ({e.strerror}). {do}, then start again.") from None


def write_endpoint(folder: Path, endpoint: dict[str, Any]) -> None:
    """For whoever looks for the running server."""
    write_private(folder / ENDPOINT_FILE, json.dumps(endpoint))


def bind(host: str, port: int, flag: str = "--api-port") -> socket.socket:
    """A socket for the API, or whatever `flag` sets the port of, bound. Raises `Refused("port_taken", …)`."""
    # The protocol is named because asyncio switches Nagle off only where it is: 40 ms an answer otherwise.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if os.name != "nt":  # on Windows this option would let two programs share the port
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as e:
        listener.close()
        raise Refused(
            "port_taken",
            f"Port {port} can't be used ({e.strerror}). Stop the program that uses it, or choose another with {flag}.",
        ) from None
    listener.listen(128)
    listener.setblocking(False)
    return listener


async def run_until_stopped(settings: NodeSettings, given: Settings, print_json: bool) -> None:
    """Opens everything, says so, and closes it in order on SIGTERM or Ctrl-C. When the log turns out to be damaged it
    is closed and opened again, which salvages it; screens meet the same port."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in ("SIGTERM", "SIGINT"):
        with contextlib.suppress(NotImplementedError, AttributeError):
            loop.add_signal_handler(getattr(signal, name), stop.set)
    port = await run_once(settings, given, stop, lambda endpoint: announce(settings, endpoint, print_json))
    while not stop.is_set():
        await asyncio.sleep(AGAIN_AFTER_S)
        given = msgspec.structs.replace(given, api_port=port)
        port = await run_once(settings, given, stop, lambda _: None)


async def run_once(
    settings: NodeSettings, given: Settings, stop: asyncio.Event, ready: Callable[[dict[str, Any]], None]
) -> int:
    """One opening, until `stop` or until the log must be opened anew. Returns the API's port."""
    if settings.sync_port and not server_runs(settings.data):  # a taken one is told before anything is made or read
        bind(settings.host, settings.sync_port, "--port" if settings.role == "office" else "--sync-port").close()
    listener = bind(settings.host, given.api_port)
    try:
        node = await Node.open(settings, show_rebuild, await asyncio.to_thread(this_machine, settings.data))
    except BaseException:
        listener.close()
        raise
    ending = asyncio.Event()
    node.log.on_ending.append(lambda _: ending.set())
    try:
        port: int = listener.getsockname()[1]
        await node.start(api_port=port)
        token = keep_token(settings.data)
        app = make_app(node, token, pages.HANDLERS if settings.role == "office" else ())
        if settings.role != "office":
            phone = Phone(node, settings.host, port, settings.phone_address, given.brand_colour)
            open_for_phones(app, phone)
            open_for_receipts(app, node, phone, settings.printer, settings.printer_columns, command("draw-receipt"))
        endpoint = {
            "api": f"http://127.0.0.1:{port}",
            "sync_port": node.sync_port,
            "token": token,
            "device_id": node.log.device_id,
            "log_id": node.log.log_id,
            "pid": os.getpid(),
            "process": mark_of(os.getpid()),
            "settings": changed(given),
        }
        write_endpoint(settings.data, endpoint)  # who calls before it serves waits a moment
        serving = asyncio.create_task(serve(app, listener, ending))
        ready(endpoint)
        waiting = [asyncio.create_task(event.wait()) for event in (stop, ending)]
        await asyncio.wait([serving, *waiting], return_when=asyncio.FIRST_COMPLETED)
        if serving.done():
            stop.set()
        ending.set()
        await serving
        for task in waiting:
            task.cancel()
        return port
    finally:
        with contextlib.suppress(OSError):
            (settings.data / ENDPOINT_FILE).unlink()
        await node.close()


def show_rebuild(done: int, of: int) -> None:
    """Read models that are made anew from a long log take a while; an installer sees how far they are."""
    if of >= REBUILD_SHOWN:
        warn(f"Building tables from the log: {done:,} of {of:,} events")


def announce(settings: NodeSettings, endpoint: dict[str, Any], print_json: bool) -> None:
    if print_json:
        say(json.dumps(endpoint))
        return
    who = "Head office" if settings.role == "office" else f"{settings.label} of {settings.store}"
    say(f"{who} is ready at {endpoint['api']} (other terminals: port {endpoint['sync_port']}).")
    if settings.role == "office":
        say(f"Its page: {endpoint['api']}/?token={endpoint['token']}")
    if settings.host == "127.0.0.1":
        say("Only this machine can reach it. For other devices start it with --insecure-lan.")
    else:
        say("It listens on the local network WITHOUT encryption (--insecure-lan).")


def enough_files() -> None:
    """Takes what the system gives. Raises `Refused("too_few_files")` where that is too little to work with."""
    if sys.platform == "win32":
        return  # it has no such limit
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = MANY_FILES if hard == resource.RLIM_INFINITY else min(hard, MANY_FILES)
    if soft != resource.RLIM_INFINITY and soft < most:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
            soft = most
    if soft != resource.RLIM_INFINITY and soft < FEW_FILES:
        raise Refused(
            "too_few_files",
            f"This system lets Pilotlight open only {soft} files at once; it needs {FEW_FILES}. Raise the limit "
            "(ulimit -n, or LimitNOFILE= of its service), then start again.",
        )


def run_loop(settings: NodeSettings, given: Settings, print_json: bool) -> int:
    logging.basicConfig(
        level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr
    )
    enough_files()
    with made_in_vain(settings.data):
        serve_until_stopped(settings, given, print_json)
    return 0


def serve_until_stopped(settings: NodeSettings, given: Settings, print_json: bool) -> None:
    os.umask(0o077)  # orders carry names; they are nobody else's on this machine
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
    except OSError as e:
        raise Refused("data_folder", f"The data folder {settings.data} can't be made: {e.strerror}.") from None
    sys.setswitchinterval(SWITCH_S)
    try:
        import uvloop

        runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)
    except ImportError:  # Windows
        runner = asyncio.Runner()
    with runner:
        runner.run(run_until_stopped(settings, given, print_json))


def run_server(arguments: argparse.Namespace) -> int:
    from app.screen import typed_flags

    folder: Path = arguments.data or default_data_folder()
    settings = load(folder, typed_flags(arguments))
    return run_loop(node_settings(folder, settings=settings, role=arguments.role), settings, arguments.json)


def run_office(arguments: argparse.Namespace) -> int:
    folder: Path = arguments.data or default_data_folder().with_name("pilotlight-office")
    flags: dict[str, Any] = {"sync_port": arguments.port, "api_port": arguments.api_port}
    if "insecure_lan" in arguments:
        flags["insecure_lan"] = arguments.insecure_lan
    settings = load(folder, flags)
    return run_loop(node_settings(folder, settings=settings, office=True), settings, arguments.json)
