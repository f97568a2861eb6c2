"""Blank forms for the pen: every kind, nothing on them, and no pretence that data are held."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from fieldapp.documents.pack import render
from fieldapp.documents.papers import DocumentMark, PaperState
from fieldapp.domain.errors import Actionable
from fieldapp.services.blank_forms import BLANK_NUMBERS, blank_paper, save_blank_forms
from fieldapp.services.check_paper import check_text
from fieldapp.services.laptop_papers import LaptopPapers
from fieldapp.services.paper_kinds import DocumentKind
from fieldapp.store.database import Store
from tests.documents.papers_to_print import DAY, LETTERHEAD
from tests.documents.reading import pages_of
from tests.made_laptop import enrolled_store
from tests.services.an_application import FixedClock, new_laptop


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A laptop that knows its branch."""
    folder = tmp_path / "laptop"
    folder.mkdir()
    with new_laptop(folder, FixedClock()) as opened:
        yield opened


@pytest.mark.parametrize("kind", BLANK_NUMBERS)
def test_a_blank_form_says_so_on_every_page_and_carries_no_data(kind: DocumentKind) -> None:
    paper = blank_paper(kind, LETTERHEAD, DocumentMark("KB-TS01-20261124/1", PaperState.BLANK, DAY))
    pdf = render(paper)
    assert pdf == render(paper)
    for page in pages_of(pdf):
        assert "空白表 BLANK FORM" in page
        assert "KB-TS01-20261124/1" in page
        for word in ("草稿", "签署前无效", "数据摘要", "☑"):
            assert word not in page
    assert re.search(rb"[0-9a-f]{64}", pdf) is None


def test_all_are_written_numbered_by_branch_day_and_document(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "forms"
    folder.mkdir()
    written = list(save_blank_forms(store, folder))
    assert sorted(folder.iterdir()) == sorted(written)
    assert len(written) == len(BLANK_NUMBERS)
    assert [re.match(r"KB-\w+-\d{8}-(\d) .*空白表\.pdf", path.name)[1] for path in written] == [*"123467"]  # type: ignore[index]


def test_a_folder_that_is_gone_is_told_of(store: Store, tmp_path: Path) -> None:
    with pytest.raises(Actionable) as told:
        list(save_blank_forms(store, tmp_path / "gone"))
    assert told.value.code == "no_folder"


def test_before_the_first_synchronisation_there_is_no_letterhead(tmp_path: Path) -> None:
    with enrolled_store(tmp_path) as store, pytest.raises(Actionable) as told:
        list(save_blank_forms(store, tmp_path))
    assert told.value.code == "no_branch"


@pytest.mark.parametrize("text", ["KB-TS01-20261124/3|C01-1.0|1/1", " KB-TS01-20261124/3|C01-1.0|1/1\n"])
def test_the_code_of_a_blank_form_is_recognised_as_one(store: Store, text: str) -> None:
    with pytest.raises(Actionable) as told:
        check_text(LaptopPapers(store), text)
    assert told.value.code == "blank_form"
