"""Document 6, the visit record (DOMAIN D6): facts apart from opinions, photographs with their digests."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from PIL import Image
from reportlab.lib.utils import ImageReader

from fieldapp.documents import formats
from fieldapp.documents.digest import digest_of
from fieldapp.documents.fields import ROW, band, checks, field_row, figure, label, options_of, prose, value
from fieldapp.documents.flow import Block, Glue, hold
from fieldapp.documents.forms import Form, form
from fieldapp.documents.page import INNER_RULE, LEFT, RIGHT, WIDTH, Page
from fieldapp.documents.papers import PhotoPrint, VisitPaper
from fieldapp.documents.photos import printed_photo
from fieldapp.documents.printing import Document
from fieldapp.documents.signing import Signer, signatures
from fieldapp.documents.typesetting import SMALLEST, shrunk
from fieldapp.domain.masking import masked_identity_number, masked_phone

FORM = "visit-F01"
_FACTS_LEAST, _OPINION_LEAST = 33.8, 17.8  # with their headings 40 and 24 mm
_PHOTO_WIDTH, _PHOTO_HEIGHT, _PHOTOS_IN_ROW = 54.0, 36.0, 3


def visit_record(paper: VisitPaper) -> bytes:
    """The record as a PDF; the same paper gives the same bytes. Facts and opinion take as many pages as they need.

    Raises Invalid (``glyph``, ``too_long``, ``photo``) naming the field or photograph, Actionable (``form``) for a
    broken form text.
    """
    texts = form(FORM, paper.mark.template_version)
    return Document(paper.letterhead, paper.mark, texts, digest_of(paper, texts), _blocks(paper, texts)).to_pdf()


def _blocks(paper: VisitPaper, f: Form) -> list[Block]:
    return [
        *_visit(paper, f),
        *_text_section(f, "facts", paper.facts, _FACTS_LEAST),
        *_text_section(f, "opinion", paper.opinion, _OPINION_LEAST),
        *_photos(paper.photos, f),
        *_closing(paper, f),
    ]


def _when(paper: VisitPaper, f: Form) -> str:
    if paper.started is None or paper.ended is None:
        return ""
    minutes = round((paper.ended - paper.started).total_seconds() / 60)
    same_day = paper.ended.date() == paper.started.date()
    end = f"{paper.ended:%H:%M}" if same_day else formats.moment(paper.ended)
    return f.text("texts", "time", start=formats.moment(paper.started), end=end, minutes=str(minutes)).zh


def _visit(paper: VisitPaper, f: Form) -> list[Block]:
    number = masked_identity_number(paper.identity_number) if paper.identity_number else ""
    rows = [
        field_row(
            label(4, f.label("customer")),
            value(8, paper.customer, f.field("customer", "customer")),
            label(4, f.label("identity_number")),
            value(8, number, f.field("identity_number", "identity_number")),
            height=ROW,
        ),
        field_row(
            label(4, f.label("when")),
            value(8, _when(paper, f), f.field("started", "when")),
            label(4, f.label("mobile")),
            value(8, masked_phone(paper.mobile) if paper.mobile else "", f.field("mobile", "mobile")),
            height=ROW,
        ),
        field_row(
            label(4, f.label("place")),
            value(8, paper.place, f.field("place", "place")),
            label(4, f.label("officers")),
            value(8, formats.joined(paper.officer, paper.second_officer or ""), f.field("officer", "officers")),
            height=ROW,
        ),
        field_row(
            label(4, f.label("purpose")),
            checks(20, options_of(f, "purpose", {paper.purpose or ""})),
            height=ROW,
        ),
    ]
    if paper.amends is not None:
        rows.append(
            field_row(label(4, f.label("amends")), value(20, paper.amends, f.field("amends", "amends")), height=ROW)
        )
    return [*hold([band(*f.section("visit")), *rows], Glue.FIRM), *_people(paper, f)]


def _people(paper: VisitPaper, f: Form) -> list[Block]:
    said = "；".join(f"{met.name}（{met.relation}）" if met.relation else met.name for met in paper.people)
    heads = (band(*f.section("visit"), continued=True),)
    return prose(said, f.field("people", "people"), name=f.label("people"), least=ROW, heads=heads)


def _text_section(f: Form, key: str, text: str, least: float) -> list[Block]:
    title, note = f.section(key)
    heads = (band(title, note, continued=True),)
    return [band(title, note), *prose(text, f.field(key, key), least=least, heads=heads)]


def _photos(photos: Sequence[PhotoPrint], f: Form) -> list[Block]:
    if not photos:
        return []
    title, note = f.section("photos")
    heads = (band(title, note, continued=True),)
    rows = [
        _photo_row(photos[first : first + _PHOTOS_IN_ROW], first + 1, heads, f)
        for first in range(0, len(photos), _PHOTOS_IN_ROW)
    ]
    return [band(title, note), *rows]


def _photo_row(photos: Sequence[PhotoPrint], first: int, heads: tuple[Block, ...], f: Form) -> Block:
    prepared = [
        printed_photo(photo, number, _PHOTO_WIDTH, _PHOTO_HEIGHT) for number, photo in enumerate(photos, start=first)
    ]
    height, step = _PHOTO_HEIGHT + 12.8, WIDTH / _PHOTOS_IN_ROW

    def draw(page: Page, top: float) -> None:
        for place, (photo, image) in enumerate(zip(photos, prepared, strict=True)):
            left = LEFT + place * step + (step - _PHOTO_WIDTH) / 2
            taken = formats.moment(photo.taken_at) if photo.taken_at is not None else f.text("texts", "no_time").both
            said = f"{first + place} · {taken}"
            _photo(page, left, top + 2.0, image, said)
            page.text(left, top + _PHOTO_HEIGHT + 4.4, said, shrunk(said, SMALLEST, _PHOTO_WIDTH))
            digest = photo.digest.lower()
            page.text(left, top + _PHOTO_HEIGHT + 7.6, digest[:32], SMALLEST)
            page.text(left, top + _PHOTO_HEIGHT + 10.8, digest[32:], SMALLEST)
        page.rule(LEFT, top + height, RIGHT, top + height)

    return Block(height, draw, heads=heads)


def _photo(page: Page, left: float, top: float, image: Image.Image, said: str) -> None:
    scale = min(_PHOTO_WIDTH / image.width, _PHOTO_HEIGHT / image.height)
    width, height = image.width * scale, image.height * scale
    packed = BytesIO()
    image.save(packed, "JPEG", quality=85)
    x, y = left + (_PHOTO_WIDTH - width) / 2, top + (_PHOTO_HEIGHT - height) / 2
    page.picture(x, y, width, height, ImageReader(BytesIO(packed.getvalue())), said)
    page.box(left, top, _PHOTO_WIDTH, _PHOTO_HEIGHT, INNER_RULE)


def _closing(paper: VisitPaper, f: Form) -> list[Block]:
    """What came of it and the signatures, whole on one page."""
    title, note = f.section("next")
    rows = [
        field_row(
            label(4, f.label("outcome")),
            checks(20, options_of(f, "outcome", {paper.outcome or ""})),
            height=ROW,
        ),
        field_row(
            label(4, f.label("next_date")),
            value(8, formats.day(paper.next_date), f.field("next_date", "next_date")),
            label(4, f.label("promised")),
            figure(8, formats.in_yuan(paper.promised), f.field("promised", "promised")),
            height=ROW,
        ),
        *prose(
            paper.next_action,
            f.field("next_action", "next_action"),
            name=f.label("next_action"),
            least=ROW,
            heads=(band(title, note, continued=True),),
        ),
    ]
    signers = [Signer(f.text("signers", who)) for who in ("first_officer", "second_officer")]
    outcome = hold([band(title, note), *rows], Glue.TOGETHER, to_next=True)
    outcome[-1] = outcome[-1].holding(Glue.FIRM)
    return [*outcome, signatures(f, signers, 19.2)]
