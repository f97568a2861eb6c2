"""What the papers of one application are made from, read at one moment: its records, whose letterhead, which number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from fieldapp.documents.papers import DocumentMark, Letterhead, PaperState
from fieldapp.domain import products
from fieldapp.domain.case_file import CaseFile, with_typed
from fieldapp.domain.errors import Actionable
from fieldapp.domain.money import Money
from fieldapp.domain.records import Application, Product
from fieldapp.domain.wording import Sentence
from fieldapp.services.application_number import record_mark
from fieldapp.services.business_day import day_of, made_at
from fieldapp.services.case_records import Case, read_case
from fieldapp.services.own_branch import branch_of
from fieldapp.services.product_list import known_products
from fieldapp.services.staff_names import staff_names
from fieldapp.store.records import Records
from fieldapp.store.state import Enrolment
from fieldapp.store.view import View

_EARLIEST = date(1970, 1, 1)
_ID_LENGTH = 32

Names = Mapping[str, str]
"""The names of the staff by their ids."""


@dataclass(frozen=True, slots=True)
class CaseSources:
    """One application and what stands around it; good while the ``view`` is.

    ``case`` is what is stored, ``file`` the same with what is typed on the screen and not saved yet.
    """

    view: View
    zone: str
    case: Case
    file: CaseFile

    @property
    def product(self) -> Product | None:
        """The product in the version the application was made with."""
        return products.version_of(known_products(self.view.records), self.file.application)

    @property
    def letterhead(self) -> Letterhead:
        """The sub-branch of this laptop. Raises Actionable (``no_branch``)."""
        return letterhead(self.view.records, self.view.state.enrolment())

    @property
    def names(self) -> Names:
        """The names of the staff."""
        return staff_names(self.view)

    def mark(self, document: int, about: str = "") -> DocumentMark:
        """Number, state and day of a paper; ``document`` as in DOMAIN D, ``about`` the person it is only of."""
        return application_mark(self.case.application.id, self.case.file.application, document, self.zone, about)


def read_sources(view: View, zone: str, application: str, typed: Mapping[str, Any] | None = None) -> CaseSources:
    """The sources of an application's papers; ``typed`` is laid over what is stored. Raises Actionable (``gone``)."""
    case = read_case(view.records, application)
    return CaseSources(view, zone, case, with_typed(case.file, typed)[0] if typed else case.file)


def letterhead(records: Records, enrolment: Enrolment) -> Letterhead:
    """The sub-branch as head office describes it. Raises Actionable (``no_branch``) before it has arrived."""
    branch = branch_of(records, enrolment)
    if branch is not None:
        return Letterhead(branch.bank, branch.bank_en, branch.name, branch.name_en, branch.complaint_phone)
    raise Actionable(
        "no_branch",
        Sentence("The letterhead of your branch has not arrived from head office yet."),
        advice=Sentence("Synchronise once, then print. Your work is safe."),
    )


def application_mark(record: str, application: Application, document: int, zone: str, about: str = "") -> DocumentMark:
    """Number, state and day of a paper of an application: a draft, until it is frozen for signature.

    The day is the one on which the form was begun, so that number, day and digest stay the same from the draft to the
    signed paper. A paper ``about`` one person ends in four characters of that person's record, whoever else joins or
    leaves.
    """
    at = made_at(record)
    whose = f"-{record_mark(about)[:4]}" if about else ""
    return DocumentMark(
        number=f"{application.number or record_mark(record)}/{document}{whose}",
        state=PaperState.DRAFT,
        dated=day_of(at, zone) if at is not None else _EARLIEST,
    )


def named(names: Names, staff: str | None) -> str | None:
    """A colleague's name; a name written out stands as it is, an id that nobody here knows stays empty."""
    if not staff:
        return None
    return names.get(staff) or (staff if len(staff) != _ID_LENGTH else None)


def money_of(fen: int | None) -> Money | None:
    """An amount of a record, None while it is not known."""
    return None if fen is None else Money(fen)
