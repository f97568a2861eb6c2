"""Document 4, the personal-information notice and consent (DOMAIN D4): told first, then chosen line by line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fieldapp.documents.consent_papers import PrivacyPaper
from fieldapp.documents.consent_parts import choice_row, numbered, person_rows, signed_on_screen, signing
from fieldapp.documents.digest import digest_of
from fieldapp.documents.fields import field_row, label, value
from fieldapp.documents.flow import Block, Glue, hold
from fieldapp.documents.forms import Form, Text, form
from fieldapp.documents.pair_tables import Answer, PairRow, PairTable
from fieldapp.documents.printing import Document
from fieldapp.documents.sections import continued, section

FORM = "privacy-D01"
_AREA = 26.0


def privacy_notice(paper: PrivacyPaper) -> bytes:
    """The notice as a PDF; the same paper gives the same bytes.

    Raises Invalid (``glyph``, ``too_long``) naming the field, Actionable (``form``) for a broken form text.
    """
    texts = form(FORM, paper.mark.template_version)
    blocks = _Layout(paper, texts).blocks()
    signed = signed_on_screen(texts, paper.given)
    return Document(paper.letterhead, paper.mark, texts, digest_of(paper, texts), blocks, signed).to_pdf()


class _Layout:
    def __init__(self, paper: PrivacyPaper, texts: Form) -> None:
        self._paper, self._form = paper, texts

    def blocks(self) -> list[Block]:
        f = self._form
        refusing, withdrawing = f.clauses("refusing"), f.clauses("withdrawing")
        rights = [
            *section(f, "refusing", numbered(refusing, 1)),
            *section(f, "withdrawing", numbered(withdrawing, len(refusing) + 1)),
        ]
        rights[-1] = rights[-1].holding(Glue.FIRM)
        return [
            *self._person(),
            *self._kinds(),
            *self._sensitive(),
            *hold(self._third_parties(), Glue.TOGETHER),
            *hold(rights, Glue.TOGETHER, to_next=True),
            *signing(f, self._paper.given, _AREA),
        ]

    def _person(self) -> list[Block]:
        f, bank = self._form, self._paper.letterhead
        processor = f.text("texts", "processor", bank=bank.bank, branch=bank.branch).zh
        contact = f.text("texts", "contact", phone=bank.complaint_phone).zh
        rows = [
            *person_rows(f, self._paper.signatory),
            field_row(label(4, f.label("processor")), value(20, processor, f.field("letterhead.bank", "processor"))),
            field_row(
                label(4, f.label("contact")),
                value(20, contact, f.field("letterhead.complaint_phone", "contact")),
            ),
        ]
        return section(f, "person", rows)

    def _kinds(self) -> list[Block]:
        f = self._form
        columns = ("kind", "purpose", "keeping", "necessary")
        table = PairTable((6, 8, 4, 6), tuple(f.label(name) for name in columns), continued(f, "kinds"))
        rows = [PairRow(tuple(_pair(entry, name, f) for name in columns)) for entry in f.entries("kinds")]
        blocks = section(f, "kinds", table.blocks(rows))
        blocks[-1] = blocks[-1].holding(Glue.FIRM)
        return [*blocks, choice_row(f, self._answer("processing"), signed=False)]

    def _sensitive(self) -> list[Block]:
        f = self._form
        table = PairTable((18, 6), (f.label("sensitive"), f.label("choice")), continued(f, "sensitive"))
        rows = [
            PairRow((_clause(entry, f),), bool(entry.get("bold")), self._tick(entry))
            for entry in f.entries("sensitive")
        ]
        return section(f, "sensitive", table.blocks(rows))

    def _third_parties(self) -> list[Block]:
        f = self._form
        columns = ("recipient", "given", "given_for")
        heads = (*(f.label(name) for name in columns), f.label("choice"))
        table = PairTable((8, 6, 4, 6), heads, continued(f, "third_parties"))
        rows = [
            PairRow(tuple(_pair(entry, name, f) for name in columns), answer=self._tick(entry))
            for entry in f.entries("third_parties")
        ]
        return section(f, "third_parties", table.blocks(rows))

    def _tick(self, entry: Mapping[str, Any]) -> Answer:
        f = self._form
        agree, decline = f.option("choice", "agree"), f.option("choice", "decline")
        return Answer(agree, decline, self._answer(str(entry.get("choice"))))

    def _answer(self, choice: str) -> bool | None:
        given = self._paper.given
        return given.answer(choice) if given is not None else None


def _pair(entry: Mapping[str, Any], key: str, texts: Form) -> Text:
    try:
        zh, en = entry[key]
    except (KeyError, TypeError, ValueError) as error:
        raise texts.broken(key) from error
    return Text(str(zh), str(en))


def _clause(entry: Mapping[str, Any], texts: Form) -> Text:
    try:
        return Text(str(entry["zh"]), str(entry["en"]))
    except KeyError as error:
        raise texts.broken("zh, en") from error
