"""The controls at a submission, with laptops that skip every check of their own (DOMAIN E1, E10, E11, E12)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from fieldapp.domain.application_records import Party
from fieldapp.domain.controls.limits import Limits
from fieldapp.domain.errors import Actionable
from fieldapp.domain.records import Use
from fieldapp.headoffice.administration import Administration
from fieldapp.headoffice.application_desk import Act, ApplicationDesk
from fieldapp.headoffice.bank_lists import BankLists
from fieldapp.headoffice.exchange import Exchange
from fieldapp.headoffice.storage.accounts import DeviceAccount
from fieldapp.headoffice.tokens import token_hash
from fieldapp.protocol.changes import Change
from tests.headoffice import changes_to_send as send
from tests.headoffice.a_case import (
    SUBMITTED,
    Enrol,
    codes,
    customer,
    decision,
    employ_deciders,
    filled,
    guarantor,
    submission,
)
from tests.headoffice.consents_to_send import consent, declaration, signed_case
from tests.headoffice.laptops import Laptop

SIBLING = "110101199001010031"


@pytest.fixture
def lists(office: Administration, clock: send.FixedClock) -> BankLists:
    employ_deciders(office)
    return BankLists(office.store, clock)


def related(lists: BankLists, number: str = SIBLING) -> None:
    lists.confirm_related_party(lists.add_related_party("王大明", number, "kin", by="hu"), by="wu")


def kin_of(lists: BankLists, staff: str, number: str, relation: str = "kin") -> str:
    entry = lists.add_related_party("李小明", number, relation, by="hu", of=staff)
    lists.confirm_related_party(entry, by="wu")
    return entry


def case(number: int = 1, *, person: dict[str, Any] | None = None, at: str = SUBMITTED, **fields: Any) -> list[Change]:
    """Everything of one customer up to the submission."""
    loan = f"a{number}"
    secured = fields.get("guarantee_mode") == "joint"
    return [
        *customer(number, **(person or {})),
        filled(loan, f"p{number}", person=f"q{number}", business=f"b{number}", **fields),
        *(guarantor(number) if secured else ()),
        *signed_case(signer=f"q{number}", parent=loan),
        submission(loan, at),
    ]


def alerts(laptop: Laptop, application: str = "a1") -> dict[str, dict[str, str]]:
    laptop.sync()
    told = [state for state in laptop.base.values() if state.kind == "alert" and state.parent == application]
    return {str(state.values["code"]): dict(state.values.get("values", {})) for state in told}


def test_a_customer_whom_nothing_is_known_against_is_taken_in_without_alerts(
    lists: BankLists, laptop_of: Enrol
) -> None:
    related(lists)
    assert {*codes(laptop_of("zhang"), *case())} == {"accepted"}
    assert alerts(laptop_of("chen")) == {}


def test_a_directors_sibling_gets_no_unsecured_loan(lists: BankLists, laptop_of: Enrol) -> None:
    related(lists)
    sent = case(person={"id_number": SIBLING}, guarantee_mode="unsecured")
    *before, told = codes(laptop_of("zhang"), *sent)
    assert ({*before}, told) == ({"accepted"}, "related_party")


def test_a_declared_related_party_gets_no_unsecured_loan(lists: BankLists, laptop_of: Enrol) -> None:
    assert codes(laptop_of("zhang"), *case(guarantee_mode="unsecured", related_party=True))[-1] == "related_party"


@pytest.mark.parametrize(
    ("number", "rate", "told"),
    [
        (SIBLING, "0.0599", "related_party_rate"),
        (f" {SIBLING[:6]} {SIBLING[6:]}", "0.0599", "related_party_rate"),
        (SIBLING, "0.06", "accepted"),
    ],
)
def test_a_related_party_gets_no_better_terms_with_security(
    lists: BankLists, laptop_of: Enrol, number: str, rate: str, told: str
) -> None:
    related(lists)
    sent = case(person={"id_number": number}, yearly_rate=rate, guarantee_mode="joint")
    assert codes(laptop_of("zhang"), *sent)[-1] == told


def test_a_secured_loan_to_a_related_party_is_told_to_those_who_decide_and_not_to_the_officer(
    lists: BankLists, laptop_of: Enrol
) -> None:
    related(lists)
    zhang = laptop_of("zhang")
    assert (
        codes(zhang, *case(person={"id_number": SIBLING}, related_party=False, guarantee_mode="joint"))[-1]
        == "accepted"
    )
    assert set(alerts(laptop_of("chen"))) == {"undeclared"}
    assert set(alerts(laptop_of("deng"))) == {"undeclared"}
    assert alerts(zhang) == {}
    assert alerts(laptop_of("zhang")) == {}


def test_a_signing_relative_counts_as_the_applicant_does(lists: BankLists, laptop_of: Enrol) -> None:
    related(lists)
    sent = case(guarantee_mode="unsecured")
    sent[4:4] = [
        send.person("q9", "p1", id_number=SIBLING, relation="other"),
        send.creation("party", "y1", Party(person="q9", role="co_borrower"), parent="a1"),
    ]
    assert codes(laptop_of("zhang"), *sent)[-1] == "related_party"


def test_a_signing_relative_who_is_another_customers_person_counts_too(lists: BankLists, laptop_of: Enrol) -> None:
    related(lists)
    sent = case(guarantee_mode="unsecured")
    sent[4:4] = [
        *customer(9, id_number=SIBLING),
        send.creation("party", "y1", Party(person="q9", role="co_borrower"), parent="a1"),
    ]
    assert codes(laptop_of("zhang"), *sent)[-1] == "related_party"


def test_an_entry_counts_from_the_second_persons_word_to_the_second_persons_word(
    lists: BankLists, laptop_of: Enrol
) -> None:
    entry = lists.add_related_party("王大明", SIBLING, "kin", by="hu")
    with pytest.raises(Actionable) as refused:
        lists.confirm_related_party(entry, by="hu")
    assert refused.value.code == "two_persons"
    (listed,) = lists.related_parties()
    assert (listed.state, SIBLING in str(listed)) == ("proposed", False)
    zhang = laptop_of("zhang")
    assert codes(zhang, *case(1, person={"id_number": SIBLING}, guarantee_mode="unsecured"))[-1] == "accepted"
    lists.confirm_related_party(entry, by="wu")
    assert codes(zhang, *case(2, person={"id_number": SIBLING}, guarantee_mode="unsecured"))[-1] == "related_party"
    lists.remove_related_party(entry, by="wu")
    assert codes(zhang, *case(3, person={"id_number": SIBLING}, guarantee_mode="unsecured"))[-1] == "related_party"
    with pytest.raises(Actionable):
        lists.confirm_related_party(entry, by="wu")
    assert lists.confirm_related_party(entry, by="hu") == "left"
    assert codes(zhang, *case(4, person={"id_number": SIBLING}, guarantee_mode="unsecured"))[-1] == "accepted"


@pytest.mark.parametrize("step", ["proposes", "confirms", "lets a proposal drop"])
@pytest.mark.parametrize("interest", ["its own", "its kin", "kin under another entry", "kin of the same"])
def test_nobody_takes_off_an_entry_about_themselves_or_their_kin(lists: BankLists, step: str, interest: str) -> None:
    """Zhang is on the staff, as is Li; the entry is about one of them, or about somebody of their family."""
    name = "ZHANG " if interest == "its own" else "王大明"
    of = {"its kin": "zhang", "kin of the same": "li"}.get(interest)
    entry = lists.add_related_party(name, SIBLING, "kin" if of else "manager", by="hu", of=of)
    if interest == "kin under another entry":
        lists.confirm_related_party(lists.add_related_party("王", SIBLING, "kin", by="hu", of="zhang"), by="wu")
    if interest == "kin of the same":
        lists.add_related_party("Zhang", "42122419610103000X", "kin", by="hu", of="li")
    if step != "lets a proposal drop":
        lists.confirm_related_party(entry, by="wu")
    if step == "confirms":
        lists.remove_related_party(entry, by="hu")
    act = lists.confirm_related_party if step == "confirms" else lists.remove_related_party
    with pytest.raises(Actionable) as refused:
        act(entry, by="zhang")
    assert refused.value.code == "own_entry"
    act(entry, by="wu")


def test_whom_it_is_about_may_propose_and_confirm_an_entry(lists: BankLists) -> None:
    entry = lists.add_related_party("王大明", SIBLING, "kin", by="zhang", of="zhang")
    other = lists.add_related_party("王小明", "42122419610103000X", "kin", by="hu", of="zhang")
    assert lists.confirm_related_party(entry, by="hu") == lists.confirm_related_party(other, by="zhang") == "standing"


def test_the_list_reaches_no_laptop(lists: BankLists, office: Administration, laptop_of: Enrol) -> None:
    related(lists)
    codes(laptop_of("zhang"), *case(person={"id_number": "42122419610103000X"}))
    for staff in ("zhang", "hu", "chen", "deng"):
        laptop = laptop_of(staff)
        laptop.sync()
        assert "王大明" not in str([state.values for state in laptop.base.values()])
        assert SIBLING not in str([state.values for state in laptop.base.values()])


@pytest.mark.parametrize(
    ("sort", "fields"),
    [("mobile", {"person": {"mobile": "139 0000 9999"}}), ("account", {"payout_account": "139 0000 9999"})],
)
def test_the_officers_own_number_as_the_customers_is_refused_and_a_colleagues_is_told(
    lists: BankLists, laptop_of: Enrol, sort: Any, fields: dict[str, Any]
) -> None:
    lists.add_staff_number("zhang", sort, "13900009999")
    assert codes(laptop_of("zhang"), *case(1, **fields))[-1] == "nominee"
    lists.add_staff_number("li", sort, "13900009999")
    assert codes(laptop_of("zhang"), *case(2, **fields))[-1] == "accepted"
    assert set(alerts(laptop_of("chen"), "a2")) == {f"staff_{sort}"}


TWICE = 30_000_000


@pytest.mark.parametrize(
    ("tie", "both"),
    [
        ("split_phone", {"person": {"mobile": "13700000000"}}),
        ("split_address", {"person": {"actual_address": "示例镇示例街 28 号"}}),
        ("split_payee", {"uses": (Use(purpose="货", payee="示例家电经营部", amount_fen=TWICE),)}),
        ("split_account", {"payout_account": "6200000000000000089"}),
        ("split_borrower", {"person": {"id_number": "110101190001010014"}}),
    ],
)
def test_two_loans_of_300000_that_hang_together_are_told(
    lists: BankLists, laptop_of: Enrol, tie: str, both: dict[str, Any]
) -> None:
    zhang = laptop_of("zhang")
    codes(zhang, *case(1, amount_fen=TWICE, **both))
    assert codes(zhang, *case(2, amount_fen=TWICE, **both))[-1] == "accepted"
    chen = laptop_of("chen")
    assert alerts(chen, "a1") == {}
    assert alerts(chen, "a2")[tie] == {"sum": "600,000.00", "days": "90", "count": "2"}


def test_loans_that_nothing_ties_or_that_lie_apart_are_not_told(
    lists: BankLists, laptop_of: Enrol, clock: send.FixedClock
) -> None:
    zhang = laptop_of("zhang")
    same = {"person": {"mobile": "13700000000"}}
    codes(zhang, *case(1, amount_fen=TWICE, **same))
    codes(zhang, *case(2, amount_fen=TWICE))
    clock.time += timedelta(days=91)
    codes(zhang, *case(3, amount_fen=TWICE, **same))
    chen = laptop_of("chen")
    assert alerts(chen, "a2") == alerts(chen, "a3") == {}


def test_a_declined_loan_is_not_summed_any_more(lists: BankLists, laptop_of: Enrol) -> None:
    zhang, chen = laptop_of("zhang"), laptop_of("chen")
    same = {"person": {"mobile": "13700000000"}}
    codes(zhang, *case(1, amount_fen=TWICE, **same))
    assert codes(chen, decision("chen", "review", "decline")) == ["accepted"]
    codes(zhang, *case(2, amount_fen=TWICE, **same))
    assert alerts(chen, "a2") == {}


@pytest.mark.parametrize(
    ("capital_yuan", "code"),
    [(500_000, None), (499_999, "concentration_borrower")],
)
def test_a_borrower_above_ten_per_cent_of_the_capital_is_told(
    lists: BankLists, office: Administration, clock: send.FixedClock, capital_yuan: int, code: str | None
) -> None:
    loose = Limits(capital_yuan * 100, industry_bp=10_000, village_bp=10_000, officer_bp=10_000)
    laptops = [
        Laptop(Exchange(office.store, clock, loose), _author(office, name), f"{name}-1") for name in ("zhang", "chen")
    ]
    for laptop in laptops:
        _enrol(office, laptop)
    zhang, chen = laptops
    assert codes(zhang, *case(amount_fen=5_000_000))[-1] == "accepted"
    assert list(alerts(chen)) == ([code] if code else [])


@pytest.mark.parametrize("bundle", ["industry", "village", "officer"])
def test_an_industry_a_village_and_an_officer_above_their_share_are_told(
    lists: BankLists, office: Administration, clock: send.FixedClock, bundle: str
) -> None:
    limits = Limits(100_000_000, **{**_WIDE, f"{bundle}_bp": 999})  # type: ignore[arg-type]
    zhang, chen = (
        Laptop(Exchange(office.store, clock, limits), _author(office, name), f"{name}-1") for name in ("zhang", "chen")
    )
    for laptop in (zhang, chen):
        _enrol(office, laptop)
    codes(zhang, *case(1, amount_fen=5_000_000))
    second = case(2, amount_fen=5_000_000)
    second[0] = send.prospect("p2", customer_type="sole_trader", village_code="v1")
    codes(zhang, *second)
    assert alerts(chen, "a1") == {}
    assert alerts(chen, "a2")[f"concentration_{bundle}"] == {"sum": "100,000.00", "share": "10.0", "limit": "9.9"}


def test_loans_that_one_introducer_brought_to_several_officers_are_told(
    lists: BankLists, office: Administration, clock: send.FixedClock
) -> None:
    limits = Limits(100_000_000, **{**_WIDE, "introducer_bp": 999})
    laptops = {
        name: Laptop(Exchange(office.store, clock, limits), _author(office, name), f"{name}-1")
        for name in ("zhang", "chen")
    }
    for laptop in laptops.values():
        _enrol(office, laptop)
    own, brought, other = case(1), case(2), case(3)
    own[0] = send.prospect("p1", customer_type="sole_trader", marketed_by="zhang")  # who lends counts as the officer
    brought[0] = send.prospect("p2", customer_type="sole_trader", marketed_by="wang")
    other[0] = send.prospect("p3", customer_type="sole_trader", marketed_by="wang")
    for sent in (own, brought, other):
        assert codes(laptops["zhang"], *sent)[-1] == "accepted"
    assert [set(alerts(laptops["chen"], f"a{number}")) for number in (1, 2, 3)] == [
        set(),
        set(),
        {"concentration_introducer"},
    ]


_WIDE = {
    "borrower_bp": 10_000,
    "industry_bp": 10_000,
    "village_bp": 10_000,
    "officer_bp": 10_000,
    "introducer_bp": 10_000,
}


def _author(office: Administration, staff: str) -> Any:
    with office.store.reading() as unit:
        account = unit.accounts.staff(staff)
    assert account is not None
    return account.author


def _enrol(office: Administration, laptop: Laptop) -> None:
    with office.store.writing() as unit:
        device = DeviceAccount(laptop.device, laptop.author.staff, "", 0, "", None, None)
        unit.accounts.add_device(device, token_hash(laptop.device))


def test_hostile_values_are_screened_without_a_fault(lists: BankLists, laptop_of: Enrol) -> None:
    strange = case(
        person={"id_number": "\u202e🙂" * 50, "mobile": "字" * 300, "actual_address": "x" * 19_000},
        uses=tuple(Use(purpose="a", payee="🙂", amount_fen=1) for _ in range(100)),
        payout_account=" ",
    )
    assert codes(laptop_of("zhang"), *strange)[-1] == "identity_length"


def test_an_officer_opens_no_application_of_their_own_spouse(lists: BankLists, laptop_of: Enrol) -> None:
    kin_of(lists, "zhang", SIBLING)
    laptop = laptop_of("zhang")
    laptop.sync(*customer(1, id_number=SIBLING))
    opened = laptop.sync(send.application("a1", parent="p1")).receipts
    assert [(one.outcome, one.code, one.field) for one in opened] == [("refused", "own_kin", "officer")]


def test_kin_found_only_later_stops_the_submission(lists: BankLists, laptop_of: Enrol) -> None:
    laptop = laptop_of("zhang")
    changes = case(1, person={"id_number": SIBLING}, guarantee_mode="joint")
    assert set(codes(laptop, *changes[:-1])) == {"accepted"}
    kin_of(lists, "li", SIBLING)
    kin_of(lists, "zhang", SIBLING)
    assert codes(laptop, changes[-1]) == ["own_kin"]


def test_nobody_hands_in_the_application_of_their_kin_in_a_colleagues_name(lists: BankLists, laptop_of: Enrol) -> None:
    laptop, head = laptop_of("zhang"), laptop_of("hu")
    assert set(codes(laptop, *case(1, person={"id_number": SIBLING}, guarantee_mode="joint")[:-1])) == {"accepted"}
    kin_of(lists, "hu", SIBLING)
    head.sync()
    declared = declaration("d2", actor="hu")
    handed_in = send.change(
        "application", "a1", {"status": ("draft", "submitted"), "submitted_at": (None, SUBMITTED)}, actor="hu"
    )
    assert codes(head, declared, handed_in) == ["accepted", "own_kin"]
    assert codes(laptop, submission()) == ["accepted"]


def test_nobody_decides_on_their_kin_nor_contracts_nor_pays_out(
    lists: BankLists, office: Administration, laptop_of: Enrol, clock: send.FixedClock
) -> None:
    desk = ApplicationDesk(office.store, clock)
    changes = case(1, person={"id_number": SIBLING}, guarantee_mode="joint")
    assert set(codes(laptop_of("zhang"), *changes)) == {"accepted"}
    for staff in ("chen", "deng", "li"):
        kin_of(lists, staff, SIBLING)
    assert codes(laptop_of("chen"), decision("chen", "review")) == ["deciding_on_kin"]
    assert codes(laptop_of("fang"), decision("fang", "review")) == ["accepted"]
    assert codes(laptop_of("deng"), decision("deng", "approval")) == ["deciding_on_kin"]
    assert codes(laptop_of("peng"), decision("peng", "approval")) == ["accepted"]
    steps: tuple[tuple[Act, str], ...] = (("contract", "contracted"), ("disburse", "disbursed"))
    for act, becomes in steps:
        with pytest.raises(Actionable) as refused:
            desk.move("a1", act, by="li")
        assert refused.value.code == "deciding_on_kin"
        assert desk.move("a1", act, by="hu").status == becomes


def test_nobody_decides_on_kin_who_sign_and_were_handed_over_to_another_sub_branch(
    lists: BankLists, office: Administration, laptop_of: Enrol, clock: send.FixedClock
) -> None:
    sent = case(guarantee_mode="unsecured")
    sent[4:4] = [
        *customer(9, id_number=SIBLING),
        send.creation("party", "y1", Party(person="q9", role="co_borrower", relation="邻居"), parent="a1"),
        consent("q9-c", signer="q9", purposes=("application",)),
        consent("q9-n", "personal_information", signer="q9"),
    ]
    assert set(codes(laptop_of("zhang"), *sent)) == {"accepted"}
    for staff in ("chen", "li"):
        kin_of(lists, staff, SIBLING)
    office.reassign("p9", "wu")
    assert codes(laptop_of("chen"), decision("chen", "review")) == ["deciding_on_kin"]
    assert codes(laptop_of("fang"), decision("fang", "review")) == ["accepted"]
    assert codes(laptop_of("peng"), decision("peng", "approval")) == ["accepted"]
    with pytest.raises(Actionable) as refused:
        ApplicationDesk(office.store, clock).move("a1", "contract", by="li")
    assert refused.value.code == "deciding_on_kin"


def test_kin_of_a_colleague_is_a_related_party_and_no_more(lists: BankLists, laptop_of: Enrol) -> None:
    kin_of(lists, "li", SIBLING)
    changes = case(1, person={"id_number": SIBLING}, guarantee_mode="joint")
    assert set(codes(laptop_of("zhang"), *changes)) == {"accepted"}


def test_a_firm_of_the_officers_kin_counts_and_others_are_nobodys(lists: BankLists, office: Administration) -> None:
    assert lists.add_related_party("某某商行", "91420000MA4K000001", "firm", by="hu", of="zhang")
    for relation, staff, code in (("director", "zhang", "of"), ("kin", "nobody", "staff_unknown")):
        with pytest.raises(Actionable) as refused:
            lists.add_related_party("某人", SIBLING, relation, by="hu", of=staff)
        assert refused.value.code == code
