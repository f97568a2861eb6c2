"""The lists that head office alone keeps for its controls: related parties, and the staff's own numbers.

An entry of the related parties counts, and stops counting, by the word of two persons (DOMAIN E6).
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from fieldapp.domain.controls.nominee import Number
from fieldapp.domain.errors import Actionable, Invalid
from fieldapp.domain.identity import normalised_identity_number
from fieldapp.domain.masking import masked_account
from fieldapp.domain.record_rules import NAME_LIMIT
from fieldapp.domain.wording import Sentence
from fieldapp.headoffice.instants import iso
from fieldapp.headoffice.keyed_digests import KeyedDigests
from fieldapp.headoffice.known_staff import known_staff
from fieldapp.headoffice.storage.screening import RelatedParty, Screening
from fieldapp.headoffice.storage.store import Store, Unit
from fieldapp.protocol.identifiers import Clock, new_record_id

log = logging.getLogger(__name__)

RELATIONS = ("director", "supervisor", "manager", "credit_staff", "kin", "firm")
"""Why somebody is related; kin and firms are those of the four before."""


class BankLists:
    """The lists of one head office. Every method raises Actionable when it cannot do its work."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def related_parties(self) -> list[RelatedParty]:
        """The whole list, oldest entry first; numbers are masked."""
        with self._store.reading() as unit:
            return Screening(unit.connection).related_parties()

    def add_related_party(self, name: str, number: str, relation: str, *, by: str, of: str | None = None) -> str:
        """Propose an entry; returns its number. It counts once another person confirms it.

        ``number`` is an identity number or a firm's credit code; only a keyed digest of it is kept. Kin and firms may
        be those ``of`` one of the staff, who then looks after none of their applications (DOMAIN E2). Raises
        Actionable: ``name``, ``number``, ``relation``, ``of``, ``staff_unknown``, ``staff_inactive``.
        """
        if not name.strip() or len(name) > NAME_LIMIT or not name.isprintable():
            raise Invalid("name", Sentence("A name has 1 to {limit} letters.", limit=NAME_LIMIT), field="name")
        if relation not in RELATIONS:
            raise Invalid(
                "relation", Sentence("Relations are {relations}.", relations=", ".join(RELATIONS)), field="relation"
            )
        if of is not None and relation not in ("kin", "firm"):
            raise Invalid("of", Sentence("Only kin and firms are somebody's."), field="of")
        plain = normalised_identity_number(number) if len(number) <= NAME_LIMIT else ""  # cut off, it is another's
        with self._writing(by) as unit:
            if of is not None:
                known_staff(unit, of)
            digest = KeyedDigests(unit.accounts).of("number", plain)
            if digest is None or len(plain) < _SHORTEST:
                raise Invalid("number", Sentence("An identity number or a credit code is needed."), field="number")
            entry = new_record_id()
            party = RelatedParty(
                entry=entry,
                name=name,
                digest=digest,
                masked=masked_account(plain),
                relation=relation,
                state="proposed",
                added_by=by,
                added_at=iso(self._clock.now()),
                of_staff=of,
            )
            Screening(unit.connection).put_related_party(party)
        log.info("related_party_proposed", extra={"entry": entry})
        return entry

    def remove_related_party(self, entry: str, *, by: str) -> None:
        """Propose that an entry goes; it counts until another person confirms that.

        Nobody does so with an entry about themselves, their kin or a firm of theirs. Raises Actionable: ``own_entry``,
        ``entry_unknown``, ``entry_state``, ``staff_unknown``, ``staff_inactive``.
        """
        with self._writing(by) as unit:
            party = _entry(unit, entry)
            if party.state not in ("standing", "proposed"):
                raise _wrong_state()
            _require_no_interest(unit, party, by)
            if party.state == "proposed":  # what never counted needs no second word to go
                gone = replace(party, state="left")
            else:
                gone = replace(party, state="leaving", leaving_by=by)
            Screening(unit.connection).put_related_party(gone)
        log.info("related_party_leaving", extra={"entry": entry})

    def confirm_related_party(self, entry: str, *, by: str) -> str:
        """Confirm what another proposed; returns the entry's state then.

        That an entry goes is confirmed by nobody whom it is about, nor by their kin. Raises Actionable:
        ``two_persons``, ``own_entry``, ``entry_unknown``, ``entry_state``, ``staff_unknown``, ``staff_inactive``.
        """
        with self._writing(by) as unit:
            party = _entry(unit, entry)
            if party.state == "proposed":
                _require_other(party.added_by, by)
                confirmed = replace(party, state="standing", confirmed_by=by)
            elif party.state == "leaving":
                _require_other(party.leaving_by or "", by)
                _require_no_interest(unit, party, by)
                confirmed = replace(party, state="left", left_by=by)
            else:
                raise _wrong_state()
            Screening(unit.connection).put_related_party(confirmed)
        log.info("related_party_confirmed", extra={"entry": entry})
        return confirmed.state

    def add_staff_number(self, staff: str, sort: Number, number: str) -> None:
        """Note a telephone number or an account of a member of staff; only a keyed digest of it is kept.

        Raises Actionable: ``number``, ``staff_unknown``, ``staff_inactive``.
        """
        with self._writing(staff) as unit:
            digest = KeyedDigests(unit.accounts).of(sort, number) if len(number) <= NAME_LIMIT else None
            if digest is None:
                raise Invalid("number", Sentence("A number is needed."), field="number")
            Screening(unit.connection).put_staff_number(digest, staff, sort)
        log.info("staff_number_noted", extra={"staff": staff})

    @contextmanager
    def _writing(self, by: str) -> Iterator[Unit]:
        """A unit for what ``by``, who works here, does."""
        with self._store.writing() as unit:
            if not known_staff(unit, by).active:
                raise Actionable("staff_inactive", Sentence("This member of staff is no longer active."))
            yield unit


_SHORTEST = 6


def _entry(unit: Unit, entry: str) -> RelatedParty:
    party = Screening(unit.connection).related_party(entry)
    if party is None:
        raise Actionable("entry_unknown", Sentence("No entry has the number {entry}.", entry=entry[:100]))
    return party


def _require_other(first: str, second: str) -> None:
    if first == second:
        raise Actionable("two_persons", Sentence("Another person must confirm this; nobody confirms their own entry."))


def _require_no_interest(unit: Unit, party: RelatedParty, by: str) -> None:
    """Nobody has a hand in taking off an entry about themselves, their kin or a firm of theirs (DOMAIN E2).

    The list knows whose kin somebody is, and of themselves the staff's names alone: a namesake stands back too.
    """
    listed = [one for one in Screening(unit.connection).related_parties() if one.state != "left"]
    name = _spelt(known_staff(unit, by).name)
    circle = {one.of_staff for one in listed if one.digest == party.digest and one.of_staff is not None}
    about = [one for one in listed if one.digest == party.digest or one.of_staff in circle]
    if by in circle or any(_spelt(one.name) == name for one in about):
        raise Actionable(
            "own_entry",
            Sentence("This entry is about yourself, your kin or a firm of theirs: somebody else takes it off."),
        )


def _spelt(name: str) -> str:
    return "".join(name.split()).casefold()


def _wrong_state() -> Actionable:
    return Actionable("entry_state", Sentence("Nothing is to be confirmed or taken off at this entry."))
