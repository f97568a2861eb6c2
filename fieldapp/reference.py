"""The reference tables shipped with the program: places and industries, read once."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from fieldapp.domain.account_items import AccountItems, AccountsTemplate, ItemWords
from fieldapp.domain.places import Area, Places, Village
from fieldapp.resources import resource


@dataclass(frozen=True, slots=True)
class Industry:
    """A section of GB/T 4754-2017 by its letter."""

    letter: str
    name_zh: str
    name_en: str


@cache
def places() -> Places:
    """All counties of GB/T 2260, and the towns and villages of the counties the bank serves."""
    return Places(
        (Area(**row) for row in _rows("areas.csv")),
        (Village(**row) for row in _rows("villages.csv")),
    )


@cache
def industries() -> tuple[Industry, ...]:
    """The twenty sections A to T, in order."""
    return tuple(Industry(**row) for row in _rows("industries.csv"))


@cache
def list_headings() -> dict[str, tuple[str, ...]]:
    """The headings seen in household lists by the field they mean, without width, case, spaces and marks."""
    return {row["field"]: tuple(row["headings"].split()) for row in _rows("list_headings.csv")}


@cache
def account_items() -> AccountItems:
    """What the accounts rebuilt on site ask for, by livelihood, as the bank wrote it."""
    written = tomllib.loads(resource("reference", "accounts.toml").read_text(encoding="utf-8-sig"))
    return AccountItems(
        items={
            part: {code: ItemWords(*words) for code, words in items.items()} for part, items in written["items"].items()
        },
        templates={
            code: AccountsTemplate(
                code,
                ItemWords(*template["name"]),
                {part: tuple(items) for part, items in template.items() if part != "name"},
            )
            for code, template in written["template"].items()
        },
    )


def _rows(name: str) -> Iterator[dict[str, str]]:
    with resource("reference", name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
