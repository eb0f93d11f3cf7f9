"""The device key, the hash chain and the seals over it.

chain:  hash_n = SHA-256(hash_(n-1) ‖ bytes_n), starting from `genesis(stream)`
seal:   Ed25519 signature of the device key over `SEAL_CONTEXT ‖ hash_n`
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from nacl.bindings import crypto_sign, crypto_sign_open, crypto_sign_seed_keypair
from nacl.exceptions import BadSignatureError

from server.event import Header, Stream

SEAL_CONTEXT = b"pilotlight seal 1\0"
"""Keeps a seal from ever being mistaken for a signature made for another purpose."""

HEADER_VERSION = 1

SEED_BYTES = PUBLIC_KEY_BYTES = 32
SEAL_BYTES = 64
"""As Ed25519 has them (RFC 8032). libsodium is given pointers and does not ask how much they point to."""


def genesis(stream: Stream) -> bytes:
    """The hash before a stream's first event; it binds the chain to the stream's name."""
    return hashlib.sha256(f"pilotlight stream 1\0{stream.log_id}\0{stream.topic}".encode()).digest()


def chain(previous: bytes, raw: bytes) -> bytes:
    """The chain's hash after one more event."""
    return hashlib.sha256(previous + raw).digest()


def verify_seal(public_key: bytes, digest: bytes, seal: bytes) -> bool:
    """Whether `seal` is the owner's signature over the chain up to `digest`."""
    if len(public_key) != PUBLIC_KEY_BYTES or len(seal) != SEAL_BYTES:
        return False
    try:
        crypto_sign_open(seal + SEAL_CONTEXT + digest, public_key)
    except BadSignatureError:
        return False
    return True


class DeviceKey:
    """The Ed25519 key that a terminal makes at its first start and never shows to anyone."""

    def __init__(self, seed: bytes) -> None:
        """`seed`: 32 bytes that nobody else has. Raises `ValueError` for others."""
        if len(seed) != SEED_BYTES:
            raise ValueError(f"a device key has {SEED_BYTES} bytes, not {len(seed)}")
        self._seed = seed
        self.public_key, self._secret = crypto_sign_seed_keypair(seed)

    @classmethod
    def generate(cls) -> DeviceKey:
        return cls(os.urandom(SEED_BYTES))

    @classmethod
    def public_key_in(cls, path: Path) -> bytes | None:
        """That of the key in `path`; None when there is none."""
        try:
            return cls(path.read_bytes()).public_key if path.is_file() else None
        except (OSError, ValueError):
            return None

    @classmethod
    def load_or_make(cls, path: Path, secret: Callable[[int], bytes] = os.urandom) -> DeviceKey:
        """The key in `path` (32 raw bytes, mode 0600), made now from `secret` if there is none.

        Raises `OSError` when the folder is not writable and `ValueError` when the file is not a key.
        """
        if os.path.lexists(path) and not path.is_file():  # a pipe would keep the start waiting for ever
            raise ValueError(f"{path} is not a file")
        try:
            return cls(path.read_bytes())
        except FileNotFoundError:
            key = cls(secret(SEED_BYTES))
            fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(fd, "wb") as f:
                f.write(key._seed)
                f.flush()
                os.fsync(f.fileno())
            return key

    @property
    def device_id(self) -> str:
        return Header(HEADER_VERSION, self.public_key, b"", "").device_id

    def seal(self, digest: bytes) -> bytes:
        """The 64-byte seal over the chain up to `digest`."""
        return self.sign(SEAL_CONTEXT + digest)

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature over something that is said for one purpose only."""
        return crypto_sign(message, self._secret)[:SEAL_BYTES]

    def new_header(self, store: str, nonce: bytes | None = None) -> Header:
        """The header of a new log of this device, with a fresh id: by `nonce` (16 bytes), random when not given."""
        return Header(HEADER_VERSION, self.public_key, nonce or os.urandom(16), store)
