"""The table in the first rows of a file: where its headings stand, and what its columns seem to hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from fieldapp.domain.places import Places
from fieldapp.services.household_list.beside_the_head import NOBODY_BESIDE, Beside, beside_the_head
from fieldapp.services.household_list.heading_rows import find_headings, width_of_blocks
from fieldapp.services.household_list.headings import Field, Guess, guess_by_content, recognise
from fieldapp.services.household_list.named_once import columns_named_once
from fieldapp.services.household_list.parts import part_named

Row = tuple[int, list[str]]
"""A row's number in the file, the first being 1, and its cells."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """A table; ``score`` says how sure that is, ``block`` how many columns one of several side by side has.

    ``parts`` is the column that is added for the groups which rows between the others name, None where none do.
    ``named_once`` are the columns whose cells hold for the empty ones below too, ``beside`` those of people beside the
    head.
    """

    score: int
    title: str
    heading_row: int | None
    headings: tuple[str, ...]
    guesses: dict[Field, Guess]
    heading_rows: tuple[tuple[str, ...], ...]
    block: int
    named_once: frozenset[int] = frozenset()
    beside: Beside = NOBODY_BESIDE
    parts: int | None = None


def recognised(sample: list[Row], places: Places, hidden_columns: frozenset[int] = frozenset()) -> Recognised | None:
    """The table in the first rows of a file, or None when neither headings nor cells give it away.

    A hidden column holds a field that no other does: often the identity numbers, but last year's telephones too.
    """
    found = find_headings([cells for _, cells in sample[:_SEARCHED]])
    if found is None:
        body = [cells for _, cells in sample]
        guesses = guess_by_content(body, {}, (), places)
        if Field.NAME not in guesses or not guesses.keys() & {Field.PHONE, Field.IDENTITY}:
            return None
        return Recognised(len(guesses), "", None, (), _with_samples(guesses, body), (), 0)
    block = width_of_blocks(found.texts)
    headings = found.texts[: block or None]
    below = below_each_other(sample[found.last + 1 :], block)
    body = [cells for _, cells in below if any(cell.strip() for cell in cells)]
    beside = NOBODY_BESIDE if block else beside_the_head(headings, body)
    guesses = _guessed(beside.of_the_head(headings), body, places, hidden_columns)
    if Field.NAME not in guesses and (as_head := beside.first_as_head(headings)):
        first, beside = as_head
        guesses = {name: Guess(column, 75) for name, column in first.items()} | {
            name: guess for name, guess in guesses.items() if name not in first
        }
    parts = None if block else _column_of_parts(headings, guesses, body)
    if parts is not None:
        headings = (*headings, _PART_OF_VILLAGE)
        guesses[Field.GROUP] = Guess(parts, 60)
    title = "\n".join(cell.strip()[:200] for _, cells in sample[: found.first] for cell in cells if cell.strip())
    score = sum(guess.confidence for guess in guesses.values()) + min(len(body), _CONFIDENT)
    rows = tuple(tuple(cells[: block or None]) for _, cells in sample[found.first : found.last + 1])
    return Recognised(
        score,
        title,
        sample[found.last][0],
        headings,
        _with_samples(guesses, body),
        rows,
        block,
        columns_named_once(body) - {parts},
        beside,
        parts,
    )


def _column_of_parts(
    headings: Sequence[str], guesses: Mapping[Field, Guess], body: Sequence[Sequence[str]]
) -> int | None:
    """The column behind the others for the groups that rows between the others name, where no column tells them."""
    used = {guess.column for guess in guesses.values()}
    if Field.NAME not in guesses or Field.GROUP in guesses or max(used) >= len(headings):
        return None
    name = guesses[Field.NAME].column
    if not any(part_named(cells, used, name, set()) for cells in body):
        return None
    return len(headings)


def _guessed(
    headings: Sequence[str], body: Sequence[Sequence[str]], places: Places, hidden: frozenset[int]
) -> dict[Field, Guess]:
    every = guess_by_content(body, recognise(headings, body), headings, places)
    # Who is whose in a list of people is told by several columns together, seen or not.
    if not hidden or Field.HOUSEHOLD in every:
        return every
    shown = ["" if column in hidden else heading for column, heading in enumerate(headings)]
    cells = [["" if column in hidden else cell for column, cell in enumerate(row)] for row in body]
    seen = guess_by_content(cells, recognise(shown, cells), shown, places)
    taken = {guess.column for guess in seen.values()}
    if Field.PHONE in seen and Field.OTHER_PHONE in every and every[Field.PHONE].column not in taken:
        every[Field.OTHER_PHONE] = every[Field.PHONE]
    return seen | {name: guess for name, guess in every.items() if name not in seen and guess.column not in taken}


def below_each_other(rows: Iterable[Row], block: int) -> Iterator[Row]:
    """The rows, those of tables side by side one after the other, each with the number it has in the file."""
    for number, cells in rows:
        yield number, cells[: block or None]
        for start in range(block, len(cells), block) if block else ():
            if any(cell.strip() for cell in cells[start : start + block]):
                yield number, cells[start : start + block]


_SEARCHED = 60
_CONFIDENT = 50
_PART_OF_VILLAGE = "组"


def _with_samples(guesses: Mapping[Field, Guess], body: Sequence[Sequence[str]]) -> dict[Field, Guess]:
    return {
        name: Guess(
            guess.column,
            guess.confidence,
            tuple(
                islice(
                    (row[guess.column][:80] for row in body if guess.column < len(row) and row[guess.column].strip()), 3
                )
            ),
        )
        for name, guess in guesses.items()
    }
