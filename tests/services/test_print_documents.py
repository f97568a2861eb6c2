"""The papers of an application and a visit: what the PDF says is what the records say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from fieldapp.documents.papers import PaperState
from fieldapp.domain.errors import Actionable, Invalid
from fieldapp.domain.identifiers import RecordId
from fieldapp.domain.records import PersonMet, Photo, Visit
from fieldapp.services.apply_for_loan import ApplyForLoan
from fieldapp.services.hand_over import hand_over
from fieldapp.services.print_documents import Document, DocumentKind, PrintDocuments
from fieldapp.store.database import Store
from fieldapp.store.unit import Unit
from tests.documents.reading import text_of
from tests.services.an_application import BOSS, ME, TYPED, FixedClock, new_laptop, new_prospect
from tests.services.consents_given import sign_everything

IDENTITY = "110101190001010014"


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def store(tmp_path: Path, clock: FixedClock) -> Iterator[Store]:
    with new_laptop(tmp_path, clock) as laptop:
        yield laptop


@pytest.fixture
def prospect(store: Store) -> str:
    return new_prospect(store)


@pytest.fixture
def application(store: Store, prospect: str) -> str:
    applying = ApplyForLoan(store)
    made = applying.start(prospect)
    applying.save(made, TYPED, applying.open(made).fields)
    return made


@pytest.fixture
def printing(store: Store) -> PrintDocuments:
    return PrintDocuments(store)


def _text(document: Document) -> str:
    return text_of(document.pdf)


def test_the_form_says_what_the_records_say(printing: PrintDocuments, store: Store, application: str) -> None:
    document = printing.application_form(application)
    text = _text(document)
    for said in (
        "示例农村商业银行", "竹溪支行", "张三", "13800000001", "¥100,000.00", "人民币壹拾万元整",
        "码商e贷/36个月", "6.0000%", "C制造业", "豆腐坊", "购置磨浆机、冰柜", "示例家电经营部",
        "140,000.00/40,000.00元", "14,400.00", "1,200.00", "6200000000000000089", "李娟", "孙八", "400-000-0000",
    ):  # fmt: skip
        assert said in text, said
    assert all(digit in text for digit in IDENTITY)
    assert document.number.replace("/", "") in text.replace("/", "")
    assert document.state is PaperState.DRAFT


def test_the_schedule_says_the_figures_of_the_screen(printing: PrintDocuments, store: Store, application: str) -> None:
    text = _text(printing.schedule(application))
    figures = ApplyForLoan(store).open(application).quote({})
    assert figures.schedule is not None
    assert figures.cost is not None
    for amount in (
        figures.schedule.total_payment,
        figures.schedule.total_interest,
        *(row.payment for row in figures.schedule.instalments),
        *(row.balance_after for row in figures.schedule.instalments),
    ):
        assert f"{amount.decimal_yuan:,.2f}" in text
    assert f"{figures.cost.compound:.4%}" in text
    assert "2027-01-01" in text
    assert "2029-12-01" in text
    assert "110101********0014" in text
    assert IDENTITY not in text


def test_the_same_records_give_the_same_bytes(printing: PrintDocuments, store: Store, application: str) -> None:
    for kind in (printing.application_form, printing.schedule):
        assert kind(application).pdf == kind(application).pdf


def test_the_day_of_printing_changes_nothing(printing: PrintDocuments, application: str, clock: FixedClock) -> None:
    before = printing.application_form(application).pdf
    clock.move(days=3)
    assert printing.application_form(application).pdf == before


def test_handing_over_turns_a_draft_into_a_paper_for_signature_with_the_same_digest(
    printing: PrintDocuments, store: Store, application: str
) -> None:
    draft = printing.application_form(application)
    sign_everything(store, application)
    hand_over(store, application)
    frozen = printing.application_form(application)
    assert (draft.state, frozen.state) == (PaperState.DRAFT, PaperState.FOR_SIGNATURE)
    assert draft.digest == frozen.digest
    assert "草稿" in draft.name
    assert "草稿" not in frozen.name


def test_the_preview_shows_what_is_typed_and_not_saved(printing: PrintDocuments, application: str) -> None:
    assert "人民币伍万元整" in _text(printing.application_form(application, {"amount_fen": 5_000_000}))
    assert "人民币壹拾万元整" in _text(printing.application_form(application))


def test_an_empty_application_prints_as_an_empty_form(printing: PrintDocuments, store: Store) -> None:
    application = ApplyForLoan(store).start(new_prospect(store))
    assert "张三" in _text(printing.application_form(application))
    with pytest.raises(Actionable) as refused:
        printing.schedule(application)
    assert refused.value.code == "terms"


def test_a_character_the_font_lacks_names_its_field(printing: PrintDocuments, application: str) -> None:
    with pytest.raises(Invalid) as refused:
        printing.application_form(application, {"person.actual_address": "示例街 🙂 号"})
    assert refused.value.code == "glyph"
    assert refused.value.field == "applicant.actual_address"


def test_impossible_terms_are_a_sentence_on_the_schedule(printing: PrintDocuments, application: str) -> None:
    with pytest.raises(Invalid) as refused:
        printing.schedule(application, {"amount_fen": 0})
    assert refused.value.code == "amount"


def test_planned_draws_stand_on_schedule_and_disclosure_with_the_figures_of_the_screen(
    printing: PrintDocuments, store: Store, application: str
) -> None:
    planned = [
        {"on": "2026-12-01", "draw_fen": 5_000_000},
        {"on": "2026-12-11", "draw_fen": 3_000_000},
        {"on": "2026-12-25", "repay_fen": 2_000_000},
        {"on": "2027-01-21", "repay_fen": 6_000_000},
    ]
    typed = {"method": "revolving", "movements": planned}
    plan = ApplyForLoan(store).open(application).quote(typed).revolving
    assert plan is not None
    assert plan.cost is not None
    schedule = _text(printing.schedule(application, typed))
    costs = _text(printing.make(DocumentKind.COST, application, typed))
    for text in (schedule, costs):
        assert f"{plan.interest.decimal_yuan:,.2f}" in text
        assert f"{plan.cost.compound * 100:.4f}%" in text
    assert "12026-12-0150,000.00" in schedule
    assert "按计划支用，至2027-01-21" in costs
    too_much = typed | {"movements": [{"on": "2026-12-01", "draw_fen": 10_000_001}]}
    with pytest.raises(Invalid) as refused:
        printing.schedule(application, too_much)
    assert refused.value.field == "movements"


def test_before_the_branch_has_arrived_nothing_is_printed(
    printing: PrintDocuments, store: Store, application: str
) -> None:
    def forget(unit: Unit) -> None:
        for stored in list(unit.records.of_kind("branch")):
            unit.forget(stored)

    store.write(forget)
    with pytest.raises(Actionable) as refused:
        printing.application_form(application)
    assert refused.value.code == "no_branch"


def test_a_visit_prints_with_its_photo_and_masked_numbers(
    printing: PrintDocuments, store: Store, application: str, prospect: str
) -> None:
    document = printing.visit_record(_visit(store, prospect, _picture()))
    text = _text(document)
    for said in ("走访记录", "李娟/孙八", "张三（本人）", "店面 86 平方米".replace(" ", ""), "2026-11-2009:30", "95"):
        assert said in text, said
    assert "110101********0014" in text
    assert IDENTITY not in text
    assert document.state is PaperState.FOR_SIGNATURE


def test_an_amendment_names_the_paper_it_corrects(printing: PrintDocuments, store: Store, prospect: str) -> None:
    first = _visit(store, prospect, _picture())
    second = _visit(store, prospect, _picture(), amends=first)
    assert printing.visit_record(first).number in _text(printing.visit_record(second))


def test_a_photo_that_has_not_arrived_is_a_sentence(printing: PrintDocuments, store: Store, prospect: str) -> None:
    visit = _visit(store, prospect, _picture(), keep=False)
    with pytest.raises(Actionable) as refused:
        printing.visit_record(visit)
    assert refused.value.code == "photo_missing"


def test_a_visit_that_is_gone_is_a_sentence(printing: PrintDocuments, application: str) -> None:
    for named in ("nothing", application):
        with pytest.raises(Actionable) as refused:
            printing.visit_record(named)
        assert refused.value.code == "gone"


def test_the_pack_lists_cover_form_schedule_and_visits(
    printing: PrintDocuments, store: Store, application: str, prospect: str
) -> None:
    visit = _visit(store, prospect, _picture())
    lines = printing.pack(application)
    assert [line.kind.value for line in lines] == [
        "cover", "application", "investigation", "credit", "privacy", "schedule", "visit", "cost",
    ]  # fmt: skip
    assert [line.number.rpartition("/")[2].partition("-")[0] for line in lines] == [str(number) for number in range(8)]
    assert lines[6].record == visit
    assert [printing.of(line).number for line in lines] == [line.number for line in lines]
    assert all(line.lacking is None for line in lines)


def test_the_pack_says_what_the_schedule_still_lacks(printing: PrintDocuments, store: Store) -> None:
    application = ApplyForLoan(store).start(new_prospect(store))
    lacking = [line.kind.value for line in printing.pack(application) if line.lacking is not None]
    assert lacking == ["schedule", "cost"]


def test_saving_and_printing_leave_a_privacy_event(
    printing: PrintDocuments, store: Store, application: str, tmp_path: Path
) -> None:
    document = printing.application_form(application)
    folder = tmp_path / "张三 的 文件"
    folder.mkdir()
    path = printing.save(document, folder)
    printing.note_printing(document)
    printing.note_showing(document)
    assert path.read_bytes() == document.pdf
    assert path.name == f"{document.number.replace('/', '-')} 贷款申请表 张三 草稿.pdf"
    with store.reading() as view:
        events = view.privacy.newest(9)
    assert [(event.act, event.staff, event.record, event.field) for event in events] == [
        (act, ME, application, "application") for act in ("reveal", "print", "export")
    ]


def test_saving_again_replaces_the_same_paper(printing: PrintDocuments, application: str, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    for _ in range(2):
        printing.save(printing.schedule(application), folder)
    assert len(list(folder.iterdir())) == 1


def _picture() -> bytes:
    packed = BytesIO()
    Image.new("RGB", (320, 240), (180, 200, 190)).save(packed, "JPEG")
    return packed.getvalue()


def _visit(store: Store, prospect: str, image: bytes, *, amends: str | None = None, keep: bool = True) -> RecordId:
    def make(unit: Unit) -> RecordId:
        digest = unit.attachments.add(image, "image/jpeg", None) if keep else "0" * 64
        visit = Visit(
            staff=ME,
            second_officer=BOSS,
            purpose="investigation",
            started_at=datetime(2026, 11, 20, 1, 30, tzinfo=UTC),
            ended_at=datetime(2026, 11, 20, 3, 5, tzinfo=UTC),
            business_date=date(2026, 11, 20),
            zone="Asia/Shanghai",
            people=(PersonMet("张三", "本人"),),
            facts="店面 86 平方米，租约到 2029-12。",
            opinion="经营稳定。",
            photos=(Photo(digest=digest, name="店面.jpg", size=len(image), media_type="image/jpeg"),),
            amends=amends,
        )
        return unit.create("visit", visit, parent=prospect)

    return store.write(make)
