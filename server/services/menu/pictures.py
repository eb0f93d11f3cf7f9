"""Which blobs a menu refers to. A picture is named by an `image_id`, whose `Image.url` is `sha256:<hex>` where the
picture travels with the menu; or by such a reference itself. To a version that does not know them it is a picture that
comes from somewhere else, so it shows none."""

from __future__ import annotations

import re
from collections.abc import Iterator

from server.services.menu.events import Menu

_REFERENCE = re.compile(r"sha256:([0-9a-f]{64})")

MAX_REFERENCES = 10_000
"""A menu of the largest kind with a picture for everything. What is beyond is not fetched."""


def digest_of(text: str | None) -> str | None:
    match = _REFERENCE.fullmatch(text or "")
    return match[1] if match else None


def named(menu: Menu) -> Iterator[str]:
    """Every picture's name, in the order in which a customer meets them; some more than once."""
    items = {item.item_id: item for item in menu.items}
    shown = [items[i] for category in menu.categories for i in category.item_ids if i in items]
    yield from (category.image for category in menu.categories if category.image)
    yield from (item.image for item in [*shown, *menu.items] if item.image)
    yield from (v.image for item in menu.items for v in item.variations if v.image)
    yield from (m.image for group in menu.modifier_groups for m in group.modifiers if m.image)
    yield from (name for item in menu.items for name in item.more_images)


def digests(menu: Menu) -> dict[str, str]:
    """The digest of each picture that is a blob, by the name that the menu gives it, in the order of `named`; what no
    dish shows (a shop's own film) comes last."""
    urls = {image.image_id: image.url for image in menu.images}
    found: dict[str, str] = {}
    for name in [*named(menu), *urls]:
        digest = digest_of(urls.get(name, name)) if name not in found else None
        if digest is not None and len(found) < MAX_REFERENCES:
            found[name] = digest
    return found
