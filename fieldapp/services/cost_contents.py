"""What stands on the all-in cost disclosure of an application: its schedule, and each charge of it."""

from __future__ import annotations

from fieldapp.documents.cost_paper import CostPaper
from fieldapp.domain.cost_disclosure import cost_disclosure, planned_cost_disclosure
from fieldapp.services.paper_contents import schedule_paper
from fieldapp.services.paper_sources import CaseSources


def cost_paper(sources: CaseSources) -> CostPaper:
    """Document 7 of an application.

    Raises Actionable (``terms``) while product, amount, term, method or start is missing, Invalid for terms that no
    schedule can be made of, for a plan that is none of this loan and for fees that leave nothing of it.
    """
    reckoned = schedule_paper(sources)
    schedule, plan = reckoned.schedule, reckoned.plan
    if plan is None:
        disclosed = cost_disclosure(schedule)
    else:
        disclosed = planned_cost_disclosure(schedule.terms, sources.file.application.movements)
    return CostPaper(
        letterhead=reckoned.letterhead,
        mark=sources.mark(7),
        borrower=reckoned.borrower,
        identity_number=reckoned.identity_number,
        schedule=schedule,
        disclosure=disclosed,
        planned_until=plan.until if plan is not None else None,
    )
