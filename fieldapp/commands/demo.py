"""``fieldapp demo``: a head office, two laptops, a real household list and one day's work, in one folder."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from pathlib import Path

import click

from fieldapp.commands.answering import Answer, answering
from fieldapp.commands.demo_day import Day, work_a_day
from fieldapp.domain.errors import Actionable
from fieldapp.domain.records import Branch
from fieldapp.domain.wording import Sentence
from fieldapp.headoffice.administration import Administration, create_head_office, open_head_office
from fieldapp.headoffice.serve import RunningHeadOffice
from fieldapp.protocol.identifiers import Clock, SystemClock
from fieldapp.resources import resource
from fieldapp.services.laptop import Laptop, Profile, check_laptop, enrol_laptop, unlock_laptop
from fieldapp.services.synchronise import Summary, synchronise_laptop
from fieldapp.translation import Language, tr, trn

BRANCH = Branch(
    code="QS",
    name="青石支行",
    name_en="Qingshi sub-branch",
    bank="示例农村商业银行",
    bank_en="EXAMPLE RURAL COMMERCIAL BANK",
    complaint_phone="400-000-0000",
    area_code="421224",
)
OFFICER, HEAD = ("李四", "officer"), ("周到", "branch_head")
PASSPHRASE = "demo-passphrase"  # noqa: S105 - printed for whoever tries the demonstration


@click.command("demo")
@click.option(
    "--dir", "folder", type=click.Path(path_type=Path), default=Path("fieldapp-demo"), show_default=True,
    help="Where everything is kept; a second run goes on there.",
)  # fmt: skip
@click.option("--headless", is_flag=True, help="Do not open the window.")
@answering
def demo(folder: Path, headless: bool, answer: Answer) -> None:
    """Show a whole day: head office, laptop, list, visits, application, papers, sync, and the window."""
    clock = SystemClock()
    _make(folder)
    with ExitStack() as stack:
        office = _office(folder / "headoffice.db", clock)
        running = stack.enter_context(RunningHeadOffice(office.store, clock))
        answer.note(tr("Head office runs at {url}.", url=running.url))
        laptop = _laptop(folder / "laptop-1", office, OFFICER, running.url, clock)
        stack.callback(laptop.lock)
        synchronise_laptop(laptop)
        answer.note(tr("Importing the household list …"))
        day = work_a_day(laptop, resource("demo", "household-list.csv"), folder)
        sent = synchronise_laptop(laptop)
        received = _second_laptop(folder / "laptop-2", office, running.url, clock)
        counts = check_laptop(laptop)
        _tell(answer, folder, day, sent, received, counts)
        if headless or answer.as_json:
            return
        if not _screen():
            answer.note(tr("There is no screen here, so the day was done without one."))
            return
        from fieldapp.desktop.start import run_desktop  # Qt is loaded only where a window is wanted

        answer.note(tr("Opening the program; closing its window ends the demonstration."))
        named = click.get_current_context().find_root().params.get("language")
        run_desktop(folder / "laptop-1", clock, unlocked=laptop, language=Language(named) if named else None)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Actionable(
            "no_folder",
            Sentence("The folder {path} cannot be used: {reason}.", path=str(folder), reason=error.strerror or "?"),
            advice=Sentence("Name another one with --dir."),
        ) from error


def _office(database: Path, clock: Clock) -> Administration:
    office = open_head_office(database, clock) if database.exists() else create_head_office(database, clock)
    if BRANCH.code not in {known.code for known in office.branches()}:
        office.add_branch(BRANCH)
    known_staff = {known.name for known in office.staff()}
    for name, role in (OFFICER, HEAD):
        if name not in known_staff:
            office.add_staff(name, role, BRANCH.code)
    return office


def _laptop(folder: Path, office: Administration, who: tuple[str, str], url: str, clock: Clock) -> Laptop:
    if Profile(folder).is_taken():
        laptop = unlock_laptop(folder, PASSPHRASE, clock)
        laptop.move_head_office(url)  # a free port is another one each time
        return laptop
    staff = next(known.staff for known in office.staff() if known.name == who[0])
    code = office.issue_code(staff).code
    return enrol_laptop(folder, address=url, code=code, passphrase=PASSPHRASE, clock=clock)


def _second_laptop(folder: Path, office: Administration, url: str, clock: Clock) -> dict[str, object]:
    """The branch head's laptop receives what the officer did."""
    laptop = _laptop(folder, office, HEAD, url, clock)
    try:
        synchronise_laptop(laptop)
        return check_laptop(laptop)
    finally:
        laptop.lock()


def _screen() -> bool:
    if sys.platform.startswith("linux"):
        return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    return True


def _tell(
    answer: Answer, folder: Path, day: Day, sent: Summary, received: dict[str, object], counts: dict[str, object]
) -> None:
    papers = [str(path) for path in day.papers]
    profile = folder / "laptop-1"
    answer.give(
        {
            "folder": str(folder),
            "profile": str(profile),
            "passphrase": PASSPHRASE,
            "rows": day.imported.rows,
            "imported": day.imported.new,
            "same": day.imported.same_in_list + day.imported.same_as_known,
            "refused": day.imported.refused_rows,
            "refused_file": str(day.imported.refused_file) if day.imported.refused_file else None,
            "contacts": counts["contacts"],
            "visits": counts["visits"],
            "applications": counts["applications"],
            "papers": papers,
            "confirmed": sent.accepted,
            "unsent": sent.unsent,
            "first_laptop": {name: counts[name] for name in ("prospects", "contacts", "visits", "applications")},
            "second_laptop": {name: received[name] for name in ("prospects", "contacts", "visits", "applications")},
        },
        tr(
            "Household list: {rows} rows, {new} new prospects, {same} already there, {refused} refused.",
            rows=day.imported.rows,
            new=day.imported.new,
            same=day.imported.same_in_list + day.imported.same_as_known,
            refused=day.imported.refused_rows,
        ),
        tr(
            "The day: {contacts} contacts, {visits} visits, {applications} application submitted.",
            contacts=counts["contacts"],
            visits=counts["visits"],
            applications=counts["applications"],
        ),
        trn("{count} paper:", "{count} papers:", len(papers)),
        *(f"  {path}" for path in papers),
        tr(
            "Synchronised: head office confirmed {accepted} changes; {unsent} are left.",
            accepted=sent.accepted,
            unsent=sent.unsent,
        ),
        tr(
            "The branch head's laptop received {prospects} prospects, {visits} visits, {applications} application.",
            prospects=received["prospects"],
            visits=received["visits"],
            applications=received["applications"],
        ),
        tr("Open the program on this profile: fieldapp --profile {profile}", profile=profile),
        tr("Passphrase: {passphrase}", passphrase=PASSPHRASE),
    )
