"""What is wrong or missing with what is typed now, and which of it the officer is told beside the fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from fieldapp.desktop.application_form.bound import Typed, TypedForm, same
from fieldapp.domain.application_checklist import OpenItem, Step, item_of
from fieldapp.domain.errors import Invalid
from fieldapp.domain.loan_quote import Quote
from fieldapp.translation import say

_STEPS = tuple(Step)
_LIVE_FIELDS = frozenset(("amount_fen", "months", "method", "product", "materials"))


class Findings:
    """Remembers what saving refused, and whether everything missing was asked for (``asked_all``)."""

    def __init__(self) -> None:
        self.asked_all = False
        self._refused: dict[str, tuple[object, Invalid]] = {}

    def refuse(self, problems: tuple[Invalid, ...] | list[Invalid], typed: Mapping[str, Any]) -> None:
        """Saving refused these; each stands until something else is typed there."""
        self._refused = {problem.field: (typed.get(problem.field), problem) for problem in problems}

    def items(self, quote: Quote, typed: Typed) -> tuple[OpenItem, ...]:
        """What is open, with what cannot be read in the place of what would count as missing."""
        own = {problem.field: problem for problem in (*typed.problems, *self._standing(typed))}
        items = [item for item in quote.open_items if item.field not in own]
        items += [item_of(problem) for problem in own.values()]
        return tuple(sorted(items, key=lambda item: _STEPS.index(item.step)))

    def errors(self, form: TypedForm, quote: Quote, typed: Typed) -> dict[str, Callable[[], str]]:
        """What stands below the fields.

        What is refused is always said; what is missing only where something stands already or all was asked for, and
        not in the field that is just being typed in.
        """
        refused = {problem.field for problem in (*quote.problems, *typed.problems, *self._standing(typed))}
        focused = form.focused()
        errors: dict[str, Callable[[], str]] = {}
        for item in self.items(quote, typed):
            name = item.field
            in_the_making = name == focused and name not in _LIVE_FIELDS and not self.asked_all
            if not in_the_making and (self.asked_all or name in refused or not form.empty(name)):
                errors.setdefault(name, partial(say, item.sentence))
        return errors

    def _standing(self, typed: Typed) -> list[Invalid]:
        everything = typed.everything
        return [
            problem
            for name, (value, problem) in self._refused.items()
            if name in everything and same(everything[name], value)
        ]
