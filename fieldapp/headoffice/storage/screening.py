"""What the controls compare an application with: lists of the bank's own, and what was applied for before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass
from typing import Any, get_args

from sqlalchemy import Connection

from fieldapp.domain.application_status import UNDER_WAY
from fieldapp.domain.controls.concentration import Bundle
from fieldapp.domain.controls.nominee import Number
from fieldapp.domain.controls.split_loans import Tie
from fieldapp.domain.identifiers import BANK_STREAM
from fieldapp.headoffice.storage import tables
from fieldapp.headoffice.storage.direct import Direct


@dataclass(frozen=True, slots=True)
class RelatedParty:
    """An entry of the list; ``masked`` is what of the number may be shown, the names are staff ids.

    ``state``: proposed, standing, leaving (still counts), left. ``of_staff`` is whose kin or firm it is, where that is
    one of the staff.
    """

    entry: str
    name: str
    digest: str
    masked: str
    relation: str
    state: str
    added_by: str
    added_at: str
    confirmed_by: str | None = None
    leaving_by: str | None = None
    left_by: str | None = None
    of_staff: str | None = None


@dataclass(frozen=True, slots=True)
class Exposure:
    """What one application asks for; ``borrower`` is a keyed digest, ``submitted_on`` a UTC date in ISO form."""

    application: str
    branch: str
    officer: str
    borrower: str
    industry: str
    village: str
    amount_fen: int
    status: str
    submitted_on: str


class Screening:
    """The controls' side of one unit of work. All rows belong to the bank's own stream: loans split across branches."""

    def __init__(self, connection: Connection) -> None:
        self._direct = Direct(connection)

    def related_parties(self) -> list[RelatedParty]:
        """The whole list, oldest entry first."""
        return [RelatedParty(*row) for row in self._direct.rows(f"{_RELATED} ORDER BY added_at, entry", BANK_STREAM)]

    def related_party(self, entry: str) -> RelatedParty | None:
        """One entry."""
        rows = self._direct.rows(f"{_RELATED} AND entry = ?", BANK_STREAM, entry) if "\x00" not in entry else []
        return RelatedParty(*rows[0]) if rows else None

    def put_related_party(self, party: RelatedParty) -> None:
        """Keep an entry as it is now."""
        self._direct.run("DELETE FROM related_party WHERE stream = ? AND entry = ?", BANK_STREAM, party.entry)
        self._direct.insert(tables.related_party, [(BANK_STREAM, *astuple(party))])

    def is_related(self, digests: Iterable[str]) -> bool:
        """Whether one of these numbers stands on the list."""
        query = "SELECT 1 FROM related_party WHERE stream = ? AND digest IN (?) AND state IN (?) LIMIT 1"
        return bool(self._direct.rows(query, BANK_STREAM, set(digests), _COUNTS))

    def is_kin_of(self, staff: str, digests: Iterable[str]) -> bool:
        """Whether one of these numbers stands on the list as kin or a firm of this member of staff."""
        query = (
            "SELECT 1 FROM related_party WHERE stream = ? AND digest IN (?) AND state IN (?) AND of_staff = ? LIMIT 1"
        )
        return bool(self._direct.rows(query, BANK_STREAM, set(digests), _COUNTS, staff))

    def put_staff_number(self, digest: str, staff: str, sort: Number) -> None:
        """A number is one of this member of staff's."""
        self._direct.run("DELETE FROM staff_number WHERE stream = ? AND digest = ?", BANK_STREAM, digest)
        self._direct.insert(tables.staff_number, [(BANK_STREAM, digest, staff, sort)])

    def owners_of(self, digests: Iterable[str]) -> dict[str, str]:
        """Those of the numbers that belong to staff, with whose they are."""
        query = "SELECT digest, staff FROM staff_number WHERE stream = ? AND digest IN (?)"
        return {row[0]: row[1] for row in self._direct.rows(query, BANK_STREAM, set(digests))}

    def put_exposure(self, exposure: Exposure, ties: Mapping[str, str]) -> None:
        """Keep what an application asks for, and by what digests it hangs together with others."""
        for table in ("exposure", "exposure_tie"):
            query = f"DELETE FROM {table} WHERE stream = ? AND application = ?"  # noqa: S608 - constants only
            self._direct.run(query, BANK_STREAM, exposure.application)
        self._direct.insert(tables.exposure, [(BANK_STREAM, *astuple(exposure))])
        rows = [(BANK_STREAM, digest, exposure.application, tie) for digest, tie in sorted(ties.items())]
        self._direct.insert(tables.exposure_tie, rows)

    def set_status(self, application: str, status: str) -> None:
        """The application stands otherwise now; one that was never submitted is not here."""
        query = "UPDATE exposure SET status = ? WHERE stream = ? AND application = ?"
        self._direct.run(query, status, BANK_STREAM, application)

    def tied(self, digests: Iterable[str], since: str, but: Iterable[str]) -> list[tuple[str, Tie, int, str]]:
        """Live applications since a date, ``but`` these, that share a digest: application, tie, amount, date."""
        rows = self._direct.rows(_TIED, BANK_STREAM, set(digests), set(but), since, _LIVE)
        known: dict[Any, Tie] = {tie: tie for tie in get_args(Tie)}
        return [(row[0], known[row[1]], row[2], row[3]) for row in rows if row[1] in known]

    def sum_fen(self, bundle: Bundle, value: str, but: Iterable[str]) -> int:
        """What live applications, ``but`` these, come to under one borrower, industry, village or officer."""
        query = (
            f"SELECT coalesce(sum(amount_fen), 0) FROM exposure WHERE stream = ? AND {bundle} = ?"  # noqa: S608 - a Literal
            " AND NOT (application IN (?)) AND status IN (?)"
        )
        return int(self._direct.rows(query, BANK_STREAM, value, set(but), _LIVE)[0][0])

    def sum_tied_fen(self, digest: str, but: Iterable[str]) -> int:
        """What live applications, ``but`` these, that share one digest come to."""
        return int(self._direct.rows(_TIED_SUM, BANK_STREAM, digest, set(but), _LIVE)[0][0])


_LIVE = list(UNDER_WAY)
"""In which an application counts; what core banking was repaid is not known here."""

_COUNTS = ["standing", "leaving"]
"""In which an entry of the list counts: from the second person's word until the second person's word."""

_RELATED = (
    "SELECT entry, name, digest, masked, relation, state, added_by, added_at, confirmed_by, leaving_by, left_by,"
    " of_staff"
    " FROM related_party WHERE stream = ?"
)
_TIED = (
    "SELECT e.application, t.tie, e.amount_fen, e.submitted_on FROM exposure_tie AS t"
    " JOIN exposure AS e ON e.stream = t.stream AND e.application = t.application"
    " WHERE t.stream = ? AND t.digest IN (?) AND NOT (t.application IN (?)) AND e.submitted_on >= ? AND e.status IN (?)"
)
_TIED_SUM = (
    "SELECT coalesce(sum(e.amount_fen), 0) FROM exposure_tie AS t"
    " JOIN exposure AS e ON e.stream = t.stream AND e.application = t.application"
    " WHERE t.stream = ? AND t.digest = ? AND NOT (t.application IN (?)) AND e.status IN (?)"
)
