"""Taking a household list into the records: in batches, with progress, stoppable, and again without adding anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice, takewhile
from pathlib import Path

from fieldapp.domain.errors import Actionable
from fieldapp.domain.places import Places, Village
from fieldapp.domain.record_rules import TEXT_LIMIT
from fieldapp.domain.records import Business, Household, Person, Prospect
from fieldapp.domain.wording import Sentence
from fieldapp.domain.writing import one_line
from fieldapp.protocol.identifiers import new_record_id
from fieldapp.reference import places as known_places
from fieldapp.services.business_day import business_date
from fieldapp.services.household_list import (
    Field,
    HouseholdListFile,
    HouseholdRow,
    Outcome,
    Preview,
    RowOutcome,
    clean_rows,
    open_list,
    require_place_for_refused,
    write_refused,
)
from fieldapp.services.household_list.known_by import (
    household_keys,
    incomplete_key,
    member_key,
    sought_keys,
    telling_phone,
)
from fieldapp.services.household_list.outcomes import Member
from fieldapp.services.household_list.phones import is_mobile
from fieldapp.store.database import Store
from fieldapp.store.unit import Unit

BATCH = 500
"""Rows of one transaction: small enough that a visit saved meanwhile does not wait."""


@dataclass(frozen=True, slots=True)
class ListPreview:
    """What the officer sees before the import: the opened file, its first rows and what would become of them."""

    file: HouseholdListFile
    preview: Preview
    outcomes: tuple[RowOutcome, ...]


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What became of the rows.

    ``members`` are people of the new households in rows of their own or beside the head, ``same_in_list`` repeat an
    earlier row, ``same_as_known`` a prospect or an import. ``refused`` counts by the reason's code, ``warnings`` by the
    doubt's; ``identity_shared`` among them is a new household whose identity number somebody else already has.
    ``refused_file`` holds the refused rows, None when there are none. ``stopped`` tells that the officer stopped it;
    what was imported until then stays.
    """

    rows: int
    new: int
    members: int
    same_in_list: int
    same_as_known: int
    refused: Mapping[str, int]
    warnings: Mapping[str, int]
    refused_file: Path | None
    stopped: bool

    @property
    def refused_rows(self) -> int:
        """How many rows were refused."""
        return sum(self.refused.values())


def preview_list(
    store: Store,
    path: Path,
    *,
    columns: Mapping[Field, int] | None = None,
    village: Village | None = None,
    sheet: str | None = None,
    hidden_rows: bool | None = None,
    count: int = 20,
) -> ListPreview:
    """Open a list and say what its first rows would become. Raises Actionable as ``open_list`` and ``clean_rows``."""
    file = open_list(path, sheet=sheet, hidden_rows=hidden_rows)
    today = business_date(store.clock)
    chosen = columns or file.columns
    outcomes = tuple(islice(clean_rows(file, chosen, today, known_places(), village=village), count))
    return ListPreview(file, file.preview(count), outcomes)


def import_households(
    store: Store,
    file: HouseholdListFile,
    *,
    columns: Mapping[Field, int] | None = None,
    village: Village | None = None,
    refused_to: Path | None = None,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    stop: Callable[[], bool] = lambda: False,
) -> ImportResult:
    """Import a list. ``columns`` are the guessed ones unless the officer changed them.

    ``progress(done, total)`` is called after each batch, ``stop`` is asked before each: batches that were committed
    stay. Refused rows are written to ``refused_to``, or beside the list; that ``refused_to`` can be written is seen
    before anything is imported. Raises Actionable as ``clean_rows`` and ``write_refused`` do; what was imported until
    then stays, and importing again goes on from there.
    """
    chosen, places, today = dict(columns or file.columns), known_places(), business_date(store.clock)
    tally = _Tally()
    list_name = one_line(file.path.name[:200], field="list_name", limit=200)
    stopped = False
    with _saying_how_far(tally):
        if refused_to is not None:
            require_place_for_refused(refused_to, file)
        total = file.count_rows()
        progress(0, total)
        for batch in _batches(clean_rows(file, chosen, today, places, village=village)):
            if stop():
                stopped = True
                break
            tally.add(batch, store.write(lambda unit, batch=batch: _import_batch(unit, batch, list_name)))  # type: ignore[misc] # mypy cannot infer the bound default
            progress(tally.rows, max(total, tally.rows))
    refused_file = _write_refused(file, chosen, places, store, village, refused_to, tally) if tally.refused else None
    return ImportResult(
        tally.rows,
        tally.new,
        tally.members,
        tally.same_in_list,
        tally.same_as_known,
        dict(tally.refused),
        dict(tally.warnings),
        refused_file,
        stopped,
    )


@dataclass(frozen=True, slots=True)
class _Batch:
    """What a batch added: by their places the rows that became prospects, and the members who joined one known before.

    ``members`` is how many people came in with the heads, ``identity_shared`` how many of all who are new have somebody
    else's identity number.
    """

    new: frozenset[int]
    joined: frozenset[int]
    members: int
    identity_shared: int


@dataclass(slots=True)
class _Tally:
    rows: int = 0
    new: int = 0
    members: int = 0
    same_in_list: int = 0
    same_as_known: int = 0
    last_row: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)

    def add(self, batch: Sequence[RowOutcome], committed: _Batch) -> None:
        """Count a committed batch."""
        self.rows += sum(not outcome.is_of_people_beside for outcome in batch)
        self.last_row = batch[-1].number
        self.new += len(committed.new)
        self.members += committed.members
        if committed.identity_shared:
            self.warnings["identity_shared"] += committed.identity_shared
        new = {batch[place].number for place in committed.new}
        for place, outcome in enumerate(batch):
            self.warnings.update(warning.code for warning in outcome.warnings)
            match outcome.outcome:
                case Outcome.NEW:
                    self.same_as_known += place not in committed.new
                case Outcome.MEMBER:
                    self.same_as_known += outcome.earlier not in new and place not in committed.joined
                case Outcome.SAME_AS_EARLIER_ROW:
                    self.same_in_list += 1
                case _:
                    self.refused[outcome.reason.code if outcome.reason else "unknown"] += 1


@contextmanager
def _saying_how_far(tally: _Tally) -> Iterator[None]:
    """What ends the import says what stays: whole batches are in, the one it broke in is not."""
    try:
        yield
    except Actionable as error:
        stays = Sentence("Nothing of the list was imported.")
        if tally.rows:
            stays = Sentence(
                "The first {rows} rows of the list are imported and stay; import it again, and it goes on after them.",
                rows=f"{tally.rows:,}",
            )
        error.advice = stays if error.advice is None else Sentence("{first} {second}", first=error.advice, second=stays)
        raise


def _batches(outcomes: Iterator[RowOutcome]) -> Iterator[list[RowOutcome]]:
    """Batches that part no household; one that ends with a single row needs no look at the next."""
    batch: list[RowOutcome] = []
    for outcome in outcomes:
        if len(batch) >= BATCH and (outcome.head is None or outcome.head != batch[-1].head):
            yield batch
            batch = []
        batch.append(outcome)
        if len(batch) >= BATCH and outcome.head is None:
            yield batch
            batch = []
    if batch:
        yield batch


def _import_batch(unit: Unit, batch: Sequence[RowOutcome], list_name: str) -> _Batch:
    """Record the new households of a batch.

    An identity number under another name makes no two rows one household: lists carry a neighbour's number by mistake,
    and the row that is right would be the one left out. It stays a doubt.
    """
    rows = [
        (place, sought_keys(o.row), o.row)
        for place, o in enumerate(batch)
        if o.outcome is Outcome.NEW and o.row is not None
    ]
    incomplete = {o.head for o in batch if o.head_cells}
    asked = {key for _, keys, _ in rows for key in keys} | {incomplete_key(row) for _, _, row in rows if row.members}
    imported = unit.imported_rows.known(asked)
    holders: dict[str, dict[str, str]] = {}
    new: set[int] = set()
    joined: set[int] = set()
    shared = members = 0
    remembered: list[tuple[bytes, str]] = []
    for place, keys, row in rows:
        if not imported.keys().isdisjoint(keys):
            if row.members and (waiting := imported.get(incomplete_key(row))):
                late = _late_members(unit, waiting, row)
                members += len(late)
                joined |= _places_of(late, batch, place)
            continue
        holding = _holding(unit, row, holders)
        prospect = holding.get(row.name) or _same_telephone(unit, row)
        if prospect is None:
            new.add(place)
            members += len(row.members)
            shared += bool(holding) + _shared_by_members(unit, row, holders)
            prospect = holding[row.name] = _record(unit, row, list_name)
            if batch[place].number in incomplete:
                remembered.append((incomplete_key(row), prospect))
                remembered += [(member_key(row, member.name), prospect) for member in row.members]
        remembered += [(key, prospect) for key in household_keys(row)]
    unit.imported_rows.add(remembered)
    return _Batch(frozenset(new), frozenset(joined), members, shared)


def _places_of(names: frozenset[str], batch: Sequence[RowOutcome], head: int) -> set[int]:
    """The places in the batch of the rows that these members of a household have of their own."""
    return {
        place
        for place, outcome in enumerate(batch)
        if outcome.head == batch[head].number
        and outcome.row is not None
        and outcome.row.name in names
        and place != head
    }


def _late_members(unit: Unit, prospect: str, row: HouseholdRow) -> frozenset[str]:
    """Record the members who were refused when their household came in, and return their names.

    Whoever came in before stays as the officer has them since, under another name or removed.
    """
    stored = unit.records.get(prospect)
    if stored is None or stored.deleted:
        return frozenset()
    people = {str(person.screen.get("name")) for person in unit.records.children(prospect, "person")}
    known = unit.imported_rows.known(member_key(row, member.name) for member in row.members)
    late = {
        member.name: member
        for member in row.members
        if member.name not in people and member_key(row, member.name) not in known
    }
    for member in late.values():
        unit.create("person", _person_of(member), parent=prospect)
    unit.imported_rows.add((member_key(row, name), prospect) for name in late)
    before = str(stored.screen.get("remark") or "")
    if late and (fresh := [line for line in row.remark.split("\n") if line and line not in before.split("\n")]):
        remark = "\n".join(part for part in (before, *fresh) if part)
        if len(remark) <= TEXT_LIMIT:
            unit.edit(prospect, {"remark": (stored.screen.get("remark"), remark)})
    return frozenset(late)


def _holding(unit: Unit, row: HouseholdRow | Member, holders: dict[str, dict[str, str]]) -> dict[str, str]:
    """The prospects by name that hold the person's identity number; ``holders`` also knows those of this batch."""
    if row.identity is None:
        return {}
    if row.identity not in holders:
        holders[row.identity] = {known.name: known.id for known in unit.prospects.with_identity(row.identity)}
    return holders[row.identity]


def _shared_by_members(unit: Unit, row: HouseholdRow, holders: dict[str, dict[str, str]]) -> int:
    """How many members have the identity number of another household's head under another name."""
    return sum(bool(_holding(unit, member, holders).keys() - {member.name}) for member in row.members)


def _same_telephone(unit: Unit, row: HouseholdRow) -> str | None:
    """The prospect under that very name and one of the telephones."""
    others = () if row.identity else filter(is_mobile, row.other_phones)
    phones = (telling_phone(row), *others)
    found = (unit.prospects.same_name_and_mobile(row.name, phone) for phone in phones if phone is not None)
    return next((prospect.id for prospect in found if prospect is not None), None)


def _record(unit: Unit, row: HouseholdRow, list_name: str) -> str:
    staff = unit.enrolment.staff
    person = new_record_id()
    prospect = unit.create(
        "prospect",
        Prospect(
            person=person,
            owner=staff,
            marketed_by=staff,
            village_code=row.village.code if row.village else None,
            village=row.village.name if row.village else None,
            source="list",
            wished_fen=row.wished_amount.fen if row.wished_amount else None,
            remark=row.remark or None,
            list_name=list_name,
        ),
    )
    unit.create(
        "person",
        Person(
            name=row.name,
            id_number=row.identity,
            birth=row.birth,
            sex=row.sex,
            mobile=row.phone,
            actual_address=row.address or None,
        ),
        parent=prospect,
        record_id=person,
    )
    for member in row.members:
        unit.create("person", _person_of(member), parent=prospect)
    if row.household_size is not None or row.yearly_income is not None:
        income = row.yearly_income.fen if row.yearly_income is not None else None
        unit.create("household", Household(size=row.household_size, income_fen=income), parent=prospect)
    if row.business:
        unit.create("business", Business(trade=row.business), parent=prospect)
    return prospect


def _person_of(member: Member) -> Person:
    return Person(
        name=member.name,
        relation=member.relation,
        id_number=member.identity,
        birth=member.birth,
        sex=member.sex,
        mobile=member.phone,
    )


def _write_refused(
    file: HouseholdListFile,
    columns: Mapping[Field, int],
    places: Places,
    store: Store,
    village: Village | None,
    refused_to: Path | None,
    tally: _Tally,
) -> Path:
    """Read the list once more for its refused rows, so that they need no memory however many there are."""
    target = refused_to or _free_name(file.path)
    again = clean_rows(file, columns, business_date(store.clock), places, village=village)
    write_refused(target, file, takewhile(lambda outcome: outcome.number <= tally.last_row, again))
    return target


def _free_name(path: Path) -> Path:
    """A name beside the list that no file has yet."""
    for number in range(1, 1_000):
        mark = "" if number == 1 else f"-{number}"
        candidate = path.with_name(f"{path.stem}-refused{mark}{path.suffix}")
        if not candidate.exists():
            return candidate
    return path.with_name(f"{path.stem}-refused{path.suffix}")
