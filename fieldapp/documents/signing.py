"""What a customer reads and signs: clauses, statements to tick by hand, signature and fingerprint places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from fieldapp.documents.fields import Option, side_by_side
from fieldapp.documents.flow import Block, Glue
from fieldapp.documents.forms import Clause, Form, Text
from fieldapp.documents.handwriting import Strokes
from fieldapp.documents.page import CHECK, INNER_RULE, LEFT, PADDING, RIGHT, WIDTH, Page
from fieldapp.documents.typefaces import FieldName, Weight, printable, width_of
from fieldapp.documents.typesetting import SMALLEST, fit, shrunk, wrap

_PITCH, _EN_PITCH, _INDENT, _AFTER = 4.5, 3.3, 8.0, 1.5
_ROLE, _NAME_PITCH = 5.8, 4.0
_PRINT_WIDTH = 19.2
_DATE_PARTS = (0.44, 0.72, 1.0)
_ROOMY_DATE = 40.0
"""From so many mm on, the figures of a date may be larger than the words between them."""


@dataclass(frozen=True, slots=True)
class Signer:
    """One column of a signature block; ``fingerprint`` gives room for it, ``seal`` asks for a company's seal.

    ``name`` is whose place it is, where that is known; ``writing`` is the signature of who signed on the screen
    already, ``dated`` the day.
    """

    role: Text
    fingerprint: bool = False
    seal: bool = False
    name: str = ""
    writing: Strokes = ()
    dated: date | None = None


def clauses(entries: Sequence[Clause], heads: tuple[Block, ...] = ()) -> list[Block]:
    """Numbered paragraphs, Chinese over English; each paragraph stays whole."""
    return [
        _clause(number, entry, heads, first=number == 1, last=number == len(entries))
        for number, entry in enumerate(entries, start=1)
    ]


def statement(text: Text, *, ticked: bool = False) -> Block:
    """A statement with a box that only the customer's own hand ticks, on the paper or before on the screen."""
    height = 8.6

    def draw(page: Page, top: float) -> None:
        page.check(LEFT + PADDING, top + 3.1, ticked=ticked)
        room = WIDTH - 6.0 - PADDING
        page.text(LEFT + 6.0, top + 2.7, text.zh, shrunk(text.zh, 9, room))
        page.text(LEFT + 6.0, top + 6.0, text.en, shrunk(text.en, SMALLEST, room))
        page.rule(LEFT, top + height, RIGHT, top + height)

    return Block(height, draw)


def signatures(form: Form, signers: Sequence[Signer], area: float) -> Block:
    """One row of signers, ``area`` mm to write in under each role; a block is never divided.

    Raises Invalid (``glyph``) for a name that cannot be printed.
    """
    columns = WIDTH / len(signers)
    named = [_with_name(signer, columns - 2 * PADDING) for signer in signers]
    roles = _ROLE + (max(len(lines) for lines in named) - 1) * _NAME_PITCH
    height = roles + area

    def draw(page: Page, top: float) -> None:
        page.label_fill(LEFT, top, WIDTH, roles)
        page.rule(LEFT, top, RIGHT, top)
        page.rule(LEFT, top + roles, RIGHT, top + roles)
        for place, signer in enumerate(signers):
            left = LEFT + place * columns
            if place:
                page.rule(left, top, left, top + height)
            if signer.name:
                for number, line in enumerate(named[place]):
                    page.text(left + PADDING, top + _ROLE / 2 + number * _NAME_PITCH, line, 9)
            else:
                side_by_side(page, left + PADDING, top + _ROLE / 2, signer.role, left + columns - 0.8)
            _place_to_sign(page, form, signer, left, top + roles, columns, area)
        page.rule(LEFT, top + height, RIGHT, top + height)

    return Block(height, draw)


def _with_name(signer: Signer, room: float) -> tuple[str, ...]:
    """The role with whose place it is, whole however long the name."""
    named = FieldName("signer", signer.role.both)
    return wrap(printable(f"{signer.role.zh} {signer.name}", named), room, 9) if signer.name else ("",)


def question(text: Text, options: Sequence[Option], detail: str, field: FieldName) -> Block:
    """A question over the full width, its answers beside boxes, a line for what a yes means."""
    zh = wrap(text.zh, WIDTH - 4, 9)
    en = wrap(text.en, WIDTH - 4, SMALLEST)
    height = 1.2 + len(zh) * _PITCH + len(en) * _EN_PITCH + 8.0

    def draw(page: Page, top: float) -> None:
        at = top + 1.2
        for line in zh:
            page.text(LEFT + 2, at + _PITCH / 2, line, 9)
            at += _PITCH
        for line in en:
            page.text(LEFT + 2, at + _EN_PITCH / 2 - 0.2, line, SMALLEST)
            at += _EN_PITCH
        middle, left = at + 3.4, LEFT + PADDING
        for option in options:
            page.check(left, middle, ticked=option.ticked)
            left += CHECK + 1.9
            left = side_by_side(page, left, middle, option.text, RIGHT - 10) + 6.0
        left -= 4.0
        if detail:
            setting = fit(detail, RIGHT - 3 - left, 8.8, field)
            for place, line in enumerate(setting.lines):
                first = middle - (len(setting.lines) - 1) * setting.pitch
                page.text(left + 0.5, first + place * setting.pitch, line, setting.size)
        page.rule(left, middle + 2.2, RIGHT - 3, middle + 2.2)
        page.rule(LEFT, top + height, RIGHT, top + height)

    return Block(height, draw)


def checklist(options: Sequence[Option], heads: tuple[Block, ...] = ()) -> list[Block]:
    """Boxes in two columns, one pair a row."""
    pairs = [options[at : at + 2] for at in range(0, len(options), 2)]
    return [_pair(pair, heads) for pair in pairs]


def _pair(pair: Sequence[Option], heads: tuple[Block, ...]) -> Block:
    height, half = 7.8, WIDTH / 2

    def draw(page: Page, top: float) -> None:
        middle = top + height / 2
        for place, option in enumerate(pair):
            left = LEFT + place * half + PADDING
            page.check(left, middle, ticked=option.ticked)
            left += CHECK + 1.5
            side_by_side(page, left, middle, option.text, LEFT + (place + 1) * half - 0.8)
        page.rule(LEFT + half, top, LEFT + half, top + height)
        page.rule(LEFT, top + height, RIGHT, top + height)

    return Block(height, draw, heads=heads)


def _clause(number: int, clause: Clause, heads: tuple[Block, ...], *, first: bool, last: bool) -> Block:
    weight = Weight.BOLD if clause.bold else Weight.MEDIUM
    width = WIDTH - _INDENT - 2
    zh = wrap(printable(clause.text.zh, FieldName("form", clause.text.zh)), width, 9, weight)
    en = wrap(printable(clause.text.en, FieldName("form", clause.text.en)), width, SMALLEST)
    above, below = (1.0 if first else 0.0), _AFTER
    height = above + len(zh) * _PITCH + len(en) * _EN_PITCH + below

    def draw(page: Page, top: float) -> None:
        at = top + above + _PITCH / 2
        page.text(LEFT + 2, at, f"{number}.", 9, weight)
        for line in zh:
            page.text(LEFT + _INDENT, at, line, 9, weight)
            at += _PITCH
        at -= (_PITCH - _EN_PITCH) / 2 + 0.2
        for line in en:
            page.text(LEFT + _INDENT, at, line, SMALLEST)
            at += _EN_PITCH
        if last:
            page.rule(LEFT, top + height, RIGHT, top + height)

    return Block(height, draw, Glue.LOOSE, heads)


def _place_to_sign(page: Page, form: Form, signer: Signer, left: float, top: float, width: float, area: float) -> None:
    right = left + width - 3.0
    if signer.fingerprint:
        right = left + width - _PRINT_WIDTH - 3.0
        box_left, box_right = left + width - _PRINT_WIDTH - 1.2, left + width - 1.2
        page.dashed(box_left, top + 0.9, box_right, top + area - 0.9)
        mark = form.label("fingerprint")
        room = box_right - box_left
        for below, word in ((5.9, mark.zh), (3.1, mark.en)):
            size = shrunk(word, SMALLEST, room)
            page.text((box_left + box_right) / 2, top + area - below, word, size, align="centre")
    line = top + area - 8.2
    page.rule(left + PADDING, line, right, line, INNER_RULE)
    name, dated = form.label("signature_seal" if signer.seal else "signature"), form.label("signed_on")
    side_by_side(page, left + PADDING, line + 1.7, name, right, 2.0)
    middle = top + area - 2.5
    page.text(left + PADDING, middle, dated.zh, shrunk(dated.zh, SMALLEST, 14.0))
    start, room = left + PADDING + width_of(dated.zh, 8), right - left - PADDING - width_of(dated.zh, 8)
    day = signer.dated
    numbers = ("", "", "") if day is None else (f"{day.year}", f"{day.month}", f"{day.day}")
    digits = 9 if room > _ROOMY_DATE else 8  # or the year stands close to the word before it
    for part, unit, number in zip(_DATE_PARTS, "年月日", numbers, strict=True):
        page.text(start + room * part - 1.5, middle, unit, 8, align="right")
        page.text(start + room * part - 2.2 - width_of(unit, 8), middle, number, digits, align="right")
    if signer.writing:
        page.writing(left + PADDING, top + 1.0, right - left - PADDING, line - top - 1.6, signer.writing)
