"""``fieldapp headoffice application|related-party|staff-number``: decided loans, and the lists the controls need."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import get_args

import click
import msgspec

from fieldapp.commands.answering import Answer, answering
from fieldapp.commands.configured import on_head_office, opened
from fieldapp.domain.application_status import Act
from fieldapp.domain.money import Money
from fieldapp.domain.records import ApplicationStatus
from fieldapp.domain.wording import Sentence
from fieldapp.headoffice.application_desk import ApplicationDesk, ApplicationLine
from fieldapp.headoffice.bank_lists import RELATIONS, BankLists
from fieldapp.headoffice.configuration import Settings
from fieldapp.protocol.identifiers import SystemClock
from fieldapp.translation import say, tr

STATUSES = click.Choice([str(status) for status in get_args(ApplicationStatus)])


@click.group("application")
def application() -> None:
    """Applications that were submitted. Reviewers and approvers decide on their own laptops."""


@application.command("list")
@click.option("--branch", "branch_code", help="Only this sub-branch's.")
@click.option("--status", type=STATUSES, help="Only those in this status.")
@answering
@on_head_office()
def application_list(settings: Settings, branch_code: str | None, status: str | None, answer: Answer) -> None:
    """List what was submitted, oldest first."""
    found = _desk(settings).listed(branch=branch_code, status=status)
    answer.give({"applications": [asdict(one) for one in found]}, *map(_in_words, found))


@application.command("show")
@click.argument("number")
@answering
@on_head_office()
def application_show(settings: Settings, number: str, answer: Answer) -> None:
    """Show the application NUMBER with its alerts, questions and decisions."""
    file = _desk(settings).show(number)
    staff = {one.staff: one.name for one in opened(settings).staff()}
    lines = [_in_words(file.line)]
    lines += [f"{alert.control}\t{say(Sentence(alert.text, **alert.values))}" for alert in file.alerts]
    for question, answers in file.questions:
        lines.append(f"? {staff.get(question.staff, question.staff)}: {question.text}")
        lines += [f"  {staff.get(one.staff, one.staff)}: {one.text}" for one in answers]
    lines += [
        "\t".join((one.level, one.outcome, staff.get(one.staff, one.staff), one.conditions or one.reason))
        for one in file.decisions
    ]
    lines += ["\t".join(("rescue", one.level, one.outcome, staff.get(one.staff, one.staff))) for one in file.given_back]
    facts = {
        **asdict(file.line),
        "values": msgspec.to_builtins(file.application),
        "alerts": msgspec.to_builtins(list(file.alerts)),
        "questions": [
            {**msgspec.to_builtins(question), "answers": msgspec.to_builtins(list(answers))}
            for question, answers in file.questions
        ],
        "decisions": msgspec.to_builtins(list(file.decisions)),
        "given_back": msgspec.to_builtins(list(file.given_back)),
    }
    answer.give(facts, *lines)


def _move(settings: Settings, number: str, act: Act, by: str, note: str, answer: Answer) -> None:
    moved = _desk(settings).move(number, act, by=by, note=note)
    answer.give(asdict(moved), _in_words(moved), tr("The officer's laptop learns of it when it synchronises."))


@application.command("contract")
@click.argument("number")
@click.option("--by", "by", metavar="STAFF", required=True, help="Who signed for the bank; nobody who decided.")
@answering
@on_head_office()
def application_contract(settings: Settings, number: str, by: str, answer: Answer) -> None:
    """The contract of the approved application NUMBER is signed."""
    _move(settings, number, "contract", by, "", answer)


@application.command("disburse")
@click.argument("number")
@click.option("--by", "by", metavar="STAFF", required=True, help="Who paid out; nobody who decided.")
@answering
@on_head_office()
def application_disburse(settings: Settings, number: str, by: str, answer: Answer) -> None:
    """The loan of the contracted application NUMBER is paid out."""
    _move(settings, number, "disburse", by, "", answer)


@application.command("withdraw")
@click.argument("number")
@click.option("--by", "by", metavar="STAFF", required=True, help="Who notes it.")
@click.option("--reason", default="", help="Why.")
@answering
@on_head_office()
def application_withdraw(settings: Settings, number: str, by: str, reason: str, answer: Answer) -> None:
    """The customer of NUMBER does not want the loan any more."""
    _move(settings, number, "withdraw", by, reason, answer)


@click.group("related-party")
def related_party() -> None:
    """Directors, supervisors, managers, credit staff, their close kin and firms.

    Each entry takes two persons. The list never leaves head office, and numbers in it cannot be read again.
    """


@related_party.command("add")
@click.argument("name")
@click.option("--relation", type=click.Choice(RELATIONS), required=True)
@click.option("--by", "by", metavar="STAFF", required=True, help="Who enters it; another confirms it.")
@click.option("--of", "of", metavar="STAFF", help="Whose kin or firm it is: they look after none of its applications.")
@click.option("--number", help="Identity number or credit code; without it one line is read, unseen where typed.")
@answering
@on_head_office()
def related_party_add(
    settings: Settings, name: str, relation: str, by: str, of: str | None, number: str | None, answer: Answer
) -> None:
    """Propose NAME."""
    asked = number if number is not None else _asked()
    entry = _lists(settings).add_related_party(name, asked, relation, by=by, of=of)
    answer.give(
        {"entry": entry, "state": "proposed"},
        tr("{name} is proposed. Entry: {entry}", name=name, entry=entry),
        tr("Next: another person says 'fieldapp headoffice related-party confirm {entry}'.", entry=entry),
    )


@related_party.command("confirm")
@click.argument("entry")
@click.option("--by", "by", metavar="STAFF", required=True, help="Who confirms it; not who entered it.")
@answering
@on_head_office()
def related_party_confirm(settings: Settings, entry: str, by: str, answer: Answer) -> None:
    """Confirm what another person proposed for ENTRY."""
    state = _lists(settings).confirm_related_party(entry, by=by)
    words = tr("It counts from now on.") if state == "standing" else tr("It does not count any more.")
    answer.give({"entry": entry, "state": state}, words)


@related_party.command("remove")
@click.argument("entry")
@click.option("--by", "by", metavar="STAFF", required=True, help="Who proposes it; another confirms it.")
@answering
@on_head_office()
def related_party_remove(settings: Settings, entry: str, by: str, answer: Answer) -> None:
    """Propose that ENTRY goes; it counts until another person confirms."""
    lists = _lists(settings)
    lists.remove_related_party(entry, by=by)
    state = next(one.state for one in lists.related_parties() if one.entry == entry)
    answer.give({"entry": entry, "state": state}, tr("Noted: {state}.", state=state))


@related_party.command("list")
@answering
@on_head_office()
def related_party_list(settings: Settings, answer: Answer) -> None:
    """List the entries; numbers are masked."""
    found = _lists(settings).related_parties()
    shown = [{name: value for name, value in asdict(one).items() if name != "digest"} for one in found]
    answer.give(
        {"entries": shown},
        *("\t".join((one.entry, one.name, one.masked, one.relation, one.of_staff or "", one.state)) for one in found),
    )


@click.command("staff-number")
@click.argument("staff_number")
@click.option("--sort", type=click.Choice(["mobile", "account"]), required=True)
@click.option("--number", help="Without it one line is read, unseen where typed.")
@answering
@on_head_office()
def staff_number(settings: Settings, staff_number: str, sort: str, number: str | None, answer: Answer) -> None:
    """Note a telephone or an account of STAFF_NUMBER's own; only a keyed digest is kept."""
    typed = number if number is not None else _asked()
    _lists(settings).add_staff_number(staff_number, "mobile" if sort == "mobile" else "account", typed)
    answer.give(
        {"staff": staff_number, "sort": sort},
        tr("Noted. An application that gives it as the customer's is refused."),
    )


_LONGEST_LINE = 1000


def _asked() -> str:
    """A number that should not stand in the shell's history: what a person types unseen, or a line that is sent.

    Empty where nothing can be read, or nothing that is text.
    """
    if sys.stdin is None:
        return ""
    if not sys.stdin.isatty():
        try:
            return sys.stdin.readline(_LONGEST_LINE).strip()
        except (UnicodeDecodeError, OSError):
            return ""
    typed: str = click.prompt(tr("Number"), hide_input=True, err=True)
    return typed


def _in_words(line: ApplicationLine) -> str:
    fen = f"{Money(line.amount_fen).decimal_yuan:,.2f}" if line.amount_fen is not None else "–"
    parts = (line.application, line.number, line.branch, line.name, line.status, fen, f"{line.months or '–'}")
    return "\t".join((*parts, *([f"! {line.alerts}"] if line.alerts else [])))


def _desk(settings: Settings) -> ApplicationDesk:
    return ApplicationDesk(opened(settings).store, SystemClock())


def _lists(settings: Settings) -> BankLists:
    return BankLists(opened(settings).store, SystemClock())


def register(group: click.Group) -> None:
    """Add these commands to ``fieldapp headoffice``."""
    for command in (application, related_party, staff_number):
        group.add_command(command)
