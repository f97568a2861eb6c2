"""What a consent, its withdrawal and a declaration of conflicts must say of themselves to be kept anywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fieldapp.domain.application_records import ConflictDeclaration, Consent, Signature
from fieldapp.domain.consents import CREDIT_INQUIRY, PURPOSES, SIGNED_PARTS
from fieldapp.domain.errors import Invalid
from fieldapp.domain.wording import Sentence

PAD, FULL_PRESSURE = 10_000, 1_000
"""The greatest coordinate of a signature and the greatest pressure."""

MOST_STROKES, MOST_POINTS = 200, 4_000
"""Of one signature. A long name written slowly has some three hundred points."""

MOST_PAGES = 10
MOST_CHOICES, LONGEST_NAME = 60, 60
"""A bank writes its own third parties into the text; their names are codes."""

LEAST_REASON = 2

_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)


def consent_problems(consent: Consent) -> list[Invalid]:
    """Everything wrong with a consent or a withdrawal, by what it says itself."""
    return list(_withdrawal_problems(consent) if consent.withdraws is not None else _given_problems(consent))


def declaration_problems(declaration: ConflictDeclaration) -> list[Invalid]:
    """A declared conflict names the person and the relation."""
    if declaration.none or len(declaration.detail.strip()) >= LEAST_REASON:
        return []
    return [Invalid("required", Sentence("Write who it is and how you are related."), field="detail")]


def _given_problems(consent: Consent) -> Iterator[Invalid]:
    if not consent.signer.strip():
        yield Invalid("required", Sentence("A consent names the person who signs it."), field="signer")
    if not _DIGEST.fullmatch(consent.digest):
        yield Invalid("wording", Sentence("A consent names the wording that was signed."), field="digest")
    if consent.kind == CREDIT_INQUIRY and consent.expires is None:
        yield Invalid("required", Sentence("A credit authorisation says until when it is valid."), field="expires")
    if consent.expires is not None and consent.expires <= consent.business_date:
        yield Invalid("expires", Sentence("A consent expires after the day it is signed."), field="expires")
    names = (*consent.choices, *consent.purposes)
    if len(names) > MOST_CHOICES or any(len(name) > LONGEST_NAME for name in names):
        yield Invalid("shape", Sentence("This text has no such choice."), field="choices")
    if not set(consent.purposes) <= set(PURPOSES):
        yield Invalid("shape", Sentence("This text has no such choice."), field="choices")
    if consent.signing == "paper":
        yield from _paper_problems(consent)
    else:
        yield from _screen_problems(consent)


def _withdrawal_problems(consent: Consent) -> Iterator[Invalid]:
    if not consent.signer.strip():
        yield Invalid("required", Sentence("A withdrawal names the person who withdraws."), field="signer")
    if len(consent.reason.strip()) < LEAST_REASON:
        yield Invalid("required", Sentence("Write how the person asked for it."), field="reason")
    if consent.signatures or consent.choices or consent.purposes:
        yield Invalid("shape", Sentence("A withdrawal agrees to nothing."), field="choices")


def _paper_problems(consent: Consent) -> Iterator[Invalid]:
    if not consent.photos:
        yield Invalid("required", Sentence("Add a photo of the signed page."), field="photos")
    if len(consent.photos) > MOST_PAGES:
        sentence = Sentence("A consent has at most {most} pages.", most=MOST_PAGES)
        yield Invalid("photos_too_many", sentence, field="photos")
    if consent.signatures:
        yield Invalid("signature", Sentence("What was signed on paper has no strokes."), field="signatures")


def _screen_problems(consent: Consent) -> Iterator[Invalid]:
    under = [signature.under for signature in consent.signatures]
    if "whole" not in under:
        yield Invalid("required", Sentence("The signature is missing."), field="signatures")
    if len(set(under)) != len(under) or not set(under) <= set(SIGNED_PARTS[consent.kind]):
        yield Invalid("signature", Sentence("Each part of the text is signed once."), field="signatures")
    unsigned = [part for part in consent.choices if part in SIGNED_PARTS[consent.kind] and part not in under]
    if unsigned:
        yield Invalid("required", Sentence("Each separate choice has a signature of its own."), field="signatures")
    if not all(map(_is_writing, consent.signatures)):
        yield Invalid("signature", Sentence("This is not a signature of the pad."), field="signatures")


def _is_writing(signature: Signature) -> bool:
    """Whether the strokes lie on the pad, are not beyond reason and leave a line, not a dot."""
    strokes = signature.strokes
    if not 0 < len(strokes) <= MOST_STROKES or sum(len(stroke.points) for stroke in strokes) > 3 * MOST_POINTS:
        return False
    for stroke in strokes:
        across, down, pressure = stroke.points[0::3], stroke.points[1::3], stroke.points[2::3]
        if not len(across) == len(down) == len(pressure) > 0:
            return False
        if not all(0 <= place <= PAD for place in (*across, *down)):
            return False
        if not all(0 <= force <= FULL_PRESSURE for force in pressure):
            return False
    return any(len(set(zip(stroke.points[0::3], stroke.points[1::3], strict=True))) > 1 for stroke in strokes)
