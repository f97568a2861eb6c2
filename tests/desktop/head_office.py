"""A real head office on loopback with officers 李四 and 周到, and laptops enrolled there through the real services."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from fieldapp.domain.records import Branch, Business, Person, Prospect
from fieldapp.headoffice.administration import Administration, create_head_office, open_head_office
from fieldapp.headoffice.serve import RunningHeadOffice
from fieldapp.protocol.identifiers import Clock, SystemClock, new_record_id
from fieldapp.services.apply_for_loan import ApplyForLoan, choice_of
from fieldapp.services.business_day import business_date
from fieldapp.services.hand_over import hand_over
from fieldapp.services.laptop import Laptop, enrol_laptop
from fieldapp.services.synchronise import synchronise_laptop
from fieldapp.store.unit import Unit
from tests.services.an_application import TYPED
from tests.services.consents_given import sign_everything

DECIDERS = {"陈审": "reviewer", "邓批": "approver"}
PASSPHRASE = "good-passphrase"


@dataclass
class Office:
    """A running head office and whom it knows."""

    administration: Administration
    running: RunningHeadOffice
    clock: Clock
    folder: Path
    staff: dict[str, str] = field(default_factory=dict)
    laptops: list[Laptop] = field(default_factory=list)

    @property
    def address(self) -> str:
        return self.running.url

    def code_for(self, name: str) -> str:
        """A fresh enrolment code."""
        return self.administration.issue_code(self.staff[name]).code

    def laptop_of(self, name: str, folder: str) -> Laptop:
        """Enrol one more laptop and keep it for closing."""
        laptop = enrol_laptop(
            self.folder / folder,
            address=self.address,
            code=self.code_for(name),
            passphrase=PASSPHRASE,
            clock=self.clock,
        )
        self.laptops.append(laptop)
        return laptop


@cache
def _made() -> tuple[tempfile.TemporaryDirectory[str], dict[str, str]]:
    """The one that is copied: making it takes longer than most of what is done with it."""
    folder = tempfile.TemporaryDirectory(prefix="fieldapp-office")
    return folder, _make(Path(folder.name) / "head-office.db", SystemClock())


def _make(path: Path, clock: Clock) -> dict[str, str]:
    administration = create_head_office(path, clock)
    administration.add_branch(
        Branch(
            code="QS01",
            name="青石支行",
            name_en="Qingshi branch",
            bank="示例农村商业银行",
            bank_en="Sample Rural Commercial Bank",
            complaint_phone="400-000-0000",
            area_code="421224",
        )
    )
    staff = {name: administration.add_staff(name, "officer", "QS01") for name in ("李四", "周到")}
    staff |= {name: administration.add_staff(name, role, "QS01") for name, role in DECIDERS.items()}
    administration.store.close()
    return staff


@contextmanager
def head_office(folder: Path, clock: Clock) -> Iterator[Office]:
    """A head office that serves until the end of the block."""
    path = folder / "head-office.db"
    if isinstance(clock, SystemClock):
        made, staff = _made()
        shutil.copyfile(Path(made.name) / "head-office.db", path)
    else:
        staff = _make(path, clock)
    administration = open_head_office(path, clock)
    with RunningHeadOffice(administration.store, clock) as running:
        office = Office(administration, running, clock, folder, dict(staff))
        try:
            yield office
        finally:
            for laptop in office.laptops:
                laptop.store.close()
    administration.store.close()


def add_customer(laptop: Laptop, name: str, mobile: str, sales_fen: int) -> tuple[str, str, str]:
    """A prospect with its person and business; returns their ids."""
    prospect, person, business = new_record_id(), new_record_id(), new_record_id()

    def add(unit: Unit) -> None:
        owner = unit.enrolment.staff
        unit.create("prospect", Prospect(person=person, owner=owner, village="上河村"), record_id=prospect)
        unit.create("person", Person(name=name, mobile=mobile), parent=prospect, record_id=person)
        shop = Business(name="豆腐坊", trade="豆腐", monthly_sales_fen=sales_fen)
        unit.create("business", shop, parent=prospect, record_id=business)

    laptop.store.write(add)
    return prospect, person, business


def submit_application(laptop: Laptop, name: str = "张三", **typed: Any) -> str:
    """A complete application of a new customer, submitted and at head office; returns its id."""
    prospect, _, _ = add_customer(laptop, name, "13800000001", 4_500_000)
    laptop.store.write(lambda unit: unit.edit(prospect, {"customer_type": ("farm_household", "sole_trader")}))
    applications = ApplyForLoan(laptop.store)
    application = applications.start(prospect)
    sold = next(one for one in applications.products() if one.code == "MSED")
    product = choice_of(sold) | {"materials": [name for name in sold.materials if name != "collateral"]}
    start = (business_date(laptop.store.clock) + timedelta(days=30)).isoformat()
    shown = applications.open(application).fields
    sign_everything(laptop.store, application)
    hand_over(laptop.store, application, {**TYPED, **product, "start": start, **typed}, shown)
    synchronise_laptop(laptop)
    return application


def disagree(mine: Laptop, theirs: Laptop, name: str = "张三") -> str:
    """Both laptops change the same telephone number and sales; ``mine`` is told of it. Returns the person's id."""
    _, person, business = add_customer(mine, name, "13800000000", 4_000_000)
    synchronise_laptop(mine)
    synchronise_laptop(theirs)
    for laptop, mobile, sales in ((theirs, "13800000009", 4_680_000), (mine, "13800000001", 4_500_000)):

        def change(unit: Unit, mobile: str = mobile, sales: int = sales) -> None:
            unit.edit(person, {"mobile": ("13800000000", mobile)})
            unit.edit(business, {"monthly_sales_fen": (4_000_000, sales)})

        laptop.store.write(change)
        synchronise_laptop(laptop)
    synchronise_laptop(mine)
    return person
