"""A paper that comes back is told apart: held, superseded, changed, from other data, unknown; and never opened."""

from __future__ import annotations

import itertools
import os
import time
import tracemalloc
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageEnhance, ImageFilter
from pypdf import PdfReader, PdfWriter

from fieldapp.documents.papers import PaperState
from fieldapp.domain.errors import Actionable
from fieldapp.services.apply_for_loan import ApplyForLoan
from fieldapp.services.check_paper import SealState, Verdict, check_file, check_text
from fieldapp.services.laptop_papers import LaptopPapers
from fieldapp.services.paper_kinds import DocumentKind
from fieldapp.services.print_documents import PrintDocuments
from fieldapp.services.seal_documents import SealDocuments
from fieldapp.store.database import Store
from tests.documents.reading import codes_of, pictures_of
from tests.services.an_application import TYPED, FixedClock, new_laptop, new_prospect
from tests.services.sealing import certify_laptop

FORM = DocumentKind.APPLICATION


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_laptop(tmp_path, FixedClock()) as laptop:
        certify_laptop(laptop, tmp_path / "office")
        yield laptop


@pytest.fixture
def application(store: Store) -> str:
    applying = ApplyForLoan(store)
    made = applying.start(new_prospect(store))
    applying.save(made, TYPED, applying.open(made).fields)
    return made


@pytest.fixture
def sealed(store: Store, application: str) -> bytes:
    SealDocuments(store).freeze(FORM, application)
    return SealDocuments(store).seal(FORM, application).pdf


def _type(store: Store, application: str, **typed: object) -> None:
    applying = ApplyForLoan(store)
    applying.save(application, typed, applying.open(application).fields)


def _checked(store: Store, folder: Path, content: bytes) -> tuple[Verdict, SealState]:
    path = folder / "handed in.pdf"
    path.write_bytes(content)
    (found,) = check_file(LaptopPapers(store), path)
    return found.verdict, found.seal.state


def test_the_files_that_are_held_are_genuine(store: Store, application: str, tmp_path: Path) -> None:
    draft = PrintDocuments(store).application_form(application)
    assert _checked(store, tmp_path, draft.pdf) == (Verdict.DRAFT, SealState.NONE)
    frozen = SealDocuments(store).freeze(FORM, application)
    assert _checked(store, tmp_path, frozen.pdf) == (Verdict.GENUINE, SealState.NONE)
    sealed = SealDocuments(store).seal(FORM, application)
    assert _checked(store, tmp_path, sealed.pdf) == (Verdict.GENUINE, SealState.VALID)
    assert _checked(store, tmp_path, frozen.pdf) == (Verdict.GENUINE, SealState.NONE)


def test_an_older_version_is_genuine_but_superseded(
    store: Store, application: str, sealed: bytes, tmp_path: Path
) -> None:
    _type(store, application, amount_fen=9_000_000)
    SealDocuments(store).freeze(FORM, application)
    assert _checked(store, tmp_path, sealed) == (Verdict.SUPERSEDED, SealState.VALID)


def test_a_changed_byte_and_an_appended_revision_are_found(store: Store, sealed: bytes, tmp_path: Path) -> None:
    changed = bytearray(sealed)
    changed[len(changed) // 3] ^= 1
    assert _checked(store, tmp_path, bytes(changed)) == (Verdict.CHANGED, SealState.CHANGED)
    appended = sealed + b"\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
    assert _checked(store, tmp_path, appended) == (Verdict.CHANGED, SealState.APPENDED)


def test_a_changed_amount_is_found_in_a_draft_too(store: Store, application: str, tmp_path: Path) -> None:
    other = PrintDocuments(store).application_form(application, {"amount_fen": 20_000_000})
    assert _checked(store, tmp_path, other.pdf)[0] is Verdict.OTHER_DATA
    mine = PrintDocuments(store).application_form(application)
    forged = mine.pdf.replace(b"/Title", b"/Titel")
    assert _checked(store, tmp_path, forged)[0] is Verdict.CHANGED
    frozen = SealDocuments(store).freeze(FORM, application)
    assert frozen.state is PaperState.FOR_SIGNATURE
    assert _checked(store, tmp_path, other.pdf)[0] is Verdict.CHANGED


def test_a_paper_of_another_laptop_is_unknown_or_sealed_elsewhere(
    store: Store, application: str, sealed: bytes, tmp_path: Path
) -> None:
    with store.reading() as view:
        key = view.state.get("seal_key", dict)
    (tmp_path / "other").mkdir()
    with new_laptop(tmp_path / "other", FixedClock()) as other:
        assert _checked(other, tmp_path, sealed) == (Verdict.UNKNOWN, SealState.STRANGE)
        other.write(lambda unit: unit.state.set("seal_key", key))
        assert _checked(other, tmp_path, sealed) == (Verdict.SEALED_ELSEWHERE, SealState.VALID)


def _tilted(page: Image.Image) -> Image.Image:
    """As a hand holds the camera: turned a little, one side nearer than the other, on a dark table."""
    turned = page.rotate(4, expand=True, fillcolor=90)
    wide, high = turned.size
    corners = (-0.04 * wide, -0.03 * high, 0.02 * wide, 1.05 * high, 1.03 * wide, 0.98 * high, 0.96 * wide, 0.02 * high)
    return turned.transform(turned.size, Image.Transform.QUAD, corners, Image.Resampling.BICUBIC, fillcolor=90)


def _badly_photographed(page: Image.Image) -> Image.Image:
    """Tilted, out of focus, in the evening, at a third of the size, and packed hard."""
    dark = ImageEnhance.Brightness(_tilted(page).filter(ImageFilter.GaussianBlur(1.2))).enhance(0.4)
    packed = BytesIO()
    dark.resize((dark.width * 2 // 3, dark.height * 2 // 3)).save(packed, "JPEG", quality=30)
    return Image.open(BytesIO(packed.getvalue()))


def _without_a_ground(page: Image.Image) -> Image.Image:
    """The ink alone, as programs that clean scans save it."""
    ink = Image.new("LA", page.size)
    ink.putalpha(page.convert("L").point(lambda grey: 255 - grey))
    return ink


SHAPES = {
    "png": lambda page: page,
    "jpeg": lambda page: page,
    "turned": lambda page: page.rotate(91, expand=True, fillcolor=200),
    "upside down": lambda page: page.rotate(180),
    "tilted": _tilted,
    "blurred": lambda page: page.filter(ImageFilter.GaussianBlur(1.5)),
    "pale": lambda page: ImageEnhance.Contrast(page).enhance(0.25),
    "a scan of 75 dots": lambda page: page.resize((620, 877)),
    "badly photographed": _badly_photographed,
    "greys of 16 bits.png": lambda page: page.convert("I").point(lambda grey: grey * 257).convert("I;16"),
    "without a ground.png": _without_a_ground,
    "four colours": lambda page: page.convert("RGB").convert("CMYK"),
}


@pytest.mark.parametrize("looked_at", [slice(1, 2), pytest.param(slice(0, 2), marks=pytest.mark.long)])
def test_a_photograph_of_any_page_tells_which_data_it_was_printed_from(
    store: Store, application: str, tmp_path: Path, looked_at: slice
) -> None:
    frozen = SealDocuments(store).freeze(FORM, application)
    pages = f"{len(codes_of(frozen.pdf))}"
    taken = list(itertools.product(SHAPES, list(enumerate(pictures_of(frozen.pdf), start=1))[looked_at]))
    for shape, (number, picture) in taken:
        path = tmp_path / f"页 {number}.{'png' if shape.endswith('png') else 'jpg'}"
        SHAPES[shape](picture).save(path)
        (found,) = check_file(LaptopPapers(store), path)
        assert (found.verdict, found.page) == (Verdict.SAME_DATA, f"{number}/{pages}"), shape
        assert found.amount is not None
        assert found.amount.fen == TYPED["amount_fen"]


def test_a_code_tells_versions_and_other_data_apart(store: Store, application: str) -> None:
    code = codes_of(PrintDocuments(store).application_form(application).pdf)[0]
    assert check_text(LaptopPapers(store), code).verdict is Verdict.DRAFT
    SealDocuments(store).freeze(FORM, application)
    assert check_text(LaptopPapers(store), code).holds
    _type(store, application, amount_fen=9_000_000)
    changed = codes_of(PrintDocuments(store).application_form(application).pdf)[0]
    assert "-v2|" in changed
    assert check_text(LaptopPapers(store), changed).verdict is Verdict.OTHER_DATA
    SealDocuments(store).freeze(FORM, application)
    assert check_text(LaptopPapers(store), changed).verdict is Verdict.SAME_DATA
    assert check_text(LaptopPapers(store), code).verdict is Verdict.SUPERSEDED
    assert check_text(LaptopPapers(store), code[:-1] + ("0" if code[-1] != "0" else "1")).verdict is Verdict.OTHER_DATA
    assert check_text(LaptopPapers(store), "0412-2026-0000ZZ/1|A01-1.0|1/3|0123456789abcdef").verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not_a_paper"),
        (b"just words", "not_a_paper"),
        (b"%PDF-1.7\ncut", "cut_off"),
        (b"%PDF-1.7\ntrailer <</Encrypt 5 0 R>>\n%%EOF", "encrypted"),
        (b"\x89PNG\r\n\x1a\nnothing", "photo_damaged"),
    ],
)
def test_what_is_no_paper_is_a_sentence(store: Store, tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "x"
    path.write_bytes(content)
    with pytest.raises(Actionable) as refused:
        check_file(LaptopPapers(store), path)
    assert refused.value.code == code


def test_a_paper_that_another_program_saved_anew_is_told_to_name_no_paper(
    store: Store, sealed: bytes, tmp_path: Path
) -> None:
    anew = PdfWriter()
    anew.append(PdfReader(BytesIO(sealed)))
    anew.write(tmp_path / "anew.pdf")
    (found,) = check_file(LaptopPapers(store), tmp_path / "anew.pdf")
    assert (found.verdict, found.number) == (Verdict.UNKNOWN, "")
    assert "names no paper" in str(found.sentence)
    assert "of this number" not in str(found.sentence)


def test_a_picture_without_a_code_says_how_to_take_one(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "cat.png"
    Image.new("L", (800, 600), 90).save(path)
    with pytest.raises(Actionable) as refused:
        check_file(LaptopPapers(store), path)
    assert refused.value.code == "no_code"
    for path in (tmp_path / "gone.pdf", tmp_path):
        with pytest.raises(Actionable):
            check_file(LaptopPapers(store), path)


@pytest.mark.parametrize(
    "text", ["", "https://example.com", "x" * 100_000, "1|2|3", "🙂\u202e\x00", "0412-1/1|A01-1.0|1/3|"]
)
def test_other_codes_are_a_sentence(store: Store, text: str) -> None:
    with pytest.raises(Actionable) as refused:
        check_text(LaptopPapers(store), text)
    assert refused.value.code == "not_a_paper"


def test_hostile_files_cost_one_bounded_look(store: Store, sealed: bytes, tmp_path: Path) -> None:
    path = tmp_path / "hostile.pdf"
    bombs = [
        b"%PDF-1.7\n" + b"/ByteRange [0 1 2 3]\n" * 500_000 + b"%%EOF",
        b"%PDF-1.7\n" + b"/ByteRange [" + b" " * 5_000_000 + b"%%EOF",
        b"%PDF-1.7\n" + b"<" * 5_000_000 + b"/Kids [ 1 0 R " * 300_000 + b"%%EOF",
        b"%PDF-1.7\n" + b"/Keywords (" * 500_000 + b"%%EOF",
        b"%PDF-1.7\n" + b"/Keywords (" + b"-" * 5_000_000 + b"%%EOF",
        sealed.replace(b"/ByteRange [0 ", b"/ByteRange [9 "),
        sealed + sealed,
    ]
    for bomb in bombs:
        path.write_bytes(bomb)
        begun = time.monotonic()
        tracemalloc.start()
        (found,) = check_file(LaptopPapers(store), path)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert not found.holds
        assert time.monotonic() - begun < 5
        assert peak < 100_000_000


def test_a_file_beyond_reason_is_not_read(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "large.pdf"
    with path.open("wb") as file:
        file.write(b"%PDF-1.7\n")
        os.truncate(file.fileno(), 100_000_000)
    with pytest.raises(Actionable) as refused:
        check_file(LaptopPapers(store), path)
    assert refused.value.code == "file_too_large"
