"""The page Pack: every paper of an application, how far each has come, and the next step for all of them in one act."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from fieldapp.desktop.components.arrange import Column, fill_with
from fieldapp.desktop.components.banner import Banner
from fieldapp.desktop.components.button import Button, Kind
from fieldapp.desktop.components.card import Card
from fieldapp.desktop.components.chip import ChipLook, Ground
from fieldapp.desktop.components.dialog import ask
from fieldapp.desktop.components.empty import Empty
from fieldapp.desktop.components.header import Header
from fieldapp.desktop.components.progress import ProgressStrip
from fieldapp.desktop.components.row_list import RowList
from fieldapp.desktop.components.rows import Row, RowModel, Shape
from fieldapp.desktop.components.text import Tone
from fieldapp.desktop.components.words import Words
from fieldapp.desktop.day_packs import ask_folder
from fieldapp.desktop.jobs import Job
from fieldapp.desktop.look import Icon
from fieldapp.desktop.page import Page, Shell
from fieldapp.desktop.paper_out import PaperOut
from fieldapp.desktop.session import DesktopSession
from fieldapp.services.paper_kinds import PAPER_KINDS
from fieldapp.services.print_documents import PrintDocuments
from fieldapp.services.seal_documents import PackKept, SealDocuments
from fieldapp.services.whole_pack import Pack, PackPaper, look_at_pack
from fieldapp.translation import say, tr, trc, trn

AskFolder = Callable[[QWidget], Path | None]


class PackPage(Page):
    """``shown(application=…)``: the record of the application. Entering a row opens its paper."""

    def __init__(self, shell: Shell, session: DesktopSession) -> None:
        super().__init__(shell)
        self.title = lambda: tr("Papers")
        self._session = session
        self._application = ""
        self._pack: Pack | None = None
        self._looking: Job | None = None
        self._acting = False
        self._ask_folder: AskFolder = lambda window: ask_folder(window, tr("Save all papers"))
        self.out = PaperOut(shell, PrintDocuments(session.store), self)
        self.model = RowModel()
        self.list = RowList(self.model)
        self.banner = Banner()
        self.banner.hide()
        self.progress = ProgressStrip(self)
        again = Button(lambda: tr("Prepare them"), Kind.SOFT)
        preparing, how_long = (
            lambda: tr("The papers are being prepared"),
            lambda: tr("The first time takes a few seconds."),
        )
        self._preparing = Empty(Icon.FILE, preparing, how_long)
        self._not_prepared = Empty(Icon.FILE, lambda: tr("The papers were not prepared"), action=again)
        back = Button(lambda: trc("paper", "Back"), key="Alt+Left")
        self._save = Button(lambda: tr("Save all"), icon=Icon.SAVE, key="Ctrl+S")
        self._print = Button(lambda: tr("Print all"), icon=Icon.PRINT, key="Ctrl+P")
        self._next = Button(self._next_verb, Kind.FILLED, icon=Icon.ENCRYPTED, key="Ctrl+Return")
        self._header = Header(self._heading, "", back, self._save, self._print, self._next)
        papers = Card((self.list, 1), (self._preparing, 1), (self._not_prepared, 1), margins=(0, 6))
        fill_with(self, Column(self._header, self.banner, self.progress, (papers, 1), gap=14))
        again.clicked.connect(self._look)
        back.clicked.connect(shell.go_back)
        self.list.opened.connect(self._open)
        self._save.clicked.connect(self._save_all)
        self._print.clicked.connect(self._print_all)
        self._next.clicked.connect(self._ask_next)
        session.changed.connect(self._heed)
        self.dress()

    def shown(self, **where: object) -> None:
        """Make the papers anew: their data may have changed."""
        application = where.get("application")
        if not isinstance(application, str):
            self.shell.go_back()
            return
        if application != self._application:
            self._application, self._pack = application, None
            self.model.show([])
            self.banner.hide()
        self._look()
        self._dress()

    def first_focus(self) -> QWidget | None:
        return self.list if self._pack is not None else None

    def retranslate(self) -> None:
        self._dress()
        if self._pack is not None:
            self.model.show([self._row(place, paper) for place, paper in enumerate(self._pack.papers)])

    def _look(self) -> None:
        if self._looking is not None:
            self._looking.cancel()

        def work(job: Job) -> Pack:
            return look_at_pack(self._session.store, self._application, job.progress)

        job = self._looking = self.shell.jobs.run(
            work,
            owner=self,
            done=lambda pack: self._looked(job, pack),
            failed=lambda error: self._not_looked(job, error),
            progress=self.progress.step,
            cancelled=lambda: self._over(job),
        )
        self.progress.begin(lambda: tr("Laying out the pages"), job.cancel)
        self._show_what_stands()

    def _over(self, job: Job) -> bool:
        """Whether this was the look that is waited for; a later one shows what there is."""
        if self._looking is not job:
            return False
        self._looking = None
        self.progress.end()
        self._show_what_stands()
        return True

    def _looked(self, job: Job, pack: Pack) -> None:
        if not self._over(job):
            return
        current = self.list.current()
        waited = self.list.isHidden() and (self.hasFocus() or self.focusWidget() is None)
        self._pack = pack
        self._show_what_stands()
        self.model.show([self._row(place, paper) for place, paper in enumerate(pack.papers)])
        if current is None or not self.list.choose(current.key):
            self.list.choose_first()
        if waited and self.isVisible():
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)
        self._dress()

    def _not_looked(self, job: Job, error: Exception) -> None:
        if self._over(job):
            self.shell.explain(error)
            self.shell.go_back()

    def _row(self, place: int, paper: PackPaper) -> Row:
        held = paper.line.held
        return Row(
            place,
            PAPER_KINDS[paper.line.kind].name(),
            second=lambda: self._second_line(paper),
            beside=paper.line.number if held is None or held.version == 1 else f"{paper.line.number}-v{held.version}",
            lead=Shape(Icon.APPLICATION, fill=False),
            chip=_chip(paper),
        )

    def _second_line(self, paper: PackPaper) -> str:
        parts = [paper.whose] if paper.whose else []
        if paper.lacking is not None:
            parts.append(say(paper.lacking))
        elif paper.document is not None and paper.document.held is not None:
            at = self._session.local(paper.document.held.made_at)
            parts.append(f"{at:%Y-%m-%d %H:%M}")
        return " • ".join(parts)

    # What stands on the page

    def _show_what_stands(self) -> None:
        """The papers; before they were ever looked at, that they are being prepared, or that this was stopped."""
        self.list.setVisible(self._pack is not None)
        self._preparing.setVisible(self._pack is None and self._looking is not None)
        self._not_prepared.setVisible(self._pack is None and self._looking is None)

    def _dress(self) -> None:
        pack = self._pack
        self._header.title.retranslate()
        self._save.setEnabled(pack is not None and bool(pack.made))
        self._print.setEnabled(pack is not None and bool(pack.made))
        self._next.setVisible(pack is not None and not pack.read_only and bool(pack.to_freeze or pack.to_seal))
        self._next.setEnabled(True)
        self._next.retranslate()
        self._tell_state()

    def _tell_state(self) -> None:
        pack = self._pack
        if pack is None or not pack.papers:
            return
        if pack.read_only:
            self._tell_reader(pack)
            return
        again = sum(paper.document is not None and paper.document.changed for paper in pack.papers)
        self.banner.show()
        if again:
            self.banner.show_message(
                lambda: trn(
                    "{count} paper says something else than the customer has",
                    "{count} papers say something else than the customer has",
                    again,
                ),
                lambda: tr("Freeze them again: new versions beside the old ones, which the customer signs."),
                Tone.AMBER,
            )
        elif pack.to_freeze:
            self.banner.show_message(
                lambda: trn("{count} paper is a draft", "{count} papers are drafts", pack.to_freeze),
                lambda: tr("Freeze them before the customer signs: from then on every paper stays as it is."),
                Tone.SKY,
            )
        elif pack.to_seal:
            self.banner.show_message(
                lambda: trn("{count} paper waits to be signed", "{count} papers wait to be signed", pack.to_seal),
                lambda: tr("Print them, have them signed, then seal them all."),
                Tone.SKY,
            )
        else:
            self.banner.show_message(lambda: tr("Everything is sealed"), "", Tone.PINE)

    def _tell_reader(self, pack: Pack) -> None:
        """To who decides: whether the papers say what the records say, and whether they are signed."""
        sealed, frozen = sum(paper.sealed for paper in pack.papers), pack.to_seal
        others = pack.to_freeze
        self.banner.show()
        self.banner.show_message(
            lambda: tr("{sealed} sealed, {frozen} for signature, {others} drafts or changed since",
                       sealed=sealed, frozen=frozen, others=others),
            lambda: tr("A paper that is not sealed has not been signed as far as this program knows."),
            Tone.AMBER if others else Tone.PINE if not frozen else Tone.SKY,
        )  # fmt: skip

    def _heading(self) -> str:
        name = self._pack.customer if self._pack is not None else ""
        return tr("{name}'s papers", name=name) if name else tr("Papers")

    def _next_verb(self) -> str:
        freezes = self._pack is None or self._pack.to_freeze
        return tr("Freeze all for signature") if freezes else tr("Seal all")

    # What is asked for

    def _open(self, place: object) -> None:
        if self._pack is not None and isinstance(place, int):
            line = self._pack.papers[place].line
            self.shell.go("paper", kind=line.kind.value, record=line.record, about=line.about)

    def _print_all(self) -> None:
        if self._pack is not None:
            self.out.print_all(self._pack.made, self.progress)

    def _save_all(self) -> None:
        folder = self._ask_folder(self.shell.host()) if self._pack is not None else None
        if self._pack is not None and folder is not None:
            self.out.save_all(self._pack.made, folder, self.progress)

    def _ask_next(self) -> None:
        pack = self._pack
        if pack is None:
            return
        freezes = bool(pack.to_freeze)
        question, second = (_freezing(pack.to_freeze)) if freezes else (_sealing(pack.to_seal))
        ask(
            self.shell.host(),
            question,
            second,
            verb=self._next_verb,
            stay=lambda: trc("paper", "Not yet"),
            do=partial(self._go_on, freeze=freezes),
        )

    def _go_on(self, *, freeze: bool) -> None:
        sealing, application = SealDocuments(self._session.store), self._application

        def work(job: Job) -> PackKept:
            return (sealing.freeze_pack if freeze else sealing.seal_pack)(application, job.progress)

        self._next.setEnabled(False)
        self._acting = True
        job = self.shell.jobs.run(
            work,
            owner=self,
            done=partial(self._kept, freeze),
            failed=self._not_kept,
            progress=self.progress.step,
            cancelled=self._stopped,
        )
        words = (lambda: tr("Freezing the papers")) if freeze else (lambda: tr("Sealing the papers"))
        self.progress.begin(words, job.cancel)

    def _kept(self, freeze: bool, kept: PackKept) -> None:
        count, left = len(kept.documents), len(kept.left_out)
        self.shell.toast(
            (lambda: trn("{count} paper is frozen for signature", "{count} papers are frozen for signature", count))
            if freeze
            else (lambda: trn("{count} paper is sealed", "{count} papers are sealed", count)),
            (lambda: trn("{count} paper was left out", "{count} papers were left out", left)) if left else "",
        )
        self._stopped()

    def _stopped(self) -> None:
        """What was frozen or sealed until then stays so."""
        self._acting = False
        self.progress.end()
        self._look()

    def _not_kept(self, error: Exception) -> None:
        self._stopped()
        self.shell.explain(error)

    def _heed(self, changed: Any) -> None:
        if self.isVisible() and not self._acting and self._pack is not None and self._pack.prospect in changed.roots:
            self._look()


def _freezing(count: int) -> tuple[Words, Words]:
    return (
        lambda: trn("Freeze {count} paper for signature?", "Freeze {count} papers for signature?", count),
        lambda: tr("These very files are kept from now on. What changes later becomes a new version."),
    )


def _sealing(count: int) -> tuple[Words, Words]:
    return (
        lambda: trn("Is {count} paper signed by everybody?", "Are {count} papers signed by everybody?", count),
        lambda: tr("The sealed files are kept and sent to head office. Any change is found from then on."),
    )


def _chip(paper: PackPaper) -> ChipLook:
    if paper.document is None:
        return ChipLook(lambda: trc("paper", "Cannot be made yet"), Ground.AMBER)
    if paper.document.changed:
        return ChipLook(lambda: trc("paper", "Changed since"), Ground.AMBER)
    if paper.sealed:
        return ChipLook(lambda: trc("paper", "Sealed"), Ground.PINE)
    if paper.frozen:
        return ChipLook(lambda: trc("paper", "For signature"), Ground.SKY)
    return ChipLook(lambda: trc("paper", "Draft"))
