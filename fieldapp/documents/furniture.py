"""What stands on every page around the text: head, foot, QR code, frame, punch marks, seam stamp, watermark."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from fieldapp.documents.flow import Placed
from fieldapp.documents.formats import grouped
from fieldapp.documents.forms import Form, Text
from fieldapp.documents.outlines import trace
from fieldapp.documents.page import (
    BOTTOM,
    BOX_RULE,
    FRAME_RULE,
    LEFT,
    RIGHT,
    WIDTH,
    Align,
    Page,
    points,
)
from fieldapp.documents.papers import DocumentMark, Letterhead, PaperState
from fieldapp.documents.qr_code import qr_squares
from fieldapp.documents.typefaces import MM_PER_POINT, FieldName, Weight, printable, width_of
from fieldapp.documents.typesetting import SMALLEST, shrunk

_QR_SIDE = 15.5
_PUNCHES = (108.5, 188.5)
_WATERMARK_GREY = 0.885
_WATERMARK_SIZE = 106.0
_WATERMARK_ANGLE = 52.0
_NOTHING_BELOW_NEEDS = 6.5
_BLANK = Text("空白表", "BLANK FORM")
"""Not a text of the forms: a bank cannot word it away, and the digests of filled forms do not hang on it."""


@dataclass(frozen=True, slots=True)
class Furniture:
    """What every page of one document shares."""

    letterhead: Letterhead
    mark: DocumentMark
    form: Form
    digest: str
    signed: Text | None = None

    def qr_text(self, page: int, pages: int) -> str:
        """What the QR code of a page says: ``no|template|page/pages|16 hex``; a blank form has no digits of data."""
        said = f"{self.mark.printed_number}|{self.form.code}|{page}/{pages}"
        return said if self.mark.state is PaperState.BLANK else f"{said}|{self.digest[:16]}"

    def put_on(self, page: Page, number: int, pages: int, placed: Sequence[Placed]) -> None:
        """Head, marks, frame and foot of page ``number``."""
        self._head(page, number, pages)
        _frame(page, placed)
        _margins(page)
        self._foot(page, number, pages)

    def watermark(self) -> Callable[[Any], None] | None:
        """The watermark of a draft, as an outline: it hides under the text and does not copy; none in other states."""
        if self.mark.state is not PaperState.DRAFT:
            return None
        text = self.form.text("states", "watermark").zh

        def draw(canvas: Any) -> None:
            canvas.saveState()
            canvas.translate(points((LEFT + RIGHT) / 2), points(148.5))
            canvas.rotate(_WATERMARK_ANGLE)
            wide = width_of(text, _WATERMARK_SIZE, Weight.BOLD) / MM_PER_POINT
            canvas.translate(-wide / 2, -_WATERMARK_SIZE * 0.37)
            canvas.setFillGray(_WATERMARK_GREY)
            path = canvas.beginPath()
            trace(path, text, _WATERMARK_SIZE, Weight.BOLD)
            canvas.drawPath(path, stroke=0, fill=1, fillMode=1)
            canvas.restoreState()

        return draw

    def _head(self, page: Page, number: int, pages: int) -> None:
        bank, form = self.letterhead, self.form
        page.box(LEFT + 0.15, 13.0, 9.2, 9.3, FRAME_RULE)
        left, room = LEFT + 11.6, 88.0
        name = FieldName("letterhead.bank", form.label("bank").both)
        page.text(LEFT + 4.75, 17.6, printable(bank.bank[:1], name).strip(), 12, Weight.BOLD, align="centre")
        self._line(page, left, 15.6, bank.bank, 11.5, room, name, Weight.BOLD)
        self._line(page, left, 19.6, bank.bank_en.upper(), SMALLEST, room, name)
        title = form.text("document", "title")
        branch = f"{bank.branch} {bank.branch_en}".strip() if number == 1 else f"{title.zh}（续）"
        self._line(page, left, 23.4, branch, SMALLEST, room, FieldName("letterhead.branch", form.label("branch").both))

        qr_left = RIGHT - _QR_SIDE
        squares = qr_squares(self.qr_text(number, pages))
        page.squares(qr_left, 11.1, _QR_SIDE, squares, self._code_in_words(title) if number == 1 else "")
        right = qr_left - 2.0
        number_label = form.label("document_number").both
        page.text(right, 13.4, number_label, shrunk(number_label, SMALLEST, 52), align="right")
        field = FieldName("mark.number", form.label("document_number").both)
        self._line(page, right, 17.3, self.mark.printed_number, 11, 52, field, Weight.BOLD, "right")
        if self.mark.state is not PaperState.SEALED:
            said = self._state_in_words()
            width = max(41.3, width_of(said, 8) + 6)
            page.box(right - width, 20.6, width, 5.3, BOX_RULE)
            page.text(right - width / 2, 23.25, said, shrunk(said, SMALLEST, 62), align="centre")
        page.rule(LEFT, 27.6, RIGHT, 27.6)

    def _code_in_words(self, title: Text) -> str:
        """What the QR code of the first page says, for who cannot see it: which paper this is, and of which data."""
        said = f"二维码 QR code: {title.both}, {self.mark.printed_number}, {self.form.code}"
        return said if self.mark.state is PaperState.BLANK else f"{said}, {grouped(self.digest)}"

    def _state_in_words(self) -> str:
        if self.mark.state is PaperState.BLANK:
            return _BLANK.both
        if self.signed is not None and self.mark.state is PaperState.FOR_SIGNATURE:
            return self.signed.both
        state, before = self.form.text("states", self.mark.state.value), self.form.text("states", "before_signature")
        return f"{state.both} · {before.zh}"

    @staticmethod
    def _line(
        page: Page,
        x: float,
        middle: float,
        text: str,
        size: float,
        room: float,
        field: FieldName,
        weight: Weight = Weight.MEDIUM,
        align: Align = "left",
    ) -> None:
        """A line of the head or foot, smaller where it is long. Raises Invalid when it could no longer be read."""
        plain = " ".join(printable(text, field).split())
        page.text(x, middle, plain, shrunk(plain, size, room, weight, field), weight, align)

    def _foot(self, page: Page, number: int, pages: int) -> None:
        form = self.form
        page.rule(LEFT, 273.5, RIGHT, 273.5)
        template, digest = f"{form.label('template').both} {form.code}", form.label("digest").both
        page.text(LEFT, 276.2, template, shrunk(template, SMALLEST, 41))
        if self.mark.state is not PaperState.BLANK:
            said = f"{digest} {grouped(self.digest)}"
            page.text(LEFT + 42, 276.2, said, shrunk(said, SMALLEST, 90))
        note, complaints = form.text("document", "footer"), form.label("complaints").both
        said = f"{complaints} {self.letterhead.complaint_phone} · {note.zh} {note.en}"
        self._line(page, LEFT, 279.9, said, SMALLEST, 152, FieldName("letterhead.complaint_phone", complaints))
        page.text(RIGHT, 276.1, f"第 {number} 页，共 {pages} 页", 9, align="right")
        page.text(RIGHT, 279.9, f"Page {number} of {pages}", SMALLEST, align="right")


def title(text: Text, note: Text | None = None) -> tuple[float, Callable[[Page, float], None]]:
    """The title of the first page: its height in mm and how it is drawn."""

    def draw(page: Page, top: float) -> None:
        middle = LEFT + WIDTH / 2
        page.text(middle, top + 3.9, text.zh, shrunk(text.zh, 17, WIDTH, Weight.BOLD), Weight.BOLD, "centre")
        page.text(middle, top + 9.3, text.en, shrunk(text.en, 9, WIDTH), align="centre")
        if note is not None:
            said = f"{note.zh} {note.en}"
            page.text(middle, top + 13.6, said, shrunk(said, SMALLEST, WIDTH), align="centre")

    return (13.3 if note is None else 17.6), draw


def _frame(page: Page, placed: Sequence[Placed]) -> None:
    framed = [entry for entry in placed if entry.block.framed]
    if not framed:
        return
    top, bottom = framed[0].top, framed[-1].top + framed[-1].block.height
    page.box(LEFT, top, WIDTH, bottom - top, FRAME_RULE)
    if BOTTOM - bottom >= _NOTHING_BELOW_NEEDS:
        page.text(LEFT + WIDTH / 2, bottom + 3.9, "—— 以下空白 Nothing below ——", SMALLEST, align="centre")


def _margins(page: Page) -> None:
    for middle in _PUNCHES:
        page.rule(9.4, middle, 12.4, middle, BOX_RULE)
        page.rule(10.9, middle - 1.5, 10.9, middle + 1.5, BOX_RULE)
    seam = 200.6
    page.dashed(seam, 127.8, seam, 138.4, on=0.9, off=1.4)
    for place, character in enumerate("骑缝章"):
        page.text(seam, 142.0 + 3.9 * place, character, SMALLEST, align="centre")
    page.text(seam, 153.6, "Seam", SMALLEST, align="centre")
    page.text(seam, 156.6, "stamp", SMALLEST, align="centre")
    page.dashed(seam, 160.0, seam, 170.0, on=0.9, off=1.4)
