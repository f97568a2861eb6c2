"""A section of a paper: its heading, which is repeated with 续 where a page begins within it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fieldapp.documents.fields import band
from fieldapp.documents.flow import Block
from fieldapp.documents.forms import Form

_BESIDE = 24


def section(form: Form, key: str, rows: Sequence[Block]) -> list[Block]:
    """The rows under their heading; a row that begins a page repeats the heading with 续."""
    again = (continued(form, key),)
    return [band(*form.section(key)), *(row if row.heads else replace(row, heads=again) for row in rows)]


def continued(form: Form, key: str) -> Block:
    """The heading as it stands on a later page."""
    title, note = form.section(key)
    return band(title, note, continued=True)


def beside_or_below(text: str) -> tuple[str, str]:
    """A short remark stands beside its box, a long one in a row of its own that may grow."""
    return (text, "") if len(text) <= _BESIDE else ("", text)
