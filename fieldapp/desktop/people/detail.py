"""One prospect: who, what happened, what is known, what to do next. Shown beside the list and as a page of its own."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QCursor, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QMenu, QStackedWidget, QWidget

from fieldapp.desktop.components.arrange import STRETCH, Column, Line, ScrollPage, fill_with, logical_width
from fieldapp.desktop.components.button import Button, Kind, icon_button
from fieldapp.desktop.components.card import Rule, SidewaysRule
from fieldapp.desktop.components.chip import Chip, Ground
from fieldapp.desktop.components.entry import Entry
from fieldapp.desktop.components.segmented import Segmented
from fieldapp.desktop.components.tabs import Tabs
from fieldapp.desktop.components.text import Role, Text
from fieldapp.desktop.components.timeline import Timeline
from fieldapp.desktop.components.words import Words, said
from fieldapp.desktop.formats import amount
from fieldapp.desktop.look import Icon, Living, px
from fieldapp.desktop.page import Shell
from fieldapp.desktop.pages.contact import NOBODY_AGAIN, open_contact, typed_of
from fieldapp.desktop.people.avatar import AvatarMark
from fieldapp.desktop.people.deeds import move_stage, open_reschedule
from fieldapp.desktop.people.happenings import Doings, happenings
from fieldapp.desktop.people.removal import ask_to_remove
from fieldapp.desktop.people.revealed import FactLine, MaskedLine, copy_mobile
from fieldapp.desktop.people.sheets import BusinessSheet, HouseholdSheet, PersonSheet, industry_words
from fieldapp.desktop.people.thumbnails import fill_strip
from fieldapp.desktop.record_words import (
    CHANNELS,
    CUSTOMER_TYPES,
    PREMISES,
    STAGES,
    place_and_trade,
    stage_chip,
    word_for,
)
from fieldapp.desktop.session import DesktopSession
from fieldapp.domain.money import Money
from fieldapp.services.prospect_page import ProspectPage, prospect_page
from fieldapp.services.prospects import ProspectLine
from fieldapp.services.record_contact import NewContact, record_contact
from fieldapp.services.timeline import ContactEntry, VisitEntry
from fieldapp.translation import tr, trn

FACTS_BESIDE = 620
"""Logical pixels this needs to set the facts beside the timeline; under it they follow it."""


_FACTS: dict[str, Callable[[], str]] = {
    "person": lambda: tr("Personal"),
    "household": lambda: tr("Household"),
    "business": lambda: tr("Business"),
}
"""The tabs whose facts are changed in place."""


class ProspectDetail(Living, QWidget):
    """``show_prospect`` asks for a prospect. ``gone`` tells that it is not on this laptop any more, ``removed`` that
    the officer removed it here.
    """

    gone = Signal()
    removed = Signal()

    def __init__(self, shell: Shell, session: DesktopSession) -> None:
        super().__init__()
        self._shell, self._session = shell, session
        self._prospect: str | None = None
        self._page: ProspectPage | None = None
        self._turn = 0
        self._make_head()
        self._make_timeline()
        self._facts = _Facts(shell, session)
        self._tabs = Tabs([("timeline", lambda: tr("Timeline")), *_FACTS.items()])
        self._person = PersonSheet(shell, session)
        self._household = HouseholdSheet(shell, session)
        self._business = BusinessSheet(shell, session)
        self._rule = SidewaysRule()
        beside = Line((self._history, 1), self._rule, self._facts, gap=16, grows=True)
        beside.align(Qt.AlignmentFlag.AlignTop)
        beside.layout().setAlignment(self._rule, Qt.AlignmentFlag(0))  # type: ignore[union-attr]
        self._sheets = {
            "timeline": beside,
            "person": self._person,
            "household": self._household,
            "business": self._business,
        }
        self._stack = QStackedWidget()
        for sheet in self._sheets.values():
            self._stack.addWidget(ScrollPage(Column(sheet, STRETCH, margins=(0, 2, 6, 2))))
        body = Column(self._head, self._tabs_with_rule(), (self._stack, 1), gap=12)
        fill_with(self, body)
        self._tabs.chosen.connect(lambda key: self._stack.setCurrentIndex(list(self._sheets).index(key)))
        self._changed_in_place: dict[str, PersonSheet | HouseholdSheet | BusinessSheet] = {
            "person": self._person,
            "household": self._household,
            "business": self._business,
        }
        for one in self._changed_in_place.values():
            one.saved.connect(self.reload)
        session.changed.connect(self._heed)
        self._again = QTimer(self, singleShot=True, interval=0)
        self._again.timeout.connect(self.reload)
        self.dress()

    def show_prospect(self, prospect: str | None) -> None:
        """Show another prospect."""
        if prospect != self._prospect:
            self._page = None
            self._note.clear()
            self._how.hide()
            self._tabs.choose("timeline")
        self._prospect = prospect
        self.reload()

    def reload(self) -> None:
        """Ask again for what is shown."""
        prospect = self._prospect
        if prospect is None:
            return
        self._turn += 1
        turn = self._turn
        self._shell.jobs.run(
            partial(prospect_page, self._session.store, prospect),
            owner=self,
            done=lambda page: self._show(turn, page),
            failed=lambda error: self._failed(turn, error),
        )

    def keep_now(self) -> None:
        """Keep what stands half typed in the facts: this is about to be left."""
        for one in self._changed_in_place.values():
            for sheet in one.sheets:
                sheet.kept.keep_now()

    def page(self) -> ProspectPage | None:
        """What is shown now."""
        return self._page

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()
        super().resizeEvent(event)

    def restyle(self) -> None:
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
                self._save_note()
                return True
            if event.key() == Qt.Key.Key_Escape and self._note.text():
                self._note.clear()
                self._how.hide()
                return True
        return super().eventFilter(watched, event)

    def _make_head(self) -> None:
        self._avatar = AvatarMark()
        self._name = Text("", Role.NAME, elide=True, selectable=True)
        self._stage = Chip("")
        self._wished = Chip("", Ground.OUTLINE)
        self._conflict = Chip(lambda: tr("needs a decision"), Ground.SEAL)
        self._second = Text("", Role.SECOND, elide=True)
        self._more = icon_button(lambda: tr("Stage, follow-up, removal"), Icon.MORE)
        self._call = icon_button(lambda: tr("Show and copy the telephone number"), Icon.PHONE)
        self._apply = Button(lambda: tr("Apply"), icon=Icon.APPLY, key="A")
        self._visit = Button(lambda: tr("Record visit"), Kind.FILLED, icon=Icon.VISIT, key="V")
        who = Column(Line(self._name, self._stage, self._wished, self._conflict, STRETCH, gap=8), self._second, gap=2)
        self._names = Line(self._avatar, (who, 1), gap=8)
        self._deeds = Line(self._more, self._call, self._apply, self._visit, gap=8)
        self._head = Line((self._names, 1), self._deeds, gap=12)
        self._more.clicked.connect(self._open_menu)
        self._call.clicked.connect(self._copy_mobile)
        self._apply.clicked.connect(lambda: self._go("application"))
        self._visit.clicked.connect(lambda: self._go("visit"))

    def _tabs_with_rule(self) -> Column:
        return Column(self._tabs, Rule(), gap=0)

    def _make_timeline(self) -> None:
        self._note = Entry(lambda: tr("A line: what was said by phone, in person, on WeChat"), icon=Icon.CHAT, key="C")
        self._note.installEventFilter(self)
        self._channel = Segmented(CHANNELS, first_digit=1)
        self._keep_note = Button(lambda: tr("Record it"), Kind.SOFT, key="Return")
        self._how = Line((self._channel, 1), self._keep_note, gap=8)
        self._how.hide()
        self._timeline = Timeline()
        self._history = Column(self._note, self._how, self._timeline, STRETCH, gap=12)
        self._note.textEdited.connect(lambda typed: self._how.setVisible(bool(typed.strip())))
        self._channel.choose("in_person")
        self._keep_note.clicked.connect(self._save_note)
        self._timeline.opened.connect(self._opened)

    def _show(self, turn: int, page: ProspectPage) -> None:
        if turn != self._turn:
            return
        fresh, self._page = self._page is None, page
        line, today = page.line, self._session.today()
        self._avatar.show_name(line.name)
        self._name.say(line.name)
        chip = stage_chip(line.stage)
        self._stage.say(chip.words, chip.ground)
        wished = line.wished
        self._wished.setVisible(wished is not None)
        self._wished.say(lambda: tr("wishes {amount}", amount=_short(wished)) if wished is not None else "")
        self._conflict.setVisible(bool(page.in_conflict))
        self._second.say(
            lambda: " • ".join(
                p for p in (place_and_trade(line), said(word_for(CUSTOMER_TYPES, line.customer_type))) if p
            )
        )
        doings = Doings(self._amend, self._fill, self._show_paper)
        self._timeline.show_happenings(happenings(page, today, doings))
        self._facts.show_page(page)
        self._person.show_page(page)
        self._household.show_page(page)
        self._business.show_page(page)
        if fresh:
            self._tell_found_again()

    def _tell_found_again(self) -> None:
        """What was found again may stand under another tab than the one shown."""
        tabs = [
            _FACTS[key]
            for key, one in self._changed_in_place.items()
            if any(sheet.half_typed() for sheet in one.sheets)
        ]
        if tabs:
            self._shell.toast(
                lambda: tr("Found again: facts that were typed and not saved"),
                lambda: tr("They stand under {tabs}", tabs=tr(", ").join(words() for words in tabs)),
            )

    def _failed(self, turn: int, error: Exception) -> None:
        if turn == self._turn:
            self._prospect = self._page = None
            self.gone.emit()
            self._shell.explain(error)

    def _heed(self, changed: object) -> None:
        if self._prospect in getattr(changed, "roots", ()) and self.isVisible():
            self._again.start()

    def _fit(self) -> None:
        across = self.width()
        wide = across >= px(FACTS_BESIDE)
        self._rule.setVisible(wide)
        self._facts.setVisible(wide)
        self._facts.setFixedWidth(px(300 if logical_width(self) >= 1600 else 205))

    def _fill(self, strip: object, photos: object) -> None:
        fill_strip(self._shell, self._session, strip, photos)  # type: ignore[arg-type]

    def _show_paper(self, entry: VisitEntry) -> None:
        self._shell.go("paper", kind="visit", record=entry.record)

    def _amend(self, entry: ContactEntry | VisitEntry) -> None:
        if self._prospect is None:
            return
        if isinstance(entry, ContactEntry):
            open_contact(self._shell, self._session, typed=typed_of(entry, self._prospect))
        else:
            self._shell.go("visit", prospect=self._prospect, amends=entry.record)

    def _opened(self, key: object) -> None:
        entries = self._page.timeline if self._page is not None else ()
        if any(entry.record == key and hasattr(entry, "months") for entry in entries):
            self._shell.go("application", application=key)

    def _go(self, page: str) -> None:
        if self._prospect is not None:
            self._shell.go(page, prospect=self._prospect)

    def _copy_mobile(self) -> None:
        if self._page is not None and self._page.person is not None:
            copy_mobile(self._shell, self._session, self._page.person.record, self)

    def _open_menu(self) -> None:
        page = self._page
        if page is None:
            return
        menu = QMenu(self)
        menu.addAction(tr("Move the follow-up…"), lambda: open_reschedule(self._shell, self._session, page.line))
        menu.addSeparator()
        for stage in page.next_stages:
            words = tr("Stage: {stage}", stage=said(word_for(STAGES, stage)))
            menu.addAction(words, partial(move_stage, self._shell, self._session, page.line, stage))
        menu.addSeparator()
        menu.addAction(tr("Remove this prospect…"), partial(self._ask_to_remove, page.line))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self._more.mapToGlobal(self._more.rect().bottomLeft()) if self._more.isVisible() else QCursor.pos())

    def _ask_to_remove(self, line: ProspectLine) -> None:
        ask_to_remove(
            self._shell,
            self._session,
            line,
            self,
            doing=self._leave,
            done=self.removed.emit,
            failed=partial(self._stay, line),
        )

    def _leave(self) -> None:
        """Nothing is asked of a prospect that is being removed: the answer could only be that it is gone."""
        self._prospect = self._page = None
        self._turn += 1

    def _stay(self, line: ProspectLine, error: Exception) -> None:
        self.show_prospect(line.prospect)
        self._shell.explain(error)

    def _save_note(self) -> None:
        """The line becomes a contact; where that would leave no next date, the form asks for one."""
        page, note = self._page, self._note.text().strip()
        if page is None or not note:
            return
        line = page.line
        channel = self._channel.value() or "in_person"
        if line.next_date is None or line.late_days:
            typed = {"who": line.prospect, "channel": channel, "result": "call_again", "next": 3, "note": note}
            open_contact(self._shell, self._session, typed=typed)
            self._note.clear()
            self._how.hide()
            return
        new = NewContact(
            who=line.prospect,
            channel=channel,  # type: ignore[arg-type]
            result="call_again",
            next_date=line.next_date,
            next_time=line.next_time,
            next_purpose=line.next_purpose,
            source="walk_in" if channel == "at_branch" else "outbound",
            note=note,
        )
        self._keep_note.setEnabled(False)
        self._shell.jobs.run(
            partial(record_contact, self._session.store, new),
            owner=self,
            done=lambda saved: self._note_saved(line.prospect, saved.contact, channel, note),
            failed=self._note_refused,
        )

    def _note_saved(self, prospect: str, contact: str, channel: object, note: str) -> None:
        self._keep_note.setEnabled(True)
        self._note.clear()
        self._how.hide()
        line = self._page.line if self._page is not None else None
        next_date = line.next_date.isoformat() if line is not None and line.next_date is not None else None
        typed = {
            "who": prospect, "channel": channel, "result": "call_again", "note": note, "amends": contact,
            "next": None if next_date else NOBODY_AGAIN, "date": next_date,
        }  # fmt: skip
        shell, session = self._shell, self._session
        shell.toast(
            lambda: tr("Contact recorded"),
            lambda: tr("Only on this laptop"),
            lambda: open_contact(shell, session, typed=typed),
        )

    def _note_refused(self, error: Exception) -> None:
        self._keep_note.setEnabled(True)
        self._shell.explain(error)


class _Facts(Column):
    """What is known, in short, at the right: masked where it tells too much."""

    def __init__(self, shell: Shell, session: DesktopSession) -> None:
        self._mobile = MaskedLine(shell, session, lambda: tr("Mobile"), "mobile")
        self._identity = MaskedLine(shell, session, lambda: tr("Identity"), "id_number")
        self._address = FactLine(lambda: tr("Address"))
        self._spouse = FactLine(lambda: tr("Spouse"))
        self._people = FactLine(lambda: tr("People"))
        self._industry = FactLine(lambda: tr("Industry"))
        self._years = FactLine(lambda: tr("Years"))
        self._sales = FactLine(lambda: tr("Sales"))
        self._owner = FactLine(lambda: tr("Officer"))
        self._marketed = FactLine(lambda: tr("Won by"))
        self._session = session
        super().__init__(
            Text(lambda: tr("To reach"), Role.STRONG),
            self._mobile,
            self._identity,
            self._address,
            Rule(),
            Text(lambda: tr("Household"), Role.STRONG),
            self._spouse,
            self._people,
            Rule(),
            Text(lambda: tr("Business"), Role.STRONG),
            self._industry,
            self._years,
            self._sales,
            Rule(),
            Text(lambda: tr("Responsible"), Role.STRONG),
            self._owner,
            self._marketed,
            STRETCH,
            gap=5,
        )

    def show_page(self, page: ProspectPage) -> None:
        """Show another prospect, or the same one anew."""
        person = page.person
        if person is not None:
            self._mobile.show_masked(person.record, person.mobile)
            self._identity.show_masked(person.record, person.id_number)
            self._address.show_fact(
                person.person.actual_address or person.person.registered_address or page.line.village
            )
        self._spouse.show_fact("、".join(one.person.name for one in page.family if one.person.relation == "spouse"))
        household = page.household[1] if page.household else None
        self._people.show_fact(_people(household.size, household.labour) if household is not None else "")
        business = page.business[1] if page.business else None
        since, premises, sales = (
            (business.since, business.premises, business.monthly_sales_fen) if business else (None, None, None)
        )
        self._industry.show_fact(industry_words(business.industry) if business is not None else "")
        years = (self._session.today() - since).days // 365 if since is not None else None
        self._years.show_fact(_years(years, premises))
        self._sales.show_fact(
            (lambda: tr("{amount} a month", amount=_short(Money(sales)))) if sales is not None else ""
        )
        self._owner.show_fact(page.owner)
        self._marketed.show_fact(page.marketed_by)


def _people(size: int | None, labour: int | None) -> Words:
    if size is None:
        return ""
    if labour is None:
        return lambda: trn("{count} person", "{count} people", size)
    return lambda: trn(
        "{count} person, {labour} able to work", "{count} people, {labour} able to work", size, labour=labour
    )


def _years(years: int | None, premises: str | None) -> Words:
    if years is None:
        return word_for(PREMISES, premises)
    if premises is None:
        return lambda: trn("{count} year", "{count} years", years)
    return lambda: trn("{count} year", "{count} years", years) + ", " + said(word_for(PREMISES, premises))


def _short(money: Money) -> str:
    """``80,000``: whole yuan without their decimals, where room is short."""
    return amount(money).removesuffix(".00")
