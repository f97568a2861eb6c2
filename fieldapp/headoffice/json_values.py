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
    kind = type(value)
    if kind is str:
        return "long" if len(value) > TEXT_LIMIT else None
    if kind is int:
        return None if -_GREATEST_INTEGER <= value <= _GREATEST_INTEGER else "large"
    return _strangeness_within(value) if kind is list or kind is dict or kind is tuple else None


def _strangeness_within(value: Any, depth: int = DEPTH_LIMIT - 1) -> str | None:
    if depth < 0:
        return "deep"
    inner = [*value.values(), *value.keys()] if isinstance(value, dict) else value
    for one in inner:
        kind = type(one)
        strange = (
            _strangeness_within(one, depth - 1) if kind is list or kind is dict or kind is tuple else strangeness(one)
        )
        if strange is not None:
            return strange
    return None
