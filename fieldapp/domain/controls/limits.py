"""The limits that head office sets for its controls; every default is a design choice of ours [G] (DOMAIN E10, E11)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """``capital_fen`` is the bank's net capital, None while nobody has set it: then nothing is measured by it.

    The shares are basis points of that capital (1,000 = 10 %). ``split_days`` and ``split_fen`` say how far back, and
    up to which sum, loans that hang together are looked at as one.
    """

    capital_fen: int | None = None
    borrower_bp: int = 1_000
    industry_bp: int = 2_500
    village_bp: int = 500
    officer_bp: int = 1_000
    introducer_bp: int = 1_000
    split_days: int = 90
    split_fen: int = 50_000_000
