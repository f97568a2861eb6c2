"""Who may see a record, and who may do what with it (DOMAIN B, SYNC 18). Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from fieldapp.domain.errors import Invalid
from fieldapp.domain.identifiers import BANK_STREAM
from fieldapp.domain.kinds import KINDS
from fieldapp.domain.records import Role
from fieldapp.domain.wording import Sentence
from fieldapp.headoffice.json_values import same
from fieldapp.headoffice.record import StoredRecord
from fieldapp.protocol.changes import Change

SHARED = "shared"
HEAD = "head"
_OWN = "own:"

Relation = Literal["in", "late", "never"]


@dataclass(frozen=True, slots=True)
class Author:
    """The member of staff a laptop belongs to; ``branch`` is their stream."""

    staff: str
    role: Role
    branch: str

    @property
    def leads(self) -> bool:
        """Whether they see and assign the whole branch's work."""
        return self.role == "branch_head"

    def audiences(self) -> dict[str, str]:
        """Each stream they read, with the audience they are of there."""
        return {BANK_STREAM: SHARED, self.branch: HEAD if self.leads else own(self.staff)}

    def scope_tag(self, stream: str) -> str:
        """Changes when what they may see of ``stream`` does; a cursor of another scope starts anew (SYNC 26, 30)."""
        return _tag(self.audiences().get(stream, ""), self.role)


@lru_cache(maxsize=4096)
def _tag(audience: str, role: Role) -> str:
    return hashlib.sha256(f"{audience}\n{role}".encode()).hexdigest()[:8]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is speaking: a laptop and its officer, with the counter and the time (UTC) it was last noted at."""

    device: str
    author: Author
    counter: int = 0
    last_seen: str | None = None

    def seen_since(self, moment: str) -> bool:
        """Whether it was noted after ``moment``."""
        return self.last_seen is not None and self.last_seen > moment


def own(staff: str) -> str:
    """The audience of one officer's own records."""
    return _OWN + staff


def officer_of(audience: str) -> str | None:
    """Whose own records the audience reads; None for one that reads the whole stream."""
    return audience.removeprefix(_OWN) if audience.startswith(_OWN) else None


def relation_of(author: Author, record: StoredRecord) -> Relation:
    """Whether ``author`` has ``record``, once had it, or never did."""
    if record.stream == BANK_STREAM:
        return "never"
    if record.owner == author.staff or (author.leads and record.stream == author.branch):
        return "in"
    return "late" if author.staff in record.had else "never"


def refusal_of_author(author: Author, change: Change) -> Invalid | None:
    """Why ``author`` may not send this change, whatever record it meets."""
    if change.actor != author.staff:
        return Invalid(
            "actor", Sentence("This was written by somebody else than this laptop's officer."), field="actor"
        )
    definition = KINDS.get(change.kind)
    if definition is not None and definition.mirror:
        return out_of_scope("kind")
    return None


def out_of_scope(field: str = "record") -> Invalid:
    """The record is none of the author's."""
    return Invalid("scope", Sentence("This record is not among yours."), field=field)


def refusal_of_create(author: Author, change: Change) -> Invalid | None:
    """Why ``author`` may not create this record: nobody but a branch head gives work to another."""
    if author.leads and change.kind not in _TESTIMONY:
        return None
    for name in _ATTRIBUTED.get(change.kind, ()):
        if change.fields.get(name, (None, None))[1] != author.staff:
            return Invalid("actor", Sentence("You can only record this for yourself."), field=name)
    if change.kind == "application" and _typed_status(change, "draft") not in ("draft", "submitted"):
        return _not_yours("status")
    return None


def refusal_of_edit(author: Author, change: Change, current: StoredRecord) -> Invalid | None:
    """Why ``author``, who has the record, may not change it like this."""
    moved = [
        name
        for name, (shown, new) in change.fields.items()
        if not same(new, shown) and not same(new, current.values.get(name))
    ]
    if not author.leads:
        for name in _ASSIGNED.get(change.kind, ()):
            if name in moved:
                return _not_yours(name)
    if change.kind == "application" and moved:
        return _refusal_of_application_edit(author, change, current, moved)
    return None


def refusal_of_row(change: Change, current: StoredRecord | None, parent: StoredRecord | None) -> Invalid | None:
    """Why a row behind an application may not move: it stands still once the application is head office's (DOMAIN B).

    ``parent`` is the record the change names as its parent; a change that names another than the row's own is refused.
    """
    if change.kind not in _ROWS:
        return None
    if current is not None and change.parent != current.parent:
        return out_of_scope("parent")
    if parent is not None and parent.kind == "application" and parent.values.get("status") not in _OFFICERS_MOVES:
        return _not_yours("status")
    return None


_ROWS = ("party", "external_debt", "collateral", "guarantee")
_ATTRIBUTED = {
    "prospect": ("owner",),
    "application": ("officer",),
    "contact": ("staff",),
    "visit": ("staff",),
    "consent": ("staff",),
    "conflict_declaration": ("staff",),
}
_TESTIMONY = ("consent", "conflict_declaration")
"""Nobody says in another's name what was signed before them, or what their interests are."""
_ASSIGNED = {"prospect": ("owner",), "application": ("officer",)}
_OFFICERS_MOVES = {"draft": ("submitted", "withdrawn"), "returned": ("submitted", "withdrawn")}
_SENT_BACK_WITH = {"status", "decision_note"}


def _refusal_of_application_edit(
    author: Author, change: Change, current: StoredRecord, moved: list[str]
) -> Invalid | None:
    standing = current.values.get("status")
    if standing not in _OFFICERS_MOVES:
        returns = (
            author.leads
            and standing == "submitted"
            and set(moved) <= _SENT_BACK_WITH
            and _typed_status(change, "submitted") in ("submitted", "returned")
        )
        return None if returns else _not_yours(moved[0])
    if "status" in moved and _typed_status(change, standing) not in _OFFICERS_MOVES[standing]:
        return _not_yours("status")
    return None


def _typed_status(change: Change, otherwise: str) -> object:
    return change.fields["status"][1] if "status" in change.fields else otherwise


def _not_yours(field: str) -> Invalid:
    return Invalid("not_yours", Sentence("This is head office's to change, not yours."), field=field)
