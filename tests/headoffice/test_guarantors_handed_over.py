"""Customers handed over in whatever order, with guarantors who are customers themselves: each is seen by whom it should
be, once, and who is parted from a loan is named.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldapp.domain.application_records import Guarantee, Party
from fieldapp.domain.errors import Actionable
from fieldapp.headoffice.administration import Administration, open_head_office
from fieldapp.headoffice.exchange import Exchange
from fieldapp.headoffice.reassignment import Reassigned
from fieldapp.headoffice.record import StoredRecord
from fieldapp.headoffice.separated import separated
from fieldapp.headoffice.storage.accounts import DeviceAccount, StaffAccount
from fieldapp.headoffice.tokens import token_hash
from fieldapp.protocol.changes import Change
from tests.depth import examples
from tests.headoffice import changes_to_send as send
from tests.headoffice.a_case import customer, employ_deciders, filled, submission
from tests.headoffice.changes_to_send import BRANCH
from tests.headoffice.consents_to_send import consent, signed_case
from tests.headoffice.laptops import Laptop
from tests.postgresql import database_name, drop_database, new_postgresql_database

OTHER = "CB02"
OFFICERS = ("zhang", "li", "hu", "xu", "wu")
"""The last two work in the other branch, which ``wu`` heads as ``hu`` does the first."""
LENDING = {1: (2, 3), 2: (3,), 4: (5, 1)}
"""The customers with a loan, and who guarantees it."""
STAFF = (*OFFICERS, "chen", "qian")
"""The last two review, the one in the first branch, the other in the other."""
CUSTOMERS = (1, 2, 3, 4, 5)


Made = Callable[[], AbstractContextManager["Hands"]]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A new head office each time, in which Zhang has five customers, of whom three ask for loans that others of them
    guarantee.
    """
    numbers = count(1)
    folder = tmp_path_factory.mktemp("handed over")
    server = request.getfixturevalue("postgresql") if request.param == "postgresql" else ""

    def place() -> str:
        return new_postgresql_database(server, template) if server else str(folder / f"{next(numbers)}.db")

    template = request.getfixturevalue("made_database") if server else ""
    location = place() if server else shutil.copy(request.getfixturevalue("made_file"), place())
    with closing(Hands(location)) as hands:
        hands.employ()
        hands.begin()
    template = database_name(location) if server else ""

    @contextmanager
    def another() -> Iterator[Hands]:
        copied = place() if server else shutil.copy(location, place())
        with closing(Hands(copied)) as hands:
            yield hands
        if server:
            drop_database(server, copied)
        else:
            Path(copied).unlink()

    return another


def loan(number: int, guarantors: tuple[int, ...]) -> list[Change]:
    """An application of which everything is there, which others guarantee."""
    name = f"a{number}"
    told = {"person": f"q{number}", "business": f"b{number}", "number": f"TS01-{number}", "guarantee_mode": "joint"}
    sent = [filled(name, f"p{number}", **told)]
    sent += signed_case(signer=f"q{number}", parent=name)
    for other in guarantors:
        shape = Party(person=f"q{other}", role="guarantor", relation="邻居")
        backing = Guarantee(guarantor=f"q{other}", mode="joint", amount_fen=5_000_000)
        sent.append(send.creation("party", f"{name}-{other}", shape, parent=name))
        sent.append(send.creation("guarantee", f"{name}-{other}-g", backing, parent=name))
        signed: dict[str, Any] = {"signer": f"q{other}", "parent": name}
        sent.append(consent(f"{name}-{other}-c", "credit_inquiry", purposes=("guarantor",), **signed))
        sent.append(consent(f"{name}-{other}-n", "personal_information", **signed))
    return sent


def all_records(office: Administration) -> dict[str, StoredRecord]:
    """Everything by its id, which stands in one place."""
    with office.store.reading() as unit:
        found = [
            record
            for stream in (BRANCH, OTHER)
            for record in unit.records.find(unit.records.names(stream), [stream]).values()
        ]
    everything = {record.record: record for record in found}
    assert len(everything) == len(found), "a record stands in two places"
    return everything


def to_be_seen(everything: dict[str, StoredRecord], laptop: Laptop) -> set[str]:
    """What the laptop's member of staff has to do with, said once more."""
    author, branch = laptop.author, laptop.author.branch
    here = {name for name, one in everything.items() if one.stream == branch}
    if author.leads:
        return here
    if not author.decides:
        return {name for name in here if everything[name].owner == author.staff and everything[name].kind != "alert"}
    submitted = [one for one in everything.values() if one.kind == "application" and one.values.get("submitted_at")]
    roots = {one.root for one in submitted if one.stream == branch}
    cases = {one.record for one in submitted if one.stream == branch}
    named = {one.values["person"] for one in everything.values() if one.kind == "party" and one.parent in cases}
    return {name for name in here if everything[name].root in roots or name in named}


def parted(everything: dict[str, StoredRecord], moved: list[Reassigned]) -> set[tuple[str, str]]:
    """The people whom a hand-over concerned, and the applications in the sub-branches that it concerned, whose owners
    are not the same by now.
    """
    roots = {one.prospect for one in moved}
    streams = {branch for one in moved for branch in (one.from_branch, one.to_branch)}
    return {
        (party.parent or "", person.record)
        for party in everything.values()
        if party.kind == "party" and party.stream in streams
        for person in [everything[party.values["person"]]]
        if person.owner != party.owner and not roots.isdisjoint((party.root, person.root))
    }


class Hands:
    """A head office in which customers are handed over, and everybody's laptop."""

    def __init__(self, location: str) -> None:
        self.office = open_head_office(location, send.FixedClock())
        self._exchange = Exchange(self.office.store, send.FixedClock())
        self.laptops: dict[str, Laptop] = {}

    def close(self) -> None:
        self.office.store.close()

    def employ(self) -> None:
        employ_deciders(self.office)
        with self.office.store.writing() as unit:
            for name, role in (("xu", "officer"), ("qian", "reviewer")):
                unit.accounts.put_staff(StaffAccount(name, name.title(), role, OTHER, active=True))  # type: ignore[arg-type]

    def begin(self) -> None:
        laptop = self.laptop("zhang")
        for number in CUSTOMERS:
            assert {*laptop.outcomes(*customer(number))} == {"accepted"}
        for number, guarantors in LENDING.items():
            assert {*laptop.outcomes(*loan(number, guarantors))} == {"accepted"}

    def laptop(self, staff: str) -> Laptop:
        """The one they have, or a new one."""
        return self.laptops.get(staff) or self.laptops.setdefault(staff, self.new_laptop(staff, len(self.laptops)))

    def new_laptop(self, staff: str, number: int) -> Laptop:
        device = f"{uuid4().hex}-{staff}-{number}"
        with self.office.store.writing() as unit:
            unit.accounts.add_device(DeviceAccount(device, staff, "", 0, "", None, None), token_hash(device))
            account = unit.accounts.staff(staff)
        assert account is not None
        return Laptop(self._exchange, account.author, device)

    def reassign(self, number: int, to: str) -> None:
        self._handed(lambda: [self.office.reassign(f"p{number}", to)])

    def reassign_all(self, staff: str, to: str) -> None:
        self._handed(lambda: self.office.reassign_all(staff, to).moved)

    def assign(self, number: int, to: str) -> None:
        """As a branch head types it, who may not give a customer to another branch."""
        root = self.record(f"p{number}")
        head = {BRANCH: "hu", OTHER: "wu"}[root.stream]
        owner = {"owner": (root.values["owner"], to)}
        change = send.change("prospect", root.record, owner, guard={"deleted": False}, actor=head, stream=root.stream)
        self.laptop(head).sync(change)

    def submit(self, number: int) -> str:
        loan = self.record(f"a{number}")
        fields = submission(loan.record).fields
        change = send.change("application", loan.record, fields, actor=loan.owner, stream=loan.stream)
        self.read(loan.owner)
        (receipt,) = self.laptop(loan.owner).sync(change).receipts
        return receipt.code or receipt.outcome

    def read(self, staff: str) -> None:
        self.laptop(staff).sync(page=3)

    def record(self, name: str) -> StoredRecord:
        return all_records(self.office)[name]

    def _handed(self, work: Callable[[], list[Reassigned]]) -> None:
        """Whom it parts from a loan is told."""
        try:
            moved = work()
        except Actionable as why:
            assert why.code == "already_theirs"  # noqa: PT017 - any other is a fault
            return
        told = {(one.application, one.person) for one in separated(self.office.store, moved)}
        assert told == parted(all_records(self.office), moved)

    def require_seen_by_whom_they_should_be(self) -> None:
        """On the laptops that there are, and on new ones."""
        everything = all_records(self.office)
        for staff in STAFF:
            for laptop, page in ((self.laptop(staff), 2000), (self.new_laptop(staff, 99), 7)):
                laptop.sync(page=page)
                seen = {name: state for name, state in laptop.base.items() if state.rev[1] != "bank"}
                wanted = to_be_seen(everything, laptop)
                assert seen.keys() - wanted == set(), f"{staff} sees what is none of theirs"
                assert wanted - seen.keys() == set(), f"{staff} does not see all"
                assert all(state == everything[name].state() for name, state in seen.items()), staff
        for stream in (BRANCH, OTHER):
            self.office.verify_chain(stream)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just(Hands.reassign), st.sampled_from(CUSTOMERS), st.sampled_from(OFFICERS)),
        st.tuples(st.just(Hands.reassign_all), st.sampled_from(OFFICERS), st.sampled_from(OFFICERS)),
        st.tuples(st.just(Hands.assign), st.sampled_from(CUSTOMERS), st.sampled_from(OFFICERS)),
        st.tuples(st.just(Hands.submit), st.sampled_from(sorted(LENDING))),
        st.tuples(st.just(Hands.read), st.sampled_from(STAFF)),
    ),
    max_size=9,
)


@settings(max_examples=examples(4, 300))
@given(steps=STEPS)
def test_everybody_is_seen_by_whom_they_should_be(made: Made, steps: list[tuple[Any, ...]]) -> None:
    with made() as hands:
        for what, *how in steps:
            what(hands, *how)
        hands.require_seen_by_whom_they_should_be()


def test_guarantors_who_go_along_are_read_by_those_who_decide_where_the_loan_goes(made: Made) -> None:
    with made() as hands:
        assert hands.submit(1) == "accepted"
        hands.read("chen")
        hands.reassign_all("zhang", "xu")
        hands.require_seen_by_whom_they_should_be()


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1)])
def test_guarantors_who_come_before_or_after_the_loan_are_read_there(made: Made, order: tuple[int, ...]) -> None:
    with made() as hands:
        assert hands.submit(1) == "accepted"
        for number in order:
            hands.reassign(number, "xu")
            hands.require_seen_by_whom_they_should_be()


@pytest.mark.parametrize("next_loan", [2, 4])
def test_guarantors_who_were_read_before_are_read_again_with_the_next_loan(made: Made, next_loan: int) -> None:
    with made() as hands:
        assert hands.submit(1) == "accepted"
        hands.read("chen")
        hands.reassign(1, "xu")
        if next_loan == 4:
            hands.read("chen")
            hands.reassign(1, "zhang")
            hands.reassign(1, "xu")
            hands.reassign(1, "li")
        assert hands.submit(next_loan) == "accepted"
        hands.require_seen_by_whom_they_should_be()


def test_guarantors_whose_loan_went_elsewhere_are_not_read_any_more(made: Made) -> None:
    with made() as hands:
        assert hands.submit(1) == hands.submit(2) == "accepted"
        hands.read("chen")
        hands.reassign(1, "xu")
        hands.require_seen_by_whom_they_should_be()
        hands.reassign(1, "li")
        hands.require_seen_by_whom_they_should_be()
