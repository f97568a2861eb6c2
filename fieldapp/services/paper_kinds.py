"""The papers there are: for each kind its number, its titles, which of it a pack holds, and what it is made from.

A new kind is one entry of ``PAPER_KINDS``, which stands in the order of the pack.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from fieldapp.documents.papers import DocumentMark, Paper, PaperState
from fieldapp.domain.errors import Actionable
from fieldapp.domain.wording import Sentence
from fieldapp.services.consent_contents import (
    consent_lacks,
    credit_paper,
    privacy_paper,
    who_authorises,
    who_is_informed,
)
from fieldapp.services.cost_contents import cost_paper
from fieldapp.services.cover_contents import PackedPaper, cover_paper
from fieldapp.services.held_papers import HeldPaper, held_papers
from fieldapp.services.investigation_contents import investigation_paper
from fieldapp.services.paper_contents import application_paper, schedule_lacks, schedule_paper
from fieldapp.services.paper_sources import CaseSources, read_sources
from fieldapp.services.visit_contents import visit_mark, visit_of, visit_paper
from fieldapp.store.view import View
from fieldapp.translation import tr


class DocumentKind(StrEnum):
    """The papers of this release, by DOMAIN D."""

    COVER = "cover"
    APPLICATION = "application"
    INVESTIGATION = "investigation"
    CREDIT = "credit"
    PRIVACY = "privacy"
    SCHEDULE = "schedule"
    VISIT = "visit"
    COST = "cost"


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """One paper of a pack; ``record`` is the application or the visit, ``about`` the person it is only of.

    ``lacking`` says why it cannot be made yet. ``held`` is its newest version that was frozen or sealed.
    """

    kind: DocumentKind
    record: str
    number: str
    dated: date
    state: PaperState
    lacking: Sentence | None = None
    about: str = ""
    held: HeldPaper | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which paper is wanted: of which ``record``, ``about`` whom, with what is ``typed`` laid over the records."""

    record: str
    about: str = ""
    typed: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """What stands on a paper, and the customer's name for its file."""

    paper: Paper
    customer: str


@dataclass(frozen=True, slots=True)
class PaperKind:
    """One kind of paper. ``title`` names its files, ``name`` says it on the screen.

    ``shows_identity``: a whole identity number stands on it, so that looking at it leaves a trace (DOMAIN E15).
    """

    title: str
    name: Callable[[], str]
    lines: Callable[[DocumentKind, CaseSources], Iterable[DocumentLine]]
    contents: Callable[[View, str, Wanted], Made]
    shows_identity: bool = False


def of_application(
    number: int,
    title: str,
    name: Callable[[], str],
    paper: Callable[[CaseSources], Paper],
    *,
    lacking: Callable[[CaseSources], Sentence | None] = lambda _: None,
    shows_identity: bool = False,
) -> PaperKind:
    """A kind of which every application has one paper; ``number`` as in DOMAIN D."""

    def lines(kind: DocumentKind, sources: CaseSources) -> Iterable[DocumentLine]:
        return [_line(kind, sources.case.application.id, sources.mark(number), lacking(sources))]

    def contents(view: View, zone: str, wanted: Wanted) -> Made:
        sources = read_sources(view, zone, wanted.record, wanted.typed)
        person = sources.file.person
        return Made(paper(sources), person.name if person is not None else "")

    return PaperKind(title, name, lines, contents, shows_identity)


def of_each_person(
    number: int,
    title: str,
    name: Callable[[], str],
    people: Callable[[CaseSources], Iterable[str]],
    paper: Callable[[CaseSources, str], Paper],
    *,
    lacking: Callable[[CaseSources, str], Sentence | None] = lambda _sources, _person: None,
    shows_identity: bool = False,
) -> PaperKind:
    """A kind of which each of the ``people`` (records of persons) of an application has a paper of their own."""

    def lines(kind: DocumentKind, sources: CaseSources) -> Iterable[DocumentLine]:
        record = sources.case.application.id
        return [
            _line(kind, record, sources.mark(number, person), lacking(sources, person), person)
            for person in people(sources)
        ]

    def contents(view: View, zone: str, wanted: Wanted) -> Made:
        sources = read_sources(view, zone, wanted.record, wanted.typed)
        stored = view.records.get(wanted.about)
        whose = str(stored.screen.get("name", "")) if stored is not None else ""
        return Made(paper(sources, wanted.about), whose)

    return PaperKind(title, name, lines, contents, shows_identity)


def _visit_lines(kind: DocumentKind, sources: CaseSources) -> Iterable[DocumentLine]:
    branch = sources.view.state.enrolment().branch
    for stored in sources.view.records.children(sources.case.prospect.id, "visit"):
        visit = visit_of(stored)
        if visit is not None:
            yield _line(kind, stored.id, visit_mark(stored.id, visit, branch))


def _visit_contents(view: View, _zone: str, wanted: Wanted) -> Made:
    paper = visit_paper(view, wanted.record)
    return Made(paper, paper.customer)


def _line(
    kind: DocumentKind, record: str, mark: DocumentMark, lacking: Sentence | None = None, about: str = ""
) -> DocumentLine:
    return DocumentLine(kind, record, mark.number, mark.dated, mark.state, lacking, about)


def _cover(sources: CaseSources) -> Paper:
    """The cover over every other paper there is; one that cannot be made yet is listed without its pages."""
    packed = []
    for kind, paper in PAPER_KINDS.items():
        for line in paper.lines(kind, sources) if kind is not DocumentKind.COVER else ():
            made = None
            if line.lacking is None:
                with suppress(Actionable):
                    made = paper.contents(sources.view, sources.zone, Wanted(line.record, line.about))
            about = made.customer if made is not None and line.about else ""
            held = held_papers(sources.view.records, line.record).get(line.number)
            packed.append(PackedPaper(kind.value, line.number, about, made.paper if made is not None else None, held))
    return cover_paper(sources, packed)


PAPER_KINDS: Mapping[DocumentKind, PaperKind] = {
    DocumentKind.COVER: of_application(0, "申请资料封面", lambda: tr("Cover of the pack"), _cover),
    DocumentKind.APPLICATION: of_application(
        1, "贷款申请表", lambda: tr("Loan application form"), application_paper, shows_identity=True
    ),
    DocumentKind.INVESTIGATION: of_application(
        2, "调查表", lambda: tr("Household and business investigation"), investigation_paper
    ),
    DocumentKind.CREDIT: of_each_person(
        3,
        "征信授权书",
        lambda: tr("Credit authorisation"),
        who_authorises,
        credit_paper,
        lacking=consent_lacks,
        shows_identity=True,
    ),
    DocumentKind.PRIVACY: of_each_person(
        4,
        "个人信息告知同意书",
        lambda: tr("Personal-information notice"),
        who_is_informed,
        privacy_paper,
        lacking=consent_lacks,
        shows_identity=True,
    ),
    DocumentKind.SCHEDULE: of_application(
        5, "还款计划表", lambda: tr("Repayment schedule"), schedule_paper, lacking=schedule_lacks
    ),
    DocumentKind.VISIT: PaperKind("走访记录", lambda: tr("Visit record"), _visit_lines, _visit_contents),
    DocumentKind.COST: of_application(
        7,
        "综合融资成本明示表",
        lambda: tr("All-in cost disclosure"),
        cost_paper,
        lacking=schedule_lacks,
        shows_identity=True,
    ),
}
