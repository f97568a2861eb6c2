"""A heading as it is compared with others."""

from __future__ import annotations

import unicodedata
from functools import lru_cache


def comparable(text: str) -> str:
    """A heading without width, case, spaces and marks."""
    return _comparable(text[:200])


@lru_cache(4096)
def _comparable(cut: str) -> str:
    normal = (cut if cut.isascii() else unicodedata.normalize("NFKC", cut)).lower()
    return "".join(char for char in normal if char.isalnum() or char in "()（）/%")
