"""How the screen calls the items and parts of the accounts, in the language now spoken."""

from __future__ import annotations

from fieldapp.desktop.components.words import Words
from fieldapp.domain.account_items import AccountItems, ItemWords
from fieldapp.domain.application_records import CheckItem, Flow, LookSubject
from fieldapp.domain.wording import Sentence
from fieldapp.translation import Language, language, say, tr

FLOW_NAMES: dict[Flow, Sentence] = {
    "sales": Sentence("Sales in all"),
    "goods": Sentence("Goods in all"),
    "costs": Sentence("Costs in all"),
    "other_income": Sentence("Other income in all"),
    "family": Sentence("Family in all"),
}
CHECK_NAMES: dict[CheckItem, Sentence] = {
    "sales_by_day": Sentence("Sales by the day"),
    "sales_by_week": Sentence("Sales by the week"),
    "purchases": Sentence("Sales by purchases"),
    "qr_takings": Sentence("Sales by QR takings"),
    "equity": Sentence("Equity by its growth"),
}
SUBJECT_NAMES: dict[LookSubject, Sentence] = {
    "character": Sentence("The person"),
    "product": Sentence("What they make or sell"),
    "collateral": Sentence("What secures the loan"),
    "water": Sentence("Water meter"),
    "electricity": Sentence("Electricity meter"),
    "tax": Sentence("Tax record"),
}
INPUT_NAMES = {
    "day_fen": Sentence("Takings of an ordinary day"),
    "days": Sentence("Days open a month"),
    "week_fen": Sentence("Takings of a week"),
    "purchases_fen": Sentence("Purchases a month"),
    "cost_share_bp": Sentence("Share of the goods in the price"),
    "takings_fen": Sentence("QR takings a month"),
    "qr_share_bp": Sentence("Share paid by QR code"),
    "opening_fen": Sentence("Equity then"),
    "months": Sentence("Months since then"),
    "taken_out_fen": Sentence("Taken out since then"),
}


def item_words(items: AccountItems, part: str, item: str) -> Words:
    """What an item is called, to be said anew when the language changes."""
    return lambda: in_language(items.words(part, item))


def in_language(words: ItemWords) -> str:
    """Words of the reference file in the language now spoken."""
    return words.en if language() is Language.ENGLISH else words.zh


def said_by(sentence: Sentence) -> Words:
    """A sentence to be said anew when the language changes."""
    return lambda: say(sentence)


def unit_of(name: str) -> Words:
    """The unit of a cross-check's input."""
    if name.endswith("_fen"):
        return lambda: tr("yuan")
    if name.endswith("_bp"):
        return "%"
    return (lambda: tr("days")) if name == "days" else (lambda: tr("months"))
