"""Rules that each record behind a loan keeps by itself, on the laptop and again at head office.

What several records must keep together stands in ``parties``, ``debts`` and ``security``.
"""

from __future__ import annotations

from collections.abc import Iterator

from fieldapp.domain.application_records import Collateral, ExternalDebt, Guarantee, Party
from fieldapp.domain.errors import Invalid
from fieldapp.domain.wording import Sentence

LEAST_REASON = 6
"""Characters under which a reason says nothing."""

_ONLY_MORTGAGED = ("house", "land")
_ONLY_PLEDGED = ("deposit", "receivable")


def party_problems(party: Party) -> Iterator[Invalid]:
    """A party is somebody; all sign but a spouse, for whom a reason may stand (DOMAIN B)."""
    if not party.person.strip():
        yield Invalid("party_missing", Sentence("Choose who it is, or write a name."), field="person")
    if party.signs:
        return
    if party.role != "spouse":
        # A guarantee and a pledge are made in writing (Civil Code 427, 685).
        sentence = Sentence("Only a spouse may be excused from signing. Who stands in for the loan signs.")
        yield Invalid("must_sign", sentence, field="signs")
    elif len(party.no_signature_reason.strip()) < LEAST_REASON:
        sentence = Sentence("Write why the spouse does not sign, at least {count} characters.", count=LEAST_REASON)
        yield Invalid("no_signature_reason", sentence, field="no_signature_reason")


def debt_problems(debt: ExternalDebt) -> Iterator[Invalid]:
    """A debt names its lender; a guarantee given names for whom."""
    if not debt.lender.strip():
        sentence = Sentence("Write for whom it was given.") if debt.guarantee else Sentence("Write who lent the money.")
        yield Invalid("lender_missing", sentence, field="lender")
    if debt.guarantee and debt.instalment_fen:
        sentence = Sentence("A guarantee given has no instalment. Enter a debt that is paid off as a debt.")
        yield Invalid("guarantee_instalment", sentence, field="instalment_fen")


def collateral_problems(collateral: Collateral) -> Iterator[Invalid]:
    """What secures the loan, whose it is, and how: land is mortgaged, rights are pledged (Civil Code 395, 440)."""
    if not collateral.owner.strip():
        yield Invalid("owner_missing", Sentence("Choose whose it is."), field="owner")
    if collateral.kind is None:
        yield Invalid("kind_missing", Sentence("Choose what kind of thing it is."), field="kind")
    if collateral.mode is None:
        yield Invalid("mode_missing", Sentence("Choose mortgage or pledge."), field="mode")
    elif collateral.mode == "pledge" and collateral.kind in _ONLY_MORTGAGED:
        yield Invalid("mode_kind", Sentence("Houses and land can only be mortgaged."), field="mode")
    elif collateral.mode == "mortgage" and collateral.kind in _ONLY_PLEDGED:
        yield Invalid("mode_kind", Sentence("Deposits and receivables can only be pledged."), field="mode")


def guarantee_problems(guarantee: Guarantee) -> Iterator[Invalid]:
    """A guarantor, and the mode stated: one not stated counts as a general guarantee by law (Civil Code 686)."""
    if not guarantee.guarantor.strip():
        yield Invalid("guarantor_missing", Sentence("Choose who guarantees."), field="guarantor")
    if guarantee.mode is None:
        sentence = Sentence("Choose the mode: one that is not stated counts as a general guarantee by law.")
        yield Invalid("mode_missing", sentence, field="mode")
