"""What is asked for when accounts are rebuilt on site: items by their codes, and a template per livelihood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fieldapp.domain.application_records import BalanceSide, Flow, LivelihoodTemplate

BALANCE_PARTS: tuple[BalanceSide, ...] = ("asset", "liability")
FLOW_PARTS: tuple[Flow, ...] = ("sales", "goods", "costs", "other_income", "family")


@dataclass(frozen=True, slots=True)
class ItemWords:
    """What an item is called."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class AccountsTemplate:
    """One livelihood: its name, and the codes of its items by part of the accounts, in the order of the sheet."""

    code: LivelihoodTemplate
    name: ItemWords
    items: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class AccountItems:
    """All items and templates, as the bank wrote them. ``items`` are the words by part and code."""

    items: Mapping[str, Mapping[str, ItemWords]]
    templates: Mapping[str, AccountsTemplate]

    def words(self, part: str, item: str) -> ItemWords:
        """What an item is called; what an officer named (or a newer file knows) stands as it was written."""
        return self.items.get(part, {}).get(item) or ItemWords(item, item)

    def of_template(self, template: str | None, part: str) -> tuple[str, ...]:
        """The codes that a template asks for in one part; none without a template."""
        found = self.templates.get(template or "")
        return found.items.get(part, ()) if found is not None else ()
