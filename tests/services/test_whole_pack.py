"""All papers of an application at one look."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from fieldapp.domain.errors import Actionable
from fieldapp.services.paper_kinds import DocumentKind
from fieldapp.services.seal_documents import SealDocuments
from fieldapp.services.whole_pack import look_at_pack
from fieldapp.store.database import Store
from fieldapp.store.unit import Unit
from tests.made_laptop import told
from tests.services.an_application import FixedClock, new_laptop, write_into, written_application
from tests.services.sealing import certify_laptop


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_laptop(tmp_path, FixedClock()) as laptop:
        yield laptop


@pytest.fixture
def application(store: Store) -> str:
    return written_application(store)


def test_an_application_that_is_gone_is_a_sentence(store: Store) -> None:
    with pytest.raises(Actionable) as refused:
        look_at_pack(store, "0" * 32)
    assert refused.value.code == "gone"


@pytest.mark.parametrize(("kind", "name", "label"), [("business", "stage", "Stage"), ("person", "marital", "Marital")])
def test_what_a_newer_program_wrote_is_refused_by_its_field(
    kind: str, name: str, label: str, store: Store, application: str
) -> None:
    with store.reading() as view:
        (record,) = (stored.id for stored in view.records.of_kind(kind))
    told(store, record, {name: "newer_code"})
    with pytest.raises(Actionable) as refused:
        look_at_pack(store, application)
    assert refused.value.code == "newer"
    assert label in str(refused.value.sentence)


def test_what_lacks_something_says_so_and_the_others_are_made(store: Store, application: str) -> None:
    write_into(store, application, months=None, **{"person.actual_address": "示例街 🙂 号"})
    pack = look_at_pack(store, application)
    lacking = {paper.line.kind: str(paper.lacking) for paper in pack.papers if paper.lacking is not None}
    assert "term" in lacking[DocumentKind.SCHEDULE]
    assert "🙂" in lacking[DocumentKind.APPLICATION]
    assert pack.to_freeze == len(pack.made) == len(pack.papers) - len(lacking)
    assert pack.customer == "张三"


def test_the_next_step_is_counted_through_freezing_sealing_and_a_change(
    store: Store, application: str, tmp_path: Path
) -> None:
    certify_laptop(store, tmp_path / "office")
    sealing, counted = SealDocuments(store), []
    sealing.freeze_pack(application, lambda done, total: counted.append((done, total)))
    frozen = look_at_pack(store, application)
    count = len(frozen.papers)
    assert counted == [(done, count) for done in range(count)]
    assert (frozen.to_freeze, frozen.to_seal) == (0, count)
    write_into(store, application, repayment_source="豆腐坊与两家食堂")
    changed = look_at_pack(store, application)
    # The form says something else now, and with it the digest on the cover.
    assert {paper.line.kind for paper in changed.papers if not paper.frozen} == {
        DocumentKind.COVER,
        DocumentKind.APPLICATION,
    }
    sealing.freeze_pack(application)
    sealing.seal_pack(application)
    sealed = look_at_pack(store, application)
    assert (sealed.to_freeze, sealed.to_seal) == (0, 0)
    assert all(paper.sealed for paper in sealed.papers)


def test_who_decides_sees_what_the_customer_signed_and_freezes_nothing(store: Store, application: str) -> None:
    SealDocuments(store).freeze_pack(application)
    assert not look_at_pack(store, application).read_only

    def move(unit: Unit) -> None:
        unit.state.set("enrolment", msgspec.structs.replace(unit.enrolment, role="reviewer"))

    store.write(move)
    pack = look_at_pack(store, application)
    assert pack.read_only
    for act in (SealDocuments(store).freeze, SealDocuments(store).seal):
        with pytest.raises(Actionable) as refused:
            act(DocumentKind.APPLICATION, application)
        assert refused.value.code == "role"
    assert all(paper.frozen for paper in pack.papers)


def test_stopping_between_two_papers_keeps_those_that_are_frozen(store: Store, application: str) -> None:
    class Stopped(Exception):
        """Somebody pressed Stop."""

    def stop(done: int, _total: int) -> None:
        if done == 3:
            raise Stopped

    with pytest.raises(Stopped):
        SealDocuments(store).freeze_pack(application, stop)
    assert sum(paper.frozen for paper in look_at_pack(store, application).papers) == 3
