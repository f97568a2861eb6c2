"""What a visit says, as fields: shown from a draft or an older entry, read as JSON for the draft or as a visit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from fieldapp.desktop.components.arrange import STRETCH, Grid, Line
from fieldapp.desktop.components.card import Card, Rule
from fieldapp.desktop.components.choice_cards import CardChoice, ChoiceCards
from fieldapp.desktop.components.date_field import DateField
from fieldapp.desktop.components.entry import Choice, Entry, Note
from fieldapp.desktop.components.field import Field, FieldLine, Form
from fieldapp.desktop.components.key_cap import KeyCap, bind_key
from fieldapp.desktop.components.money_field import MoneyField
from fieldapp.desktop.components.photo_strip import Photo as Tile
from fieldapp.desktop.components.photo_strip import PhotoStrip
from fieldapp.desktop.components.segmented import Segmented
from fieldapp.desktop.components.tag_field import TagField
from fieldapp.desktop.components.text import Role, Text
from fieldapp.desktop.components.words import Words
from fieldapp.desktop.formats import day_and_weekday
from fieldapp.desktop.look import Icon
from fieldapp.desktop.page import Shell
from fieldapp.desktop.people.thumbnails import read_files, read_kept
from fieldapp.desktop.people.time_span import TimeSpan
from fieldapp.desktop.record_words import OUTCOMES, PURPOSES
from fieldapp.desktop.session import DesktopSession
from fieldapp.domain.errors import Invalid
from fieldapp.domain.money import Money
from fieldapp.domain.records import PersonMet, Photo
from fieldapp.domain.wording import Sentence
from fieldapp.services.prospect_page import ProspectPage
from fieldapp.services.record_visit import NewVisit
from fieldapp.services.staff_names import Colleague
from fieldapp.services.timeline import VisitEntry
from fieldapp.translation import tr, trn

OTHER_DAY, NOBODY_AGAIN = -1, 0
_PURPOSE_OF_STAGE = {"contact": "marketing", "lost": "marketing", "disbursed": "post_loan"}


class VisitForm(Card):
    """``typed`` after anything was changed by hand."""

    typed = Signal()

    def __init__(self, shell: Shell, session: DesktopSession) -> None:
        self._shell, self._session = shell, session
        self._paths: list[Path] = []
        self._kept: list[Photo] = []
        self._pictures: dict[object, QImage] = {}
        self._himself = ""
        self._make_controls()
        self._make_fields()
        self._beside = FieldLine((self._fields["photos"], 3), (self._fields["place"], 2))
        super().__init__(
            Grid(self._fields["purpose"], self._fields["started_at"]),
            Grid(self._fields["people"], self._fields["second_officer"]),
            self._fields["facts"],
            self._fields["opinion"],
            Grid(
                self._fields["outcome"],
                FieldLine((self._fields["next_purpose"], 2), (self._fields["next_time"], 1), gap=12),
            ),
            self._fields["next_date"],
            self._further,
            self._beside,
            Rule(),
            self._keys(),
            gap=12,
            margins=(20, 14),
        )
        self._connect()

    def begin(self, page: ProspectPage, staff: Sequence[Colleague], body: dict[str, Any] | None) -> None:
        """Show a new visit to a person, or what ``body`` kept of one."""
        self.form.clear()
        self._second.offer([(None, lambda: tr("Alone")), *((one.staff, one.name) for one in staff)])
        name = page.line.name
        self._himself = f"{name} {tr('in person')}"
        self._people.suggest([self._himself, *(f"{one.person.name} {one.person.relation}" for one in page.family)])
        self._show_body(body or {"people": [self._himself], "purpose": _purpose(page.line.stage)})

    def collect(self) -> dict[str, Any]:
        """Everything typed, as plain JSON values."""
        end, day = self._span.set_end(), self._day.value()
        return {
            "purpose": self._purpose.value(),
            "start": _or_none(self._span.start),
            "end": end.isoformat() if end is not None else None,
            "people": list(self._people.value()),
            "second_officer": self._second.value(),
            "facts": self._facts.text(),
            "opinion": self._opinion.text(),
            "outcome": self._outcome.value(),
            "next": self._next.value(),
            "date": day.isoformat() if day is not None else None,
            "next_time": self._time.text(),
            "next_purpose": self._next_purpose.text(),
            "lost_reason": self._lost.text(),
            "promised_fen": _fen(self._promised),
            "place": self._place.text(),
            "photos": [str(path) for path in self._paths],
            "kept_photos": msgspec.to_builtins(self._kept),
        }

    def missing(self) -> list[Invalid]:
        """What cannot even be asked of the rules yet."""
        problems = []
        for read in (self._span.start, self._span.end, self._promised.value):
            try:
                read()
            except Invalid as problem:
                field = "promised_fen" if problem.code == "amount" else problem.field
                problems.append(Invalid(problem.code, problem.sentence, field=field, advice=problem.advice))
        if self._outcome.value() is None:
            problems.append(Invalid("required", Sentence("Say what came of the visit."), field="outcome"))
        if self._next.value() is None or (self._next.value() == OTHER_DAY and self._day.value() is None):
            problems.append(Invalid("required", Sentence("Say when the next follow-up is."), field="next_date"))
        return problems

    def visit(self, prospect: str, amends: str | None, draft: str) -> NewVisit:
        """The visit as typed; ``missing`` was empty before."""
        second = self._second.value()
        return NewVisit(
            prospect=prospect,
            purpose=cast(Any, self._purpose.value() or "marketing"),
            started_at=self._span.start(),
            ended_at=self._span.end(),
            outcome=cast(Any, self._outcome.value()),
            next_date=self._next_date(),
            next_time=self._time.text().strip() or None,
            next_purpose=self._next_purpose.text(),
            people=tuple(_person(words) for words in self._people.value()),
            facts=self._facts.text(),
            opinion=self._opinion.text(),
            second_officer=str(second) if second is not None else None,
            place=self._place.text(),
            lost_reason=self._lost.text(),
            promised=self._promised.value() if self._outcome.value() == "promise_to_pay" else None,
            photos=tuple(self._paths),
            kept_photos=tuple(self._kept),
            amends=amends,
            draft=draft,
        )

    def fields_first(self) -> QWidget:
        """Where typing begins."""
        return self._facts if self._people.value() else self._people

    def people_for(self, page: ProspectPage) -> list[str]:
        """The people met, with the person of the page in the place of the one the visit was to before."""
        now = f"{page.line.name} {tr('in person')}"
        return [now if words == self._himself else words for words in self._people.value()]

    def tick(self) -> None:
        """The clock went on."""
        self._span.tick()

    def _make_controls(self) -> None:
        session = self._session
        self._purpose = Segmented(PURPOSES, first_digit=1)
        self._span = TimeSpan(lambda: session.local(session.clock.now()))
        self._people = TagField(lambda: tr("add a person"))
        self._second = Choice(icon=Icon.PERSON_CHECK, nothing=lambda: tr("Alone"))
        self._facts, self._opinion = Note(lines=3), Note(lines=2)
        self._outcome = Choice(OUTCOMES, nothing=lambda: tr("choose one"))
        self._next_purpose = Entry(lambda: tr("what to see or ask then"))
        self._next = ChoiceCards(_choices(session.today()), key="Alt+D")
        self._day, self._time = DateField(session.today, hint=False), Entry(icon=Icon.CLOCK)
        self._lost, self._promised = Entry(), MoneyField(big=False)
        self._photos = PhotoStrip(key="Alt+P")
        self._place = Entry(lambda: tr("where, if not at their home"), icon=Icon.PLACE)
        bind_key(self._outcome, "Alt+O").activated.connect(
            lambda: self._outcome.setFocus(Qt.FocusReason.ShortcutFocusReason)
        )

    def _make_fields(self) -> None:
        fields = {
            "purpose": Field(lambda: tr("Purpose"), self._purpose),
            "started_at": Field(
                lambda: tr("From when to when"), self._span, hint=lambda: tr("noted for you, can be changed")
            ),
            "people": Field(lambda: tr("People met"), self._people),
            "second_officer": Field(lambda: tr("Second officer"), self._second),
            "facts": Field(lambda: tr("Facts"), self._facts, hint=lambda: tr("seen, heard, counted")),
            "opinion": Field(
                lambda: tr("Opinion"), self._opinion, hint=lambda: tr("my judgement, kept apart from the facts")
            ),
            "outcome": Field(lambda: tr("What came of it"), self._outcome, key="Alt O"),
            "next_purpose": Field(lambda: tr("What for next time"), self._next_purpose),
            "next_date": Field(lambda: tr("Next follow-up"), self._next, key="Alt D"),
            "day": Field(lambda: tr("Day"), self._day, hint=lambda: tr("tomorrow, +3, 26, 1126")),
            "next_time": Field(lambda: tr("Time"), self._time, hint=lambda: tr("if agreed")),
            "lost_reason": Field(lambda: tr("Why nobody will follow up"), self._lost),
            "promised_fen": Field(lambda: tr("Promised to pay on the next date"), self._promised),
            "photos": Field(lambda: tr("Photos"), self._photos, hint=self._photo_words, key="Alt P"),
            "place": Field(lambda: tr("Place"), self._place),
        }
        self._fields = fields
        self.form = Form(**fields)
        self.form.add("ended_at", fields["started_at"])
        self.form.add("amount", fields["promised_fen"])
        self._further = FieldLine(fields["day"], fields["lost_reason"], fields["promised_fen"])

    def _connect(self) -> None:
        for signal in (self._purpose.chosen, self._people.changed, self._second.chosen, self._promised.changed):
            signal.connect(self._told)
        for note in (self._facts, self._opinion):
            note.edited.connect(self._told)
        for entry in (self._next_purpose, self._time, self._lost, self._place, self._people.entry):
            entry.textEdited.connect(self._told)
        self._span.changed.connect(self._told)
        self._day.changed.connect(self._told)
        self._outcome.chosen.connect(self._outcome_chosen)
        self._next.chosen.connect(self._next_chosen)
        self._photos.add_wanted.connect(self._choose_files)
        self._photos.dropped.connect(self.add_photos)
        self._photos.removed.connect(self._remove_photo)

    def _told(self, *_: object) -> None:
        self.typed.emit()

    def _show_body(self, body: dict[str, Any]) -> None:
        now = self._session.local(self._session.clock.now())
        start, end = _moment(body.get("start"), now), _moment(body.get("end"), now)
        self._purpose.choose(body.get("purpose"))
        self._span.show_span(start or now, end)
        self._people.set_value([str(one) for one in body.get("people") or ()])
        self._second.choose(body.get("second_officer"))
        for note, name in ((self._facts, "facts"), (self._opinion, "opinion")):
            note.blockSignals(True)
            note.setText(str(body.get(name) or ""))
            note.blockSignals(False)
        self._outcome.choose(body.get("outcome"))
        self._next.choose(body.get("next"))
        self._day.entry.clear()
        self._day.set_value(date.fromisoformat(body["date"]) if body.get("date") else None)
        for entry, name in (
            (self._time, "next_time"),
            (self._next_purpose, "next_purpose"),
            (self._lost, "lost_reason"),
            (self._place, "place"),
        ):
            entry.setText(str(body.get(name) or ""))
        promised = body.get("promised_fen")
        self._promised.set_value(Money(promised) if promised is not None else None)
        self._kept = msgspec.convert(body.get("kept_photos") or [], list[Photo])
        self._paths = []
        self._show_further()
        self._read_kept()
        self.add_photos([Path(path) for path in body.get("photos") or ()])

    def _show_further(self) -> None:
        shown = {
            "day": self._next.value() == OTHER_DAY,
            "lost_reason": self._next.value() == NOBODY_AGAIN,
            "promised_fen": self._outcome.value() == "promise_to_pay",
        }
        for name, visible in shown.items():
            self._fields[name].setVisible(visible)
        self._further.setVisible(any(shown.values()))

    def _outcome_chosen(self, outcome: object) -> None:
        if outcome == "not_home" and self._people.value() == (self._himself,):
            self._people.set_value([])
        self._show_further()
        self.typed.emit()

    def _next_chosen(self, key: object) -> None:
        self._show_further()
        if key == OTHER_DAY:
            self._day.setFocus(Qt.FocusReason.OtherFocusReason)
        elif key == NOBODY_AGAIN:
            self._lost.setFocus(Qt.FocusReason.OtherFocusReason)
        self.typed.emit()

    def _next_date(self) -> date | None:
        days = self._next.value()
        if days == OTHER_DAY:
            return self._day.value()
        return self._session.today() + timedelta(days=cast(int, days)) if days else None

    def _choose_files(self) -> None:
        dialog = QFileDialog(self, tr("Photos of the visit"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilter(tr("Pictures (*.jpg *.jpeg *.png *.webp)"))
        dialog.filesSelected.connect(lambda names: self.add_photos([Path(name) for name in names], told=True))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def add_photos(self, paths: Sequence[Path], *, told: bool = False) -> None:
        """Add picture files; their small pictures are read off the UI thread."""
        fresh = [path for path in dict.fromkeys(paths) if path not in self._paths]
        self._paths += fresh
        self._show_tiles()
        if fresh:
            read_files(self._shell, self, fresh, self._pictures_read)
            if told or self.isVisible():
                self.typed.emit()

    def _read_kept(self) -> None:
        missing = [photo.digest for photo in self._kept if photo.digest not in self._pictures]
        if missing:
            read_kept(self._shell, self._session, self, missing, self._pictures_read)

    def _pictures_read(self, pictures: dict[Any, QImage]) -> None:
        self._pictures |= pictures
        self._show_tiles()

    def _show_tiles(self) -> None:
        none = QImage()
        kept = [Tile(photo.digest, self._pictures.get(photo.digest, none), photo.name) for photo in self._kept]
        files = [Tile(path, self._pictures.get(path, none), path.name) for path in self._paths]
        self._photos.show_photos([*kept, *files])
        self._fields["photos"].retranslate()

    def _remove_photo(self, key: object) -> None:
        self._paths = [path for path in self._paths if path != key]
        self._kept = [photo for photo in self._kept if photo.digest != key]
        self._show_tiles()
        self.typed.emit()

    def _photo_words(self) -> str:
        count = len(self._paths) + len(self._kept)
        return (
            trn("{count} photo, encrypted when saved", "{count} photos, encrypted when saved", count) if count else ""
        )

    def _keys(self) -> QWidget:
        parts: list[QWidget | str] = []
        shown: tuple[tuple[str, Callable[[], str]], ...] = (
            ("Tab", lambda: tr("next field")),
            ("Alt+1–4", lambda: tr("purpose")),
            ("Alt+D", lambda: tr("next follow-up")),
            ("Alt+P", lambda: tr("photo")),
            ("Ctrl+Return", lambda: tr("save")),
        )
        for key, words in shown:
            parts += [KeyCap(key), Text(words, Role.HINT, elide=True)]
        return Line(*parts, STRETCH, gap=8)


def body_of(entry: VisitEntry, staff: Sequence[Colleague]) -> dict[str, Any]:
    """What the form shows of a visit that is to be amended."""
    second = next((one.staff for one in staff if one.name == entry.second_officer), None)
    return {
        "purpose": entry.purpose,
        "start": entry.at.isoformat(),
        "end": entry.ended_at.isoformat(),
        "people": [f"{one.name} {one.relation}".strip() for one in entry.people],
        "second_officer": second,
        "facts": entry.facts,
        "opinion": entry.opinion,
        "outcome": entry.outcome,
        "next": OTHER_DAY if entry.next_date is not None else NOBODY_AGAIN,
        "date": entry.next_date.isoformat() if entry.next_date is not None else None,
        "next_purpose": entry.next_purpose,
        "promised_fen": entry.promised.fen if entry.promised is not None else None,
        "kept_photos": msgspec.to_builtins([shown.photo for shown in entry.photos]),
    }


def _choices(today: date) -> list[CardChoice]:
    def on(days: int, words: Words) -> CardChoice:
        return CardChoice(days, words, lambda: day_and_weekday(today + timedelta(days=days), today))

    return [
        on(1, lambda: tr("Tomorrow")),
        on(3, lambda: trn("In {count} day", "In {count} days", 3)),
        on(7, lambda: tr("In a week")),
        CardChoice(OTHER_DAY, lambda: tr("Another day…"), lambda: tr("type it")),
        CardChoice(NOBODY_AGAIN, lambda: tr("No follow-up"), lambda: tr("say why")),
    ]


def _purpose(stage: str) -> str:
    return _PURPOSE_OF_STAGE.get(stage, "investigation")


def _person(words: str) -> PersonMet:
    name, _, relation = words.strip().partition(" ")
    return PersonMet(name, relation.strip())


def _moment(written: object, now: datetime) -> datetime | None:
    return datetime.fromisoformat(written).astimezone(now.tzinfo) if isinstance(written, str) and written else None


def _or_none(read: Callable[[], datetime]) -> str | None:
    try:
        return read().isoformat()
    except Invalid:
        return None


def _fen(field: MoneyField) -> int | None:
    try:
        money = field.value()
    except Invalid:
        return None
    return money.fen if money is not None else None
