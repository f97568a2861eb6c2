"""How far a search goes: far enough each day, and further with ``--long``."""

from __future__ import annotations

_long = False


def search_long() -> None:
    """Every search from now on is the long one."""
    global _long
    _long = True


def examples(everyday: int, at_length: int) -> int:
    """How many examples hypothesis tries."""
    return at_length if _long else everyday
