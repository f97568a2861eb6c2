"""A prospect handed to another officer arrives whole there and leaves here, whatever is still on the way (SYNC 31)."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import msgspec
import pytest

from fieldapp.domain.errors import Actionable
from fieldapp.domain.records import Prospect
from fieldapp.headoffice.administration import Administration
from fieldapp.headoffice.exchange import Exchange
from fieldapp.headoffice.record import StoredRecord
from fieldapp.headoffice.scope import own
from fieldapp.headoffice.storage.accounts import DeviceAccount, StaffAccount
from fieldapp.headoffice.storage.attachments import Reference
from fieldapp.headoffice.storage.moves import Moves
from fieldapp.headoffice.storage.records import Records
from fieldapp.headoffice.tokens import token_hash
from fieldapp.protocol.messages import PROTOCOL
from fieldapp.sync.exchange import synchronise
from tests.headoffice import changes_to_send as send
from tests.headoffice.changes_to_send import BRANCH, FixedClock
from tests.headoffice.laptops import Laptop as SmallLaptop
from tests.sync.office import Direct, Laptop, Office

OTHER = "CB02"
DIGEST = "a" * 64


@pytest.fixture
def bank(office: Administration, clock: FixedClock, tmp_path: Path) -> Office:
    """Zhang and Li with their branch head Hu; Qian with branch head Wu at the other branch."""
    with office.store.writing() as unit:
        unit.accounts.put_staff(StaffAccount("qian", "Qian", "officer", OTHER, active=True))
        unit.accounts.put_staff(StaffAccount("left", "Left", "officer", OTHER, active=False))
        unit.accounts.put_staff(StaffAccount("reviews", "Reviews", "reviewer", OTHER, active=True))
    return Office(office, clock, tmp_path)  # type: ignore[arg-type]  # two clocks that stand still alike


@pytest.fixture
def laptop_of(bank: Office, tmp_path: Path) -> Iterator[Callable[[str], Laptop]]:
    numbers = count(1)
    made: list[Laptop] = []

    def enrolled(staff: str) -> Laptop:
        made.append(bank.laptop(staff, tmp_path / f"{staff} {next(numbers)}"))
        return made[-1]

    yield enrolled
    for laptop in made:
        laptop.store.close()


def a_family(laptop: Laptop, bank: Office) -> tuple[str, str, str]:
    """A prospect with its person and a visit, handed in."""
    prospect, person = laptop.prospect("王小明", "13800138000")
    visit = laptop.visit(prospect, "说好了")
    laptop.sync_with(bank)
    return prospect, person, visit


def stored(bank: Office, record: str) -> StoredRecord:
    found = bank.record(record)
    assert found is not None
    return found


def refusal(work: Callable[[], object]) -> str:
    with pytest.raises(Actionable) as refused:
        work()
    return refused.value.code


def require_sound_chains(bank: Office) -> None:
    for stream in ("bank", BRANCH, OTHER):
        bank.administration.verify_chain(stream)


def test_prospect_arrives_whole_at_another_branch_and_leaves_the_old_one(
    bank: Office, laptop_of: Callable[[str], Laptop]
) -> None:
    zhang, hu, qian, wu = (laptop_of(staff) for staff in ("zhang", "hu", "qian", "wu"))
    prospect, _person, visit = family = a_family(zhang, bank)
    with bank.store.writing() as unit:
        unit.attachments.refer([Reference(BRANCH, DIGEST, visit)])
    for laptop in (hu, qian, wu):
        laptop.sync_with(bank)
    before = {record: zhang.screen(record) for record in family}

    done = bank.administration.reassign(prospect, "qian")

    assert (done.from_branch, done.to_branch, done.records) == (BRANCH, OTHER, 3)
    for laptop in (zhang, hu, qian, wu):
        laptop.sync_with(bank)
    for record in family:
        for former in (zhang, hu):
            assert former.kept(record) is None
        for present in (qian, wu):
            expected = before[record] | ({"owner": "qian"} if record == prospect else {})
            assert present.screen(record) == expected
            kept = present.kept(record)
            assert kept is not None
            assert (kept.moves, kept.stream) == (1, OTHER)
    root = stored(bank, prospect)
    assert [(past.field, past.value, past.why) for past in root.history] == [("owner", "zhang", "replaced")]
    require_sound_chains(bank)
    with bank.store.reading() as unit:
        assert {Moves(unit.connection).forwarded(BRANCH, record) for record in family} == {OTHER}
        assert unit.records.of_root(BRANCH, prospect) == []
        assert {reference.stream for reference in unit.attachments.awaited()} == {OTHER}
        assert unit.attachments.seen_by(DIGEST, {OTHER: "own:qian"})
        assert not unit.attachments.seen_by(DIGEST, {BRANCH: "own:zhang"})


def test_within_the_branch_the_stream_stays_and_the_branch_head_keeps_seeing_it(
    bank: Office, laptop_of: Callable[[str], Laptop]
) -> None:
    zhang, hu, li = (laptop_of(staff) for staff in ("zhang", "hu", "li"))
    prospect, person, _visit = family = a_family(zhang, bank)
    for laptop in (hu, li):
        laptop.sync_with(bank)
    done = bank.administration.reassign(prospect, "li")
    assert (done.from_branch, done.to_branch, done.records) == (BRANCH, BRANCH, 3)
    for laptop in (zhang, hu, li):
        laptop.sync_with(bank)
    for record in family:
        assert zhang.kept(record) is None
        for laptop in (hu, li):
            assert laptop.kept(record) is not None
    assert hu.screen(prospect)["owner"] == "li"
    assert stored(bank, person).moves == 0
    require_sound_chains(bank)


def test_changes_the_former_officer_still_held_are_late_and_nothing_is_lost(
    bank: Office, laptop_of: Callable[[str], Laptop]
) -> None:
    zhang, qian, wu = (laptop_of(staff) for staff in ("zhang", "qian", "wu"))
    prospect, person, _visit = a_family(zhang, bank)
    zhang.edit(person, mobile="13900139000")
    late_visit = zhang.visit(prospect, "又去了一次")

    bank.administration.reassign(prospect, "qian")
    summary = zhang.sync_with(bank)

    assert (summary.refused, summary.unsent, zhang.refused()) == (0, 0, [])
    for record in (prospect, person, late_visit):
        assert zhang.kept(record) is None, record
    (conflict,) = stored(bank, person).conflicts
    assert (conflict.field, conflict.value, conflict.late) == ("mobile", "13900139000", True)
    entry = stored(bank, late_visit)
    assert (entry.stream, entry.owner, entry.late) == (OTHER, "qian", True)
    for laptop in (qian, wu):
        laptop.sync_with(bank)
        assert laptop.screen(person)["mobile"] == "13800138000"
        assert laptop.screen(late_visit)["facts"] == "又去了一次"
        kept = laptop.kept(person)
        assert kept is not None
        assert [c.value for c in kept.conflicts] == ["13900139000"]
    zhang.sync_with(bank)
    assert zhang.all_records().keys() & {prospect, person, late_visit} == set()
    require_sound_chains(bank)


def test_change_the_former_branch_head_still_held_is_late_too(bank: Office, laptop_of: Callable[[str], Laptop]) -> None:
    zhang, hu = laptop_of("zhang"), laptop_of("hu")
    prospect, person, _visit = a_family(zhang, bank)
    hu.sync_with(bank)
    hu.edit(person, mobile="13700137000")
    bank.administration.reassign(prospect, "qian")
    summary = hu.sync_with(bank)
    assert (summary.refused, summary.unsent) == (0, 0)
    assert [c.value for c in stored(bank, person).conflicts] == ["13700137000"]
    hu.sync_with(bank)
    assert hu.kept(person) is None


def test_retry_after_the_move_gets_the_receipt_it_got_before(bank: Office, laptop_of: Callable[[str], Laptop]) -> None:
    zhang = laptop_of("zhang")
    prospect, person, _visit = a_family(zhang, bank)
    zhang.edit(person, mobile="13900139000")
    direct = Direct(bank, zhang.enrolment.device)
    sent: list[bytes] = []

    class LosesTheReply:
        protocol = PROTOCOL
        received_bytes = 0

        def exchange(self, request: object, *_how: object) -> object:
            sent.append(msgspec.json.encode(request))
            direct.answer(sent[-1])
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        synchronise(zhang.store, LosesTheReply())  # type: ignore[arg-type]
    seq = stored(bank, person).seq
    bank.administration.reassign(prospect, "qian")
    numbers = len(bank.journal())
    summary = zhang.sync_with(bank)
    assert (summary.unsent, summary.refused) == (0, 0)
    assert len(bank.journal()) == numbers
    moved = stored(bank, person)
    assert (moved.values["mobile"], moved.conflicts) == ("13900139000", ())
    assert seq == 4
    zhang.sync_with(bank)
    assert zhang.kept(person) is None


def test_prospect_that_comes_back_is_newer_than_it_ever_was(bank: Office, laptop_of: Callable[[str], Laptop]) -> None:
    zhang, li, qian = (laptop_of(staff) for staff in ("zhang", "li", "qian"))
    for _ in range(5):
        a_family(zhang, bank)  # numbers in the first branch run ahead of the other's
    prospect, person, _visit = family = a_family(zhang, bank)
    first = stored(bank, person).seq
    bank.administration.reassign(prospect, "qian")
    assert stored(bank, person).seq < first
    qian.sync_with(bank)
    qian.edit(person, mobile="13600136000")
    qian.sync_with(bank)
    bank.administration.reassign(prospect, "zhang")
    for laptop in (qian, zhang, li):
        laptop.sync_with(bank)
    for record in family:
        assert qian.kept(record) is None
        assert li.kept(record) is None
    kept = zhang.kept(person)
    assert kept is not None
    assert (kept.screen["mobile"], kept.moves, kept.stream) == ("13600136000", 2, BRANCH)
    with bank.store.reading() as unit:
        moves = Moves(unit.connection)
        assert (moves.forwarded(BRANCH, person), moves.forwarded(OTHER, person)) == (None, BRANCH)
    zhang.edit(person, mobile="13500135000")
    assert zhang.sync_with(bank).conflicts == 0
    assert stored(bank, person).values["mobile"] == "13500135000"
    require_sound_chains(bank)


def test_laptop_that_was_away_for_both_moves_loses_and_finds_nothing_twice(
    bank: Office, laptop_of: Callable[[str], Laptop]
) -> None:
    zhang, qian = laptop_of("zhang"), laptop_of("qian")
    prospect, person, _visit = family = a_family(zhang, bank)
    zhang.edit(person, mobile="13900139000")
    bank.administration.reassign(prospect, "qian")
    bank.administration.reassign(prospect, "zhang")
    zhang.sync_with(bank)
    assert zhang.screen(person)["mobile"] == "13900139000"
    assert stored(bank, person).values["mobile"] == "13900139000"
    qian.sync_with(bank)
    assert all(qian.kept(record) is None for record in family)


def test_all_of_an_officers_prospects_go_in_steps_and_can_be_asked_again(
    bank: Office, laptop_of: Callable[[str], Laptop], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fieldapp.headoffice.reassignment.AT_ONCE", 2)
    zhang, li, qian = (laptop_of(staff) for staff in ("zhang", "li", "qian"))
    families = [a_family(zhang, bank) for _ in range(5)]
    kept = a_family(li, bank)
    steps: list[int] = []
    done = bank.administration.reassign_all("zhang", "qian", steps.append)
    assert (len(done.moved), sum(one.records for one in done.moved), done.left) == (5, 15, [])
    assert steps == [2, 4, 5]
    assert bank.administration.reassign_all("zhang", "qian").moved == []
    for laptop in (zhang, li, qian):
        laptop.sync_with(bank)
    assert all(qian.kept(record) is not None for family in families for record in family)
    assert all(zhang.kept(record) is None for family in families for record in family)
    assert all(li.kept(record) is not None for record in kept)
    require_sound_chains(bank)


def in_small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two prospects and four records at once, three looked for together, their numbers two at a time."""
    for name, few in (("AT_ONCE", 2), ("RECORDS_AT_ONCE", 4), ("_LOOKED_UP", 3)):
        monkeypatch.setattr(f"fieldapp.headoffice.reassignment.{name}", few)
    monkeypatch.setattr("fieldapp.headoffice.storage.records._NUMBERS_AT_ONCE", 2)


@pytest.mark.parametrize(("heir", "stream"), [("qian", OTHER), ("li", BRANCH)])
def test_visits_that_came_together_arrive_as_they_were_said(
    bank: Office,
    laptop_of: Callable[[str], Laptop],
    monkeypatch: pytest.MonkeyPatch,
    heir: str,
    stream: str,
) -> None:
    in_small_steps(monkeypatch)
    zhang, new = laptop_of("zhang"), laptop_of(heir)
    prospects = [zhang.prospect(f"王{number}")[0] for number in range(5)]
    zhang.sync_with(bank)
    visits = [zhang.visit(prospects[turn % 5], f"第{turn}次") for turn in range(30)]
    zhang.sync_with(bank)
    before = {visit: (stored(bank, visit).values, stored(bank, visit).written) for visit in visits}
    done = bank.administration.reassign_all("zhang", heir)
    assert (len(done.moved), {one.records for one in done.moved}, done.left) == (5, {8}, [])
    for visit in visits:
        now = stored(bank, visit)
        assert (now.values, now.written, now.stream, now.owner) == (*before[visit], stream, heir)
    for laptop in (zhang, new):
        laptop.sync_with(bank)
    assert {visit: new.screen(visit)["facts"] for visit in visits} == {
        visit: f"第{turn}次" for turn, visit in enumerate(visits)
    }
    assert not zhang.all_records().keys() & {*prospects, *visits}
    require_sound_chains(bank)


@pytest.mark.parametrize("heir", ["qian", "li"])
def test_what_comes_in_while_all_are_handed_over_goes_along(
    bank: Office, laptop_of: Callable[[str], Laptop], monkeypatch: pytest.MonkeyPatch, heir: str
) -> None:
    in_small_steps(monkeypatch)
    zhang, hu, new = laptop_of("zhang"), laptop_of("hu"), laptop_of(heir)
    families = [a_family(zhang, bank) for _ in range(6)]
    hu.sync_with(bank)
    late: list[str] = []

    def meanwhile(done: int) -> None:
        late.append(zhang.visit(sorted(families)[2 if done < 3 else 4][0], f"又去了 {done}"))
        if done == 2:  # of those that are looked for together, one is left: it has other numbers now
            for owner in ("hu", "zhang"):
                hu.edit(sorted(families)[2][0], owner=owner)
                hu.sync_with(bank)
        if done == 4:
            hu.edit(max(families)[0], owner="hu")
        for laptop in (zhang, hu):
            laptop.sync_with(bank)
        late.extend(a_family(zhang, bank) if done == 2 else ())

    done = bank.administration.reassign_all("zhang", heir, meanwhile)
    assert (len(done.moved), done.left) == (6, [])
    for laptop in (zhang, new):
        laptop.sync_with(bank)
    gone = {record for family in families for record in family} | {*late}
    gone -= (staying := {*max(families)})
    assert {stored(bank, record).owner for record in gone} == {heir}
    assert {stored(bank, record).owner for record in staying} == {"hu"}
    assert not zhang.all_records().keys() & (gone | staying)
    assert gone <= new.all_records().keys()
    require_sound_chains(bank)


def test_a_branch_head_gives_many_at_once_with_all_that_was_ever_recorded_of_them(
    bank: Office, laptop_of: Callable[[str], Laptop], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also what came with the same request, and what an officer recorded who had them once."""
    looked: list[str] = []
    of_root = Records.of_root
    monkeypatch.setattr(Records, "of_root", lambda *a, **k: (looked.append(a[2]), of_root(*a, **k))[1])
    zhang, li, hu = laptop_of("zhang"), laptop_of("li"), laptop_of("hu")
    families = [{*a_family(zhang, bank)} for _ in range(4)]
    roots = [max(family, key=lambda record: stored(bank, record).kind == "prospect") for family in families]
    families[0] |= {zhang.visit(roots[0], f"第{turn}次") for turn in range(3)}
    zhang.sync_with(bank)
    for owner, visiting in (("li", li), ("zhang", zhang)):
        hu.sync_with(bank)
        hu.edit(roots[1], owner=owner)
        hu.sync_with(bank)
        visiting.sync_with(bank)
        families[1].add(visiting.visit(roots[1], owner))
        visiting.sync_with(bank)
    hu.sync_with(bank)
    families[2].add(hu.visit(roots[2], "支行长自己去了"))
    for root in roots:
        hu.edit(root, owner="li")
    hu.edit(roots[3], owner="hu")
    looked.clear()
    hu.sync_with(bank)
    assert looked == []
    for family, owner in zip(families, ("li", "li", "li", "hu"), strict=True):
        assert {stored(bank, record).owner for record in family} == {owner}
    for laptop in (zhang, li):
        laptop.sync_with(bank)
    assert li.all_records().keys() >= families[0] | families[1] | families[2]
    assert not li.all_records().keys() & families[3]
    assert not zhang.all_records().keys() & set().union(*families)
    require_sound_chains(bank)


def test_handing_over_that_was_stopped_goes_on_with_the_rest(
    bank: Office, laptop_of: Callable[[str], Laptop], monkeypatch: pytest.MonkeyPatch
) -> None:
    in_small_steps(monkeypatch)
    zhang, qian = laptop_of("zhang"), laptop_of("qian")
    prospects = [zhang.prospect(f"王{number}")[0] for number in range(5)]
    visits = [zhang.visit(prospects[turn % 5], f"第{turn}次") for turn in range(20)]
    zhang.sync_with(bank)

    def killed(done: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bank.administration.reassign_all("zhang", "qian", killed)
    assert [stored(bank, prospect).owner for prospect in sorted(prospects)] == ["qian"] * 2 + ["zhang"] * 3
    assert len(bank.administration.reassign_all("zhang", "qian").moved) == 3
    for laptop in (zhang, qian):
        laptop.sync_with(bank)
    assert {*prospects, *visits} <= qian.all_records().keys()
    assert not zhang.all_records().keys() & {*prospects, *visits}
    require_sound_chains(bank)


def test_prospect_that_comes_back_within_the_branch_is_seen_again(
    bank: Office, laptop_of: Callable[[str], Laptop]
) -> None:
    zhang, li = laptop_of("zhang"), laptop_of("li")
    family = a_family(zhang, bank)
    for heir, other in ((li, zhang), (zhang, li), (li, zhang)):
        assert len(bank.administration.reassign_all(other.enrolment.staff, heir.enrolment.staff).moved) == 1
        for laptop in (zhang, li):
            laptop.sync_with(bank)
        assert all(heir.kept(record) is not None for record in family)
        assert all(other.kept(record) is None for record in family)
        with bank.store.reading() as unit:
            told = unit.records.told(BRANCH, own(heir.enrolment.staff), 0, 1000, 100)
        assert [left for _seq, _state, _bytes, left in told if left is not None] == []
    again = laptop_of("zhang")
    again.sync_with(bank)
    assert not again.all_records().keys() & {*family}
    require_sound_chains(bank)


def test_what_cannot_be_reassigned_is_said_and_changes_nothing(
    bank: Office, laptop_of: Callable[[str], Laptop]
) -> None:
    zhang = laptop_of("zhang")
    prospect, person, _visit = a_family(zhang, bank)
    before = len(bank.journal())
    office = bank.administration
    assert refusal(lambda: office.reassign("nothing", "qian")) == "prospect_unknown"
    assert refusal(lambda: office.reassign("长" * 100_000, "qian")) == "prospect_unknown"
    assert refusal(lambda: office.reassign("\x00😀\u202e", "qian")) == "prospect_unknown"
    assert refusal(lambda: office.reassign(person, "qian")) == "prospect_unknown"
    assert refusal(lambda: office.reassign(prospect, "nobody")) == "staff_unknown"
    assert refusal(lambda: office.reassign(prospect, "left")) == "staff_inactive"
    assert refusal(lambda: office.reassign(prospect, "reviews")) == "staff_decides"
    assert refusal(lambda: office.reassign_all("zhang", "reviews")) == "staff_decides"
    assert refusal(lambda: office.reassign(prospect, "zhang")) == "already_theirs"
    assert refusal(lambda: office.reassign_all("zhang", "zhang")) == "already_theirs"
    assert refusal(lambda: office.reassign_all("nobody", "zhang")) == "staff_unknown"
    assert len(bank.journal()) == before


def test_move_that_fails_half_way_leaves_everything_where_it_was(
    bank: Office, laptop_of: Callable[[str], Laptop], monkeypatch: pytest.MonkeyPatch
) -> None:
    zhang = laptop_of("zhang")
    prospect, _person, _visit = family = a_family(zhang, bank)
    before = [stored(bank, record) for record in family]

    def broken(*_args: object) -> None:
        raise RuntimeError("the disk went away")

    with monkeypatch.context() as patched:
        patched.setattr(Moves, "move_references", broken)
        with pytest.raises(RuntimeError):
            bank.administration.reassign(prospect, "qian")
    assert [stored(bank, record) for record in family] == before
    require_sound_chains(bank)
    zhang.sync_with(bank)
    assert all(zhang.kept(record) is not None for record in family)


def test_a_number_that_is_taken_where_a_prospect_would_go_is_told_and_nothing_moves(
    bank: Office, exchange: Exchange
) -> None:
    with bank.administration.store.writing() as unit:
        for name in ("zhang", "wu"):
            unit.accounts.add_device(DeviceAccount(name, name, "", 0, "", None, None), token_hash(name))
        accounts = {name: unit.accounts.staff(name) for name in ("zhang", "wu")}
    for name, stream in (("zhang", BRANCH), ("wu", OTHER)):
        account = accounts[name]
        assert account is not None
        made = send.creation("prospect", "p1", Prospect(owner=name), actor=name, stream=stream)
        assert SmallLaptop(exchange, account.author, name).outcomes(made) == ["accepted"]
    with pytest.raises(Actionable) as refused:
        bank.administration.reassign("p1", "qian")
    assert refused.value.code == "occupied"
    require_sound_chains(bank)


def test_of_all_an_officers_prospects_one_that_cannot_move_keeps_no_other(
    bank: Office, laptop_of: Callable[[str], Laptop], exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fieldapp.headoffice.reassignment.AT_ONCE", 2)
    zhang, wu = laptop_of("zhang"), laptop_of("wu")
    numbers = sorted(f"p{number}" for number in range(5))
    taken = numbers[1]
    for laptop, stream, records in ((zhang, BRANCH, numbers), (wu, OTHER, [taken])):
        author = bank.caller(laptop.enrolment.device).author
        made = [
            send.creation("prospect", record, Prospect(owner=author.staff), actor=author.staff, stream=stream)
            for record in records
        ]
        outcomes = SmallLaptop(exchange, author, laptop.enrolment.device).outcomes(*made)
        assert {*outcomes} == {"accepted"}
    for _again in range(2):
        done = bank.administration.reassign_all("zhang", "qian")
        assert [(one.prospect, one.why.code) for one in done.left] == [(taken, "occupied")]
    assert {stored(bank, record).owner for record in numbers if record != taken} == {"qian"}
    assert bank.administration.reassign_all("zhang", "li").left == []
    require_sound_chains(bank)


def test_pushes_and_moves_at_the_same_time_lose_nothing(office: Administration, exchange: Exchange) -> None:
    """Two officers type without pause while their prospects go to and fro between two sub-branches."""
    staff = {"zhang": BRANCH, "wu": OTHER}
    typed: dict[str, list[str]] = {name: [] for name in staff}
    done = threading.Event()

    def caller_of(name: str) -> SmallLaptop:
        device = f"{name}-laptop-0123456789"
        with office.store.writing() as unit:
            unit.accounts.add_device(DeviceAccount(device, name, "", 0, "", None, None), token_hash(device))
            account = unit.accounts.staff(name)
        assert account is not None
        return SmallLaptop(exchange, account.author, device)

    laptops = {name: caller_of(name) for name in staff}
    for name, stream in staff.items():
        laptops[name].sync(
            *(
                send.creation("prospect", f"{name}{n}", Prospect(owner=name), actor=name, stream=stream)
                for n in range(3)
            )
        )

    def type_on(name: str) -> None:
        for turn in range(25):
            change = send.change(
                "prospect",
                f"{name}{turn % 3}",
                {"remark": (f"shown {turn}", f"{name} {turn}")},
                actor=name,
                stream=staff[name],
            )
            outcome = "waits"
            while outcome == "waits":
                (receipt,) = laptops[name].ask(laptops[name].request(change)).receipts
                outcome = receipt.outcome
            assert outcome in ("accepted", "merged", "conflict"), receipt
            typed[name].append(f"{name} {turn}")

    def move() -> None:
        while not done.is_set():
            for name, other in (("zhang", "wu"), ("wu", "zhang")):
                for n, to in itertools.product(range(3), (other, name)):
                    office.reassign(f"{name}{n}", to)

    with ThreadPoolExecutor(3) as pool:
        typing = [pool.submit(type_on, name) for name in staff]
        moving = pool.submit(move)
        try:
            for under_way in typing:
                under_way.result()
        finally:
            done.set()
        moving.result()
    with office.store.reading() as unit:
        kept = unit.records.find([f"{name}{n}" for name in staff for n in range(3)], unit.records.streams())
    assert len(kept) == 6
    values = {
        value
        for record in kept.values()
        for value in (
            record.values.get("remark"),
            *(conflict.value for conflict in record.conflicts),
            *(past.value for past in record.history),
        )
    }
    assert {value for told in typed.values() for value in told} <= values
    assert all(audited.sound for audited in office.audit())
