"""One officer's day for the demonstration, through the same services as the screens. Doing it again adds nothing.

Every entry is kept under a draft whose id follows from the head office and the step: saving a draft twice records once.
"""

from __future__ import annotations

import math
import uuid
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from PIL import Image, ImageDraw

from fieldapp.commands.demo_accounts import accounts_of_the_shop
from fieldapp.domain.application_records import Signature, Stroke
from fieldapp.domain.money import Money
from fieldapp.domain.records import PersonMet
from fieldapp.services.application_debts import add_debt
from fieldapp.services.application_parties import PartyDraft, add_party
from fieldapp.services.apply_for_loan import ApplyForLoan, choice_of
from fieldapp.services.business_day import business_date
from fieldapp.services.hand_over import hand_over
from fieldapp.services.import_households import ImportResult, import_households, preview_list
from fieldapp.services.laptop import Laptop
from fieldapp.services.print_documents import PrintDocuments
from fieldapp.services.rebuild_accounts import RebuildAccounts
from fieldapp.services.record_consent import Consents, NewConsent
from fieldapp.services.record_contact import NewContact, record_contact
from fieldapp.services.record_visit import NewVisit, record_visit
from fieldapp.store.prospect_list import Filter, ProspectRow

CONTACTS = (
    ("in_person", "interested", -4, -1, "想添置设备，问额度和还款方式", 0),
    ("phone", "call_again", -2, 0, "下午三点以后在家，约好看进货单", 0),
    ("phone", "call_again", -1, 0, "上月差额承诺今天补上", 215_000),
    ("in_person", "call_again", 0, 1, "家里商量后回话", 0),
    ("at_branch", "interested", 0, 3, "来网点取款时聊起添新设备", 0),
)
"""Channel, result, the day, the next date (both in days from today), what was said, what was promised (fen)."""

VISITS = (
    ("investigation", "application", "今早蒸 9 笼，收摊剩 6 个。进货本：10 月面粉、肉 3 次共 31,500 元。",
     "账本与流水对得上，生意稳。添蒸箱有用，宜看 36 个月。", 2),
    ("marketing", "needs_follow_up", "门口停着三轮车，货架上新进了货。", "还款来源清楚，先办小额。", 1),
)  # fmt: skip
"""Purpose, outcome, facts, opinion, the next date in days from today. The first is the applicant's."""

VISITED, BETWEEN_VISITS = timedelta(minutes=26), timedelta(minutes=45)
"""How long a visit took, and from the beginning of one to that of the next; the last has just ended."""

TRADE = "早餐店"
AMOUNT_FEN = 10_000_000


@dataclass(frozen=True, slots=True)
class Day:
    """What was done, in counts, and where the papers lie."""

    imported: ImportResult
    contacts: int
    visits: int
    application: str
    papers: list[Path] = field(default_factory=list)


def work_a_day(laptop: Laptop, household_list: Path, folder: Path) -> Day:
    """Import the list, talk, visit, fill an application with its accounts and submit it, make its papers."""
    refused = folder / "refused-rows.csv"
    imported = import_households(laptop.store, preview_list(laptop.store, household_list).file, refused_to=refused)
    applicant, others = _applicant_and_others(laptop, len(CONTACTS) + 1)
    for step, (row, talk) in enumerate(zip(others, CONTACTS, strict=False)):
        _talk(laptop, row, step, talk)
    photo = _photo(folder / "photos")
    for step, row in enumerate((applicant, others[-1])):
        _visit(laptop, row, step, photo)
    application = _apply(laptop, applicant)
    return Day(imported, len(CONTACTS), len(VISITS), application, _papers(laptop, application, folder / "papers"))


def _applicant_and_others(laptop: Laptop, number: int) -> tuple[ProspectRow, list[ProspectRow]]:
    """A breakfast shop, whose keeper wishes for what they will apply for if one does, and the first others by name.

    All of them have an identity number and a telephone; the same people each time, for the list is the same.
    """
    with laptop.store.reading() as view:
        makers = _reachable(view.prospects.page(Filter(typed=TRADE), 500, order="name"))
        first = _reachable(view.prospects.page(Filter(), 500, order="name"))
    applicant = min(makers or first, key=lambda row: (row.wished_fen != AMOUNT_FEN, row.sort_name, row.id))
    return applicant, [row for row in first if row.id != applicant.id][:number]


def _reachable(rows: list[ProspectRow]) -> list[ProspectRow]:
    return [row for row in rows if row.identity and row.mobile]


def _draft(laptop: Laptop, step: str) -> str:
    return uuid.uuid5(uuid.UUID(laptop.enrolment().head_office), step).hex


def _talk(laptop: Laptop, row: ProspectRow, step: int, talk: tuple[str, str, int, int, str, int]) -> None:
    channel, result, days, follow_up, note, promised_fen = talk
    today = business_date(laptop.store.clock)
    record_contact(
        laptop.store,
        NewContact(
            who=row.id,
            channel=channel,  # type: ignore[arg-type] # the table above holds only channels
            result=result,  # type: ignore[arg-type] # likewise results
            at=_at(laptop, today + timedelta(days=days), 9 + step) if days else None,
            next_date=today + timedelta(days=follow_up),
            next_time=f"{9 + 2 * step:02d}:30",
            next_purpose=note,
            note=note,
            promised=Money(promised_fen) if promised_fen else None,
            draft=_draft(laptop, f"contact-{step}"),
        ),
    )


def _visit(laptop: Laptop, row: ProspectRow, step: int, photo: Path) -> None:
    purpose, outcome, facts, opinion, follow_up = VISITS[step]
    today = business_date(laptop.store.clock)
    started = laptop.store.clock.now() - (len(VISITS) - step) * BETWEEN_VISITS
    record_visit(
        laptop.store,
        NewVisit(
            prospect=row.id,
            purpose=purpose,  # type: ignore[arg-type] # the table above holds only purposes
            outcome=outcome,  # type: ignore[arg-type] # likewise outcomes
            started_at=started,
            ended_at=started + VISITED,
            next_date=today + timedelta(days=follow_up),
            people=(PersonMet(row.name, "本人"), PersonMet("李梅", "帮工")),
            facts=facts,
            opinion=opinion,
            place=row.village or "",
            photos=(photo,) if step == 0 else (),
            draft=_draft(laptop, f"visit-{step}"),
        ),
    )


def _apply(laptop: Laptop, row: ProspectRow) -> str:
    applying = ApplyForLoan(laptop.store)
    with laptop.store.reading() as view:
        known = next(iter(view.records.of_kind("application")), None)
    application = known.id if known is not None else applying.start(row.id)
    opened = applying.open(application)
    if opened.sealed is not None:
        return application
    product = next(product for product in opened.products if "farm_household" in product.customer_types)
    typed = {
        "prospect.customer_type": "farm_household",
        "person.marital": "married",
        "spouse.name": "周秀兰",
        "spouse.id_number": "110101199002030026",
        "spouse.mobile": "13800000003",
        "person.actual_address": f"湖北省咸宁市通山县{row.village or ''}",
        "business.trade": row.trade or TRADE,
        "business.industry": "H",
        "business.stage": "growing",
        "business.since": "2018-03-01",
        "business.staff": 2,
        "business.premises": "own",
        "household.size": 4,
        "household.labour": 2,
        **choice_of(product),
        "amount_fen": AMOUNT_FEN,
        "months": 36,
        "method": "equal_instalments",
        "start": _month_later(business_date(laptop.store.clock)).isoformat(),
        "uses": [{"purpose": "购置蒸箱、冰柜", "payee": "通山县五金机电行", "amount_fen": AMOUNT_FEN}],
        "repayment_source": "早餐店每月净收入，学校食堂按月结款",
        "payee_mode": "entrusted",
        "guarantee_mode": "joint",
        "materials": ["identity", "household", "takings"],
        "sales_fen": 4_500_000,
        "goods_fen": 3_150_000,
        "costs_fen": 600_000,
        "other_income_fen": 300_000,
        "family_fen": 400_000,
        "over_limit_reason": "学校食堂合同续签两年，旺季收入未计入",
        "related_party": False,
    }
    applying.save(application, typed, opened.fields)
    _stand_behind(laptop, application)
    rebuilding = RebuildAccounts(laptop.store)
    rebuilding.save(rebuilding.open(application), accounts_of_the_shop())
    _consent(laptop, application)
    hand_over(laptop.store, application)
    return application


def _stand_behind(laptop: Laptop, application: str) -> None:
    """A neighbour who guarantees, and what the applicant owes elsewhere; entered once."""
    backing = ApplyForLoan(laptop.store).open(application).file.backing
    if not backing.parties:
        neighbour = PartyDraft(
            role="guarantor", name="吴大海", relation="邻居", id_number="11010119800307005X", mobile="13800000005",
            mode="joint", amount_fen=AMOUNT_FEN,
        )  # fmt: skip
        add_party(laptop.store, application, neighbour)
    if not backing.debts:
        for lender, balance_fen, instalment_fen in (("示例汽车金融", 1_440_000, 120_000), ("叔叔", 3_660_000, 0)):
            owed = {"lender": lender, "balance_fen": balance_fen, "instalment_fen": instalment_fen}
            add_debt(laptop.store, application, owed)


def _consent(laptop: Laptop, application: str) -> None:
    """Everybody reads, agrees and signs on the screen; the officer has no conflict to declare."""
    consents = Consents(laptop.store)
    case = consents.open(application)
    if case.declared is None:
        consents.declare(application, none=True)
    for row in case.rows:
        text = consents.text(row.kind)
        asked_for = "guarantor" if row.who.role == "guarantor" else "application"
        new = NewConsent(
            application=application,
            person=row.who.person,
            kind=row.kind,
            digest=text.digest,
            choices=dict.fromkeys(text.choices, True),
            purposes=(asked_for, "post_loan") if text.purposes else (),
            signatures=tuple(Signature(under=part, strokes=_pen_strokes()) for part in text.signed_parts),
            record=_draft(laptop, f"consent-{row.kind}-{row.who.person}"),
        )
        consents.give(new)


def _pen_strokes() -> tuple[Stroke, ...]:
    """A stand-in for a signature: four slanting strokes of a pen, the same each time."""
    strokes = []
    for number in range(4):
        left, points = 1_800 + 1_500 * number, []
        for step in range(25):
            wave = math.sin(step / 4 + number)
            across, down = left + 52 * step, 3_200 + 120 * step + round(900 * wave)
            points += [across, down, 420 + round(240 * math.sin(step / 8))]
        strokes.append(Stroke(tuple(points)))
    return tuple(strokes)


def _papers(laptop: Laptop, application: str, folder: Path) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    printing = PrintDocuments(laptop.store)
    return [printing.save(printing.of(line), folder) for line in printing.pack(application) if line.lacking is None]


def _photo(folder: Path) -> Path:
    """A drawn stand-in for what an officer photographs; the same bytes each time."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "workshop.jpg"
    if not path.exists():
        picture = Image.new("RGB", (1200, 800), (232, 226, 208))
        draw = ImageDraw.Draw(picture)
        draw.ellipse((860, 110, 980, 230), fill=(201, 68, 43))
        for step, green in enumerate(((178, 201, 178), (106, 154, 130), (14, 90, 68))):
            near, far = 420 + 120 * step, 480 + 110 * step
            draw.polygon(((0, near), (420, near - 120), (1200, far), (1200, 800), (0, 800)), fill=green)
        picture.save(path, "JPEG", quality=88)
    return path


def _at(laptop: Laptop, day: date, hour: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, 5, tzinfo=ZoneInfo(laptop.store.clock.zone))


def _month_later(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
