"""The `pilotlight` command: reads the arguments, calls the room that does the work, turns refusals into one sentence.

Exit status: 0 done, 1 refused or failed (one sentence on stderr), 2 wrong usage.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from app.parser import Parser, count, port, whole
from server import __version__
from server.event import Refused

ROLES = ("kiosk", "pos", "kitchen", "board")


def add_terminal_flags(parser: argparse.ArgumentParser) -> None:
    given = argparse.SUPPRESS
    parser.add_argument("--data", type=Path, metavar="DIR", help="this device's data folder")
    parser.add_argument("--store", default=given, metavar="NAME", help="the store it belongs to")
    parser.add_argument("--label", default=given, metavar="TEXT", help="what staff call this terminal")
    parser.add_argument("--api-port", type=port, default=given, metavar="N", help="local API; 0 picks a free one")
    parser.add_argument(
        "--sync-port", type=port, default=given, metavar="N", help="other terminals; 0 picks a free one"
    )
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
        type=whole,
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
    parser.add_argument(
        "--language",
        default=given,
        metavar="CODE",
        help="the screen's first language; without it a kiosk and a board speak the menu's first",
    )
    parser.add_argument(
        "--card-terminal",
        default=given,
        metavar="nexo://HOST:PORT",
        help="the card terminal beside it; or a simulation: approve, decline, timeout, unreachable",
    )
    parser.add_argument(
        "--card-delay-ms", type=whole, default=given, metavar="N", help="how long the simulated card takes"
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
    demo.add_argument("--orders", type=whole, default=0, metavar="N", help="order N times through the kiosk's screen")
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
            "--windowed",
            action="store_true",
            default=argparse.SUPPRESS,
            help="a window that can be closed, not full screen; nothing watches it",
        )
        screen.add_argument("--size", metavar="WxH", help="the window's size")
        screen.add_argument("--position", metavar="X,Y", help="the window's place, or one on the display to fill")
        screen.add_argument("--trace", type=Path, metavar="FILE", help="write taps and frames here, a JSON line each")
        screen.add_argument("--shots", type=Path, metavar="DIR", help="write pictures of this screen here")
        screen.add_argument("--drive", metavar="SCRIPT", help=argparse.SUPPRESS)
        screen.add_argument("--screen-only", metavar="ROLE", help=argparse.SUPPRESS)  # under a guard
        screen.add_argument("--plain", action="store_true", help=argparse.SUPPRESS)  # where the screen itself fails

    server = commands.add_parser(
        "server",
        help="a server without a screen",
        description="A server without a screen. Writes endpoint.json into its data folder once it is ready.",
        example="pilotlight server --data ./till-1 --store riverside --peer 127.0.0.1:7600 --json",
    )
    add_terminal_flags(server)
    server.add_argument("--role", default="server", choices=[*ROLES, "server"], help=argparse.SUPPRESS)
    server.add_argument("--json", action="store_true", help="print endpoint.json's line when ready")

    commands.add_parser("picture-variants")  # a server starts it: ui/variants.py
    commands.add_parser("draw-receipt")  # a server starts it: ui/paper.py

    office = commands.add_parser(
        "office",
        help="head office",
        description="Head office: takes in every store's events, publishes menus, shows them on its page.",
        example="pilotlight office --data ./office --port 7600 --api-port 7601",
    )
    office.add_argument("--data", type=Path, metavar="DIR", help="head office's data folder")
    office.add_argument("--port", type=port, default=7600, metavar="N", help="where stores connect; 0 picks a free one")
    office.add_argument("--api-port", type=port, default=7601, metavar="N", help="page and API; 0 picks a free one")
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
    importer.add_argument(
        "--pictures",
        type=Path,
        metavar="DIR",
        help="where its pictures lie (default: beside FILE, in images or pictures)",
    )
    importer.add_argument("--location", metavar="ID", help="take what this Square location sells")
    importer.add_argument("--new-currency", action="store_true", help="also when another one was sold in today")
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

    simulate = commands.add_parser(
        "simulate",
        help="plays a device that is not at hand",
        example="pilotlight simulate card-terminal --port 8443 --mode decline",
    )
    devices = simulate.add_subparsers(dest="device", required=True, metavar="DEVICE", parser_class=Parser)
    card = devices.add_parser(
        "card-terminal",
        help="a card terminal that speaks nexo",
        description="A card terminal that speaks nexo's Sale to POI protocol over HTTP and remembers what it did.\n"
        "Its mode may be changed while it runs; GET /books lists what it took.",
        example="pilotlight simulate card-terminal --port 8443\n"
        "pilotlight kiosk --card-terminal nexo://127.0.0.1:8443\n"
        "curl -X PUT http://127.0.0.1:8443/control -H 'content-type: application/json' -d '{\"mode\": \"decline\"}'",
    )
    card.add_argument("--port", type=port, default=8443, metavar="N", help="where tills reach it; 0 picks a free one")
    card.add_argument(
        "--mode",
        default="approve",
        choices=["approve", "decline", "slow", "offline", "cancel", "die"],
        help="approve; decline; slow: half a minute; offline: no line to its acquirer; cancel: the customer does; "
        "die: takes the money, then its plug is pulled",
    )
    card.add_argument(
        "--delay-ms", type=whole, default=800, metavar="N", help="how long a customer takes with the card"
    )
    card.add_argument("--data", type=Path, metavar="DIR", help="where it remembers")
    card.add_argument(
        "--insecure-lan", action="store_true", help="listen beyond this machine; anybody there can change its mode"
    )
    card.add_argument("--json", action="store_true", help="print where it listens as a JSON line")

    printer = devices.add_parser(
        "printer",
        help="a receipt printer that speaks ESC/POS",
        description="A receipt printer on the network. Each receipt becomes a text file, as it would stand on paper.\n"
        "Its mode may be changed while it runs; GET /papers lists what it printed.",
        example="pilotlight simulate printer --port 9100\n"
        "PILOTLIGHT_PRINTER=tcp://127.0.0.1:9100 pilotlight kiosk\n"
        "curl -X PUT http://127.0.0.1:9101/control -H 'content-type: application/json' -d '{\"mode\": \"die\"}'",
    )
    printer.add_argument("--port", type=port, default=9100, metavar="N", help="for receipts; 0 picks a free one")
    printer.add_argument("--control-port", type=port, default=9101, metavar="N", help="for who plays; 0 picks one")
    printer.add_argument(
        "--mode",
        default="ready",
        choices=["ready", "out_of_paper", "die"],
        help="ready; out_of_paper: the roll is at its end; die: prints half, then its plug is pulled",
    )
    printer.add_argument(
        "--out", type=Path, metavar="DIR", help="where the receipts are written, as text and what was drawn as PNG"
    )
    printer.add_argument("--json", action="store_true", help="print where it listens as a JSON line")

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

    phones = commands.add_parser(
        "phones",
        help="table cards for guests' phones",
        description="Codes with which guests order by phone: cards to print, and an end to all that were given out.",
        example="pilotlight phones cards --tables 1-12 --data ./till-1",
    )
    kinds = phones.add_subparsers(dest="action", required=True, metavar="ACTION", parser_class=Parser)
    card = kinds.add_parser(
        "cards",
        help="a page of cards, one for each table, good for a year",
        description="Writes a page of cards to print. The server must run, and be reachable from phones.",
        example="pilotlight phones cards --tables 1-12,Terrace --out cards.html",
    )
    card.add_argument("--tables", required=True, metavar="LIST", help="such as 1-12,Terrace")
    card.add_argument("--word", default="Table", help="what stands before a number (default: Table)")
    card.add_argument("--title", default="Order with your phone", help="under the code")
    card.add_argument("--text", default="Scan, choose, and pay at the counter.", help="below that")
    card.add_argument("--out", type=Path, default=Path("table-cards.html"), metavar="FILE")
    renewal = kinds.add_parser(
        "renew",
        help="no link given out before works any more",
        description="Ends all links that were ever given out, printed ones too, at all terminals of the store.",
        example="pilotlight phones renew --data ./till-1",
    )
    for one in (card, renewal):
        one.add_argument("--data", type=Path, metavar="DIR", help="the data folder of a running server")
        one.add_argument("--json", action="store_true")

    pin = commands.add_parser(
        "pin",
        help="the PIN of a screen's staff door",
        description="Sets the PIN that opens the hidden staff door of this terminal's screen. It is asked for, or\n"
        "read from a pipe. Until one is set the door stays shut. The screen may go on.",
        example="pilotlight pin --data ./till-1",
    )
    pin.add_argument("--data", type=Path, metavar="DIR", help="the terminal's data folder")
    pin.add_argument("--remove", action="store_true", help="shut the door for good")
    pin.add_argument("--json", action="store_true")

    vouchers = commands.add_parser(
        "vouchers",
        help="vouchers that pay for orders",
        description="Issues vouchers, says what is left on one, ends one. The server must run.",
        example="pilotlight vouchers issue --amount 20.00 --count 10 --data ./till-1",
    )
    deeds = vouchers.add_subparsers(dest="action", required=True, metavar="ACTION", parser_class=Parser)
    issuing = deeds.add_parser(
        "issue",
        help="new vouchers; prints their codes",
        description="Issues vouchers and prints the code of each: whoever has the code may use it.",
        example="pilotlight vouchers issue --amount 20.00 --count 10 --until 2027-12-31",
    )
    issuing.add_argument("--amount", required=True, metavar="MONEY", help="such as 20.00, in the menu's currency")
    issuing.add_argument("--count", type=count, default=1, metavar="N", help="how many (default: 1)")
    issuing.add_argument("--single", action="store_true", help="for one order only; what is left of it is gone")
    issuing.add_argument("--until", metavar="DAY", help="the last day it is good for, YYYY-MM-DD (default: for ever)")
    issuing.add_argument("--note", metavar="TEXT", help="for whom, or why")
    showing = deeds.add_parser(
        "show",
        help="what is left on one",
        description="Says what is left on a voucher, and which orders it paid.",
        example="pilotlight vouchers show '4711 0815 1237'",
    )
    cancelling = deeds.add_parser(
        "cancel",
        help="nothing more is taken of it",
        description="Ends a voucher: it is lost, or was a mistake.",
        example="pilotlight vouchers cancel '4711 0815 1237' --reason lost",
    )
    cancelling.add_argument("--reason", required=True, metavar="TEXT", help="a word or two")
    for one in (showing, cancelling):
        one.add_argument("code", metavar="CODE", help="its twelve digits")
    for one in (issuing, showing, cancelling):
        one.add_argument("--data", type=Path, metavar="DIR", help="the data folder of a running server")
        one.add_argument("--json", action="store_true")

    doctor = commands.add_parser(
        "doctor",
        help="what an installer needs to know",
        description="Checks versions, disk, clock, ports, multicast, peers, office and printer; says what to do.",
        example="pilotlight doctor --data ./till-1",
    )
    doctor.add_argument("--data", type=Path, metavar="DIR", help="the data folder to check")
    doctor.add_argument("--json", action="store_true")
    doctor.add_argument("--seen", action="store_true", help="its warnings that stay have been seen: tell them no more")
    return parser


def dispatch(arguments: argparse.Namespace) -> int:
    """Calls the command's room; imports it only now, so that `--help` is instant and a server loads no Qt."""
    command = arguments.command
    if command == "picture-variants":
        from ui.variants import run

        return run()
    if command == "draw-receipt":
        from ui.paper import run as draw

        return draw()
    if command in ("server", "office"):
        from app.lean import load_later, share_one_heap

        share_one_heap()
        load_later()
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
    if command == "simulate":
        from app import simulate

        play = simulate.run_printer if arguments.device == "printer" else simulate.run_card_terminal
        return play(arguments)
    if command == "backup":
        from app.backup import run_backup

        return run_backup(arguments)
    if command == "restore":
        from app.backup import run_restore

        return run_restore(arguments)
    if command == "phones":
        from app.phones import run_phones

        return run_phones(arguments)
    if command == "pin":
        from app.pin import run_pin

        return run_pin(arguments)
    if command == "vouchers":
        from app.vouchers import run_vouchers

        return run_vouchers(arguments)
    from app.doctor import run_doctor

    return run_doctor(arguments)


def main(argv: Sequence[str] | None = None) -> int:
    arguments = build_parser().parse_args(argv)
    arguments.typed = list(sys.argv[1:] if argv is None else argv)
    try:
        return dispatch(arguments)
    except Refused as refused:
        print(refused.text, file=sys.stderr)
        return 1
    except PermissionError as e:  # whatever file somebody named: a backup, a menu, a folder to write into
        print(f"{e.filename}: {e.strerror}. Run this as a user who may use it, or change its rights.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader of our output (head, less) has left
        sys.stderr.close()
        return 1


if __name__ == "__main__":
    sys.exit(main())
