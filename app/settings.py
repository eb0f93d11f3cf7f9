"""Settings of one device: flags, then `PILOTLIGHT_*`, then `settings.toml` in the data folder, then defaults."""

from __future__ import annotations

import os
import re
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, get_args

import msgspec

from app.folder import allowed, is_folder, open_to_us, refusal
from app.nearest import no_such
from server.brand import HEX
from server.cards.address import address
from server.event import MAX_LABEL, STORE_ID, Refused
from server.printing.address import MAX_COLUMNS, MIN_COLUMNS, printer_address
from server.services.payments.modes import Mode
from server.services.payments.offline import DAY_MINOR, HOURS, ORDER_MINOR
from server.services.vouchers.events import APART_MINOR
from ui.staff.night import Night, minute_of

SETTINGS_FILE = "settings.toml"

MAX_REPLICA_TIMEOUT_MS = 10_000
"""A customer is kept no longer than this, whatever an installer thinks."""

PHONE_ADDRESS = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?(:[0-9]{1,5})?")
MAX_TIPS = 3
"""More than stand in a row beside “no tip”."""

MIN_FROZEN_S, MAX_FROZEN_S = 3, 120
"""A screen tells of its frames once a second, and a busy machine is late with that; a customer goes after a minute."""

MAX_KEPT_DAYS = 36_500
"""A hundred years; who wants more says 0."""

MAX_RESERVE_MB = 10_000


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything an installer can set. A file or variable may set each by the name it has here."""

    store: str = "my-shop"
    label: str = ""  # what staff call this terminal; empty: its role
    api_port: int = 0
    sync_port: int = 0
    peers: list[str] = []
    mdns: bool = True
    office: str = ""  # ws://host:port of head office; empty: none
    insecure_lan: bool = False
    phone_address: str = ""  # HOST or HOST:PORT that codes for phones lead to; empty: this machine's in the network
    windowed: bool = False
    language: str = ""  # the screen's first; empty: where customers stand the menu's first, else English
    languages: list[str] = msgspec.field(default_factory=lambda: ["en", "de", "fr", "es", "pl", "tr", "ar", "zh", "ja"])
    time_zone: str = ""  # IANA name; empty: this machine's
    cutover_hour: int = 4  # the hour at which a business day ends
    card_terminal: str = "approve"  # nexo://host:port of the one beside it (nexos: over TLS); or a simulation's mode
    card_terminal_certificate: str = ""  # file of the authority that vouches for a nexos:// terminal
    card_delay_ms: int = 1500  # how long a simulated card takes
    offline_card_order_minor: int = ORDER_MINOR  # so much of one order by a card the bank has not seen; 0: nothing
    offline_card_day_minor: int = DAY_MINOR  # so much altogether that is not forwarded yet
    offline_card_hours: int = HOURS  # so long the oldest of them may wait
    voucher_apart_minor: int = APART_MINOR  # so much of one voucher while in touch with no other terminal; 0: nothing
    replica_timeout_ms: int = 250  # how long a sale waits at most until another terminal holds it, too; 0: not at all
    check_log_every_s: int = 24 * 3600  # how often the whole log is read again while the server runs; 0: never
    keep_sales_days: int = 120  # orders, payments, tickets, once head office holds them; 0: for ever
    keep_stock_days: int = 120  # what ran out, came back and was counted
    keep_health_days: int = 30  # alarms and the like
    drop_without_office: bool = False  # also in a shop that has no head office: then it is gone for good
    retention_every_s: int = 600  # how often it is looked what may be dropped; 0: never
    blob_space_mb: int = 2000  # what the menu's pictures and films may take on this disk; 0: none are fetched
    reserve_mb: int = 128  # of this disk, to sell on with on the day on which another program fills it; 0: nothing
    brand_colour: str = ""  # the shop's own, #rrggbb, where the menu names none; mended where it can't be read
    tip_percents: list[int] = []  # offered at a kiosk where the shop wants tips, for example [5, 10, 15]
    printer: str = ""  # of receipts: tcp://192.0.2.20:9100, or a device's file such as /dev/usb/lp0
    printer_columns: int = 42  # characters in a line of its paper: 42 or 48 on 80 mm, 32 on 58 mm
    dine_in: Literal["counter", "table", "stand"] = "counter"  # what is eaten here: called out, or brought to a number
    night_from: str = ""  # HH:MM from which a screen nobody touches is dimmed; empty: never
    night_until: str = ""  # HH:MM
    night_brightness: int = 30  # percent of the light by day
    frozen_seconds: int = 10  # a screen that shows no frame for so long is started again
    idle_seconds: int = 60  # a kiosk nobody touches asks "still there?" after this


def default_data_folder() -> Path:
    """The folder this system keeps an application's data in."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData/Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library/Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share")
    return base / "pilotlight"


def load(
    folder: Path, flags: Mapping[str, Any], environment: Mapping[str, str] = os.environ, *, ask_log: bool = True
) -> Settings:
    """The settings in force. `flags` holds only what was typed. Without `ask_log` the store is the one that was set, or
    the default, also in a folder that belongs to another: for a screen, which shows what its server says and starts a
    tenth of a second sooner without all that reads a log.

    Raises `Refused("bad_settings", …)` naming the setting and where it was set.
    """
    merged: dict[str, Any] = {}
    path = folder / SETTINGS_FILE
    try:
        with path.open("rb") as f:
            merged.update(tomllib.load(f))
    except FileNotFoundError:
        pass
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as e:
        raise Refused("bad_settings", f"{path} can't be read ({e}). Correct or remove it, then start again.") from None
    except OSError as e:
        raise unreadable(folder, path, e) from None
    merged.update(from_environment(environment))
    merged.update(flags)
    with open_to_us(folder):
        if ask_log and "store" not in merged and (store := known_store(folder)):
            merged["store"] = store
    for name in merged:
        if name not in Settings.__struct_fields__:
            said = no_such("setting", name, Settings.__struct_fields__)
            raise Refused("bad_settings", f"{said} Look at {path}.")
    try:
        settings = msgspec.convert(merged, Settings)
    except msgspec.ValidationError as e:
        raise Refused("bad_settings", f"{complaint(str(e))} Look at the flags, PILOTLIGHT_* and {path}.") from None
    check(settings)
    return settings


def known_store(folder: Path) -> str | None:
    """A folder knows whose it is."""
    from server.log import own_store

    return own_store(folder)


def unreadable(folder: Path, path: Path, e: OSError) -> Refused:
    """A settings file that is there and can't be opened, or a folder that can't."""
    if is_folder(path):
        return Refused("bad_settings", f"{path} is a folder; it must be a file. Move it away, then start again.")
    if is_folder(folder) and allowed(folder, os.X_OK):
        do = "Give this user the right to read it, or remove it, then start again."
        return Refused("bad_settings", f"{path} can't be read ({e.strerror}). {do}")
    return refusal(folder, e)


def from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    """The settings in `PILOTLIGHT_*` variables, turned into the types that `Settings` wants."""
    found: dict[str, Any] = {}
    for field in msgspec.structs.fields(Settings):
        text = environment.get(f"PILOTLIGHT_{field.name.upper()}")
        if text is None:
            continue
        if field.type is bool:
            found[field.name] = text.strip().lower() in ("1", "true", "yes", "on")
        elif field.type is int:
            try:
                found[field.name] = int(text)
            except ValueError:
                raise Refused(
                    "bad_settings", f"PILOTLIGHT_{field.name.upper()} must be a whole number, not {text!r}."
                ) from None
        elif field.type is str or field.name == "dine_in":
            found[field.name] = text
        elif field.name == "tip_percents":
            parts = [part.strip() for part in text.split(",") if part.strip()]
            found[field.name] = [int(part) if part.isdigit() else part for part in parts]
        else:
            found[field.name] = [part.strip() for part in text.split(",") if part.strip()]
    return found


def complaint(text: str) -> str:
    """A validation error in a shop's words: `Expected int, got str - at $.api_port` names the setting first."""
    what, _, where = text.partition(" - at `$.")
    setting = where.rstrip("`").partition("[")[0]
    return f"The setting {setting} is wrong: {what[:1].lower()}{what[1:]}." if setting else f"{what}."


def check(settings: Settings) -> None:
    """Raises `Refused("bad_settings", …)` for values that have the right type and no meaning."""
    if not STORE_ID.fullmatch(settings.store):
        raise Refused(
            "bad_settings",
            f"The store's name {settings.store!r} can't be used: 1 to 63 letters, digits, spaces, dots or dashes, "
            "beginning with a letter or digit.",
        )
    if len(settings.label) > MAX_LABEL or not settings.label.isprintable():
        raise Refused("bad_settings", f"The label must be one line of at most {MAX_LABEL} characters.")
    for name in ("api_port", "sync_port"):
        if not 0 <= getattr(settings, name) <= 65535:
            raise Refused("bad_settings", f"{name} must be between 0 (any free port) and 65535.")
    if not 0 <= settings.replica_timeout_ms <= MAX_REPLICA_TIMEOUT_MS:
        raise Refused(
            "bad_settings",
            f"replica_timeout_ms must be between 0 (a sale waits for no other terminal) and {MAX_REPLICA_TIMEOUT_MS}.",
        )
    if settings.card_terminal not in get_args(Mode) and address(settings.card_terminal) is None:
        raise Refused(
            "bad_settings",
            f"card_terminal must be an address like nexo://192.0.2.9:8443, or one of {', '.join(get_args(Mode))} for a "
            f"simulation, not {settings.card_terminal[:80]!r}.",
        )
    if settings.card_terminal_certificate and not Path(settings.card_terminal_certificate).is_file():
        raise Refused(
            "bad_settings", f"There is no file {settings.card_terminal_certificate} (card_terminal_certificate)."
        )
    if settings.phone_address and not PHONE_ADDRESS.fullmatch(settings.phone_address):
        raise Refused("bad_settings", "phone_address must be HOST or HOST:PORT, for example 192.0.2.17.")
    if settings.printer and printer_address(settings.printer) is None:
        raise Refused(
            "bad_settings",
            f"printer must be like tcp://192.0.2.20:9100 or /dev/usb/lp0, not {settings.printer[:80]!r}.",
        )
    if not MIN_COLUMNS <= settings.printer_columns <= MAX_COLUMNS:
        raise Refused("bad_settings", f"printer_columns must be between {MIN_COLUMNS} and {MAX_COLUMNS}.")
    if settings.brand_colour and not HEX.fullmatch(settings.brand_colour):
        raise Refused("bad_settings", f"brand_colour must be like #c0392b, not {settings.brand_colour[:80]!r}.")
    for name in ("offline_card_order_minor", "offline_card_day_minor", "offline_card_hours"):
        if getattr(settings, name) < 0:
            raise Refused("bad_settings", f"{name} must be 0 (no card is taken without a line to the bank) or more.")
    if settings.voucher_apart_minor < 0:
        raise Refused("bad_settings", "voucher_apart_minor must be 0 (no voucher is taken then) or more.")
    if len(settings.tip_percents) > MAX_TIPS or not all(1 <= p <= 100 for p in settings.tip_percents):
        raise Refused("bad_settings", f"tip_percents is a list of at most {MAX_TIPS} whole numbers from 1 to 100.")
    check_night(settings)
    if not MIN_FROZEN_S <= settings.frozen_seconds <= MAX_FROZEN_S:
        raise Refused("bad_settings", f"frozen_seconds must be between {MIN_FROZEN_S} and {MAX_FROZEN_S}.")
    if not 0 <= settings.reserve_mb <= MAX_RESERVE_MB:
        raise Refused(
            "bad_settings", f"reserve_mb must be between 0 (nothing is kept for a full disk) and {MAX_RESERVE_MB}."
        )
    if settings.check_log_every_s < 0:
        raise Refused("bad_settings", "check_log_every_s is a number of seconds, or 0 to never check.")
    for name in ("keep_sales_days", "keep_stock_days", "keep_health_days"):
        if not 0 <= getattr(settings, name) <= MAX_KEPT_DAYS:
            raise Refused("bad_settings", f"{name} must be between 0 (for ever) and {MAX_KEPT_DAYS}.")
    if settings.retention_every_s < 0:
        raise Refused("bad_settings", "retention_every_s must be 0 (nothing is ever dropped) or more.")
    if not 0 <= settings.cutover_hour <= 23:
        raise Refused("bad_settings", "cutover_hour must be between 0 and 23.")
    if settings.office and not settings.office.startswith(("ws://", "wss://")):
        raise Refused("bad_settings", "office must be an address like ws://office.example:7600.")
    for peer in settings.peers:
        host, _, port = peer.rpartition(":")
        if not host or not port.isdigit() or not 0 < int(port) <= 65535:
            raise Refused("bad_settings", f"The peer {peer!r} must be HOST:PORT, for example 192.0.2.17:7600.")


def check_night(settings: Settings) -> None:
    for name in ("night_from", "night_until"):
        if getattr(settings, name) and minute_of(getattr(settings, name)) is None:
            raise Refused("bad_settings", f"{name} is a time of day such as 22:30.")
    if bool(settings.night_from) != bool(settings.night_until):
        raise Refused("bad_settings", "night_from and night_until belong together: set both, or none.")
    if not 0 <= settings.night_brightness <= 100:
        raise Refused("bad_settings", "night_brightness must be between 0 (dark) and 100 percent.")


def night_of(settings: Settings) -> Night:
    return Night(
        minute_of(settings.night_from) or 0,
        minute_of(settings.night_until) or 0,
        settings.night_brightness,
        settings.time_zone,
    )
