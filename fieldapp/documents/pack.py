"""The documents of the pack by the paper they are made from: the door for services."""

from __future__ import annotations

from fieldapp.documents import application, schedule, visit
from fieldapp.documents.application import loan_application
from fieldapp.documents.digest import digest_of
from fieldapp.documents.forms import form
from fieldapp.documents.papers import ApplicationPaper, Paper, SchedulePaper, VisitPaper
from fieldapp.documents.schedule import repayment_schedule
from fieldapp.documents.visit import visit_record


def render(paper: Paper) -> bytes:
    """The paper as a PDF; the same paper gives the same bytes, in any process.

    Raises Invalid naming the field for a value the paper cannot show (``glyph``, ``too_long``, ``amount``, ``photo``),
    Actionable (``form``) when a form text file is missing or broken.
    """
    match paper:
        case ApplicationPaper():
            return loan_application(paper)
        case SchedulePaper():
            return repayment_schedule(paper)
        case VisitPaper():
            return visit_record(paper)


def data_digest(paper: Paper) -> str:
    """The SHA-256 of the data and the form's wording, in hexadecimal; its first sixteen digits stand on every page."""
    return digest_of(paper, form(_form_name(paper), paper.mark.template_version))


def _form_name(paper: Paper) -> str:
    match paper:
        case ApplicationPaper():
            return application.FORM
        case SchedulePaper():
            return schedule.FORM
        case VisitPaper():
            return visit.FORM
