"""What head office writes about its own work: one line an event, ids only, never a name, a number or a text of people.

Only fields known to hold ids and counts are written, and only while they look like one. An error is told by its
types and places: its message may hold a value that somebody typed.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import time
import traceback
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any, Literal

LogFormat = Literal["plain", "json"]

request_id: ContextVar[str | None] = ContextVar("fieldapp_request", default=None)
"""The request being answered, also in the threads that work for it."""

ID_FIELDS = frozenset(
    (
        "branch",
        "change",
        "changes",
        "code",
        "count",
        "device",
        "digest",
        "ended",
        "fault",
        "from",
        "method",
        "more",
        "ms",
        "product",
        "record",
        "records",
        "route",
        "seconds",
        "staff",
        "status",
        "stream",
        "streams",
        "to",
        "url",
        "version",
        "worker",
    )
)
"""What may stand beside an event."""


def write_logs(shape: LogFormat, level: str, worker: int | None = None) -> None:
    """Write this process's events from ``level`` on to standard error, in ``shape`` and in no other way."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(EventFormatter(shape, worker))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.getLogger("sqlalchemy").setLevel(logging.WARNING)  # its statements name what people typed


class EventFormatter(logging.Formatter):
    """Events as JSON, one object a line, or as words for a person watching."""

    def __init__(self, shape: LogFormat = "json", worker: int | None = None) -> None:
        super().__init__()
        self._shape = shape
        self._worker = worker

    def format(self, record: logging.LogRecord) -> str:
        facts = {name: _safe(value) for name, value in self._facts(record) if value is not None}
        if self._shape == "json":
            return json.dumps(facts, ensure_ascii=True)
        rest = " ".join(
            f"{name}={_words(value)}" for name, value in facts.items() if name not in ("at", "level", "logger", "event")
        )
        return f"{facts['at']} {record.levelname} {facts['logger']} {facts['event']} {rest}".rstrip()

    def _facts(self, record: logging.LogRecord) -> Iterator[tuple[str, Any]]:
        at = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        yield "at", f"{at}.{int(record.msecs):03}Z"
        yield "level", record.levelname.lower()
        yield "logger", record.name
        ours = record.name.partition(".")[0] == "fieldapp"
        yield "event", record.msg if ours else "library"
        if not ours:
            yield "place", f"{record.module}:{record.lineno}"
        yield "request", request_id.get()
        yield "worker", self._worker
        for name in sorted(ID_FIELDS & record.__dict__.keys()):
            yield name, record.__dict__[name]
        if record.exc_info and record.exc_info[1] is not None:
            yield "error", _types(record.exc_info[1])
            yield "trail", _trail(record.exc_info[1])


_ID = re.compile(r"[A-Za-z0-9_.:/@<>\[\]-]{0,200}", re.ASCII)


def _safe(value: object) -> object:
    """The value while it looks like an id or a count."""
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, list | tuple | set | frozenset):
        return [_safe(one) for one in value]
    text = str(value)
    return text if _ID.fullmatch(text) else "?"


def _words(value: object) -> str:
    return ",".join(str(one) for one in value) if isinstance(value, list) else str(value)


def _types(error: BaseException) -> list[str]:
    """The error and what brought it about, by their types, with the database's own code."""
    types: list[str] = []
    seen: set[int] = set()
    passing: BaseException | None = error
    while passing is not None and id(passing) not in seen:
        seen.add(id(passing))
        sqlstate = getattr(getattr(passing, "orig", passing), "sqlstate", None)
        types.append(f"{type(passing).__module__}.{type(passing).__qualname__}" + (f":{sqlstate}" if sqlstate else ""))
        passing = passing.__cause__ or passing.__context__
    return types


def _trail(error: BaseException) -> list[str]:
    """Where it passed, outermost first, without the text of any line."""
    places = traceback.extract_tb(error.__traceback__)[-20:]
    return [
        f"{place.filename.replace(chr(92), '/').rpartition('/')[2]}:{place.lineno}:{place.name}" for place in places
    ]
