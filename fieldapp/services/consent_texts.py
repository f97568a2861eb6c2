"""The texts of the consents as a screen shows them: the same wording as on paper, part by part, with what is chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fieldapp.documents.forms import Form, Text, form
from fieldapp.domain.application_records import ConsentKind
from fieldapp.domain.consents import CREDIT_INQUIRY, NEEDED_CHOICES, SIGNED_PARTS
from fieldapp.wordings import CONSENT_FORMS, wording_digest


@dataclass(frozen=True, slots=True)
class Pair:
    """A text in both languages; where they differ the Chinese governs."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class TextLine:
    """One clause or one line of a table; ``choice`` names the answer it asks for, ``purposes`` that they follow it."""

    said: Pair
    bold: bool = False
    choice: str | None = None
    purposes: bool = False


@dataclass(frozen=True, slots=True)
class TextPart:
    """One section; ``choice`` is what is chosen at its end, ``signed`` whether it has a signature of its own."""

    name: str
    heading: Pair
    lines: tuple[TextLine, ...]
    choice: str | None = None
    choice_text: Pair | None = None
    signed: bool = False


@dataclass(frozen=True, slots=True)
class ConsentText:
    """A whole text in one version. ``digest`` is what a consent to it carries; ``months`` how long it will be valid."""

    kind: ConsentKind
    version: str
    digest: str
    title: Pair
    parts: tuple[TextPart, ...]
    have_read: Pair
    agree: Pair
    decline: Pair
    purposes: tuple[tuple[str, Pair], ...] = ()
    months: int | None = None

    @property
    def choices(self) -> tuple[str, ...]:
        """Every answer the text asks for, in its order; ``read`` is the last."""
        asked = [name for part in self.parts for name in (*(line.choice for line in part.lines), part.choice) if name]
        return (*asked, "read")

    @property
    def needed(self) -> tuple[str, ...]:
        """The answers that must be yes for the application to go on."""
        return NEEDED_CHOICES[self.kind]

    @property
    def signed_parts(self) -> tuple[str, ...]:
        """Where it is signed, in order; ``whole`` is the end."""
        return SIGNED_PARTS[self.kind]


def consent_text(kind: ConsentKind, bank: str, branch: str, phone: str) -> ConsentText:
    """The newest wording of a consent, with the bank's names filled in. Raises Actionable (``form``)."""
    found = form(CONSENT_FORMS[kind])
    places = {"bank": bank, "branch": branch, "phone": phone}
    parts = _credit_parts(found) if kind == CREDIT_INQUIRY else _privacy_parts(found, places)
    months = found.texts.get("validity", {}).get("months") if kind == CREDIT_INQUIRY else None
    return ConsentText(
        kind=kind,
        version=found.version,
        digest=wording_digest(found.texts),
        title=_pair(found.text("document", "title")),
        parts=parts,
        have_read=_pair(found.text("texts", "have_read")),
        agree=_pair(found.option("choice", "agree")),
        decline=_pair(found.option("choice", "decline")),
        purposes=tuple((name, _pair(text)) for name, text in found.options("purposes")) if months else (),
        months=months,
    )


def _credit_parts(found: Form) -> tuple[TextPart, ...]:
    valid = found.text("texts", "valid_months", months=str(found.texts.get("validity", {}).get("months")))
    parts = []
    for name in ("inquiry", "reporting", "adverse"):
        marked = found.texts[name]
        lines = tuple(
            TextLine(
                Pair(clause.text.zh.replace("{validity}", valid.zh), clause.text.en.replace("{validity}", valid.en)),
                clause.bold,
                purposes=bool(entry.get("purposes")),
            )
            for clause, entry in zip(found.clauses(name), marked, strict=True)
        )
        parts.append(TextPart(name, _pair(found.section(name)[0]), lines, choice=name, signed=True))
    return tuple(parts)


def _privacy_parts(found: Form, places: Mapping[str, str]) -> tuple[TextPart, ...]:
    who = (found.text("texts", "processor", **places), found.text("texts", "contact", **places))
    plain = tuple(TextLine(_pair(text)) for text in who)
    kinds = tuple(_row(entry, ("kind", "purpose", "keeping", "necessary")) for entry in found.entries("kinds"))
    sensitive = tuple(_line(entry) for entry in found.entries("sensitive"))
    third = tuple(_row(entry, ("recipient", "given", "given_for")) for entry in found.entries("third_parties"))
    return (
        TextPart("person", _pair(found.label("processor")), plain),
        TextPart(
            "kinds",
            _pair(found.section("kinds")[0]),
            kinds,
            choice="processing",
            choice_text=_pair(found.text("texts", "processing")),
        ),
        TextPart("sensitive", _pair(found.section("sensitive")[0]), sensitive),
        TextPart("third_parties", _pair(found.section("third_parties")[0]), third),
        *(
            TextPart(
                name,
                _pair(found.section(name)[0]),
                tuple(TextLine(_pair(clause.text), clause.bold) for clause in found.clauses(name)),
            )
            for name in ("refusing", "withdrawing")
        ),
    )


def _row(entry: Mapping[str, Any], columns: tuple[str, ...]) -> TextLine:
    zh = "；".join(str(entry[name][0]) for name in columns)
    en = "; ".join(str(entry[name][1]) for name in columns)
    return TextLine(Pair(zh, en), choice=entry.get("choice"))


def _line(entry: Mapping[str, Any]) -> TextLine:
    return TextLine(Pair(entry["zh"], entry["en"]), bool(entry.get("bold")), choice=entry.get("choice"))


def _pair(text: Text) -> Pair:
    return Pair(text.zh, text.en)
