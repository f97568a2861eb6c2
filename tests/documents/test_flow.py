"""Where pages end: nothing lost, nothing overflowing, nothing parted that holds together."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.documents.flow import Block, Glue, Placed, paginate
from fieldapp.documents.page import BOTTOM, TOP, Page


def _block(height: float, glue: Glue = Glue.LOOSE, heads: tuple[Block, ...] = ()) -> Block:
    def draw(_page: Page, _top: float) -> None: ...

    return Block(height, draw, glue, heads)


HEAD = _block(6.2, Glue.FIRM)
BLOCKS = st.lists(
    st.builds(
        lambda height, glue: _block(height, glue, (HEAD,)),
        st.floats(2.0, 20.0),
        st.sampled_from([Glue.LOOSE, Glue.LOOSE, Glue.LOOSE, Glue.TOGETHER, Glue.TOGETHER, Glue.FIRM]),
    ),
    max_size=200,
)


def _placed(pages: list[list[Placed]]) -> list[Block]:
    return [placed.block for page in pages for placed in page if placed.block is not HEAD]


def _loosened(blocks: list[Block]) -> list[Block]:
    """No more than eight in a firm row, which always fits on a page."""
    return [
        block if number % 8 else _block(block.height, Glue.LOOSE, block.heads) for number, block in enumerate(blocks)
    ]


@given(BLOCKS)
def test_any_document_keeps_the_rules_of_breaks(blocks: list[Block]) -> None:
    blocks = _loosened(blocks)
    pages = paginate(blocks)
    assert [id(block) for block in _placed(pages)] == [id(block) for block in blocks]
    for number, page in enumerate(pages):
        for placed, following in pairwise(page):
            assert following.top == pytest.approx(placed.top + placed.block.height)
        if not page:
            continue
        assert page[0].top == TOP
        assert page[-1].top + page[-1].block.height <= BOTTOM + 1e-6
        if number:
            assert page[0].block is HEAD
        if number + 1 < len(pages):
            assert page[-1].block.glue < Glue.FIRM


def test_what_belongs_together_moves_to_the_next_page_whole() -> None:
    together = [_block(50, Glue.TOGETHER), _block(50, Glue.TOGETHER), _block(50)]
    pages = paginate([_block(120), *together])
    assert [len(page) for page in pages] == [1, 3]


def test_what_belongs_together_but_is_too_high_breaks_where_it_is_not_firm() -> None:
    blocks = [_block(100, Glue.TOGETHER), _block(100, Glue.FIRM), _block(60)]
    pages = paginate(blocks)
    assert [len(page) for page in pages] == [1, 2]


def test_firm_blocks_higher_than_a_page_are_our_mistake() -> None:
    with pytest.raises(ValueError, match="higher than a page"):
        paginate([_block(150, Glue.FIRM), _block(150)])
