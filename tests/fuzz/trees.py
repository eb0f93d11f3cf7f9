"""Mutations of MessagePack: as a tree of values, as the bytes they become, and as the zstd frame around them."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable
from itertools import islice
from typing import Any

import msgspec
import zstandard

NUMBERS = [0, 1, 2, 3, 5, 7, 8, 9, 127, 128, 255, 256, 512, 513, 65535, 65536, 2**31, 2**32, 2**53, 2**53 + 1, 2**62]
NUMBERS += [2**63 - 1, 2**63, 2**64 - 1, -1, -2, -128, -(2**31), -(2**63), 1_800_000_000_000 << 16, 1 << 62]
WORDS = ["", "a", "orders", "stock", "menu", "menu/north", "menu/", "/", "health", "Orders", "orders/../x", "office"]
WORDS += ["north", "south", "self", "duplicate", "\0", "\x1b[2J", "ü", "𝕏" * 3, "a" * 64, "a" * 65, "x" * 300, "‮"]
MAX_NODES = 400
"""Places of one tree that are looked at for a mutation; a batch of hundreds of events has enough of the same."""

Tree = Any
_compress = zstandard.ZstdCompressor(level=1)
_bare = zstandard.ZstdCompressor(level=1, write_content_size=False)


def odd(raw: bytes) -> msgspec.Raw:
    """Bytes to be put into the encoded tree as they are: what no encoder of ours would write."""
    return msgspec.Raw(raw)


pack = msgspec.msgpack.Encoder().encode
"""The bytes of a tree."""


def pairs(entries: list[tuple[Any, Any]]) -> msgspec.Raw:
    """A map as its pairs, so that a key may come twice and need not be text."""
    return odd(b"\xdf" + struct.pack(">I", len(entries)) + b"".join(pack(one) for pair in entries for one in pair))


def copy(value: Tree) -> Tree:
    if isinstance(value, list):
        return [copy(one) for one in value]
    if isinstance(value, dict):
        return {key: copy(one) for key, one in value.items()}
    return value


Place = tuple[Any, Any]
"""A container of the tree, and the key or index in it."""


def places(tree: Tree) -> list[Place]:
    """Where the tree can be changed, its top aside, breadth first."""
    found: list[Place] = []
    level = [tree]
    while level and len(found) < MAX_NODES:
        below = []
        for node in level:
            keys = range(len(node)) if isinstance(node, list) else list(node)
            for key in islice(keys, MAX_NODES - len(found)):
                found.append((node, key))
                if isinstance(node[key], list | dict):
                    below.append(node[key])
        level = below
    return found


class Mutator:
    """Changes trees and bytes. `values`: what honest frames hold, by type, to be put where it does not belong."""

    def __init__(self, rand: random.Random, values: dict[type, list[Any]]) -> None:
        self.rand = rand
        self.values = values
        self._changes: list[tuple[int, Callable[[Any, Any], None]]] = [
            (6, self._like), (3, self._other), (2, self._remove), (2, self._double), (2, self._number), (1, self._deep),
            (1, self._long), (1, self._shuffle), (1, self._twice), (1, self._odd), (2, self._nearby), (1, self._many),
        ]  # fmt: skip
        self._weights = [weight for weight, _ in self._changes]

    def tree(self, tree: Tree, changes: int) -> Tree:
        tree = copy(tree)
        for _ in range(changes):
            where = places(tree)
            if not where:
                return tree
            # The top fields half of the time: hundreds of events would otherwise take all the attention.
            node, key = self.rand.choice(where[: len(tree)] if self.rand.random() < 0.5 else where)
            change = self.rand.choices(self._changes, self._weights)[0][1]
            change(node, key)
        return tree

    # -- one change -------------------------------------------------------------------------------------------------

    def _like(self, node: Any, key: Any) -> None:
        """Another value of the same type, from another place."""
        same = self.values.get(type(node[key]))
        if same:
            node[key] = copy(self.rand.choice(same))
        elif isinstance(node[key], bool):
            node[key] = not node[key]
        else:
            self._other(node, key)

    def _other(self, node: Any, key: Any) -> None:
        pool = self.rand.choice([NUMBERS, WORDS, [None, True, False, b"", 1.5, float("nan"), [], {}]])
        node[key] = copy(self.rand.choice(pool))

    def _number(self, node: Any, key: Any) -> None:
        node[key] = self.rand.choice(NUMBERS)

    def _nearby(self, node: Any, key: Any) -> None:
        """One more, one less, one byte other, one letter other."""
        value, rand = node[key], self.rand
        if isinstance(value, int):
            node[key] = max(-(2**63), min(2**64 - 1, value + rand.choice([-2, -1, 1, 2])))
        elif isinstance(value, bytes) and value:
            at = rand.randrange(len(value))
            node[key] = rand.choice(
                [
                    value[:at],
                    value + value[at:],
                    value[:at] + bytes([value[at] ^ 1 << rand.randrange(8)]) + value[at + 1 :],
                ]
            )
        elif isinstance(value, str) and value:
            at = rand.randrange(len(value))
            node[key] = rand.choice([value[:at], value[at:], value[:at] + rand.choice("aZ7/\0é") + value[at + 1 :]])
        else:
            self._like(node, key)

    def _remove(self, node: Any, key: Any) -> None:
        """With all that comes behind it, or alone."""
        if isinstance(node, list) and self.rand.random() < 0.5:
            del node[key:]
        else:
            del node[key]

    def _double(self, node: Any, key: Any) -> None:
        if isinstance(node, list):
            node.insert(key, copy(node[key]))
        else:
            node[self.rand.choice(WORDS)] = copy(node[key])

    def _deep(self, node: Any, key: Any) -> None:
        depth = self.rand.choice([3, 30, 600, 20_000, 400_000])
        node[key] = odd(self.rand.choice([b"\x91", b"\x81\xa1a"]) * depth + b"\xc0")

    def _long(self, node: Any, key: Any) -> None:
        size = self.rand.choice([255, 256, 70_000, 1_000_000])
        node[key] = self.rand.choice([b"\0" * size, "x" * size, [0] * (size // 4), "ü" * (size // 2)])

    def _many(self, node: Any, key: Any) -> None:
        """Thousands of entries, each of them plausible."""
        count, value = self.rand.choice([600, 3_000]), node[key]
        if isinstance(value, dict):
            one = next(iter(value.values()), 1)
            node[key] = {f"{self.rand.choice(['t', 'orders/', 'x' * 60])}{i}": one for i in range(count)}
        elif isinstance(value, list):
            node[key] = (value or [self.rand.choice(WORDS)]) * (count // max(1, len(value)))
        else:
            self._long(node, key)

    def _shuffle(self, node: Any, key: Any) -> None:
        value = node[key] if isinstance(node[key], list | dict) else node
        if isinstance(value, list):
            self.rand.shuffle(value)
        else:
            items = list(value.items())
            keys = [k for k, _ in items]
            self.rand.shuffle(keys)
            value.clear()
            value.update(zip(keys, (v for _, v in items), strict=True))

    def _twice(self, node: Any, key: Any) -> None:
        """A map in which a key comes twice, or is no text."""
        value = node[key]
        if isinstance(value, dict) and value:
            name, one = self.rand.choice(list(value.items()))
            again = self.rand.choice([name, 1, None, b"orders", 1.5])
            node[key] = pairs([*value.items(), (again, self.rand.choice([one, 1, -1, None]))])
        else:
            self._like(node, key)

    def _odd(self, node: Any, key: Any) -> None:
        """Encodings that are allowed and rare, and some that are not."""
        node[key] = odd(
            self.rand.choice(
                [
                    b"\xcf" + struct.pack(">Q", self.rand.choice([0, 1, 5])),  # a small number in eight bytes
                    b"\xd3" + struct.pack(">q", self.rand.choice([1, -1])),
                    b"\xda\x00\x01a", b"\xdb\x00\x00\x00\x01a", b"\xc5\x00\x01a", b"\xdc\x00\x00", b"\xde\x00\x00",
                    b"\xd4\x01a", b"\xd6\xff\x00\x00\x00\x01", b"\xc7\x0c\xff" + b"\xff" * 12,  # extensions, times
                    b"\xc1", b"\xdd\xff\xff\xff\xff", b"\xdf\xff\xff\xff\xff", b"\xdb\xff\xff\xff\xff",
                    b"\xc6\xff\xff\xff\xff", b"\xa2\xff\xfe", b"\xa3\xed\xa0\x80", b"\xca\x7f\x80\x00\x00",
                ]
            )
        )  # fmt: skip

    # -- bytes ------------------------------------------------------------------------------------------------------

    def wrap(self, body: bytes) -> bytes:
        """A frame around a body: plain, compressed, or wrong in one of the ways in which that can be wrong."""
        chance = self.rand.random()
        if chance < 0.55:
            return b"\x00" + body
        packed = _compress.compress(body)
        if chance < 0.85:
            return b"\x01" + packed
        return self.rand.choice(
            [
                lambda: bytes([self.rand.randrange(2, 256)]) + body,
                lambda: b"\x00" + packed,
                lambda: b"\x01" + body,
                lambda: b"\x01" + _bare.compress(body),
                lambda: b"\x01" + _compress.compress(packed),
                lambda: b"\x01" + packed + self.rand.randbytes(5),
                lambda: b"\x01" + packed + packed,
                lambda: b"\x01" + packed[: self.rand.randrange(len(packed))],
                lambda: b"\x01" + self.bytes(packed),
                lambda: b"\x00" + body + body,
                lambda: b"\x01" + _compress.compress(body + b"\0" * self.rand.choice([1, 9_000_000])),
                lambda: b"\x01\x28\xb5\x2f\xfd\xe0" + self.rand.randbytes(8) + packed[-8:],  # a size of 2^63
                lambda: b"\x01\x50\x2a\x4d\x18\x04\0\0\0abcd" + packed,  # a skippable frame before it
            ]
        )()  # fmt: skip

    def bytes(self, raw: bytes) -> bytes:
        """A few bytes other, inserted, or gone."""
        rand, mutant = self.rand, bytearray(raw)
        for _ in range(rand.randint(1, 4)):
            at = rand.randrange(len(mutant) + 1)
            how = rand.random()
            if how < 0.5 and at < len(mutant):
                mutant[at] = rand.choice([rand.randrange(256), mutant[at] ^ 1 << rand.randrange(8)])
            elif how < 0.7:
                mutant[at:at] = rand.randbytes(rand.randint(1, 4))
            elif how < 0.9:
                del mutant[at : at + rand.randint(1, 8)]
            else:
                mutant = mutant[:at]
        return bytes(mutant)
