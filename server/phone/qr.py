"""QR codes, as SVG and as rows of modules."""

from __future__ import annotations

import io

QUIET_ZONE = 4
"""Modules of white around it, as ISO/IEC 18004 wants."""


def svg(text: str) -> str:
    """Black on white whatever is behind it: half of the phones don't read a code in a dark theme's colours."""
    import segno  # loaded by the first code: most terminals never show one

    out = io.BytesIO()
    segno.make_qr(text, error="m").save(
        out, kind="svg", border=QUIET_ZONE, dark="#000", light="#fff", xmldecl=False, svgclass=None, lineclass=None,
        omitsize=True,
    )  # fmt: skip
    return out.getvalue().decode().strip()
