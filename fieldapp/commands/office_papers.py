"""Checking papers against what head office holds; apart, since it needs what a laptop prints with."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from fieldapp.commands.answering import Answer
from fieldapp.commands.verify import tell_checked
from fieldapp.domain.money import Money
from fieldapp.headoffice.administration import Administration
from fieldapp.services.held_papers import HeldPaper, paper_held
from fieldapp.services.print_documents import Document


def check_at_head_office(office: Administration, file: Path | None, code: str | None, answer: Answer) -> None:
    """Check the file, or the text of a code; ends the process with the exit code it earned."""
    tell_checked(_OfficePapers(office), file, code, answer)


class _OfficePapers:
    """The papers that laptops handed in. Head office prints none, so that drafts are unknown to it."""

    def __init__(self, office: Administration) -> None:
        self._office = office

    @cached_property
    def authority(self) -> str | None:
        return self._office.seal_authority()

    def papers(self) -> Iterable[HeldPaper]:
        return self._papers

    def current(self, _number: str) -> Document | None:
        return None

    def amount(self, _record: str) -> Money | None:
        return None

    @cached_property
    def _papers(self) -> list[HeldPaper]:
        found = (paper_held(one.record, one.parent, one.values) for one in self._office.records_of("document"))
        return [held for held in found if held is not None]
