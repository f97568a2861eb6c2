"""Who may still change an application: its officer or the branch head, until it is submitted."""

from __future__ import annotations

from fieldapp.domain.application_status import EDITABLE
from fieldapp.domain.errors import Actionable
from fieldapp.domain.records import Application
from fieldapp.domain.wording import Sentence
from fieldapp.services.case_records import Case
from fieldapp.store.state import Enrolment


def require_editable(case: Case, enrolment: Enrolment) -> None:
    """Raises Actionable (``submitted``) unless the officer of ``enrolment`` may change the application."""
    sealed = why_sealed(case.file.application, enrolment)
    if sealed is not None:
        raise Actionable("submitted", sentence=sealed[0], advice=sealed[1])


def why_sealed(application: Application, enrolment: Enrolment) -> tuple[Sentence, Sentence] | None:
    """Why nothing may be typed any more, and what to do; None while it may."""
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
