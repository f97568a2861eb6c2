"""Cuts the paper's second font out of HanaMinA and HanaMinB: rare characters that Noto Sans SC lacks.

    python .ci/cut_rare_han.py HanaMinA.ttf HanaMinB.ttf

Taken are all Chinese characters of HanaMinA that Noto Sans SC lacks, and of HanaMinB those with a known Mandarin
reading (what a name may hold); the rest of HanaMinB would be another 20 MB. Hints go, the em becomes 1,000 units
(ReportLab reads the end of ``hmtx`` wrongly for any other), and the name changes, as the Open Font License asks. The
same inputs give the same bytes. The fonts come from https://fonts.jp/hanazono/ or from Debian's package fonts-hanazono.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools import merge, subset
from fontTools.ttLib import TTFont
from fontTools.ttLib.scaleUpem import scale_upem
from pypinyin.constants import PINYIN_DICT

FONTS = Path(__file__).resolve().parent.parent / "resources" / "fonts"
NAME = "FieldRareHan"
BLOCKS = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF))
KEPT_TABLES = ("GlyphOrder", "head", "hhea", "maxp", "OS/2", "hmtx", "cmap", "loca", "glyf", "name", "post")


def main(first: Path, second: Path) -> None:
    """Write ``FieldRareHan-Regular.ttf`` beside the other fonts."""
    known = set(TTFont(FONTS / "NotoSansSC-Medium.ttf", lazy=True).getBestCmap())
    common = {code for code in TTFont(first, lazy=True).getBestCmap() if _is_han(code)} - known
    read = {code for code in PINYIN_DICT if _is_han(code)} & set(TTFont(second, lazy=True).getBestCmap())
    parts = [_cut(first, common, FONTS / "part-a.ttf"), _cut(second, read - known - common, FONTS / "part-b.ttf")]
    font = merge.Merger().merge([str(part) for part in parts])
    for part in parts:
        part.unlink()
    for table in set(font.keys()) - set(KEPT_TABLES):
        del font[table]
    _rename(font)
    font["post"].formatType = 3.0
    font.recalcTimestamp = False
    font["head"].created = font["head"].modified = 0
    font.save(FONTS / f"{NAME}-Regular.ttf", reorderTables=True)
    print(f"{len(common)} + {len(read - known - common)} characters")


def _is_han(code: int) -> bool:
    return any(low <= code <= high for low, high in BLOCKS)


def _cut(path: Path, codes: set[int], to: Path) -> Path:
    options = subset.Options(hinting=False, layout_features=[], notdef_outline=True, glyph_names=False)
    options.drop_tables += ["FFTM", "BASE", "GDEF", "GSUB", "GPOS", "vhea", "vmtx", "gasp"]
    font = subset.load_font(str(path), options)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=sorted(codes))
    cutter.subset(font)
    scale_upem(font, 1000)
    font.save(to)
    return to


def _rename(font: TTFont) -> None:
    said = {1: NAME, 2: "Regular", 3: f"{NAME} 1.0", 4: NAME, 5: "Version 1.0", 6: f"{NAME}-Regular"}
    said[0] = "Copyright 2008-2017 GlyphWiki Project. A modified subset of the Hanazono fonts."
    said[13] = "Hanazono Font License, or SIL Open Font License 1.1"
    font["name"].names = []
    for number, text in sorted(said.items()):
        font["name"].setName(text, number, 3, 1, 0x409)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
