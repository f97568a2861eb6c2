"""All packs of a day in one go: every paper of every application that was worked on, into one folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from fieldapp.domain.errors import Actionable
from fieldapp.domain.wording import Sentence
from fieldapp.services.business_day import day_of, made_at
from fieldapp.services.paper_kinds import DocumentLine
from fieldapp.services.print_documents import PrintDocuments
from fieldapp.store.database import Store
from fieldapp.store.records import Records, StoredRecord


@dataclass(frozen=True, slots=True)
class Unprinted:
    """A paper that was not made, and why."""

    number: str
    sentence: Sentence


@dataclass(slots=True)
class DayPrinted:
    """What came of it: the files, in the order they were written, and the papers that could not be made."""

    packs: int = 0
    paths: list[Path] = field(default_factory=list)
    unprinted: list[Unprinted] = field(default_factory=list)
    stopped: bool = False


def applications_of(store: Store, day: date) -> list[str]:
    """The applications that were begun, submitted, or whose papers were frozen or sealed on ``day``, by number."""
    with store.reading() as view:
        found = [
            (str(stored.screen.get("number") or stored.id), stored.id)
            for stored in view.records.of_kind("application")
            if _worked_on(view.records, stored, day, store.clock.zone)
        ]
    return [record for _, record in sorted(found)]


def print_day(
    store: Store,
    day: date,
    folder: Path,
    *,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> DayPrinted:
    """Write the packs of ``day`` into ``folder``; each copy leaves its trace (DOMAIN E15).

    ``progress`` counts packs. Stops between two papers when ``cancelled``; what was written stays. A paper that cannot
    be made is told of and the others go on. Raises Actionable when the folder takes no more (``no_folder``,
    ``no_permission``, ``disk_full``, ``not_saved``).
    """
    printing = PrintDocuments(store)
    printed = DayPrinted()
    wanted = applications_of(store, day)
    for application in wanted:
        progress(printed.packs, len(wanted))
        for line in _pack(printing, application, printed):
            if cancelled():
                printed.stopped = True
                return printed
            _print(printing, line, folder, printed)
        printed.packs += 1
    progress(len(wanted), len(wanted))
    return printed


def _pack(printing: PrintDocuments, application: str, printed: DayPrinted) -> list[DocumentLine]:
    try:
        return printing.pack(application)
    except Actionable as error:
        printed.unprinted.append(Unprinted(application, error.sentence))
        return []


def _print(printing: PrintDocuments, line: DocumentLine, folder: Path, printed: DayPrinted) -> None:
    if line.lacking is not None:
        printed.unprinted.append(Unprinted(line.number, line.lacking))
        return
    try:
        document = printing.of(line)
    except Actionable as error:
        printed.unprinted.append(Unprinted(line.number, error.sentence))
        return
    printed.paths.append(printing.save(document, folder))


def _worked_on(records: Records, application: StoredRecord, day: date, zone: str) -> bool:
    begun = made_at(application.id)
    if begun is not None and day_of(begun, zone) == day:
        return True
    submitted = application.screen.get("submitted_at")
    if isinstance(submitted, str) and day_of(datetime.fromisoformat(submitted), zone) == day:
        return True
    documents = records.children(application.id, "document")
    return any(stored.screen.get("business_date") == day.isoformat() for stored in documents)
