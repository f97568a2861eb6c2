"""The questions with which rows behind a loan are entered and changed: people, debts, what secures the loan."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import msgspec

from fieldapp.desktop.application_form.backing_words import SECURED, SOURCES, THINGS
from fieldapp.desktop.application_form.party_fields import KnownFields, PromiseFields, WhoFields
from fieldapp.desktop.application_form.row_values import day_in, fen_in, money_of
from fieldapp.desktop.application_form.steps import Steps
from fieldapp.desktop.components.date_field import DateField
from fieldapp.desktop.components.entry import Choice, Entry, Note
from fieldapp.desktop.components.field import Field
from fieldapp.desktop.components.money_field import MoneyField
from fieldapp.desktop.components.overlay import Overlay
from fieldapp.desktop.components.segmented import Segmented
from fieldapp.desktop.components.words import Words
from fieldapp.desktop.page import Shell
from fieldapp.desktop.people.dialog_draft import Keep
from fieldapp.desktop.people.small_form import open_small_form
from fieldapp.desktop.session import DesktopSession
from fieldapp.domain import parties, security
from fieldapp.domain.application_records import Collateral, ExternalDebt, PartyRole
from fieldapp.domain.case_file import CaseFile
from fieldapp.domain.kinds import Values
from fieldapp.domain.records import Person
from fieldapp.services.application_collateral import add_collateral, edit_collateral
from fieldapp.services.application_debts import add_debt, edit_debt
from fieldapp.services.application_parties import (
    add_party,
    edit_party,
    say_spouse_signs,
    shown_of,
)
from fieldapp.services.case_rows import remove_row, restore_rows
from fieldapp.services.half_typed import Place
from fieldapp.translation import tr

SOMEBODY_ELSE = "somebody else"


class BackingDialogs:
    """Asks over the page; ``case`` tells the application's id and file as saved, None while nothing is open.

    ``aside`` is called once something half typed was put aside.
    """

    def __init__(
        self,
        shell: Shell,
        session: DesktopSession,
        case: Callable[[], tuple[str, CaseFile] | None],
        aside: Callable[[], object] = lambda: None,
    ) -> None:
        self._shell, self._session, self._case, self._aside = shell, session, case, aside

    def serve(self, steps: Steps) -> None:
        """Ask what the lists of rows on ``steps`` want."""
        steps.applicant.parties.add_wanted.connect(lambda: self.enter_party("co_borrower"))
        steps.applicant.parties.change_wanted.connect(self.change_party)
        steps.business.debts.add_wanted.connect(lambda: self.enter_debt(guarantee=False))
        steps.business.debts.other_wanted.connect(lambda: self.enter_debt(guarantee=True))
        steps.business.debts.change_wanted.connect(self.change_debt)
        steps.guarantee.guarantors.add_wanted.connect(lambda: self.enter_party("guarantor"))
        steps.guarantee.guarantors.change_wanted.connect(self.change_party)
        steps.guarantee.collateral.add_wanted.connect(self.enter_collateral)
        steps.guarantee.collateral.change_wanted.connect(self.change_collateral)
        for panel in steps.rows().values():
            panel.remove_wanted.connect(self.remove)

    def enter_party(self, role: PartyRole) -> None:
        """Ask for a co-borrower or a guarantor."""
        if (case := self._case()) is None:
            return
        application, _ = case
        who = WhoFields(self._shell, self._session, application)
        promise = PromiseFields() if role == "guarantor" else None
        fields = {"person": who.person, "relation": who.relation}
        fields |= (promise.fields() if promise is not None else {}) | who.numbers()

        def work() -> Callable[[], Any]:
            draft = who.draft(role, promise)
            return partial(add_party, self._session.store, application, draft)

        titles: dict[str, Words] = {
            "guarantor": lambda: tr("Who guarantees the loan?"),
            "co_borrower": lambda: tr("Who borrows as well?"),
        }
        keep = self._keep(Place(application, role))
        who.stand_in(self._ask(titles.get(role, ""), "", fields, work, keep, adds=True))

    def change_party(self, row: object) -> None:
        """Ask for what is to change of a party; of the spouse, whether they sign."""
        if (case := self._case()) is None:
            return
        application, file = case
        if row == parties.SPOUSE:
            self._ask_spouse(application, file)
            return
        party = file.backing.parties.get(str(row))
        if party is None:
            return
        person = file.backing.people.get(party.person, Person())
        held = file.backing.guarantees.get(security.guarantee_of(file.backing, party.person) or "")
        shown = shown_of(party, held)
        who = KnownFields(self._shell, self._session, party.person, person, party.relation)
        promise = PromiseFields(held.mode, held.amount_fen) if held is not None else None
        if promise is None and party.role == "guarantor":
            promise = PromiseFields()
        fields = {"relation": who.relation} | (promise.fields() if promise is not None else {}) | who.numbers()

        def work() -> Callable[[], Any]:
            return partial(edit_party, self._session.store, str(row), shown, who.draft(party.role, promise))

        name = person.name[:40]
        keep = self._keep(Place(application, "party", str(row)), shown)
        self._ask(lambda: tr("What is to change of {name}?", name=name), "", fields, work, keep)

    def enter_debt(self, *, guarantee: bool) -> None:
        """Ask for a debt elsewhere or a guarantee given."""
        self._ask_debt(None, ExternalDebt(guarantee=guarantee))

    def change_debt(self, row: object) -> None:
        """Ask for what is to change of one."""
        case = self._case()
        debt = case[1].backing.debts.get(str(row)) if case is not None else None
        if debt is not None:
            self._ask_debt(str(row), debt)

    def enter_collateral(self) -> None:
        """Ask for what secures the loan."""
        self._ask_collateral(None, Collateral())

    def change_collateral(self, row: object) -> None:
        """Ask for what is to change of it."""
        case = self._case()
        thing = case[1].backing.collateral.get(str(row)) if case is not None else None
        if thing is not None:
            self._ask_collateral(str(row), thing)

    def remove(self, row: object) -> None:
        """Take a row away at once, with a way back."""
        store = self._session.store

        def removed(rows: tuple[str, ...]) -> None:
            self._shell.toast(
                lambda: tr("Removed from the application"),
                lambda: tr("Only on this laptop"),
                undo=lambda: self._run(partial(restore_rows, store, rows)),
            )

        self._run(partial(remove_row, store, str(row)), removed)

    def _ask_spouse(self, application: str, file: CaseFile) -> None:
        _, said = parties.spouse_party(file.backing)
        signs = Segmented([(True, lambda: tr("Signs")), (False, lambda: tr("Does not sign"))])
        signs.choose(said.signs)
        reason = Note(lines=2)
        reason.setText(said.no_signature_reason)
        fields = {
            "signs": Field(lambda: tr("The spouse"), signs, key="Alt 1–2"),
            "no_signature_reason": Field(lambda: tr("Why not"), reason),
        }
        why = fields["no_signature_reason"]
        why.setVisible(not said.signs)

        def work() -> Callable[[], Any]:
            chosen = signs.value() is True
            return partial(say_spouse_signs, self._session.store, application, signs=chosen, reason=reason.text())

        overlay = self._ask(
            lambda: tr("Does the spouse sign?"),
            lambda: tr("A debt of the family is signed by both (Civil Code 1064); without it the reviewer reads why."),
            fields,
            work,
            self._keep(Place(application, "party", parties.SPOUSE)),
        )

        def chosen(value: object) -> None:
            why.setVisible(value is False)
            overlay.refit()

        signs.chosen.connect(chosen)

    def _ask_debt(self, row: str | None, debt: ExternalDebt) -> None:
        if (case := self._case()) is None:
            return
        application = case[0]
        lender, balance, instalment = Entry(), MoneyField(big=False), MoneyField(big=False)
        due, held, source = DateField(self._session.today, hint=False), Entry(), Segmented(SOURCES)
        lender.setText(debt.lender)
        balance.set_value(money_of(debt.balance_fen))
        instalment.set_value(money_of(debt.instalment_fen))
        due.set_value(debt.due)
        held.setText(debt.security)
        source.choose(debt.source)
        given = debt.guarantee
        fields = {
            "lender": Field((lambda: tr("For whom")) if given else (lambda: tr("Lender")), lender),
            "balance_fen": Field((lambda: tr("Guaranteed")) if given else (lambda: tr("Still owed")), balance),
            **({} if given else {"instalment_fen": Field(lambda: tr("Paid each month"), instalment)}),
            "due": Field(lambda: tr("Due"), due),
            "security": Field(lambda: tr("Security or evidence"), held),
            "source": Field(lambda: tr("Known from"), source, key="Alt 1–2"),
        }
        shown = _shown(debt)

        def work() -> Callable[[], Any]:
            typed: Values = {
                "lender": lender.text(),
                "guarantee": given,
                "balance_fen": fen_in(balance, "balance_fen"),
                "instalment_fen": None if given else fen_in(instalment, "instalment_fen"),
                "due": day_in(due, "due"),
                "security": held.text(),
                "source": source.value(),
            }
            if row is None:
                return partial(add_debt, self._session.store, application, typed)
            return partial(edit_debt, self._session.store, row, shown, typed)

        title: Words = (lambda: tr("For whom do they stand in?")) if given else (lambda: tr("To whom is money owed?"))
        asks = "debt" if row is not None or not given else "guarantee_given"
        keep = self._keep(Place(application, asks, row or ""), shown)
        self._ask(title, "", fields, work, keep, adds=row is None)

    def _ask_collateral(self, row: str | None, thing: Collateral) -> None:
        if (case := self._case()) is None:
            return
        application, file = case
        what, value, number = Entry(), MoneyField(big=False), Entry()
        kind = Choice(THINGS, nothing=lambda: tr("choose what it is"))
        mode = Segmented(SECURED)
        known: list[tuple[object, Words]] = [(person, name) for person, name in security.owners(file).items()]
        if row is None:
            known.append((SOMEBODY_ELSE, lambda: tr("Somebody else")))
        owner = Choice(known, nothing=lambda: tr("choose the owner"))
        who = WhoFields(self._shell, self._session, application)
        what.setText(thing.description)
        value.set_value(money_of(thing.value_fen))
        number.setText(thing.register_no)
        kind.choose(thing.kind)
        mode.choose(thing.mode)
        owner.choose(thing.owner)
        stranger = {"person": who.person, "relation": who.relation} | who.numbers() if row is None else {}
        fields = {
            "description": Field(lambda: tr("What it is"), what),
            "kind": Field(lambda: tr("Kind"), kind),
            "mode": Field(lambda: tr("Mortgage or pledge"), mode, key="Alt 1–2"),
            "owner": Field(lambda: tr("Owner"), owner),
            **stranger,
            "value_fen": Field(lambda: tr("Value"), value),
            "register_no": Field(lambda: tr("Registration number"), number),
        }
        for field in stranger.values():
            field.hide()
        shown = _shown(thing)

        def work() -> Callable[[], Any]:
            typed: Values = {
                "owner": owner.value() if owner.value() != SOMEBODY_ELSE else None,
                "kind": kind.value(),
                "description": what.text(),
                "value_fen": fen_in(value, "value_fen"),
                "register_no": number.text(),
                "mode": mode.value(),
            }
            if row is not None:
                return partial(edit_collateral, self._session.store, row, shown, typed)
            pledgor = who.draft("pledgor", None) if owner.value() == SOMEBODY_ELSE else None
            return partial(add_collateral, self._session.store, application, typed, pledgor)

        keep = self._keep(Place(application, "collateral", row or ""), shown)
        overlay = self._ask(lambda: tr("What secures the loan?"), "", fields, work, keep, adds=row is None)
        who.stand_in(overlay)

        def chosen(key: object) -> None:
            for field in stranger.values():
                field.setVisible(key == SOMEBODY_ELSE)
            overlay.refit()

        owner.chosen.connect(chosen)

    def _keep(self, place: Place, shown: Values | None = None) -> Keep:
        return Keep(self._session.store, place, shown if shown is not None else {}, aside=self._aside)

    def _ask(
        self,
        title: Words,
        second: Words,
        fields: Mapping[str, Field],
        work: Callable[[], Any],
        keep: Keep,
        *,
        adds: bool = False,
    ) -> Overlay:
        return open_small_form(
            self._shell,
            title,
            second,
            fields,
            verb=(lambda: tr("Add")) if adds else (lambda: tr("Save")),
            stay=(lambda: tr("Do not add")) if adds else (lambda: tr("Leave it")),
            work=work,
            keep=keep,
            done=lambda _made: self._shell.toast(lambda: tr("Saved"), lambda: tr("Only on this laptop")),
        )

    def _run(self, work: Callable[[], Any], done: Callable[[Any], object] | None = None) -> None:
        self._shell.jobs.run(work, done=done or (lambda _: None), failed=self._shell.explain)


def _shown(record: ExternalDebt | Collateral) -> Values:
    values: Values = msgspec.to_builtins(record)
    return values
