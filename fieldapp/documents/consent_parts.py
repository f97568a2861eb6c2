"""What the two consents share: the person, the row of a choice with its own signature, and the signing at the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fieldapp.documents import formats
from fieldapp.documents.consent_papers import ConsentGiven, Signatory
from fieldapp.documents.fields import checks, field_row, identity_boxes, label, options_of, side_by_side, value
from fieldapp.documents.flow import Block, Glue
from fieldapp.documents.forms import Clause, Form, Text
from fieldapp.documents.handwriting import Strokes
from fieldapp.documents.page import CHECK, LEFT, PADDING, RIGHT, WIDTH, Page
from fieldapp.documents.signing import Signer, signatures, statement
from fieldapp.documents.typefaces import FieldName, Weight, printable, width_of
from fieldapp.documents.typesetting import SMALLEST, shrunk, wrap

_PITCH, _EN_PITCH, _INDENT, _AFTER = 4.5, 3.3, 8.0, 1.2
_SIGN_LINE = 30.0
_TICK = 5.2


def signed_on_screen(form: Form, given: ConsentGiven | None) -> Text | None:
    """What the box says of a consent that was signed on the screen: it is not put before a pen again."""
    return form.text("states", "signed") if given is not None and not given.photo else None


def person_rows(form: Form, who: Signatory) -> list[Block]:
    """Name, capacity, identity number and mobile; the signer's identity number stands in full.

    A capacity without a box of its own, a pledgor's, ticks none.
    """
    boxes = {known for known, _ in form.options("capacity")}
    return [
        field_row(
            label(4, form.label("name")),
            value(7, who.name, form.field("signatory.name", "name")),
            label(2, form.label("capacity")),
            checks(11, options_of(form, "capacity", boxes & {who.role or ""})),
        ),
        field_row(
            label(4, form.label("identity_number")),
            identity_boxes(12, who.identity_number, form.field("signatory.identity_number", "identity_number")),
            label(3, form.label("mobile")),
            value(5, formats.mobile(who.mobile), form.field("signatory.mobile", "mobile")),
        ),
    ]


def numbered(entries: Sequence[Clause], first: int) -> list[Block]:
    """Clauses that go on counting from ``first``; each stays whole, all hold together and on to what follows."""
    return [_clause(first + place, entry, top=place == 0).holding(Glue.TOGETHER) for place, entry in enumerate(entries)]


def ticks(options: Sequence[tuple[Text, bool]]) -> list[Block]:
    """One box to tick a line, under the clause it belongs to."""
    rows = [_tick(text, ticked).holding(Glue.TOGETHER) for text, ticked in options]
    return [*rows[:-1], replace(rows[-1], height=rows[-1].height + _AFTER)]


def choice_row(form: Form, answer: bool | None, writing: Strokes = (), *, signed: bool = True) -> Block:
    """``本人选择 □同意 □不同意 签字``: ticked only by an answer that was given."""
    height = 8.2

    def draw(page: Page, top: float) -> None:
        page.label_fill(LEFT, top, WIDTH, height)
        page.rule(LEFT, top, RIGHT, top)
        middle = top + height / 2
        name = form.label("choice")
        sign, line = form.label("signature"), RIGHT - 2 - _SIGN_LINE
        said = width_of(sign.zh, 9) + 1.2 + width_of(sign.en, SMALLEST) + 1.5 if signed else 0.0
        left = side_by_side(page, LEFT + 2, middle, name, RIGHT, 2.0) + 5.0
        for key, ticked in (("agree", answer is True), ("decline", answer is False)):
            text = form.option("choice", key)
            page.check(left, middle, ticked=ticked)
            left += CHECK + 1.6
            left = side_by_side(page, left, middle, text, line - said - 1, 1.0) + 7.0
        if signed:
            page.rule(line, top + height - 1.5, RIGHT - 2, top + height - 1.5)
            side_by_side(page, line - said, middle, sign, line)
            if writing:
                page.writing(line + 1, top + 0.6, _SIGN_LINE - 2, height - 1.4, writing)
        page.rule(LEFT, top + height, RIGHT, top + height)

    return Block(height, draw)


def signing(form: Form, given: ConsentGiven | None, area: float) -> list[Block]:
    """The statement of having read, who signs, and how it was signed; one block that is never divided."""
    writing = given.writing("whole") if given is not None else ()
    dated = given.on if given is not None and not given.photo else None
    block = signatures(
        form,
        [
            Signer(form.text("signers", "person"), fingerprint=True, writing=writing, dated=dated),
            Signer(form.text("signers", "witness"), fingerprint=True),
            Signer(form.text("signers", "officer")),
        ],
        area,
    )
    read = statement(form.text("texts", "have_read"), ticked=given is not None and given.answer("read") is True)
    rows = [read, block]
    if given is not None:
        day = given.on.isoformat()
        if given.photo:
            said = form.text("texts", "signed_on_paper", day=day, digest=formats.grouped(given.photo))
        else:
            said = form.text("texts", "signed_on_screen", day=day)
        rows.append(_note(said))
    return [*(row.holding(Glue.FIRM) for row in rows[:-1]), rows[-1]]


def _note(text: Text) -> Block:
    height = 8.0

    def draw(page: Page, top: float) -> None:
        room = WIDTH - 2 * PADDING
        page.text(LEFT + PADDING, top + 2.6, text.zh, shrunk(text.zh, 8.5, room))
        page.text(LEFT + PADDING, top + 5.9, text.en, shrunk(text.en, SMALLEST, room))
        page.rule(LEFT, top + height, RIGHT, top + height)

    return Block(height, draw)


def _tick(text: Text, ticked: bool) -> Block:
    def draw(page: Page, top: float) -> None:
        middle = top + _TICK / 2
        page.check(LEFT + _INDENT + 0.6, middle, ticked=ticked)
        left = LEFT + _INDENT + 0.6 + CHECK + 1.6
        side_by_side(page, left, middle, text, RIGHT - PADDING)

    return Block(_TICK, draw)


def _clause(number: int, clause: Clause, *, top: bool) -> Block:
    weight = Weight.BOLD if clause.bold else Weight.MEDIUM
    width = WIDTH - _INDENT - 2
    zh = wrap(printable(clause.text.zh, FieldName("form", clause.text.zh)), width, 9, weight)
    en = wrap(printable(clause.text.en, FieldName("form", clause.text.en)), width, SMALLEST)
    above = 1.2 if top else 0.0
    height = above + len(zh) * _PITCH + len(en) * _EN_PITCH + _AFTER

    def draw(page: Page, at: float) -> None:
        middle = at + above + _PITCH / 2
        page.text(LEFT + 2, middle, f"{number}.", 9, weight)
        for line in zh:
            page.text(LEFT + _INDENT, middle, line, 9, weight)
            middle += _PITCH
        middle -= (_PITCH - _EN_PITCH) / 2 + 0.2
        for line in en:
            page.text(LEFT + _INDENT, middle, line, SMALLEST)
            middle += _EN_PITCH

    return Block(height, draw)
