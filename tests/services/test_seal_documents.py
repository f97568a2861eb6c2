"""From draft to sealed: what was put before the customer stays, and a change of one byte is found."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from fieldapp.documents.papers import PaperState
from fieldapp.documents.seal_examination import Seal, SealState, examine
from fieldapp.domain.errors import Actionable
from fieldapp.services.apply_for_loan import ApplyForLoan
from fieldapp.services.labels import choice_label
from fieldapp.services.outbox_status import unsent_changes
from fieldapp.services.paper_kinds import PAPER_KINDS, DocumentKind
from fieldapp.services.print_documents import PrintDocuments
from fieldapp.services.seal_documents import SealDocuments
from fieldapp.store.database import Store
from fieldapp.store.state import SealKey
from fieldapp.translation import say
from tests.documents.reading import text_of
from tests.documents.test_archive import needs_preflight, preflight
from tests.services.an_application import TYPED, FixedClock, new_laptop, new_prospect
from tests.services.sealing import certify_laptop

FORM = DocumentKind.APPLICATION


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_laptop(tmp_path, FixedClock()) as laptop:
        yield laptop


@pytest.fixture
def application(store: Store) -> str:
    applying = ApplyForLoan(store)
    made = applying.start(new_prospect(store))
    applying.save(made, TYPED, applying.open(made).fields)
    return made


@pytest.fixture
def key(store: Store, tmp_path: Path) -> SealKey:
    return certify_laptop(store, tmp_path / "office")


def _type(store: Store, application: str, **typed: object) -> None:
    applying = ApplyForLoan(store)
    applying.save(application, typed, applying.open(application).fields)


def test_a_frozen_paper_is_the_draft_without_its_watermark_and_with_the_same_digest(
    store: Store, application: str
) -> None:
    draft = PrintDocuments(store).application_form(application)
    frozen = SealDocuments(store).freeze(FORM, application)
    assert (draft.state, frozen.state) == (PaperState.DRAFT, PaperState.FOR_SIGNATURE)
    assert (frozen.digest, frozen.number, frozen.version) == (draft.digest, draft.number, 1)
    assert "待签署" in text_of(frozen.pdf)
    assert "草稿" not in text_of(frozen.pdf)


def test_what_waits_to_be_sent_names_each_paper_and_whose_it_is(store: Store, application: str, key: SealKey) -> None:
    SealDocuments(store).freeze_pack(application)
    waiting = {str(change.what) for change in unsent_changes(store) if change.kind == "document"}
    assert {"Loan application form", "Credit authorisation (张三)"} <= waiting
    SealDocuments(store).seal(FORM, application)
    assert str(unsent_changes(store, 1)[0].what) == "Loan application form, sealed"


@pytest.mark.parametrize("kind", DocumentKind)
def test_each_paper_is_called_alike_everywhere(kind: DocumentKind) -> None:
    assert say(choice_label("paper", kind)) == PAPER_KINDS[kind].name()


def test_what_was_frozen_is_printed_byte_for_byte_ever_after(store: Store, application: str) -> None:
    frozen = SealDocuments(store).freeze(FORM, application)
    again = PrintDocuments(store).application_form(application)
    assert again.pdf == frozen.pdf
    assert again.held == frozen.held
    assert SealDocuments(store).freeze(FORM, application).held == frozen.held
    with store.reading() as view:
        assert len(view.records.children(application, "document")) == 1
        assert frozen.held is not None
        assert view.attachments.content(frozen.held.pdf_digest) == frozen.pdf
    assert frozen.held.pdf_digest == hashlib.sha256(frozen.pdf).hexdigest()


def test_changed_data_are_said_and_become_a_new_version_beside_the_old(store: Store, application: str) -> None:
    first = SealDocuments(store).freeze(FORM, application)
    _type(store, application, amount_fen=9_000_000)
    draft = PrintDocuments(store).application_form(application)
    assert (draft.changed, draft.state, draft.version) == (True, PaperState.DRAFT, 2)
    assert "草稿" in text_of(draft.pdf)
    second = SealDocuments(store).freeze(FORM, application)
    assert (second.version, second.state) == (2, PaperState.FOR_SIGNATURE)
    assert f"{second.number}-v2" in text_of(second.pdf)
    assert second.digest != first.digest
    with store.reading() as view:
        entries = {stored.screen["version"]: stored for stored in view.records.children(application, "document")}
        assert entries[2].screen["replaces"] == entries[1].id
        assert view.attachments.content(entries[1].screen["pdf_digest"]) == first.pdf
    _type(store, application, amount_fen=10_000_000)
    assert PrintDocuments(store).application_form(application).changed


def test_a_sealed_paper_carries_a_seal_that_holds(store: Store, application: str, key: SealKey) -> None:
    SealDocuments(store).freeze(FORM, application)
    sealed = SealDocuments(store).seal(FORM, application)
    assert (sealed.state, sealed.version) == (PaperState.SEALED, 1)
    assert "待签署" not in text_of(sealed.pdf)
    seal = examine(sealed.pdf, key.authority)
    assert (seal.state, seal.at) == (SealState.VALID, store.clock.now().replace(microsecond=0))
    assert SealDocuments(store).seal(FORM, application).pdf == sealed.pdf
    assert PrintDocuments(store).application_form(application).pdf == sealed.pdf
    line = PrintDocuments(store).pack(application)[1]
    assert line.state is PaperState.SEALED
    with store.reading() as view:
        assert len(view.records.children(application, "document")) == 2


def test_any_changed_byte_breaks_the_seal(store: Store, application: str, key: SealKey) -> None:
    SealDocuments(store).freeze(FORM, application)
    pdf = SealDocuments(store).seal(FORM, application).pdf
    hole = pdf.index(b"/Contents <") + len(b"/Contents <")
    for place in [*range(0, len(pdf), 1009), len(pdf) - 1, hole + 40, hole + 900]:
        changed = bytearray(pdf)
        changed[place] ^= 1
        assert examine(bytes(changed), key.authority).state is not SealState.VALID, place


def test_what_is_appended_cut_or_sealed_elsewhere_is_told_apart(
    store: Store, application: str, key: SealKey, tmp_path: Path
) -> None:
    SealDocuments(store).freeze(FORM, application)
    pdf = SealDocuments(store).seal(FORM, application).pdf
    other = certify_laptop(store, tmp_path / "another office")
    assert examine(pdf + b"\n% more\n", key.authority).state is SealState.APPENDED
    assert examine(pdf[:-500], key.authority).state is SealState.BROKEN
    assert examine(pdf, other.authority) == Seal(SealState.STRANGE)
    assert examine(pdf, None) == Seal(SealState.STRANGE)
    assert examine(b"%PDF-1.7\n" + b"/ByteRange [0 1 2 3] " * 100, key.authority).state is SealState.BROKEN
    assert examine(b"", key.authority) == Seal(SealState.NONE)


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="pdfsig (poppler-utils) is not installed")
def test_a_public_tool_finds_the_seal_valid(store: Store, application: str, key: SealKey, tmp_path: Path) -> None:
    SealDocuments(store).freeze(FORM, application)
    written = tmp_path / "sealed.pdf"
    written.write_bytes(SealDocuments(store).seal(FORM, application).pdf)
    told = subprocess.run(["pdfsig", "-nocert", str(written)], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid" in told
    assert "Total document signed" in told


@needs_preflight
def test_a_sealed_paper_is_still_one_for_archives(store: Store, application: str, key: SealKey, tmp_path: Path) -> None:
    SealDocuments(store).freeze(FORM, application)
    assert preflight(SealDocuments(store).seal(FORM, application).pdf, tmp_path) == []


def test_the_seal_leaves_the_bytes_and_the_properties_of_the_paper_as_they_are(
    store: Store, application: str, key: SealKey
) -> None:
    SealDocuments(store).freeze(FORM, application)
    pdf = SealDocuments(store).seal(FORM, application).pdf
    assert pdf.count(b"%%EOF") == 2
    properties = PdfReader(BytesIO(pdf)).metadata
    before = PdfReader(BytesIO(pdf[: pdf.index(b"%%EOF") + 6])).metadata
    assert properties == before


def test_sealing_asks_for_what_is_missing(store: Store, application: str, tmp_path: Path) -> None:
    sealing = SealDocuments(store)
    _refused("not_frozen", sealing, application)
    sealing.freeze(FORM, application)
    _refused("no_certificate", sealing, application)
    certify_laptop(store, tmp_path / "office")
    _type(store, application, months=24)
    _refused("changed_since", sealing, application)
    sealing.freeze(FORM, application)
    assert sealing.seal(FORM, application).version == 2


def test_what_is_typed_and_not_saved_is_no_sealed_paper(store: Store, application: str, key: SealKey) -> None:
    SealDocuments(store).freeze(FORM, application)
    SealDocuments(store).seal(FORM, application)
    shown = PrintDocuments(store).application_form(application, {"amount_fen": 5_000_000})
    assert (shown.changed, shown.state) == (True, PaperState.DRAFT)
    assert "人民币伍万元整" in text_of(shown.pdf)


def _refused(code: str, sealing: SealDocuments, application: str) -> None:
    with pytest.raises(Actionable) as refused:
        sealing.seal(FORM, application)
    assert refused.value.code == code


def test_a_pack_is_frozen_and_sealed_in_one_go_and_says_what_was_left_out(
    store: Store, application: str, key: SealKey
) -> None:
    sealing = SealDocuments(store)
    lines = PrintDocuments(store).pack(application)
    nothing = sealing.seal_pack(application)
    assert not nothing.documents
    assert len(nothing.left_out) == len(lines)
    frozen = sealing.freeze_pack(application)
    assert {document.state for document in frozen.documents} == {PaperState.FOR_SIGNATURE}
    assert len(frozen.documents) + len(frozen.left_out) == len(lines)
    _type(store, application, **{"person.actual_address": "示例街 30 号"})
    sealed = sealing.seal_pack(application)
    assert {document.state for document in sealed.documents} <= {PaperState.SEALED}
    assert FORM not in {document.kind for document in sealed.documents}
    assert any("changed after" in str(one.sentence) for one in sealed.left_out)
