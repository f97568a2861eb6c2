"""What document 7 is made of: the loan and each of its charges."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from fieldapp.documents.papers import DocumentMark, Letterhead
from fieldapp.domain.cost_disclosure import CostDisclosure
from fieldapp.domain.schedules import Schedule


@dataclass(frozen=True, slots=True)
class CostPaper:
    """Document 7, the all-in cost disclosure; without a schedule it is a form for the pen.

    ``planned_until`` is the day on which a revolving loan is settled as planned, where the cost follows from its plan.
    """

    letterhead: Letterhead
    mark: DocumentMark
    borrower: str = ""
    identity_number: str | None = None
    schedule: Schedule | None = None
    disclosure: CostDisclosure | None = None
    planned_until: date | None = None
