"""What tired hands, a clipboard or an attacker put into a field. Shared by the tests of the pages."""

from __future__ import annotations

HOSTILE = {
    "nothing": "",
    "blanks": " \u3000\t ",
    "100,000 characters": "字" * 100_000,
    "100,000 digits": "9" * 100_000,
    "emoji": "👩‍🌾🌾",
    "right to left": "\u202eمرحبا\u202c",
    "control characters": "a\x07\x1b[31m\r\nb",
    "a zero byte": "a\x00b",
    "half a surrogate": "a\ud800b",
    "markup": "<b>粗</b>&amp;{name}%s",
    "beyond any number": "1e999",
    "negative": "-1",
    "full-width digits": "１２３４５６７８９０１２",
    "a wrong unit": "5 斤",
    "a path": "../../etc/passwd",
}
"""By what is wrong with it."""

HARDEST = {
    name: HOSTILE[name]
    for name in ("nothing", "100,000 characters", "right to left", "half a surrogate", "a zero byte")
}
"""Those that broke something once, for what takes a second each."""
