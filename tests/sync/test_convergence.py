"""Whatever four laptops of two sub-branches do, over whatever link: all end with the same, and nothing is lost."""

from __future__ import annotations

import random
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from fieldapp.domain.errors import Actionable, InvalidRecord
from fieldapp.domain.records import Application, Branch, Contact, Household
from fieldapp.domain.wording import Sentence
from fieldapp.headoffice.purging import purge
from fieldapp.headoffice.storage.accounts import StaffAccount
from fieldapp.protocol.changes import decode_change
from fieldapp.protocol.messages import Receipt, Run, SyncReply, SyncRequest
from fieldapp.services.refused_work import correct, give_up
from fieldapp.store.records import StoredRecord as Kept
from fieldapp.store.unit import Needs, Unit
from fieldapp.sync.exchange import synchronise
from fieldapp.sync.troubles import CloneFound, TooLarge, TryLater
from tests.postgresql import database_name, drop_database, new_postgresql_database
from tests.sync.office import BRANCH, LI, START, WANG, ZHAO, Direct, Laptop, Office, visit_of

SUN, OTHER_BRANCH = "sun", "CB02"
LAPTOPS = ((LI, "li-one"), (LI, "li-two"), (WANG, "wang"), (SUN, "sun"))
ANYBODY = st.integers(0, len(LAPTOPS) - 1)
FAULTS = (
    "none",
    "none",
    "lost_reply",
    "lost_request",
    "twice",
    "late_duplicate",
    "crash",
    "typing",
    "typing",
    "two_processes",
)
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
"""Where a disk costs nothing: these runs are about order, not about power cuts."""

ROUNDS = 12
"""After so many rounds of everybody's syncs there must be nothing left to tell."""

FIELDS: dict[str, tuple[tuple[str, ...], ...]] = {
    "person": (
        ("name",),
        ("mobile",),
        ("actual_address",),
        ("id_type", "id_number"),
        ("mobile", "name"),
        ("id_number",),
    ),
    "prospect": (("remark",), ("wished_fen",), ("next_date", "next_time"), ("next_time",), ("stage", "lost_reason")),
    "household": (("income_fen",), ("size",), ("income_fen", "expense_fen")),
    "application": (
        ("amount_fen", "months"),
        ("months",),
        ("method",),
        ("status",),
        ("repayment_source", "amount_fen"),
    ),
}

FEW: dict[str, tuple[Any, ...]] = {
    "id_type": ("resident", "other"),
    "next_date": (None, "2026-06-02", "2026-07-01"),
    "next_time": (None, "09:00", "15:30"),
    "stage": ("contact", "interested", "lost", "applied"),
    "lost_reason": (None, "搬走了"),
    "method": (None, "equal_instalments", "interest_first"),
    "status": ("draft", "submitted", "approved", "withdrawn"),
    "size": (None, 1, 2, 3),
    "months": (6, 12, 24),
}


class Cut(TryLater):
    """The line broke."""

    def __init__(self) -> None:
        super().__init__("cut", Sentence("The connection to head office broke."))


class PowerCut(BaseException):
    """The laptop goes dark after head office answered."""


class Link(Direct):
    """Head office over a bad line; ``plan`` says what befalls the next requests."""

    def __init__(self, office: Office, device: str, machine: Interleavings, laptop: Laptop, plan: list[str]) -> None:
        super().__init__(office, device, page=machine.page)
        self._machine = machine
        self._laptop = laptop
        self._plan = plan
        self._last: bytes | None = machine.last_request.get(device)

    def exchange(
        self, request: SyncRequest, _ahead: object = None, meanwhile: Callable[[], None] | None = None
    ) -> SyncReply:
        if self._machine.batch and _pieces(request) > self._machine.batch:
            raise TooLarge
        body = msgspec.json.encode(request)
        fault = self._plan.pop(0) if self._plan else "none"
        if fault == "lost_request":
            raise Cut
        if meanwhile is not None:
            meanwhile()
        if fault == "late_duplicate" and self._last is not None:
            with suppress(CloneFound):  # older than what head office has seen: it does nothing with it
                self._machine.note_receipts(self._last, self.answer(self._last))
        reply = self._remembered(body)
        if fault == "twice":
            reply = self._remembered(body)
        if fault == "lost_reply":
            raise Cut
        if fault == "crash":
            raise PowerCut
        if fault == "typing":
            for _ in range(3):
                self._machine.type_something(self._laptop)
        if fault == "two_processes":
            for colleague in self._machine.laptops:
                if colleague is not self._laptop:
                    self._machine.type_something(colleague)
                    self._machine.sync(colleague, [])
            (self._laptop.folder / "records.db.sync").unlink(missing_ok=True)
            other = type(self)(self._office, self._laptop.enrolment.device, self._machine, self._laptop, [])
            synchronise(self._laptop.store, other)
        return reply

    def _remembered(self, body: bytes) -> SyncReply:
        reply = self.answer(body)
        self._machine.note_receipts(body, reply)
        self._machine.last_request[self._device] = self._last = body
        return reply


def _pieces(request: SyncRequest) -> int:
    """Into how many requests the changes could be divided: what was saved together is one piece."""
    changes = [msgspec.json.decode(body) for body in request.changes]
    return len({change.get("group") or change["id"] for change in changes})


@cache
def template(server: str | None) -> tuple[tempfile.TemporaryDirectory[str], str, tuple[bytes, ...]]:
    """A head office with four laptops, made once and copied for each run: their folder, its place, their keys."""
    folder = tempfile.TemporaryDirectory(prefix="fieldapp-office")
    path = Path(folder.name)
    location = str(path / "office.db") if server is None else new_postgresql_database(server)
    office = Office.made(location)
    here = Branch(
        code=OTHER_BRANCH,
        name="咸安支行",
        name_en="Xian'an sub-branch",
        bank="咸宁农商银行",
        bank_en="Xianning Rural Commercial Bank",
        complaint_phone="0715-12345678",
        area_code="421202",
    )
    office.administration.add_branch(here)
    with office.store.writing() as unit:
        unit.accounts.put_staff(StaffAccount(SUN, "Sun", "officer", OTHER_BRANCH, active=True))
    keys = []
    for staff, name in LAPTOPS:
        laptop = office.laptop(staff, path / name)
        keys.append(laptop.key)
        laptop.store.close()
    office.close()
    return folder, location, tuple(keys)


class Interleavings(RuleBasedStateMachine):
    """Rules are what people, laptops and lines do."""

    server: str | None = None
    """The PostgreSQL server that head office's database is on; None for a file."""
    page: int | None = None
    batch: int | None = None
    link = Link

    def __init__(self) -> None:
        super().__init__()
        made, location, keys = template(self.server)
        self._folder = tempfile.TemporaryDirectory(prefix="fieldapp-run", dir=MEMORY)
        path = Path(self._folder.name) / "run"
        shutil.copytree(made.name, path)
        self._path = path
        self._place = location if self.server is not None else str(path / "office.db")
        self._copies: list[str] = []
        self._backup: str | None = None
        if self.server is not None:
            self._place = self._copied(location)
        self.office = Office.at(self._place)
        self.laptops = [
            Laptop(path / name, key, self.office.clock) for (_staff, name), key in zip(LAPTOPS, keys, strict=True)
        ]
        self.typed: list[tuple[str, str, Any]] = []
        self.records: list[str] = []
        self.appended: set[str] = set()
        self.receipts: dict[str, tuple[tuple[str, int], Receipt | Run]] = {}
        self.last_request: dict[str, bytes] = {}
        self.random = random.Random(0)
        self.count = 0

    # what befalls

    @initialize(
        seed=st.integers(0, 2**32), page=st.sampled_from((None, 1, 3)), batch=st.sampled_from((None, None, 1, 2))
    )
    def begin(self, seed: int, page: int | None, batch: int | None) -> None:
        """Mostly everybody knows a prospect from before; pages and batches may be tiny, so that much goes in parts."""
        self.random = random.Random(seed)
        self.page, self.batch = page, batch
        self.create(self.laptops[0])
        if self.random.random() < 0.8:
            for laptop in self.laptops:
                self.sync(laptop, [])

    @rule()
    def an_afternoon_passes(self) -> None:
        """Everybody does several things, and some synchronise over a bad line."""
        for laptop in self.random.sample(self.laptops, 3):
            for _ in range(self.random.randint(0, 4)):
                self.random.choice((self.type_something, self.type_something, self.create, self.overstep))(laptop)
            if self.random.random() < 0.3:
                self.read_a_refusal(laptop)
            if self.random.random() < 0.7:
                self.sync(laptop, [self.random.choice(FAULTS) for _ in range(3)])

    @rule(which=ANYBODY)
    def someone_creates(self, which: int) -> None:
        self.create(self.laptops[which])

    @rule(which=ANYBODY, times=st.sampled_from((1, 1, 2, 3)))
    def someone_types(self, which: int, times: int) -> None:
        for _ in range(times):
            self.type_something(self.laptops[which])

    @rule(which=ANYBODY, overstepping=st.booleans())
    def someone_saves_together(self, which: int, overstepping: bool) -> None:
        root = self.pick(self.laptops[which], lambda kept: kept.kind == "prospect" and not kept.ghost)
        if root is not None:
            self.save_together(self.laptops[which], root, overstepping=overstepping)

    def save_together(self, laptop: Laptop, root: Kept, *, overstepping: bool) -> None:
        """A customer and their person at once; now and then with something that head office refuses."""
        with laptop.store.reading() as view:
            saved = [(root, {"remark": self.value("remark")} | ({"owner": ZHAO} if overstepping else {}))]
            saved += [(one, {"name": self.value("name")}) for one in view.records.children(root.id, "person")]

        def work(unit: Unit) -> None:
            with unit.together():
                for kept, fields in saved:
                    unit.edit(kept.id, {name: (kept.screen.get(name), new) for name, new in fields.items()})

        try:
            laptop.write(work)
        except InvalidRecord:
            return  # the screen says so, nothing was saved
        self.typed += [(kept.id, name, new) for kept, fields in saved for name, new in fields.items()]

    @rule(which=ANYBODY, behind_a_refusal=st.booleans())
    def someone_hands_over(self, which: int, behind_a_refusal: bool) -> None:
        """What is typed into an application waits for all that was typed of its customer before (SYNC 20).

        Also where a part of that is refused, and then corrected or given up.
        """
        laptop = self.laptops[which]
        kept = self.pick(laptop, lambda kept: kept.kind == "application" and not kept.ghost)
        root = laptop.kept(kept.parent or "") if kept is not None else None
        if kept is None or root is None:
            return
        if behind_a_refusal:
            self.save_together(laptop, root, overstepping=True)
        source = self.value("repayment_source")

        def work(unit: Unit) -> str | None:
            needs = Needs(tuple(unit.outbox.of_family(root.id, kept.id)))
            return unit.edit(kept.id, {"repayment_source": (kept.screen.get("repayment_source"), source)}, needs=needs)

        if laptop.write(work) is not None:
            self.typed.append((kept.id, "repayment_source", source))
        if behind_a_refusal:
            self.sync(laptop, [])
            self.read_a_refusal(laptop)

    @rule(which=ANYBODY)
    def someone_deletes(self, which: int) -> None:
        laptop = self.laptops[which]
        kept = self.pick(laptop, lambda kept: kept.kind in FIELDS and not kept.deleted)
        if kept is not None and laptop.delete(kept.id):
            self.typed.append((kept.id, "deleted", True))

    @rule(which=ANYBODY, how=st.sampled_from(("mine", "theirs", "other")))
    def someone_decides(self, which: int, how: str) -> None:
        laptop = self.laptops[which]
        kept = self.pick(laptop, lambda kept: bool(kept.conflicts))
        if kept is None:
            return
        conflict = self.random.choice(kept.conflicts)
        name = conflict.field
        value = {"mine": conflict.value, "theirs": kept.screen.get(name), "other": self.value(name)}[how]
        try:
            if laptop.decide(kept.id, name, value) and value != kept.screen.get(name):
                self.typed.append((kept.id, name, value))
        except InvalidRecord:
            pass  # the screen says so, nothing was saved

    @rule(which=ANYBODY)
    def someone_reads_a_refusal(self, which: int) -> None:
        self.read_a_refusal(self.laptops[which])

    def read_a_refusal(self, laptop: Laptop) -> None:
        """Correct what was refused, or give it up; what the person themselves took back is not looked for any more."""
        refused = laptop.refused()
        if not refused:
            return
        one = self.random.choice(refused)
        group = decode_change(one.body).group
        behind = [
            queued
            for queued in laptop.queued()
            if (queued.record == one.record and queued.n > one.n) or (group and queued.decoded().group == group)
        ]
        staff = laptop.enrolment.staff
        try:
            if self.random.random() < 0.5:
                correct(laptop.store, one.change, {"owner": staff} if one.kind == "prospect" else {})
            else:
                give_up(laptop.store, one.change)
        except (Actionable, InvalidRecord):
            return  # nothing was changed
        taken_back = [decode_change(each.body) for each in (one, *behind)]
        gone = {(each.record, name, repr(new)) for each in taken_back for name, (_shown, new) in each.fields.items()}
        left = {
            (queued.record, name, repr(new))
            for queued in laptop.queued()
            for name, (shown, new) in queued.decoded().fields.items()
            if shown != new  # else what was typed in between ends where it began
        }
        self.typed = [typed for typed in self.typed if (typed[0], typed[1], repr(typed[2])) not in gone - left]
        if laptop.kept(one.record) is None:
            self.appended.discard(one.record)

    @rule(
        which=ANYBODY,
        plan=st.lists(st.sampled_from(FAULTS), max_size=3),
    )
    def someone_synchronises(self, which: int, plan: list[str]) -> None:
        self.sync(self.laptops[which], plan)

    @rule(which=ANYBODY)
    def someone_has_to_read_all_anew(self, which: int) -> None:
        self.laptops[which].write(lambda unit: unit.state.set("cursor", ""))

    @rule()
    def head_office_forgets_who_left(self) -> None:
        purge(self.office.store, self.office.clock.now() + timedelta(days=1))

    @rule()
    def head_office_is_backed_up(self) -> None:
        self.office.close()
        self._backup = self._copied(self._place)

    @precondition(lambda self: self._backup is not None)
    @rule()
    def head_office_falls_back_to_its_backup(self) -> None:
        """All that came since is forgotten: every laptop is still there to bring it back."""
        self.office.close()
        self._place = self._copied(self._backup)
        self.office = Office.at(self._place, self.office.clock)
        self.receipts.clear()

    def _copied(self, place: str) -> str:
        """Another database with what the one at ``place`` holds, which nobody may have open."""
        if self.server is not None:
            self._copies.append(new_postgresql_database(self.server, database_name(place)))
        else:
            self._copies.append(str(self._path / f"office {len(self._copies)}.db"))
            shutil.copyfile(place, self._copies[-1])
        return self._copies[-1]

    @precondition(lambda self: len(self.records) > 1)
    @rule(to=st.sampled_from((LI, ZHAO, WANG)))
    def branch_head_hands_over(self, to: str) -> None:
        wang = self.laptops[2]
        kept = self.pick(wang, lambda kept: kept.kind == "prospect")
        if kept is not None and kept.screen["owner"] != to:
            self.edit(wang, kept, {"owner": to})

    @precondition(lambda self: len(self.records) > 1)
    @rule(to=st.sampled_from((LI, ZHAO, SUN, SUN)))
    def administrator_hands_over(self, to: str) -> None:
        """To whatever sub-branch, whatever is on its way to or from it."""
        there = [record for name in self.records if (record := self.office.record(name)) and record.kind == "prospect"]
        if there:
            with suppress(Actionable):  # theirs already
                self.office.administration.reassign(self.random.choice(there).record, to)

    @rule(which=st.sampled_from((0, 1)), again=st.booleans())
    def officer_oversteps(self, which: int, again: bool) -> None:
        self.overstep(self.laptops[which], again=again)

    # how

    def overstep(self, laptop: Laptop, *, again: bool = False) -> None:
        """What head office refuses to an officer; what is typed before, with and after it must not suffer."""
        kept = self.pick(laptop, lambda kept: kept.kind == "prospect")
        if kept is not None:
            self.edit(laptop, kept, {"owner": ZHAO, "remark": self.value("remark")})
        if kept is not None and again:
            self.edit(laptop, laptop.kept(kept.id), {"remark": self.value("remark")})

    def create(self, laptop: Laptop) -> None:
        self.count += 1
        staff = laptop.enrolment.staff
        root = self.pick(laptop, lambda kept: kept.kind == "prospect" and not kept.ghost)
        what = self.random.choice(("prospect", "visit", "contact", "household", "application"))
        if root is None or what == "prospect":
            prospect, person = laptop.prospect(f"客户{self.count}", owner=staff)
            self.records += [prospect, person]
            self.typed += [(prospect, "owner", staff), (person, "name", f"客户{self.count}")]
            return
        shapes = {
            "visit": visit_of(staff, f"facts {self.count}"),
            "contact": Contact(
                staff=staff,
                at=START + timedelta(minutes=self.count),
                business_date=START.date(),
                zone="Asia/Shanghai",
                channel="phone",
                source="outbound",
                result="interested",
                note=f"note {self.count}",
            ),
            "household": Household(income_fen=self.count),
            "application": Application(
                officer=staff,
                amount_fen=self.count * 100,
                months=12,
                method="equal_instalments",
                product="p",
                yearly_rate="0.06",
                start=START.date(),
                repayment_source="茶叶",
            ),
        }
        record = laptop.create(what, shapes[what], root.id)
        self.records.append(record)
        if what in ("visit", "contact"):
            self.appended.add(record)

    def type_something(self, laptop: Laptop) -> None:
        kept = self.pick(laptop, lambda kept: kept.kind in FIELDS)
        if kept is not None:
            names = self.random.choice(FIELDS[kept.kind])
            self.edit(laptop, kept, {name: self.value(name) for name in names})

    def edit(self, laptop: Laptop, kept: Kept, fields: dict[str, Any]) -> None:
        """Type over what the screen showed, which may stand otherwise by now: a reply is just being written."""

        def work(unit: Unit) -> str | None:
            if unit.records.get(kept.id) is None:
                return None
            return unit.edit(kept.id, {name: (kept.screen.get(name), new) for name, new in fields.items()})

        try:
            if laptop.write(work) is None:
                return  # nothing was typed, or the record left meanwhile
        except InvalidRecord:
            return  # the screen says so, nothing was saved
        self.typed += [(kept.id, name, new) for name, new in fields.items() if new != kept.screen.get(name)]

    def pick(self, laptop: Laptop, wanted: Any) -> Kept | None:
        with laptop.store.reading() as view:
            here = [kept for kept in view.records.known(self.records).values() if wanted(kept)]
        if not here:
            return None
        here.sort(key=lambda kept: self.records.index(kept.id))
        return self.random.choice(here[:3] if self.random.random() < 0.6 else here)  # so that people meet

    def value(self, name: str) -> Any:
        if name in FEW:
            return self.random.choice(FEW[name])
        self.count += 1
        number = self.random.choice((1, 2, self.count + 10))
        return number * 100 if name.endswith("_fen") else f"{name} {number}"

    def sync(self, laptop: Laptop, plan: list[str]) -> bool:
        """Whether anything moved."""
        link = self.link(self.office, laptop.enrolment.device, self, laptop, list(plan))
        try:
            return synchronise(laptop.store, link).moved
        except PowerCut:
            laptop.reopen()
        except Cut:
            pass
        finally:
            self.screens_show_what_was_told_and_typed(laptop)
        return True

    def note_receipts(self, body: bytes, reply: SyncReply) -> None:
        """What was once said of a change is said again, by a receipt or in a run; comparisons find nothing."""
        assert not reply.differs, "what was told by and by is not what there is"
        sent = [change["id"] for change in msgspec.json.decode(body).get("changes", [])]
        for run in reply.runs:
            for place in range(run.count):
                self.note(sent[run.first + place], (run.stream, run.seq + place), run)
        for receipt in reply.receipts:
            if receipt.outcome != "waits":
                self.note(receipt.change, (receipt.stream, receipt.seq), receipt)

    def note(self, change: str, number: tuple[str, int], told: Receipt | Run) -> None:
        before = self.receipts.setdefault(change, (number, told))
        assert before[0] == number, "a change's number changed"
        if isinstance(told, Receipt) and isinstance(before[1], Receipt):
            assert before[1] == told, "a receipt changed"
        elif isinstance(told, Receipt):
            assert told.outcome == "accepted", "what was accepted in a run was answered otherwise"

    def screens_show_what_was_told_and_typed(self, laptop: Laptop) -> None:
        refused = {one.record for one in laptop.refused()}
        queued: dict[str, dict[str, Any]] = {}
        for one in laptop.queued():
            queued.setdefault(one.record, {}).update({n: new for n, (_, new) in one.decoded().fields.items()})
        for kept in laptop.all_records().values():
            if kept.stale:
                pass  # it shows what was told last, until head office tells what it has now, behind which all is queued
            elif kept.seq is not None or kept.id not in refused | {kept.id if kept.ghost else ""}:
                assert kept.screen == kept.base | queued.get(kept.id, {}), "the screen is not base and outbox"
            assert kept.deleted == bool(kept.screen.get("deleted"))

    # what holds at the end

    def teardown(self) -> None:
        try:
            if self.records:
                self.everybody_agrees()
        finally:
            for laptop in self.laptops:
                laptop.store.close()
            self.office.close()
            self._folder.cleanup()
            for database in self._copies if self.server is not None else ():
                drop_database(self.server, database)

    def everybody_agrees(self) -> None:
        for _ in range(ROUNDS):
            moved = [self.sync(laptop, []) for laptop in self.laptops]
            if not any(moved):
                break
        else:
            raise AssertionError("the laptops never come to rest")
        known = {record: kept for record in self.records if (kept := self.office.record(record)) is not None}
        refused = {one.change: one for laptop in self.laptops for one in laptop.refused()}
        waiting = {one.change: one for laptop in self.laptops for one in laptop.queued()}
        assert all(one.waits for one in waiting.values()), "something was never sent"
        for laptop in self.laptops:
            self.what_waits_has_its_reason(laptop, known)
            self.laptop_equals_head_office(laptop)
        self.nothing_typed_is_lost(known, [*refused.values(), *waiting.values()])
        self.families_are_whole(known)
        streams = (BRANCH, OTHER_BRANCH)
        counted = [entry.change for name in streams for entry in self.office.journal(name) if entry.effect == "change"]
        assert len(counted) == len(set(counted)), "a change was counted twice"
        for name in streams:
            assert self.office.administration.verify_chain(name) == len(self.office.journal(name))
        for record in self.appended - {one.record for one in [*refused.values(), *waiting.values()]}:
            assert record in known, "an entry is not at head office"

    def what_waits_has_its_reason(self, laptop: Laptop, known: dict[str, Any]) -> None:
        """It stands behind a refused change on its record or in its group, or needs it; or one that waits so itself."""
        behind = [decode_change(one.body) for one in laptop.refused()]
        left = [one.decoded() for one in laptop.queued()]
        behind += [one for one in left if one.record not in known]
        while held := [
            one
            for one in left
            if one not in behind
            and any(
                (one.record == before.record and one.n > before.n)
                or (one.group and one.group == before.group)
                or before.id in one.needs
                for before in behind
            )
        ]:
            behind += held
        assert all(one in behind for one in left), "it waits though nothing holds it"

    def laptop_equals_head_office(self, laptop: Laptop) -> None:
        here = {record: kept for record, kept in laptop.all_records().items() if record in set(self.records)}
        told = {record: kept for record, kept in here.items() if kept.seq is not None}
        there = self.office.live_for(laptop.enrolment.device, self.records)
        assert told.keys() == there.keys(), "a laptop has other records than head office"
        waiting = {one.record for one in laptop.queued()}
        assert not any(kept.stale or (kept.ghost and record not in waiting) for record, kept in here.items())
        for record, kept in told.items():
            standing = there[record]
            assert kept.base == standing.values, "a laptop was told other values"
            assert kept.conflicts == standing.conflicts
            assert (kept.moves, kept.stream, kept.seq) == standing.rev

    def families_are_whole(self, known: dict[str, Any]) -> None:
        """However its members are found: they are handed over together, and judged together."""
        with self.office.store.reading() as unit:
            for root in (one for one in known.values() if one.parent is None):
                family = unit.records.of_root(root.stream, root.record)
                assert [one.seq for one in family] == sorted(one.seq for one in family)
                of_it = {name for name, one in known.items() if (one.stream, one.root) == (root.stream, root.record)}
                assert {one.record for one in family if one.record in known} == of_it, "a record is without its family"

    def nothing_typed_is_lost(self, known: dict[str, Any], kept_back: list[Any]) -> None:
        held_back = {
            (one.record, name, repr(new))
            for one in kept_back
            for name, (_shown, new) in decode_change(one.body).fields.items()
        }
        for record, name, value in self.typed:
            if (record, name, repr(value)) in held_back:
                continue
            assert record in known, "a record is nowhere"
            standing = known[record]
            places = [standing.values.get(name)]
            places += [conflict.value for conflict in standing.conflicts if conflict.field == name]
            places += [past.value for past in standing.history if past.field == name]
            assert value in places, f"{name} was typed and is nowhere"


def run(
    examples: int,
    steps: int,
    server: str | None = None,
    *,
    machine: type[Interleavings] = Interleavings,
    at_depth: bool = False,
) -> None:
    """``at_depth`` goes other ways each time and looks for the shortest way to a failure, which takes minutes.

    What hypothesis explains of one is never asked for: it traces every line, and all is many times as slow.
    """
    run_state_machine_as_test(
        type(machine.__name__, (machine,), {"server": server}),
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            derandomize=not at_depth,
            database=None,
            phases=(Phase.generate, Phase.shrink) if at_depth else (Phase.generate,),
            suppress_health_check=list(HealthCheck),
            print_blob=False,
        ),
    )


def test_any_interleaving_converges_and_loses_nothing() -> None:
    run(examples=10, steps=20)


def test_any_interleaving_converges_and_loses_nothing_on_postgresql(postgresql: str) -> None:
    run(examples=3, steps=15, server=postgresql)


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("storage", ["sqlite", "postgresql"])
def test_any_interleaving_converges_and_loses_nothing_at_depth(storage: str, request: pytest.FixtureRequest) -> None:
    if storage == "sqlite":
        run(examples=600, steps=30, at_depth=True)
    else:
        run(examples=50, steps=30, server=request.getfixturevalue("postgresql"), at_depth=True)
