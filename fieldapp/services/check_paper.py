"""Whether a paper is what this laptop holds: told by its file, or by a photograph or scan of its QR code (DOMAIN E14).

A file that was handed in is never opened as a PDF; see the decision on sealing.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from fieldapp.documents.papers import PaperState
from fieldapp.documents.seal_examination import NO_SEAL, Seal, SealState, examine
from fieldapp.domain.errors import Actionable
from fieldapp.domain.money import Money
from fieldapp.domain.wording import Sentence
from fieldapp.services.application_number import record_mark
from fieldapp.services.handed_in import HandedIn, read_handed_in
from fieldapp.services.held_papers import HeldPaper, held_of
from fieldapp.services.print_documents import Document, PrintDocuments
from fieldapp.services.visit_contents import visit_mark, visit_of
from fieldapp.store.database import Store
from fieldapp.store.state import SealKey
from fieldapp.store.view import View

__all__ = ["CheckedPaper", "Seal", "SealState", "Verdict", "check_file", "check_text"]


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
    """Its seal holds, but this laptop has no such paper."""
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


def check_file(store: Store, path: Path) -> list[CheckedPaper]:
    """A PDF gives one answer, a photograph or scan one for each paper whose QR code it shows.

    Raises Actionable: ``not_a_paper``, ``file_too_large``, ``encrypted``, ``no_code``, ``file_gone``, and what a
    picture lacks.
    """
    handed_in = read_handed_in(path)
    if handed_in.pdf is not None:
        return [_check_pdf(store, handed_in.pdf)]
    return [check_text(store, text) for text in _codes_of_papers(handed_in)]


def check_text(store: Store, text: str) -> CheckedPaper:
    """What a QR code of a page says (``no|template|page/pages|16 hex``). Raises Actionable ``not_a_paper``."""
    claim = _claim_of_code(text)
    if claim is None:
        raise Actionable(
            "not_a_paper",
            Sentence("This is not the QR code of a paper of this program."),
            advice=Sentence("It stands at the top right of each page."),
        )
    with store.reading() as view:
        versions = _versions(view, claim.number)
    named = [held for held in versions if held.data_digest.startswith(claim.digest)]
    of_version = [held for held in named if held.version == claim.version]
    current = _current(store, claim.number)
    same_now = current is not None and current.digest.startswith(claim.digest)
    found = replace(claim, amount=_amount(store, current) if same_now else None)
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


def _check_pdf(store: Store, pdf: bytes) -> CheckedPaper:
    claim = _claim_of_pdf(pdf)
    with store.reading() as view:
        key = view.state.get("seal_key", SealKey)
        exact = _held_as(view, hashlib.sha256(pdf).hexdigest())
        versions = _versions(view, exact.number if exact is not None else claim.number)
    found = replace(
        claim,
        pdf_digest=hashlib.sha256(pdf).hexdigest(),
        seal=examine(pdf, key.authority if key is not None else None),
    )
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
        said = Sentence("The seal holds, but this laptop has no paper of this number. Head office may have it.")
        return replace(found, verdict=Verdict.SEALED_ELSEWHERE, sentence=said)
    current = _current(store, claim.number)
    if current is None:
        return replace(found, verdict=Verdict.UNKNOWN, sentence=_unknown())
    if current.pdf == pdf:
        return replace(found, verdict=Verdict.DRAFT, sentence=_draft())
    if current.digest == claim.digest:
        said = Sentence("This file names the data that are held, but it is not the file this program makes of them.")
        return replace(found, verdict=Verdict.CHANGED, sentence=said)
    said = Sentence("This paper was made from other data than the records hold now: amounts or words differ.")
    return replace(found, verdict=Verdict.OTHER_DATA, sentence=said)


# What a paper says of itself. It is believed no further than to know which paper to compare it with.

_NUMBER = r"(?P<number>[0-9A-Za-z-]{1,60}?/[0-9]{1,2}(?:-[0-9A-Z]{4})?)(?:-v(?P<version>[0-9]{1,4}))?"
_TEMPLATE = r"(?P<template>[A-Z][0-9]{2}-[0-9.]{1,20})"
_CODE = re.compile(rf"{_NUMBER}\|{_TEMPLATE}\|(?P<page>[0-9]{{1,4}}/[0-9]{{1,4}})\|(?P<digest>[0-9a-f]{{16}})")
_KEYWORDS = re.compile(rf"/Keywords \({_NUMBER}\|{_TEMPLATE}\|(?P<digest>[0-9a-f]{{64}})\)".encode())


def _claim_of_code(text: str) -> CheckedPaper | None:
    said = _CODE.fullmatch(text.strip()) if len(text) <= 1000 else None
    if said is None:
        return None
    return CheckedPaper(
        Verdict.UNKNOWN, _unknown(), said["number"], int(said["version"] or 1), said["template"], said["page"],
        said["digest"],
    )  # fmt: skip


def _claim_of_pdf(pdf: bytes) -> CheckedPaper:
    said = _KEYWORDS.search(pdf)
    if said is None:
        return CheckedPaper(Verdict.UNKNOWN, _unknown())
    words = {name: (value or b"").decode() for name, value in said.groupdict().items()}
    version = int(words["version"] or 1)
    return CheckedPaper(
        Verdict.UNKNOWN, _unknown(), words["number"], version, words["template"], digest=words["digest"]
    )


def _codes_of_papers(handed_in: HandedIn) -> list[str]:
    """One code of each paper on the picture. Raises Actionable ``no_code``."""
    papers: dict[tuple[str, int, str], str] = {}
    for text in handed_in.codes:
        claim = _claim_of_code(text)
        if claim is not None:
            papers.setdefault((claim.number, claim.version, claim.digest), text)
    if not papers:
        raise Actionable(
            "no_code",
            Sentence("No QR code of a paper can be read on this picture."),
            advice=Sentence("Photograph the page from above in good light, its upper right corner sharp and whole."),
        )
    return list(papers.values())


# What is held


def _versions(view: View, number: str) -> list[HeldPaper]:
    """Every version of the paper of that number, the newest last."""
    found = [held for held in _all_held(view) if held.number == number]
    return sorted(found, key=lambda held: (held.version, held.state is PaperState.SEALED, held.entry))


def _held_as(view: View, pdf_digest: str) -> HeldPaper | None:
    return next((held for held in _all_held(view) if held.pdf_digest == pdf_digest), None)


def _all_held(view: View) -> Iterable[HeldPaper]:
    return (held for stored in view.records.of_kind("document") if (held := held_of(stored)) is not None)


def _current(store: Store, number: str) -> Document | None:
    """The paper of that number as the records would have it printed now, None where there is none."""
    if not number:
        return None
    printing = PrintDocuments(store)
    with store.reading() as view:
        owner = _owner(view, number)
    if owner is None:
        return None
    kind, record = owner
    try:
        if kind == "visit":
            return printing.visit_record(record)
        return next((printing.of(line) for line in printing.pack(record) if line.number == number), None)
    except Actionable:  # it cannot be printed now, so that nothing can be compared with it
        return None


def _owner(view: View, number: str) -> tuple[str, str] | None:
    front = number.partition("/")[0]
    for stored in view.records.of_kind("application"):
        if front in (stored.screen.get("number"), record_mark(stored.id)):
            return "application", stored.id
    branch = view.state.enrolment().branch
    for stored in view.records.of_kind("visit"):
        visit = visit_of(stored)
        if visit is not None and visit_mark(stored.id, visit, branch).number == number:
            return "visit", stored.id
    return None


def _amount(store: Store, current: Document | None) -> Money | None:
    if current is None:
        return None
    with store.reading() as view:
        stored = view.records.get(current.record)
    fen = stored.screen.get("amount_fen") if stored is not None else None
    return Money(fen) if isinstance(fen, int) else None


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
    return Sentence("No paper of this number is known on this laptop.")


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
