"""Rules of the accounts rebuilt on site, on the laptop as at head office: ranges, months, lengths of texts."""

from __future__ import annotations

from collections.abc import Iterator

from fieldapp.domain.accounts import MONTHS
from fieldapp.domain.application_records import CrossCheck, LookPhotos, Statement, ThreeLooks
from fieldapp.domain.errors import Invalid
from fieldapp.domain.money import GREATEST_FEN
from fieldapp.domain.wording import Sentence

MOST_LINES = 200
"""Lines of a balance sheet, and of income and cost."""

ITEM_LIMIT, NOTE_LIMIT, FACTS_LIMIT = 40, 200, 2_000
"""Characters of an item's name, of a note beside it, and of what was found or explains a deviation."""

MOST_DAYS, MOST_MONTHS, WHOLE_BP, MOST_PHOTOS = 31, 600, 10_000, 20


def account_problems(record: Statement | CrossCheck | ThreeLooks | LookPhotos) -> list[Invalid]:
    """Everything wrong with a record of the accounts, in the order found; empty when it may be kept."""
    match record:
        case Statement():
            return list(_statement(record))
        case CrossCheck():
            return list(_cross_check(record))
        case ThreeLooks():
            return list(_looks(record))
        case LookPhotos():
            return list(_photos(record))


def in_range(name: str, number: int) -> bool:
    """Whether an input of a cross-check can be meant: money, shares in basis points, days and months by its name."""
    if name.endswith("_fen"):
        return 0 <= number <= GREATEST_FEN
    if name.endswith("_bp"):
        return 1 <= number <= WHOLE_BP
    return 1 <= number <= (MOST_DAYS if name == "days" else MOST_MONTHS)


def _statement(statement: Statement) -> Iterator[Invalid]:
    if len(statement.balance) > MOST_LINES:
        yield _too_many("balance")
    if len(statement.flows) > MOST_LINES:
        yield _too_many("flows")
    for number, line in enumerate(statement.balance):
        yield from _named(f"balance[{number}].item", line.item)
        yield from _text(f"balance[{number}].note", line.note, NOTE_LIMIT)
        yield from _text(f"balance[{number}].quantity", line.quantity, ITEM_LIMIT)
        for name, fen in (("amount_fen", line.amount_fen), ("instalment_fen", line.instalment_fen)):
            if fen is not None and not 0 <= fen <= GREATEST_FEN:
                yield _amount(f"balance[{number}].{name}")
    for number, flow in enumerate(statement.flows):
        yield from _named(f"flows[{number}].item", flow.item)
        if len(flow.months_fen) != MONTHS:
            yield Invalid("months", Sentence("A line has twelve months."), field=f"flows[{number}].months_fen")
        if any(not 0 <= fen <= GREATEST_FEN for fen in flow.months_fen):
            yield _amount(f"flows[{number}].months_fen")
    if len(statement.seasons) not in (0, MONTHS):
        yield Invalid("months", Sentence("The seasons are told for twelve months."), field="seasons")


def _cross_check(check: CrossCheck) -> Iterator[Invalid]:
    if len(check.inputs) > MOST_LINES:
        yield _too_many("inputs")
    for name, number in check.inputs.items():
        yield from _text("inputs", name, ITEM_LIMIT)
        if not in_range(name, number):
            yield Invalid("range", Sentence("This number cannot be meant."), field=f"inputs.{name[:ITEM_LIMIT]}")
    yield from _text("explanation", check.explanation, FACTS_LIMIT)


def _looks(looks: ThreeLooks) -> Iterator[Invalid]:
    subjects = [finding.subject for finding in looks.findings]
    if len(subjects) != len(set(subjects)):
        yield Invalid("twice", Sentence("Each look and each meter stands once."), field="findings")
    for finding in looks.findings:
        yield from _text(f"findings.{finding.subject}", finding.facts, FACTS_LIMIT)


def _photos(evidence: LookPhotos) -> Iterator[Invalid]:
    if not 1 <= len(evidence.photos) <= MOST_PHOTOS:
        sentence = Sentence("Between 1 and {most} photos are kept at a time.", most=MOST_PHOTOS)
        yield Invalid("photos", sentence, field="photos")


def _named(field: str, item: str) -> Iterator[Invalid]:
    if not item.strip():
        yield Invalid("required", Sentence("A line needs a name."), field=field)
    yield from _text(field, item, ITEM_LIMIT)


def _text(field: str, text: str, limit: int) -> Iterator[Invalid]:
    if len(text) > limit:
        yield Invalid("too_long", Sentence("This text is longer than {limit} characters.", limit=limit), field=field)


def _amount(field: str) -> Invalid:
    return Invalid("amount", Sentence("An amount cannot be negative or beyond reason."), field=field)


def _too_many(field: str) -> Invalid:
    return Invalid("lines", Sentence("There are more than {most} lines.", most=MOST_LINES), field=field)
