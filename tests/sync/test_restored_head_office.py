"""Head office restored from an older copy: what it had confirmed comes back from the laptops (SYNC 33 to 36)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from fieldapp.domain.records import Household
from fieldapp.headoffice.arrivals import arrival_of
from fieldapp.headoffice.proofs import Prover
from fieldapp.protocol.messages import Proof, Rescue, SyncReply, SyncRequest
from fieldapp.services.refused_work import correct, give_up
from fieldapp.services.resolve_conflict import decide, disagreement
from fieldapp.store.unit import Unit
from fieldapp.sync.exchange import synchronise
from fieldapp.sync.portions import Portions
from tests.sync.office import LI, WANG, ZHAO, Direct, Laptop, Office, closing

LaptopOf = Callable[..., Laptop]


@contextmanager
def restored(office: Office, path: Path) -> Iterator[Office]:
    """Head office from the copy at ``path``, beside the one that went on."""
    back = Office.at(path, office.clock)
    with closing(back):
        yield back


def backed_up(office: Office, laptop: Laptop) -> Path:
    path = laptop.folder.with_name("backup.db")
    office.back_up(path)
    return path


def shown(laptop: Laptop) -> dict[str, dict[str, object]]:
    return {
        record: kept.screen for record, kept in laptop.all_records().items() if kept.kind not in ("staff", "branch")
    }


def require_agreement(back: Office, *laptops: Laptop) -> None:
    for laptop in laptops:
        here = laptop.all_records()
        there = back.live_for(laptop.enrolment.device, list(here))
        mine = {record: kept for record, kept in here.items() if kept.stream != "bank"}
        assert mine.keys() == {record for record, kept in there.items() if kept.stream != "bank"}
        for record, kept in mine.items():
            assert (kept.base, kept.seq) == (there[record].values, there[record].seq)
            assert not kept.stale
            assert not kept.ghost
    changes = [entry.change for entry in back.journal() if entry.effect == "change"]
    assert len(changes) == len(set(changes)), "a change was counted twice"
    assert back.administration.verify_chain("TS01") == len(back.journal())


class Cut(Exception):
    """The line broke."""


class FirstPage(Direct):
    """Tells one record, and breaks."""

    def __init__(self, office: Office, device: str) -> None:
        super().__init__(office, device, page=1)
        self._told = False

    def exchange(self, request: SyncRequest, *_how: object) -> SyncReply:
        if self._told:
            raise Cut
        self._told = True
        return super().exchange(request, *_how)


def test_what_was_confirmed_and_forgotten_is_sent_again(office: Office, laptop_of: LaptopOf) -> None:
    laptop = laptop_of(LI)
    prospect, person = laptop.prospect("甲")
    laptop.sync_with(office)
    copy = backed_up(office, laptop)
    laptop.edit(person, name="乙")
    visit = laptop.visit(prospect, "forgotten")
    laptop.sync_with(office)
    laptop.edit(person, name="丙")
    unsent = laptop.visit(prospect, "not yet sent")
    before = shown(laptop)
    with restored(office, copy) as back:
        summary = laptop.sync_with(back)
        assert summary.restored
        assert (summary.unsent, summary.conflicts, summary.refused) == (0, 0, 0)
        assert shown(laptop) == before
        assert back.record(person).values["name"] == "丙"
        assert {record.record for record in back.of_kind("visit")} == {visit, unsent}
        assert [past.value for past in back.record(person).history] == ["甲", "乙"]
        require_agreement(back, laptop)
        assert not laptop.sync_with(back).moved, "it is done"
    assert laptop.sync_with(office).unsent == 0, "the right file is back, and takes nothing twice"
    require_agreement(office, laptop)


def test_what_goes_up_again_behind_the_last_page_is_known_at_once(
    office: Office, laptop_of: LaptopOf, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    laptop = laptop_of(LI)
    prospect, _person = laptop.prospect()
    laptop.sync_with(office)
    copy = backed_up(office, laptop)
    for number in range(8):
        laptop.visit(prospect, f"facts {number}")
    laptop.sync_with(office)
    laptop.visit(prospect, "one more")
    monkeypatch.setattr(Portions, "kept", classmethod(lambda cls, _state: cls(changes=2)))
    with restored(office, copy) as back:
        assert laptop.sync_with(back).unsent == 0
        require_agreement(back, laptop)
    assert "totals_differ" not in caplog.text


def test_restored_in_the_middle_of_a_push_counts_everything_once(office: Office, laptop_of: LaptopOf) -> None:
    laptop = laptop_of(LI)
    prospect, _person = laptop.prospect()
    laptop.sync_with(office)
    copy = backed_up(office, laptop)
    for number in range(30):
        laptop.visit(prospect, f"facts {number}")

    class Breaks(Direct):
        asked = 0

        def exchange(self, request: SyncRequest, *_how: object) -> SyncReply:
            self.asked += 1
            if self.asked > 2:
                raise Cut
            return super().exchange(request, *_how)

    laptop.sync_with(office)
    laptop.visit(prospect, "one more")
    with restored(office, copy) as back:
        with pytest.raises(Cut):
            synchronise(laptop.store, Breaks(back, laptop.enrolment.device, page=2))
        summary = laptop.sync_with(back)
        assert (summary.unsent, summary.conflicts) == (0, 0)
        assert len(back.of_kind("visit")) == 31
        require_agreement(back, laptop)


def test_record_whose_authors_laptop_is_lost_is_offered_by_another(office: Office, laptop_of: LaptopOf) -> None:
    li, wang = laptop_of(LI), laptop_of(WANG)
    wang.sync_with(office)
    copy = backed_up(office, li)
    prospect, person = li.prospect("甲")
    visit = li.visit(prospect, "facts")
    li.sync_with(office)
    li.edit(person, name="乙")
    li.sync_with(office)
    wang.sync_with(office)
    with restored(office, copy) as back:
        summary = wang.sync_with(back)
        assert summary.rescued == 3
        assert back.record(person).values["name"] == "乙"
        assert back.record(visit).values["facts"] == "facts"
        assert back.record(prospect).owner == LI
        require_agreement(back, wang)
        asked = disagreement(wang.store, prospect)
        assert asked is not None
        assert asked.fields[0].is_deletion, "the branch head is asked whether it is wanted"

        again = li.sync_with(back)  # the laptop was only late
        assert (again.conflicts, again.unsent, again.refused) == (0, 0, 0)
        assert back.record(person).values["name"] == "乙"
        assert [past.value for past in back.record(person).history] == ["甲"], "the author's first word is in history"
        assert back.record(prospect).conflicts == ()
        wang.sync_with(back)
        require_agreement(back, li, wang)


def test_branch_head_decides_about_a_rescued_prospect(office: Office, laptop_of: LaptopOf) -> None:
    li, wang = laptop_of(LI), laptop_of(WANG)
    wang.sync_with(office)
    copy = backed_up(office, li)
    prospect, _person = li.prospect("甲")
    li.sync_with(office)
    wang.sync_with(office)
    with restored(office, copy) as back:
        wang.sync_with(back)
        asked = disagreement(wang.store, prospect)
        assert asked is not None
        decide(wang.store, asked, {"deleted": "standing"})
        wang.sync_with(back)
        assert back.record(prospect).conflicts == ()
        assert not back.record(prospect).deleted


def test_value_that_nobody_sends_again_stands_beside_the_older_one(office: Office, laptop_of: LaptopOf) -> None:
    li, wang = laptop_of(LI), laptop_of(WANG)
    _prospect, person = li.prospect("甲")
    li.sync_with(office)
    copy = backed_up(office, li)
    li.edit(person, name="乙")
    li.sync_with(office)
    wang.sync_with(office)
    with restored(office, copy) as back:
        wang.sync_with(back)
        standing = back.record(person)
        assert standing.values["name"] == "甲", "nothing is set by a rescue"
        assert [(c.field, c.value, c.by) for c in standing.conflicts] == [("name", "乙", WANG)]
        require_agreement(back, wang)


def test_fifty_laptops_back_after_a_restore_offer_the_same_once(office: Office, laptop_of: LaptopOf) -> None:
    li = laptop_of(LI)
    others = [laptop_of(WANG) for _ in range(4)]
    copy = None
    for other in others:
        other.sync_with(office)
    copy = backed_up(office, li)
    prospect, _person = li.prospect("甲")
    li.sync_with(office)
    for other in others:
        other.sync_with(office)
    with restored(office, copy) as back:
        for other in others:
            other.sync_with(back)
        rescued = [entry.record for entry in back.journal() if entry.effect == "rescue"]
        assert len(rescued) == len(set(rescued)) == 2
        assert len(back.record(prospect).conflicts) == 1
        for other in others:
            other.sync_with(back)
        require_agreement(back, *others)


def test_rescue_of_what_is_none_of_ones_own_or_no_record_changes_nothing(office: Office, laptop_of: LaptopOf) -> None:
    li, zhao = laptop_of(LI), laptop_of(ZHAO)
    prospect, person = li.prospect("甲")
    li.sync_with(office)
    zhao.sync_with(office)
    link = Direct(office, zhao.enrolment.device)
    before = [office.record(prospect), office.record(person)]

    def raw(value: object) -> msgspec.Raw:
        return msgspec.Raw(msgspec.json.encode(value))

    hostile = [
        Rescue(kind="person", record=person, parent=prospect, encoded=raw({"name": "偷"})),
        Rescue(kind="staff", record="s9", encoded=raw({"name": "x"})),
        Rescue(kind="prospect", record="p 9", encoded=raw({"owner": "li"})),
        Rescue(kind="prospect", record="p9", encoded=raw({"owner": 7})),
        Rescue(kind="visit", record="v9", parent="nobody", encoded=raw({"facts": "x"})),
        Rescue(kind="person", record="q9", parent=prospect, encoded=raw(["not", "values"])),
        Rescue(kind="newer", record="n9", encoded=raw({"a": "长" * 100_000})),
    ]
    with zhao.store.reading() as view:
        cursor = view.state.get("cursor", str)
    forgotten = SyncRequest(protocol=2, device=zhao.enrolment.device, counter=98, marks={"TS01": (9_999, "0" * 16)})
    assert link.answer(msgspec.json.encode(forgotten)).fork
    body = SyncRequest(protocol=2, device=zhao.enrolment.device, counter=99, cursor=cursor, rescues=hostile)
    reply = link.answer(msgspec.json.encode(body))
    assert reply.records == []
    assert [office.record(prospect), office.record(person)] == before
    assert office.record("p9") is office.record("q9") is office.record("v9") is office.record("n9") is None


@pytest.fixture
def handed_over_since(office: Office, laptop_of: LaptopOf) -> tuple[Laptop, Path, str, str, str]:
    """Zhao's laptop with what he did for a customer who became his after the backup; all of it was confirmed."""
    li, zhao = laptop_of(LI), laptop_of(ZHAO)
    prospect, person = li.prospect("甲")
    li.sync_with(office)
    zhao.sync_with(office)
    copy = backed_up(office, li)
    office.administration.reassign(prospect, ZHAO)
    zhao.sync_with(office)
    zhao.edit(person, name="乙")
    visit = zhao.visit(prospect, "说好了")
    zhao.sync_with(office)
    zhao.edit(person, mobile="13800138000")
    assert zhao.sync_with(office).unsent == 0
    return zhao, copy, prospect, person, visit


def test_what_was_confirmed_to_somebody_who_got_the_record_since_is_late_and_not_refused(
    office: Office, handed_over_since: tuple[Laptop, Path, str, str, str]
) -> None:
    zhao, copy, prospect, person, visit = handed_over_since
    with restored(office, copy) as back:
        summary = zhao.sync_with(back)
        assert (summary.refused, summary.unsent, zhao.refused()) == (0, 0, [])
        standing = back.record(person)
        assert (standing.values["name"], standing.owner) == ("甲", LI)
        assert {(c.field, c.value, c.late) for c in standing.conflicts} == {
            ("name", "乙", True),
            ("mobile", "13800138000", True),
        }
        assert back.record(visit) is not None
        assert zhao.kept(prospect) is None, "it is Li's"
        require_agreement(back, zhao)


def test_a_proof_that_is_forged_proves_nothing(
    office: Office, handed_over_since: tuple[Laptop, Path, str, str, str]
) -> None:
    zhao, copy, _prospect, person, _visit = handed_over_since

    class Forging(Direct):
        def exchange(self, request: SyncRequest, *_how: object) -> SyncReply:
            forged = [Proof(one.stream, one.mark[::-1], one.digests) for one in request.proofs]
            others = [Proof(one.stream, one.mark, [*one.digests, "0" * 32]) for one in request.proofs]
            elsewhere = [Proof("CB02", one.mark, one.digests) for one in request.proofs]
            odd = [Proof("", "", []), Proof("TS01", "长\x00", ["长"])] if request.changes else []
            return super().exchange(msgspec.structs.replace(request, proofs=[*forged, *others, *elsewhere, *odd]))

    with restored(office, copy) as back:
        synchronise(zhao.store, Forging(back, zhao.enrolment.device))
        assert {one.code for one in zhao.refused()} == {"scope"}
        assert back.record(person).conflicts == ()


def test_a_proof_speaks_for_the_very_bytes_and_the_officer_it_was_given_to(
    office: Office, handed_over_since: tuple[Laptop, Path, str, str, str], laptop_of: LaptopOf
) -> None:
    zhao, _copy, _prospect, person, _visit = handed_over_since
    sun = laptop_of(WANG)
    zhao.write(lambda unit: unit.images.start_over())
    sent = [queued for queued in zhao.queued() if queued.record == person]
    with zhao.store.reading() as view:
        proofs = view.proofs.shown(0, 1_000)
    assert len(proofs) == 2, "one for each reply"
    arrivals = [arrival_of(queued.body) for queued in sent]
    others = [arrival_of(queued.body.replace("乙".encode(), "丙".encode())) for queued in sent]
    prover = Prover()
    with office.store.reading() as unit:
        prover.learn(unit)
    assert prover.proven(ZHAO, arrivals, proofs) == {queued.change for queued in sent}
    assert len(prover.proven(ZHAO, others, proofs)) == 1, "the one whose bytes are as they were"
    assert prover.proven(sun.enrolment.staff, arrivals, proofs) == frozenset()


def test_a_mark_proves_what_is_left_when_a_part_of_it_is_durable(office: Office, laptop_of: LaptopOf) -> None:
    laptop, wang = laptop_of(LI), laptop_of(WANG)
    prospect, person = laptop.prospect()
    laptop.sync_with(office)
    wang.sync_with(office)
    wang.edit(person, actual_address="上河村")
    wang.sync_with(office)
    laptop.edit(person, name="乙")  # merged on what Wang typed: a receipt of its own
    laptop.visit(prospect, "a")
    laptop.edit(person, name="丙")
    laptop.sync_with(office)
    durable = {"TS01": 4}

    def forget(unit: Unit) -> None:
        unit.proofs.forget_durable(durable)
        unit.outbox.forget_durable(durable)

    laptop.write(forget)
    laptop.write(forget)
    laptop.write(lambda unit: unit.images.start_over())
    left = [arrival_of(queued.body) for queued in laptop.queued()]
    assert 1 <= len(left) < 3
    with laptop.store.reading() as view:
        (proof,) = view.proofs.shown(0, 1_000)
    assert len(proof.digests) == 3, "also of what is durable, for the mark covers it"
    prover = Prover()
    with office.store.reading() as unit:
        prover.learn(unit)
    assert prover.proven(LI, left, [proof]) == {one.id for one in left}


def test_what_a_tried_backup_holds_need_not_be_kept(office: Office, laptop_of: LaptopOf) -> None:
    laptop = laptop_of(LI)
    prospect, _person = laptop.prospect()
    laptop.sync_with(office)
    laptop.visit(prospect, "after the backup")
    laptop.sync_with(office)

    def sent() -> list[int]:
        with laptop.store.reading() as view:
            return sorted(one.seq for one in view.outbox.newest_sent(10))

    assert sent() == [1, 2, 3]

    class Told(Direct):
        def exchange(self, request: SyncRequest, *_how: object) -> SyncReply:
            return msgspec.structs.replace(super().exchange(request), durable={"TS01": 2, "elsewhere": 9})

    laptop.visit(prospect, "now")
    synchronise(laptop.store, Told(office, laptop.enrolment.device))
    assert sent() == [3, 4]


def test_what_was_typed_into_a_record_that_left_shows_again_when_it_comes_back(
    office: Office, laptop_of: LaptopOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its changes are kept though the record is not; with the restore it is this officer's once more."""
    li = laptop_of(LI)
    prospect, person = li.prospect()
    li.sync_with(office)
    copy = backed_up(office, li)
    li.edit(prospect, remark="茶园")
    li.edit(person, mobile="13900000001")
    li.sync_with(office)
    office.administration.reassign(prospect, ZHAO)
    li.sync_with(office)
    assert li.kept(person) is None
    monkeypatch.setattr(Portions, "kept", classmethod(lambda cls, _state: cls(changes=1)))
    told: list[tuple[object, object]] = []

    class Watched(Direct):
        def exchange(self, request: SyncRequest, *_how: object) -> SyncReply:
            if (kept := li.kept(person)) is not None:
                told.append((kept.base.get("mobile"), kept.screen.get("mobile")))
            return super().exchange(request, *_how)

    with restored(office, copy) as back:
        synchronise(li.store, Watched(back, li.enrolment.device))
        assert told[0] == (None, "13900000001"), "head office does not have it yet, and it is on the screen"
        assert li.screen(person) == back.record(person).values
        require_agreement(back, li)


@pytest.mark.parametrize("edited", [False, True])
def test_what_was_made_here_and_left_is_here_again_once_it_is_taken_anew(
    office: Office,
    laptop_of: LaptopOf,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    edited: bool,
) -> None:
    """No page behind the first tells what the laptop's own receipts tell: it makes the record of what it sends."""
    li = laptop_of(LI)
    prospect, _person = li.prospect()
    li.sync_with(office)
    copy = backed_up(office, li)
    visit = li.visit(prospect, "茶园")
    household = li.create("household", Household(income_fen=100), prospect)
    if edited:
        li.edit(household, income_fen=200)
    li.sync_with(office)
    office.administration.reassign(prospect, ZHAO)
    li.sync_with(office)
    assert li.kept(visit) is None
    monkeypatch.setattr(Portions, "kept", classmethod(lambda cls, _state: cls(changes=1)))
    with restored(office, copy) as back:
        assert li.sync_with(back).restored
        assert li.screen(visit)["facts"] == "茶园"
        assert li.screen(household)["income_fen"] == (200 if edited else 100)
        require_agreement(back, li)
    assert "totals_differ" not in caplog.text


def test_what_was_confirmed_behind_the_end_of_a_pull_under_way_is_missed(office: Office, laptop_of: LaptopOf) -> None:
    """The pull ends where its first page met the head; what is taken meanwhile has a higher number than the cursor."""
    wang, li = laptop_of(WANG), laptop_of(LI)
    prospect, _person = wang.prospect(owner=LI)
    wang.sync_with(office)
    li.sync_with(office)
    wang.visit(prospect, "茶园")
    wang.visit(prospect, "茶园和鱼塘")
    wang.sync_with(office)

    with pytest.raises(Cut):
        synchronise(li.store, FirstPage(office, li.enrolment.device))
    copy = backed_up(office, li)
    li.edit(prospect, remark="鱼塘")
    assert li.sync_with(office).accepted == 1
    with restored(office, copy) as back:
        assert li.sync_with(back).restored
        assert back.record(prospect).values["remark"] == "鱼塘"
        require_agreement(back, li)


def test_what_stood_beyond_a_cut_page_is_told_after_a_restore_that_puts_it_below(
    office: Office, laptop_of: LaptopOf
) -> None:
    """The page was read against a head behind the edit, and cut before it; the restore takes the edit back (SYNC 3)."""
    wang, li = laptop_of(WANG), laptop_of(LI)
    li.sync_with(office)
    prospect, _person = wang.prospect("甲", owner=LI)
    wang.visit(prospect, "茶园")
    wang.sync_with(office)
    copy = backed_up(office, wang)
    wang.edit(prospect, remark="鱼塘")
    wang.sync_with(office)
    with pytest.raises(Cut):
        synchronise(li.store, FirstPage(office, li.enrolment.device))
    assert li.kept(prospect) is None
    with restored(office, copy) as back:
        assert li.sync_with(back).restored
        assert li.kept(prospect) is not None
        require_agreement(back, li)


@pytest.mark.parametrize("first", ["earlier", "later"])
@pytest.mark.parametrize("other", ["corrected", "given up"])
def test_two_refusals_of_one_record_let_go_of_it_in_whatever_order_they_are_read(
    office: Office, laptop_of: LaptopOf, first: str, other: str
) -> None:
    """Head office forgot that it held the record for the first, and holds it for the second now (SYNC 17)."""
    laptop = laptop_of(LI)
    prospect, _person = laptop.prospect()
    laptop.sync_with(office)
    copy = backed_up(office, laptop)
    laptop.edit(prospect, owner=ZHAO, remark="first")
    assert laptop.sync_with(office).refused == 1
    with restored(office, copy) as back:
        laptop.edit(prospect, owner=WANG, village="上河村")
        assert laptop.sync_with(back).refused == 1
        earlier, later = sorted(laptop.refused(), key=lambda one: one.n)
        for one in (earlier, later) if first == "earlier" else (later, earlier):
            if one is later and other == "given up":
                give_up(laptop.store, one.change)
            else:
                correct(laptop.store, one.change, {"owner": LI})
        laptop.edit(prospect, remark="afterwards")
        assert (laptop.sync_with(back).unsent, laptop.refused()) == (0, [])
        assert back.record(prospect).values["remark"] == "afterwards"
        assert back.record(prospect).values.get("village") == ("上河村" if other == "corrected" else None)
        require_agreement(back, laptop)
