"""What a laptop gives back to a head office that forgot it: children of children, what is too large, what must wait."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from fieldapp.domain.application_records import ExternalDebt
from fieldapp.domain.records import Application
from fieldapp.headoffice import merge
from fieldapp.protocol.messages import MAX_BODY_BYTES, Rescue, SyncReply, SyncRequest
from fieldapp.store.images import Image
from fieldapp.sync import images_pass
from fieldapp.sync.exchange import synchronise
from fieldapp.sync.troubles import TooLarge
from tests.sync.office import LI, WANG, Direct, Laptop, Office
from tests.sync.test_restored_head_office import backed_up, require_agreement, restored

LaptopOf = Callable[..., Laptop]


class Bounded(Direct):
    """Takes no more than head office does, and counts what it was asked."""

    def __init__(self, office: Office, device: str) -> None:
        super().__init__(office, device)
        self.asked: list[SyncRequest] = []

    def answer(self, body: bytes) -> SyncReply:
        self.asked.append(msgspec.json.decode(body, type=SyncRequest))
        if len(body) > MAX_BODY_BYTES:
            raise TooLarge
        return super().answer(body)


class WithoutParents(Bounded):
    """As if the laptop did not have one record: what is beside it comes first from here."""

    def __init__(self, office: Office, device: str, missing: str) -> None:
        super().__init__(office, device)
        self._missing = missing

    def answer(self, body: bytes) -> SyncReply:
        self.asked.append(msgspec.json.decode(body, type=SyncRequest))
        request = self.asked[-1]
        left = [rescue for rescue in request.rescues if rescue.record != self._missing]
        return Direct.answer(self, msgspec.json.encode(msgspec.structs.replace(request, rescues=left)))


def earlier_than(record: str, child: int = 0) -> str:
    """An id as a clock that went back an hour would have made it."""
    return f"{int(record[:12], 16) - 3_600_000:012x}{child:04x}" + record[16:]


def images(laptop: Laptop) -> list[str]:
    with laptop.store.reading() as view:
        return view.images.in_order()


def application_with_debts(laptop: Laptop, prospect: str, many: int = 1) -> tuple[str, list[str]]:
    """An application and debts beside it whose ids sort before its own."""
    application = laptop.create("application", Application(officer=LI), prospect)
    debts = [
        laptop.write(
            lambda unit, n=n: unit.create(
                "external_debt",
                ExternalDebt(lender=f"bank {n}"),
                parent=application,
                record_id=earlier_than(application, n),
            )
        )
        for n in range(many)
    ]
    return application, debts


@pytest.mark.parametrize("at_once", [200, 1])
def test_a_child_whose_id_sorts_before_its_parents_comes_back(
    office: Office, laptop_of: LaptopOf, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    li, wang = laptop_of(LI), laptop_of(WANG)
    prospect, _person = li.prospect()
    li.sync_with(office)
    wang.sync_with(office)
    copy = backed_up(office, li)
    application, debts = application_with_debts(li, prospect, 3)
    li.sync_with(office)
    wang.sync_with(office)
    monkeypatch.setattr(images_pass, "MAX_RESCUES", at_once)
    with restored(office, copy) as back:
        assert wang.sync_with(back).rescued == 4
        assert all(back.record(record) is not None for record in (application, *debts))
        assert images(wang) == []
        require_agreement(back, wang)


def test_in_whatever_order_they_come_all_of_a_family_are_taken(office: Office, laptop_of: LaptopOf) -> None:
    """Another client may not know better; head office goes over them until nothing more fits."""
    li, wang = laptop_of(LI), laptop_of(WANG)
    prospect, _person = li.prospect()
    li.sync_with(office)
    wang.sync_with(office)
    copy = backed_up(office, li)
    application, debts = application_with_debts(li, prospect, 2)
    li.sync_with(office)
    wang.sync_with(office)

    class ChildrenFirst(Bounded):
        def answer(self, body: bytes) -> SyncReply:
            request = msgspec.json.decode(body, type=SyncRequest)
            turned = msgspec.structs.replace(request, rescues=request.rescues[::-1])
            return super().answer(msgspec.json.encode(turned))

    with restored(office, copy) as back:
        link = ChildrenFirst(back, wang.enrolment.device)
        synchronise(wang.store, link)
        offered = [[rescue.record for rescue in request.rescues] for request in link.asked if request.rescues]
        assert offered == [[*reversed(debts), application]]
        assert all(back.record(record) is not None for record in (application, *debts))
        require_agreement(back, wang)


def test_a_child_whose_parent_is_on_another_laptop_is_kept_until_that_was_here(
    office: Office, laptop_of: LaptopOf
) -> None:
    li, wang = laptop_of(LI), laptop_of(WANG)
    prospect, _person = li.prospect()
    li.sync_with(office)
    wang.sync_with(office)
    copy = backed_up(office, li)
    application, (debt,) = application_with_debts(li, prospect)
    li.sync_with(office)
    wang.sync_with(office)
    with restored(office, copy) as back:
        link = WithoutParents(back, wang.enrolment.device, application)
        first = synchronise(wang.store, link)
        assert (first.rescued, images(wang), back.record(debt)) == (1, [debt], None)
        offered = [rescue.record for request in link.asked for rescue in request.rescues]
        assert offered == [application, debt], "each once"
        assert li.sync_with(back).restored
        assert back.record(application) is not None
        wang.sync_with(back)
        assert back.record(debt) is not None
        assert images(wang) == []
        assert not wang.sync_with(back).moved, "it is done"
        require_agreement(back, li, wang)


def test_image_that_is_never_taken_costs_nothing_until_head_office_has_something_new(
    office: Office, laptop_of: LaptopOf
) -> None:
    li, wang = laptop_of(LI), laptop_of(WANG)
    prospect, _person = li.prospect()
    li.sync_with(office)
    wang.sync_with(office)
    copy = backed_up(office, li)
    application, (debt,) = application_with_debts(li, prospect)
    li.sync_with(office)
    wang.sync_with(office)
    with restored(office, copy) as back:
        link = WithoutParents(back, wang.enrolment.device, application)
        synchronise(wang.store, link)
        assert images(wang) == [debt]
        assert not synchronise(wang.store, link).uncompared
        link.asked.clear()
        for _quiet in range(3):
            assert not synchronise(wang.store, link).moved
        assert link.asked == [], "the short question alone"
        wang.visit(prospect, "something new")
        synchronise(wang.store, link)
        offered = [[rescue.record for rescue in request.rescues] for request in link.asked]
        assert offered.count([debt]) == 1
        assert images(wang) == [debt]


def test_head_office_of_before_tells_nothing_of_what_it_did_not_take(office: Office, laptop_of: LaptopOf) -> None:
    li, wang = laptop_of(LI), laptop_of(WANG)
    prospect, _person = li.prospect()
    li.sync_with(office)
    copy = backed_up(office, li)
    application_with_debts(li, prospect)
    li.sync_with(office)
    wang.sync_with(office)

    class Before(Direct):
        def answer(self, body: bytes) -> SyncReply:
            return msgspec.structs.replace(super().answer(body), untaken=[])

    with restored(office, copy) as back:
        synchronise(wang.store, Before(back, wang.enrolment.device))
        assert images(wang) == []


def test_an_image_that_no_request_can_carry_is_set_aside_and_all_else_goes_on(
    office: Office, laptop_of: LaptopOf, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merge, "MAX_RECORD_BYTES", 10 * MAX_BODY_BYTES)  # before there was a bound
    li, wang = laptop_of(LI), laptop_of(WANG)
    prospect, _person = li.prospect()
    li.sync_with(office)
    copy = backed_up(office, li)
    for times in range(2):  # a request each
        li.edit(prospect, **{f"later_{times}_{number}": "y" * 18_000 for number in range(35)})
        li.sync_with(office)
    visit = li.visit(prospect, "茶园")
    li.sync_with(office)
    wang.sync_with(office)
    with restored(office, copy) as back:
        for offered in (2, 1):
            link = Bounded(back, wang.enrolment.device)
            summary = synchronise(wang.store, link)
            assert (summary.unsent, images(wang)) == (0, [prospect])
            assert sum(len(request.rescues) for request in link.asked) <= 2 * offered
        assert back.record(visit).values["facts"] == "茶园"
        assert {line.__dict__.get("record") for line in caplog.records if line.message == "image_too_large"} == {
            prospect
        }
        caplog.clear()


def test_a_portion_that_is_too_large_is_halved(
    office: Office, laptop_of: LaptopOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    li, wang = laptop_of(LI), laptop_of(WANG)
    prospect, _person = li.prospect()
    li.sync_with(office)
    copy = backed_up(office, li)
    visits = [li.visit(prospect, f"facts {number}") for number in range(9)]
    li.sync_with(office)
    wang.sync_with(office)

    class Narrow(Bounded):
        def answer(self, body: bytes) -> SyncReply:
            if len(msgspec.json.decode(body, type=SyncRequest).rescues) > 2:
                raise TooLarge
            return super().answer(body)

    with restored(office, copy) as back:
        assert synchronise(wang.store, Narrow(back, wang.enrolment.device)).rescued == 9
        assert {one.record for one in back.of_kind("visit")} == set(visits)
        require_agreement(back, wang)


def test_what_is_saved_while_images_are_offered_goes_by_itself_where_both_are_too_much(
    office: Office, laptop_of: LaptopOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    li, wang = laptop_of(LI), laptop_of(WANG)
    prospect, _person = li.prospect()
    li.sync_with(office)
    copy = backed_up(office, li)
    forgotten = [li.visit(prospect, f"facts {number}") for number in range(3)]
    li.sync_with(office)
    wang.sync_with(office)
    monkeypatch.setattr(images_pass, "MAX_RESCUES", 1)
    saved: list[str] = []

    class Narrow(Bounded):
        def answer(self, body: bytes) -> SyncReply:
            request = msgspec.json.decode(body, type=SyncRequest)
            if request.rescues and request.changes:
                raise TooLarge
            if request.rescues and not saved:
                saved.append(wang.visit(prospect, "meanwhile"))
            return super().answer(body)

    with restored(office, copy) as back:
        summary = synchronise(wang.store, Narrow(back, wang.enrolment.device))
        assert (summary.unsent, summary.rescued) == (0, 3)
        assert {one.record for one in back.of_kind("visit")} == {*saved, *forgotten}
        require_agreement(back, wang)


def test_what_is_told_beside_an_offer_is_read_to_its_end_though_nothing_of_the_offer_was_taken(
    office: Office, laptop_of: LaptopOf
) -> None:
    li, beside = laptop_of(LI), laptop_of(LI)
    prospect, _person = li.prospect()
    li.sync_with(office)
    beside.sync_with(office)
    lost = Image("lost", "visit", "nobody", "{}")
    beside.write(lambda unit: unit.connection.execute("INSERT INTO image VALUES (?, ?, ?, ?)", tuple(lost)))
    visits: list[str] = []

    class Meanwhile(Direct):
        """Where something new comes in just when images are offered; a page holds one record."""

        def answer(self, body: bytes) -> SyncReply:
            if msgspec.json.decode(body, type=SyncRequest).rescues and not visits:
                visits.extend(li.visit(prospect, f"facts {number}") for number in range(3))
                li.sync_with(office)
            return super().answer(body)

    synchronise(beside.store, Meanwhile(office, beside.enrolment.device, page=1))
    assert images(beside) == ["lost"]
    assert visits
    assert beside.all_records().keys() >= set(visits)


def test_images_of_each_others_children_are_offered_all_the_same(laptop_of: LaptopOf) -> None:
    laptop = laptop_of(LI)
    kept = [Image("c", "person", "b", "{}"), Image("b", "x", "a", "{}"), Image("a", "y", "b", "{}")]
    kept += [Image("p2", "prospect", None, "{}"), Image("d", "x", "p2", "{}"), Image("e", "x", "lost", "{}")]
    laptop.write(
        lambda unit: unit.connection.executemany("INSERT INTO image VALUES (?, ?, ?, ?)", [tuple(one) for one in kept])
    )
    order = images(laptop)
    assert order[:3] == ["e", "p2", "d"]
    assert sorted(order[3:]) == ["a", "b", "c"]


def raw(value: object) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value))


def offer(kind: str, record: str, values: object, parent: str | None = None) -> Rescue:
    return Rescue(kind=kind, record=record, encoded=raw(values), parent=parent)
