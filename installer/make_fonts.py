"""Makes assets/fonts/PilotlightSans*.otf and .ttf: Inter, with the letters of Noto for scripts that Inter
lacks. Not needed to run Pilotlight.

    apt-get download fonts-noto-cjk fonts-noto-core; dpkg -x …deb FOLDER; pip install fonttools
    python installer/make_fonts.py FOLDER

One family holds all that a language is written with, so that a screen names one family and no machine's own fonts
mix in: Han characters look one way in China and another in Japan, and a search for a fallback can't know which.
Modified versions under the SIL Open Font License, so they go by a name of their own: a subset of the characters,
without hints and vertical writing, and with Inter's line height, so that a line of Japanese is as tall as a line of
English and no page moves when its language changes.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from fontTools import subset
from fontTools.fontBuilder import FontBuilder
from fontTools.merge import Merger
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTCollection, TTFont
from fontTools.ttLib.scaleUpem import scale_upem

OUT = Path(__file__).resolve().parent.parent / "assets" / "fonts"
EM = 1000
ASCENT, DESCENT = 969, 241
"""Inter's, in thousandths of an em."""
ARABIC_DESCENT = 380
"""Arabic letters hang lower than Latin ones: ع at the end of a word by 0.39 em."""
WEIGHTS = {"Regular": 400, "Bold": 700}
COPYRIGHT = {
    "SC": "© 2014-2021 Adobe; © 2016 The Inter Project Authors",
    "JP": "© 2014-2021 Adobe; © 2016 The Inter Project Authors",
    "Arabic": "© 2015-2020 Google LLC; © 2016 The Inter Project Authors",
}
LICENSE = "SIL Open Font License, Version 1.1. https://openfontlicense.org"


def table(codec: str, rows: range) -> set[int]:
    """The characters of some rows of a national 94 × 94 character set."""
    found: set[str] = set()
    for row in rows:
        for cell in range(0xA1, 0xFF):
            found |= set(bytes([row, cell]).decode(codec, "ignore"))
    return {ord(c) for c in found}


CHINESE = table("gb2312", range(0xA1, 0xF8)) | {0xFFE5}  # GB 2312: 6,763 characters, 99.75 % of what is written
JAPANESE = table("euc_jp", range(0xA1, 0xF5)) | {
    0xFFE5,
    0xFF5E,
    0xFF0D,
    *range(0xFF61, 0xFFA0),
}  # JIS X 0208 and narrow katakana
ARABIC = {*range(0x600, 0x700), *range(0x750, 0x780), *range(0xFB50, 0xFE00), *range(0xFE70, 0xFF00), 0x25CC}
LATIN = {*range(0x20, 0x7F), *range(0xA0, 0x180), 0x218, 0x219, 0x21A, 0x21B, 0x1E9E, 0x202F, 0x2212, 0x2022, 0x2013}
LATIN |= {*range(0x20A0, 0x20C1)}  # currencies
MARKS = {0x200C, 0x200D, 0x200E, 0x200F, 0x2066, 0x2067, 0x2068, 0x2069}


def cut(font: TTFont, wanted: set[int], features: list[str]) -> None:
    options = subset.Options()
    options.layout_features = features
    options.hinting = False
    options.drop_tables += ["VORG", "vhea", "vmtx", "BASE", "STAT"] + ([] if features else ["GPOS", "GSUB", "GDEF"])
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=wanted)
    subsetter.subset(font)


def names(code: str, weight: str) -> dict[str, str]:
    family = f"Pilotlight Sans {code}"
    postscript = f"PilotlightSans{code}-{weight}"
    return {
        "copyright": COPYRIGHT[code],
        "familyName": family,
        "styleName": weight,
        "uniqueFontIdentifier": postscript,
        "fullName": f"{family} {weight}",
        "psName": postscript,
        "version": "Version 1.0",
        "licenseDescription": LICENSE,
    }


def east_asian(folder: Path, code: str, weight: str, wanted: set[int]) -> None:
    """Outlines of both drawn anew into one font: the Han font's are numbered (CID-keyed) and can't take others in."""
    collection = TTCollection(folder / f"usr/share/fonts/opentype/noto/NotoSansCJK-{weight}.ttc")
    han = next(f for f in collection.fonts if f["name"].getDebugName(1) == f"Noto Sans CJK {code}")
    inter = TTFont(OUT / f"Inter-{weight}.ttf")
    sources = {0x20: inter} | {c: han for c in sorted(wanted) if c in han.getBestCmap()}
    sources |= {c: inter for c in sorted(LATIN) if c in inter.getBestCmap()}
    order, outlines, widths, cmap = [".notdef"], {}, {}, {}
    sets = {id(f): f.getGlyphSet() for f in (han, inter)}

    def draw(name: str, font: TTFont, glyph: str) -> None:
        scale = EM / font["head"].unitsPerEm
        width = round(font["hmtx"][glyph][0] * scale)
        pen = T2CharStringPen(None if width == EM else width, sets[id(font)])
        sets[id(font)][glyph].draw(TransformPen(pen, (scale, 0, 0, scale, 0, 0)))
        outlines[name], widths[name] = pen.getCharString(), width

    draw(".notdef", han, ".notdef")
    for c, font in sources.items():
        name = f"u{c:04X}"
        glyph = font.getBestCmap()[c]
        if font is inter and 0x30 <= c <= 0x39:
            glyph = f"{glyph}.tf" if f"{glyph}.tf" in sets[id(inter)] else glyph  # columns of prices stand straight
        order.append(name)
        cmap[c] = name
        draw(name, font, glyph)
    named = names(code, weight)
    build = FontBuilder(EM, isTTF=False)
    build.setupGlyphOrder(order)
    build.setupCharacterMap(cmap)
    build.setupCFF(
        named["psName"], {"FullName": named["fullName"]}, outlines, {"defaultWidthX": EM, "nominalWidthX": 0}
    )
    build.setupHorizontalMetrics({n: (widths[n], 0) for n in order})
    finish(build, named, weight, DESCENT)
    build.save(OUT / f"PilotlightSans{code}-{weight}.otf")


def finish(build: FontBuilder, named: dict[str, str], weight: str, descent: int) -> None:
    build.setupHorizontalHeader(ascent=ASCENT, descent=-descent)
    build.setupNameTable(named, mac=False)
    build.setupOS2(
        usWeightClass=WEIGHTS[weight],
        fsSelection=0x20 if weight == "Bold" else 0x40,
        sTypoAscender=ASCENT,
        sTypoDescender=-descent,
        sTypoLineGap=0,
        usWinAscent=ASCENT,
        usWinDescent=descent,
        sxHeight=546,
        sCapHeight=728,
    )
    build.setupPost(keepGlyphNames=False)
    build.font["head"].macStyle = 1 if weight == "Bold" else 0


def arabic(folder: Path, weight: str) -> None:
    """Both are drawn alike, so their tables are joined, with all that joins letters and places marks."""
    noto = TTFont(folder / f"usr/share/fonts/truetype/noto/NotoSansArabic-{weight}.ttf")
    cut(noto, ARABIC | MARKS, ["*"])
    inter = TTFont(OUT / f"Inter-{weight}.ttf")
    cut(inter, LATIN | {0x2026, 0x2014, 0x2018, 0x2019, 0x201C, 0x201D}, ["kern", "mark", "tnum"])
    scale_upem(inter, EM)
    with TemporaryDirectory() as place:
        parts = []
        for name, font in (("a", inter), ("b", noto)):
            font.save(Path(place) / name)
            parts.append(str(Path(place) / name))
        joined = Merger().merge(parts)
    build = FontBuilder(font=joined)
    finish(build, names("Arabic", weight), weight, ARABIC_DESCENT)
    build.save(OUT / f"PilotlightSansArabic-{weight}.ttf")


def main(folder: Path) -> None:
    for weight in WEIGHTS:
        arabic(folder, weight)
        east_asian(folder, "SC", weight, CHINESE)
        east_asian(folder, "JP", weight, JAPANESE)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
