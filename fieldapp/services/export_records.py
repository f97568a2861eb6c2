"""Records as a table for a spreadsheet. Personal data leaves the encrypted file: that leaves a trace (DOMAIN E15)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path

from fieldapp.domain.errors import Actionable
from fieldapp.domain.kinds import Values
from fieldapp.domain.masking import masked_identity_number, masked_phone
from fieldapp.domain.wording import Sentence
from fieldapp.services.table_file import write_table
from fieldapp.store.database import Store
from fieldapp.store.privacy import PrivacyEvent
from fieldapp.store.prospect_list import Filter, ProspectRow
from fieldapp.store.records import StoredRecord
from fieldapp.store.unit import Unit
from fieldapp.store.view import View
from fieldapp.translation import tr

PAGE = 500


class Exported(StrEnum):
    """What can be exported."""

    PROSPECTS = "prospects"
    CONTACTS = "contacts"
    VISITS = "visits"
    APPLICATIONS = "applications"


def export_records(
    store: Store,
    what: Exported,
    path: Path,
    *,
    in_clear: bool = False,
    stop: Callable[[], bool] = lambda: False,
) -> int:
    """Write all records of a kind to ``path`` (``.csv`` or ``.xlsx``) and return their number; memory stays flat.

    Identity and telephone numbers are masked unless ``in_clear``. Raises Actionable: ``file_type``, ``not_written``,
    ``stopped``; an older file of that name is as it was then.
    """
    if path.suffix.lower() not in (".csv", ".xlsx"):
        raise Actionable("file_type", Sentence("Name a file that ends in .csv or .xlsx."), field="path")
    _note(store, what, in_clear=in_clear)
    counted = 0

    def rows() -> Iterator[Sequence[str]]:
        nonlocal counted
        with store.reading() as view:
            heading, body = _TABLES[what]
            yield [tr(text) for text in heading]
            for row in body(view, in_clear):
                if stop():
                    raise Actionable("stopped", Sentence("Stopped; no file was written."))
                counted += 1
                yield row

    try:
        write_table(path, what.value, rows())
    except OSError as error:
        raise Actionable(
            "not_written",
            Sentence("The file {name} could not be written: {reason}.", name=path.name, reason=error.strerror or "?"),
            advice=Sentence("Your records are unchanged. Choose another folder or free some space."),
        ) from error
    return counted


def _note(store: Store, what: Exported, *, in_clear: bool) -> None:
    """Noted before: a copy that nobody knows of would be worse than a note of a copy that failed."""

    def note(unit: Unit) -> None:
        at = unit.clock.now().isoformat(timespec="seconds")
        field = f"{what.value}:{'clear' if in_clear else 'masked'}"
        unit.privacy.add(PrivacyEvent(at, unit.enrolment.staff, "export", None, field))

    store.write(note)


def _prospects(view: View, in_clear: bool) -> Iterator[Sequence[str]]:
    last: ProspectRow | None = None
    while page := view.prospects.page(Filter(), PAGE, last, "name"):
        for row in page:
            mobile = row.mobile or ""
            identity = row.identity or ""
            yield (
                row.name,
                mobile if in_clear or not mobile else masked_phone(mobile),
                identity if in_clear or not identity else masked_identity_number(identity),
                row.village_code or "",
                row.village or "",
                row.trade or "",
                row.customer_type,
                row.stage,
                row.next_date or "",
                _yuan(row.wished_fen),
                row.id,
            )
        last = page[-1]


def _entries(kind: str, columns: Sequence[str]) -> Callable[[View, bool], Iterator[Sequence[str]]]:
    def body(view: View, _in_clear: bool) -> Iterator[Sequence[str]]:
        before: tuple[str, str] | None = None
        while page := view.records.newest(kind, "", PAGE, before):
            for stored in page:
                yield (_name(view, stored), *(_text(stored.screen, column) for column in columns), stored.id)
            before = (page[-1].at or "", page[-1].id)

    return body


def _applications(view: View, _in_clear: bool) -> Iterator[Sequence[str]]:
    for stored in view.records.of_kind("application"):
        columns = ("number", "status", "product", "amount_fen", "months", "method", "submitted_at")
        yield (_name(view, stored), *(_text(stored.screen, column) for column in columns), stored.id)


def _name(view: View, stored: StoredRecord) -> str:
    row = view.prospects.get(stored.parent) if stored.parent else None
    return row.name if row else ""


def _text(values: Values, column: str) -> str:
    value = values.get(column)
    if column.endswith("_fen"):
        return _yuan(value)
    return "" if value is None else str(value)


def _yuan(fen: int | None) -> str:
    return f"{fen // 100}.{fen % 100:02d}" if fen is not None else ""


_TABLES: dict[Exported, tuple[Sequence[str], Callable[[View, bool], Iterator[Sequence[str]]]]] = {
    Exported.PROSPECTS: (
        (
            "Name",
            "Mobile",
            "Identity number",
            "Village code",
            "Village",
            "Trade",
            "Customer type",
            "Stage",
            "Next date",
            "Wished amount",
            "Record",
        ),
        _prospects,
    ),
    Exported.CONTACTS: (
        ("Name", "Day", "Channel", "Result", "Next date", "Note", "Record"),
        _entries("contact", ("business_date", "channel", "result", "next_date", "note")),
    ),
    Exported.VISITS: (
        ("Name", "Day", "Purpose", "Start (UTC)", "End (UTC)", "Facts", "Opinion", "Outcome", "Next date", "Record"),
        _entries(
            "visit",
            ("business_date", "purpose", "started_at", "ended_at", "facts", "opinion", "outcome", "next_date"),
        ),
    ),
    Exported.APPLICATIONS: (
        ("Name", "Number", "Status", "Product", "Amount", "Months", "Method", "Submitted (UTC)", "Record"),
        _applications,
    ),
}
