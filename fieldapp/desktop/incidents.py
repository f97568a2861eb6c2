"""An error that is ours: an id to quote, the same for the same fault, and the sentence that goes with it."""

from __future__ import annotations

import traceback
import zlib
from pathlib import Path

from fieldapp.domain.errors import Actionable
from fieldapp.translation import explain, tr


def incident(error: BaseException) -> str:
    """``E-7F3A``: made of the error's kind and the places in the code it passed, never of its text."""
    frames = traceback.extract_tb(error.__traceback__)
    trail = type(error).__qualname__ + "".join(f"|{frame.name}:{frame.lineno}" for frame in frames)
    return f"E-{zlib.crc32(trail.encode()) & 0xFFFF:04X}"


def trail(error: BaseException) -> str:
    """Where the error passed, for the log: files, lines and kinds; never its text, which may hold a customer's data."""
    passed = [
        f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
    ]
    cause = error.__cause__ or error.__context__
    return " > ".join([*passed, type(error).__qualname__]) + (f" from {trail(cause)}" if cause is not None else "")


def told(error: Exception) -> tuple[str, str]:
    """What the officer reads of an error: a title, and the sentence under it."""
    if isinstance(error, Actionable):
        return explain(error), ""
    number = incident(error)
    return tr("This step did not work; nothing is lost"), tr("Incident {number}: tell head office", number=number)
