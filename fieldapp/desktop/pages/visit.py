"""Recording a visit: kept as one types, found again after a crash, saved once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QStackedWidget, QWidget

from fieldapp.desktop.components.arrange import STRETCH, Column, ScrollPage, SideBySide, fill_with
from fieldapp.desktop.components.button import Button, Kind
from fieldapp.desktop.components.card import Card
from fieldapp.desktop.components.chip import StateMark
from fieldapp.desktop.components.field import Field
from fieldapp.desktop.components.header import Header
from fieldapp.desktop.components.text import Tone
from fieldapp.desktop.kept_draft import KeptDraft
from fieldapp.desktop.look import Icon
from fieldapp.desktop.page import Page, Shell
from fieldapp.desktop.people.visit_form import VisitForm, body_of
from fieldapp.desktop.people.visit_side import VisitSide
from fieldapp.desktop.people.who_field import WhoField
from fieldapp.desktop.session import DesktopSession
from fieldapp.domain.errors import Actionable, InvalidRecord
from fieldapp.domain.wording import Sentence
from fieldapp.services.drafts import FoundDraft, drafts_of
from fieldapp.services.prospect_page import ProspectPage, prospect_page
from fieldapp.services.prospects import ProspectLine
from fieldapp.services.record_visit import SavedVisit, record_visit
from fieldapp.services.staff_names import Colleague, colleagues
from fieldapp.services.timeline import VisitEntry
from fieldapp.translation import say, tr


@dataclass(frozen=True, slots=True)
class _Opened:
    """What the page needs to begin: the person, colleagues, and what there is to go on with."""

    page: ProspectPage
    staff: tuple[Colleague, ...]
    draft: FoundDraft | None
    amends: str | None


class VisitPage(Page):
    """``shell.go("visit", prospect=id)``, ``draft=id`` to go on with one, ``amends=id`` to correct an entry.

    Without any of them the visit that was put aside last goes on, or one chooses a person.
    """

    def __init__(self, shell: Shell, session: DesktopSession) -> None:
        super().__init__(shell)
        self.title = lambda: tr("Record visit")
        self._session = session
        self._turn = 0
        self._opened: _Opened | None = None
        self._began: datetime | None = None
        self._state = StateMark("", Icon.CHECK, Tone.PINE, fill=False)
        self._state.hide()
        self._aside = Button(lambda: tr("Put aside"), key="Escape")
        self._save = Button(lambda: tr("Save visit"), Kind.FILLED, icon=Icon.CHECK, key="Ctrl+Return")
        self._header = Header(self.title, "", self._state, self._aside, self._save)
        self.form = VisitForm(shell, session)
        self.side = VisitSide()
        self._who = WhoField(shell, session, new_names=False)
        self._stack = QStackedWidget()
        columns = SideBySide(Column(self.form, STRETCH), self.side, side_width=312)
        choosing = Card(Field(lambda: tr("Whom did you visit?"), self._who), STRETCH)
        self._stack.addWidget(ScrollPage(columns))
        self._stack.addWidget(choosing)
        fill_with(self, Column(self._header, (self._stack, 1), gap=14))
        self._kept = KeptDraft(shell, session, "visit", self._collect, self)
        self._second = QTimer(self, interval=1_000)
        self._connect()
        self._show_choosing()
        self.dress()

    def shown(self, **where: object) -> None:
        self._second.start()
        if not where and self._opened is not None:
            return
        prospect, amends, draft = (where.get(name) for name in ("prospect", "amends", "draft"))
        self._turn += 1
        work = partial(
            _open,
            self._session,
            prospect=str(prospect) if prospect else None,
            amends=str(amends) if amends else None,
            draft=str(draft) if draft else None,
        )
        turn = self._turn
        self.shell.jobs.run(work, owner=self, done=lambda opened: self._show(turn, opened), failed=self.shell.explain)

    def leaving(self) -> None:
        self._second.stop()
        self._kept.flush()

    def first_focus(self) -> QWidget | None:
        return self._who if self._stack.currentIndex() == 1 else None

    def _connect(self) -> None:
        self._second.timeout.connect(self._tick)
        self._save.clicked.connect(self._check)
        self._aside.clicked.connect(self._put_aside)
        self._kept.saved.connect(self._show_saved)
        self.form.typed.connect(self._kept.touch)
        self.side.change_wanted.connect(self._change_person)
        self._who.chosen.connect(self._person_chosen)

    def _collect(self) -> dict[str, Any]:
        amends = self._opened.amends if self._opened is not None else None
        return {**self.form.collect(), "amends": amends}

    def _show(self, turn: int, opened: _Opened | None) -> None:
        if turn != self._turn:
            return
        if opened is None:
            self._show_choosing()
            return
        if self._goes_on(opened):
            return
        found = opened.draft
        self._kept.begin(found.draft if found is not None else None, opened.page.record)
        self._opened = opened
        self._began = self._now()
        body: dict[str, Any] | None = found.body if found is not None else None
        if body is None and opened.amends is not None:
            amended = _entry(opened.page, opened.amends)
            body = body_of(amended, opened.staff) if amended is not None else None
        self.form.begin(opened.page, opened.staff, body)
        self.side.show_page(opened.page, self._session.today())
        self._state.hide()
        if found is not None:
            self._show_saved(found.saved_at)
        self._save.setEnabled(True)
        self._stack.setCurrentIndex(0)
        self._header.title.say(self._words)
        self._tick()
        self.form.fields_first().setFocus(Qt.FocusReason.OtherFocusReason)

    def _goes_on(self, opened: _Opened) -> bool:
        """Whether the form standing here is the one asked for: what is typed in it is newer than its draft."""
        now = self._opened
        if now is None or now.page.record != opened.page.record or now.amends != opened.amends:
            return False
        return opened.draft is None or opened.draft.draft == self._kept.draft

    def _show_choosing(self) -> None:
        self._stack.setCurrentIndex(1)
        self._save.setEnabled(False)
        self._header.beside.say("")
        self._who.setFocus(Qt.FocusReason.OtherFocusReason)

    def _words(self) -> str:
        amends = self._opened is not None and self._opened.amends is not None
        return tr("Amend visit") if amends else tr("Record visit")

    def _tick(self) -> None:
        self.form.tick()
        if self._began is not None and self._opened is not None:
            spent = max(int((self._now() - self._began).total_seconds()), 0)
            self._header.beside.say(
                lambda: tr("{minutes} min {seconds} s so far", minutes=spent // 60, seconds=spent % 60)
            )

    def _show_saved(self, at: datetime) -> None:
        self._state.show_state(
            lambda: tr("Draft saved {time}", time=f"{at:%H:%M:%S}"), Icon.CHECK, Tone.PINE, fill=False
        )
        self._state.show()

    def _put_aside(self) -> None:
        self._kept.flush()
        self.shell.go_back()

    def _change_person(self) -> None:
        self._who.choose(None)
        self._who.entry.clear()
        self._stack.setCurrentIndex(1)
        self._who.setFocus(Qt.FocusReason.OtherFocusReason)

    def _person_chosen(self, line: ProspectLine | None) -> None:
        if line is None:
            return
        if self._opened is None or self._opened.amends is not None:
            self.shown(prospect=line.prospect)
            return
        self._turn += 1
        turn = self._turn
        work = partial(prospect_page, self._session.store, line.prospect)
        self.shell.jobs.run(work, owner=self, done=lambda page: self._exchange(turn, page), failed=self.shell.explain)

    def _exchange(self, turn: int, page: ProspectPage) -> None:
        """Another person, the same visit: everything typed stays."""
        if turn != self._turn or self._opened is None:
            return
        self._opened = _Opened(page, self._opened.staff, None, None)
        body = self.form.collect()
        self.form.begin(page, self._opened.staff, {**body, "people": self.form.people_for(page)})
        self.side.show_page(page, self._session.today())
        self._kept.concern(page.record)
        self._save.setEnabled(True)
        self._stack.setCurrentIndex(0)
        self.form.fields_first().setFocus(Qt.FocusReason.OtherFocusReason)

    def _check(self) -> None:
        self.form.form.clear()
        if self._opened is None:
            return
        if problems := self.form.missing():
            self._refused(InvalidRecord(problems))
            return
        self._save.setEnabled(False)
        self._kept.settle(self._record)

    def _record(self, draft: str) -> None:
        opened = self._opened
        if opened is None:
            return
        new = self.form.visit(opened.page.record, opened.amends, draft)
        self.shell.jobs.run(
            partial(record_visit, self._session.store, new), owner=self, done=self._recorded, failed=self._refused
        )

    def _recorded(self, saved: SavedVisit) -> None:
        name = self._opened.page.line.name if self._opened is not None else ""
        self._kept.recorded()
        self._opened = self._began = None
        self._who.choose(None)
        self._who.entry.clear()
        self._state.hide()
        self._show_choosing()
        told = saved.warnings[0].sentence if saved.warnings else None
        shell = self.shell
        shell.toast(
            lambda: tr("Visit to {name} recorded", name=name[:40]),
            (lambda: say(told)) if told is not None else (lambda: tr("Only on this laptop")),
            lambda: shell.go("visit", prospect=saved.prospect, amends=saved.visit),
        )
        shell.go_back()

    def _refused(self, error: Exception) -> None:
        self._save.setEnabled(True)
        if not self.form.form.show(error):
            self.shell.explain(error)

    def _now(self) -> datetime:
        return self._session.local(self._session.clock.now())


def _open(session: DesktopSession, *, prospect: str | None, amends: str | None, draft: str | None) -> _Opened | None:
    """Find what to begin with. Raises Actionable (``gone``)."""
    kept = drafts_of(session.store, "visit", prospect)
    found = None
    if draft is not None:
        found = next((one for one in kept if one.draft == draft), None)
        if found is None:
            raise Actionable(
                "gone", Sentence("This draft is no longer there: its visit was saved, or it was thrown away.")
            )
    else:
        found = next((one for one in kept if prospect is None or one.body.get("amends") == amends), None)
    about = prospect or (found.about if found is not None else None)
    if about is None:
        return None
    wanted = amends or (found.body.get("amends") if found is not None else None)
    return _Opened(prospect_page(session.store, about), colleagues(session.store), found, wanted)


def _entry(page: ProspectPage, record: str) -> VisitEntry | None:
    return next((entry for entry in page.timeline if isinstance(entry, VisitEntry) and entry.record == record), None)
