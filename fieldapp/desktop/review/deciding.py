"""The small forms in which somebody asks or decides; what head office did not record stays typed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from fieldapp.desktop.components.entry import Choice, Entry, Note
from fieldapp.desktop.components.field import Field
from fieldapp.desktop.components.money_field import MoneyField
from fieldapp.desktop.components.words import Words
from fieldapp.desktop.page import Shell
from fieldapp.desktop.people.dialog_draft import Keep, Record
from fieldapp.desktop.people.small_form import open_small_form
from fieldapp.desktop.review.talk import place_words
from fieldapp.domain.case_file import fields_of
from fieldapp.domain.errors import Invalid
from fieldapp.domain.money import Money
from fieldapp.domain.wording import Sentence
from fieldapp.services.half_typed import Place
from fieldapp.services.laptop import Store
from fieldapp.services.review_applications import CaseToDecide, ReviewApplications, Terms
from fieldapp.translation import tr

Done = Callable[[], object]

_ONLINE = Sentence("It is recorded at head office now, or not at all.")


def open_question(shell: Shell, store: Store, service: ReviewApplications, case: CaseToDecide, done: Done) -> None:
    """Ask the officer something; the application stays where it is."""
    words, place = _note(lambda: tr("Question")), _place(case)

    def work() -> Callable[[], object]:
        return partial(service.ask, case.review.id, _text(words), _chosen(place))

    fields = {"text": words, "field": place}
    keep = _keep(store, case, "ask")
    _open(shell, lambda: tr("Ask the officer"), fields, lambda: tr("Ask"), work, lambda: tr("Asked"), done, keep)


def open_return(shell: Shell, store: Store, service: ReviewApplications, case: CaseToDecide, done: Done) -> None:
    """Give the application back to the officer, with a question at its place."""
    words, place, reason = _note(lambda: tr("Question")), _place(case), _note(lambda: tr("Why it is returned"), lines=2)

    def work() -> Callable[[], object]:
        asked = ((_chosen(place), _text(words)),) if _text(words).strip() else ()
        terms = Terms("return", reason=_text(reason) or _text(words), questions=asked)
        return partial(service.decide, case.review.id, terms)

    fields = {"text": words, "field": place, "reason": reason}
    title = lambda: tr("Return with a question")  # noqa: E731 - words
    keep = _keep(store, case, "return")
    _open(shell, title, fields, lambda: tr("Return"), work, lambda: tr("Returned"), done, keep)


def open_decline(shell: Shell, store: Store, service: ReviewApplications, case: CaseToDecide, done: Done) -> None:
    """Say no, with the reason."""
    reason = _note(lambda: tr("Reason"))

    def work() -> Callable[[], object]:
        return partial(service.decide, case.review.id, Terms("decline", reason=_text(reason)))

    title = lambda: tr("Decline {name}'s application?", name=case.review.name[:40])  # noqa: E731
    keep = _keep(store, case, "decline")
    _open(shell, title, {"reason": reason}, lambda: tr("Decline"), work, lambda: tr("Declined"), done, keep)


def open_approval(shell: Shell, store: Store, service: ReviewApplications, case: CaseToDecide, done: Done) -> None:
    """Recommend or approve: amount and term as applied for unless others are typed."""
    held = case.file.application
    money = MoneyField(big=False)
    money.set_value(Money(held.amount_fen) if held.amount_fen is not None else None)
    months = Entry(unit=lambda: tr("months"), right=True)
    months.setText(str(held.months or ""))
    conditions, reason = _note(lambda: tr("Conditions"), lines=2), _note(lambda: tr("Opinion"), lines=2)
    fields = {
        "amount_fen": Field(lambda: tr("Amount granted"), money),
        "months": Field(lambda: tr("Term"), months),
        "conditions": conditions,
        "reason": reason,
    }

    def work() -> Callable[[], object]:
        granted = money.value()
        terms = Terms(
            "approve",
            reason=_text(reason),
            conditions=_text(conditions),
            amount_fen=granted.fen if granted is not None else None,
            months=_months(months.text()),
        )
        return partial(service.decide, case.review.id, terms)

    approval = case.level == "approval"
    title = (lambda: tr("Approve the loan")) if approval else (lambda: tr("Recommend the loan"))
    verb = (lambda: tr("Approve")) if approval else (lambda: tr("Recommend"))
    told = (lambda: tr("Approved")) if approval else (lambda: tr("Recommended"))
    _open(shell, title, fields, verb, work, told, done, _keep(store, case, "approve"))


def _open(
    shell: Shell,
    title: Words,
    fields: dict[str, Field],
    verb: Words,
    work: Callable[[], Callable[[], object]],
    told: Words,
    done: Done,
    keep: Keep,
) -> None:
    def recorded(_nothing: object) -> None:
        shell.toast(told, lambda: tr("Confirmed by head office"))
        done()

    open_small_form(
        shell, title, _ONLINE, fields, verb=verb, stay=lambda: tr("Not now"), work=work, done=recorded, keep=keep
    )


def _keep(store: Store, case: CaseToDecide, act: str) -> Keep:
    return Keep(store, Place(case.review.id, act), record=Record.HEAD_OFFICE)


def _note(label: Words, lines: int = 4) -> Field:
    return Field(label, Note(lines=lines))


def _place(case: CaseToDecide) -> Field:
    return Field(
        lambda: tr("About"), Choice(_places(fields_of(case.file)), nothing=lambda: tr("The whole application"))
    )


def _places(fields: Iterable[str]) -> list[tuple[object, Words]]:
    return [("", lambda: tr("The whole application")), *((name, partial(place_words, name)) for name in fields)]


def _text(field: Field) -> str:
    control = field.control
    return control.text() if isinstance(control, Note) else ""


def _chosen(field: Field) -> str:
    control = field.control
    return str(control.value() or "") if isinstance(control, Choice) else ""


def _months(typed: str) -> int:
    text = typed.strip()
    if not (text.isascii() and text.isdecimal() and len(text) < 4):
        raise Invalid("terms", Sentence("A term runs from 1 to at most 360 months."), field="months")
    return int(text)
