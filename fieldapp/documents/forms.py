"""The texts of the forms: titles, labels, clauses, kept as versioned TOML files that the bank edits without code.

``resources/forms/<name>-<version>.toml``: the newest version is used unless an older paper names its own. Every text is
a pair, Chinese first; where they differ the Chinese governs.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from fieldapp.documents.typefaces import FieldName, printable
from fieldapp.domain.errors import Actionable, Invalid
from fieldapp.domain.wording import Sentence
from fieldapp.resources import resource

_LONGEST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Text:
    """A text in both languages of the paper."""

    zh: str
    en: str

    @property
    def both(self) -> str:
        """As an error names it: the label as it stands on the paper."""
        return f"{self.zh} {self.en}".strip()


@dataclass(frozen=True, slots=True)
class Clause:
    """One numbered paragraph; what costs, binds or expires is bold."""

    text: Text
    bold: bool


@dataclass(frozen=True, slots=True)
class Form:
    """The texts of one form in one version. ``texts`` is the whole file, as it goes into the data digest."""

    file: str
    template: str
    version: str
    texts: Mapping[str, Any]

    @property
    def code(self) -> str:
        """Template and version as printed, e.g. ``A01-1.0``."""
        return f"{self.template}-{self.version}"

    def text(self, group: str, key: str, **values: str) -> Text:
        """One pair of texts, its ``{places}`` filled. Raises Actionable (``form``) when the file has no such pair."""
        try:
            zh, en = self.texts[group][key]
            return Text(_filled(zh, values), _filled(en, values))
        except (KeyError, ValueError, TypeError, AttributeError, IndexError) as error:
            raise self.broken(f"[{group}] {key}") from error

    def label(self, key: str) -> Text:
        """The label of a field or column."""
        return self.text("labels", key)

    def section(self, key: str) -> tuple[Text, Text | None]:
        """The heading of a section and the note at its right, if it has one."""
        notes = self.texts.get("section_notes", {})
        return self.text("sections", key), self.text("section_notes", key) if key in notes else None

    def options(self, key: str) -> list[tuple[str, Text]]:
        """The choices of a field in the order of the paper: value and text."""
        group = self.texts.get("options", {}).get(key)
        if not isinstance(group, dict) or not group:
            raise self.broken(f"[options.{key}]")
        try:
            return [(value, Text(zh, en)) for value, (zh, en) in group.items()]
        except (ValueError, TypeError) as error:
            raise self.broken(f"[options.{key}]") from error

    def option(self, key: str, value: str) -> Text:
        """The text of one choice. Raises Actionable (``form_choice``) for one that the form does not have."""
        for known, text in self.options(key):
            if known == value:
                return text
        raise Actionable(
            "form_choice",
            Sentence(
                "{field} has a value that this version of the program cannot print: {value}.",
                field=self._named(key),
                value=value[:_LONGEST_SHOWN],
            ),
            advice=Sentence(
                "Install the newer version of the program and print again. If this is it, {file} lacks {place}.",
                file=self.file,
                place=f"[options.{key}] {value[:_LONGEST_SHOWN]}",
            ),
        )

    def clauses(self, key: str) -> list[Clause]:
        """The numbered paragraphs under ``key``."""
        try:
            return [Clause(Text(entry["zh"], entry["en"]), bool(entry.get("bold", False))) for entry in self.texts[key]]
        except (KeyError, TypeError, AttributeError) as error:
            raise self.broken(f"[[{key}]]") from error

    def entries(self, key: str) -> list[Mapping[str, Any]]:
        """The rows of the table ``key`` as they stand in the file."""
        found = self.texts.get(key)
        if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
            raise self.broken(f"[[{key}]]")
        return found

    def field(self, key: str, label: str) -> FieldName:
        """The name under which a refusal speaks of the value beside ``label``."""
        return FieldName(key, self.label(label).both)

    def _named(self, key: str) -> str:
        """The choice as it is labelled on the paper, alone or beside another, else by its key."""
        labels = [label for label in self.texts.get("labels", {}) if f"{label}_".startswith(f"{key}_")]
        return self.label(min(labels, key=len)).both if labels else key

    def too_high(self) -> Actionable:
        """The error of form texts that take more than a page where a page may not end."""
        return Actionable(
            "form",
            Sentence(
                "Texts of the form text file {file} take more than a page where they stay together. Shorten them.",
                file=self.file,
            ),
        )

    def broken(self, place: str) -> Actionable:
        """The error of a form text file that lacks ``place`` or has it in another shape."""
        return Actionable(
            "form",
            Sentence(
                "The form text file {file} lacks a usable entry {place}. Correct the file.", file=self.file, place=place
            ),
        )


def form(name: str, version: str | None = None) -> Form:
    """The form ``name`` (e.g. ``application-A01``) in ``version``, or in the newest one installed.

    Raises Actionable (``form``) when there is none or the file is not valid TOML.
    """
    folder = resource("forms")
    found = {
        match[1]: path
        for path in folder.glob(f"{name}-*.toml")
        if (match := re.fullmatch(rf"{re.escape(name)}-(\d+(?:\.\d+)*)\.toml", path.name))
    }
    chosen = version if version is not None else max(found, key=_order, default=None)
    if chosen is None or chosen not in found:
        raise Actionable(
            "form",
            Sentence("The form text file {file} is missing. Install it again.", file=f"{name}-{version or '*'}.toml"),
        )
    path = found[chosen]
    return _read(path, name, chosen, path.stat().st_mtime_ns)


@cache
def _read(path: Path, name: str, version: str, _changed_ns: int) -> Form:
    try:
        texts = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Actionable(
            "form",
            Sentence("The form text file {file} cannot be read: {reason}", file=path.name, reason=str(error)),
        ) from error
    return Form(path.name, name.rpartition("-")[2], version, _printable(texts, path.name))


def _printable(texts: Any, file: str) -> Any:
    """Every text of a file as the fonts print it. Raises Actionable (``form``) naming a character they cannot."""
    if isinstance(texts, str):
        try:
            return printable(texts, FieldName("form", file))
        except Invalid as error:
            raise Actionable(
                "form",
                Sentence(
                    "The form text file {file} has a character the paper cannot print: {character}. Correct the file.",
                    file=file,
                    character=error.sentence.values["character"],
                ),
            ) from error
    if isinstance(texts, dict):
        return {key: _printable(text, file) for key, text in texts.items()}
    return [_printable(text, file) for text in texts] if isinstance(texts, list) else texts


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _filled(text: str, values: Mapping[str, str]) -> str:
    return text.format_map(values) if values else text
