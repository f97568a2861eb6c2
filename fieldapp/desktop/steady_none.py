"""Keeps ``None``, ``True`` and ``False`` alive under PySide6 6.12 on Python 3.11.

PySide6 6.12.0 hands out ``None`` without counting the reference: harmless where ``None`` is immortal (Python 3.12 on),
fatal before: after some thousand calls such as ``setPen`` the interpreter stops with "deallocating None". Measured at
one lost reference for each call that returns nothing. ``True`` and ``False`` are lost more seldom, but were seen to end
a program of some minutes in the same way ("bool_dealloc").
"""

from __future__ import annotations

import ctypes
import sys

ENOUGH = 1 << 60  # more calls than any run of the program makes


def keep_none() -> None:
    """Give them the references that Qt will drop. Does nothing where they are immortal, or when done already."""
    if sys.version_info >= (3, 12) or sys.implementation.name != "cpython" or sys.getrefcount(None) > ENOUGH // 2:
        return
    for lasting in (None, True, False):
        ctypes.c_ssize_t.from_address(id(lasting)).value += ENOUGH
