"""All customers of an officer handed to another: what each costs where there are many, beside where there are few.

Two officers of one head office have them, with eight visits each, made in turns as over months. First they go to
another sub-branch, then to a colleague there. The limit of each line is the time of the few, times how many times more
there are: the ratio is the growth. ``--database`` measures on a PostgreSQL server (a URL of an empty database), on the
clock; else it is processor time.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from functools import partial
from itertools import count, islice
from pathlib import Path

import msgspec

from bench.measuring import Measured, arguments, spent, tell, timed
from bench.visits_made import person_and_prospect, visits
from fieldapp.domain.kinds import values_of
from fieldapp.domain.records import Branch, Record
from fieldapp.headoffice.administration import Administration, create_head_office
from fieldapp.headoffice.exchange import Exchange
from fieldapp.headoffice.instants import iso
from fieldapp.headoffice.storage.accounts import DeviceAccount
from fieldapp.protocol.changes import Change, encode_change
from fieldapp.protocol.identifiers import SystemClock, new_change_id, new_record_id
from fieldapp.protocol.messages import PROTOCOL, SyncRequest

FEW, MANY = 2_000, 10_000
VISITS_EACH = 8
PER_REQUEST = 500
CLOCK = SystemClock()


def main() -> None:
    options = arguments(runs=1, database=("a PostgreSQL URL of an empty database", ""))
    few, many = int(FEW * options.scale), int(MANY * options.scale)
    with tempfile.TemporaryDirectory() as folder:
        measured = growth(options.database or str(Path(folder) / "office.db"), few, many)
    tell(measured, as_json=options.json)


def growth(location: str, few: int, many: int) -> list[Measured]:
    """What ``many`` cost beside ``few``."""
    office = create_head_office(location, CLOCK)
    for code in ("QS", "BB", "CC"):
        office.add_branch(
            Branch(code=code, name="支行", name_en="Q", bank="B", bank_en="B", complaint_phone="1", area_code="421224")
        )
    measure = timed if location.startswith("postgres") else spent
    took: dict[str, list[float]] = {"to another sub-branch": [], "within it": []}
    for branch, customers in (("QS", few), ("BB", many)):
        officer = office.add_staff("李四", "officer", branch)
        _push(office, officer, branch, customers)
        for times in took.values():
            heir = office.add_staff("王五", "officer", "CC")
            times.append(measure(partial(_hand_over, office, officer, heir, customers)))
            officer = heir
    office.store.close()
    return [
        Measured(f"{many:,} customers {way}, beside {few:,}", of_many, of_few * many / few)
        for way, (of_few, of_many) in took.items()
    ]


def _hand_over(office: Administration, officer: str, heir: str, customers: int) -> None:
    moved = office.reassign_all(officer, heir).moved
    assert (len(moved), sum(one.records for one in moved)) == (customers, customers * (2 + VISITS_EACH))


def _push(office: Administration, officer: str, branch: str, customers: int) -> None:
    """What an officer made, as their laptop would send it, without the laptop."""
    with office.store.writing() as unit:
        unit.accounts.add_device(DeviceAccount(officer, officer, "", 0, iso(CLOCK.now()), None, None), officer)
        account = unit.accounts.staff(officer)
    assert account is not None
    exchange = Exchange(office.store, CLOCK)
    made = _made(officer, branch, customers)
    cursor = None
    for counter in count(1):
        changes = [msgspec.Raw(body) for body in islice(made, PER_REQUEST)]
        if not changes:
            return
        request = SyncRequest(protocol=PROTOCOL, device=officer, counter=counter, cursor=cursor, changes=changes)
        cursor = exchange.answer(account.author, officer, request).cursor


def _made(officer: str, branch: str, customers: int) -> Iterator[bytes]:
    rng = random.Random(customers)
    numbers = count(1)

    def creation(kind: str, record: str, shape: Record, parent: str | None = None) -> bytes:
        return encode_change(
            Change(
                id=new_change_id(),
                n=next(numbers),
                stream=branch,
                kind=kind,
                record=record,
                fields={name: (None, value) for name, value in values_of(shape).items()},
                parent=parent,
                new=True,
                made_at=iso(CLOCK.now()),
                actor=officer,
            )
        )

    roots = []
    for _ in range(customers):
        root, person_id = new_record_id(), new_record_id()
        person, prospect = person_and_prospect(rng, officer, person_id)
        yield creation("prospect", root, prospect)
        yield creation("person", person_id, person, root)
        roots.append(root)
    for place, visit in enumerate(visits(rng, officer, customers * VISITS_EACH)):
        yield creation("visit", new_record_id(), visit, roots[place % customers])


if __name__ == "__main__":
    main()
