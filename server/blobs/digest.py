"""A blob's name, and how a menu refers to it: `sha256:` and 64 hex digits, as container registries write digests."""

from __future__ import annotations

import re

SCHEME = "sha256:"
_DIGEST = re.compile(r"[0-9a-f]{64}")


def is_digest(text: str) -> bool:
    """Whether this may be a blob's name: 64 hex digits in lower case."""
    return _DIGEST.fullmatch(text) is not None


def reference(digest: str) -> str:
    """How a menu refers to the blob."""
    return SCHEME + digest


def digest_of(text: str | None) -> str | None:
    """The name in a reference; None for anything else."""
    if not text or not text.startswith(SCHEME):
        return None
    digest = text.removeprefix(SCHEME)
    return digest if is_digest(digest) else None
