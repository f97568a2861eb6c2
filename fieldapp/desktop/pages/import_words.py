"""The words of an import: what a column can hold, and what became of a row."""

from __future__ import annotations

from fieldapp.domain.wording import Sentence
from fieldapp.services.household_list import Field, Outcome, RowOutcome
from fieldapp.translation import say, tr, trn

FIELD_NAMES = {
    Field.NAME: Sentence("Name"),
    Field.HOUSEHOLD: Sentence("Number or head of the household"),
    Field.RELATION: Sentence("Relation to the head"),
    Field.PHONE: Sentence("Telephone"),
    Field.OTHER_PHONE: Sentence("Other telephone"),
    Field.IDENTITY: Sentence("Identity number"),
    Field.BIRTH: Sentence("Date of birth"),
    Field.SEX: Sentence("Sex"),
    Field.VILLAGE: Sentence("Village"),
    Field.VILLAGE_CODE: Sentence("Village code"),
    Field.TOWN: Sentence("Town"),
    Field.GROUP: Sentence("Group in the village"),
    Field.ADDRESS: Sentence("Address"),
    Field.HOUSEHOLD_SIZE: Sentence("People in the household"),
    Field.BUSINESS: Sentence("Business"),
    Field.YEARLY_INCOME: Sentence("Yearly income"),
    Field.WISHED_AMOUNT: Sentence("Amount wished"),
    Field.REMARK: Sentence("Remark"),
}


def outcome_words(outcome: RowOutcome) -> str:
    """What becomes of a row, with the reason or the doubt, and how many people stand in it beside the head."""
    if outcome.is_of_people_beside and outcome.reason is not None:
        return tr("Refused of this household: {reason}", reason=say(outcome.reason.sentence))
    if outcome.reason is not None:
        return tr("Refused: {reason}", reason=say(outcome.reason.sentence))
    if outcome.outcome is Outcome.MEMBER:
        return tr("Of the household of row {row}", row=outcome.earlier)
    if outcome.outcome is Outcome.SAME_AS_EARLIER_ROW:
        return tr("The same household as row {row}", row=outcome.earlier)
    if outcome.warnings:
        return tr("New; look at it: {doubt}", doubt=say(outcome.warnings[0].sentence))
    if outcome.row is not None and outcome.row.members:
        return trn("New, with {count} member", "New, with {count} members", len(outcome.row.members))
    return tr("New")
