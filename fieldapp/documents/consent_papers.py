"""What documents 3 and 4 are made of: one person, and what they chose and signed, if they have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from fieldapp.documents.handwriting import Strokes
from fieldapp.documents.papers import DocumentMark, Letterhead


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who reads and signs; ``role`` is borrower, spouse, co_borrower, guarantor or pledgor. Empty for a pen form."""

    name: str = ""
    role: str | None = None
    identity_number: str | None = None
    mobile: str | None = None


@dataclass(frozen=True, slots=True)
class ConsentGiven:
    """What was chosen on the screen and signed there; or, with ``photo``, that the paper original was signed.

    ``choices`` are the names and answers, ``signatures`` the writing under each part, ``photo`` the SHA-256 of the
    picture of the signed page. A paper original carries its own ticks: none are printed again.
    """

    on: date
    choices: tuple[tuple[str, bool], ...] = ()
    purposes: tuple[str, ...] = ()
    expires: date | None = None
    signatures: tuple[tuple[str, Strokes], ...] = ()
    photo: str | None = None

    def answer(self, choice: str) -> bool | None:
        """What was chosen on the screen; None when nothing was."""
        return None if self.photo else dict(self.choices).get(choice)

    def writing(self, part: str) -> Strokes:
        """The signature under a part of the text, empty when there is none."""
        return dict(self.signatures).get(part, ())


@dataclass(frozen=True, slots=True)
class CreditPaper:
    """Document 3, the authorisation of credit inquiry and reporting, of one person."""

    letterhead: Letterhead
    mark: DocumentMark
    signatory: Signatory = Signatory()
    given: ConsentGiven | None = None


@dataclass(frozen=True, slots=True)
class PrivacyPaper:
    """Document 4, the personal-information notice and consent, of one person."""

    letterhead: Letterhead
    mark: DocumentMark
    signatory: Signatory = Signatory()
    given: ConsentGiven | None = None
