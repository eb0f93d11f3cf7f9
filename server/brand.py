"""A shop's own colour made into accents that can be read in the light and the dark palette. Pure.

Contrast is WCAG 2.2's. A colour that is too pale or too dark for its ground keeps its hue and is moved towards black or
white just as far as it must be.
"""

from __future__ import annotations

import re
from colorsys import hls_to_rgb, rgb_to_hls

TEXT = 4.5
"""WCAG 2.2, 1.4.3: text on its ground."""
STEPS = 256
"""Lightnesses that are tried: finer than a screen shows."""
SOFT = {"light": 0.93, "dark": 0.16}
"""Lightness of the soft accent, a ground for badges and plates."""
MOST_SATURATION = {"light": 0.85, "dark": 0.55}
"""Of the soft accent: a large ground must not glare."""
GROUNDS = {
    "light": ("#fbf6ef", "#ffffff", "#f3ebe0"),
    "dark": ("#15110e", "#221c18", "#2d2520", "#1b1613"),
}
"""What accents are written on, as in Theme.qml."""
INKS = {"light": ("#ffffff", "#231a14"), "dark": ("#1c0d05", "#ffffff")}
"""What may be written on an accent; the first that can be read is taken."""
FOCUS = {"light": ("#1d5d9b", "#9b1d7a"), "dark": ("#7db8f0", "#f08fd4")}
"""What the frame of the focus may be, the product's own first: never of the hue that says what is chosen."""
APART = 50 / 360
"""Hues nearer than this are taken for one another beside each other."""
GREY = 0.15
"""Saturation below which a colour's hue is not seen."""

HEX = re.compile(r"#[0-9a-fA-F]{6}")
Palette = dict[str, dict[str, str]]


def channels(colour: str) -> tuple[float, float, float]:
    """Red, green, blue from 0 to 1. Raises `ValueError` for what is not `#rrggbb`."""
    if not HEX.fullmatch(colour):
        raise ValueError(f"{colour!r} is not a colour like #c0392b")
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue


def luminance(colour: str) -> float:
    """Relative luminance, 0 for black, 1 for white."""
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels(colour)]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: str, other: str) -> float:
    """From 1, equal, to 21, black on white."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def of_lightness(colour: str, lightness: float, most_saturation: float = 1.0) -> str:
    hue, _, saturation = rgb_to_hls(*channels(colour))
    parts = hls_to_rgb(hue, lightness, min(saturation, most_saturation))
    return "#" + "".join(f"{round(255 * part):02x}" for part in parts)


def mended(colour: str, grounds: tuple[str, ...], ratio: float = TEXT, darker: bool = True) -> str:
    """The colour of the same hue, as near in lightness as can be, that has `ratio` on each of `grounds`. Where the
    wanted direction holds none, black or white, whichever is the further from the grounds."""

    def good(candidate: str) -> bool:
        return all(contrast(candidate, ground) >= ratio for ground in grounds)

    if good(colour):
        return colour.lower()
    _, lightness, _ = rgb_to_hls(*channels(colour))
    for step in range(1, STEPS + 1):
        part = step / STEPS
        tried = of_lightness(colour, lightness * (1 - part) if darker else lightness + (1 - lightness) * part)
        if good(tried):
            return tried
    return max(("#000000", "#ffffff"), key=lambda end: min(contrast(end, ground) for ground in grounds))


def alike(one: str, other: str) -> bool:
    """Whether one colour is taken for the other at a glance."""
    (hue, _, saturation), (other_hue, _, _) = rgb_to_hls(*channels(one)), rgb_to_hls(*channels(other))
    around = abs(hue - other_hue)
    return saturation >= GREY and min(around, 1 - around) < APART


def accents(colour: str) -> Palette:
    """The accent roles of Theme.qml, each `{"light": …, "dark": …}`. Raises `ValueError` for what is no colour."""
    roles: Palette = {role: {} for role in ("accent", "accentStrong", "accentSoft", "inkOnAccent", "focus")}
    for mode, grounds in GROUNDS.items():
        darker = mode == "light"
        soft = of_lightness(colour, SOFT[mode], MOST_SATURATION[mode])
        accent = mended(colour, (*grounds, soft), TEXT, darker)
        roles["accentSoft"][mode] = soft
        roles["accent"][mode] = accent
        roles["accentStrong"][mode] = mended(accent, (*grounds, soft), TEXT * 1.2, darker)
        roles["focus"][mode] = next(frame for frame in FOCUS[mode] if not alike(accent, frame))
        roles["inkOnAccent"][mode] = next(
            (ink for ink in INKS[mode] if contrast(ink, accent) >= TEXT),
            max(("#000000", "#ffffff"), key=lambda ink: contrast(ink, accent)),
        )
    return roles
