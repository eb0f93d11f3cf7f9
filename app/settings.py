"""Settings of one device: flags, then `PILOTLIGHT_*`, then `settings.toml` in the data folder, then defaults."""

from __future__ import annotations

import os
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from server.event import STORE_ID, Refused
from server.log import own_store
from server.replication.greeting import MAX_LABEL

SETTINGS_FILE = "settings.toml"

MAX_REPLICA_TIMEOUT_MS = 10_000
"""A customer is kept no longer than this, whatever an installer thinks."""

MAX_KEPT_DAYS = 36_500
"""A hundred years; who wants more says 0."""


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
    windowed: bool = False
    language: str = "en"
    languages: list[str] = msgspec.field(default_factory=lambda: ["en", "de"])
    time_zone: str = ""  # IANA name; empty: this machine's
    cutover_hour: int = 4  # the hour at which a business day ends
    card_terminal: Literal["approve", "decline", "timeout", "unreachable"] = "approve"  # simulated
    card_delay_ms: int = 1500
    replica_timeout_ms: int = 250  # how long a sale waits at most until another terminal holds it, too; 0: not at all
    check_log_every_s: int = 24 * 3600  # how often the whole log is read again while the server runs; 0: never
    keep_sales_days: int = 120  # orders, payments, tickets, once head office holds them; 0: for ever
    keep_stock_days: int = 120  # what ran out, came back and was counted
    keep_health_days: int = 30  # alarms and the like
    drop_without_office: bool = False  # also in a shop that has no head office: then it is gone for good
    retention_every_s: int = 600  # how often it is looked what may be dropped; 0: never
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


def load(folder: Path, flags: Mapping[str, Any], environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings in force. `flags` holds only what was typed.

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
        raise Refused("data_folder", f"The data folder {folder} can't be used: {e.strerror}.") from None
    merged.update(from_environment(environment))
    merged.update(flags)
    if "store" not in merged and (store := own_store(folder)):
        merged["store"] = store  # a folder knows whose it is
    try:
        settings = msgspec.convert(merged, Settings)
    except msgspec.ValidationError as e:
        raise Refused("bad_settings", f"{complaint(str(e))} Look at the flags, PILOTLIGHT_* and {path}.") from None
    check(settings)
    return settings


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
        elif field.type is str:
            found[field.name] = text
        else:
            found[field.name] = [part.strip() for part in text.split(",") if part.strip()]
    return found


def complaint(text: str) -> str:
    """A validation error in a shop's words: `Expected int, got str - at $.api_port` names the setting first."""
    what, _, where = text.partition(" - at `$.")
    setting = where.rstrip("`").partition("[")[0]
    allowed = {"card_terminal": " It is one of approve, decline, timeout, unreachable."}.get(setting, "")
    return f"The setting {setting} is wrong: {what[:1].lower()}{what[1:]}.{allowed}" if setting else f"{what}."


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
