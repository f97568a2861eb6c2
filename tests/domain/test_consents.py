"""Consents and conflicts as rules: who must sign what, what may be done with it, and until when (E2, E7)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from fieldapp.domain.application_records import ConflictDeclaration, Consent, Party, Signature, Stroke
from fieldapp.domain.consents import (
    ConsentState,
    KeptConsent,
    NeededConsent,
    Participant,
    case_refusals,
    needed_consents,
    participants,
    refusal_of_conflict,
    refusal_of_use,
    state_of,
)
from fieldapp.domain.kinds import values_of
from fieldapp.domain.record_rules import problems_of
from fieldapp.domain.records import Photo

AT = datetime(2026, 11, 23, 2, tzinfo=UTC)
DAY = date(2026, 11, 23)
DIGEST = "a" * 64
KNOWN = {("credit_inquiry", "1.0"): DIGEST, ("personal_information", "1.0"): DIGEST}
BORROWER = Participant("p1", "borrower", "张三")
CREDIT = NeededConsent(BORROWER, "credit_inquiry", "application")
WRITTEN = (Stroke((100, 200, 500, 3000, 4000, 700)),)


def signatures(*parts: str) -> tuple[Signature, ...]:
    return tuple(Signature(under=part, strokes=WRITTEN) for part in parts)


def credit(**changed: Any) -> Consent:
    fields = {
        "kind": "credit_inquiry",
        "signer": "p1",
        "staff": "me",
        "text_version": "1.0",
        "digest": DIGEST,
        "signed_at": AT,
        "business_date": DAY,
        "zone": "Asia/Shanghai",
        "purposes": ("application",),
        "choices": {"read": True, "inquiry": True, "reporting": True, "adverse": False},
        "expires": date(2027, 11, 23),
        "signatures": signatures("inquiry", "reporting", "adverse", "whole"),
    }
    return Consent(**{**fields, **changed})


def notice(**changed: Any) -> Consent:
    choices = dict.fromkeys(("read", "processing", "identity", "account", "bureau"), True) | {"location": False}
    parts = signatures("whole")
    fields = {"kind": "personal_information", "choices": choices, "purposes": (), "expires": None, "signatures": parts}
    return credit(**{**fields, **changed})


def withdrawal(of: str, **changed: Any) -> Consent:
    nothing: dict[str, Any] = {
        "purposes": (),
        "choices": {},
        "expires": None,
        "signatures": (),
        "reason": "到网点书面提出",
    }
    return credit(**{**nothing, "withdraws": of, **changed})


def kept(*consents: Consent) -> list[KeptConsent]:
    return [KeptConsent(f"c{number}", consent) for number, consent in enumerate(consents)]


def refused(*consents: Consent, at: datetime = AT, day: date = DAY, needed: NeededConsent = CREDIT) -> str | None:
    refusal = refusal_of_use(kept(*consents), needed, at, day, KNOWN)
    return refusal.code if refusal is not None else None


def test_a_signed_consent_may_be_used_for_its_purpose_until_its_last_day() -> None:
    assert refused(credit()) is None
    assert refused(credit(), at=AT + timedelta(days=365), day=date(2027, 11, 23)) is None


def test_nothing_is_used_before_it_was_signed() -> None:
    assert refused() == "consent_missing"
    assert refused(credit(), at=AT - timedelta(seconds=1)) == "consent_missing"


def test_an_expired_consent_is_not_used() -> None:
    assert refused(credit(), at=AT + timedelta(days=366), day=date(2027, 11, 24)) == "consent_expired"


def test_a_withdrawal_takes_effect_from_its_own_instant() -> None:
    later = AT + timedelta(hours=1)
    both = credit(), withdrawal("c0", signed_at=later)
    assert refused(*both, at=later - timedelta(seconds=1)) is None
    assert refused(*both, at=later) == "consent_withdrawn"


@pytest.mark.parametrize("stranger", [{"signer": "p2"}, {"kind": "personal_information"}])
def test_nobody_else_withdraws_a_consent(stranger: dict[str, Any]) -> None:
    assert refused(credit(), withdrawal("c0", **stranger)) is None


def test_an_older_consent_does_not_come_back_when_the_newer_is_withdrawn() -> None:
    newer = credit(signed_at=AT + timedelta(hours=1))
    gone = withdrawal("c1", signed_at=AT + timedelta(hours=2))
    assert refused(credit(), newer, gone, at=AT + timedelta(hours=3)) == "consent_withdrawn"


@pytest.mark.parametrize(
    "declined",
    [
        {"purposes": ("post_loan",)},
        {"purposes": ()},
        {"choices": {"read": True, "inquiry": False, "reporting": True, "adverse": True}},
        {"choices": {"read": True}},
        {"choices": {"inquiry": True}},
    ],
)
def test_no_inquiry_for_a_purpose_or_a_choice_that_was_not_ticked(declined: dict[str, Any]) -> None:
    assert refused(credit(**declined)) == "consent_declined"


def test_adverse_reporting_may_be_refused_without_stopping_the_application() -> None:
    assert refused(credit(choices={"read": True, "inquiry": True, "reporting": True, "adverse": False})) is None


def test_a_wording_nobody_knows_is_no_consent() -> None:
    assert refused(credit(digest="b" * 64)) == "consent_unknown_wording"
    assert refused(credit(text_version="9.9")) == "consent_unknown_wording"


def test_a_guarantor_authorises_another_purpose_than_a_borrower() -> None:
    needed = needed_consents([Participant("p1", "guarantor")])[0]
    assert refused(credit(), needed=needed) == "consent_declined"
    assert refused(credit(purposes=("guarantor",)), needed=needed) is None


def test_everybody_signs_a_notice_and_all_but_pledgors_an_authorisation() -> None:
    people = participants(
        BORROWER,
        Participant("p2", "spouse"),
        [Party(person="p2", role="spouse"), Party(person="p3", role="guarantor"), Party(person="p4", role="pledgor")],
    )
    assert [(one.person, one.role) for one in people] == [
        ("p1", "borrower"), ("p2", "spouse"), ("p3", "guarantor"), ("p4", "pledgor"),
    ]  # fmt: skip
    kinds = [(needed.who.person, needed.kind) for needed in needed_consents(people)]
    assert kinds.count(("p4", "personal_information")) == 1
    assert ("p4", "credit_inquiry") not in kinds
    assert len(kinds) == 7


def declared(staff: str = "me", *, none: bool = True) -> ConflictDeclaration:
    detail = "" if none else "借款人是我表弟"
    return ConflictDeclaration(staff=staff, at=AT, business_date=DAY, zone="Asia/Shanghai", none=none, detail=detail)


def test_a_case_needs_the_declaration_of_the_officer_who_submits_it() -> None:
    assert refusal_of_conflict([declared()], "me") is None
    for declarations in ([], [declared("other")]):
        refusal = refusal_of_conflict(declarations, "me")
        assert refusal is not None
        assert refusal.code == "conflict_undeclared"


def test_nobody_takes_back_a_conflict_of_his_own() -> None:
    for declarations in ([declared(none=False), declared()], [declared(), declared(none=False)]):
        refusal = refusal_of_conflict(declarations, "me")
        assert refusal is not None
        assert refusal.code == "conflict_of_interest"


def test_a_colleagues_conflict_does_not_bar_another_officer() -> None:
    assert refusal_of_conflict([declared("other", none=False), declared()], "me") is None


def test_a_complete_case_has_nothing_to_settle() -> None:
    entries = kept(credit(), notice())
    assert case_refusals([BORROWER], entries, [declared()], "me", AT, DAY, KNOWN) == []
    found = case_refusals([BORROWER, Participant("p2", "spouse", "李四")], entries, [], "me", AT, DAY, KNOWN)
    assert [problem.code for problem in found] == ["conflict_undeclared", "consent_missing", "consent_missing"]
    assert [problem.field for problem in found][1:] == [
        "consents.credit_inquiry.p2",
        "consents.personal_information.p2",
    ]
    assert "李四" in str(found[1].sentence)


def test_the_state_of_a_notice_follows_its_needed_choices_alone() -> None:
    needed = NeededConsent(BORROWER, "personal_information")
    assert state_of(kept(notice()), needed, AT, DAY, KNOWN) is ConsentState.VALID
    without = notice(choices={"read": True, "processing": True, "identity": False, "account": True, "bureau": True})
    assert state_of(kept(without), needed, AT, DAY, KNOWN) is ConsentState.DECLINED


def written_as(*strokes: Stroke) -> Consent:
    return notice(signatures=(Signature(under="whole", strokes=strokes),))


PAGE = Photo(digest="c" * 64, name="page.jpg", size=9, media_type="image/jpeg")
WELL_FORMED = {
    "credit on the screen": credit(),
    "notice on the screen": notice(),
    "on paper": credit(signing="paper", signatures=(), photos=(PAGE,), choices={"inquiry": True}),
    "withdrawal": withdrawal("c0"),
    "a third party of the bank's own": notice(choices={"read": True, "our_insurer": True}),
}
MALFORMED = {
    "nobody signs": (credit(signer=" "), "signer"),
    "no end": (credit(expires=None), "expires"),
    "ends the day it is signed": (credit(expires=DAY), "expires"),
    "no wording": (credit(digest="0"), "digest"),
    "no signature": (credit(signatures=()), "signatures"),
    "adverse not signed apart": (credit(signatures=signatures("inquiry", "reporting", "whole")), "signatures"),
    "signed twice": (notice(signatures=signatures("whole", "whole")), "signatures"),
    "signed elsewhere": (notice(signatures=signatures("whole", "margin")), "signatures"),
    "a dot": (written_as(Stroke((5, 5, 5))), "signatures"),
    "no strokes": (written_as(), "signatures"),
    "off the pad": (written_as(Stroke((0, 0, 1, 10_001, 0, 1))), "signatures"),
    "beyond pressure": (written_as(Stroke((0, 0, 1, 9, 9, 1_001))), "signatures"),
    "half a point": (written_as(Stroke((0, 0, 1, 9))), "signatures"),
    "201 strokes": (written_as(*WRITTEN * 201), "signatures"),
    "4,001 points": (written_as(Stroke(tuple(range(3)) * 4_001)), "signatures"),
    "no page": (credit(signing="paper", signatures=()), "photos"),
    "eleven pages": (credit(signing="paper", signatures=(), photos=(PAGE,) * 11), "photos"),
    "strokes on paper": (credit(signing="paper", photos=(PAGE,)), "signatures"),
    "a purpose of one's own": (credit(purposes=("curiosity",)), "choices"),
    "a hundred choices": (notice(choices=dict.fromkeys(map(str, range(100)), True)), "choices"),
    "withdrawn without a word": (withdrawal("c0", reason=" "), "reason"),
    "a withdrawal that agrees": (withdrawal("c0", choices={"inquiry": True}), "choices"),
}  # fmt: skip


@pytest.mark.parametrize("name", WELL_FORMED)
def test_a_well_formed_consent_is_kept(name: str) -> None:
    assert problems_of("consent", values_of(WELL_FORMED[name])) == []


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_consent_is_refused_at_its_field(name: str) -> None:
    consent, field = MALFORMED[name]
    assert field in {problem.field for problem in problems_of("consent", values_of(consent))}


def test_a_declared_conflict_names_the_person() -> None:
    assert problems_of("conflict_declaration", values_of(declared(none=False))) == []
    nameless = ConflictDeclaration(staff="me", at=AT, business_date=DAY, zone="Asia/Shanghai", none=False)
    assert [problem.field for problem in problems_of("conflict_declaration", values_of(nameless))] == ["detail"]
