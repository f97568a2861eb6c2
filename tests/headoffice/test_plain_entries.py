"""What is recognised at a glance ends just as if it had been merged at length: every table, every reply."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count, product
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from fieldapp.domain.kinds import values_of
from fieldapp.domain.records import Contact, PersonMet, Visit
from fieldapp.headoffice import arrivals, chain, second_officer
from fieldapp.headoffice import exchange as exchanges
from fieldapp.headoffice.administration import create_head_office
from fieldapp.headoffice.database import open_database
from fieldapp.headoffice.exchange import Exchange
from fieldapp.headoffice.push import Manner
from fieldapp.headoffice.scope import Author
from fieldapp.headoffice.storage import tables
from fieldapp.headoffice.storage.accounts import DeviceAccount, StaffAccount
from fieldapp.headoffice.storage.extracts import every_record
from fieldapp.headoffice.tokens import token_hash
from fieldapp.protocol.changes import Change, decode_change, encode_change
from fieldapp.protocol.messages import SyncReply, SyncRequest
from tests.headoffice import changes_to_send as send

AUTHORS = {"zhang": Author("zhang", "officer", send.BRANCH), "hu": Author("hu", "branch_head", send.BRANCH)}
PARENTS = ("mine", "other", "deleted", "theirs", "unknown")
START = datetime(2026, 6, 1, 8, tzinfo=UTC)
ODD: dict[str, Any] = {
    "promised_fen": st.sampled_from([-1, 0, 5_000, 10**15, 2**63, 2**70]),
    "amends": st.sampled_from(["v1", "", "x" * 20_001]),
    "deleted": st.booleans(),
    "staff": st.sampled_from(["li", "", 3, None]),
    "people": st.sampled_from([[], [{"name": "王", "age": 2**70}], [{"name": 3}], "nobody", [{"name": "李"}]]),
    "next_date": st.sampled_from(["2026-05-01", "2026-06-01", "soon", None]),
    "ended_at": st.sampled_from(["2026-06-01T07:00:00Z", "2026-06-03T08:00:00Z", "2026-06-01T09:00:00", "later"]),
    "started_at": st.sampled_from(["2026-06-01T08:00:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:00Z"]),
    "zone": st.sampled_from(["Nowhere/Nowhere", "", "../x"]),
    "photos": st.sampled_from([[], [{"digest": "a" * 64, "name": "1", "size": 3, "media_type": "image/jpeg"}], [3]]),
    "facts": st.sampled_from(["", "账" * 300, "x" * 20_001, None, "\x00"]),
    "colour": st.sampled_from(["red", None, 2**70]),
}


@st.composite
def _changes(draw: st.DrawFn) -> list[dict[str, Any]]:
    return draw(st.lists(_change(), min_size=1, max_size=8))


@st.composite
def _change(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(["visit", "visit", "contact", "delete", "give"]))
    odd = draw(st.sets(st.sampled_from(sorted(ODD)), max_size=2)) if draw(st.booleans()) else ()
    return {
        "kind": kind,
        "parent": draw(st.sampled_from(("mine", *PARENTS))),
        "record": draw(st.integers(0, 5)) if draw(st.booleans()) else None,
        "id": draw(st.integers(0, 5)) if draw(st.integers(0, 3)) == 0 else None,
        "odd": {name: draw(ODD[name]) for name in odd},
        "new": draw(st.integers(0, 9)) > 0,
        "shown": draw(st.integers(0, 9)) == 0,
        "guard": draw(st.integers(0, 9)) == 0,
        "actor": draw(st.integers(0, 9)) == 0,
        "stream": draw(st.sampled_from([send.BRANCH] * 8 + ["CB02", "no such"])),
    }


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A head office with prospects to visit, closed."""
    path = tmp_path_factory.mktemp("office") / "office.db"
    office = create_head_office(str(path), send.FixedClock(), products=False)
    for code in (send.BRANCH, "CB02"):
        office.add_branch(send.branch(code))
    with office.store.writing() as unit:
        for name, role in (("zhang", "officer"), ("li", "officer"), ("hu", "branch_head")):
            unit.accounts.put_staff(StaffAccount(name, name, role, send.BRANCH, active=True))  # type: ignore[arg-type]
            unit.accounts.add_device(DeviceAccount(name, name, "", 0, "", None, None), token_hash(name))
    exchange = Exchange(office.store, send.FixedClock())
    for author, record, deleted in (("zhang", "mine", False), ("zhang", "deleted", True), ("li", "theirs", False)):
        made = send.prospect(record, actor=author, deleted=deleted)
        _ask(exchange, Author(author, "officer", send.BRANCH), 1, [made])
    _ask(exchange, Author("zhang", "officer", send.BRANCH), 2, [send.prospect("other"), send.visit("r0", "other")])
    office.store.close()
    return path


Sent = list[tuple[str, list[dict[str, Any]], bool, bool]]
SENT = st.lists(
    st.tuples(st.sampled_from(sorted(AUTHORS)), _changes(), st.booleans(), st.booleans()), min_size=1, max_size=3
)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=SENT)
def test_plain_entries_leave_every_table_as_a_merge_at_length_would(
    office: Path, tmp_path: Path, batches: Sent
) -> None:
    _compare(office, tmp_path, batches)


@pytest.mark.long
@settings(max_examples=600, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=SENT)
def test_many_plain_entries_leave_every_table_as_a_merge_at_length_would(
    office: Path, tmp_path: Path, batches: Sent
) -> None:
    _compare(office, tmp_path, batches)


@pytest.mark.long
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=SENT)
def test_changes_stored_one_by_one_end_as_those_stored_together(office: Path, tmp_path: Path, batches: Sent) -> None:
    _compare(office, tmp_path, batches, (Manner.AT_LENGTH, Manner.ONE_BY_ONE))


def _compare(
    office: Path, tmp_path: Path, batches: Sent, manners: tuple[Manner | None, Manner] = (None, Manner.AT_LENGTH)
) -> None:
    numbers = count(1)
    sent = [
        (author, [_made(spec, author, next(numbers)) for spec in specs], held, brief)
        for author, specs, held, brief in batches
    ]
    one, other = (_after(office, tmp_path / f"{place}.db", sent, manner) for place, manner in enumerate(manners))
    assert one == other


@pytest.mark.parametrize("manner", [None, *Manner])
def test_same_id_twice_and_what_waits_behind_a_refusal_end_alike_in_every_manner(
    manner: Manner | None, office: Path, tmp_path: Path
) -> None:
    wrong = _numbered(_visit("new", parent="theirs"), 1, 91)
    again = msgspec.structs.replace(wrong, made_at="2026-06-02T01:00:00Z")
    prior = _numbered(send.change("prospect", "mine", {"stage": ("contact", "no such")}), 5)
    behind = _numbered(send.change("prospect", "mine", {"remark": (None, "behind")}), 6)
    told, _tables = _after(
        office, tmp_path / "office.db", [("zhang", [wrong, again, prior, behind], False, False)], manner
    )
    assert [receipt.outcome for receipt in told[0].receipts] == ["refused", "id_reuse", "refused", "waits"]


@pytest.mark.parametrize("manner", [None, *Manner])
def test_new_entry_sent_to_another_stream_under_a_name_that_stands_has_its_answer(
    manner: Manner | None, office: Path, tmp_path: Path
) -> None:
    lost = msgspec.structs.replace(_numbered(_visit("r0", parent="mine"), 1, 91), stream="CB02")
    told, _tables = _after(office, tmp_path / "office.db", [("zhang", [lost], False, False)], manner)
    assert [(receipt.outcome, receipt.code) for receipt in told[0].receipts] == [("refused", "record_exists")]


def test_usual_visit_and_contact_are_recognised_at_a_glance() -> None:
    for body in map(encode_change, (_visit("v"), _contact("c"))):
        assert arrivals.arrival_of(body).plain is not None


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=SENT)
def test_brief_form_makes_the_record_that_the_other_makes(office: Path, tmp_path: Path, batches: Sent) -> None:
    _compare_forms(office, tmp_path, batches)


@pytest.mark.long
@settings(max_examples=600, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=SENT)
def test_many_brief_forms_make_the_records_that_the_others_make(office: Path, tmp_path: Path, batches: Sent) -> None:
    _compare_forms(office, tmp_path, batches)


def _compare_forms(office: Path, tmp_path: Path, batches: Sent) -> None:
    numbers = count(1)
    made = [(author, [_made(spec, author, next(numbers)) for spec in specs]) for author, specs, *_rest in batches]
    ended = []
    for brief in (False, True):
        told, tables = _after(office, tmp_path / "office.db", [(*one, False, brief) for one in made], None)
        outcomes = [[(r.change, r.outcome, r.code, r.seq) for r in reply.receipts] for reply in told]
        runs = [[(run.first, run.count, run.stream, run.seq) for run in reply.runs] for reply in told]
        ended.append((outcomes, runs, {kept: rows for kept, rows in tables.items() if kept[0] == "record"}))
    assert ended[0] == ended[1]


def _brief(change: Change, **more: object) -> bytes:
    """``change`` in the brief form, and whatever ``more`` is said."""
    told = msgspec.json.decode(encode_change(change, brief=True))
    assert "fields" not in told
    return msgspec.json.encode(told | more)


def test_either_form_says_the_same() -> None:
    for change in (_visit("v"), _contact("c"), send.prospect("p")):
        at_length, brief = encode_change(change), encode_change(change, brief=True)
        assert decode_change(at_length) == decode_change(brief)
        one, other = map(arrivals.arrival_of, (at_length, brief))
        assert (one.plain, one.change, one.flaw) == (other.plain, other.change, other.flaw)


def test_only_what_was_shown_nothing_of_has_a_brief_form() -> None:
    shown = msgspec.structs.replace(_visit("v"), fields={"facts": ("was", "is")})
    edit = send.change("prospect", "p", {"remark": (None, "now")})
    for change in (shown, edit):
        assert encode_change(change, brief=True) == encode_change(change)


@pytest.mark.parametrize("more", [{"new": False}, {"values": None}, {"values": [1]}, {"values": "x"}])
def test_brief_form_of_something_else_is_refused_in_words(more: dict[str, object]) -> None:
    arrival = arrivals.arrival_of(_brief(_visit("v"), **more))
    assert arrival.plain is None
    assert arrival.flaw is not None
    assert arrival.flaw.code == "malformed"


@pytest.mark.parametrize("fields", [{}, {"facts": [None, "paired"]}])
def test_where_both_forms_stand_the_pairs_count(fields: dict[str, object]) -> None:
    arrival = arrivals.arrival_of(_brief(_visit("v"), fields=fields))
    assert arrival.plain is None
    assert arrival.change is not None
    assert arrival.change.fields == {name: tuple(pair) for name, pair in fields.items()}  # type: ignore[arg-type]


def _after(office: Path, copy: Path, sent: list[tuple[str, list[Change], bool, bool]], manner: Manner | None) -> Any:
    """The replies and every table after ``sent`` was taken in, in that manner alone if one is named."""
    for leftover in copy.parent.glob(copy.name + "*"):
        leftover.unlink()
    shutil.copy(office, copy)
    asked = count()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chain.secrets, "token_bytes", bytes)  # the same ones however often they are drawn
        patch.setattr(second_officer, "new_change_id", lambda: f"asked{next(asked)}")
        if manner is not None:
            patch.setattr(exchanges, "_in_quickest_manner", lambda push_in, _device: push_in(manner))
        if manner is Manner.AT_LENGTH:
            patch.setattr(arrivals, "plain_entry", lambda _body: None)
        store = open_database(str(copy))
        try:
            exchange = Exchange(store, send.FixedClock())
            told = [
                _ask(exchange, AUTHORS[author], 10 + turn, changes, lying=lying, brief=brief)
                for turn, (author, changes, lying, brief) in enumerate(sent)
            ]
            with store.reading() as unit:
                kept = {t.name: sorted(map(repr, unit.connection.execute(select(t)))) for t in _kept()}
                for stream in unit.records.streams():
                    kept[stream] = list(map(repr, unit.records.journal.entries(stream)))
                    kept["record", stream] = list(map(repr, every_record(unit.connection, stream)))
                ids = [change.id for _author, changes, *_rest in sent for change in changes]
                kept["receipts"] = unit.records.receipts(product(unit.records.streams(), ids))
        finally:
            store.close()
    for reply in told:
        for run in reply.runs:
            event(f"runs of {'many' if run.count > 1 else 'one'}")
    return told, kept


def _kept() -> Iterator[Any]:
    """Every table but what differs by itself, and those whose rows one manner leaves out: they are read as told."""
    left_out = ("setting", "journal", "journal_run", "receipt", "record")
    return (table for table in tables.metadata.sorted_tables if table.name not in left_out)


def _ask(
    exchange: Exchange,
    author: Author,
    counter: int,
    changes: list[Change],
    *,
    lying: bool = False,
    brief: bool = False,
) -> SyncReply:
    request = SyncRequest(
        protocol=2,
        device=author.staff,
        counter=counter,
        changes=[msgspec.Raw(encode_change(change, brief=brief)) for change in changes],
        held={changes[0].record: (0, send.BRANCH, 3)} if lying else {},
    )
    reply = exchange.answer(author, author.staff, request)
    return msgspec.json.decode(msgspec.json.encode(reply), type=SyncReply)


def _made(spec: dict[str, Any], author: str, number: int) -> Change:
    if spec["kind"] == "delete":
        return _numbered(send.change("prospect", spec["parent"], {"deleted": (False, True)}, actor=author), number)
    if spec["kind"] == "give":
        return _numbered(send.change("prospect", spec["parent"], {"owner": ("zhang", "li")}, actor=author), number)
    record = f"r{spec['record'] if spec['record'] is not None else number + 100}"
    made = (_visit if spec["kind"] == "visit" else _contact)(record, spec["parent"], author)
    fields = made.fields | {name: (None, value) for name, value in spec["odd"].items()}
    if spec["shown"]:
        fields["facts"] = ("was", "is")
    return msgspec.structs.replace(
        _numbered(made, number, spec["id"]),
        fields=fields,
        new=spec["new"],
        guard={"deleted": False} if spec["guard"] else {},
        actor="li" if spec["actor"] else author,
        stream=spec["stream"],
    )


def _numbered(change: Change, number: int, name: int | None = None) -> Change:
    return msgspec.structs.replace(change, id=f"{name if name is not None else number + 100:032x}", n=number)


def _visit(record: str, parent: str = "mine", staff: str = "zhang") -> Change:
    visit = Visit(
        staff=staff,
        purpose="marketing",
        started_at=START,
        ended_at=START + timedelta(minutes=30),
        business_date=START.date(),
        zone="Asia/Shanghai",
        people=(PersonMet("张三", "self"),),
        facts="货",
    )
    return _entry("visit", record, parent, staff, values_of(visit))


def _contact(record: str, parent: str = "mine", staff: str = "zhang") -> Change:
    contact = Contact(
        staff=staff,
        at=START,
        business_date=START.date(),
        zone="Asia/Shanghai",
        channel="phone",
        source="outbound",
        result="interested",
    )
    return _entry("contact", record, parent, staff, values_of(contact))


def _entry(kind: str, record: str, parent: str, staff: str, values: dict[str, Any]) -> Change:
    fields = {name: (None, value) for name, value in values.items() if value is not None}
    return send.change(kind, record, fields, actor=staff, parent=parent, new=True)
