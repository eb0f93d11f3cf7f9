"""The device key, the hash chain and the seals over it.

chain:  hash_n = SHA-256(hash_(n-1) ‖ bytes_n), starting from `genesis(stream)`
seal:   Ed25519 signature of the device key over `SEAL_CONTEXT ‖ hash_n`
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from server.event import Header, Stream

SEAL_CONTEXT = b"pilotlight seal 1\0"
"""Keeps a seal from ever being mistaken for a signature made for another purpose."""

HEADER_VERSION = 1


def genesis(stream: Stream) -> bytes:
    """The hash before a stream's first event; it binds the chain to the stream's name."""
    return hashlib.sha256(f"pilotlight stream 1\0{stream.log_id}\0{stream.topic}".encode()).digest()


def chain(previous: bytes, raw: bytes) -> bytes:
    """The chain's hash after one more event."""
    return hashlib.sha256(previous + raw).digest()


def verify_seal(public_key: bytes, digest: bytes, seal: bytes) -> bool:
    """Whether `seal` is the owner's signature over the chain up to `digest`."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(seal, SEAL_CONTEXT + digest)
    except (InvalidSignature, ValueError):
        return False
    return True


class DeviceKey:
    """The Ed25519 key that a terminal makes at its first start and never shows to anyone."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.public_key: bytes = private.public_key().public_bytes_raw()

    @classmethod
    def generate(cls) -> DeviceKey:
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def public_key_in(cls, path: Path) -> bytes | None:
        """That of the key in `path`; None when there is none."""
        try:
            return cls(Ed25519PrivateKey.from_private_bytes(path.read_bytes())).public_key
        except (OSError, ValueError):
            return None

    @classmethod
    def load_or_make(cls, path: Path, secret: Callable[[int], bytes] = os.urandom) -> DeviceKey:
        """The key in `path` (32 raw bytes, mode 0600), made now from `secret` if there is none.

        Raises `OSError` when the folder is not writable and `ValueError` when the file is not a key.
        """
        try:
            return cls(Ed25519PrivateKey.from_private_bytes(path.read_bytes()))
        except FileNotFoundError:
            key = cls(Ed25519PrivateKey.from_private_bytes(secret(32)))
            fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(fd, "wb") as f:
                f.write(key._private.private_bytes_raw())
                f.flush()
                os.fsync(f.fileno())
            return key

    @property
    def device_id(self) -> str:
        return Header(HEADER_VERSION, self.public_key, b"", "").device_id

    def seal(self, digest: bytes) -> bytes:
        """The 64-byte seal over the chain up to `digest`."""
        return self._private.sign(SEAL_CONTEXT + digest)

    def new_header(self, store: str, nonce: bytes | None = None) -> Header:
        """The header of a new log of this device, with a fresh id: by `nonce` (16 bytes), random when not given."""
        return Header(HEADER_VERSION, self.public_key, nonce or os.urandom(16), store)
