"""The refused rows as a file to mend and import again: the list's own columns, and the reason in the last one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import chain
from pathlib import Path

from fieldapp.domain.errors import Actionable
from fieldapp.domain.wording import Sentence
from fieldapp.services.household_list.file import HouseholdListFile
from fieldapp.services.household_list.outcomes import RowOutcome
from fieldapp.services.household_list.stated_units import unit_of
from fieldapp.services.table_file import require_writable, write_table
from fieldapp.translation import explain, tr


def write_refused(path: Path, file: HouseholdListFile, refused: Iterable[RowOutcome]) -> int:
    """Writes the refused among ``refused`` to ``path`` and returns their number; a file that is there is replaced.

    Above a member who was refused while the others came in stands the head's row: by it the member finds home.

    ``.xlsx`` gives a workbook, anything else a CSV in UTF-8 with a byte-order mark. No cell becomes a formula. The file
    appears whole or not at all. Raises Actionable ``refused_over_list`` for the list itself, ``refused_not_written``
    when the disk is full or the folder closed.
    """
    _require_another_file(path, file)
    reason_heading = tr("Reason for refusal")
    # A refused file that is imported again already has the column: its old reasons give way to the new ones.
    headings = file.headings[:-1] if file.headings[-1:] == (reason_heading,) else file.headings
    counted = _Counted(refused, len(headings), drop_last=len(headings) < len(file.headings))
    # What the title says of the amounts must be said again, or 6 under 单位：万元 would come back as six yuan.
    unit = [(line,) for line in file.title.split("\n") if unit_of("", line) != 1][:1]
    rows = chain(unit, [(*headings, reason_heading)], counted)
    try:
        write_table(path, tr("Refused rows"), rows)
    except OSError as error:
        raise _not_written(path, error, _STAYS) from error
    return counted.count


def require_place_for_refused(path: Path, file: HouseholdListFile) -> None:
    """Raises Actionable as ``write_refused`` would, as far as it can be told before there is anything to write."""
    _require_another_file(path, file)
    try:
        require_writable(path)
    except OSError as error:
        raise _not_written(path, error, Sentence("Choose another folder or name for the refused rows.")) from error


def _require_another_file(path: Path, file: HouseholdListFile) -> None:
    with suppress(OSError):
        if path.samefile(file.path):
            raise Actionable(
                "refused_over_list",
                Sentence("The refused rows would overwrite the list itself."),
                advice=Sentence("Choose another name for the file of refused rows."),
            )


def _not_written(path: Path, error: OSError, advice: Sentence) -> Actionable:
    sentence = Sentence(
        "The refused rows could not be written to {name}: {reason}.", name=path.name, reason=error.strerror or "?"
    )
    return Actionable("refused_not_written", sentence, advice=advice)


_STAYS = Sentence("The import itself is not touched. Free some space or choose another folder.")


class _Counted:
    def __init__(self, outcomes: Iterable[RowOutcome], width: int, *, drop_last: bool) -> None:
        self._outcomes = outcomes
        self._width = width
        self._drop_last = drop_last
        self.count = 0
        self._head: int | None = None

    def __iter__(self) -> Iterator[Sequence[str]]:
        for outcome in self._outcomes:
            if outcome.reason is None:
                continue
            self.count += 1
            if outcome.head_cells and outcome.head != self._head and not outcome.is_of_people_beside:
                self._head = outcome.head
                yield self._row(outcome.head_cells, tr("Imported already; it stands here for the rows below."))
            yield self._row(outcome.cells, explain(outcome.reason))

    def _row(self, of: Sequence[str], reason: str) -> Sequence[str]:
        cells = list(of[: self._width] if self._drop_last else of)
        while len(cells) > self._width and not cells[-1].strip():
            cells.pop()
        return (*cells, *[""] * (self._width - len(cells)), reason)
