"""Menus, pictures, typeface, icons, sounds and translations. Each folder carries its licence file."""

from pathlib import Path

FOLDER = Path(__file__).resolve().parent


def path(kind: str, name: str) -> Path:
    """The path of an asset: `path("images", "1f354.webp")`."""
    return FOLDER / kind / name
