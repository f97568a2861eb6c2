"""What was handed in, written out to be read: also what was refused, is not finished, or cannot be let in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from fieldapp.domain.errors import Actionable
from fieldapp.domain.wording import Sentence
from fieldapp.headoffice.database import discard_database, in_the_making, make_private_file
from fieldapp.headoffice.parcels import named, opened
from fieldapp.headoffice.storage.store import Store
from fieldapp.protocol.parcel import Parcel


def write_out(store: Store, hand_in: str, file: Path) -> int:
    """Write everything in a hand-in but its photos to ``file``, one JSON object a line; how many there are.

    Each has ``is``: ``unsent``, ``refused`` or ``unfinished``, and the change or the form as it was saved. They are
    customers' data, for the administrator's eyes alone. Raises Actionable: ``hand_in_unknown``, ``hand_in_unreadable``,
    ``exists``, ``no_permission``, ``not_written``; no file is there then.
    """
    if file.exists():
        raise Actionable("exists", Sentence("There is already a file {path}.", path=str(file)))
    partial = in_the_making(file)
    lines = 0
    try:
        with store.reading() as unit:
            row = named(unit, hand_in)
            make_private_file(partial)
            with partial.open("w", encoding="utf-8", errors=_HALF_SIGNS) as written:
                for parcel in opened(unit, row):
                    for one in _in_words(parcel):
                        written.write(json.dumps(one, ensure_ascii=False, default=repr) + "\n")
                        lines += 1
        partial.replace(file)
    except OSError as error:
        discard_database(str(partial))
        sentence = Sentence(
            "The file {path} cannot be written: {reason}.", path=str(file), reason=error.strerror or "?"
        )
        raise Actionable("not_written", sentence) from error
    except BaseException as error:
        if not isinstance(error, Actionable) or error.code != "exists":  # that one is somebody's
            discard_database(str(partial))
        raise
    return lines


_HALF_SIGNS = "backslashreplace"
"""JSON may name half a sign that no text holds: it is written as JSON names it."""


def _in_words(parcel: Parcel) -> Iterator[dict[str, Any]]:
    for body in parcel.changes:
        yield {"is": "unsent", "change": _read(body)}
    for body in parcel.refused:
        yield {"is": "refused", "change": _read(body)}
    for draft in parcel.drafts:
        yield {"is": "unfinished", **msgspec.structs.asdict(draft)}


def _read(body: bytes) -> Any:
    """The change, or its bytes as text where it is none."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return body.decode("utf-8", "backslashreplace")
