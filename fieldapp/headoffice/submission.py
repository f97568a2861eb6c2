"""What head office asks before an application is taken in, whatever the laptop checked (DOMAIN B, E1, E2, E7, E12).

It is judged as it would stand, whether it is moved to *submitted* or arrives like that: by the same rules as on the
laptop, on what head office holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import msgspec

from fieldapp.domain import products
from fieldapp.domain.accounts import rebuilt
from fieldapp.domain.application_records import CrossCheck, Statement
from fieldapp.domain.application_status import AMENDABLE, UNDER_WAY
from fieldapp.domain.consents import Participant, case_refusals, participants
from fieldapp.domain.cross_checks import DEFAULT_TOLERANCE_BP, unexplained
from fieldapp.domain.errors import Invalid
from fieldapp.domain.loan_quote import quote
from fieldapp.domain.parties import needs_spouse
from fieldapp.domain.records import Product
from fieldapp.domain.wording import Sentence
from fieldapp.headoffice.case import Case, case_of
from fieldapp.headoffice.flaws import malformed
from fieldapp.headoffice.instants import stated
from fieldapp.headoffice.ledger import Ledger
from fieldapp.headoffice.record import StoredRecord
from fieldapp.headoffice.scope import Author
from fieldapp.protocol.changes import Change
from fieldapp.wordings import known_wordings

MOST_TOLD = 60
"""Of what is open: a receipt is kept for ever."""


class NotWhole(Invalid):
    """Why a submission is not taken in: the first thing that is open, and ``also`` what else is."""

    def __init__(self, found: Sequence[Invalid]) -> None:
        first = found[0]
        super().__init__(first.code, first.sentence, field=first.field, advice=first.advice)
        self.also = tuple(found[1:MOST_TOLD])


def submits(change: Change, current: StoredRecord | None) -> bool:
    """Whether the change would hand an application in."""
    typed = change.fields.get("status", (None, None))[1]
    standing = current.values.get("status") if current is not None else None
    return change.kind == "application" and typed == "submitted" and standing != "submitted"


def refusal_of_submission(
    ledger: Ledger,
    author: Author,
    change: Change,
    current: StoredRecord | None,
    screen: Callable[[Case, str], Invalid | None],
    catalogue: Callable[[], Iterable[Product]],
) -> Invalid | None:
    """Why the application is not taken in, with everything that is open (NotWhole); None when it is, or when its parent
    is not known yet.

    ``screen`` holds it, and who hands it in, against what head office alone knows; ``catalogue`` tells every version
    of every product.
    """
    parent = ledger.fetch((current.parent if current is not None else change.parent) or "")
    if parent is None:
        return None
    case = case_of(ledger, _as_submitted(change, current, parent))
    at = stated(change.made_at)
    if at is None:
        return malformed("made_at")
    alone = _refusal_of_time(case, current) or _refusal_of_successor(case)
    if alone is not None:
        return alone
    screened = screen(case, author.staff)
    found = [
        *([screened] if screened is not None else []),
        *_refusals_for_consents(case, author.staff, at),
        *_refusals_of_incomplete(case, at, tuple(catalogue())),
    ]
    return NotWhole(found) if found else None


def _as_submitted(change: Change, current: StoredRecord | None, parent: StoredRecord) -> StoredRecord:
    """The application as it would stand after the change."""
    standing = current or StoredRecord(
        kind=change.kind,
        record=change.record,
        stream=parent.stream,
        root=parent.root,
        owner=parent.owner,
        parent=parent.record,
    )
    typed = {name: new for name, (_shown, new) in change.fields.items()}
    return msgspec.structs.replace(standing, values=standing.values | typed)


def _refusal_of_time(case: Case, current: StoredRecord | None) -> Invalid | None:
    """A submission carries a time of its own: else what was decided on the one before would count for it (E3)."""
    decided = [one.values.get("submission") for one in case.family if one.kind == "decision"]
    if current is None or case.stored.values.get("submitted_at") not in decided:
        return None
    sentence = Sentence("This is the time of an earlier submission. Submit the application again.")
    return Invalid("submitted_at", sentence, field="submitted_at")


def _refusal_of_successor(case: Case) -> Invalid | None:
    """An amendment names an application of the same customer that is approved and has no other successor."""
    replaced = case.stored.values.get("replaces")
    if replaced is None:
        return None
    applications = [one for one in case.family if one.kind == "application" and one.record != case.stored.record]
    amendable = any(one.record == replaced and one.values.get("status") in AMENDABLE for one in applications)
    rivals = any(
        one.values.get("replaces") == replaced and one.values.get("status") in UNDER_WAY for one in applications
    )
    if amendable and not rivals:
        return None
    sentence = Sentence("The application it replaces cannot be amended any more, or is amended already.")
    return Invalid("replaces", sentence, field="replaces")


def _refusals_for_consents(case: Case, staff: str, at: datetime) -> list[Invalid]:
    """What of consents and conflicts stands between the case and its submission by ``staff`` (E2, E7)."""
    return case_refusals(
        _people(case), case.consents, case.declarations, staff, at, _day_of(case, at), known_wordings()
    )


def _refusals_of_incomplete(case: Case, at: datetime, catalogue: Sequence[Product]) -> list[Invalid]:
    """What the laptop's own checklist finds open; a product that is no longer sold may have been until then."""
    try:
        file = case.file
    except msgspec.ValidationError:
        return []  # a rule of its own says what is wrong with it
    product = products.version_of(catalogue, file.application)
    if product is None and file.application.product is not None:
        sentence = Sentence("Head office has no such version of the product.")
        return [Invalid("product_version", sentence, field="product")]
    figures = quote(file, product, _day_of(case, at), also=_unexplained(case, product))
    return [Invalid(item.code, item.sentence, field=item.field) for item in figures.open_items]


def _people(case: Case) -> list[Participant]:
    try:
        file = case.file
    except msgspec.ValidationError:
        return []
    spouse = file.backing.spouse if needs_spouse(file) else None
    found = participants(
        Participant(file.application.person or "", "borrower"),
        Participant(spouse, "spouse") if spouse is not None else None,
        file.backing.parties.values(),
    )
    return [Participant(one.person, one.role, file.backing.name_of(one.person)) for one in found]


def _unexplained(case: Case, product: Product | None) -> tuple[Invalid, ...]:
    """The officer's own cross-checks beyond the tolerance that nobody explained."""
    statements = [statement for _, statement in case.beside("statement", Statement) if statement.author == "officer"]
    checks = {check.item: check for _, check in reversed(case.beside("cross_check", CrossCheck))}
    tolerance_bp = product.tolerance_bp if product is not None else DEFAULT_TOLERANCE_BP
    return unexplained(checks, rebuilt(statements[0] if statements else Statement()), tolerance_bp)


def _day_of(case: Case, at: datetime) -> date:
    """The business day on which the case was handed in, where the officer declared to have no interest in it."""
    zone = next((declared.zone for declared in reversed(case.declarations)), "")
    try:
        return at.astimezone(ZoneInfo(zone) if zone else UTC).date()
    except (OSError, ValueError, LookupError):  # no zone that is known here
        return at.astimezone(UTC).date()
