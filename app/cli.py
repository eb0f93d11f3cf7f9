"""The `pilotlight` command: reads the arguments, calls the room that does the work, turns refusals into one sentence.

Exit status: 0 done, 1 refused or failed (one sentence on stderr), 2 wrong usage.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from server import __version__
from server.event import Refused

ROLES = ("kiosk", "pos", "kitchen", "board")


class Parser(argparse.ArgumentParser):
    """Keeps examples as they are typed and only records flags that were given, so that files and variables count."""

    def __init__(self, *args: Any, example: str = "", **kwargs: Any) -> None:
        if example:
            kwargs["epilog"] = "example:\n  " + example.replace("\n", "\n  ")
        kwargs.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        super().__init__(*args, **kwargs)


def count(text: str) -> int:
    """A number of things, at least 1."""
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def add_terminal_flags(parser: argparse.ArgumentParser) -> None:
    given = argparse.SUPPRESS
    parser.add_argument("--data", type=Path, metavar="DIR", help="this device's data folder")
    parser.add_argument("--store", default=given, metavar="NAME", help="the store it belongs to")
    parser.add_argument("--label", default=given, metavar="TEXT", help="what staff call this terminal")
    parser.add_argument("--api-port", type=int, default=given, metavar="N", help="local API; 0 picks a free one")
    parser.add_argument("--sync-port", type=int, default=given, metavar="N", help="other terminals; 0 picks a free one")
    parser.add_argument(
        "--peer", action="append", dest="peers", default=given, metavar="HOST:PORT", help="a terminal to connect to"
    )
    parser.add_argument("--no-mdns", action="store_false", dest="mdns", default=given, help="don't announce or look")
    parser.add_argument("--office", default=given, metavar="ws://HOST:PORT", help="head office")
    parser.add_argument(
        "--insecure-lan", action="store_true", default=given, help="listen beyond this machine, without encryption yet"
    )
    parser.add_argument(
        "--keep-sales-days",
        type=int,
        default=given,
        metavar="N",
        help="orders stay here for N days with sales, then at head office only; 0: for ever",
    )
    parser.add_argument(
        "--drop-without-office",
        action="store_true",
        default=given,
        help="in a shop without head office old sales are dropped too, for good",
    )
    parser.add_argument("--language", default=given, metavar="CODE", help="the screen's first language")
    parser.add_argument(
        "--card-terminal", default=given, metavar="MODE", help="simulated: approve, decline, timeout or unreachable"
    )
    parser.add_argument(
        "--card-delay-ms", type=int, default=given, metavar="N", help="how long the simulated card takes"
    )


def build_parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="pilotlight",
        description="Keeps a shop selling when its internet is gone.",
        example="pilotlight demo",
    )
    parser.add_argument("--version", action="version", version=f"pilotlight {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=Parser)

    demo = commands.add_parser(
        "demo",
        help="a whole shop and its head office on this machine",
        description="A whole shop and its head office on this machine: office, kiosk, POS, kitchen and board.",
        example="pilotlight demo --headless --orders 20 --cut --json",
    )
    demo.add_argument("--headless", action="store_true", help="the same screens without a display")
    demo.add_argument("--orders", type=int, default=0, metavar="N", help="order N times through the kiosk's screen")
    demo.add_argument("--cut", action="store_true", help="cut the office line for a while in the middle")
    demo.add_argument("--menu", type=Path, metavar="FILE", help="sell this menu instead of the demo's own")
    demo.add_argument("--shots", type=Path, metavar="DIR", help="write pictures of the screens here")
    demo.add_argument("--data", type=Path, metavar="DIR", help="keep the data here (default: a new temporary folder)")
    demo.add_argument("--json", action="store_true", help="print nothing but the summary on stdout")

    for role in ROLES:
        screen = commands.add_parser(
            role,
            help=f"one terminal: {role} screen plus server",
            description=f"One terminal: the {role} screen and its server.",
            example=f"pilotlight {role} --store riverside --label 'Front {role}'",
        )
        add_terminal_flags(screen)
        screen.add_argument(
            "--windowed", action="store_true", default=argparse.SUPPRESS, help="a window, not full screen"
        )
        screen.add_argument("--size", metavar="WxH", help="the window's size")
        screen.add_argument("--position", metavar="X,Y", help="the window's place")
        screen.add_argument("--trace", type=Path, metavar="FILE", help="write taps and frames here, a JSON line each")
        screen.add_argument("--shots", type=Path, metavar="DIR", help="write pictures of this screen here")
        screen.add_argument("--drive", metavar="SCRIPT", help=argparse.SUPPRESS)

    server = commands.add_parser(
        "server",
        help="a server without a screen",
        description="A server without a screen. Writes endpoint.json into its data folder once it is ready.",
        example="pilotlight server --data ./till-1 --store riverside --peer 127.0.0.1:7600 --json",
    )
    add_terminal_flags(server)
    server.add_argument("--role", default="server", choices=[*ROLES, "server"], help=argparse.SUPPRESS)
    server.add_argument("--json", action="store_true", help="print endpoint.json's line when ready")

    office = commands.add_parser(
        "office",
        help="head office",
        description="Head office: takes in every store's events, publishes menus, shows them on its page.",
        example="pilotlight office --data ./office --port 7600 --api-port 7601",
    )
    office.add_argument("--data", type=Path, metavar="DIR", help="head office's data folder")
    office.add_argument("--port", type=int, default=7600, metavar="N", help="where stores connect; 0 picks a free one")
    office.add_argument("--api-port", type=int, default=7601, metavar="N", help="page and API; 0 picks a free one")
    office.add_argument(
        "--insecure-lan", action="store_true", default=argparse.SUPPRESS, help="listen beyond this machine"
    )
    office.add_argument("--json", action="store_true", help="print endpoint.json's line when ready")

    importer = commands.add_parser(
        "import",
        help="take over a menu",
        description="Takes over a menu (Square Catalog JSON or Pilotlight's own) and says what it could not take.",
        example="pilotlight import menu.json --data ./till-1\npilotlight import menu.json --office --data ./office",
    )
    importer.add_argument("file", type=Path, metavar="FILE")
    importer.add_argument("--data", type=Path, metavar="DIR", help="the data folder to import into")
    importer.add_argument(
        "--office", nargs="?", const="", metavar="DIR", help="into head office (its data folder), for all stores"
    )
    importer.add_argument("--stores", metavar="A,B", help="with --office: only for these stores")
    importer.add_argument("--location", metavar="ID", help="take what this Square location sells")
    importer.add_argument("--json", action="store_true")

    logs = commands.add_parser(
        "log", help="look into a data folder's streams", example="pilotlight log verify --data ./till-1"
    )
    actions = logs.add_subparsers(dest="action", required=True, metavar="ACTION", parser_class=Parser)
    for action, text in (
        ("ls", "list the streams"),
        ("tail", "print the newest events"),
        ("verify", "check every hash and seal; names the first bad event"),
        ("salvage", "put a damaged log aside and keep what is whole of it; the server must be stopped"),
    ):
        one = actions.add_parser(
            action, help=text, description=text, example=f"pilotlight log {action} --data ./till-1"
        )
        one.add_argument("--data", type=Path, metavar="DIR", help="the data folder to look into")
        one.add_argument("--json", action="store_true")
        if action == "tail":
            one.add_argument("-n", type=count, default=20, metavar="N", help="how many")
            one.add_argument("--topics", metavar="A,B", help="only these")

    backup = commands.add_parser(
        "backup",
        help="the log and the settings in one file",
        description="Writes a data folder's log and settings into one file, and checks it. The server may go on.",
        example="pilotlight backup ./till-1-monday.backup --data ./till-1",
    )
    restorer = commands.add_parser(
        "restore",
        help="a data folder from a backup",
        description="Fills an empty data folder from a backup. Started, it is a device of its own with the old memory.",
        example="pilotlight restore ./till-1-monday.backup --data ./till-1-new",
    )
    for one, what in ((backup, "the file to write"), (restorer, "the backup to read")):
        one.add_argument("file", type=Path, metavar="FILE", help=what)
        one.add_argument("--data", type=Path, metavar="DIR", help="the data folder")
        one.add_argument("--json", action="store_true")

    doctor = commands.add_parser(
        "doctor",
        help="what an installer needs to know",
        description="Checks versions, disk, clock, ports, multicast, peers, office and printer; says what to do.",
        example="pilotlight doctor --data ./till-1",
    )
    doctor.add_argument("--data", type=Path, metavar="DIR", help="the data folder to check")
    doctor.add_argument("--json", action="store_true")
    return parser


def dispatch(arguments: argparse.Namespace) -> int:
    """Calls the command's room; imports it only now, so that `--help` is instant and a server loads no Qt."""
    command = arguments.command
    if command == "server":
        from app.serve import run_server

        return run_server(arguments)
    if command == "office":
        from app.serve import run_office

        return run_office(arguments)
    if command in ROLES:
        from app.screen import run_terminal

        return run_terminal(arguments)
    if command == "demo":
        from app.demo import run_demo

        return run_demo(arguments)
    if command == "import":
        from app.importing import run_import

        return run_import(arguments)
    if command == "log":
        from app.logs import run_log

        return run_log(arguments)
    if command == "backup":
        from app.backup import run_backup

        return run_backup(arguments)
    if command == "restore":
        from app.backup import run_restore

        return run_restore(arguments)
    from app.doctor import run_doctor

    return run_doctor(arguments)


def main(argv: Sequence[str] | None = None) -> int:
    arguments = build_parser().parse_args(argv)
    try:
        return dispatch(arguments)
    except Refused as refused:
        print(refused.text, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader of our output (head, less) has left
        sys.stderr.close()
        return 1


if __name__ == "__main__":
    sys.exit(main())
