"""The cover of a pack beside the papers it lists: their pages as printed, whatever became of them."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from fieldapp.documents import forms
from fieldapp.documents.printing import Document as TypesetDocument
from fieldapp.resources import resource
from fieldapp.services.paper_kinds import DocumentKind
from fieldapp.services.seal_documents import SealDocuments
from fieldapp.services.whole_pack import Pack, look_at_pack
from fieldapp.store.database import Store
from tests.documents.reading import text_of
from tests.services.an_application import FixedClock, new_laptop, write_into, written_application
from tests.services.sealing import certify_laptop

_ROW = re.compile(r"(\d+)([A-Z]\d\d-[\d.]+?)([0-9a-f]{4})-([0-9a-f]{4})")
_TOTAL = re.compile(r"合计Total(\d+)")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_laptop(tmp_path, FixedClock()) as laptop:
        yield laptop


@pytest.fixture
def application(store: Store) -> str:
    return written_application(store)


@pytest.fixture
def texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Form texts that a bank edits."""
    folder = tmp_path / "texts"
    shutil.copytree(resource("forms"), folder)
    monkeypatch.setattr(forms, "resource", lambda *_: folder)
    return folder


def pages(pdf: bytes) -> int:
    return len(PdfReader(BytesIO(pdf)).pages)


def form_pages(pack: Pack) -> int:
    return next(pages(one.pdf) for one in pack.made if one.kind is DocumentKind.APPLICATION)


def looked_at(store: Store, application: str) -> Pack:
    """The pack, once each paper of it has the pages and the digest that its printed cover gives it."""
    pack = look_at_pack(store, application)
    cover, *papers = pack.made
    assert cover.kind is DocumentKind.COVER
    printed = text_of(cover.pdf)
    listed = {first + second: (template, int(count)) for count, template, first, second in _ROW.findall(printed)}
    assert listed == {one.digest[:8]: (template_of(one.pdf), pages(one.pdf)) for one in papers}
    assert _TOTAL.findall(printed) == [str(sum(pages(one.pdf) for one in papers))]
    return pack


def template_of(pdf: bytes) -> str:
    return str(PdfReader(BytesIO(pdf)).metadata["/Subject"]).split()[0]  # type: ignore[index] # every paper has it


def long_form(store: Store, application: str) -> None:
    """Let the application form need a page more than it had."""
    write_into(store, application, uses=[{"purpose": f"购置设备 {one}", "amount_fen": 100_000} for one in range(40)])


def test_the_cover_gives_the_pages_of_each_paper_as_drafts_frozen_changed_and_sealed(
    store: Store, application: str, tmp_path: Path
) -> None:
    certify_laptop(store, tmp_path / "office")
    sealing = SealDocuments(store)
    short = form_pages(looked_at(store, application))
    sealing.freeze_pack(application)
    assert form_pages(looked_at(store, application)) == short
    long_form(store, application)
    assert form_pages(looked_at(store, application)) > short
    sealing.freeze_pack(application)
    looked_at(store, application)
    sealing.seal_pack(application)
    pack = looked_at(store, application)
    assert all(paper.sealed for paper in pack.papers)
    assert form_pages(pack) > short
    write_into(store, application, uses=[{"purpose": "购置设备", "amount_fen": 4_000_000}])
    assert form_pages(looked_at(store, application)) == short


def test_the_cover_follows_an_edit_of_the_form_texts_in_place(store: Store, application: str, texts: Path) -> None:
    before = form_pages(looked_at(store, application))
    lengthen(next(texts.glob("application-A01-*.toml")))
    assert form_pages(looked_at(store, application)) > before


def test_the_cover_lists_a_frozen_paper_as_it_was_frozen_not_as_newer_form_texts_would_set_it(
    store: Store, application: str, texts: Path
) -> None:
    SealDocuments(store).freeze_pack(application)
    before = form_pages(looked_at(store, application))
    lengthen(shutil.copy(next(texts.glob("application-A01-*.toml")), texts / "application-A01-9.0.toml"))
    pack = looked_at(store, application)
    assert form_pages(pack) == before
    assert all(paper.frozen for paper in pack.papers), "the cover says what it said"


def lengthen(path: Path) -> None:
    """Put a declaration of half a page into the texts of a form."""
    text = path.read_text(encoding="utf-8")
    path.write_text(text + f'\n[[declarations]]\nzh = "{"特别约定。" * 300}"\nen = "Agreed."\n', encoding="utf-8")


def test_looking_again_sets_no_paper_only_to_count_its_pages(
    store: Store, application: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_now: list[str] = []
    real = TypesetDocument.to_pdf

    def noted(document: TypesetDocument) -> bytes:
        set_now.append(document.mark.number)
        return real(document)

    monkeypatch.setattr(TypesetDocument, "to_pdf", noted)
    pack = look_at_pack(store, application)
    set_now.clear()
    kept = SealDocuments(store).freeze_pack(application)
    assert sorted(set_now) == sorted(one.number for one in pack.made) == sorted(one.number for one in kept.documents)
    look_at_pack(store, application)
    set_now.clear()
    look_at_pack(store, application)
    assert set_now == []
