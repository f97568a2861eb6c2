"""Figures that are looked up stand on the page as reportlab works them out."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from reportlab.lib import rl_accel
from reportlab.pdfgen import textobject

from fieldapp.documents import figures, printing  # noqa: F401 - printing brings them in

ANY = st.floats(-20_000, 20_000) | st.integers(-20_000, 20_000) | st.decimals(-1000, 1000, places=4)


@given(st.lists(ANY, min_size=1, max_size=6))
def test_any_figures_are_written_as_reportlab_writes_them(given: list[float | int | Decimal]) -> None:
    for _ in range(2):  # worked out, and looked up
        assert figures.written(*given) == rl_accel.fp_str(*given)
        assert figures.written(given) == figures.written(tuple(given)) == rl_accel.fp_str(given)


def test_a_printed_page_is_written_so() -> None:
    assert textobject.fp_str is figures.written
