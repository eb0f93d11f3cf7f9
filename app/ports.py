"""Ports of this machine."""

from __future__ import annotations

import random
import socket

OURS = range(20_000, 32_000)
"""Below those that a system gives to outgoing connections (from 32,768 on with Linux, from 49,152 on elsewhere): of
these, any program could be given one between the question and the start of the server that is to have it."""

_given: set[int] = set()


def free_port() -> int:
    """For a server that is started in a moment; another one at each call."""
    for port in random.sample(OURS, len(OURS)):
        if port not in _given and port_free(port):
            _given.add(port)
            return port
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def port_free(port: int) -> bool:
    with socket.socket() as s:
        try:
            s.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
