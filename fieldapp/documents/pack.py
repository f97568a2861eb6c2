"""The documents of the pack by the paper they are made from: the door for services.

A new document is one line in ``_DOCUMENTS``: the type of its paper, the name of its form, and who sets it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from fieldapp.documents import application, cost, cover, credit, investigation, privacy, schedule, visit
from fieldapp.documents.application import loan_application
from fieldapp.documents.consent_papers import CreditPaper, PrivacyPaper
from fieldapp.documents.cost import cost_disclosure
from fieldapp.documents.cost_paper import CostPaper
from fieldapp.documents.cover import pack_cover
from fieldapp.documents.cover_paper import CoverPaper
from fieldapp.documents.credit import credit_authorisation
from fieldapp.documents.digest import digest_of
from fieldapp.documents.forms import Form, form
from fieldapp.documents.investigation_paper import InvestigationPaper
from fieldapp.documents.papers import ApplicationPaper, Paper, PaperState, SchedulePaper, VisitPaper
from fieldapp.documents.privacy import privacy_notice
from fieldapp.documents.schedule import repayment_schedule
from fieldapp.documents.visit import visit_record


@dataclass(frozen=True, slots=True)
class _Document:
    form: str
    render: Callable[[Any], bytes]


_DOCUMENTS: Mapping[type, _Document] = {
    CoverPaper: _Document(cover.FORM, pack_cover),
    ApplicationPaper: _Document(application.FORM, loan_application),
    InvestigationPaper: _Document(investigation.FORM, investigation.investigation),
    CreditPaper: _Document(credit.FORM, credit_authorisation),
    PrivacyPaper: _Document(privacy.FORM, privacy_notice),
    SchedulePaper: _Document(schedule.FORM, repayment_schedule),
    VisitPaper: _Document(visit.FORM, visit_record),
    CostPaper: _Document(cost.FORM, cost_disclosure),
}


def render(paper: Paper) -> bytes:
    """The paper as a PDF; the same paper gives the same bytes, in any process.

    Raises Invalid naming the field for a value the paper cannot show (``glyph``, ``too_long``, ``amount``, ``photo``),
    Actionable (``form``) when a form text file is missing or broken.
    """
    return _DOCUMENTS[type(paper)].render(paper)


def data_digest(paper: Paper) -> str:
    """The SHA-256 of the data and the form's wording, in hexadecimal; its first sixteen digits stand on every page."""
    return digest_of(paper, form_of(paper))


def marked(paper: Paper, *, state: PaperState, version: int, template_version: str | None = None) -> Paper:
    """The same paper in another state, as another version, or with the form texts of ``template_version``."""
    mark = replace(paper.mark, state=state, version=version, template_version=template_version)
    same: Any = paper  # every paper is a frozen dataclass
    changed: Paper = replace(same, mark=mark)
    return changed


def form_of(paper: Paper) -> Form:
    """The form whose texts stand on the paper, in the version it names. Raises Actionable (``form``)."""
    return form(_DOCUMENTS[type(paper)].form, paper.mark.template_version)
