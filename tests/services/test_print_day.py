"""All packs of a day: complete, stoppable, and one bad paper does not keep the others."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from fieldapp.domain.errors import Actionable
from fieldapp.services.apply_for_loan import ApplyForLoan
from fieldapp.services.business_day import business_date
from fieldapp.services.paper_kinds import DocumentLine
from fieldapp.services.print_day import applications_of, print_day
from fieldapp.services.print_documents import PrintDocuments
from fieldapp.store.database import Store
from tests.services.an_application import TYPED, FixedClock, new_laptop, new_prospect
from tests.services.consents_given import sign_everything


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_laptop(tmp_path, FixedClock()) as laptop:
        yield laptop


def _submitted(store: Store, **typed: object) -> str:
    applying = ApplyForLoan(store)
    made = applying.start(new_prospect(store))
    applying.save(made, {**TYPED, **typed}, applying.open(made).fields)
    sign_everything(store, made)
    applying.submit(made)
    return made


def _printable(store: Store, application: str) -> list[DocumentLine]:
    return [line for line in PrintDocuments(store).pack(application) if line.lacking is None]


def _day(store: Store) -> date:
    return business_date(store.clock)


def test_every_pack_of_the_day_is_written(store: Store, tmp_path: Path) -> None:
    applications = [_submitted(store) for _ in range(2)]
    assert set(applications_of(store, _day(store))) == set(applications)
    assert applications_of(store, _day(store) - timedelta(days=400)) == []
    told: list[tuple[int, int]] = []
    printed = print_day(store, _day(store), tmp_path, progress=lambda done, total: told.append((done, total)))
    papers = sum(len(_printable(store, application)) for application in applications)
    assert (printed.packs, len(printed.paths), printed.unprinted) == (2, papers, [])
    assert sorted(path.name for path in tmp_path.glob("*.pdf")) == sorted(path.name for path in printed.paths)
    assert told == [(0, 2), (1, 2), (2, 2)]


def test_it_can_be_stopped_and_keeps_what_is_written(store: Store, tmp_path: Path) -> None:
    for _ in range(2):
        _submitted(store)
    answers = iter((False, False, True))
    printed = print_day(store, _day(store), tmp_path, cancelled=lambda: next(answers))
    assert printed.stopped
    assert len(list(tmp_path.glob("*.pdf"))) == len(printed.paths) == 2


def test_a_paper_that_cannot_be_made_is_told_of_and_the_others_are_written(store: Store, tmp_path: Path) -> None:
    application = _submitted(store, **{"person.actual_address": "示例街 🙂 号"})
    printed = print_day(store, _day(store), tmp_path)
    assert (printed.packs, len(printed.paths)) == (1, len(_printable(store, application)) - 1)
    assert ["🙂" in str(one.sentence) for one in printed.unprinted] == [True]


def test_a_folder_that_takes_nothing_ends_it(store: Store, tmp_path: Path) -> None:
    _submitted(store)
    with pytest.raises(Actionable) as refused:
        print_day(store, _day(store), tmp_path / "not there")
    assert refused.value.code == "no_folder"
