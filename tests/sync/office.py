"""A head office with officer Li, officer Zhao and their branch head Wang, and laptops that really keep records."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from sqlcipher3 import dbapi2

from fieldapp.domain.errors import Actionable
from fieldapp.domain.records import Branch, Person, Photo, Prospect, Record, Visit
from fieldapp.headoffice.administration import Administration, create_head_office
from fieldapp.headoffice.chain import Entry
from fieldapp.headoffice.enrolment import enrol
from fieldapp.headoffice.exchange import Exchange
from fieldapp.headoffice.record import StoredRecord
from fieldapp.headoffice.scope import Caller
from fieldapp.headoffice.storage.accounts import StaffAccount
from fieldapp.headoffice.storage.engines import open_engine
from fieldapp.headoffice.storage.records import live_in
from fieldapp.headoffice.storage.store import Store as OfficeStore
from fieldapp.protocol.identifiers import new_record_id
from fieldapp.protocol.messages import MAX_BODY_BYTES, PROTOCOL, EnrolRequest, SyncReply, SyncRequest
from fieldapp.protocol.wire import unpacked
from fieldapp.store.database import Store
from fieldapp.store.outbox import Queued, Refused
from fieldapp.store.records import StoredRecord as Kept
from fieldapp.store.state import Enrolment
from fieldapp.store.unit import Unit
from fieldapp.sync.exchange import synchronise
from fieldapp.sync.packed_ahead import PackedAhead
from fieldapp.sync.summary import Summary
from fieldapp.sync.transport import HeadOffice
from fieldapp.sync.troubles import CloneFound, RequestRefused, SignInAgain, UpgradeNeeded
from tests.copied_records import copy_empty

BRANCH = "TS01"
LI, ZHAO, WANG = "li", "zhao", "wang"
STAFF = {LI: "officer", ZHAO: "officer", WANG: "branch_head"}
START = datetime(2026, 6, 1, 1, tzinfo=UTC)


class FixedClock:
    """A clock that stands still until it is moved."""

    zone = "Asia/Shanghai"

    def __init__(self, time: datetime = START) -> None:
        self.time = time

    def now(self) -> datetime:
        return self.time

    def move(self, **by: float) -> None:
        self.time += timedelta(**by)


class Office:
    """A head office in a file."""

    def __init__(self, administration: Administration, clock: FixedClock, path: Path | str) -> None:
        self.path = path
        self.administration = administration
        self.clock = clock
        self.exchange = Exchange(administration.store, clock)

    @classmethod
    def new(cls, path: Path, clock: FixedClock | None = None) -> Office:
        """A copy of one that is made once: making it takes longer than most tests."""
        shutil.copyfile(Path(_made().name) / "office.db", path)
        return cls.at(path, clock)

    @classmethod
    def made(cls, path: Path | str) -> Office:
        """One made from nothing, in a file or a PostgreSQL database."""
        clock = FixedClock()
        administration = create_head_office(path, clock, products=False)
        administration.add_branch(
            Branch(
                code=BRANCH,
                name="通山支行",
                name_en="Tongshan sub-branch",
                bank="咸宁农商银行",
                bank_en="Xianning Rural Commercial Bank",
                complaint_phone="0715-12345678",
                area_code="421224",
            )
        )
        with administration.store.writing() as unit:
            for staff, role in STAFF.items():
                unit.accounts.put_staff(StaffAccount(staff, staff.title(), role, BRANCH, active=True))
        return cls(administration, clock, path)

    @classmethod
    def at(cls, path: Path | str, clock: FixedClock | None = None) -> Office:
        """The head office that is in a file or a database already."""
        clock = clock or FixedClock()
        return cls(Administration(OfficeStore(open_engine(str(path))), clock), clock, path)

    @property
    def store(self) -> OfficeStore:
        return self.administration.store

    def laptop(self, staff: str, folder: Path, clock: FixedClock | None = None, address: str = "") -> Laptop:
        """A laptop enrolled for ``staff``; its key is not wrapped, which would take longer than all the rest."""
        code = self.administration.issue_code(staff).code
        told = enrol(self.store, self.clock, EnrolRequest(protocol=1, code=code, device_name=folder.name))
        folder.mkdir(parents=True, exist_ok=True)
        key = os.urandom(32)
        copy_empty(folder / "records.db", key, clock or self.clock)
        laptop = Laptop(folder, key, clock or self.clock)
        enrolment = Enrolment(
            device=told.device,
            token=told.token,
            staff=told.staff,
            staff_name=told.staff_name,
            role=told.role,
            branch=told.branch,
            branch_name=told.branch_name,
            bank=told.bank,
            stream=told.branch,
            head_office=told.head_office,
            address=address,
        )
        laptop.write(lambda unit: unit.state.set("enrolment", enrolment))
        return laptop

    def caller(self, device: str) -> Caller:
        with self.store.reading() as unit:
            account = unit.accounts.device(device)
            staff = unit.accounts.staff(account.staff)
        return Caller(device, staff.author, account.counter, account.last_seen)

    def record(self, record: str) -> StoredRecord | None:
        with self.store.reading() as unit:
            return unit.records.find([record], unit.records.streams()).get(record)

    def of_kind(self, kind: str) -> list[StoredRecord]:
        with self.store.reading() as unit:
            return unit.records.of_kind(BRANCH, kind)

    def live_for(self, device: str, records: list[str]) -> dict[str, StoredRecord]:
        """What of ``records`` the laptop's officer may see, as it stands."""
        audiences = self.caller(device).author.audiences()
        with self.store.reading() as unit:
            found = unit.records.find(records, unit.records.streams())
            return {name: record for name, record in found.items() if live_in(record, audiences)}

    def journal(self, stream: str = BRANCH) -> list[Entry]:
        with self.store.reading() as unit:
            return list(unit.records.journal.entries(stream))

    def back_up(self, path: Path) -> None:
        """A copy of the file as it is now."""
        with closing(dbapi2.connect(str(self.path)), dbapi2.connect(str(path))) as (source, target):
            source.backup(target)

    def close(self) -> None:
        self.store.close()


@dataclass
class Laptop:
    """A laptop's folder with its open database."""

    folder: Path
    key: bytes
    clock: FixedClock
    store: Store = field(init=False)

    def __post_init__(self) -> None:
        self.open()

    def open(self) -> None:
        self.store = Store(self.folder / "records.db", self.key, self.clock)

    def reopen(self) -> None:
        """Start the program again."""
        self.store.close()
        self.open()

    def write(self, work: Callable[[Unit], Any]) -> Any:
        return self.store.write(work)

    @property
    def enrolment(self) -> Enrolment:
        with self.store.reading() as view:
            return view.state.enrolment()

    def sync(self, address: str | None = None, **rest: Any) -> Summary:
        """Over the network; where all was read anew, once more soon, as the program does it by itself."""
        enrolment = self.enrolment
        with HeadOffice(address or enrolment.address, enrolment.token, enrolment.certificate) as head_office:
            summary = synchronise(self.store, head_office, **rest)
            if summary.uncompared:
                synchronise(self.store, head_office, **rest)
            return summary

    def sync_with(self, office: Office, **rest: Any) -> Summary:
        """Without a network between; where all was read anew, once more soon, as the program does it by itself."""
        summary = synchronise(self.store, Direct(office, self.enrolment.device), **rest)
        if summary.uncompared:
            synchronise(self.store, Direct(office, self.enrolment.device), **rest)
        return summary

    def prospect(self, name: str = "王小明", mobile: str | None = None, owner: str | None = None) -> tuple[str, str]:
        """Record a new prospect; returns its id and the person's."""
        prospect, person = new_record_id(), new_record_id()

        def record(unit: Unit) -> None:
            unit.create("prospect", Prospect(person=person, owner=owner or unit.enrolment.staff), record_id=prospect)
            unit.create("person", Person(name=name, mobile=mobile), parent=prospect, record_id=person)

        self.write(record)
        return prospect, person

    def create(self, kind: str, record: Record, parent: str | None) -> str:
        return self.write(lambda unit: unit.create(kind, record, parent=parent))

    def visit(self, prospect: str, facts: str = "", photos: tuple[bytes, ...] = ()) -> str:
        """Record a visit with its photos."""

        def record(unit: Unit) -> str:
            named = tuple(
                Photo(
                    digest=unit.attachments.add(photo, "image/jpeg", None),
                    name="照片.jpg",
                    size=len(photo),
                    media_type="image/jpeg",
                )
                for photo in photos
            )
            return unit.create("visit", visit_of(unit.enrolment.staff, facts, named), parent=prospect)

        return self.write(record)

    def edit(self, record: str, **fields: Any) -> str | None:
        """Type into fields, over what the screen shows."""

        def typed(unit: Unit) -> str | None:
            kept = unit.records.get(record)
            if kept is None:
                return None  # it left meanwhile
            screen = kept.screen
            return unit.edit(record, {name: (screen.get(name), new) for name, new in fields.items()})

        return self.write(typed)

    def delete(self, record: str) -> str | None:
        return self.write(lambda unit: unit.delete(record))

    def decide(self, record: str, name: str, value: Any) -> str | None:
        """Settle every conflict on a field with ``value``."""

        def decided(unit: Unit) -> str | None:
            kept = unit.records.get(record)
            after = tuple((c.change, name) for c in kept.conflicts if c.field == name)
            return unit.edit(record, {name: (kept.screen.get(name), value)}, after=after, decides=True)

        return self.write(decided)

    def kept(self, record: str) -> Kept | None:
        with self.store.reading() as view:
            return view.records.get(record)

    def screen(self, record: str) -> dict[str, Any]:
        return self.kept(record).screen

    def queued(self) -> list[Queued]:
        with self.store.reading() as view:
            return list(reversed(view.outbox.listed(100_000)))

    def refused(self) -> list[Refused]:
        with self.store.reading() as view:
            return view.outbox.refused()

    def cursor(self) -> str | None:
        with self.store.reading() as view:
            return view.state.get("cursor", str)

    def all_records(self) -> dict[str, Kept]:
        return {kept.id: kept for kept in self.write(lambda unit: _everything(unit))}


@cache
def _made() -> tempfile.TemporaryDirectory[str]:
    folder = tempfile.TemporaryDirectory(prefix="fieldapp-office")
    Office.made(Path(folder.name) / "office.db").close()
    return folder


def _everything(unit: Unit) -> list[Kept]:
    ids = [row[0] for row in unit.connection.execute("SELECT id FROM record")]
    return list(unit.records.known(ids).values())


def visit_of(staff: str, facts: str = "", photos: tuple[Photo, ...] = ()) -> Visit:
    return Visit(
        staff=staff,
        purpose="marketing",
        started_at=START,
        ended_at=START + timedelta(minutes=40),
        business_date=date(2026, 6, 1),
        zone="Asia/Shanghai",
        facts=facts,
        photos=photos,
    )


class Direct:
    """Speaks to head office without a network: the same bytes, none of the sockets."""

    def __init__(self, office: Office, device: str, page: int | None = None) -> None:
        self._office = office
        self._device = device
        self._page = page
        self.protocol = PROTOCOL
        self.coding = "zstd"
        self.received_bytes = 0

    def glance(self, cursor: str, counter: int) -> SyncReply | None:
        """The short question, asked with ``page`` by the long one where a test wants small pages."""
        if self._page is not None:
            raise UpgradeNeeded
        reply = self._asked(lambda caller: self._office.exchange.glance(lambda _unit: caller, cursor, counter))
        return None if reply is None else _travelled(reply)

    def speak_as_before(self) -> None:
        """The long question alone, of this protocol all the same."""

    def exchange(
        self, request: SyncRequest, ahead: PackedAhead | None = None, meanwhile: Callable[[], None] | None = None
    ) -> SyncReply:
        if meanwhile is not None:
            meanwhile()
        if ahead is not None:
            return self.answer(unpacked(ahead.ended(request), ahead.coding, 2 * MAX_BODY_BYTES))
        return self.answer(msgspec.json.encode(request))

    def answer(self, body: bytes) -> SyncReply:
        """What head office answers to these bytes."""
        request = msgspec.json.decode(body, type=SyncRequest)
        if self._page is not None:
            request = msgspec.structs.replace(request, page=self._page)
        reply = self._asked(lambda caller: self._office.exchange.answer(caller.author, caller.device, request))
        return _travelled(reply)

    def _asked(self, work: Callable[[Caller], Any]) -> Any:
        try:
            return work(self._office.caller(self._device))
        except Actionable as error:
            raise {"clone": CloneFound(), "revoked": SignInAgain("revoked")}.get(
                error.code, RequestRefused(error.code)
            ) from error


def _travelled(reply: SyncReply) -> SyncReply:
    return msgspec.json.decode(msgspec.json.encode(reply), type=SyncReply)


@contextmanager
def closing(*things: Any) -> Iterator[tuple[Any, ...]]:
    """Laptops, head offices and connections are closed at the end."""
    try:
        yield things
    finally:
        for thing in things:
            (thing.store if isinstance(thing, Laptop) else thing).close()
