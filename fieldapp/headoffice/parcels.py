"""The work of a laptop that was shut out: taken in sealed, opened and admitted by a person (SYNC 42)."""

from __future__ import annotations

import hashlib
import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy.exc import DBAPIError

from fieldapp.domain.errors import Actionable
from fieldapp.domain.identifiers import BANK_STREAM
from fieldapp.domain.wording import Sentence
from fieldapp.headoffice import parcel_key
from fieldapp.headoffice.arrivals import Arrival, Unreadable, arrival_of
from fieldapp.headoffice.bank_records import BankRecords
from fieldapp.headoffice.instants import iso
from fieldapp.headoffice.knowledge import Knowledge
from fieldapp.headoffice.proofs import Prover
from fieldapp.headoffice.push import Manner, Pushed, push
from fieldapp.headoffice.restored import note_fork
from fieldapp.headoffice.scope import Author, Caller
from fieldapp.headoffice.sender import Sender
from fieldapp.headoffice.storage.parcels import HandInRow
from fieldapp.headoffice.storage.store import Store, Unit
from fieldapp.headoffice.tokens import token_hash
from fieldapp.headoffice.uploads import OffsetDiffers, Uploads
from fieldapp.headoffice.whereabouts import forks
from fieldapp.protocol.identifiers import Clock
from fieldapp.protocol.messages import MAX_BODY_BYTES, MAX_CHANGES, Mark, ParcelKey, ParcelReceipt, Proof
from fieldapp.protocol.parcel import NotOurs, Parcel, PhotoPiece, unseal
from fieldapp.protocol.together import portions

log = logging.getLogger(__name__)

MOST_BYTES = 4 * 1024**3
"""Sealed bytes kept of one laptop: more than a thousand photos."""

MOST_AT_ONCE = 200
"""Changes admitted in one transaction; of a group as many as an exchange may bring."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a hand-in holds: changes and refused ones by kind, unfinished forms by form, photos and their bytes."""

    staff: str
    changes: dict[str, int]
    refused: dict[str, int]
    drafts: dict[str, int]
    photos: int


@dataclass(slots=True)
class Admitted:
    """What became of the changes: receipts by outcome; ``photos`` that are whole now, and those that are not.

    Of a photo that is not whole bytes are missing, or they are not those that it was recorded with.
    """

    outcomes: Counter[str] = field(default_factory=Counter)
    photos: int = 0
    photos_not_whole: int = 0


def recognise_shut_out(store: Store, token: str) -> Caller:
    """Whose laptop this is that was shut out. Raises Actionable: ``token`` (nobody's), ``not_revoked``."""
    with store.reading() as unit:
        device = unit.accounts.device_by_token(token_hash(token))
        staff = unit.accounts.staff(device.staff) if device is not None else None
    if device is None or staff is None:
        raise Actionable("token", Sentence("Head office does not know this laptop. Enrol it."))
    if device.revoked_at is None and staff.active:
        raise Actionable("not_revoked", Sentence("This laptop is let in: it synchronises as ever."))
    return Caller(device.device, staff.author, device.counter, device.last_seen)


def key_for(store: Store, clock: Clock, caller: Caller, marks: dict[str, Mark]) -> ParcelKey:
    """The key to seal to, with the streams in which head office has forgotten what it told, by the laptop's ``marks``.

    It was restored from an older copy then, and shut the laptop out before it could send again what was forgotten.
    """
    with store.reading() as unit:
        forked = forks(unit.records, marks, {}, unit.records.heads(marks))
    if forked:
        with store.writing() as unit:
            note_fork(unit, caller.device, forked, iso(clock.now()))
    return ParcelKey(key=parcel_key.key(store), fork=forked)


def receive(
    store: Store, clock: Clock, caller: Caller, hand_in: str, number: int, sealed: bytes, *, last: bool
) -> ParcelReceipt:
    """Keep a parcel as it came; when this returns, it is on the disk.

    What somebody has let in stays as they saw it: what comes after it is another hand-in. Raises Actionable
    (``admitted``, ``too_much``).
    """
    stream = caller.author.branch
    with store.writing() as unit:
        unit.accounts.device(caller.device, lock=True)
        if unit.parcels.is_admitted(stream, caller.device, hand_in):
            raise Actionable("admitted", Sentence("This was let in already; what is left is handed in by itself."))
        if number == 0:
            unit.parcels.discard_unfinished(stream, caller.device, hand_in)
        if unit.parcels.held_bytes(stream, caller.device) + len(sealed) > MOST_BYTES:
            raise Actionable("too_much", Sentence("This laptop has handed in more than head office keeps."))
        unit.parcels.keep(stream, caller.device, hand_in, number, sealed, iso(clock.now()), last=last)
    if last:
        log.info("handed_in", extra={"device": caller.device, "hand_in": hand_in, "parcels": number + 1})
    return ParcelReceipt(digest=hashlib.sha256(sealed).hexdigest())


def hand_ins(store: Store) -> list[HandInRow]:
    """Everything that was handed in, the oldest first."""
    with store.reading() as unit:
        return unit.parcels.hand_ins(unit.records.streams())


def contents(store: Store, hand_in: str) -> Contents:
    """What is in a hand-in, counted. Raises Actionable: ``hand_in_unknown``, ``hand_in_unreadable``."""
    changes, refused, drafts = Counter[str](), Counter[str](), Counter[str]()
    photos: set[str] = set()
    seen: set[bytes] = set()
    with store.reading() as unit:
        row = named(unit, hand_in)
        for parcel in opened(unit, row):
            changes.update(_kinds(parcel.changes, seen))
            refused.update(_kinds(parcel.refused, seen))
            drafts.update(draft.form for draft in parcel.drafts)
            photos.update(piece.digest for piece in parcel.photos)
        author = _author(unit, row)
    return Contents(author.staff, dict(changes), dict(refused), dict(drafts), len(photos))


def admit(store: Store, clock: Clock, hand_in: str, by: str) -> Admitted:
    """Let the work in: new entries stand, values that differ wait for a person, nothing is set (SYNC 18).

    ``by`` is the active member of staff who decides it. Admitting again changes nothing. Raises Actionable:
    ``hand_in_unknown``, ``hand_in_unfinished``, ``hand_in_unreadable``, ``staff_unknown``, ``own_hand_in``.
    """
    with store.reading() as unit:
        row = named(unit, hand_in)
        author = _author(unit, row)
        _require_other_person(unit, by, author)
    if not row.whole:
        raise _unfinished()
    admission = _Admission(store, clock, author, row)
    admission.run()
    done = admission.done()
    with store.writing() as unit:
        unit.accounts.device(row.device, lock=True)
        if named(unit, hand_in) != row:  # it came otherwise meanwhile
            raise _unfinished()
        unit.parcels.note_admitted(row, by, iso(clock.now()))
    told = {"photos": done.photos, "photos_not_whole": done.photos_not_whole, **done.outcomes}
    log.info("hand_in_admitted", extra={"hand_in": hand_in, "by": by, **told})
    return done


def _unfinished() -> Actionable:
    return Actionable("hand_in_unfinished", Sentence("This laptop has not handed in everything yet."))


class _Admission:
    """Going through the parcels of one hand-in; nothing in them stops what is beside it."""

    def __init__(self, store: Store, clock: Clock, author: Author, row: HandInRow) -> None:
        self._store = store
        self._clock = clock
        self._author = author
        self._row = row
        self._uploads = Uploads(store, clock)
        self._bank = BankRecords()
        self._prover = Prover()
        self._outcomes: dict[str, str] = {}
        self._unreadable: set[bytes] = set()
        self._whole: dict[str, bool] = {}

    def run(self) -> None:
        """Everything in its order, then what waited for something behind it, as a laptop sends it (SYNC 12).

        What was refused on the laptop nobody corrects any more: in the end nothing waits for that.
        """
        for parcel in self._parcels():
            self._admit(parcel.changes, parcel.proofs)
            for piece in parcel.photos:
                self._whole[piece.digest] = _add_piece(self._uploads, Caller(self._row.device, self._author), piece)
        for nothing_more in (False, True):
            before = -1
            while (waiting := self._waiting()) and len(waiting) != before:
                before = len(waiting)
                for parcel in self._parcels():
                    self._admit(parcel.changes, parcel.proofs, only=waiting, nothing_more=nothing_more)

    def done(self) -> Admitted:
        """What became of it all."""
        outcomes = Counter(self._outcomes.values())
        if self._unreadable:
            outcomes["refused"] += len(self._unreadable)
        whole = sum(self._whole.values())
        return Admitted(outcomes, whole, len(self._whole) - whole)

    def _parcels(self) -> Iterator[Parcel]:
        for number in range(self._row.parcels):
            with self._store.reading() as unit:
                parcel = next(iter(opened(unit, self._row, only=number)))
            yield parcel

    def _waiting(self) -> set[str]:
        return {change for change, outcome in self._outcomes.items() if outcome == "waits"}

    def _admit(
        self,
        bodies: list[bytes],
        proofs: list[Proof],
        only: set[str] | None = None,
        *,
        nothing_more: bool = False,
    ) -> None:
        arrivals = [arrival for body in bodies if (arrival := self._readable(body)) is not None]
        if only is not None:
            arrivals = [arrival for arrival in arrivals if arrival.id in only]
        for portion in portions(
            arrivals,
            group=_group_of,
            size=lambda arrival: len(arrival.body),
            most=MOST_AT_ONCE,
            most_of_group=MAX_CHANGES,
            most_bytes=MAX_BODY_BYTES,
        ):
            self._admit_some(portion, proofs, nothing_more=nothing_more)

    def _admit_some(self, arrivals: list[Arrival], proofs: list[Proof], *, nothing_more: bool) -> None:
        """Together, or where the database cannot take one of them each by itself."""
        if proofs:
            with self._store.reading() as unit:
                self._prover.learn(unit)
        proven = self._prover.proven(self._author.staff, arrivals, proofs)
        at = iso(self._clock.now())
        sender = Sender(self._author, self._row.device, at, late=True, proven=proven, nothing_more=nothing_more)
        try:
            pushed = self._pushed(sender, arrivals, Manner.AT_LENGTH)
        except DBAPIError:
            pushed = self._pushed(sender, arrivals, Manner.ONE_BY_ONE)
        self._outcomes |= {receipt.change: receipt.outcome for receipt in pushed.receipts()}

    def _pushed(self, sender: Sender, arrivals: list[Arrival], manner: Manner) -> Pushed:
        with self._store.writing() as unit:
            head = unit.records.heads([BANK_STREAM])[BANK_STREAM]
            kept_apart = self._bank.kept_apart(unit, arrivals, head)
            return push(unit, sender, kept_apart, Knowledge({}), manner=manner)

    def _readable(self, body: bytes) -> Arrival | None:
        try:
            return arrival_of(body)
        except Unreadable:
            self._unreadable.add(hashlib.sha256(body).digest())
            return None


def _group_of(arrival: Arrival) -> str | None:
    return arrival.read.group if arrival.read is not None else None  # a plain entry has none


def _add_piece(uploads: Uploads, caller: Caller, piece: PhotoPiece) -> bool:
    """Whether the photo is whole with it; the beginning of the piece may be here already."""
    offset, content = piece.offset, piece.content
    try:
        try:
            return uploads.append(caller, piece.digest, offset, content, piece.length).complete
        except OffsetDiffers as error:
            here = error.status.offset
        if not offset < here < offset + len(content):
            return False
        return uploads.append(caller, piece.digest, here, content[here - offset :], piece.length).complete
    except OffsetDiffers:  # somebody else sends it at this moment
        return False
    except Actionable as error:
        if error.code not in _OF_ONE_PHOTO:
            raise
        return False


_OF_ONE_PHOTO = ("attachment_differs", "attachment_too_large", "digest")
"""What is wrong with one photo does not keep the rest from being let in."""


def named(unit: Unit, hand_in: str) -> HandInRow:
    """The hand-in of that name. Raises Actionable ``hand_in_unknown``."""
    found = next((row for row in unit.parcels.hand_ins(unit.records.streams()) if row.hand_in == hand_in), None)
    if found is None:
        raise Actionable("hand_in_unknown", Sentence("Nothing was handed in under {name}.", name=hand_in[:64]))
    return found


def opened(unit: Unit, row: HandInRow, *, only: int | None = None) -> Iterator[Parcel]:
    """Its parcels in order, or ``only`` one. Raises Actionable ``hand_in_unreadable``."""
    key = unit.accounts.setting(parcel_key.PARCEL_KEY) or ""
    try:
        for number, sealed in enumerate(unit.parcels.sealed(row)):
            if only is None or number == only:
                yield unseal(sealed, key)
    except NotOurs as error:
        raise Actionable(
            "hand_in_unreadable", Sentence("This was not sealed to this head office's key, or was damaged.")
        ) from error


def _kinds(bodies: list[bytes], seen: set[bytes]) -> Iterator[str]:
    """One for each change that was not ``seen``: a group that was corrected comes a second time."""
    for body in bodies:
        digest = hashlib.sha256(body).digest()
        if digest in seen:
            continue
        seen.add(digest)
        try:
            change = arrival_of(body).change
        except Unreadable:
            change = None
        yield change.kind if change is not None else "?"


def _author(unit: Unit, row: HandInRow) -> Author:
    device = unit.accounts.device(row.device)
    staff = unit.accounts.staff(device.staff) if device is not None else None
    if staff is None:
        raise Actionable("hand_in_unknown", Sentence("Nothing was handed in under {name}.", name=row.hand_in))
    return staff.author


def _require_other_person(unit: Unit, by: str, author: Author) -> None:
    staff = unit.accounts.staff(by)
    if staff is None or not staff.active:
        raise Actionable("staff_unknown", Sentence("Nobody on the staff has the number {staff}.", staff=by[:64]))
    if by == author.staff:
        raise Actionable("own_hand_in", Sentence("Nobody admits their own work: another person looks at it."))
