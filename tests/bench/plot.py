"""One picture of all ratios, as SVG: how far each is from what was wanted. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable
from xml.sax.saxutils import escape

from tests.bench.figures import Figure, ratios

ROW, LABEL, WIDTH, RIGHT, TOP = 24, 640, 360, 70, 48
DECADES = 2.0
"""Left and right of what was wanted, in powers of ten; what is further out is drawn at the edge."""

GOOD, BAD, INK, FAINT = "#1a7f37", "#c2410c", "#1f2328", "#8c959f"
Bar = tuple[str, list[float]]
"""A label, and how many times better than wanted it was in each run."""


def bars(figures: Iterable[Figure]) -> list[Bar]:
    """Only where something was wanted. Above 1 is better than wanted, below 1 worse."""
    found: list[Bar] = []
    for figure in figures:
        if figure.at_most is not None:
            found.append((figure.name, [figure.at_most / run for run in figure.runs if run]))
        elif figure.at_least is not None:
            found.append((figure.name, [run / figure.at_least for run in figure.runs]))
        for one in figure.beside:
            label = f"{figure.name} / {one.name}"
            if one.at_most is not None:
                found.append((label, [one.at_most / r for r in ratios(figure, one) if r]))
            elif one.at_least is not None:
                found.append((label, [r / one.at_least for r in ratios(figure, one)]))
    return [bar for bar in found if bar[1]]


def ratios_svg(figures: Iterable[Figure]) -> str:
    """A line for each: a bar to the median, a thin one from the worst run to the best."""
    rows = bars(figures)
    height, middle = TOP + ROW * len(rows) + 12, LABEL + WIDTH / 2
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{LABEL + WIDTH + RIGHT}" height="{height}" '
        'font-family="sans-serif" font-size="12">',
        f'<rect width="100%" height="100%" fill="#ffffff"/><text x="12" y="20" fill="{INK}" font-size="14">'
        "How many times better than wanted (right of the line), or worse (left); logarithmic</text>",
    ]
    for power in range(-int(DECADES), int(DECADES) + 1):
        x = at(10.0**power)
        parts.append(f'<text x="{x:.1f}" y="{TOP - 8}" fill="{FAINT}" text-anchor="middle">× {10.0**power:g}</text>')
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{height - 8}" stroke="{FAINT}" opacity="0.3"/>')
    for i, (label, values) in enumerate(rows):
        y, ordered = TOP + ROW * i, sorted(values)
        value = ordered[len(ordered) // 2]
        colour, x = GOOD if value >= 1 else BAD, at(value)
        left, width = min(middle, x), max(1.0, abs(x - middle))
        parts.append(
            f'<text x="{LABEL - 10}" y="{y + 16}" fill="{INK}" text-anchor="end">{escape(short(label))}</text>'
        )
        parts.append(f'<rect x="{left:.1f}" y="{y + 6}" width="{width:.1f}" height="12" fill="{colour}"/>')
        low, high = at(ordered[0]), at(ordered[-1])
        parts.append(f'<line x1="{low:.1f}" x2="{high:.1f}" y1="{y + 12}" y2="{y + 12}" stroke="{INK}"/>')
        parts.append(f'<text x="{LABEL + WIDTH + 8}" y="{y + 16}" fill="{colour}">× {value:.2g}</text>')
    parts.append(f'<line x1="{middle}" x2="{middle}" y1="{TOP}" y2="{height - 8}" stroke="{INK}"/></svg>')
    return "\n".join(parts) + "\n"


def at(value: float) -> float:
    """Where on the picture."""
    power = max(-DECADES, min(DECADES, math.log10(max(value, 1e-9))))
    return LABEL + WIDTH / 2 + power / DECADES * WIDTH / 2


def short(label: str, most: int = 90) -> str:
    return label if len(label) <= most else label[: most - 1] + "…"
