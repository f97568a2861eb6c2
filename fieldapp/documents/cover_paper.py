"""What the cover of a pack is made of: who and what the loan is, and each paper behind it."""

from __future__ import annotations

from dataclasses import dataclass

from fieldapp.documents.papers import DocumentMark, Letterhead
from fieldapp.domain.money import Money


@dataclass(frozen=True, slots=True)
class CoverParty:
    """Somebody beside the borrower; ``role`` as in the record, the identity number is printed masked."""

    name: str
    role: str
    identity_number: str | None = None


@dataclass(frozen=True, slots=True)
class CoverLine:
    """One paper of the pack; ``kind`` names it in the cover's form, ``digest`` is the whole of its data digest.

    ``pages`` and what follows are None for a paper that is not there yet.
    """

    kind: str
    number: str
    about: str = ""
    pages: int | None = None
    template: str | None = None
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class CoverPaper:
    """Document 0. ``signing`` counts who signs beside the officers: borrowers, guarantors and owners of collateral."""

    letterhead: Letterhead
    mark: DocumentMark
    borrower: str
    lines: tuple[CoverLine, ...]
    signing: int
    identity_number: str | None = None
    mobile: str | None = None
    parties: tuple[CoverParty, ...] = ()
    product: str | None = None
    months: int | None = None
    method: str | None = None
    amount: Money | None = None
    grid: str | None = None
    credit_officer: str | None = None
    marketed_by: str | None = None
