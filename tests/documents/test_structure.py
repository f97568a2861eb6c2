"""The tags of a paper, read back: headings, tables with their headers, photographs, and nothing of the furniture."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader
from pypdf.generic import IndirectObject

from fieldapp.documents.pack import render
from fieldapp.documents.papers import Paper
from tests.documents.investigation_to_print import FULL as FULL_INVESTIGATION
from tests.documents.papers_to_print import COVER, FULL_APPLICATION, FULL_VISIT, schedule_paper

PAPERS = {
    "cover": COVER,
    "application": FULL_APPLICATION,
    "investigation": FULL_INVESTIGATION,
    "schedule": schedule_paper(),
    "visit": FULL_VISIT,
}


def _reader(paper: Paper) -> PdfReader:
    return PdfReader(BytesIO(render(paper)))


def _tags(reader: PdfReader) -> list[Any]:
    """Every tag, in reading order."""
    found: list[Any] = []

    def walk(element: Any) -> None:
        if isinstance(element, IndirectObject):
            element = element.get_object()
        if hasattr(element, "get") and "/S" in element:
            found.append(element)
            for kid in element.get("/K", ()):
                walk(kid)

    for kid in reader.trailer["/Root"]["/StructTreeRoot"]["/K"]:
        walk(kid)
    return found


@pytest.mark.parametrize("paper", PAPERS.values(), ids=PAPERS)
def test_every_piece_of_a_page_belongs_to_the_tag_that_names_it(paper: Paper) -> None:
    reader = _reader(paper)
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] is True or root["/MarkInfo"]["/Marked"].value is True
    numbers = root["/StructTreeRoot"]["/ParentTree"]["/Nums"]
    for place, page in enumerate(reader.pages):
        assert page["/StructParents"] == place
        parents = [reference.get_object() for reference in numbers[2 * place + 1]]
        content = page.get_contents().get_data()
        assert content.count(b"BDC") + content.count(b"BMC") == content.count(b"EMC")
        assert content.count(b"/MCID") == len(parents)
        for mark, parent in enumerate(parents):
            assert parent["/Pg"].get_object().get_object() == page.get_object()
            assert mark in parent["/K"]
            assert f"{parent['/S']} <</MCID {mark}>> BDC".encode() in content


@pytest.mark.parametrize("paper", PAPERS.values(), ids=PAPERS)
def test_headings_and_tables_are_what_they_are_called(paper: Paper) -> None:
    tags = _tags(_reader(paper))
    roles = [tag["/S"] for tag in tags]
    assert roles[0] == "/Document"
    assert roles.count("/H1") == 1
    assert roles.count("/H2") >= 2
    for tag in tags:
        kids = [kid.get_object()["/S"] for kid in tag["/K"] if isinstance(kid, IndirectObject)]
        if tag["/S"] == "/Table":
            assert set(kids) == {"/TR"}
        if tag["/S"] == "/TR":
            assert set(kids) <= {"/TH", "/TD"}
        if tag["/S"] == "/TH":
            assert tag["/A"]["/Scope"] in ("/Row", "/Column")


def test_the_fields_of_a_form_are_rows_with_their_labels_as_headers() -> None:
    tags = _tags(_reader(FULL_APPLICATION))
    rows = [tag for tag in tags if tag["/S"] == "/TR"]
    heads = [row["/K"][0].get_object() for row in rows]
    labelled = [head for head in heads if head["/S"] == "/TH" and head["/A"]["/Scope"] == "/Row"]
    assert len(labelled) >= 25, "the applicant, the household, the business and the loan"


def test_a_photograph_is_told_in_words() -> None:
    code, *photos = [tag for tag in _tags(_reader(FULL_VISIT)) if tag["/S"] == "/Figure"]
    assert "QR" in code["/Alt"]
    assert len(photos) == len(FULL_VISIT.photos)
    assert all(photo["/Alt"] for photo in photos)


@pytest.mark.parametrize("paper", PAPERS.values(), ids=PAPERS)
def test_who_cannot_see_the_code_is_told_first_which_paper_it_is(paper: Paper) -> None:
    reader = _reader(paper)
    first = _tags(reader)[1]
    assert first["/S"] == "/Figure"
    number, template, digest = reader.metadata.keywords.split("|")
    assert number in first["/Alt"]
    assert template in first["/Alt"]
    assert digest[:16] in first["/Alt"].replace("-", "")


@pytest.mark.parametrize("paper", PAPERS.values(), ids=PAPERS)
def test_english_is_marked_as_english_and_nothing_chinese_is(paper: Paper) -> None:
    reader = _reader(paper)
    spoken = "".join("".join(map(_english_of, reader.pages)).split())
    whole = "".join(page.extract_text() for page in reader.pages)
    for words in re.findall(r"[A-Z][a-z]{3,}(?: [a-z]{3,})+", whole):
        assert words.replace(" ", "") in spoken, words
    assert not re.search(r"[\u4e00-\u9fff]", spoken)


def test_the_title_and_not_the_file_name_heads_the_window() -> None:
    assert _reader(COVER).trailer["/Root"]["/ViewerPreferences"]["/DisplayDocTitle"]


def _english_of(page: Any) -> str:
    """What stands between the marks of English on a page, by the fonts' own maps."""
    fonts = {name: _characters(font.get_object()) for name, font in page["/Resources"]["/Font"].items()}
    said: list[str] = []
    marked: list[bool] = []
    characters: dict[int, str] = {}
    for operands, operator in page.get_contents().operations:
        match operator:
            case b"BDC" | b"BMC":
                marked.append(operator == b"BDC" and operands[1].get("/Lang") == "en")
            case b"EMC":
                marked.pop()
            case b"Tf":
                characters = fonts[operands[0]]
            case b"Tj" if any(marked):
                written = operands[0].original_bytes
                said.append("".join(characters[code] for code in written))
    return "\n".join(said)


def _characters(font: Any) -> dict[int, str]:
    """The characters of a font's codes, as the file itself says."""
    told = re.findall(rb"<(\w{2})> <(\w{4,})>\n", font["/ToUnicode"].get_object().get_data())
    return {int(code, 16): bytes.fromhex(point.decode()).decode("utf-16-be") for code, point in told}
