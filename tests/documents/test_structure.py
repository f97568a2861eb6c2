"""The tags of a paper, read back: headings, tables with their headers, photographs, and nothing of the furniture."""

from __future__ import annotations

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
    figures = [tag for tag in _tags(_reader(FULL_VISIT)) if tag["/S"] == "/Figure"]
    assert len(figures) == len(FULL_VISIT.photos)
    assert all(figure["/Alt"] for figure in figures)


def test_a_schedules_rows_have_as_many_cells_as_its_head() -> None:
    tags = _tags(_reader(schedule_paper()))
    tables = [[len(row.get_object()["/K"]) for row in tag["/K"]] for tag in tags if tag["/S"] == "/Table"]
    assert [6] * len(schedule_paper().schedule.instalments) == max(tables, key=len)[1:-1]


@pytest.mark.parametrize("paper", PAPERS.values(), ids=PAPERS)
def test_properties_and_xmp_say_the_same(paper: Paper) -> None:
    reader = _reader(paper)
    xmp = reader.xmp_metadata
    assert xmp is not None
    assert xmp.dc_title["x-default"] == reader.metadata.title
    assert xmp.dc_creator == [reader.metadata.author]
    assert xmp.xmp_create_date.date() == paper.mark.dated == reader.metadata.creation_date.date()
    root = reader.trailer["/Root"]
    assert root["/Lang"] == "zh-CN"
    assert root["/OutputIntents"][0]["/OutputConditionIdentifier"] == "sRGB"
