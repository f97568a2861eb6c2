"""What is wrong with a change as it was sent, whatever record it is about."""

from __future__ import annotations

from fieldapp.domain.errors import Invalid
from fieldapp.domain.wording import Sentence


def malformed(where: str) -> Invalid:
    """The change cannot be read; ``where`` is the part of it that is none (code ``malformed``)."""
    return Invalid("malformed", Sentence("Head office could not read this change."), field=where)


def record_exists() -> Invalid:
    """The change would make a record under a name that another one has (code ``record_exists``)."""
    return Invalid("record_exists", Sentence("There is already another entry with this number."), field="record")
