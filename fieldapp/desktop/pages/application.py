"""The page Application: six steps, the live figures beside them, and the real paper."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from fieldapp.desktop.application_form.asked import AskedBanner, at_the_fields, show_questions
from fieldapp.desktop.application_form.backing_dialogs import BackingDialogs
from fieldapp.desktop.application_form.bound import Typed, same
from fieldapp.desktop.application_form.columns import ThreeColumns
from fieldapp.desktop.application_form.consent_acts import ConsentActs
from fieldapp.desktop.application_form.figures import AffordabilityCard, CostCard
from fieldapp.desktop.application_form.findings import Findings
from fieldapp.desktop.application_form.frame import Frame
from fieldapp.desktop.application_form.keeping import Keeping, Kept, is_lost_access
from fieldapp.desktop.application_form.masked_entry import MaskedEntry
from fieldapp.desktop.application_form.open_items import show_open_items
from fieldapp.desktop.application_form.preview import LivePreview
from fieldapp.desktop.application_form.steps import Steps
from fieldapp.desktop.application_form.told import tell_found_again, tell_handed_over, tell_submitted
from fieldapp.desktop.application_form.turning_points import ask_to_amend, ask_to_submit, ask_to_withdraw
from fieldapp.desktop.components.arrange import Column, fill_with
from fieldapp.desktop.components.card import Card
from fieldapp.desktop.page import Page, Shell
from fieldapp.desktop.review.talk import open_answer
from fieldapp.desktop.session import DesktopSession
from fieldapp.domain.application_checklist import OpenItem, Step, item_of, step_of
from fieldapp.domain.application_status import EDITABLE
from fieldapp.domain.case_file import CaseFile, with_typed
from fieldapp.domain.errors import Actionable, InvalidRecord
from fieldapp.domain.identifiers import RecordId
from fieldapp.domain.kinds import Values
from fieldapp.domain.loan_quote import Quote
from fieldapp.services.apply_for_loan import ApplyForLoan, OpenApplication
from fieldapp.services.case_rows import ROWS
from fieldapp.services.print_documents import DocumentKind, PrintDocuments
from fieldapp.services.reveal_on_form import reveal_on_form
from fieldapp.services.submit_application import NotComplete
from fieldapp.translation import tr

_STEPS = tuple(Step)
_SHOWN_KINDS = frozenset(
    (
        *("application", "prospect", "person", "household", "business", "product", "branch", "visit"),
        *("statement", "cross_check", "consent", "conflict_declaration", "question", "answer", *ROWS),
    )
)


class ApplicationPage(Page):
    """``shown(prospect=id)`` continues the prospect's draft or starts one, ``shown(application=id)`` opens it."""

    narrow_rail = True

    def __init__(self, shell: Shell, session: DesktopSession) -> None:
        super().__init__(shell)
        self._session = session
        self._service = ApplyForLoan(session.store)
        self._opened: OpenApplication | None = None
        self._shown: Values = {}
        self._quote: Quote | None = None
        self._step = Step.APPLICANT
        self._seen: set[Step] = set()
        self._findings = Findings()
        self.title = self._heading
        self.keeping = Keeping(shell.jobs, session.store, session.clock.now, self)
        self.steps = Steps(self._heard, session.today)
        self.form = self.steps.form
        self.cost, self.affordability = CostCard(), AffordabilityCard()
        self.preview = LivePreview(shell, PrintDocuments(session.store))
        self.consents = ConsentActs(shell, session, self.steps.declarations.consents, self)
        figures = Column(self.cost, (self.affordability, 1), gap=10)
        self._columns = ThreeColumns(Card(self.steps, gap=0), figures, self.preview)
        self.asked = AskedBanner(self._show_questions)
        self.frame = Frame(self._heading, self._columns, self.asked)
        self.frame.setEnabled(False)
        fill_with(self, self.frame)
        self._connect()
        self.dress()

    def shown(self, **where: object) -> None:
        """Open what ``where`` names; without a name, what was open before."""
        application, prospect = where.get("application"), where.get("prospect")
        if isinstance(application, str):
            self._read(application)
        elif isinstance(prospect, str):
            work = partial(_continue_or_start, self._service, prospect)
            self.shell.jobs.run(work, owner=self, done=self._found, failed=self._cannot_open)
        elif self._opened is not None:
            self._read(self._opened.id)
        else:
            self.shell.go("applications")

    def leaving(self) -> None:
        """Save what was typed."""
        if self._editable():
            self.keeping.keep_now()

    def first_focus(self) -> QWidget | None:
        return self.steps.first(self._step) if self._opened is not None else None

    def step(self) -> Step:
        """The step shown."""
        return self._step

    def go_to(self, step: Step) -> None:
        """Show a step; what was typed on the one before is saved."""
        if self._editable() and step is not self._step:
            self.keeping.keep_now()
        self._seen.add(self._step)
        self._step = step
        self.steps.show_step(step)
        self._columns.to_top()
        self._reckon()
        self.steps.first(step).setFocus(Qt.FocusReason.TabFocusReason)

    def go_to_item(self, item: OpenItem) -> None:
        """Show the field that something is missing at, and why."""
        if item.field == "conflicts":
            self.shell.go("sync")
            return
        if item.field.startswith("accounts.") and self._opened is not None:
            self.shell.go("accounts", application=self._opened.id, section="checks")
            return
        self._findings.asked_all = True
        self.go_to(item.step)
        rows, _, row = item.field.partition("/")
        if rows in self.steps.rows():
            panel = self.steps.rows()[rows]
            panel.go_to(row)
            QTimer.singleShot(0, panel, lambda: self._columns.reveal(panel))
            return
        field = self.form.field(item.field) or self.steps.declarations.consents.place(item.field)
        if field is not None:
            field.setFocus(Qt.FocusReason.OtherFocusReason)
            QTimer.singleShot(0, field, lambda: self._columns.reveal(field))

    def submit(self) -> None:
        """Ask once, then hand over; an application that lacks something says what instead."""
        if not self._editable() or self._quote is None or self._opened is None:
            return
        self._findings.asked_all = True
        self._reckon()
        items = self._items()
        if items:
            self.show_missing()
            return
        chosen = self.steps.loan.product.product()
        ask_to_submit(self.shell.host(), self._name, self._opened, chosen, self.keeping.submit)

    def show_missing(self) -> None:
        """Show the checklist over the page."""
        self._findings.asked_all = True
        self._reckon()
        show_open_items(self.shell.host(), self._items(), self.go_to_item)

    def retranslate(self) -> None:
        if self._opened is not None:
            self._dress_frame()
            self._reckon()

    def _connect(self) -> None:
        self._reckoning = QTimer(self, singleShot=True, interval=0)
        self._reckoning.timeout.connect(self._reckon)
        self.keeping.collect_from(self._collected)
        self.keeping.drafted.connect(self._show_saved)
        self.keeping.kept.connect(self._kept)
        self.keeping.submitted.connect(self._submitted)
        self.keeping.handed_over.connect(partial(tell_handed_over, self.shell))
        self.keeping.submitting.connect(lambda: self.frame.show_submitting(True))
        self.keeping.failed.connect(self._failed)
        self.frame.back.clicked.connect(self._go_back)
        self.frame.next.clicked.connect(self._go_on)
        self.frame.stepper.chosen.connect(self.go_to)
        self.frame.amend_wanted.connect(self._ask_to_amend)
        self.frame.refused_wanted.connect(lambda items: show_open_items(self.shell.host(), items, self.go_to_item))
        self.frame.stepper.missing_wanted.connect(self.show_missing)
        self.steps.signing.items.wanted.connect(self.go_to_item)
        self.steps.signing.print_wanted.connect(self._print)
        self.steps.signing.pack_wanted.connect(self._show_pack)
        self.steps.signing.withdraw_wanted.connect(self._ask_to_withdraw)
        self.steps.business.rebuild.clicked.connect(self._rebuild_accounts)
        self.affordability.reason_wanted.connect(self._go_to_reason)
        for name, control in self.steps.masked():
            control.reveal_wanted.connect(partial(self._reveal, name, control))
        self._connect_rows()
        self.preview.whole_wanted.connect(self._show_paper)
        self.consents.paper_wanted.connect(self._show_consent_paper)
        self.consents.changed.connect(self._consents_changed)
        self.consents.counted.connect(self._consents_counted)
        self._session.changed.connect(self._heed)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._focus_moved)

    def _connect_rows(self) -> None:
        ask = BackingDialogs(self.shell, self._session, self._saved_case, self._reread)
        steps = self.steps
        steps.applicant.parties.add_wanted.connect(lambda: ask.enter_party("co_borrower"))
        steps.applicant.parties.change_wanted.connect(ask.change_party)
        steps.business.debts.add_wanted.connect(lambda: ask.enter_debt(guarantee=False))
        steps.business.debts.other_wanted.connect(lambda: ask.enter_debt(guarantee=True))
        steps.business.debts.change_wanted.connect(ask.change_debt)
        steps.guarantee.guarantors.add_wanted.connect(lambda: ask.enter_party("guarantor"))
        steps.guarantee.guarantors.change_wanted.connect(ask.change_party)
        steps.guarantee.collateral.add_wanted.connect(ask.enter_collateral)
        steps.guarantee.collateral.change_wanted.connect(ask.change_collateral)
        for panel in steps.rows().values():
            panel.remove_wanted.connect(ask.remove)

    def _saved_case(self) -> tuple[str, CaseFile] | None:
        """The application whose rows are to change; what is typed is saved before."""
        if not self._editable() or self._opened is None:
            return None
        self.keeping.keep_now()
        return self._opened.id, self._opened.file

    # What is opened

    def _found(self, application: RecordId) -> None:
        # The trail must name the application: coming back here must not start another one.
        self.shell.go("application", application=application)

    def _read(self, application: str) -> None:
        if self._opened is None or self._opened.id != application:
            self.frame.setEnabled(False)
        self.keeping.read(application, self._show)

    def _reread(self) -> None:
        if self._opened is not None:
            self._read(self._opened.id)

    def _show(self, opened: OpenApplication) -> None:
        if self._opened is None or self._opened.id != opened.id:
            self._begin(opened)
        else:
            self._rebase(opened, {})

    def _begin(self, opened: OpenApplication) -> None:
        self._opened, self._findings, self._seen = opened, Findings(), set()
        self._shown = dict(opened.fields)
        self.steps.offer_products(opened)
        self.form.show(opened.fields)
        self.frame.saved.hide()
        if opened.draft is not None:
            typed = {name: value for name, value in opened.draft.typed.items() if name in opened.fields}
            self._shown |= {name: value for name, value in opened.draft.shown.items() if name in typed}
            self.form.show(typed, typed)
            self._show_saved(opened.draft.saved_at)
        tell_found_again(self.shell, opened, self._session.local)
        self._dress_frame()
        self.go_to(Step.SIGNING if opened.sealed is not None else Step.APPLICANT)
        self.preview.open(opened.id, self._typed().to_reckon)

    def _rebase(self, opened: OpenApplication, sent: Values) -> None:
        """Head office or this form itself moved what is saved: untouched fields follow, typed ones stand."""
        typed = self._typed().everything
        before, self._opened = self._shown, opened
        follows = {}
        for name, value in opened.fields.items():
            if name not in typed or (name in sent and same(typed[name], sent[name])):
                follows[name] = value
            self._shown[name] = value if name in follows or name in sent else before.get(name)
        self.steps.offer_products(opened)
        focused = self.form.focused()
        self.form.show(follows, [name for name in follows if name != focused])
        self._dress_frame()
        self._reckon()
        self.preview.open(opened.id, self._typed().to_reckon)

    def _dress_frame(self) -> None:
        if self._opened is not None:
            self.frame.setEnabled(True)
            self.frame.show_application(self._opened)
            self.asked.show_questions(self._opened.questions)
            self.steps.seal(not self._editable())
            self.steps.show_half_typed(self._opened.half_typed)
            self.consents.open(self._opened.id)

    def _heading(self) -> str:
        if self._opened is None:
            return tr("Loan application")
        return tr("{name}'s loan application", name=self._name())

    def _name(self) -> str:
        person = self._opened.file.person if self._opened is not None else None
        return person.name if person is not None and person.name else tr("customer without a name")

    # What is typed

    def _editable(self) -> bool:
        return self._opened is not None and self._opened.sealed is None

    def _typed(self) -> Typed:
        return self.form.typed(self._shown)

    def _collected(self) -> tuple[str, Typed, Values]:
        opened = self._opened
        return (opened.id if opened is not None else "", self._typed(), dict(self._shown))

    def _heard(self) -> None:
        if self._editable():
            self.keeping.touch()
            self._reckoning.start()
            self.preview.heed(self._typed().to_reckon)

    def _reckon(self) -> None:
        """The figures and every error for what is typed now."""
        opened = self._opened
        if opened is None:
            return
        typed = self._typed()
        self._quote = quote = opened.quote(typed.to_reckon)
        file, _ = with_typed(opened.file, typed.to_reckon)
        items = self._items(typed)
        editable = self._editable()
        self.cost.show_quote(quote)
        self.affordability.show_quote(quote, reason_given=bool(file.application.over_limit_reason.strip()))
        self.steps.show_figures(file, quote, items if editable else ())
        self.steps.show_row_errors(items if editable and self._findings.asked_all else ())
        errors = self._findings.errors(self.form, quote, typed) if editable else {}
        self.form.show_errors(at_the_fields(opened.questions) | errors)
        looked_at = set(_STEPS) if self._findings.asked_all else self._seen
        self.frame.show_steps(self._step, looked_at, items, sealed=not editable)

    def _items(self, typed: Typed | None = None) -> tuple[OpenItem, ...]:
        return self._findings.items(self._quote, typed or self._typed()) if self._quote is not None else ()

    def _focus_moved(self, _before: QWidget | None, now: QWidget | None) -> None:
        if self.isVisible() and now is not None and self.isAncestorOf(now):
            self._reckoning.start()

    # What is asked for

    def _go_back(self) -> None:
        place = _STEPS.index(self._step)
        if place:
            self.go_to(_STEPS[place - 1])

    def _go_on(self) -> None:
        place = _STEPS.index(self._step)
        if place + 1 < len(_STEPS):
            self.go_to(_STEPS[place + 1])
        else:
            self.submit()

    def _rebuild_accounts(self) -> None:
        if self._opened is not None:
            self.shell.go("accounts", application=self._opened.id)

    def _go_to_reason(self) -> None:
        self.go_to(Step.LOAN)
        self.steps.loan.reason.setFocus()
        QTimer.singleShot(0, self.steps.loan.reason, lambda: self._columns.reveal(self.steps.loan.reason))

    def _reveal(self, name: str, control: MaskedEntry) -> None:
        opened = self._opened
        if opened is None:
            return
        if not same(control.text(), opened.fields.get(name)):
            control.show_clear(control.text())  # typed on this form and found again: nobody's secret from its writer
            return
        work = partial(reveal_on_form, self._session.store, opened.id, name)
        self.shell.jobs.run(work, owner=self, done=control.show_clear, failed=self.shell.explain)

    def _print(self, kind: DocumentKind) -> None:
        self.preview.choose(kind)
        self.preview.print()

    def _show_questions(self) -> None:
        opened = self._opened
        if opened is None:
            return
        show_questions(
            self.shell.host(),
            opened.questions,
            self._session.local,
            self._session.today(),
            answer=lambda asked: open_answer(
                self.shell, self._session.store, opened.id, asked, lambda: self._read(opened.id)
            ),
            go=self._go_to_field,
            half_typed={place.row for place in opened.half_typed if place.asks == "answer"},
        )

    def _go_to_field(self, name: str) -> None:
        self.go_to(step_of(name))
        field = self.form.field(name)
        if field is not None:
            field.setFocus(Qt.FocusReason.OtherFocusReason)
            QTimer.singleShot(0, field, lambda: self._columns.reveal(field))

    def _show_paper(self, kind: DocumentKind, record: str, about: str) -> None:
        self.shell.go("paper", kind=kind.value, record=record, about=about)

    def _show_pack(self) -> None:
        if self._opened is not None:
            self.keeping.keep_now()
            self.shell.go("pack", application=self._opened.id)

    def _show_consent_paper(self, kind: DocumentKind, person: str) -> None:
        self.preview.choose(kind, person)

    def _consents_counted(self, given: int, needed: int) -> None:
        self.frame.show_consents(given, needed)
        self._reckoning.start()

    def _consents_changed(self) -> None:
        """Signed, withdrawn or declared: the checklist and the papers follow."""
        if self._opened is not None:
            self.keeping.read(self._opened.id, self._show)

    def _ask_to_withdraw(self) -> None:
        ask_to_withdraw(self.shell.host(), self._name, lambda: self.keeping.withdraw(lambda _: self.shown()))

    def _ask_to_amend(self) -> None:
        opened = self._opened
        if opened is not None:
            work = partial(self._service.amend, opened.id)
            amend = partial(self.shell.jobs.run, work, owner=self, done=self._found, failed=self.shell.explain)
            ask_to_amend(self.shell.host(), self._name, amend)

    # What came of it

    def _show_saved(self, at: datetime) -> None:
        self.frame.show_saved(self._session.local(at))

    def _kept(self, kept: Kept) -> None:
        if self._opened is None or kept.opened.id != self._opened.id:
            return
        self._findings.refuse(kept.refused, self._typed().everything)
        self._show_saved(kept.at)
        self._rebase(kept.opened, kept.sent)

    def _submitted(self, opened: OpenApplication) -> None:
        self.frame.show_submitting(False)
        self._begin(opened)
        tell_submitted(self.shell, self._name)

    def _failed(self, error: Exception) -> None:
        self.frame.show_submitting(False)
        opened = self._opened
        if isinstance(error, NotComplete):
            self.show_missing()
        elif isinstance(error, InvalidRecord):
            self._findings.refuse(error.problems, self._typed().everything)
            self._reckon()
            self.go_to_item(item_of(error.problems[0]))
        elif is_lost_access(error) and opened is not None and isinstance(error, Actionable) and error.code != "gone":
            self.shell.explain(error)
            self._opened = None
            self._read(opened.id)
        else:
            self._cannot_open(error)

    def _cannot_open(self, error: Exception) -> None:
        if isinstance(error, Actionable) and error.code in ("gone", "newer", "role") and self._opened is None:
            self.shell.go_back()
        self.shell.explain(error)

    def _heed(self, changed: Any) -> None:
        opened = self._opened
        if opened is None or not self.isVisible() or not changed.kinds & _SHOWN_KINDS:
            return
        mirrored = bool(changed.kinds & {"product", "branch"})
        if mirrored or not changed.roots or changed.roots & {opened.prospect, opened.id, *opened.file.backing.people}:
            self.keeping.read(opened.id, self._show)


def _continue_or_start(service: ApplyForLoan, prospect: str) -> RecordId:
    for line in service.of_prospect(prospect):
        if line.status in EDITABLE:
            return line.id
    return service.start(prospect)
