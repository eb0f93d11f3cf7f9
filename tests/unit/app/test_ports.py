"""Ports for servers that are started in a moment."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest

from app import ports


def test_no_port_is_given_twice() -> None:
    given = [ports.free_port() for _ in range(300)]
    assert len(set(given)) == 300


def test_a_port_in_use_is_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", ports.free_port()))
        port = taken.getsockname()[1]
        free = next(p for p in range(port + 1, port + 100) if ports.port_free(p))
        monkeypatch.setattr(ports, "OURS", [port, free])
        assert ports.free_port() == free
        assert ports.free_port() not in (port, free)  # some other, where all of ours are taken


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks Linux")
def test_no_outgoing_connection_takes_it_meanwhile() -> None:
    least = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    if least > 31_000:  # as it comes; somebody may have set it lower
        assert ports.free_port() < least
