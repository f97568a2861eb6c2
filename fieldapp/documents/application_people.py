"""Sections 1 to 3 of document 1: the applicant, who borrows with them, and the household."""

from __future__ import annotations

from fieldapp.documents import formats
from fieldapp.documents.fields import (
    checks,
    field_row,
    figure,
    identity_boxes,
    label,
    options_of,
    prose,
    value,
)
from fieldapp.documents.flow import Block, Glue, hold
from fieldapp.documents.forms import Form
from fieldapp.documents.papers import ApplicationPaper, CoBorrower
from fieldapp.documents.sections import beside_or_below, section


def applicant(paper: ApplicationPaper, f: Form) -> list[Block]:
    """The person who asks for the loan."""
    who = paper.applicant
    name = f.field
    rows = [
        field_row(
            label(4, f.label("name")),
            value(8, who.name, name("applicant.name", "name")),
            label(3, f.label("sex")),
            checks(4, options_of(f, "sex", {who.sex or ""})),
            label(2, f.label("ethnic")),
            value(3, who.ethnic, name("applicant.ethnic", "ethnic")),
        ),
        field_row(
            label(4, f.label("identity_number")),
            identity_boxes(12, who.identity_number, name("applicant.identity_number", "identity_number")),
            label(3, f.label("identity_valid_until")),
            value(5, who.identity_valid_until, name("applicant.identity_valid_until", "identity_valid_until")),
        ),
        field_row(
            label(4, f.label("mobile")),
            value(8, formats.mobile(who.mobile), name("applicant.mobile", "mobile")),
            label(3, f.label("marital")),
            checks(9, options_of(f, "marital", {who.marital or ""})),
        ),
        field_row(
            label(4, f.label("registered_address")),
            value(20, who.registered_address, name("applicant.registered_address", "registered_address")),
        ),
        field_row(
            label(4, f.label("actual_address")),
            value(14, who.actual_address, name("applicant.actual_address", "actual_address")),
            label(3, f.label("years_there")),
            figure(3, formats.count(who.years_there, "年"), name("applicant.years_there", "years_there")),
        ),
        field_row(
            label(4, f.label("customer_type")),
            checks(20, options_of(f, "customer_type", {who.customer_type or ""})),
        ),
    ]
    return section(f, "applicant", rows)


def co_borrower(paper: ApplicationPaper, f: Form) -> list[Block]:
    """The spouse and each co-borrower; somebody's rows are parted only within a reason longer than a page."""
    named = [paper.co_borrower or CoBorrower(), *paper.further_borrowers]
    rows = [row for who in named for row in hold(_one_borrower(f, who), Glue.TOGETHER)]
    return section(f, "co_borrower", rows)


def _one_borrower(f: Form, who: CoBorrower) -> list[Block]:
    name = f.field
    beside, below = beside_or_below(who.no_signature_reason)
    declined = ("declines",) if who.no_signature_reason else ()
    reason = name("co_borrower.no_signature_reason", "signs_jointly")
    # A promise is never ticked beforehand: the pen does it. That somebody does not sign is the officer's word.
    signs = checks(20, options_of(f, "signs_jointly", declined), beside, reason)
    rows = [
        field_row(
            label(4, f.label("name")),
            value(8, who.name, name("co_borrower.name", "name")),
            label(3, f.label("relation")),
            checks(9, options_of(f, "relation", {who.relation or ""})),
        ),
        field_row(
            label(4, f.label("identity_number")),
            identity_boxes(12, who.identity_number, name("co_borrower.identity_number", "identity_number")),
            label(3, f.label("mobile")),
            value(5, formats.mobile(who.mobile), name("co_borrower.mobile", "mobile")),
        ),
        field_row(label(4, f.label("signs_jointly")), signs),
    ]
    why = prose(below, reason, name=f.label("signs_jointly")) if below else []
    return [*hold(rows, Glue.FIRM, to_next=bool(why)), *why]


def family(paper: ApplicationPaper, f: Form) -> list[Block]:
    """Who lives in the household, and on what."""
    family = paper.family
    row = field_row(
        label(4, f.label("members")),
        value(6, _members(paper, f), f.field("family.size", "members")),
        label(3, f.label("income")),
        figure(4, formats.in_yuan(family.income), f.field("family.income", "income")),
        label(3, f.label("expenses")),
        figure(4, formats.in_yuan(family.expenses), f.field("family.expenses", "expenses")),
    )
    return section(f, "family", [row])


def _members(paper: ApplicationPaper, f: Form) -> str:
    family = paper.family
    if family.size is None:
        return ""
    if family.labour is None or family.dependants is None:
        return f.text("texts", "members_short", size=str(family.size)).zh
    counts = {"size": family.size, "labour": family.labour, "dependants": family.dependants}
    return f.text("texts", "members", **{key: str(count) for key, count in counts.items()}).zh
