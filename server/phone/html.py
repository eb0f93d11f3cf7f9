"""HTML written so that nothing from a menu or a guest can be taken for markup. Pure."""

from __future__ import annotations

from html import escape


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


Child = str | Markup | None
Attribute = str | int | bool | None
VOID = frozenset({"img", "input", "link", "meta", "br"})


def el(tag: str, *children: Child, **attributes: Attribute) -> Markup:
    """An element: `el("p", "Hello", class_="soft", data_n=3)`. A None child is left out, a True attribute is bare, a
    None or False one is left out; `_` in its name is `-`."""
    parts = [f"<{tag}"]
    for name, value in attributes.items():
        if value is None or value is False:
            continue
        name = name.rstrip("_").replace("_", "-")
        parts.append(f" {name}" if value is True else f' {name}="{escape(str(value))}"')
    parts.append(">")
    if tag in VOID:
        return Markup("".join(parts))
    return Markup("".join(parts) + join(*children) + f"</{tag}>")


def join(*children: Child) -> Markup:
    return Markup("".join(c if isinstance(c, Markup) else escape(c) for c in children if c is not None))
