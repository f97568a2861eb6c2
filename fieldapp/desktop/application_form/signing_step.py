"""The last step: what is missing, the papers to print, and handing over to head office."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from fieldapp.desktop.application_form.open_items import OpenItemsList
from fieldapp.desktop.components.arrange import STRETCH, Column, Line
from fieldapp.desktop.components.button import Button, Kind
from fieldapp.desktop.components.card import Rule
from fieldapp.desktop.components.text import Role, Text
from fieldapp.desktop.look import Icon
from fieldapp.domain.loan_quote import Quote
from fieldapp.services.print_documents import DocumentKind
from fieldapp.translation import tr


class SigningStep(Column):
    """``print_wanted`` tells the DocumentKind, ``pack_wanted`` that all papers are to be shown; ``withdraw_wanted``
    that the customer does not want the loan.
    """

    print_wanted = Signal(object)
    pack_wanted = Signal()
    withdraw_wanted = Signal()

    def __init__(self) -> None:
        self.items = OpenItemsList()
        pack = Button(lambda: tr("All papers: freeze, print, seal"), Kind.SOFT, icon=Icon.ENCRYPTED, small=True)
        form = Button(lambda: tr("Print the form"), icon=Icon.PRINT, small=True)
        cover = Button(lambda: tr("Print the cover"), icon=Icon.PRINT, small=True)
        schedule = Button(lambda: tr("Print the schedule"), icon=Icon.PRINT, small=True)
        investigation = Button(lambda: tr("Print the investigation"), icon=Icon.PRINT, small=True)
        cost = Button(lambda: tr("Print the cost disclosure"), icon=Icon.PRINT, small=True)
        self.withdraw = Button(lambda: tr("Withdraw this application"), Kind.LINK, small=True)
        pack.clicked.connect(lambda: self.pack_wanted.emit())
        form.clicked.connect(lambda: self.print_wanted.emit(DocumentKind.APPLICATION))
        cover.clicked.connect(lambda: self.print_wanted.emit(DocumentKind.COVER))
        investigation.clicked.connect(lambda: self.print_wanted.emit(DocumentKind.INVESTIGATION))
        schedule.clicked.connect(lambda: self.print_wanted.emit(DocumentKind.SCHEDULE))
        cost.clicked.connect(lambda: self.print_wanted.emit(DocumentKind.COST))
        self.withdraw.clicked.connect(lambda: self.withdraw_wanted.emit())
        after = Text(
            lambda: tr(
                "Submitting hands the application to head office and freezes its data and papers. What was frozen and "
                "signed before stands, unless its data changed: then it becomes a new version to sign."
            ),
            Role.HINT,
            wrap=True,
        )
        super().__init__(
            Text(lambda: tr("What is missing"), Role.HEADING), self.items, Rule(),
            Text(lambda: tr("Papers"), Role.HEADING), pack, cover, form, investigation, schedule, cost, after, STRETCH,
            Line(self.withdraw, STRETCH), gap=10,
        )  # fmt: skip

    def show_quote(self, quote: Quote) -> None:
        """Show what stands between the form and its submission."""
        self.items.show_items(quote.open_items)

    def first(self) -> QWidget:
        """Where the keyboard begins."""
        return self.items.list
