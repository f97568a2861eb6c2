"""The colour profile in the papers: sRGB, written out so that no library's version or clock has a part in the bytes.

ICC.1:2001-04 (version 2.4), which every part of the archive standard takes: a matrix for the primaries and one
curve for the three channels. The figures are those of IEC 61966-2-1, adapted to the white D50.
"""

from __future__ import annotations

import struct
from functools import cache

_CURVE_STEPS = 1024
_WHITE = (0.96420, 1.0, 0.82491)
_PRIMARIES = {
    b"rXYZ": (0.43607, 0.22249, 0.01392),
    b"gXYZ": (0.38515, 0.71687, 0.09708),
    b"bXYZ": (0.14307, 0.06061, 0.71410),
}
_NAME = b"sRGB IEC61966-2.1"


@cache
def srgb_profile() -> bytes:
    """The profile's bytes, the same in every process."""
    curve = _padded(b"curv" + bytes(4) + struct.pack(">I", _CURVE_STEPS) + _curve())
    tags = {
        b"desc": _padded(_description()),
        b"cprt": _padded(b"text" + bytes(4) + b"No copyright, use freely\0"),
        b"wtpt": _xyz(_WHITE),
        **{name: _xyz(primary) for name, primary in _PRIMARIES.items()},
        b"rTRC": curve,
    }
    start = 128 + 4 + 12 * (len(tags) + 2)
    table, body = [], b""
    for name, tag in tags.items():
        table.append((name, start + len(body), len(tag)))
        body += tag
    shared = table[-1][1:]
    table += [(name, *shared) for name in (b"gTRC", b"bTRC")]
    entries = b"".join(struct.pack(">4sII", *entry) for entry in table)
    return _header(start + len(body)) + struct.pack(">I", len(table)) + entries + body


def _header(size: int) -> bytes:
    return struct.pack(
        ">I4sI4s4s4s6H4s4sI4s4sQI3I4s44x",
        size, bytes(4), 0x02400000, b"mntr", b"RGB ", b"XYZ ", 2000, 1, 1, 0, 0, 0, b"acsp", bytes(4), 0, bytes(4),
        bytes(4), 0, 0, *(_fixed(value) for value in _WHITE), bytes(4),
    )  # fmt: skip


def _curve() -> bytes:
    steps = (place / (_CURVE_STEPS - 1) for place in range(_CURVE_STEPS))
    linear = (step / 12.92 if step <= 0.04045 else ((step + 0.055) / 1.055) ** 2.4 for step in steps)
    return struct.pack(f">{_CURVE_STEPS}H", *(round(value * 65535) for value in linear))


def _description() -> bytes:
    name = _NAME + b"\0"
    return b"desc" + bytes(4) + struct.pack(">I", len(name)) + name + bytes(4 + 4 + 2 + 1 + 67)


def _xyz(values: tuple[float, float, float]) -> bytes:
    return b"XYZ " + bytes(4) + struct.pack(">3I", *(_fixed(value) for value in values))


def _fixed(value: float) -> int:
    return round(value * 65536)


def _padded(tag: bytes) -> bytes:
    return tag + bytes(-len(tag) % 4)
