"""Every machine verifies every seal; in one process the same question has the same answer, and is asked once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from server import keys
from server.replication import verify

MAX_REMEMBERED = 200_000


@contextmanager
def remembered() -> Iterator[None]:
    """A pure function with a memory. The node's own code calls it as ever."""
    known: dict[tuple[bytes, bytes, bytes], bool] = {}
    real = verify.verify_seal
    assert real is keys.verify_seal

    def ask(public_key: bytes, digest: bytes, seal: bytes) -> bool:
        question = (public_key, digest, seal)
        answer = known.get(question)
        if answer is None:
            if len(known) > MAX_REMEMBERED:
                known.clear()
            answer = known[question] = real(public_key, digest, seal)
        return answer

    verify.verify_seal = ask
    try:
        yield
    finally:
        verify.verify_seal = real
