"""The exchange over real storage (SYNC 1 to 26, 33, 41)."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from fieldapp.domain.application_records import ExternalDebt, Guarantee
from fieldapp.domain.errors import Actionable
from fieldapp.headoffice.administration import Administration
from fieldapp.headoffice.exchange import Exchange
from fieldapp.headoffice.storage.records import Records
from fieldapp.headoffice.storage.store import Busy
from fieldapp.protocol.changes import encode_change
from fieldapp.protocol.messages import SyncReply
from tests.headoffice import changes_to_send as send
from tests.headoffice.a_case import MSED, customer, filled
from tests.headoffice.consents_to_send import signed_case
from tests.headoffice.laptops import Laptop

Enrol = Callable[[str], Laptop]


def told_by_head_office(office: Administration, stream: str = send.BRANCH) -> dict[str, dict[str, object]]:
    with office.store.reading() as unit:
        kinds = ("prospect", "person", "visit", "application", "grid")
        return {r.record: r.values for kind in kinds for r in unit.records.of_kind(stream, kind)}


def shown_on(laptop: Laptop) -> dict[str, dict[str, object]]:
    return {name: state.values for name, state in laptop.base.items() if state.rev[1] != "bank"}


def test_accepted_day_comes_back_to_a_second_laptop_of_the_officer(office: Administration, laptop_of: Enrol) -> None:
    first, second = laptop_of("zhang"), laptop_of("zhang")
    reply = first.sync(send.prospect(), send.person(), send.visit(), send.application())
    assert [receipt.outcome for receipt in reply.receipts] == ["accepted"] * 4
    assert [receipt.seq for receipt in reply.receipts] == [1, 2, 3, 4]
    second.sync()
    assert shown_on(second) == shown_on(first) == told_by_head_office(office)
    assert office.verify_chain(send.BRANCH) == 4


def test_own_accepted_changes_are_not_sent_back(laptop_of: Enrol) -> None:
    laptop = laptop_of("zhang")
    laptop.sync()
    reply = laptop.sync(send.prospect(), send.person())
    assert (reply.states, reply.records, reply.gone) == ([], [], [])


def test_sync_with_nothing_new_is_a_few_hundred_bytes_and_one_round_trip(laptop_of: Enrol) -> None:
    laptop = laptop_of("zhang")
    laptop.sync(send.prospect())
    reply = laptop.ask(laptop.request())
    assert not reply.more
    assert len(msgspec.json.encode(reply)) < 1200
    assert reply.records == reply.states == reply.gone == []


def test_lost_reply_does_not_record_twice(office: Administration, laptop_of: Enrol) -> None:
    laptop = laptop_of("zhang")
    laptop.sync()
    changes = (send.prospect(), send.visit())
    request = laptop.request(*changes)
    lost = laptop.ask(request)
    again = laptop.ask(request)
    assert again.receipts == lost.receipts
    laptop.apply(again, changes)
    assert shown_on(laptop) == told_by_head_office(office)
    assert office.verify_chain(send.BRANCH) == 2


def test_same_id_with_other_bytes_is_told_apart(laptop_of: Enrol) -> None:
    laptop = laptop_of("zhang")
    change = send.prospect()
    assert laptop.outcomes(change) == ["accepted"]
    assert laptop.outcomes(msgspec.structs.replace(change, made_at="2026-07-01T00:00:00Z")) == ["id_reuse"]
    assert laptop.outcomes(change) == ["accepted"]


def test_same_change_twice_in_one_request_is_one(office: Administration, laptop_of: Enrol) -> None:
    change = send.prospect()
    assert laptop_of("zhang").outcomes(change, change) == ["accepted", "accepted"]
    assert office.verify_chain(send.BRANCH) == 1


def test_one_bad_change_does_not_stop_the_others(laptop_of: Enrol) -> None:
    changes = (
        send.prospect("p1"),
        send.person("q1", name=""),
        send.visit("v1", parent="nobody"),
        send.visit("v2"),
        send.prospect("p2", actor="li"),
    )
    reply = laptop_of("zhang").sync(*changes)
    assert [r.outcome for r in reply.receipts] == ["accepted", "refused", "waits", "accepted", "refused"]
    assert [(r.code, r.field) for r in reply.receipts if r.outcome == "refused"] == [
        ("name_missing", "name"),
        ("actor", "actor"),
    ]


def test_change_that_cannot_be_read_is_refused_by_its_id(laptop_of: Enrol) -> None:
    laptop = laptop_of("zhang")
    request = msgspec.structs.replace(
        laptop.request(), changes=[msgspec.Raw(b'{"id":"c1","fields":7}'), msgspec.Raw(encode_change(send.prospect()))]
    )
    receipt = laptop.ask(request).receipts[0]
    assert (receipt.change, receipt.outcome, receipt.code) == ("c1", "refused", "malformed")
    with pytest.raises(Actionable) as refused:
        laptop.ask(msgspec.structs.replace(laptop.request(), changes=[msgspec.Raw(b"[1]")]))
    assert refused.value.code == "malformed"


def test_waiting_change_is_accepted_once_its_predecessor_came(laptop_of: Enrol) -> None:
    laptop = laptop_of("zhang")
    child = send.person()
    assert laptop.outcomes(child) == ["waits"]
    assert laptop.outcomes(send.prospect(), child) == ["accepted", "accepted"]


def test_two_laptops_two_fields_merge_and_one_field_conflicts(office: Administration, laptop_of: Enrol) -> None:
    one, two = laptop_of("zhang"), laptop_of("zhang")
    one.sync(send.prospect(remark="a", village="x"))
    two.sync()
    one.sync(send.change("prospect", "p1", {"remark": ("a", "b")}))
    reply = two.sync(send.change("prospect", "p1", {"village": ("x", "y")}))
    assert [r.outcome for r in reply.receipts] == ["merged"]
    assert two.base["p1"].values["remark"] == "b"
    reply = two.sync(send.change("prospect", "p1", {"remark": ("a", "c")}, id="lost"))
    assert [r.outcome for r in reply.receipts] == ["conflict"]
    one.sync()
    assert one.base["p1"] == two.base["p1"]
    (conflict,) = one.base["p1"].conflicts
    assert (conflict.value, conflict.standing) == ("c", "b")
    one.sync(send.change("prospect", "p1", {"remark": ("b", "c")}, after=(("lost", "remark"),)))
    two.sync()
    assert one.base["p1"].conflicts == two.base["p1"].conflicts == ()
    assert told_by_head_office(office)["p1"]["remark"] == "c"


def test_queued_edits_of_one_field_follow_each_other(laptop_of: Enrol) -> None:
    laptop = laptop_of("zhang")
    first = send.change("prospect", "p1", {"remark": (None, "a")})
    second = send.change("prospect", "p1", {"remark": ("a", "b")}, after=((first.id, "remark"),))
    assert laptop.outcomes(send.prospect(), first, second) == ["accepted"] * 3
    assert laptop.base["p1"].values["remark"] == "b"


def test_pages_carry_every_record_once_and_skip_none(office: Administration, laptop_of: Enrol) -> None:
    one, two = laptop_of("zhang"), laptop_of("zhang")
    one.sync(send.prospect(), *(send.visit(f"v{number}") for number in range(25)))
    pages: list[SyncReply] = []
    while not pages or pages[-1].more:
        pages.append(two.ask(two.request(page=4)))
        two.apply(pages[-1])
    assert pages[0].restart
    assert not any(page.restart for page in pages[1:])
    assert all(len(page.records) <= 4 for page in pages)
    assert shown_on(two) == told_by_head_office(office)


def test_pull_ends_at_the_head_it_began_with_though_the_branch_goes_on(laptop_of: Enrol) -> None:
    busy, reader = laptop_of("zhang"), laptop_of("zhang")
    busy.sync(send.prospect(), *(send.visit(f"v{number}") for number in range(6)))
    reply = reader.ask(reader.request(page=2))
    reader.apply(reply)
    rounds = 0
    while reply.more:
        busy.sync(*(send.visit(f"w{rounds}-{number}") for number in range(2)))
        reply = reader.ask(reader.request(page=2))
        reader.apply(reply)
        rounds += 1
        assert rounds < 10
    reader.sync()
    assert shown_on(reader) == shown_on(busy)


def test_change_made_while_paging_arrives_with_a_later_page(laptop_of: Enrol) -> None:
    writer, reader = laptop_of("zhang"), laptop_of("zhang")
    writer.sync(send.prospect(remark="a"), *(send.visit(f"v{number}") for number in range(5)))
    first = reader.ask(reader.request(page=3))
    reader.apply(first)
    writer.sync(send.change("prospect", "p1", {"remark": ("a", "b")}))
    reader.sync(page=3)
    reader.sync()
    assert reader.base["p1"].values["remark"] == "b"


def test_officers_see_their_own_and_the_branch_head_sees_all(laptop_of: Enrol) -> None:
    zhang, li, hu, wu = map(laptop_of, ("zhang", "li", "hu", "wu"))
    zhang.sync(send.prospect("p1"), send.visit("v1"))
    li.sync(send.prospect("p2", actor="li"))
    for laptop in (zhang, li, hu, wu):
        laptop.sync()
    assert set(shown_on(zhang)) == {"p1", "v1"}
    assert set(shown_on(li)) == {"p2"}
    assert set(shown_on(hu)) == {"p1", "v1", "p2"}
    assert set(shown_on(wu)) == set()
    assert all(any(s.kind == "branch" for s in laptop.base.values()) for laptop in (zhang, li, hu, wu))


def test_strangers_change_is_refused_and_tells_nothing(office: Administration, laptop_of: Enrol) -> None:
    laptop_of("zhang").sync(send.prospect(remark="secret"))
    reply = laptop_of("li").sync(send.change("prospect", "p1", {"remark": ("x", "y")}, actor="li"))
    assert [(r.outcome, r.code) for r in reply.receipts] == [("refused", "scope")]
    assert b"secret" not in msgspec.json.encode(reply)
    assert laptop_of("wu").outcomes(send.visit(actor="wu")) == ["refused"]


def test_what_was_tried_on_a_strangers_record_holds_nothing_once_it_is_ones_own(laptop_of: Enrol) -> None:
    zhang, li, hu = map(laptop_of, ("zhang", "li", "hu"))
    zhang.sync(send.prospect())
    assert li.outcomes(send.change("prospect", "p1", {"remark": (None, "x")}, actor="li")) == ["refused"]
    hu.sync(send.change("prospect", "p1", {"owner": ("zhang", "li")}, actor="hu"))
    li.sync()
    assert li.outcomes(send.change("prospect", "p1", {"remark": (None, "y")}, actor="li")) == ["accepted"]


def test_mirror_records_and_other_branches_take_nothing_from_a_laptop(laptop_of: Enrol) -> None:
    laptop = laptop_of("zhang")
    laptop.sync()
    (branch,) = [s for s in laptop.base.values() if s.kind == "branch" and s.values["code"] == send.BRANCH]
    forged = send.change("branch", branch.record, {"name": (branch.values["name"], "x")}, stream="bank")
    elsewhere = msgspec.structs.replace(send.prospect(), stream="CB02")
    nowhere = msgspec.structs.replace(send.prospect("p9"), stream="nowhere")
    reply = laptop.sync(forged, elsewhere, nowhere)
    assert [(r.outcome, r.code) for r in reply.receipts] == [("refused", "scope")] * 3


def test_only_the_branch_head_gives_work_to_another(laptop_of: Enrol) -> None:
    zhang, hu = laptop_of("zhang"), laptop_of("hu")
    assert zhang.outcomes(send.prospect("p1", owner="li")) == ["refused"]
    assert zhang.outcomes(send.prospect("p2")) == ["accepted"]
    assert zhang.outcomes(send.change("prospect", "p2", {"owner": ("zhang", "li")})) == ["refused"]
    assert hu.outcomes(send.prospect("p3", actor="hu", owner="li")) == ["accepted"]
    assert hu.outcomes(send.prospect("p4", actor="hu", owner="wu")) == ["refused"]


def test_reassigned_prospect_leaves_with_its_children_and_reaches_the_new_officer(laptop_of: Enrol) -> None:
    zhang, li, hu = map(laptop_of, ("zhang", "li", "hu"))
    zhang.sync(send.prospect(), send.visit(), send.person())
    li.sync()
    hu.sync(send.change("prospect", "p1", {"owner": ("zhang", "li")}, actor="hu"))
    zhang.sync()
    li.sync()
    hu.sync()
    assert shown_on(zhang) == {}
    assert set(shown_on(li)) == set(shown_on(hu)) == {"p1", "v1", "q1"}


def test_late_day_of_the_former_owner_is_neither_lost_nor_applied(laptop_of: Enrol) -> None:
    zhang, li, hu = map(laptop_of, ("zhang", "li", "hu"))
    zhang.sync(send.prospect(remark="a"))
    hu.sync(send.change("prospect", "p1", {"owner": ("zhang", "li")}, actor="hu"))
    late = (send.change("prospect", "p1", {"remark": ("a", "late")}), send.visit("v-late"))
    reply = zhang.sync(*late)
    assert [r.outcome for r in reply.receipts] == ["conflict", "accepted"]
    assert {gone.record for gone in reply.gone} == {"p1", "v-late"}
    li.sync()
    assert li.base["p1"].values["remark"] == "a"
    assert [(c.value, c.late) for c in li.base["p1"].conflicts] == [("late", True)]
    assert "v-late" in li.base


def test_submitted_application_is_head_offices(office: Administration, laptop_of: Enrol) -> None:
    zhang, hu = laptop_of("zhang"), laptop_of("hu")
    office.put_product(MSED)
    zhang.sync(*customer(), filled(months=None), *signed_case())
    fill = send.change("application", "a1", {"months": (None, 12)})
    submit = send.change("application", "a1", {"status": ("draft", "submitted")})
    approve = send.change("application", "a1", {"status": ("draft", "approved")})
    assert zhang.outcomes(fill, approve, submit) == ["accepted", "refused", "accepted"]
    edit = send.change("application", "a1", {"amount_fen": (5_000_000, 6_000_000)}, n=approve.n)
    (receipt,) = zhang.sync(edit).receipts
    assert (receipt.code, receipt.field) == ("not_yours", "amount_fen")
    hu.sync()
    approved = send.change("application", "a1", {"status": ("submitted", "approved")}, actor="hu")
    assert hu.outcomes(approved) == ["refused"]
    back = send.change("application", "a1", {"status": ("submitted", "returned")}, actor="hu", n=approved.n)
    assert hu.outcomes(back) == ["accepted"]
    zhang.sync()
    corrected = send.change("application", "a1", {"amount_fen": (5_000_000, 6_000_000)}, n=edit.n)
    assert zhang.outcomes(corrected) == ["accepted"]


def test_entry_under_a_deleted_prospect_is_kept_and_asks(laptop_of: Enrol) -> None:
    one, two = laptop_of("zhang"), laptop_of("zhang")
    one.sync(send.prospect())
    two.sync()
    one.sync(send.change("prospect", "p1", {"deleted": (False, True)}, guard={"deleted": False}))
    assert two.outcomes(send.visit()) == ["accepted"]
    one.sync()
    for laptop in (one, two):
        assert [c.field for c in laptop.base["p1"].conflicts] == ["deleted"]
        assert "v1" in laptop.base


def test_unknown_kinds_and_fields_are_kept_and_passed_on(laptop_of: Enrol) -> None:
    one, two = laptop_of("zhang"), laptop_of("zhang")
    grid = send.change("grid", "g1", {"cells": (None, [1, {"x": None}])}, new=True)
    one.sync(send.prospect(), grid, send.change("prospect", "p1", {"from_the_future": (None, "kept")}))
    two.sync()
    assert two.base["g1"].values == {"cells": [1, {"x": None}]}
    assert two.base["p1"].values["from_the_future"] == "kept"


def test_restored_head_office_is_recognised_before_anything_else(office: Administration, laptop_of: Enrol) -> None:
    laptop = laptop_of("zhang")
    laptop.sync(send.prospect())
    for marks in ({send.BRANCH: (9, "f" * 64)}, {send.BRANCH: (1, "f" * 64)}, {"vanished": (3, "f" * 64)}):
        reply = laptop.ask(laptop.request(send.prospect("p9"), marks=marks))
        assert reply.fork == list(marks)
        assert (reply.receipts, reply.records, reply.cursor) == ([], [], None)
    assert set(told_by_head_office(office)) == {"p1"}


def test_who_was_retired_while_the_body_came_in_is_not_let_in(office: Administration, laptop_of: Enrol) -> None:
    """Who asks is found out before the body is here, which may take a minute."""
    laptop = laptop_of("zhang")
    request = laptop.request(send.prospect())
    office.retire_staff("zhang")
    with pytest.raises(Actionable) as refused:
        laptop.ask(request)
    assert refused.value.code == "revoked"
    with office.store.reading() as unit:
        assert unit.records.find(["p1"], [send.BRANCH]) == {}


def test_who_decides_since_the_body_began_to_come_in_asks_again(office: Administration, laptop_of: Enrol) -> None:
    """As an officer they would have a customer still."""
    laptop = laptop_of("zhang")
    request = laptop.request(send.prospect())
    office.change_staff("zhang", role="reviewer")
    with pytest.raises(Busy):
        laptop.ask(request)
    with office.store.reading() as unit:
        account = unit.accounts.staff("zhang")
    assert account is not None
    laptop.author = account.author
    assert [receipt.outcome for receipt in laptop.ask(request).receipts] == ["refused"]


def test_cloned_laptop_is_recognised_by_its_counter(laptop_of: Enrol) -> None:
    laptop = laptop_of("zhang")
    laptop.sync()
    laptop.sync()
    laptop.counter = 0
    with pytest.raises(Actionable) as refused:
        laptop.sync()
    assert refused.value.code == "clone"


def test_cursor_of_another_scope_or_none_at_all_starts_anew(laptop_of: Enrol) -> None:
    zhang, hu = laptop_of("zhang"), laptop_of("hu")
    zhang.sync(send.prospect())
    hu.sync()
    for cursor in (None, "nonsense", "e30", "!!", "¿", hu.cursor):
        zhang.cursor = cursor
        reply = zhang.ask(zhang.request())
        assert reply.restart
        assert "p1" in {state.record for state in reply.records}


def test_photo_that_head_office_lacks_is_named_and_the_visit_incomplete(
    office: Administration, laptop_of: Enrol
) -> None:
    digest = "a" * 64
    reply = laptop_of("zhang").sync(send.prospect(), send.visit(photos=(digest,)), send.visit("v2", photos=("no",)))
    assert reply.missing == [digest]
    assert [(r.record, r.digest) for r in office.incomplete()] == [("v1", digest)]


def test_change_the_database_cannot_take_stops_no_other(
    office: Administration, laptop_of: Enrol, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Records.put

    def put(self: Records, created: list[object], changed: list[object]) -> None:
        if any(getattr(record, "record", "") == "p-bad" for record in created):
            raise IntegrityError("put", None, Exception("constraint"))
        real(self, created, changed)  # type: ignore[arg-type]

    monkeypatch.setattr(Records, "put", put)
    laptop = laptop_of("zhang")
    assert laptop.outcomes(send.prospect("p1"), send.prospect("p-bad"), send.visit()) == [
        "accepted",
        "waits",
        "accepted",
    ]
    assert office.verify_chain(send.BRANCH) == 2


def test_journal_cannot_be_altered_and_a_forged_copy_is_found(office: Administration, laptop_of: Enrol) -> None:
    laptop_of("zhang").sync(send.prospect(), send.visit())
    with pytest.raises(Exception, match="append-only"), office.store.writing() as unit:
        unit.connection.execute(text("UPDATE journal SET actor = 'li'"))
    with office.store.writing() as unit:
        sqlite = unit.connection.dialect.name == "sqlite"
        drop = "DROP TRIGGER journal_no_update" if sqlite else "DROP TRIGGER journal_stays ON journal"
        unit.connection.execute(text(drop))
        unit.connection.execute(text("UPDATE journal SET actor = 'li' WHERE stream = 'TS01' AND seq = 1"))
    with pytest.raises(Actionable) as broken:
        office.verify_chain(send.BRANCH)
    assert broken.value.code == "chain_broken"


def test_too_many_changes_are_refused_as_a_whole(laptop_of: Enrol, exchange: Exchange) -> None:
    laptop = laptop_of("zhang")
    with pytest.raises(Actionable) as refused:
        laptop.sync(*(send.prospect(f"p{number}") for number in range(501)))
    assert refused.value.code == "too_many_changes"


def test_rows_behind_an_application_stand_still_once_it_is_submitted(office: Administration, laptop_of: Enrol) -> None:
    zhang = laptop_of("zhang")
    office.put_product(MSED)
    paid = {"lender": "bank", "instalment_fen": 0}
    debt = send.creation("external_debt", "d1", ExternalDebt(**paid, balance_fen=5), parent="a1")
    unstated = send.creation("guarantee", "g1", Guarantee(guarantor="q1"), parent="a1")
    assert zhang.outcomes(*customer(), filled(), debt, unstated) == ["accepted"] * 5 + ["refused"]
    raised = send.change("external_debt", "d1", {"balance_fen": (5, 6)}, parent="a1")
    submit = send.change("application", "a1", {"status": ("draft", "submitted")})
    second = send.creation("external_debt", "d2", ExternalDebt(**paid, balance_fen=6), parent="a1")
    assert {*zhang.outcomes(raised, second, *signed_case(), submit)} == {"accepted"}
    again = send.change("external_debt", "d1", {"balance_fen": (6, 0)}, parent="a1")
    elsewhere = send.change("external_debt", "d2", {"balance_fen": (6, 0)}, parent="p1")
    another = send.creation("external_debt", "d3", ExternalDebt(lender="bank"), parent="a1")
    receipts = zhang.sync(again, elsewhere, another).receipts
    assert [(receipt.outcome, receipt.code) for receipt in receipts] == [
        ("refused", "submitted"),
        ("refused", "submitted"),
        ("refused", "submitted"),
    ]
    assert zhang.base["d1"].values["balance_fen"] == 6
