"""Whether a paper is what is held: told by its file, or by a photograph or scan of its QR code (DOMAIN E14).

A file that was handed in is never opened as a PDF; see the decision on sealing.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from fieldapp.documents.papers import PaperState
from fieldapp.documents.seal_examination import NO_SEAL, Seal, SealState, examine
from fieldapp.domain.errors import Actionable
from fieldapp.domain.money import Money
from fieldapp.domain.wording import Sentence
from fieldapp.services.handed_in import HandedIn, read_handed_in
from fieldapp.services.held_papers import HeldPaper, by_age
from fieldapp.services.print_documents import Document

__all__ = ["CheckedPaper", "Holdings", "Seal", "SealState", "Verdict", "check_file", "check_text"]


class Verdict(StrEnum):
    """What a paper turned out to be."""

    GENUINE = "genuine"
    """The file, byte for byte, that is held; nothing newer is."""
    SAME_DATA = "same_data"
    """The QR code names the data that are held."""
    SUPERSEDED = "superseded"
    """Genuine, but a newer version is held."""
    DRAFT = "draft"
    """What the records say now; it was never frozen for signature."""
    SEALED_ELSEWHERE = "sealed_elsewhere"
    """Its seal holds, but no such paper is held here."""
    CHANGED = "changed"
    """It names a paper that is held, and is another file."""
    OTHER_DATA = "other_data"
    """It was made from other data than those that are held."""
    UNKNOWN = "unknown"
    """No paper of that number is known here, or it is no paper of this program."""


@dataclass(frozen=True, slots=True)
class CheckedPaper:
    """What was found. ``number``, ``version`` and ``digest`` are what the paper says of itself, empty if it is silent.

    ``digest`` has 64 digits from a file, 16 from a QR code. ``pdf_digest`` is the SHA-256 of the file, ``held`` the
    version that it names or the newest one, ``amount`` what the application asks for, to compare with the page.
    """

    verdict: Verdict
    sentence: Sentence
    number: str = ""
    version: int = 1
    template: str = ""
    page: str = ""
    digest: str = ""
    pdf_digest: str = ""
    seal: Seal = NO_SEAL
    held: HeldPaper | None = None
    amount: Money | None = None

    @property
    def holds(self) -> bool:
        """Whether the paper may be relied on."""
        return self.verdict in (Verdict.GENUINE, Verdict.SAME_DATA)


class Holdings(Protocol):
    """What papers are compared with."""

    @property
    def authority(self) -> str | None:
        """Head office's certificate in PEM form; None before it has arrived."""

    def papers(self) -> Iterable[HeldPaper]:
        """Every paper that was frozen or sealed."""

    def current(self, number: str) -> Document | None:
        """The paper of that number as the records would have it printed now, None where nobody can say."""

    def amount(self, record: str) -> Money | None:
        """What an application asks for."""


def check_file(holdings: Holdings, path: Path) -> list[CheckedPaper]:
    """A PDF gives one answer, a photograph or scan one for each paper whose QR code it shows.

    Raises Actionable: ``not_a_paper``, ``file_too_large``, ``encrypted``, ``cut_off``, ``no_code``, ``file_gone``, and
    what a picture lacks.
    """
    handed_in = read_handed_in(path)
    if handed_in.pdf is not None:
        return [_check_pdf(holdings, handed_in.pdf)]
    return [check_text(holdings, text) for text in _codes_of_papers(handed_in)]


def check_text(holdings: Holdings, text: str) -> CheckedPaper:
    """What a QR code of a page says (``no|template|page/pages|16 hex``).

    Raises Actionable ``not_a_paper``, and ``blank_form`` for the code of a form for the pen, which names no data.
    """
    claim = _claim_of_code(text)
    if claim is None and _is_blank(text):
        raise _blank_form()
    if claim is None:
        raise Actionable(
            "not_a_paper",
            Sentence("This is not the QR code of a paper of this program."),
            advice=Sentence("It stands at the top right of each page."),
        )
    versions = _versions(holdings, claim.number)
    named = [held for held in versions if held.data_digest.startswith(claim.digest)]
    of_version = [held for held in named if held.version == claim.version]
    current = holdings.current(claim.number)
    same_now = current is not None and current.digest.startswith(claim.digest)
    found = replace(claim, amount=holdings.amount(current.record) if current and same_now else None)
    if of_version:
        held = of_version[-1]
        newest = versions[-1]
        if newest.version > held.version:
            return replace(found, verdict=Verdict.SUPERSEDED, sentence=_superseded(newest), held=held)
        said = Sentence("The code names the data that are held under this number. Compare the figures on the page.")
        return replace(found, verdict=Verdict.SAME_DATA, sentence=said, held=held)
    if versions or current is not None:
        if same_now and not versions:
            return replace(found, verdict=Verdict.DRAFT, sentence=_draft())
        said = Sentence("The code names other data than those held under this number: amounts or words differ.")
        return replace(found, verdict=Verdict.OTHER_DATA, sentence=said, held=versions[-1] if versions else None)
    return replace(found, verdict=Verdict.UNKNOWN, sentence=_unknown())


def _check_pdf(holdings: Holdings, pdf: bytes) -> CheckedPaper:
    claim = _claim_of_pdf(pdf)
    digest = hashlib.sha256(pdf).hexdigest()
    exact = next((held for held in holdings.papers() if held.pdf_digest == digest), None)
    versions = _versions(holdings, exact.number if exact is not None else claim.number)
    found = replace(claim, pdf_digest=digest, seal=examine(pdf, holdings.authority))
    if exact is not None:
        newest = versions[-1]
        found = replace(found, number=exact.number, version=exact.version, digest=exact.data_digest, held=exact)
        if newest.version > exact.version:
            return replace(found, verdict=Verdict.SUPERSEDED, sentence=_superseded(newest))
        return replace(found, verdict=Verdict.GENUINE, sentence=_genuine(exact))
    if versions:
        held = next((one for one in reversed(versions) if one.version == claim.version), versions[-1])
        return replace(found, verdict=Verdict.CHANGED, sentence=_changed(found.seal, held, claim.digest), held=held)
    if found.seal.state is SealState.VALID:
        said = Sentence("The seal holds, but no paper of this number is held here.")
        return replace(found, verdict=Verdict.SEALED_ELSEWHERE, sentence=said)
    current = holdings.current(claim.number) if claim.number else None
    if current is None:
        return found
    if current.pdf == pdf:
        return replace(found, verdict=Verdict.DRAFT, sentence=_draft())
    if current.digest == claim.digest:
        said = Sentence("This file names the data that are held, but it is not the file this program makes of them.")
        return replace(found, verdict=Verdict.CHANGED, sentence=said)
    said = Sentence("This paper was made from other data than the records hold now: amounts or words differ.")
    return replace(found, verdict=Verdict.OTHER_DATA, sentence=said)


# What a paper says of itself. It is believed no further than to know which paper to compare it with.

_NUMBER = r"(?P<number>[0-9A-Za-z_-]{1,60}?/[0-9]{1,2}(?:-[0-9A-Z]{4})?)(?:-v(?P<version>[0-9]{1,4}))?"
_TEMPLATE = r"(?P<template>[A-Z][0-9]{2}-[0-9.]{1,20})"
_CODE = re.compile(rf"{_NUMBER}\|{_TEMPLATE}\|(?P<page>[0-9]{{1,4}}/[0-9]{{1,4}})\|(?P<digest>[0-9a-f]{{16}})")
_BLANK_CODE = re.compile(rf"{_NUMBER}\|{_TEMPLATE}\|[0-9]{{1,4}}/[0-9]{{1,4}}")
_KEYWORDS = re.compile(rf"/Keywords \({_NUMBER}\|{_TEMPLATE}\|(?P<digest>[0-9a-f]{{64}})\)".encode())


def _claim_of_code(text: str) -> CheckedPaper | None:
    said = _CODE.fullmatch(text.strip()) if len(text) <= 1000 else None
    if said is None:
        return None
    return CheckedPaper(
        Verdict.UNKNOWN, _unknown(), said["number"], int(said["version"] or 1), said["template"], said["page"],
        said["digest"],
    )  # fmt: skip


def _is_blank(text: str) -> bool:
    return len(text) <= 1000 and _BLANK_CODE.fullmatch(text.strip()) is not None


def _blank_form() -> Actionable:
    return Actionable(
        "blank_form",
        Sentence("This is a blank form for the pen: no data are held under its number."),
        advice=Sentence("Compare what was written on it with the record it was typed into."),
    )


def _claim_of_pdf(pdf: bytes) -> CheckedPaper:
    said = _KEYWORDS.search(pdf)
    if said is None:
        return CheckedPaper(Verdict.UNKNOWN, _nameless())
    words = {name: (value or b"").decode() for name, value in said.groupdict().items()}
    version = int(words["version"] or 1)
    return CheckedPaper(
        Verdict.UNKNOWN, _unknown(), words["number"], version, words["template"], digest=words["digest"]
    )


def _codes_of_papers(handed_in: HandedIn) -> list[str]:
    """One code of each paper on the picture. Raises Actionable ``no_code`` and ``blank_form``."""
    papers: dict[tuple[str, int, str], str] = {}
    for text in handed_in.codes:
        claim = _claim_of_code(text)
        if claim is not None:
            papers.setdefault((claim.number, claim.version, claim.digest), text)
    if not papers and any(map(_is_blank, handed_in.codes)):
        raise _blank_form()
    if not papers:
        raise Actionable(
            "no_code",
            Sentence("No QR code of a paper can be read on this picture."),
            advice=Sentence("Photograph the page from above in good light, its upper right corner sharp and whole."),
        )
    return list(papers.values())


def _versions(holdings: Holdings, number: str) -> list[HeldPaper]:
    """Every version of the paper of that number, the newest last."""
    return by_age(held for held in holdings.papers() if held.number == number)


# What is said


def _genuine(held: HeldPaper) -> Sentence:
    if held.state is PaperState.SEALED:
        return Sentence("This is the sealed paper, byte for byte.")
    return Sentence("This is the paper that was frozen for signature, byte for byte. It is not sealed yet.")


def _superseded(newest: HeldPaper) -> Sentence:
    return Sentence("This paper is genuine, but a newer one is held: version {version}.", version=newest.version)


def _draft() -> Sentence:
    return Sentence("This is what the records say now. It was never frozen for signature: it binds nobody.")


def _unknown() -> Sentence:
    return Sentence("No paper of this number is held here.")


def _nameless() -> Sentence:
    return Sentence(
        "This file names no paper: another program saved it anew, or it is none of this program. Check a photograph or"
        " scan of a page: its QR code names the paper."
    )


def _changed(seal: Seal, held: HeldPaper, digest: str) -> Sentence:
    match seal.state:
        case SealState.VALID:
            return Sentence("The seal holds, but another file is held under this number.")
        case SealState.CHANGED | SealState.BROKEN:
            return Sentence("The file was changed after it was sealed. Do not rely on it.")
        case SealState.APPENDED:
            return Sentence("Something was added to the file after it was sealed. Do not rely on it.")
        case SealState.STRANGE:
            return Sentence("The file carries a seal that does not come from this head office. Do not rely on it.")
        case SealState.NONE:
            if digest and digest != held.data_digest:
                return Sentence("This paper was made from other data than the one held: amounts or words differ.")
            return Sentence("This is not the file that is held under this number: it was changed. Do not rely on it.")
