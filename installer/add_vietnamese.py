"""Adds Vietnamese letters to assets/fonts/Inter-*.ttf. Not needed to run Pilotlight.

    npm pack @fontsource/inter; tar xzf fontsource-inter-*.tgz; pip install fonttools brotli
    python installer/add_vietnamese.py package/files

The package holds the same version of Inter in parts; each letter is kerned as the one it is made from.
"""

from __future__ import annotations

import sys
import unicodedata
from pathlib import Path

from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

OUT = Path(__file__).resolve().parent.parent / "assets" / "fonts"
WEIGHTS = {"Regular": 400, "Medium": 500, "SemiBold": 600, "Bold": 700, "ExtraBold": 800}
VIETNAMESE = (0x1A0, 0x1A1, 0x1AF, 0x1B0, *range(0x1EA0, 0x1EFA))


def add(font: TTFont, part: TTFont) -> int:
    """Letters that only `part` has; returns how many."""
    known, there, shapes = dict(font.getBestCmap()), part.getBestCmap(), part.getGlyphSet()
    if font["head"].unitsPerEm != part["head"].unitsPerEm:
        raise SystemExit("both must be drawn on the same grid")
    new = [c for c in VIETNAMESE if c not in known and c in there]
    alike: dict[str, str] = {}
    for c in new:
        name, pen = f"uni{c:04X}", TTGlyphPen(None)
        drawn = DecomposingRecordingPen(shapes)
        shapes[there[c]].draw(drawn)
        drawn.replay(pen)
        font["glyf"][name] = pen.glyph()
        font["hmtx"][name] = part["hmtx"][there[c]]
        for table in font["cmap"].tables:
            if table.isUnicode():
                table.cmap[c] = name
        letter = chr(c)
        while ord(letter) not in known:
            letter = unicodedata.normalize("NFD", letter)[0]
        alike[name] = known[ord(letter)]
    font.setGlyphOrder(font["glyf"].glyphOrder)
    kern(font, alike)
    return len(new)


def kern(font: TTFont, alike: dict[str, str]) -> None:
    """`alike`: new letters, each with the one whose distances to others it takes."""
    for lookup in font["GPOS"].table.LookupList.Lookup:
        for table in lookup.SubTable:
            table = getattr(table, "ExtSubTable", table)
            if type(table).__name__ != "PairPos" or table.Format != 2:
                continue
            covered = set(table.Coverage.glyphs)
            covered |= {name for name, letter in alike.items() if letter in covered}
            for name, letter in alike.items():
                for classes in (table.ClassDef1.classDefs, table.ClassDef2.classDefs):
                    if letter in classes:
                        classes[name] = classes[letter]
            table.Coverage.glyphs = sorted(covered, key=font.getGlyphID)


def main(folder: Path) -> None:
    for weight, number in WEIGHTS.items():
        path = OUT / f"Inter-{weight}.ttf"
        font = TTFont(path)
        count = add(font, TTFont(folder / f"inter-vietnamese-{number}-normal.woff2"))
        font.save(path)
        print(f"{path.name}: {count} letters more")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
