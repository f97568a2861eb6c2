"""Too much with one borrower, industry, village, officer or introducer (DOMAIN E10; Commercial Bank Law art. 39)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from fieldapp.domain.controls.alerts import Noticed, percent, yuan
from fieldapp.domain.controls.limits import Limits
from fieldapp.domain.wording import Sentence

Bundle = Literal["borrower", "industry", "village", "officer", "introducer"]
"""Under what exposures are summed; an introducer is who brought customers to other officers."""

_SENTENCES: Mapping[Bundle, Sentence] = {
    "borrower": Sentence("The borrower would owe {sum} yuan, {share} % of the bank's capital; the limit is {limit} %."),
    "industry": Sentence(
        "The industry would stand at {sum} yuan, {share} % of the bank's capital; the limit is {limit} %."
    ),
    "village": Sentence(
        "The village would stand at {sum} yuan, {share} % of the bank's capital; the limit is {limit} %."
    ),
    "officer": Sentence(
        "The officer's loans would stand at {sum} yuan, {share} % of the capital; the limit is {limit} %."
    ),
    "introducer": Sentence(
        "The loans that one introducer brought would stand at {sum} yuan, {share} % of the capital; the limit is"
        " {limit} %."
    ),
}


def concentration_alerts(sums_fen: Mapping[Bundle, int], limits: Limits) -> list[Noticed]:
    """One alert for each sum, the new loan among it, that goes over its share of the capital; a limit is within."""
    if not limits.capital_fen:
        return []
    allowed: Mapping[Bundle, int] = {
        "borrower": limits.borrower_bp,
        "industry": limits.industry_bp,
        "village": limits.village_bp,
        "officer": limits.officer_bp,
        "introducer": limits.introducer_bp,
    }
    return [
        Noticed(
            "E10",
            f"concentration_{bundle}",
            Sentence(
                _SENTENCES[bundle].text,
                sum=yuan(total),
                share=percent(total, limits.capital_fen),
                limit=percent(allowed[bundle], 10_000),
            ),
        )
        for bundle, total in sums_fen.items()
        if total * 10_000 > limits.capital_fen * allowed[bundle]
    ]
