"""An application of eight parties and twelve months, typed by keyboard alone, killed at any key, is found again."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fieldapp.domain.application_checklist import Step
from fieldapp.services.apply_for_loan import ApplyForLoan, OpenApplication
from fieldapp.services.prospect_page import prospect_page
from fieldapp.services.rebuild_accounts import RebuildAccounts
from fieldapp.services.timeline import ContactEntry
from fieldapp.store.database import Store
from tests.desktop.officer_at_the_keyboard import (
    OfficerProcess,
    fill_in,
    type_a_fact,
    type_a_name,
    type_a_note,
    type_into_a_cell,
)
from tests.desktop.the_whole_application import (
    ACCOUNTS,
    COLLATERAL,
    DEBTS,
    FIELDS,
    KNOWN,
    PARTIES,
    PLEDGOR,
    SPOUSE_REASON,
    months_of,
    plain,
)
from tests.services.an_application import FixedClock, new_laptop, new_prospect

KEY = bytes(range(32))


@pytest.fixture
def profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A laptop with a customer, and another whom the customer asks to guarantee."""
    monkeypatch.setattr(os, "urandom", lambda size: KEY[:size])
    with new_laptop(tmp_path, FixedClock()) as store:
        new_prospect(store)
        new_prospect(store, name=KNOWN, village="上河村")
    return tmp_path


@pytest.fixture(scope="module")
def loaded() -> Iterator[OfficerProcess]:
    """The program loaded once; each start only forks it."""
    with OfficerProcess() as officer:
        yield officer


@pytest.fixture
def officer(loaded: OfficerProcess) -> Iterator[OfficerProcess]:
    """Nobody at the keyboard before the test, and nobody after it."""
    yield loaded
    loaded.kill()


class Told:
    """What the officer was seen to have saved."""

    def __init__(self) -> None:
        self.fields: dict[str, object] = {}
        self.rows: set[str] = set()
        self.half: dict[str, dict[str, object]] = {}
        self.again = 0
        self.months: set[str] = set()
        self.submitted = False

    def hear(self, line: str) -> None:
        what, _, rest = line.partition(" ")
        assert what != "fault", rest
        match what:
            case "kept":
                name, _, value = rest.partition(" ")
                self.fields[name] = json.loads(value)
            case "half":
                draft, _, fields = rest.partition(" ")
                self.half = {draft: json.loads(fields)}
            case "anew":
                self.half.pop(rest, None)
            case "again":
                draft, _, fields = rest.partition(" ")
                self.again += 1
                assert self.half.get(draft, {}).items() <= json.loads(fields).items(), "the screen shows what was typed"
            case "row":
                self.rows.add(rest)
                self.half.clear()  # one dialog at a time: it became this row
            case "months":
                self.months.add(rest)
            case "submitted":
                self.submitted = True


def killed_and_found_again(officer: OfficerProcess, profile: Path, seed: str, strikes: int) -> None:
    draw, told = random.Random(seed), Told()
    for strike in range(strikes):
        officer.start(fill_in, profile, KEY.hex(), draw.randint(20, 420), draw.uniform(0, 0.3), f"{seed} {strike}")
        for line in officer.lines_until_killed():
            told.hear(line)
            if told.submitted:
                officer.shoot()
        look(profile, told)
        if told.submitted:
            break
    else:
        officer.start(fill_in, profile, KEY.hex(), 0, 0, f"{seed} last")
        while not told.submitted:
            told.hear(officer.line())
        officer.kill()
    look(profile, told, whole=True)
    assert told.half == {}


def look(profile: Path, told: Told, *, whole: bool = False) -> None:
    """Open the records as the next start does: everything that was saved is there, once."""
    with Store(profile / "records.db", KEY, FixedClock()) as store:
        applying = ApplyForLoan(store)
        (line,) = [line for one in prospects(store) for line in applying.of_prospect(one)] or (None,)
        if line is None:
            assert vars(told) == vars(Told())
            return
        opened = applying.open(line.id)
        typed = opened.draft.typed if opened.draft is not None else {}
        standing = {name: plain(typed.get(name, opened.fields.get(name))) for name in told.fields}
        assert standing == told.fields
        assert rows_of(opened) >= told.rows
        look_at_dialog(store, told, rows_of(opened) - told.rows - {"", PLEDGOR})
        assert len(set(names := list_of(opened))) == len(names), "nobody and nothing stands there twice"
        accounts = RebuildAccounts(store).open(line.id)
        sheet = accounts.draft.sheet if accounts.draft is not None else accounts.sheet
        assert {item: months_of(sheet, item) for item in told.months} == {
            item: ACCOUNTS.flows[item] for item in told.months
        }
        if whole:
            assert line.status == "submitted"
            assert rows_of(opened) == {*PARTIES, *DEBTS, *COLLATERAL, PLEDGOR, SPOUSE_REASON}
            everything = {name: typed.kept for step in Step for name, typed in FIELDS.get(step, {}).items()}
            assert {name: plain(opened.fields[name]) for name in everything} == everything
            assert (opened.fields["sales_fen"], opened.fields["existing_debt_fen"]) == (ACCOUNTS.sales_fen, 1_440_000)


def look_at_dialog(store: Store, told: Told, unsaid: set[str]) -> None:
    """What stood in a dialog is kept, or it has become a row that the officer did not live to tell of: never both."""
    with store.reading() as view:
        kept = {draft.id: draft.body["typed"] for draft in view.drafts.of("dialog")}
    for draft, fields in told.half.items():
        if draft in kept:
            assert fields.items() <= kept[draft].items(), "what was typed is found again"
            assert not unsaid, "a row and the end of what was typed for it are one"
        else:
            assert len(unsaid) == 1
    told.half = {draft: fields for draft, fields in told.half.items() if draft in kept}
    told.rows |= unsaid


def prospects(store: Store) -> list[str]:
    with store.reading() as view:
        return [stored.id for stored in view.records.of_kind("prospect")]


def list_of(opened: OpenApplication) -> list[str]:
    backing = opened.file.backing
    people = [backing.name_of(party.person) for party in backing.parties.values() if party.role != "spouse"]
    debts = [debt.lender for debt in backing.debts.values()]
    return people + debts + [thing.description for thing in backing.collateral.values()]


def rows_of(opened: OpenApplication) -> set[str]:
    excused = {party.no_signature_reason for _, party in opened.file.backing.of_role("spouse")}
    return {*list_of(opened), *excused}


def test_what_was_filled_in_is_found_again_after_one_flat_battery_and_another(
    officer: OfficerProcess, profile: Path
) -> None:
    told = Told()
    for struck_after in (330, 90):
        officer.start(fill_in, profile, KEY.hex(), struck_after, 0.02, f"brief {struck_after}")
        before = len(told.fields)
        for line in officer.lines_until_killed():
            told.hear(line)
        look(profile, told)
        assert len(told.fields) >= before
    assert told.fields


@pytest.mark.long
def test_an_application_of_eight_parties_survives_a_flat_battery(officer: OfficerProcess, profile: Path) -> None:
    killed_and_found_again(officer, profile, "short", strikes=1)


def test_what_is_half_typed_in_a_dialog_survives_a_flat_battery(officer: OfficerProcess, profile: Path) -> None:
    """Struck while a dialog is open, several times in the first ones: each is found again on the screen."""
    draw, told = random.Random("dialogs"), Told()
    for struck in range(3):
        officer.start(fill_in, profile, KEY.hex(), 0, 0, f"dialogs {struck}")
        shot = False
        for line in officer.lines_until_killed():
            told.hear(line)
            assert not told.submitted
            if not shot and line.startswith("half") and draw.random() < 0.5:
                officer.shoot()
                shot = True
        look(profile, told)
    assert told.again >= 1, "some were opened again"


def fact_found(store: Store, prospect: str) -> object:
    page = prospect_page(store, prospect)
    assert page.person is not None
    assert page.person.values.get("actual_address") is None, "nothing was saved before the field was left"
    (found,) = page.half_typed.values()
    return found.typed["actual_address"]


def note_found(store: Store, prospect: str) -> object:
    page = prospect_page(store, prospect)
    assert not any(isinstance(entry, ContactEntry) for entry in page.timeline), "nothing was recorded before Enter"
    (found,) = page.half_typed.values()
    return found.typed["note"]


def name_found(store: Store, application: str) -> object:
    found = RebuildAccounts(store).open(application).unfinished
    return found.unfinished.balance if found is not None else None


def cell_found(store: Store, application: str) -> object:
    accounts = RebuildAccounts(store).open(application)
    assert accounts.draft is None, "nothing became part of the sheet before the cell was left"
    assert accounts.unfinished is not None
    cell = accounts.unfinished.unfinished.cell
    return cell.text if cell is not None else None


IN_PLACE = {
    type_a_fact: fact_found, type_a_note: note_found, type_a_name: name_found, type_into_a_cell: cell_found
}  # fmt: skip


@pytest.mark.parametrize("where", IN_PLACE)
def test_what_is_half_typed_in_place_survives_a_flat_battery(
    officer: OfficerProcess, profile: Path, where: Callable[..., None]
) -> None:
    """Struck a moment after a key, again and again: each start shows at least what was told to be on the disk."""
    with Store(profile / "records.db", KEY, FixedClock()) as store:
        prospect = prospects(store)[0]
        about = prospect if where in (type_a_fact, type_a_note) else ApplyForLoan(store).start(prospect)
    draw, told = random.Random(where.__name__), ""
    for _ in range(3):
        officer.start(where, profile, KEY.hex(), about, "abcdef")
        left = draw.randint(1, 6)
        for line in officer.lines_until_killed():
            what, _, text = line.partition(" ")
            assert what != "fault", text
            assert text.startswith(told)
            told = text
            left -= what == "half"
            if not left:
                officer.shoot()
    assert told
    with Store(profile / "records.db", KEY, FixedClock()) as store:
        assert str(IN_PLACE[where](store, about)).startswith(told)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(6))
def test_an_application_survives_one_flat_battery_after_the_other(
    officer: OfficerProcess, profile: Path, seed: int
) -> None:
    killed_and_found_again(officer, profile, str(seed), strikes=10)
