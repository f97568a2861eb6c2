"""Handing an application to head office, again after it was refused there, or giving it up (DOMAIN E13)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import msgspec

from fieldapp.domain import products
from fieldapp.domain.application_checklist import OpenItem, item_of
from fieldapp.domain.errors import Actionable, Invalid
from fieldapp.domain.kinds import record_of, values_of
from fieldapp.domain.records import Prospect
from fieldapp.domain.stages import next_stages
from fieldapp.domain.wording import Sentence
from fieldapp.protocol.changes import decode_change
from fieldapp.protocol.messages import Open
from fieldapp.services.account_records import unexplained_checks
from fieldapp.services.application_drafts import drop_draft
from fieldapp.services.application_figures import figures_of
from fieldapp.services.business_day import business_date, whole_second
from fieldapp.services.case_records import Case, read_case
from fieldapp.services.consent_register import read_consents
from fieldapp.services.editable_application import require_editable
from fieldapp.services.half_typed import forget
from fieldapp.services.own_numbers import own_numbers
from fieldapp.services.product_list import known_products
from fieldapp.services.refusals import reason_of
from fieldapp.store.outbox import Outbox, Refused
from fieldapp.store.records import StoredRecord
from fieldapp.store.unit import Needs, Unit
from fieldapp.store.view import View


class NotComplete(Actionable):
    """The application lacks something; ``items`` says what, in the order of the form."""

    def __init__(self, items: tuple[OpenItem, ...]) -> None:
        super().__init__(
            "incomplete",
            Sentence("This application cannot be submitted yet; to settle: {count}. {first}",
                     count=len(items), first=items[0].sentence),
            field=items[0].field,
            advice=Sentence("What you filled in is saved."),
        )  # fmt: skip
        self.items = items


@dataclass(frozen=True, slots=True)
class RefusedSubmission:
    """A submission that head office did not take: why, and what to do now.

    ``items`` is everything that it found open, the reason first, where it is settled on the form.
    """

    change: str
    reason: Sentence
    advice: Sentence
    items: tuple[OpenItem, ...] = ()


def submit(unit: Unit, application: str) -> datetime:
    """Hand over what is saved, in the place of a submission that was refused; the prospect has applied from then on.

    Raises NotComplete; nothing is changed then.
    """
    _give_up_refused(unit, application)
    case = read_case(unit.records, application)
    known, today, at = known_products(unit.records), business_date(unit.clock), whole_second(unit.clock.now())
    unexplained = unexplained_checks(unit.records, application, products.version_of(known, case.file.application))
    lacking = read_consents(unit.records, case).refusals(unit.enrolment.staff, at, today)
    settled = [*unexplained, *lacking]
    figures = figures_of(case.file, known, today, settled, case.in_conflict, own_numbers(unit.state))
    if not figures.complete:
        raise NotComplete(figures.open_items)
    moved = values_of(msgspec.structs.replace(case.file.application, status="submitted", submitted_at=at))
    screen = case.application.screen
    needs = _needs_of(unit, case)
    unit.edit(application, {name: (screen.get(name), moved[name]) for name in ("status", "submitted_at")}, needs=needs)
    _let_prospect_apply(unit, case.prospect)
    return at


def withdraw(unit: Unit, application: str) -> None:
    """The customer does not want it. Raises Actionable (``submitted``, ``gone``)."""
    case = read_case(unit.records, application)
    require_editable(unit, case)
    unit.edit(application, {"status": (case.application.screen.get("status"), "withdrawn")})
    drop_draft(unit, application)
    forget(unit, application)


def refused_submission(view: View, application: str) -> RefusedSubmission | None:
    """The submission of the application that head office refused, if the officer has not settled it yet."""
    for refused in _refused_submissions(view.outbox, application):
        reason, advice = reason_of(refused.code, refused.text)
        first = Open(code=refused.code, text=refused.text, field=refused.field)
        items = tuple(_item_of(one) for one in (first, *view.open_items.of(refused.change)))
        return RefusedSubmission(refused.change, reason, advice, items)
    return None


def _item_of(one: Open) -> OpenItem:
    reason, _advice = reason_of(one.code, one.text)
    return item_of(Invalid(one.code, reason, field=one.field or ""))


def _give_up_refused(unit: Unit, application: str) -> None:
    """A new submission takes the place of one that head office refused, which would hold it for ever (SYNC 17)."""
    for refused in _refused_submissions(unit.outbox, application):
        unit.withdraw(refused)


def _refused_submissions(outbox: Outbox, application: str) -> list[Refused]:
    return [
        refused
        for refused in outbox.refused()
        if refused.record == application
        and decode_change(refused.body).fields.get("status", ("", ""))[1] == "submitted"
    ]


def _needs_of(unit: Unit, case: Case) -> Needs:
    """What head office does not have yet of what is submitted: it judges the application when all of it is there."""
    return Needs(
        tuple(unit.outbox.of_family(case.prospect.id, case.application.id)),
        tuple(unit.attachments.unsent_with(case.application.id)),
    )


def _let_prospect_apply(unit: Unit, prospect: StoredRecord) -> None:
    stage = record_of(Prospect, prospect.screen).stage
    if stage == "lost":
        # Only one who is won again can apply: the two moves are both legal, the leap is not.
        shown = {"stage": ("lost", "interested"), "lost_reason": (prospect.screen.get("lost_reason"), None)}
        unit.edit(prospect.id, shown)
        unit.edit(prospect.id, {"stage": ("interested", "applied")})
    elif stage != "approved" and "applied" in next_stages(stage):
        unit.edit(prospect.id, {"stage": (stage, "applied")})
