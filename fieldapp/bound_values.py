"""What SQLite's module does with the values that it binds; for the laptop's file, and head office's alike."""

from __future__ import annotations

from sqlcipher3 import dbapi2 as sqlite


def bind_as_they_are() -> None:
    """Let NULL, bytes and truth values be bound without a search.

    Of everything but numbers and text the module looks for an adapter, in three ways that all fail: a microsecond for
    each value. With an adapter that gives back the same it is a quarter of that.
    """
    sqlite.register_adapter(type(None), _nothing)
    sqlite.register_adapter(bytes, bytes)
    sqlite.register_adapter(bool, int)


def _nothing(_value: None) -> None:
    return None
