"""What is saved together on a laptop, and what waits for what it needs, on its way to head office (SYNC 20)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fieldapp.domain.errors import Actionable
from fieldapp.domain.records import Application
from fieldapp.headoffice.serve import RunningHeadOffice
from fieldapp.protocol.messages import REQUEST_OVERHEAD_BYTES, Limits, SyncReply, SyncRequest
from fieldapp.services.outbox_status import unsent_changes
from fieldapp.services.refused_work import correct, give_up
from fieldapp.store.unit import Needs, Unit
from fieldapp.sync.exchange import synchronise
from fieldapp.sync.troubles import TooLarge
from tests.sync.office import LI, ZHAO, Direct, Laptop, Office, visit_of

LaptopOf = Callable[..., Laptop]


@pytest.fixture
def fallen(office: Office, laptop_of: LaptopOf) -> tuple[Laptop, str, str]:
    """A laptop whose group was refused for one of its two changes: the prospect cannot be given to a colleague."""
    laptop = laptop_of(LI)
    prospect, person = laptop.prospect()
    laptop.sync_with(office)

    def save(unit: Unit) -> None:
        with unit.together():
            unit.edit(person, {"name": ("王小明", "王大明")})
            unit.edit(prospect, {"owner": (LI, ZHAO)})

    laptop.write(save)
    summary = laptop.sync_with(office)
    assert (summary.refused, summary.unsent) == (1, 1)
    return laptop, prospect, person


def test_the_rest_of_a_refused_group_waits_and_goes_with_the_correction(
    office: Office, fallen: tuple[Laptop, str, str]
) -> None:
    laptop, prospect, person = fallen
    assert office.record(person).values["name"] == "王小明"
    laptop.edit(person, name="王中明")
    assert laptop.sync_with(office).unsent == 2, "what is typed behind it waits too"
    (refused,) = laptop.refused()
    correct(laptop.store, refused.change, {"owner": LI})
    assert laptop.sync_with(office).unsent == 0
    assert (office.record(prospect).owner, office.record(person).values["name"]) == (LI, "王中明")


def test_given_up_the_whole_group_goes_and_nothing_is_held(office: Office, fallen: tuple[Laptop, str, str]) -> None:
    laptop, prospect, person = fallen
    give_up(laptop.store, laptop.refused()[0].change)
    assert (laptop.screen(prospect)["owner"], laptop.screen(person)["name"]) == (LI, "王小明")
    assert laptop.sync_with(office).unsent == 0
    laptop.edit(person, name="王中明")
    laptop.edit(prospect, remark="later")
    assert laptop.sync_with(office).unsent == 0
    assert (office.record(person).values["name"], office.record(prospect).values["remark"]) == ("王中明", "later")


def test_new_records_of_a_group_that_is_given_up_leave(office: Office, laptop_of: LaptopOf) -> None:
    laptop = laptop_of(LI)
    prospect, _person = laptop.prospect()
    laptop.sync_with(office)

    def save(unit: Unit) -> str:
        with unit.together():
            made = unit.create("application", Application(officer=LI, months=12), parent=prospect)
            unit.edit(prospect, {"owner": (LI, ZHAO)})
        return made

    application = laptop.write(save)
    assert laptop.sync_with(office).unsent == 1
    give_up(laptop.store, laptop.refused()[0].change)
    assert laptop.kept(application) is None
    assert laptop.sync_with(office).unsent == 0
    assert office.record(application) is None


class Narrow(Direct):
    """A head office that takes few bytes at once."""

    def exchange(self, request: SyncRequest, *_how: object) -> SyncReply:
        if sum(len(bytes(body)) for body in request.changes) > 2_000:
            raise TooLarge
        return super().exchange(request, *_how)


def test_a_group_too_large_at_once_is_told_of_and_blocks_nothing(office: Office, laptop_of: LaptopOf) -> None:
    laptop = laptop_of(LI)
    prospect, person = laptop.prospect()
    laptop.sync_with(office)

    def save(unit: Unit) -> None:
        with unit.together():
            unit.edit(person, {"name": ("王小明", "王大明")})
            unit.edit(prospect, {"remark": (None, "大" * 600)})

    laptop.write(save)
    laptop.visit(prospect, "说好了")
    narrow = Narrow(office, laptop.enrolment.device)
    for _ in range(2):
        assert synchronise(laptop.store, narrow).unsent == 2
        assert [one.too_large for one in unsent_changes(laptop.store)] == [True, True]
    assert (office.record(person).values["name"], len(office.of_kind("visit"))) == ("王小明", 1)
    assert laptop.sync_with(office).unsent == 0, "head office takes more now"
    laptop.edit(prospect, wished_fen=100)
    assert [one.too_large for one in unsent_changes(laptop.store)] == [False]


def test_what_could_never_be_sent_is_told_before_it_is_saved(laptop_of: LaptopOf) -> None:
    laptop = laptop_of(LI)
    prospect, _person = laptop.prospect()
    shape = Application(officer=LI, months=12)

    def too_many(unit: Unit) -> None:
        with unit.together():
            for _ in range(501):
                unit.create("application", shape, parent=prospect)

    def too_much(unit: Unit) -> None:
        with unit.together():
            for _ in range(18):
                unit.create("visit", visit_of(LI, "大" * 19_000), parent=prospect)

    def too_much_alone(unit: Unit) -> None:
        unit.state.set("limits", Limits(body_bytes=REQUEST_OVERHEAD_BYTES + 30_000))
        unit.create("visit", visit_of(LI, "大" * 19_000), parent=prospect)

    for work in (too_many, too_much, too_much_alone):
        with pytest.raises(Actionable) as told:
            laptop.write(work)
        assert told.value.code == "too_large"
    assert len(laptop.queued()) == 2, "only the prospect and its person"

    def many_one_by_one(unit: Unit) -> None:
        for _ in range(501):
            unit.create("application", shape, parent=prospect)

    laptop.write(many_one_by_one)
    assert len(laptop.queued()) == 503


@pytest.mark.parametrize("most", [1, 2, 3, 4, 5, 6])
def test_a_group_is_never_divided_between_two_requests(laptop_of: LaptopOf, most: int) -> None:
    laptop = laptop_of(LI)
    prospect, person = laptop.prospect()

    def save(unit: Unit) -> None:
        with unit.together():
            unit.edit(person, {"name": ("王小明", "王大明")})
            unit.edit(prospect, {"remark": (None, "a")})
            unit.edit(prospect, {"remark": ("a", "b")})
        with unit.together():
            unit.edit(prospect, {"remark": ("b", "c")})

    laptop.write(save)
    after, sent = 0, []
    with laptop.store.reading() as view:
        while batch := view.outbox.batch(after, most, 1_000_000):
            sent.append([queued.n for queued in batch])
            after = batch[-1].n
    assert (
        sent
        == {
            1: [[1], [2], [3, 4, 5], [6]],
            2: [[1, 2], [3, 4, 5], [6]],
            3: [[1, 2], [3, 4, 5], [6]],
            4: [[1, 2], [3, 4, 5, 6]],
            5: [[1, 2, 3, 4, 5], [6]],
            6: [[1, 2, 3, 4, 5, 6]],
        }[most]
    )


def test_what_needs_a_corrected_change_needs_the_correction(office: Office, laptop_of: LaptopOf) -> None:
    laptop = laptop_of(LI)
    prospect, person = laptop.prospect()
    laptop.sync_with(office)
    refused = laptop.edit(prospect, owner=ZHAO)
    laptop.write(lambda unit: unit.edit(person, {"name": ("王小明", "王大明")}, needs=Needs((refused,))))
    assert laptop.sync_with(office).unsent == 1
    correct(laptop.store, refused, {"owner": LI, "remark": "mended"})
    (correction, waiting) = (queued.decoded() for queued in laptop.queued())
    assert waiting.needs == (correction.id,)
    assert laptop.sync_with(office).unsent == 0
    assert office.record(person).values["name"] == "王大明"


def test_what_needs_a_change_that_is_given_up_needs_it_no_more(office: Office, laptop_of: LaptopOf) -> None:
    laptop = laptop_of(LI)
    prospect, person = laptop.prospect()
    laptop.sync_with(office)
    refused = laptop.edit(prospect, owner=ZHAO)
    laptop.write(lambda unit: unit.edit(person, {"name": ("王小明", "王大明")}, needs=Needs((refused,))))
    laptop.sync_with(office)
    give_up(laptop.store, refused)
    assert laptop.sync_with(office).unsent == 0
    assert office.record(person).values["name"] == "王大明"


def test_what_waits_for_photos_goes_right_after_them(office: Office, tmp_path: Path) -> None:
    with RunningHeadOffice(office.store, office.clock) as running:
        laptop = office.laptop(LI, tmp_path / "laptop", address=running.url)
        prospect, person = laptop.prospect()
        laptop.visit(prospect, photos=(b"a photo",))
        with laptop.store.reading() as view:
            (photo,) = view.attachments.waiting("to_send")
        needs = Needs(digests=(photo.digest,))
        laptop.write(lambda unit: unit.edit(person, {"name": ("王小明", "王大明")}, needs=needs))
        assert laptop.sync(photos=False).unsent == 1
        assert office.record(person).values["name"] == "王小明"
        assert laptop.sync().unsent == 0
        assert office.record(person).values["name"] == "王大明"
        laptop.store.close()
