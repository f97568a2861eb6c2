"""Noting a talk in four fields, over any page: who, how, the result, when next. The rest is folded away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any, cast

from PySide6.QtCore import QEvent, QSize, Qt, QTimer

from fieldapp.desktop.components.arrange import STRETCH, Column, Line, ScrollPage
from fieldapp.desktop.components.button import Button, Kind
from fieldapp.desktop.components.card import Rule
from fieldapp.desktop.components.chip import StateMark
from fieldapp.desktop.components.choice_cards import CardChoice, ChoiceCards
from fieldapp.desktop.components.date_field import DateField
from fieldapp.desktop.components.entry import Entry, Note
from fieldapp.desktop.components.field import Field, FieldLine, Form
from fieldapp.desktop.components.money_field import MoneyField
from fieldapp.desktop.components.overlay import Overlay, Panel
from fieldapp.desktop.components.segmented import Segmented
from fieldapp.desktop.components.text import Role, Text, Tone
from fieldapp.desktop.formats import clock, day
from fieldapp.desktop.kept_draft import KeptDraft
from fieldapp.desktop.look import Icon
from fieldapp.desktop.page import Shell
from fieldapp.desktop.people.who_field import WhoField
from fieldapp.desktop.record_words import CHANNELS, RESULTS
from fieldapp.desktop.session import DesktopSession
from fieldapp.domain.errors import Actionable, Invalid, InvalidRecord
from fieldapp.domain.money import Money
from fieldapp.domain.wording import Sentence
from fieldapp.services.add_prospect import NewProspect, likely_same
from fieldapp.services.drafts import FoundDraft, newest_draft
from fieldapp.services.prospects import ProspectLine, line
from fieldapp.services.record_contact import NewContact, SavedContact, record_contact
from fieldapp.services.timeline import ContactEntry
from fieldapp.translation import tr, trn

NOBODY_AGAIN = 0


def open_contact(
    shell: Shell,
    session: DesktopSession,
    prospect: str | None = None,
    *,
    typed: dict[str, Any] | None = None,
    draft: str | None = None,
) -> Overlay:
    """Open the form over the window; what was put aside before is shown again.

    ``typed`` shows given values instead: those of an entry to amend (``typed_of``), or what is kept under ``draft``.
    """
    panel = _ContactPanel(shell, session)
    overlay = Overlay(shell.host().window(), panel)
    overlay.setAccessibleName(tr("Record a contact"))
    panel.stand_in(overlay)
    overlay.open()
    panel.begin(prospect, typed, draft)
    return overlay


def typed_of(entry: ContactEntry, prospect: str) -> dict[str, Any]:
    """What the form shows of an entry that is to be amended."""
    return {
        "who": prospect,
        "channel": entry.channel,
        "result": entry.result,
        "next": None if entry.next_date else NOBODY_AGAIN,
        "date": entry.next_date.isoformat() if entry.next_date else None,
        "note": entry.note,
        "promised_fen": entry.promised.fen if entry.promised else None,
        "amends": entry.record,
    }


class _Fields(ScrollPage):
    """As tall as its fields while the window has room for them."""

    def sizeHint(self) -> QSize:
        content = self.widget()
        if content is None:
            return super().sizeHint()
        wide = max(self.width(), 1)
        high = content.heightForWidth(wide) if content.hasHeightForWidth() else content.sizeHint().height()
        return QSize(wide, max(high, content.minimumSizeHint().height()))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 0)


class _ContactPanel(Panel):
    def __init__(self, shell: Shell, session: DesktopSession) -> None:
        self._shell, self._session = shell, session
        self._overlay: Overlay | None = None
        self._amends: str | None = None
        self._accepted: tuple[str, str] | None = None
        self._title = Text(lambda: tr("Record a contact"), Role.DIALOG)
        self._beside = Text(lambda: tr("Four fields, half a minute"), Role.SECOND, elide=True)
        self._anew = Button(lambda: tr("Start anew"), Kind.LINK)
        self._make_fields()
        self._save = Button(lambda: tr("Save"), Kind.FILLED, icon=Icon.CHECK, key="Ctrl+Return")
        self._aside = Button(lambda: tr("Put aside"), key="Escape")
        self._fields = _Fields(
            Column(
                self._form_field("who"),
                self._form_field("channel"),
                self._form_field("result"),
                self._form_field("next_date"),
                Line(self._unfold, STRETCH),
                self._extra,
                gap=12,
                margins=(2, 0),
            )
        )
        here = StateMark(lambda: tr("Kept here first, sent when online"), Icon.OFFLINE, Tone.AMBER, fill=False)
        super().__init__(
            Column(
                Line(self._title, (self._beside, 1), self._anew, gap=12),
                (self._fields, 1),
                Rule(),
                Line((here, 1), self._aside, self._save, gap=8),
                gap=12,
            )
        )
        self._kept = KeptDraft(shell, session, "contact", self._collect, self)
        self._connect()

    def stand_in(self, overlay: Overlay) -> None:
        """Learn what closes this panel."""
        self._overlay = overlay
        overlay.closed.connect(self._closed)
        self._aside.clicked.connect(overlay.close_panel)
        self._who.resized.connect(self._refit)

    def begin(self, prospect: str | None, typed: dict[str, Any] | None, draft: str | None) -> None:
        """Show the person and what is already known, read off the UI thread."""
        if typed is not None:
            self._show_typed(typed)
            prospect = typed.get("who") or prospect
        if draft is not None:
            self._kept.begin(draft, prospect)
        work = partial(_opening, self._session, prospect, look=typed is None)
        self._shell.jobs.run(work, owner=self, done=self._show_opening, failed=self._shell.explain)
        (self._channel if prospect else self._who).setFocus(Qt.FocusReason.OtherFocusReason)
        if prospect:
            self._channel.focusNextChild()

    def _make_fields(self) -> None:
        self._who = WhoField(self._shell, self._session)
        self._channel = Segmented(CHANNELS, first_digit=1)
        self._result = Segmented(RESULTS, first_digit=5)
        self._next = ChoiceCards(_choices(self._session.today()), key="Alt+D")
        self._unfold = Button(
            lambda: tr("Add a sentence, another day or a promise"), Kind.LINK, icon=Icon.ADD, key="Ctrl+."
        )
        self._note = Note(lines=2)
        self._day = DateField(self._session.today, hint=False)
        self._promised = MoneyField(big=False)
        self._mobile = Entry(icon=Icon.PHONE)
        fields = {
            "who": Field(lambda: tr("With whom"), self._who),
            "channel": Field(lambda: tr("How you talked"), self._channel, key="Alt 1–4"),
            "result": Field(lambda: tr("Result"), self._result, key="Alt 5–8"),
            "next_date": Field(lambda: tr("Next contact"), self._next, key="Alt D"),
            "note": Field(lambda: tr("What was said"), self._note),
            "day": Field(lambda: tr("Another day"), self._day, hint=lambda: tr("tomorrow, +3, 26, 1126")),
            "promised_fen": Field(lambda: tr("Promised to pay on the next date"), self._promised),
            "mobile": Field(lambda: tr("Telephone of the new prospect"), self._mobile),
        }
        self._form = Form(**fields)
        for other, name in (("name", "who"), ("lost_reason", "note"), ("amount", "promised_fen")):
            self._form.add(other, fields[name])
        self._by_name = fields
        self._mobile_field = fields["mobile"]
        self._extra = Column(
            fields["note"], FieldLine(fields["day"], fields["promised_fen"], gap=12), fields["mobile"], gap=12
        )
        self._extra.hide()
        self._anew.hide()
        self._channel.choose("in_person")
        self._result.choose("call_again")
        self._next.choose(3)

    def _form_field(self, name: str) -> Field:
        return self._by_name[name]

    def _connect(self) -> None:
        self._save.clicked.connect(self._check)
        self._anew.clicked.connect(self._start_anew)
        self._unfold.clicked.connect(self._toggle_extra)
        self._who.chosen.connect(self._person_chosen)
        self._who.typed.connect(lambda _typed: self._kept.touch())
        self._channel.chosen.connect(lambda _key: self._kept.touch())
        self._result.chosen.connect(lambda _key: self._kept.touch())
        self._next.chosen.connect(self._next_chosen)
        self._day.changed.connect(self._day_typed)
        self._note.edited.connect(lambda _text: self._kept.touch())
        self._promised.changed.connect(lambda _money: self._kept.touch())
        self._mobile.textEdited.connect(lambda _text: self._kept.touch())

    def _collect(self) -> dict[str, Any]:
        chosen = self._who.taken()
        written = self._day.value()
        return {
            "who": chosen.prospect if chosen else None,
            "name": self._who.new_name(),
            "mobile": self._mobile.text(),
            "channel": self._channel.value(),
            "result": self._result.value(),
            "next": self._next.value(),
            "date": written.isoformat() if written else None,
            "note": self._note.text(),
            "promised_fen": _fen(self._promised),
            "amends": self._amends,
        }

    def _show_typed(self, typed: dict[str, Any]) -> None:
        self._amends = typed.get("amends")
        if self._amends:
            self._title.say(lambda: tr("Amend the contact"))
            self._beside.say(lambda: tr("The old entry stays; this one stands beside it"))
        if typed.get("name"):
            self._who.write(str(typed["name"]))
        self._channel.choose(typed.get("channel"))
        self._result.choose(typed.get("result"))
        self._next.choose(typed.get("next"))
        self._note.setText(str(typed.get("note") or ""))
        self._mobile.setText(str(typed.get("mobile") or ""))
        self._day.set_value(date.fromisoformat(typed["date"]) if typed.get("date") else None)
        promised = typed.get("promised_fen")
        self._promised.set_value(Money(promised) if promised is not None else None)
        if typed.get("note") or typed.get("date") or promised is not None or typed.get("mobile"):
            self._show_extra()

    def _show_opening(self, opening: tuple[ProspectLine | None, FoundDraft | None]) -> None:
        person, found = opening
        if found is not None:
            self._show_typed(found.body)
            self._kept.begin(found.draft, found.about)
            at = found.saved_at
            self._beside.say(lambda: tr("Put aside {when}", when=clock(at)))
            self._anew.show()
        if person is not None:
            self._who.choose(person)
            self._kept.begin(self._kept.draft, person.prospect)
        self._offer_mobile()
        self._refit()

    def _person_chosen(self, person: ProspectLine | None) -> None:
        self._kept.concern(person.prospect if person else None)
        self._offer_mobile()
        if person is not None:
            self._who.entry.focusNextChild()

    def _next_chosen(self, chosen: object) -> None:
        self._day.set_value(None)
        self._day.entry.clear()
        if chosen == NOBODY_AGAIN:
            self._show_extra()
        self._kept.touch()

    def _day_typed(self, written: date | None) -> None:
        if written is not None:
            self._next.choose(None)
        self._kept.touch()

    def _toggle_extra(self) -> None:
        if self._extra.isHidden():
            self._show_extra()
            self._note.setFocus(Qt.FocusReason.ShortcutFocusReason)
            # Once the panel has its new height: in a low window the fields scroll.
            QTimer.singleShot(50, self, lambda: self._fields.ensureWidgetVisible(self._note))
        else:
            self._extra.hide()
        self._refit()

    def _show_extra(self) -> None:
        self._extra.show()
        self._offer_mobile()
        self._refit()

    def _offer_mobile(self) -> None:
        self._mobile_field.setVisible(self._who.taken() is None)

    def _start_anew(self) -> None:
        self._kept.discard()
        self._accepted = self._amends = None
        self._who.choose(None)
        self._who.entry.clear()
        self._show_typed({"channel": "in_person", "result": "call_again", "next": 3})
        self._beside.say(lambda: tr("Four fields, half a minute"))
        self._anew.hide()
        self._who.setFocus(Qt.FocusReason.OtherFocusReason)

    def _check(self) -> None:
        """Before a new prospect is recorded: is it one who is here already?"""
        self._form.clear()
        if problems := self._missing():
            self._refused(InvalidRecord(problems))
            return
        name, mobile = self._who.new_name().strip(), self._mobile.text().strip()
        if self._who.taken() is not None or self._accepted == (name, mobile):
            self._kept.settle(self._record)
            return
        self._save.setEnabled(False)
        work = partial(_people_alike, self._session, name, mobile)
        self._shell.jobs.run(
            work, owner=self, done=lambda lines: self._checked(name, mobile, lines), failed=self._refused
        )

    def _checked(self, name: str, mobile: str, lines: Sequence[ProspectLine]) -> None:
        self._save.setEnabled(True)
        self._accepted = (name, mobile)
        if lines:
            self._who.warn_same(lines)
            self._who.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._kept.settle(self._record)

    def _missing(self) -> list[Invalid]:
        problems = []
        if self._who.taken() is None and not self._who.new_name().strip():
            problems.append(Invalid("required", Sentence("Say with whom you talked."), field="who"))
        if self._next.value() is None and self._day.value() is None:
            problems.append(Invalid("required", Sentence("Say when the next contact is."), field="next_date"))
        if not self._day.understood():
            problems.append(Invalid("date", Sentence("This is not a day. Write it like 26 or 1126."), field="day"))
        try:
            self._promised.value()
        except Invalid as problem:
            problems.append(Invalid(problem.code, problem.sentence, field="promised_fen", advice=problem.advice))
        return problems

    def _record(self, draft: str) -> None:
        chosen = self._who.taken()
        days = self._next.value()
        next_date = self._day.value()
        if next_date is None and isinstance(days, int) and days != NOBODY_AGAIN:
            next_date = self._session.today() + timedelta(days=days)
        channel = cast(Any, self._channel.value())
        new = NewContact(
            who=chosen.prospect if chosen else NewProspect(name=self._who.new_name(), mobile=self._mobile.text()),
            channel=channel,
            result=cast(Any, self._result.value()),
            next_date=next_date,
            source="walk_in" if channel == "at_branch" else "outbound",
            note=self._note.text(),
            promised=self._promised.value(),
            amends=self._amends,
            draft=draft,
        )
        self._save.setEnabled(False)
        work = partial(record_contact, self._session.store, new)
        self._shell.jobs.run(work, owner=self, done=self._recorded, failed=self._refused)

    def _recorded(self, saved: SavedContact) -> None:
        body = {**self._collect(), "who": saved.prospect, "name": "", "mobile": "", "amends": saved.contact}
        person = self._who.taken()
        name = person.name if person is not None else self._who.new_name()
        self._kept.recorded()
        shell, session = self._shell, self._session
        shell.toast(
            lambda: tr("Contact with {name} recorded", name=name[:40]),
            lambda: tr("Only on this laptop"),
            lambda: open_contact(shell, session, typed=body),
        )
        if self._overlay is not None:
            self._overlay.close_panel()

    def _refused(self, error: Exception) -> None:
        self._save.setEnabled(True)
        fields = {problem.field for problem in getattr(error, "problems", [error]) if isinstance(problem, Actionable)}
        if fields & {"note", "lost_reason", "promised_fen", "amount", "day", "mobile"}:
            self._show_extra()
        if not self._form.show(error):
            self._shell.explain(error)
        self._refit()

    def _closed(self) -> None:
        if self._kept.dirty:
            self._kept.flush()
        if self._kept.draft is not None or self._kept.dirty:
            self._shell.toast(
                lambda: tr("Contact put aside"), lambda: tr("New contact goes on with it. Only on this laptop")
            )
        overlay = self._overlay
        if overlay is not None:
            # The draft's save still has to tell its end to this panel.
            QTimer.singleShot(2_000, overlay, overlay.deleteLater)

    def _refit(self) -> None:
        if self._overlay is None:
            return
        self._fields.updateGeometry()
        QTimer.singleShot(0, self._overlay, self._overlay.refit)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest and self._overlay is not None and self._overlay.isVisible():
            self._overlay.refit()
        return super().event(event)


def _choices(today: date) -> list[CardChoice]:
    def on(days: int) -> CardChoice:
        words = (lambda: tr("Tomorrow")) if days == 1 else _in_days(days)
        return CardChoice(days, words, lambda: day(today + timedelta(days=days)))

    no_more = CardChoice(NOBODY_AGAIN, lambda: tr("No more talks"), lambda: tr("say why"))
    return [on(1), on(3), on(7), no_more]


def _in_days(days: int) -> Any:
    if days == 7:
        return lambda: tr("In a week")
    return lambda: trn("In {count} day", "In {count} days", days)


def _opening(
    session: DesktopSession, prospect: str | None, *, look: bool
) -> tuple[ProspectLine | None, FoundDraft | None]:
    found = newest_draft(session.store, "contact", prospect) if look else None
    person = prospect or (found.body.get("who") if found else None)
    return (line(session.store, str(person)) if person else None), found


def _people_alike(session: DesktopSession, name: str, mobile: str) -> list[ProspectLine]:
    alike = likely_same(session.store, name, mobile)
    return [found for same in alike if (found := line(session.store, same.prospect)) is not None]


def _fen(field: MoneyField) -> int | None:
    try:
        money = field.value()
    except Invalid:
        return None
    return money.fen if money else None
