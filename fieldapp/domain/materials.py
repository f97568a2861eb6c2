"""The papers that a product wants to have been seen before submission (DOMAIN B, D1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fieldapp.domain.errors import Invalid
from fieldapp.domain.records import Application, Product
from fieldapp.domain.wording import Sentence

MATERIALS: Mapping[str, Sentence] = {
    "identity": Sentence("Identity card"),
    "household": Sentence("Household register or marriage certificate"),
    "licence": Sentence("Business licence"),
    "takings": Sentence("Takings of 12 months"),
    "purpose": Sentence("Proof of the purpose"),
    "collateral": Sentence("Title to the collateral"),
}
"""The papers by the names the form knows them by, in its order."""


def required(product: Product | None, application: Application) -> tuple[str, ...]:
    """What must have been seen: the product's list, a title only where something is mortgaged or pledged."""
    wanted = product.materials if product is not None else ()
    secured = application.guarantee_mode in ("mortgage", "pledge")
    return tuple(name for name in MATERIALS if name in wanted and (secured or name != "collateral"))


def lacking(product: Product | None, application: Application) -> Iterator[Invalid]:
    """Each required paper that nobody has seen; ``field`` is ``materials``."""
    for name in required(product, application):
        if name not in application.materials:
            sentence = Sentence("Not seen yet: {paper}.", paper=MATERIALS[name])
            yield Invalid(f"material_{name}", sentence, field="materials")


def unknown(names: tuple[str, ...] | list[str]) -> str | None:
    """The first name that is none of the papers, None when all are."""
    return next((name for name in names if name not in MATERIALS), None)
