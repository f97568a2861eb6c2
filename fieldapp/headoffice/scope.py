"""Who may see a record, and who may do what with it (DOMAIN B, SYNC 18). Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, Protocol, get_args

from fieldapp.domain.application_status import EDITABLE, LEVELS, refusal_of_move
from fieldapp.domain.errors import Invalid
from fieldapp.domain.identifiers import BANK_STREAM
from fieldapp.domain.kinds import KINDS
from fieldapp.domain.records import Role
from fieldapp.domain.wording import Sentence
from fieldapp.headoffice.flaws import malformed
from fieldapp.headoffice.json_values import same
from fieldapp.headoffice.record import StoredRecord
from fieldapp.protocol.changes import Change
from fieldapp.protocol.messages import RESCUED

SHARED = "shared"
HEAD = "head"
REVIEW = "review"
"""The audience of those who decide: in their branch, every customer of whom an application was ever submitted."""
_OWN = "own:"

Relation = Literal["in", "late", "never"]

NO_CUSTOMERS = Sentence("Who decides on applications has no customers of their own.")
"""Why nothing is given to them (E3)."""


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

    @property
    def decides(self) -> bool:
        """Whether they decide on applications; then they have no customers of their own (E3)."""
        return self.role in LEVELS

    def audiences(self) -> dict[str, str]:
        """Each stream they read, with the audience they are of there."""
        audience = HEAD if self.leads else REVIEW if self.decides else own(self.staff)
        return {BANK_STREAM: SHARED, self.branch: audience}

    def scope_tag(self, stream: str) -> str:
        """Changes when what they may see of ``stream`` does; a cursor of another scope starts anew (SYNC 26, 30)."""
        return self.scope_tags().get(stream) or _tag("", self.role)

    def scope_tags(self) -> dict[str, str]:
        """That of each stream they read; not to be altered."""
        return _tags(self)


@lru_cache(maxsize=4096)
def _tags(author: Author) -> dict[str, str]:
    return {stream: _tag(audience, author.role) for stream, audience in author.audiences().items()}


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


class Placed(Protocol):
    """What stands somewhere, and is or was somebody's."""

    @property
    def stream(self) -> str: ...

    @property
    def owner(self) -> str: ...

    @property
    def had(self) -> tuple[str, ...]: ...


def relation_of(author: Author, record: Placed) -> Relation:
    """Whether ``author`` has ``record``, once had it, or never did."""
    if record.stream == BANK_STREAM:
        return "never"
    if author.decides:
        return "in" if record.stream == author.branch else "never"
    if record.owner == author.staff or (author.leads and record.stream == author.branch):
        return "in"
    return "late" if author.staff in record.had else "never"


def refusal_of_author(author: Author, change: Change) -> Invalid | None:
    """Why ``author`` may not send this change, whatever record it meets."""
    if change.actor != author.staff:
        return Invalid(
            "actor", Sentence("This was written by somebody else than this laptop's officer."), field="actor"
        )
    if change.id.startswith(RESCUED):  # what stands under such an id came back after a restore, and decides nothing
        return malformed("id")
    definition = KINDS.get(change.kind)
    if definition is not None and definition.mirror:
        return out_of_scope("kind")
    return None


def out_of_scope(field: str = "record") -> Invalid:
    """The record is none of the author's."""
    return Invalid("scope", Sentence("This record is not among yours."), field=field)


def refusal_of_create(author: Author, change: Change, *, late: bool = False) -> Invalid | None:
    """Why ``author`` may not create this record: nobody but a branch head gives work to another.

    ``late``: they do not have the parent any more. Their own word counts all the same, whatever has become of their
    role since they wrote it; what only some roles ever say does not.
    """
    makers = MAKERS.get(change.kind, get_args(Role) if late else _LENDERS_ALL)
    if author.role not in makers and not _is_reviewers_statement(author, change):
        return _not_yours(change.kind)
    signed = _SIGNED.get(change.kind, ())
    for name in signed if author.leads else (*signed, *_ATTRIBUTED.get(change.kind, ())):
        if _typed(change, name) != author.staff:
            return Invalid("actor", Sentence("You can only record this for yourself."), field=name)
    if is_anothers_word(author, change.kind, {name: new for name, (_shown, new) in change.fields.items()}):
        return _not_yours("author")
    if change.kind == "application" and _typed_status(change, "draft") not in ("draft", "submitted"):
        return _not_yours("status")
    return None


def may_record(author: Author, kind: str, staff: str) -> bool:
    """Whether ``author`` may create an entry of that ``kind`` (a contact or visit) that says ``staff`` made it."""
    return author.role in MAKERS.get(kind, _LENDERS_ALL) and (author.leads or staff == author.staff)


def is_anothers_word(author: Author, kind: str, values: Mapping[str, object]) -> bool:
    """Whether a record with these values says what nobody says but those in whose name it is, and that is another."""
    if kind == "statement" and values.get("author") == "reviewer":
        return not author.decides or values.get("staff") != author.staff
    return any(values.get(name) != author.staff for name in _SIGNED.get(kind, ()))


def refusal_of_edit(author: Author, change: Change, current: StoredRecord) -> Invalid | None:
    """Why ``author``, who has the record, may not change it like this."""
    moved = moved_fields(change, current)
    if author.decides:
        own_figures = current.kind == "statement" and current.values.get("staff") == author.staff
        return None if own_figures and not moved & {"author", "staff"} else _not_yours(current.kind)
    if current.kind == "statement" and current.values.get("author") == "reviewer":
        return _not_yours("author")
    if not author.leads:
        for name in _ASSIGNED.get(change.kind, ()):
            if name in moved:
                return _not_yours(name)
    if change.kind == "application" and moved and not sets_nothing(change, current):
        return _refusal_of_application_edit(author, change, current, moved)
    return None


def sets_nothing(change: Change, current: StoredRecord) -> bool:
    """Whether it is the first word of its author on a record that came back after a restore: that goes to history."""
    return change.new and current.rescued


def refusal_of_row(change: Change, current: StoredRecord | None) -> Invalid | None:
    """A row behind an application names that application as its parent, and no other."""
    if change.kind in _ROWS and current is not None and change.parent != current.parent:
        return out_of_scope("parent")
    return None


_ROWS = ("party", "external_debt", "collateral", "guarantee")


def moved_fields(change: Change, current: StoredRecord) -> set[str]:
    """The fields that the change would make other than they are."""
    return {
        name
        for name, (shown, new) in change.fields.items()
        if not same(new, shown) and not same(new, current.values.get(name))
    }


MAKERS: dict[str, tuple[Role, ...]] = {
    "question": ("reviewer", "approver", "branch_head"),
    "decision": ("reviewer", "approver"),
    "disclosure": get_args(Role),
}
"""Who makes a record of a kind; of any other kind everybody does but those who decide."""

_LENDERS_ALL: tuple[Role, ...] = ("officer", "teller", "branch_head", "administrator")
_SIGNED = {"question": ("staff",), "answer": ("staff",), "decision": ("staff",), "document": ("staff",),
           "disclosure": ("staff",), "visit_confirmation": ("staff",), "consent": ("staff",),
           "conflict_declaration": ("staff",)}  # fmt: skip
"""Nobody says in another's name what was asked, decided, signed before them, or what their interests are."""
_ATTRIBUTED = {"prospect": ("owner",), "application": ("officer",), "contact": ("staff",), "visit": ("staff",)}
_ASSIGNED = {"prospect": ("owner",), "application": ("officer",)}
_SENT_BACK_WITH = {"status", "decision_note"}


def _is_reviewers_statement(author: Author, change: Change) -> bool:
    """The reviewer's own figures, which stand beside the officer's."""
    mine = _typed(change, "author") == "reviewer" and _typed(change, "staff") == author.staff
    return change.kind == "statement" and author.decides and mine


def _refusal_of_application_edit(
    author: Author, change: Change, current: StoredRecord, moved: set[str]
) -> Invalid | None:
    standing = str(current.values.get("status"))
    if standing not in EDITABLE and not (author.leads and standing == "submitted" and moved <= _SENT_BACK_WITH):
        return _not_yours(next(name for name in change.fields if name in moved))
    if "replaces" in moved:
        return _not_yours("replaces")
    if "status" not in moved:
        return None
    refusal = refusal_of_move(standing, str(_typed_status(change, standing)), author.role)
    return _not_yours("status") if refusal is not None else None


def _typed(change: Change, field: str) -> object:
    return change.fields.get(field, (None, None))[1]


def _typed_status(change: Change, otherwise: str) -> object:
    return change.fields["status"][1] if "status" in change.fields else otherwise


def _not_yours(field: str) -> Invalid:
    return Invalid("not_yours", Sentence("This is head office's to change, not yours."), field=field)
