"""Values as JSON knows them: when two are the same, and which are too strange to keep."""

from __future__ import annotations

from typing import Any

from fieldapp.domain.record_rules import TEXT_LIMIT

DEPTH_LIMIT = 16
"""Lists and maps within each other; no form nests deeper than three."""

_GREATEST_INTEGER = 2**63 - 1


def same(one: Any, other: Any) -> bool:
    """Whether two values are the same JSON value: true is not 1, and the order of a map's names means nothing."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(value, other[name]) for name, value in one.items())
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def strangeness(value: Any) -> str | None:
    """Why ``value`` cannot be kept: ``deep``, ``large`` (an integer beyond 64 bits), ``long`` (a text)."""
    level = [value]
    for _ in range(DEPTH_LIMIT):
        deeper: list[Any] = []
        for item in level:
            if isinstance(item, str) and len(item) > TEXT_LIMIT:
                return "long"
            if isinstance(item, int) and abs(item) > _GREATEST_INTEGER:
                return "large"
            if isinstance(item, dict):
                deeper += item.values()
                deeper += item.keys()
            elif isinstance(item, list | tuple):
                deeper += item
        if not deeper:
            return None
        level = deeper
    return "deep"
