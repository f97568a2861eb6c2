"""Document 1, the loan application form (DOMAIN D1): three pages for a usual case, more when the lists are long."""

from __future__ import annotations

from fieldapp.documents import application_backing, application_loan, application_people
from fieldapp.documents.application_signing import signing
from fieldapp.documents.digest import digest_of
from fieldapp.documents.forms import form
from fieldapp.documents.papers import ApplicationPaper
from fieldapp.documents.printing import Document

FORM = "application-A01"
_SECTIONS = (
    application_people.applicant,
    application_people.co_borrower,
    application_people.family,
    application_loan.trade,
    application_loan.request,
    application_loan.uses,
    application_loan.sources,
    application_backing.debts,
    application_backing.guarantees,
    application_backing.related,
    application_backing.materials,
    signing,
)


def loan_application(paper: ApplicationPaper) -> bytes:
    """The form as a PDF; the same paper gives the same bytes.

    Raises Invalid (``glyph``, ``too_long``, ``amount``) naming the field, Actionable (``form``) for a broken form text.
    """
    texts = form(FORM, paper.mark.template_version)
    blocks = [block for section in _SECTIONS for block in section(paper, texts)]
    return Document(paper.letterhead, paper.mark, texts, digest_of(paper, texts), blocks).to_pdf()
