"""From blocks to bytes: pages are broken first, then drawn, since every page says how many there are."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from io import BytesIO
from threading import Lock
from typing import Any

from reportlab import rl_config
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from fieldapp.documents.archival import PRODUCER, Description, describe
from fieldapp.documents.figures import write_figures_once
from fieldapp.documents.flow import Block, Glue, paginate
from fieldapp.documents.forms import Form, Text
from fieldapp.documents.furniture import Furniture, title
from fieldapp.documents.page import Page
from fieldapp.documents.papers import DocumentMark, Letterhead, PaperState
from fieldapp.documents.structure import write_structure
from fieldapp.documents.typefaces import Weight, first_font

rl_config.useA85 = 0  # streams as bytes: text armour would make the file a quarter larger and a tenth slower
write_figures_once()

_one_at_a_time = Lock()
_WATERMARK = "watermark"


@dataclass(frozen=True, slots=True)
class Document:
    """A laid-out document, ready to print. ``signed`` stands in the box of one signed on the screen already."""

    letterhead: Letterhead
    mark: DocumentMark
    form: Form
    digest: str
    blocks: Sequence[Block]
    signed: Text | None = None

    def to_pdf(self) -> bytes:
        """The PDF. Raises Invalid for a value that has no place or no glyph; nothing is half printed."""
        furniture = Furniture(self.letterhead, self.mark, self.form, self.digest, self.signed)
        try:
            sheets = paginate([self._title(), *self.blocks])
        except ValueError as error:  # only form texts can be so long: free text of the data flows over pages
            raise self.form.too_high() from error
        pages = []
        for number, placed in enumerate(sheets, start=1):
            page = Page()
            for entry in placed:
                with page.inside(entry.block.role):
                    entry.block.draw(page, entry.top)
            with page.furniture():
                furniture.put_on(page, number, len(sheets), placed)
            pages.append(page)
        # ReportLab's fonts keep a reading position, so two threads cannot write at once.
        with _one_at_a_time:
            return self._written(furniture, pages)

    def _written(self, furniture: Furniture, pages: Sequence[Page]) -> bytes:
        out = BytesIO()
        canvas = Canvas(
            out,
            pagesize=A4,
            pageCompression=1,
            invariant=1,
            pdfVersion=(1, 7),
            initialFontName=first_font(Weight.MEDIUM),
            lang="zh-CN",
        )
        _stamp(canvas, self.mark.dated, self.digest)
        heading = self.form.text("document", "title")
        canvas.setTitle(f"{heading.zh} {self.mark.printed_number}")
        canvas.setAuthor(self.letterhead.bank)
        canvas.setSubject(self._subject())
        canvas.setKeywords(self._keywords())
        canvas.setCreator("fieldapp")
        canvas.setViewerPreference("DisplayDocTitle", "true")
        canvas.setProducer(PRODUCER)
        watermark = furniture.watermark()
        if watermark is not None:
            canvas.beginForm(_WATERMARK)
            watermark(canvas)
            canvas.endForm()
        for page in pages:
            page.put_on(canvas, None if watermark is None else _repeat_watermark)
            canvas.showPage()
        write_structure(canvas._doc, [page.elements for page in pages])
        describe(canvas._doc, self._description(heading.zh))
        canvas.save()
        return out.getvalue()

    def _title(self) -> Block:
        note = self.form.text("document", "note") if "note" in self.form.texts["document"] else None
        height, draw = title(self.form.text("document", "title"), note)
        return Block(height, draw, Glue.FIRM, framed=False, role="H1")

    def _description(self, heading: str) -> Description:
        title = f"{heading} {self.mark.printed_number}"
        return Description(title, self.letterhead.bank, self._subject(), self._keywords(), self.mark.dated)

    def _keywords(self) -> str:
        """Number, form and digest: what a paper is known by that is handed in as a file."""
        return "|".join((self.mark.printed_number, self.form.code, *self._data()))

    def _subject(self) -> str:
        return " ".join((self.form.code, *self._data()))

    def _data(self) -> tuple[str, ...]:
        """The digest of the data, where there are any."""
        return () if self.mark.state is PaperState.BLANK else (self.digest,)


def _repeat_watermark(canvas: Any) -> None:
    canvas.doForm(_WATERMARK)


def _stamp(canvas: Any, dated: date, digest: str) -> None:
    """The PDF's own dates and id are those of its data: neither clock nor environment has a part in a document."""
    moment = datetime(dated.year, dated.month, dated.day, tzinfo=UTC)
    stamp = canvas._doc._timeStamp
    stamp.t = moment.timestamp()
    stamp.lt = moment.timetuple()
    stamp.YMDhms = moment.timetuple()[:6]
    stamp.dhh = stamp.dmm = 0
    canvas._doc.signature = hashlib.md5(digest.encode(), usedforsecurity=False)
