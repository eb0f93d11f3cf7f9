"""The report: `docs/overload.md` and the plot of memory over time. Pure."""

from __future__ import annotations

from xml.sax.saxutils import escape

from tests.overload.rush import Outcome, Sample

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 860, 360, 60, 60, 30
LABEL_HEIGHT = 13
COLOURS = ("#1a7f37", "#0969da", "#c2410c", "#8250df", "#6e7781")


def plot(samples: list[Sample]) -> str:
    """Memory in MB of each server over time in seconds, as SVG, with a line where a situation begins."""
    names = list(samples[0].memory)
    last = max(s.at_s for s in samples)
    most = 1.15 * max(max(s.memory.values()) for s in samples)

    def x(at_s: float) -> float:
        return LEFT + (WIDTH - LEFT - 130) * at_s / last

    def y(mb: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * mb / most

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif" '
        'font-size="11"><rect width="100%" height="100%" fill="#ffffff"/>'
        '<text x="12" y="18" font-size="14">Memory of each server in MB, over seconds</text>'
    ]
    for step in range(5):
        mb = most * step / 4
        parts.append(
            f'<text x="{LEFT - 6}" y="{y(mb) + 4:.0f}" text-anchor="end">{mb:.0f}</text>'
            f'<line x1="{LEFT}" x2="{x(last):.0f}" y1="{y(mb):.0f}" y2="{y(mb):.0f}" stroke="#d0d7de"/>'
        )
    phase, number = "", 0
    for sample in samples:
        if sample.phase != phase:
            phase, number = sample.phase, number + 1
            at = x(sample.at_s)
            parts.append(
                f'<line x1="{at:.0f}" x2="{at:.0f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}" stroke="#8c959f" '
                f'stroke-dasharray="3 3"/><text x="{at + 3:.0f}" y="{HEIGHT - BOTTOM + 14}">{number}</text>'
                f'<text x="{at + 3:.0f}" y="{HEIGHT - BOTTOM + 28}" fill="#57606a">{sample.at_s:.0f} s</text>'
            )
    ends = apart({name: y(samples[-1].memory[name]) for name in names})
    for name, colour in zip(names, COLOURS, strict=False):
        points = " ".join(f"{x(s.at_s):.1f},{y(s.memory[name]):.1f}" for s in samples)
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.5"/>'
            f'<text x="{x(last) + 6:.0f}" y="{ends[name] + 4:.0f}" fill="{colour}">{escape(name)}</text>'
        )
    return "\n".join([*parts, "</svg>"]) + "\n"


def apart(places: dict[str, float]) -> dict[str, float]:
    """Heights of labels, moved down until none lies on another."""
    found: dict[str, float] = {}
    free = 0.0
    for name in sorted(places, key=lambda name: places[name]):
        found[name] = max(places[name], free)
        free = found[name] + LABEL_HEIGHT
    return found


def text(outcomes: list[Outcome], machine: str) -> str:
    """The page in Markdown."""
    rows = [
        f"| {n}. {o.name} | {o.orders:,} | {o.p50:.0f} | {o.p99:.0f} | {o.asked_again} | {o.missing} | {o.doubled} "
        f"| {o.caught_up_s:.1f} | {growth(o)} |"
        for n, o in enumerate(outcomes, 1)
    ]
    return f"""# Overload

Written by `make overload ARGS=--page`. One shop of real servers: three terminals that sell, a fourth that only listens,
and head office behind a line; one situation after the other, on {machine}. Customers come at a fixed pace whether the
shop keeps up or not, and an order's time counts from when it should have been sent, with all asking again.

| situation | orders | p50 ms | p99 ms | asked again | missing | doubled | in step after s | memory of a terminal, MB |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
{chr(10).join(rows)}

- *Asked again*: times that a customer was told “send it again in a moment” and did, with the same command id.
- *Missing* and *doubled*: answered orders that a machine, head office too, did not hold once when all had come to rest.
- *In step*: from the last answer until all machines held all orders; after a slow line and a freeze, from their end.
- *Memory*: of the selling terminal that grew most, before and after. It keeps what it deals with at hand, so some
  thousand orders cost it some memory; what must not happen is that somebody slow costs it more and more.

![Memory over time](pictures/overload.svg)

What ends where is on the page of [limits](limits.md).
"""


def growth(o: Outcome) -> str:
    sellers = [name for name in o.memory_before if name.startswith("T")][:-1]
    most = max(sellers, key=lambda name: o.memory_after[name] - o.memory_before[name])
    return f"{o.memory_before[most]:.0f} → {o.memory_after[most]:.0f}"
