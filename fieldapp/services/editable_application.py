"""Who may still change an application: its officer or the branch head, until it is submitted, without an interest."""

from __future__ import annotations

from fieldapp.domain.application_status import EDITABLE
from fieldapp.domain.errors import Actionable
from fieldapp.domain.records import Application
from fieldapp.domain.wording import Sentence
from fieldapp.services.case_records import Case
from fieldapp.services.consent_register import CaseConsents, heirs_of_case, read_consents
from fieldapp.store.records import Records
from fieldapp.store.state import Enrolment
from fieldapp.store.unit import Unit


def require_editable(unit: Unit, case: Case) -> None:
    """Raises Actionable (``submitted``) unless the officer of this laptop may change the application.

    The form, the accounts and every row behind it stand and fall together.
    """
    sealed = why_sealed(unit.records, case, read_consents(unit.records, case), unit.enrolment)
    if sealed is not None:
        raise Actionable("submitted", sentence=sealed[0], advice=sealed[1])


def why_sealed(
    records: Records, case: Case, consents: CaseConsents, enrolment: Enrolment
) -> tuple[Sentence, Sentence] | None:
    """Why nothing may be typed any more, and what to do; None while it may."""
    return _stands_still(case.file.application, enrolment) or _barred(records, consents, enrolment)


def _stands_still(application: Application, enrolment: Enrolment) -> tuple[Sentence, Sentence] | None:
    if application.status in EDITABLE:
        if application.officer == enrolment.staff or enrolment.role == "branch_head":
            return None
        return (
            Sentence("A colleague takes this application; you can only read it."),
            Sentence("Ask your branch head to hand the customer over to you."),
        )
    if application.status == "withdrawn":
        return Sentence("This application was withdrawn."), Sentence("Start a new one for this customer.")
    return (
        Sentence("This application is submitted and belongs to head office; it cannot be changed here."),
        Sentence("If something is wrong, ask your branch head to return it to you. Nothing is lost."),
    )


def _barred(records: Records, consents: CaseConsents, enrolment: Enrolment) -> tuple[Sentence, Sentence] | None:
    """Why this officer may not go on with the case, and who can: kin or an interest was declared (E2)."""
    conflict = consents.conflict(enrolment.staff)
    if conflict is None:
        return None
    heirs = heirs_of_case(records, enrolment)
    if heirs:
        advice = Sentence("Ask {names} to give the case to a colleague. Nothing is lost.", names=", ".join(heirs))
    else:
        advice = Sentence("Ask your branch head to give the case to a colleague. Nothing is lost.")
    return conflict.sentence, advice
