"""A laptop that was shut out hands in all that is only on it, whatever is typed and corrected meanwhile (SYNC 42)."""

from __future__ import annotations

import hashlib
import os
import random
from collections.abc import Callable
from itertools import count

import pytest

from fieldapp.domain.records import Person, Prospect
from fieldapp.domain.wording import Sentence
from fieldapp.headoffice import parcel_key, parcels
from fieldapp.headoffice.parcels import Admitted
from fieldapp.protocol.identifiers import new_change_id
from fieldapp.protocol.messages import Mark, ParcelKey, Proof, Receipt
from fieldapp.protocol.parcel import MAX_PARCEL_BYTES, Parcel, seal, unseal
from fieldapp.protocol.together import portions
from fieldapp.services.refused_work import correct, give_up
from fieldapp.store.unit import Unit
from fieldapp.sync import hand_in as handing_in
from fieldapp.sync.hand_in import hand_in
from fieldapp.sync.troubles import TryLater
from tests.sync.office import LI, WANG, ZHAO, Laptop, Office
from tests.sync.test_restored_head_office import backed_up, restored

LaptopOf = Callable[..., Laptop]


class Line:
    """The way to head office's parcels; it breaks before the parcel ``cut``, and ``meanwhile`` is done before each."""

    def __init__(self, office: Office, laptop: Laptop, cut: int = -1, meanwhile: Callable[[], None] | None = None):
        self._office = office
        self._caller = office.caller(laptop.enrolment.device)
        self._cut = cut
        self._meanwhile = meanwhile or (lambda: None)

    def parcel_key(self, marks: dict[str, Mark]) -> ParcelKey:
        return parcels.key_for(self._office.store, self._office.clock, self._caller, marks)

    def send_parcel(self, name: str, number: int, sealed: bytes, *, last: bool) -> None:
        if number == self._cut:
            raise TryLater("cut", Sentence("The connection to head office broke."))
        assert len(sealed) <= MAX_PARCEL_BYTES
        self._meanwhile()
        parcels.receive(self._office.store, self._office.clock, self._caller, name, number, sealed, last=last)


def held(office: Office) -> list[Parcel]:
    """Everything that head office holds, opened."""
    with office.store.reading() as unit:
        key = unit.accounts.setting(parcel_key.PARCEL_KEY)
        return [unseal(sealed, key) for row in office.administration.hand_ins() for sealed in unit.parcels.sealed(row)]


def require_all_handed_in(office: Office, laptop: Laptop) -> None:
    parts = held(office)
    changes = {body for part in parts for body in part.changes}
    refused = {body for part in parts for body in part.refused}
    assert {queued.body for queued in laptop.queued()} <= changes
    assert {one.body for one in laptop.refused()} <= refused
    assert all(row.whole for row in office.administration.hand_ins())


def admitted(office: Office) -> list[Admitted]:
    return [office.administration.admit(row.hand_in, WANG) for row in office.administration.hand_ins()]


@pytest.fixture
def laptop(office: Office, laptop_of: LaptopOf) -> Laptop:
    """Li gave a prospect to Zhao, which was refused, wrote on, and visited it."""
    made = laptop_of(LI)
    prospect, _person = made.prospect()
    made.sync_with(office)
    made.edit(prospect, owner=ZHAO, remark="precious")
    assert made.sync_with(office).refused == 1
    made.edit(prospect, village="上河村")
    made.visit(prospect, "facts", (os.urandom(600_000),))
    return made


def _corrected(laptop: Laptop) -> None:
    for one in laptop.refused():
        correct(laptop.store, one.change, {"owner": LI})


def _given_up(laptop: Laptop) -> None:
    for one in laptop.refused():
        give_up(laptop.store, one.change)


def _sent_under_new_ids(laptop: Laptop) -> None:
    def renamed(unit: Unit) -> None:
        for queued in laptop.queued():
            unit.outbox.reissue(queued, new_change_id())

    laptop.write(renamed)


WORK = [_corrected, _given_up, _sent_under_new_ids]


@pytest.mark.parametrize("cut", range(5))
@pytest.mark.parametrize("work", WORK)
def test_what_changes_while_it_is_interrupted_is_handed_in_as_it_stands(
    cut: int, work: Callable[[Laptop], None], office: Office, laptop: Laptop
) -> None:
    with pytest.raises(TryLater):
        hand_in(laptop.store, Line(office, laptop, cut))  # type: ignore[arg-type]
    work(laptop)
    assert hand_in(laptop.store, Line(office, laptop)).done  # type: ignore[arg-type]
    require_all_handed_in(office, laptop)


@pytest.mark.parametrize("parcel", range(5))
@pytest.mark.parametrize("work", WORK)
def test_what_changes_while_a_parcel_is_on_its_way_is_handed_in_too(
    parcel: int, work: Callable[[Laptop], None], office: Office, laptop: Laptop
) -> None:
    numbers = count()
    line = Line(office, laptop, meanwhile=lambda: work(laptop) if next(numbers) == parcel else None)
    assert hand_in(laptop.store, line).done  # type: ignore[arg-type]
    require_all_handed_in(office, laptop)
    again = hand_in(laptop.store, Line(office, laptop, cut=0))  # type: ignore[arg-type]
    assert again.done, "there is nothing more to hand in"


def test_correction_made_meanwhile_is_let_in_with_what_waited_for_it(office: Office, laptop: Laptop) -> None:
    with pytest.raises(TryLater):
        hand_in(laptop.store, Line(office, laptop, 1))  # type: ignore[arg-type]
    _corrected(laptop)
    hand_in(laptop.store, Line(office, laptop))  # type: ignore[arg-type]
    (done,) = admitted(office)
    assert "waits" not in done.outcomes
    assert (done.photos, done.photos_not_whole) == (1, 0)


def test_what_was_typed_behind_a_refusal_is_let_in_though_nobody_corrects_that(office: Office, laptop: Laptop) -> None:
    (refused,) = laptop.refused()
    with_it = office.record(refused.record)

    def together(unit: Unit) -> None:
        with unit.together():
            unit.edit(refused.record, {"village_code": (None, "v9")})
            unit.create("person", Person(name="李小红"), parent=refused.record)

    laptop.write(together)
    hand_in(laptop.store, Line(office, laptop))  # type: ignore[arg-type]
    (done,) = admitted(office)
    assert "waits" not in done.outcomes
    prospect = office.record(refused.record)
    assert prospect.values == with_it.values, "nothing is set"
    assert {one.value for one in prospect.conflicts} == {"上河村", "v9"}
    assert "李小红" in [one.values["name"] for one in office.of_kind("person")]


def test_group_is_handed_in_whole_again_where_one_of_it_was_corrected(office: Office, laptop_of: LaptopOf) -> None:
    laptop = laptop_of(LI)
    prospect, _person = laptop.prospect()
    laptop.sync_with(office)

    def together(unit: Unit) -> None:
        with unit.together():
            unit.edit(prospect, {"owner": (LI, ZHAO)})
            unit.create("person", Person(name="李小红"), parent=prospect)

    laptop.write(together)
    assert laptop.sync_with(office).refused == 1
    with pytest.raises(TryLater):
        hand_in(laptop.store, Line(office, laptop, 1))  # type: ignore[arg-type]
    _corrected(laptop)
    hand_in(laptop.store, Line(office, laptop))  # type: ignore[arg-type]
    require_all_handed_in(office, laptop)
    assert any(len(part.changes) == 2 for part in held(office)), "the group is in one parcel"
    (done,) = admitted(office)
    assert "waits" not in done.outcomes


def test_refused_changes_of_any_number_fit_their_parcels(office: Office, laptop: Laptop) -> None:
    prospect = next(kept.id for kept in laptop.all_records().values() if kept.kind == "prospect")
    draw = random.Random(1)
    for _ in range(40):
        laptop.visit(prospect, "".join(chr(draw.randrange(0x4E00, 0x9FA5)) for _ in range(19_000)))

    def refuse(unit: Unit) -> None:
        for queued in laptop.queued():
            unit.outbox.refuse(queued, Receipt(change=queued.change, outcome="refused", code="x", text="x"), "2026")

    laptop.write(refuse)
    hand_in(laptop.store, Line(office, laptop))  # type: ignore[arg-type]
    require_all_handed_in(office, laptop)


def test_group_is_divided_between_parcels_only_where_it_is_larger_than_one(
    office: Office, laptop: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    roots = [laptop.create("prospect", Prospect(owner=LI), None) for _ in range(3)]
    groups = [(roots[0], 3), (roots[1], 5), (roots[2], 30)]

    def together(unit: Unit, root: str, members: int) -> None:
        with unit.together():
            for _ in range(members):
                unit.create("person", Person(name="李小红"), parent=root)

    for root, members in groups:
        laptop.write(lambda unit, root=root, members=members: together(unit, root, members))
    size = len(laptop.queued()[-1].body)
    monkeypatch.setattr(handing_in, "MOST_CHANGES_BYTES", 7 * size)
    hand_in(laptop.store, Line(office, laptop))  # type: ignore[arg-type]
    require_all_handed_in(office, laptop)
    spread = {
        root: sum(any(root.encode() in body and b'"group"' in body for body in part.changes) for part in held(office))
        for root, _members in groups
    }
    assert spread[roots[0]] == spread[roots[1]] == 1
    assert spread[roots[2]] > 1


@pytest.mark.parametrize(
    ("row", "portioned"),
    [
        ("", []),
        ("....", ["...", "."]),
        ("..aa", ["..", "aa"]),
        (".a.a.", ["..", "aa."]),
        ("aaaa", ["aaaa"]),
        (".aaaa.", [".", "aaaa", "."]),
        ("aaaaa", ["aaa", "aa"]),
        ("abab", ["aa", "bb"]),
        ("X.", ["X", "."]),
        (".X", [".", "X"]),
    ],
)
def test_portions_divide_no_group_that_fits(row: str, portioned: list[str]) -> None:
    cut = portions(
        row,
        group=lambda one: one if one in "ab" else None,
        size=lambda one: 99 if one == "X" else 1,
        most=3,
        most_of_group=4,
        most_bytes=10,
    )
    assert ["".join(portion) for portion in cut] == portioned


@pytest.mark.parametrize("told", [False, True], ids=["never heard of it", "was cut while it sent again"])
def test_what_a_restored_head_office_forgot_is_handed_in_too(
    office: Office, laptop_of: LaptopOf, *, told: bool
) -> None:
    """It was shut out before it could send again what was taken once: with the parcel its key goes."""
    zhao, laptop = laptop_of(ZHAO), laptop_of(LI)
    given, person = zhao.prospect("王小明")
    zhao.sync_with(office)
    copy = backed_up(office, zhao)
    office.administration.reassign(given, LI)
    own, _person = laptop.prospect()
    visit = laptop.visit(own, "facts", (photo := os.urandom(1000),))
    laptop.sync_with(office, photos=False)
    laptop.edit(person, mobile="13900000001")
    of_given = laptop.visit(given, "of one that was Zhao's when the copy was made")
    laptop.sync_with(office, photos=False)
    laptop.write(lambda unit: unit.attachments.confirm(hashlib.sha256(photo).hexdigest(), 1000, complete=True))
    fetched = hashlib.sha256(other_photo := os.urandom(1000)).hexdigest()
    laptop.write(lambda unit: unit.attachments.add(other_photo, "image/jpeg", None))
    laptop.write(
        lambda unit: unit.connection.execute("UPDATE attachment SET state = 'complete' WHERE digest = ?", (fetched,))
    )
    with restored(office, copy) as back:
        if told:
            laptop.write(lambda unit: unit.images.start_over(every_photo=False))
        hand_in(laptop.store, Line(back, laptop))  # type: ignore[arg-type]
        require_all_handed_in(back, laptop)
        (done,) = admitted(back)
        assert (done.outcomes, done.photos) == ({"accepted": 4, "conflict": 1}, 1)
        assert back.record(own).owner == LI
        assert [back.record(one).values["facts"] != "" for one in (visit, of_given)] == [True, True]
        assert [one.value for one in back.record(person).conflicts] == ["13900000001"]


def test_what_was_handed_in_before_a_restore_is_handed_in_once_more(office: Office, laptop: Laptop) -> None:
    copy = backed_up(office, laptop)
    laptop.write(lambda unit: unit.create("prospect", Prospect(owner=LI)))
    laptop.sync_with(office, photos=False)
    hand_in(laptop.store, Line(office, laptop))  # type: ignore[arg-type]
    with restored(office, copy) as back:
        hand_in(laptop.store, Line(back, laptop))  # type: ignore[arg-type]
        require_all_handed_in(back, laptop)
        assert len(back.administration.hand_ins()) == 1


def test_a_mark_of_another_laptop_lets_nothing_in(office: Office, laptop_of: LaptopOf) -> None:
    zhao, laptop = laptop_of(ZHAO), laptop_of(LI)
    theirs, _person = zhao.prospect("王小明")
    zhao.sync_with(office)
    laptop.visit(theirs, "never mine")
    (queued,) = laptop.queued()
    forged = Proof("TS01", "0" * 32, [hashlib.sha256(queued.body).hexdigest()[:32]])
    parcel = Parcel(device=laptop.enrolment.device, changes=[queued.body], proofs=[forged])
    line = Line(office, laptop)
    line.send_parcel("0" * 32, 0, seal(parcel, line.parcel_key({}).key), last=True)
    assert admitted(office)[0].outcomes == {"refused": 1}
