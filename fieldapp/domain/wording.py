"""Sentences that are still to be said in the officer's language.

The rules decide *what* to say; the language is known only where it is shown. A ``Sentence`` carries the English
text, which is also its key in the translations, and the values it names.
"""

from __future__ import annotations

from collections.abc import Mapping


class Sentence:
    """An English text with named places, e.g. ``Sentence("Row {row} has no name.", row=7)``; compared by value."""

    __slots__ = ("text", "values")

    def __init__(self, text: str, /, **values: object) -> None:
        self.text = text
        self.values: Mapping[str, object] = values

    def __str__(self) -> str:
        """The English sentence, for logs and tests."""
        return self.text.format_map(self.values) if self.values else self.text

    def __repr__(self) -> str:
        return f"Sentence({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sentence) and (self.text, self.values) == (other.text, other.values)

    def __hash__(self) -> int:
        return hash(self.text)
