"""Figures as a page's description writes them. A place on the sheet is written again and again, and worked out once.

Without its part in C, which is no wheel of its own, reportlab works each out anew: a good part of the time of a paper.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from reportlab.lib import rl_accel
from reportlab.pdfbase import pdfdoc
from reportlab.pdfgen import canvas, pathobject, textobject

_KEPT = 16_384
_worked_out = lru_cache(maxsize=_KEPT)(rl_accel.fp_str)


def written(*figures: Any) -> str:
    """The figures, or those of the one sequence, with a space between: what reportlab's ``fp_str`` says."""
    if len(figures) == 1 and isinstance(figures[0], list | tuple):
        figures = tuple(figures[0])
    return " ".join(map(_worked_out, figures))


def write_figures_once() -> None:
    """From now on reportlab looks up what was worked out before."""
    for module in (canvas, pathobject, pdfdoc, textobject):
        module.fp_str = written
