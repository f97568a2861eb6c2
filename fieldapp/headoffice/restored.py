"""Which laptops know that head office was restored: only they give back what it forgot (SYNC 33, 35)."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from fieldapp.headoffice.storage.store import Unit


def note_fork(unit: Unit, device: str, streams: Sequence[str], at: str) -> None:
    """``device`` is told that these streams have forgotten what it was told; it may offer its images from now on.

    That stands in the database, for every process and after every start. Another restore may take it back: who has to
    be told of that is told once more.
    """
    content = msgspec.json.encode({"at": at, "streams": list(streams)}).decode()
    unit.accounts.set_setting(_TOLD + device, content)


def was_told_of_a_fork(unit: Unit, device: str) -> bool:
    """Whether ``device`` was told so since the backup that was restored, and may offer its images."""
    return unit.accounts.setting(_TOLD + device) is not None


_TOLD = "fork_told_to_"
