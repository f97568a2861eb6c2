"""After a restore laptops give back what head office forgot, and decide nothing by it (SYNC 35)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest

from fieldapp.domain.errors import Actionable
from fieldapp.headoffice.administration import Administration, open_head_office
from fieldapp.headoffice.application_desk import ApplicationDesk
from fieldapp.headoffice.exchange import Exchange
from fieldapp.headoffice.record import StoredRecord
from fieldapp.headoffice.scope import Caller
from fieldapp.headoffice.uploads import Uploads
from fieldapp.protocol.changes import Change
from fieldapp.protocol.messages import RESCUED, Rescue
from tests.headoffice import changes_to_send as send
from tests.headoffice.a_case import (
    Enrol,
    codes,
    customer,
    decision,
    employ_deciders,
    filled,
    question,
    submission,
    submitted_case,
)
from tests.headoffice.consents_to_send import consent, signed_case
from tests.headoffice.laptops import Laptop
from tests.headoffice.test_made_anew_elsewhere import told_of_a_restore

SUBMITTED = "2026-06-01T01:00:00Z"
TAKEN = (["accepted"], ["merged"])


@pytest.fixture(autouse=True)
def deciders(office: Administration) -> None:
    employ_deciders(office)


@dataclass
class Restored:
    """What stands at head office."""

    office: Administration

    def __getitem__(self, record: str) -> StoredRecord | None:
        with self.office.store.reading() as unit:
            return unit.records.find([record], unit.records.streams()).get(record)

    def beside(self, record: str) -> dict[str, Any]:
        """What stands in conflict there, by field."""
        kept = self[record]
        assert kept is not None
        return {conflict.field: conflict.value for conflict in kept.conflicts}


@pytest.fixture
def stands(office: Administration) -> Restored:
    return Restored(office)


def rescue_of(made: Change, **told: Any) -> Rescue:
    """The record that ``made`` creates as a laptop was told of it, with what became of it since."""
    values = {name: new for name, (_shown, new) in made.fields.items()} | told
    return Rescue(
        kind=made.kind, record=made.record, parent=made.parent, encoded=msgspec.Raw(msgspec.json.encode(values))
    )


def give_back(laptop: Laptop, *rescues: Rescue) -> list[str]:
    """After it was told of a restore; which of them were not taken."""
    told_of_a_restore(laptop)
    return laptop.ask(laptop.request(rescues=list(rescues))).untaken


def the_case(status: str) -> list[Rescue]:
    """Zhang's customer with an application, as laptops were told of it when it had ``status``."""
    known = [rescue_of(made) for made in customer()]
    return [*known, rescue_of(filled(), status=status, submitted_at=SUBMITTED)]


def confirm(laptop: Laptop, record: str, kept: StoredRecord | None, **values: Any) -> list[str]:
    """A person looks at it and says what is to stand."""
    assert kept is not None
    after = tuple((conflict.change, conflict.field) for conflict in kept.conflicts)
    fields = {name: (kept.values.get(name), value) for name, value in values.items()}
    who = laptop.author.staff
    return codes(laptop, send.change(kept.kind, record, fields, actor=who, after=after))


def test_nothing_is_taken_from_a_laptop_that_was_not_told_of_a_restore(
    office: Administration, laptop_of: Enrol, stands: Restored
) -> None:
    zhang, hu = laptop_of("zhang"), laptop_of("hu")
    zhang.sync(send.prospect("p1"))
    for laptop in (zhang, hu):
        reply = laptop.ask(laptop.request(rescues=[rescue_of(send.prospect("p9")), rescue_of(send.person("q9", "p1"))]))
        assert reply.untaken == ["p9", "q9"], "to be kept"
    told_of_a_restore(hu)
    reply = zhang.ask(zhang.request(rescues=[rescue_of(send.prospect("p9"))]))
    assert reply.untaken == ["p9"], "it was another laptop that was told"
    assert stands["p9"] is None
    assert stands["q9"] is None


def test_that_a_laptop_was_told_of_a_restore_is_known_to_every_process_and_after_a_start(
    location: str, office: Administration, laptop_of: Enrol, clock: send.FixedClock, stands: Restored
) -> None:
    zhang = laptop_of("zhang")
    told_of_a_restore(zhang)
    started = open_head_office(location, clock)
    try:
        elsewhere = Laptop(Exchange(started.store, clock), zhang.author, zhang.device)
        elsewhere.counter = zhang.counter
        reply = elsewhere.ask(elsewhere.request(rescues=[rescue_of(send.prospect("p9"))]))
    finally:
        started.store.close()
    assert reply.untaken == []
    assert stands["p9"] is not None


def test_the_short_question_tells_of_a_restore_too(
    exchange: Exchange, office: Administration, laptop_of: Enrol, stands: Restored
) -> None:
    zhang = laptop_of("zhang")
    zhang.sync(send.prospect("p1"))
    with office.store.writing() as unit:  # as if other changes had got the same numbers
        head = unit.records.heads([send.BRANCH], lock=True)[send.BRANCH]
        unit.records.set_head(send.BRANCH, head._replace(hash="0" * 64))
    caller = Caller(zhang.device, zhang.author, zhang.counter)
    reply = exchange.glance(lambda _unit: caller, zhang.cursor or "", zhang.counter + 1)
    assert reply is not None
    assert reply.fork == [send.BRANCH]
    zhang.cursor, zhang.marks = None, {}
    assert zhang.ask(zhang.request(rescues=[rescue_of(send.prospect("p9"))])).untaken == []
    assert stands["p9"] is not None


def test_an_officer_gives_nobody_a_customer_and_nobodys_customer_a_person(laptop_of: Enrol, stands: Restored) -> None:
    zhang, li = laptop_of("zhang"), laptop_of("li")
    li.sync(send.prospect("p1", actor="li"))
    forged = [
        rescue_of(send.prospect("p2", owner="li")),
        rescue_of(send.prospect("p3", owner="nobody-at-all")),
        rescue_of(send.prospect("p4", owner="z\x00")),
        rescue_of(send.person("q1", "p1")),
        rescue_of(filled("a1", "p1"), status="approved"),
    ]
    assert give_back(zhang, *forged) == ["p2", "p3", "p4", "q1", "a1"]
    assert not any(stands[rescue.record] for rescue in forged)
    assert give_back(zhang, rescue_of(send.prospect("p5")), rescue_of(send.person("q5", "p5"))) == []
    kept = stands["p5"], stands["q5"]
    assert all(one is not None and one.rescued and one.owner == "zhang" for one in kept)
    assert stands.beside("p5") == {"deleted": True}


def test_a_branch_heads_laptop_gives_back_colleagues_customers_and_takes_over_those_of_nobody(
    laptop_of: Enrol, stands: Restored
) -> None:
    hu, li = laptop_of("hu"), laptop_of("li")
    told = [rescue_of(send.prospect(f"p{n}", owner=owner)) for n, owner in enumerate(("li", "gone", "wu"))]
    assert give_back(hu, *told) == []
    assert [stands[one.record].owner for one in told] == ["li", "hu", "hu"]  # type: ignore[union-attr]
    assert [stands.beside(one.record) for one in told] == [
        {"deleted": True},
        {"owner": "gone", "deleted": True},
        {"owner": "wu", "deleted": True},
    ]
    li.sync()
    assert [record for record, kept in li.base.items() if kept.kind == "prospect"] == ["p0"]
    assert confirm(hu, "p1", stands["p1"], owner="li", deleted=False) in TAKEN
    assert stands["p1"].owner == "li"  # type: ignore[union-attr]
    assert stands.beside("p1") == {}


@pytest.mark.parametrize("status", ["submitted", "approved", "contracted", "disbursed", "declined"])
def test_an_application_comes_back_from_its_officer_to_be_submitted_again(
    laptop_of: Enrol, stands: Restored, status: str
) -> None:
    zhang, chen = laptop_of("zhang"), laptop_of("chen")
    assert give_back(zhang, *the_case(status)) == []
    assert stands["a1"].values["status"] == "returned"  # type: ignore[union-attr]
    assert stands.beside("a1") == {"status": status}
    for laptop in (laptop_of("zhang"), laptop_of("hu")):
        assert confirm(laptop, "a1", stands["a1"], status=status) not in TAKEN, "not without all that is checked"
    assert codes(chen, decision("chen", "review")) != ["accepted"]
    assert stands["a1"].values["status"] == "returned"  # type: ignore[union-attr]
    missing = [made for made in signed_case() if stands[made.record] is None]
    assert {*zhang.outcomes(*missing, send.visit(second_officer="li", purpose="investigation"))} == {"accepted"}
    again = send.change(
        "application",
        "a1",
        {"status": ("returned", "submitted"), "submitted_at": (SUBMITTED, "2026-06-01T02:00:00Z")},
        after=tuple((conflict.change, conflict.field) for conflict in stands["a1"].conflicts),  # type: ignore[union-attr]
    )
    assert zhang.outcomes(again) in TAKEN
    assert stands["a1"].values["status"] == "submitted"  # type: ignore[union-attr]
    assert stands.beside("a1") == {}


@pytest.mark.parametrize("staff", ["hu", "chen", "deng"])
def test_an_approved_application_waits_for_confirmation_and_for_those_who_decide(
    office: Administration, clock: send.FixedClock, laptop_of: Enrol, stands: Restored, staff: str
) -> None:
    """Whoever gives it back with the decisions on it: they are there to be read, and count for nothing."""
    giving, hu = laptop_of(staff), laptop_of("hu")
    chen, deng = laptop_of("chen"), laptop_of("deng")
    decided = [decision("chen", "review", record="d1"), decision("deng", "approval", record="d2")]
    assert give_back(giving, *the_case("approved"), *map(rescue_of, decided), rescue_of(question("chen", "k1"))) == []
    assert stands["a1"].values["status"] == "submitted"  # type: ignore[union-attr]
    assert stands.beside("a1") == {"status": "approved", "deleted": True}
    assert all(stands[name].rescued for name in ("a1", "d1", "d2", "k1"))  # type: ignore[union-attr]
    desk = ApplicationDesk(office.store, clock)
    with pytest.raises(Actionable, match="cannot follow"):
        desk.move("a1", "contract", by="wu")
    assert (len(desk.show("a1").decisions), len(desk.show("a1").given_back)) == (0, 2)
    assert codes(deng, decision("deng", "approval")) == ["conflict"]
    for laptop in (laptop_of("zhang"), laptop_of("hu")):
        assert confirm(laptop, "a1", stands["a1"], status="approved") not in TAKEN
    assert confirm(hu, "a1", stands["a1"], status="submitted", deleted=False) in TAKEN
    assert stands.beside("a1") == {}
    assert codes(deng, decision("deng", "approval")) == ["not_reviewed"], "the review that came back is none"
    assert codes(chen, decision("chen", "review")) == ["accepted"]
    assert codes(deng, decision("deng", "approval")) == ["accepted"]
    with pytest.raises(Actionable, match="took part"):
        desk.move("a1", "contract", by="deng")
    assert desk.move("a1", "contract", by="wu").status == "contracted"
    assert office.verify_chain(send.BRANCH)


def test_an_officer_gives_back_nobody_elses_word(laptop_of: Enrol, stands: Restored) -> None:
    zhang = laptop_of("zhang")
    submitted_case(zhang)
    forged = [
        decision("chen", "review", record="d1"),
        decision("zhang", "review", record="d2"),
        question("chen", "k1"),
        consent("c1", "personal_information", actor="li", parent="a1", signer="q1"),
    ]
    assert give_back(zhang, *map(rescue_of, forged)) == ["d1", "d2", "k1", "c1"]
    assert not any(stands[made.record] for made in forged)
    assert give_back(zhang, rescue_of(consent("c2", "personal_information", parent="a1", signer="q1"))) == []


def test_nothing_is_added_to_what_is_submitted(laptop_of: Enrol, stands: Restored) -> None:
    zhang, hu = laptop_of("zhang"), laptop_of("hu")
    submitted_case(zhang)
    debt = Rescue(kind="external_debt", record="e1", parent="a1", encoded=msgspec.Raw(b'{"lender":"x"}'))
    assert give_back(zhang, debt) == give_back(hu, debt) == ["e1"]
    again = rescue_of(filled(), deleted=True, status="submitted", submitted_at=SUBMITTED)
    assert give_back(zhang, again, debt) == ["e1"], "what one puts beside it oneself opens nothing"
    assert stands.beside("a1") == {"deleted": True}
    assert stands["e1"] is None
    returned = send.change("application", "a1", {"status": ("submitted", "returned")}, actor="hu")
    assert hu.outcomes(returned) != ["refused"]
    assert give_back(zhang, debt) == []


def test_what_came_back_submitted_brings_its_parts(laptop_of: Enrol, stands: Restored) -> None:
    hu, zhang = laptop_of("hu"), laptop_of("zhang")
    debt = Rescue(kind="external_debt", record="e1", parent="a1", encoded=msgspec.Raw(b'{"lender":"x"}'))
    assert give_back(hu, debt, *the_case("submitted")) == []
    assert stands["e1"].parent == "a1"  # type: ignore[union-attr]
    assert stands.beside("a1") == {"deleted": True}
    made = [filled(), submission()]
    assert "refused" not in zhang.outcomes(*customer(), *made), "it was only late"
    assert stands.beside("a1") == stands.beside("p1") == {}
    assert stands["a1"].values["status"] == "submitted"  # type: ignore[union-attr]


def test_whatever_comes_back_is_marked_so(office: Administration, laptop_of: Enrol, stands: Restored) -> None:
    hu = laptop_of("hu")
    offered = [*the_case("returned"), rescue_of(send.visit("v1"))]
    assert give_back(hu, *offered) == []
    for rescue in offered:
        kept = stands[rescue.record]
        assert kept is not None
        assert kept.rescued
        assert kept.written["*"].by == "hu"
    with office.store.reading() as unit:
        entries = [entry for entry in unit.records.journal.entries(send.BRANCH) if entry.change.startswith(RESCUED)]
    assert {(entry.effect, entry.actor, entry.device) for entry in entries} >= {("rescue", "hu", hu.device)}


@pytest.mark.parametrize("whose", ["hu", "li", "chen"], ids=["the head's laptop", "their own", "another reviewer's"])
def test_nobody_who_decides_by_now_is_given_back_a_customer(
    office: Administration, laptop_of: Enrol, stands: Restored, whose: str
) -> None:
    """Li had the customer when the laptops were told of it."""
    office.change_staff("li", role="reviewer")
    laptop = laptop_of(whose)
    assert give_back(laptop, rescue_of(send.prospect("p1", actor="li")), rescue_of(send.person("q1", "p1"))) == []
    kept = stands["p1"]
    assert kept is not None
    assert (kept.owner, kept.values["owner"], stands.beside("p1")["owner"]) == ("hu", "hu", "li")
    hu = laptop_of("hu")
    hu.sync()
    assert {"p1", "q1"} <= hu.base.keys()


def test_photos_of_what_comes_back_are_awaited_and_given_out(
    office: Administration, clock: send.FixedClock, laptop_of: Enrol
) -> None:
    photo = b"the shop from the street"
    digest = hashlib.sha256(photo).hexdigest()
    hu, new, uploads = laptop_of("hu"), laptop_of("zhang"), Uploads(office.store, clock)
    assert give_back(hu, rescue_of(send.prospect("p1")), rescue_of(send.visit("v1", photos=(digest,)))) == []
    assert [(one.stream, one.record, one.digest) for one in uploads.awaited()] == [(send.BRANCH, "v1", digest)]
    uploads.append(Caller(hu.device, hu.author, 0, None), digest, 0, photo, len(photo))
    assert uploads.size(Caller(new.device, new.author, 0, None), digest) == len(photo)
    assert uploads.awaited() == []
