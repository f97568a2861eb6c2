"""How far a record that comes back after a restore may stand, and from whose laptop (SYNC 35). Pure.

A laptop gives back what its officer could see, also what colleagues recorded. It decides nothing by that: what only
head office or those who decide may say stands beside, for a person to choose, or waits on the laptop.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from fieldapp.domain.application_status import EDITABLE
from fieldapp.domain.kinds import FORM_PARTS
from fieldapp.headoffice.record import StoredRecord
from fieldapp.headoffice.scope import MAKERS, Author, is_anothers_word, relation_of
from fieldapp.headoffice.storage.accounts import StaffAccount
from fieldapp.protocol.messages import RESCUED


class Standing(NamedTuple):
    """The values with which a record is made anew, and those that stand beside, in conflict, by their fields."""

    values: dict[str, Any]
    beside: dict[str, Any]


def oversees(author: Author) -> bool:
    """Whether the author reads what colleagues recorded, and so gives back what is said in their names."""
    return author.leads or author.decides


def may_give_back(author: Author, kind: str, values: dict[str, Any], parent: StoredRecord | None) -> bool:
    """Whether a record that head office does not know is made anew from this author's laptop, under ``parent``."""
    if parent is not None and relation_of(author, parent) == "never":
        return False
    makers = MAKERS.get(kind, (author.role,))
    if not oversees(author) and (author.role not in makers or is_anothers_word(author, kind, values)):
        return False
    return parent is None or kind not in FORM_PARTS or _takes_parts(author, kind, values, parent)


def owner_of_root(author: Author, named: object, account: StaffAccount | None, head: StaffAccount | None) -> str | None:
    """Whose a prospect is whose owner is ``named``, with that ``account``; None where nobody can say.

    An officer sees no prospects but their own. One of somebody who does not work in the branch, as far as head office
    knows now, or who decides on applications, is its branch head's: ``head``.
    """
    if not oversees(author):
        return author.staff if named in (None, author.staff) else None
    if account is not None and account.branch == author.branch and not account.author.decides:
        return account.staff
    if author.leads:
        return author.staff
    return head.staff if head is not None and account is not None and account.branch == author.branch else None


def as_application(author: Author, values: dict[str, Any]) -> Standing:
    """An application comes back in a status that decides nothing; the other one stands beside.

    It is submitted at most; from its officer's own laptop it is returned, to be submitted with all that is checked
    then. Once it is not the officer's to write any more, somebody has to confirm it: until then nobody decides on it.
    """
    status = values.get("status", "draft")
    stands = status
    if status not in _OFFICERS:
        stands = "draft" if values.get("submitted_at") is None else "submitted" if oversees(author) else "returned"
    beside = {"status": status} if stands != status else {}
    if stands not in EDITABLE and values.get("deleted") is not True:
        beside["deleted"] = True
    return Standing(values | {"status": stands} if stands != status else values, beside)


_OFFICERS = (*EDITABLE, "withdrawn")
"""What an officer makes of an application without anybody's leave."""


def _takes_parts(author: Author, kind: str, values: dict[str, Any], application: StoredRecord) -> bool:
    """What is submitted stands still (E14), unless it came back itself and nobody has confirmed it yet."""
    if application.values.get("status", "draft") in EDITABLE or application.deleted:
        return True
    asked = any(one.field == "deleted" and one.change.startswith(RESCUED) for one in application.conflicts)
    if application.rescued and asked:
        return True
    return kind == "statement" and author.decides and values.get("author") == "reviewer"
