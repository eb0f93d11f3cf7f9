"""`GET /metrics`: Prometheus text, the node's figures and the API's own. Free on this machine; else with the token."""

from __future__ import annotations

import sys
import time
from collections import Counter

from litestar import get
from litestar.datastructures import State
from litestar.types import Message, Scope

from server.api.auth import needs_token_from_afar
from server.api.port import Metric, NodePort

TEXT_FORMAT = "text/plain; version=0.0.4"


METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "WS"})
"""Those that are counted by name; a caller may call its method what it likes, and each name would stay for ever."""


class Tally:
    """Answers by method and status."""

    def __init__(self) -> None:
        self.answers: Counter[tuple[str, int]] = Counter()
        self.started = time.monotonic()

    def count(self, scope: Scope, message: Message) -> None:
        if message["type"] == "http.response.start":
            method = str(scope.get("method", "WS"))
            self.answers[(method if method in METHODS else "other", message["status"])] += 1

    def metrics(self) -> list[Metric]:
        found = [
            Metric("api_requests_total", n, "Answered requests.", "counter", {"method": method, "status": str(status)})
            for (method, status), n in sorted(self.answers.items())
        ]
        found.append(Metric("api_up_seconds", round(time.monotonic() - self.started, 1), "Since the API opened."))
        return found


def process_metrics() -> list[Metric]:
    """What this process has used; empty where the system does not tell."""
    try:
        import resource
    except ImportError:  # Windows
        return []
    used = resource.getrusage(resource.RUSAGE_SELF)
    unit = 1 if sys.platform == "darwin" else 1024
    return [
        Metric("process_cpu_seconds_total", round(used.ru_utime + used.ru_stime, 3), "CPU time used.", "counter"),
        Metric("process_peak_memory_bytes", used.ru_maxrss * unit, "Largest memory held at once."),
    ]


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def prometheus(metrics: list[Metric]) -> str:
    """The text format, with samples of one name together."""
    by_name: dict[str, list[Metric]] = {}
    for metric in metrics:
        by_name.setdefault(f"pilotlight_{metric.name}", []).append(metric)
    lines: list[str] = []
    for name, samples in by_name.items():
        if samples[0].help:
            lines.append(f"# HELP {name} {_escape(samples[0].help)}")
        lines.append(f"# TYPE {name} {samples[0].kind}")
        for sample in samples:
            labels = ",".join(f'{key}="{_escape(value)}"' for key, value in sample.labels.items())
            lines.append(f"{name}{{{labels}}} {_number(sample.value)}" if labels else f"{name} {_number(sample.value)}")
    return "\n".join(lines) + "\n"


@get(
    "/metrics",
    media_type=TEXT_FORMAT,
    summary="Figures for Prometheus",
    description="Needs no token on this machine.",
    tags=["server"],
    opt={"open": True, "tells": True},
    guards=[needs_token_from_afar],
)
async def metrics(state: State) -> str:
    node: NodePort = state.node
    tally: Tally = state.tally
    own = [Metric("api_websockets", state.sockets, "Open websockets.")]
    if state.turnstile is not None:
        away = state.turnstile.turned_away
        own.append(Metric("api_turned_away_total", away, "Requests refused as too many or too large.", "counter"))
    return prometheus([*node.metrics(), *tally.metrics(), *own, *state.pulse.metrics(), *process_metrics()])
