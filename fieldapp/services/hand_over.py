"""Handing an application over to head office together with the papers that say what is in it (DOMAIN D, E14).

Whoever decides must see what the customer signs, so the papers are frozen with the data: those that were frozen before
and still say the same stand, what changed since becomes a new version, which the customer signs again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fieldapp.domain.errors import Actionable
from fieldapp.services.apply_for_loan import ApplyForLoan
from fieldapp.services.print_documents import Document
from fieldapp.services.seal_documents import LeftOut, SealDocuments
from fieldapp.store.database import Store


@dataclass(frozen=True, slots=True)
class HandedOver:
    """When it was submitted (UTC), with which papers, and which of them could not be made."""

    at: datetime
    papers: tuple[Document, ...] = ()
    left_out: tuple[LeftOut, ...] = ()

    @property
    def to_sign_again(self) -> tuple[Document, ...]:
        """New versions of papers that had been put before the customer already."""
        return tuple(paper for paper in self.papers if paper.again)


def hand_over(
    store: Store, application: str, typed: Mapping[str, Any] | None = None, shown: Mapping[str, Any] | None = None
) -> HandedOver:
    """Save what was typed, freeze the papers, and submit. Takes about a second: not for the thread that draws.

    The papers are there before the submission, so that head office waits for their files as it does for photographs. A
    paper that cannot be made holds nothing up: it is told of. Raises like ``ApplyForLoan.submit``; nothing is frozen
    while the application is not complete, and what was typed stays.
    """
    applying = ApplyForLoan(store)
    opened = applying.open(application)
    if opened.sealed is not None or not opened.quote(typed or {}).complete:
        return HandedOver(applying.submit(application, typed, shown))
    try:
        applying.save(application, typed or {}, shown or {})
    except Actionable:
        applying.autosave(application, typed or {}, shown or {})
        raise
    frozen = SealDocuments(store).freeze_pack(application)
    return HandedOver(applying.submit(application), frozen.documents, frozen.left_out)
