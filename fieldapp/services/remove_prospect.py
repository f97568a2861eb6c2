"""Taking a prospect off the lists: a tombstone that is sent like any change, and can be taken back (SYNC 19)."""

from __future__ import annotations

from dataclasses import dataclass

from fieldapp.domain.errors import Actionable
from fieldapp.domain.kinds import KINDS
from fieldapp.domain.wording import Sentence
from fieldapp.store.database import Store
from fieldapp.store.records import Records
from fieldapp.store.unit import Unit

_BORROWS = ("approved", "disbursed")
_WITH_HEAD_OFFICE = ("submitted", "approved")
_ENDED = ("declined", "withdrawn")


@dataclass(frozen=True, slots=True)
class Removal:
    """What removing would mean: how many talks and visits were recorded, how many entries are not sent yet."""

    talks: int
    unsent: int


def look_at_removal(store: Store, prospect: str) -> Removal:
    """What removing the prospect would mean now, to be said in the question. Raises as ``remove_prospect`` does."""
    with store.reading() as view:
        _require_removable(view.records, prospect)
        talks = view.records.children(prospect, "contact", "visit")
        family = [prospect, *(one.id for one in view.records.children(prospect, *KINDS))]
        return Removal(len(talks), len(view.outbox.unsent_among(family)))


def remove_prospect(store: Store, prospect: str) -> None:
    """Mark a prospect as deleted. Everything recorded stays, here and at head office, and what is unsent is sent.

    An edit by somebody else becomes a question to a person. Raises Actionable: ``gone``; ``undecided`` while two
    people disagree on something of the prospect; ``application`` while one is open, ``borrower`` while a loan runs.
    """

    def work(unit: Unit) -> None:
        _require_removable(unit.records, prospect)
        unit.delete(prospect)

    store.write(work)


def bring_back(store: Store, prospect: str) -> None:
    """Take a removal back: an ordinary change. Raises Actionable (``gone``) for what is not on this laptop."""

    def work(unit: Unit) -> None:
        if unit.records.get(prospect) is None:
            raise _gone()
        unit.edit(prospect, {"deleted": (True, False)})

    store.write(work)


def _require_removable(records: Records, prospect: str) -> None:
    stored = records.get(prospect)
    if stored is None or stored.kind != "prospect" or stored.deleted:
        raise _gone()
    applications = records.children(prospect, "application")
    for application in applications:
        _require_ended(str(application.screen.get("status") or "draft"))
    if stored.screen.get("stage") in _BORROWS:
        raise _has_loan()
    family = records.children(prospect, "person", "household", "business")
    if any(one.conflicts for one in (stored, *family, *applications)):
        raise Actionable(
            "undecided",
            Sentence("Somebody else changed the same thing about this prospect."),
            advice=Sentence("Decide on the page Sync which value stands. Then this prospect can be removed."),
        )


def _require_ended(status: str) -> None:
    if status in _ENDED:
        return
    if status == "disbursed":
        raise _has_loan()
    if status in _WITH_HEAD_OFFICE:
        raise Actionable(
            "application",
            Sentence("An application of this prospect is with head office. The prospect cannot be removed."),
            advice=Sentence("Nothing was changed. Wait until it is declined or returned to you."),
        )
    raise Actionable(
        "application",
        Sentence("An application of this prospect is still open. The prospect cannot be removed."),
        advice=Sentence("Nothing was changed. If the customer does not want the loan, withdraw the application first."),
    )


def _has_loan() -> Actionable:
    return Actionable(
        "borrower",
        Sentence("This prospect has a loan. A borrower is never removed."),
        advice=Sentence("Nothing was changed. The visits after the loan need the record."),
    )


def _gone() -> Actionable:
    return Actionable(
        "gone",
        Sentence("This prospect is no longer on this laptop."),
        advice=Sentence("It was deleted or given to a colleague."),
    )
