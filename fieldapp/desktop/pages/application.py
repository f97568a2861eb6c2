"""The page Application: six steps, the live figures beside them, and the real paper."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from PySide6.QtWidgets import QApplication, QWidget

from fieldapp.desktop.application_form.acts import FormActs
from fieldapp.desktop.application_form.asked import AskedBanner
from fieldapp.desktop.application_form.backing_dialogs import BackingDialogs
from fieldapp.desktop.application_form.bound import Typed
from fieldapp.desktop.application_form.columns import ThreeColumns
from fieldapp.desktop.application_form.consent_acts import ConsentActs
from fieldapp.desktop.application_form.figures import AffordabilityCard, CostCard
from fieldapp.desktop.application_form.frame import Frame
from fieldapp.desktop.application_form.keeping import Keeping, Kept, is_lost_access
from fieldapp.desktop.application_form.open_items import show_open_items
from fieldapp.desktop.application_form.over_saved import OverSaved
from fieldapp.desktop.application_form.preview import LivePreview
from fieldapp.desktop.application_form.reckoning import Reckoning
from fieldapp.desktop.application_form.steps import Steps
from fieldapp.desktop.application_form.told import tell_found_again, tell_handed_over, tell_submitted
from fieldapp.desktop.application_form.turning_points import ask_to_submit
from fieldapp.desktop.application_form.walk import Walk
from fieldapp.desktop.components.arrange import Column, fill_with
from fieldapp.desktop.components.card import Card
from fieldapp.desktop.page import Page, Shell
from fieldapp.desktop.session import DesktopSession
from fieldapp.domain.application_checklist import OpenItem, Step, item_of
from fieldapp.domain.application_status import EDITABLE
from fieldapp.domain.case_file import CaseFile
from fieldapp.domain.errors import Actionable, InvalidRecord
from fieldapp.domain.identifiers import RecordId
from fieldapp.domain.kinds import Values
from fieldapp.services.apply_for_loan import ApplyForLoan, OpenApplication
from fieldapp.services.case_rows import ROWS
from fieldapp.services.print_documents import DocumentKind, PrintDocuments
from fieldapp.services.submit_application import NotComplete
from fieldapp.translation import tr

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
        self.title = self._heading
        self.keeping = Keeping(shell.jobs, session.store, session.clock.now, self)
        self.steps = Steps(self._heard, session.today)
        self.form = self.steps.form
        self.cost, self.affordability = CostCard(), AffordabilityCard()
        self.preview = LivePreview(shell, PrintDocuments(session.store))
        self.consents = ConsentActs(shell, session, self.steps.declarations.consents, self)
        figures = Column(self.cost, (self.affordability, 1), gap=10)
        self._columns = ThreeColumns(Card(self.steps, gap=0), figures, self.preview)
        self.acts = FormActs(shell, session, self.keeping, lambda: self._opened, self._name, self)
        self.asked = AskedBanner(self.acts.show_questions)
        self.frame = Frame(self._heading, self._columns, self.asked)
        self.over = OverSaved(self.steps)
        self.reckoning = Reckoning(
            self.steps, self.cost, self.affordability, lambda: self._opened, self.over.typed, self
        )
        self.walk = Walk(self.steps, self._columns, self)
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
        return self.steps.first(self.step()) if self._opened is not None else None

    def step(self) -> Step:
        """The step shown."""
        return self.walk.step()

    def go_to(self, step: Step) -> None:
        """Show a step; what was typed on the one before is saved."""
        self.walk.go_to(step)

    def go_to_item(self, item: OpenItem) -> None:
        """Show the field that something is missing at, and why."""
        if item.field == "conflicts":
            self.shell.go("sync")
            return
        if item.field.startswith("accounts.") and self._opened is not None:
            self.shell.go("accounts", application=self._opened.id, section="checks")
            return
        self.reckoning.ask_for_all()
        self.walk.go_to_place(item.step, item.field)

    def submit(self) -> None:
        """Ask once, then hand over; an application that lacks something says what instead."""
        if not self._editable() or self.reckoning.quote is None or self._opened is None:
            return
        self.reckoning.ask_for_all()
        self.reckoning.now()
        if self.reckoning.items():
            self.show_missing()
            return
        chosen = self.steps.loan.product.product()
        ask_to_submit(self.shell.host(), self._name, self._opened, chosen, self.keeping.submit)

    def show_missing(self) -> None:
        """Show the checklist over the page."""
        self.reckoning.ask_for_all()
        self.reckoning.now()
        show_open_items(self.shell.host(), self.reckoning.items(), self.go_to_item)

    def retranslate(self) -> None:
        if self._opened is not None:
            self._dress_frame()
            self.reckoning.now()

    def _connect(self) -> None:
        self.walk.left.connect(self.leaving)
        self.walk.arrived.connect(self.reckoning.now)
        self.walk.ended.connect(self.submit)
        self.reckoning.reckoned.connect(self._show_steps)
        self.keeping.collect_from(self._collected)
        self.keeping.drafted.connect(self._show_saved)
        self.keeping.kept.connect(self._kept)
        self.keeping.submitted.connect(self._submitted)
        self.keeping.handed_over.connect(partial(tell_handed_over, self.shell))
        self.keeping.submitting.connect(lambda: self.frame.show_submitting(True))
        self.keeping.failed.connect(self._failed)
        self.frame.back.clicked.connect(self.walk.go_back)
        self.frame.next.clicked.connect(self.walk.go_on)
        self.frame.stepper.chosen.connect(self.go_to)
        self.frame.amend_wanted.connect(self.acts.amend)
        self.frame.refused_wanted.connect(lambda items: show_open_items(self.shell.host(), items, self.go_to_item))
        self.frame.stepper.missing_wanted.connect(self.show_missing)
        self.steps.signing.items.wanted.connect(self.go_to_item)
        self.steps.signing.print_wanted.connect(self._print)
        self.steps.signing.pack_wanted.connect(self.acts.show_pack)
        self.steps.signing.withdraw_wanted.connect(self.acts.withdraw)
        self.steps.business.rebuild.clicked.connect(self.acts.rebuild_accounts)
        self.affordability.reason_wanted.connect(self.walk.go_to_reason)
        for name, control in self.steps.masked():
            control.reveal_wanted.connect(partial(self.acts.reveal, name, control))
        self.acts.answered.connect(self._read)
        self.acts.withdrawn.connect(lambda: self.shown())
        self.acts.amended.connect(self._found)
        self.acts.place_wanted.connect(self.walk.go_to_field)
        BackingDialogs(self.shell, self._session, self._saved_case, self._reread).serve(self.steps)
        self.preview.whole_wanted.connect(self.acts.show_paper)
        self.consents.paper_wanted.connect(self._show_consent_paper)
        self.consents.changed.connect(self._reread)
        self.consents.counted.connect(self._consents_counted)
        self._session.changed.connect(self._heed)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._focus_moved)

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
        self._opened = opened
        self.reckoning.begin()
        self.walk.begin()
        self.over.begin(opened)
        self.frame.saved.hide()
        if opened.draft is not None:
            self._show_saved(opened.draft.saved_at)
        tell_found_again(self.shell, opened, self._session.local)
        self._dress_frame()
        self.go_to(Step.SIGNING if opened.sealed is not None else Step.APPLICANT)
        self.preview.open(opened.id, self._typed().to_reckon)

    def _rebase(self, opened: OpenApplication, sent: Values) -> None:
        self._opened = opened
        self.over.rebase(opened, sent)
        self._dress_frame()
        self.reckoning.now()
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
        return self.over.typed()

    def _collected(self) -> tuple[str, Typed, Values]:
        opened = self._opened
        return (opened.id if opened is not None else "", self._typed(), dict(self.over.shown))

    def _heard(self) -> None:
        if self._editable():
            self.keeping.touch()
            self.reckoning.soon()
            self.preview.heed(self._typed().to_reckon)

    def _show_steps(self, items: tuple[OpenItem, ...]) -> None:
        looked_at = set(Step) if self.reckoning.asked_for_all() else self.walk.seen()
        self.frame.show_steps(self.step(), looked_at, items, sealed=not self._editable())

    def _focus_moved(self, _before: QWidget | None, now: QWidget | None) -> None:
        if self.isVisible() and now is not None and self.isAncestorOf(now):
            self.reckoning.soon()

    def _print(self, kind: DocumentKind) -> None:
        self.preview.choose(kind)
        self.preview.print()

    def _show_consent_paper(self, kind: DocumentKind, person: str) -> None:
        self.preview.choose(kind, person)

    def _consents_counted(self, given: int, needed: int) -> None:
        self.frame.show_consents(given, needed)
        self.reckoning.soon()

    # What came of it

    def _show_saved(self, at: datetime) -> None:
        self.frame.show_saved(self._session.local(at))

    def _kept(self, kept: Kept) -> None:
        if self._opened is None or kept.opened.id != self._opened.id:
            return
        self.reckoning.refuse(kept.refused)
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
            self.reckoning.refuse(error.problems)
            self.reckoning.now()
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
