"""The page Review: the applications that wait for this person at the left, the one chosen at the right."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from fieldapp.desktop.application_form.application_chip import status_chip
from fieldapp.desktop.components.arrange import NARROW, logical_width
from fieldapp.desktop.components.card import Card
from fieldapp.desktop.components.empty import Empty
from fieldapp.desktop.components.header import Header
from fieldapp.desktop.components.row_list import RowList
from fieldapp.desktop.components.rows import Avatar, Heading, Row, RowModel
from fieldapp.desktop.components.text import Tone
from fieldapp.desktop.formats import amount, near_moment
from fieldapp.desktop.look import Icon, px
from fieldapp.desktop.page import Page, Shell
from fieldapp.desktop.review.case_panel import CasePanel
from fieldapp.desktop.review.deciding import open_approval, open_decline, open_question, open_return
from fieldapp.desktop.session import DesktopSession
from fieldapp.domain.loan_quote import Quote
from fieldapp.services.apply_for_loan import ApplyForLoan
from fieldapp.services.review_applications import CaseToDecide, Review, ReviewApplications
from fieldapp.translation import tr, trn

_SHOWN_KINDS = frozenset(
    ("application", "person", "decision", "question", "answer", "alert", "visit", "party", "statement", "product")
)
_ACTS = {"ask": open_question, "return": open_return, "decline": open_decline, "approve": open_approval}


class ReviewPage(Page):
    """``shown(application=id)`` chooses one; nothing is decided here without head office."""

    def __init__(self, shell: Shell, session: DesktopSession) -> None:
        super().__init__(shell)
        self.title = lambda: tr("Review")
        self._session = session
        self._service = ReviewApplications.of(session.laptop)
        self._listed: tuple[Review, ...] | None = None
        self._wanted: str | None = None
        self._was_narrow = False
        self.panel: CasePanel | None = None
        self.model = RowModel()
        self.list = RowList(self.model, row_height=54, amount_above=True)
        self._list_card = Card((self.list, 1), margins=(0, 6), gap=0)
        self._header = Header(self.title, self._counted)
        self._right = QStackedWidget()
        self._empty = Empty(
            Icon.LIST,
            lambda: tr("No applications to read"),
            lambda: tr("What officers of the branch submit is listed here as soon as head office has it."),
        )
        self._right.addWidget(Card(self._empty))
        self._down = QVBoxLayout(self)
        self._down.setContentsMargins(0, 0, 0, 0)
        self._down.addWidget(self._header)
        self._across = QHBoxLayout()
        self._across.addWidget(self._list_card)
        self._across.addWidget(self._right, 1)
        self._down.addLayout(self._across, 1)
        self.list.chosen.connect(self._choose)
        session.changed.connect(self._heed)
        self.dress()

    def shown(self, **where: object) -> None:
        """Ask again."""
        application = where.get("application")
        self._wanted = application if isinstance(application, str) else None
        self._read()

    def first_focus(self) -> QWidget:
        return self.list

    def restyle(self) -> None:
        self._list_card.setFixedWidth(px(270 if self._narrow() else 352))
        self._across.setSpacing(px(14))
        self._down.setSpacing(px(12))
        if self._listed is not None and self._narrow() is not self._was_narrow:
            self._show(self._listed)

    def retranslate(self) -> None:
        self.list.setAccessibleName(tr("Applications to read"))
        if self._listed is not None:
            self._show(self._listed)

    def resizeEvent(self, event: Any) -> None:
        super().resizeEvent(event)
        self.restyle()

    def _narrow(self) -> bool:
        return logical_width(self) < NARROW

    def _read(self) -> None:
        self.shell.jobs.run(self._service.listed, owner=self, done=self._show, failed=self.shell.explain)

    def _show(self, listed: tuple[Review, ...]) -> None:
        self._listed, self._was_narrow = listed, self._narrow()
        current = self.list.current()
        mine = [one for one in listed if one.not_mine is None]
        others = [one for one in listed if one.not_mine is not None]
        rows: list[Row | Heading] = []
        if mine:
            rows += [Heading(lambda: tr("Waits for you"), Tone.AMBER, len(mine)), *map(self._row, mine)]
        if others:
            rows += [Heading(lambda: tr("Others"), count=len(others)), *map(self._row, others)]
        self.model.show(rows)
        self._header.beside.retranslate()
        key = self._wanted or (current.key if current is not None else None)
        self._wanted = None
        if key is None or not self.list.choose(key):
            self.list.choose_first()
        if not rows:
            self._right.setCurrentIndex(0)

    def _row(self, one: Review) -> Row:
        notes = (
            trn("{count} alert", "{count} alerts", one.alerts) if one.alerts else "",
            trn("{count} open question", "{count} open questions", one.open_questions) if one.open_questions else "",
        )
        lead = None if self._narrow() else Avatar(one.name)  # beside sum and status it would leave the name no room
        told = self._narrow() and one.not_mine is None  # the heading says as much: this one waits
        return Row(
            one.id,
            one.name or tr("customer without a name"),
            second=lambda: " • ".join(part for part in (one.officer, self._when(one)) if part),
            lead=lead,
            chip=None if told else status_chip(one.status),
            right=" • ".join(note for note in notes if note),
            right_tone=Tone.AMBER,
            amount=amount(one.amount) if one.amount is not None else "",
        )

    def _when(self, one: Review) -> str:
        if one.submitted_at is None:
            return ""
        return near_moment(self._session.local(one.submitted_at), self._session.today())

    def _counted(self) -> str:
        waiting = sum(one.not_mine is None for one in self._listed or ())
        return trn("{count} waits for you", "{count} wait for you", waiting) if waiting else ""

    def _choose(self, application: object) -> None:
        if isinstance(application, str):
            work = partial(_opened, self._service, self._session.store, application)
            self.shell.jobs.run(work, owner=self, done=self._show_case, failed=self.shell.explain)

    def _show_case(self, opened: tuple[CaseToDecide, Quote]) -> None:
        case, quote = opened
        current = self.list.current()
        if current is None or current.key != case.review.id:
            return  # another was chosen meanwhile
        panel = CasePanel(case, quote, self._session.local, self._session.today())
        panel.wanted.connect(partial(self._act, case))
        before, self.panel = self.panel, panel
        self._right.addWidget(panel)
        self._right.setCurrentWidget(panel)
        if before is not None:
            self._right.removeWidget(before)
            before.deleteLater()

    def _act(self, case: CaseToDecide, act: str) -> None:
        if act == "form":
            self.shell.go("application", application=case.review.id)
        elif act == "papers":
            self.shell.go("pack", application=case.review.id)
        elif act == "customer":
            self.shell.go("prospect", prospect=case.review.prospect)
        else:
            _ACTS[act](self.shell, self._session.store, self._service, case, self._read)

    def _heed(self, changed: Any) -> None:
        if self.isVisible() and changed.kinds & _SHOWN_KINDS:
            self._read()


def _opened(service: ReviewApplications, store: Any, application: str) -> tuple[CaseToDecide, Quote]:
    return service.open(application), ApplyForLoan(store).open(application).quote({})
