"""The unit in which amounts of money are counted, by the words for it: 万元, 千, k, thousand yuan."""

from __future__ import annotations

import re

UNIT_NAMES = {
    1: "元", 10: "十元", 100: "百元", 1_000: "千元", 10_000: "万元", 1_000_000: "百万元", 10_000_000: "千万元",
    100_000_000: "亿元",
}  # fmt: skip
"""What a number of yuan is called as a unit."""


def unit_named(words: str) -> int | None:
    """How many yuan a unit has that stands alone: 万元, 千, 元/年, k; None for what is no unit of money."""
    match = _UNIT.fullmatch("".join(words.split()).lower())
    if match is None or not (match["sign"] or match["yuan"] or match["english"]):
        return None
    if match["english"]:
        return _ENGLISH[match["english"]]
    return _SIGNS[match["sign"] or ""]


_SIGNS = {
    "": 1, "十": 10, "百": 100, "千": 1_000, "万": 10_000, "十万": 100_000, "百万": 1_000_000, "千万": 10_000_000,
    "亿": 100_000_000,
}  # fmt: skip
_ENGLISH = {
    "k": 1_000, "w": 10_000, "10k": 10_000, "wan": 10_000, "thousand": 1_000, "tenthousand": 10_000,
    "million": 1_000_000,
}  # fmt: skip
_UNIT = re.compile(
    r"(?:(?P<sign>十万|百万|千万|[十百千万亿])?(?P<yuan>[元圆块]钱?整?|yuan|cny|rmb)?|(?P<english>tenthousand|10k|k|wan|w|thousand|million)(?:yuan|cny|rmb)?)"
    r"(?:(?:/|每)(?:年|月|year|month|yr)|人民币)?"
)
