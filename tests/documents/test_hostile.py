"""Every paper full, empty, hostile and blank: nothing smaller than eight points, nothing lost, nothing outside."""

from __future__ import annotations

import re
from functools import cache
from io import BytesIO

import pytest
from pypdf import PdfReader

from fieldapp.documents.pack import render
from tests.documents.reading import pages_of
from tests.documents.sheets import NAME, all_papers

PAPERS = all_papers()
_SIZE = re.compile(rb"/F\d+(?:\+\d+)? (\d+(?:\.\d+)?) Tf")
_PLACE = re.compile(rb"BT 1 0 0 1 (-?[\d.]+) (-?[\d.]+) Tm")


@cache
def _contents(name: str) -> tuple[bytes, ...]:
    pages = PdfReader(BytesIO(render(PAPERS[name]))).pages
    return tuple(page.get_contents().get_data() for page in pages)  # type: ignore[union-attr]


@pytest.mark.parametrize("name", PAPERS)
def test_no_text_is_smaller_than_eight_points(name: str) -> None:
    sizes = {float(size) for content in _contents(name) for size in _SIZE.findall(content)}
    assert sizes
    assert min(sizes) >= 8


@pytest.mark.parametrize("name", PAPERS)
def test_everything_stands_between_the_margins(name: str) -> None:
    """Each piece of text begins on the sheet, 4 mm or more from its edge, where office printers still print."""
    edge, wide, high = 4 * 72 / 25.4, 595.28, 841.89
    for content in _contents(name):
        places = _PLACE.findall(content)
        assert len(places) > 20
        for x, y in places:
            assert edge < float(x) < wide - edge
            assert edge < float(y) < high - edge


@pytest.mark.parametrize("name", [name for name in PAPERS if name.startswith("hostile") and "2-" not in name])
def test_a_hostile_name_is_read_back_whole(name: str) -> None:
    pages = pages_of(render(PAPERS[name]))
    read = "".join("".join(page.split()) for page in (pages[0], pages[-1]))
    assert NAME in read
