"""What the exchange has to know of each kind of record: its shape, its parent, what is merged together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec

from fieldapp.domain.application_records import (
    Alert,
    Answer,
    Collateral,
    ConflictDeclaration,
    Consent,
    CrossCheck,
    Decision,
    Document,
    ExternalDebt,
    Guarantee,
    LookPhotos,
    Party,
    Question,
    Statement,
    ThreeLooks,
)
from fieldapp.domain.records import (
    Application,
    Branch,
    Business,
    Contact,
    Disclosure,
    Household,
    Person,
    Product,
    Prospect,
    Record,
    Staff,
    Visit,
    VisitConfirmation,
    VisitToConfirm,
)

R = TypeVar("R", bound=Record)

Values = dict[str, Any]
"""A record's fields as plain JSON values (str, int, bool, None, lists and maps of them)."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record.

    ``groups`` are fields that mean something only together: of one change they are all set or all in conflict (SYNC 7,
    13). ``append_only`` kinds are inserted once and never edited. ``mirror`` kinds come from head office alone.
    ``parents`` are the kinds of record that one may belong to; those without stand by themselves. ``untold`` kinds are
    taken by head office and told to no laptop.
    """

    name: str
    record: type[Record]
    parents: tuple[str, ...] = ()
    groups: tuple[frozenset[str], ...] = ()
    append_only: bool = False
    mirror: bool = False
    untold: bool = False

    def belongs_to(self, parent: str | None) -> bool:
        """Whether a record of this kind may belong to one of the kind ``parent``; to none, where that is None."""
        return parent in self.parents if parent is not None else not self.parents

    def group_of(self, field: str) -> frozenset[str]:
        """The fields decided together with ``field``, itself among them."""
        return next((group for group in self.groups if field in group), frozenset((field,)))


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "prospect",
            Prospect,
            groups=(frozenset(("stage", "lost_reason")), frozenset(("next_date", "next_time"))),
        ),
        Kind("person", Person, parents=("prospect",), groups=(frozenset(("id_type", "id_number")),)),
        Kind("household", Household, parents=("prospect",)),
        Kind("business", Business, parents=("prospect",)),
        Kind("contact", Contact, parents=("prospect",), append_only=True),
        Kind("visit", Visit, parents=("prospect",), append_only=True),
        Kind(
            "application",
            Application,
            parents=("prospect",),
            groups=(
                frozenset(("product", "product_version", "amount_fen", "months", "yearly_rate", "method", "start")),
                frozenset(("status", "submitted_at")),
            ),
        ),
        Kind("party", Party, parents=("application",), groups=(frozenset(("signs", "no_signature_reason")),)),
        Kind(
            "statement",
            Statement,
            parents=("application",),
            groups=(frozenset(("template", "balance", "flows", "seasons")),),
        ),
        Kind("cross_check", CrossCheck, parents=("application",), groups=(frozenset(("item", "inputs")),)),
        Kind("three_looks", ThreeLooks, parents=("application",)),
        Kind("look_photos", LookPhotos, parents=("application",), append_only=True),
        Kind(
            "external_debt",
            ExternalDebt,
            parents=("application",),
            groups=(frozenset(("balance_fen", "instalment_fen", "source")),),
        ),
        Kind("collateral", Collateral, parents=("application",), groups=(frozenset(("owner", "register_no", "mode")),)),
        Kind(
            "guarantee", Guarantee, parents=("application",), groups=(frozenset(("guarantor", "mode", "amount_fen")),)
        ),
        Kind("consent", Consent, parents=("application",), append_only=True),
        Kind("conflict_declaration", ConflictDeclaration, parents=("application",), append_only=True),
        Kind("question", Question, parents=("application",), append_only=True),
        Kind("answer", Answer, parents=("application",), append_only=True),
        Kind("decision", Decision, parents=("application",), append_only=True),
        Kind("document", Document, parents=("application", "visit"), append_only=True),
        Kind("visit_to_confirm", VisitToConfirm, mirror=True),
        Kind("visit_confirmation", VisitConfirmation, parents=("visit_to_confirm",), append_only=True),
        Kind("disclosure", Disclosure, append_only=True, untold=True),
        Kind("alert", Alert, parents=("application",), append_only=True, mirror=True),
        Kind("product", Product, mirror=True),
        Kind("branch", Branch, mirror=True),
        Kind("staff", Staff, mirror=True),
    )
}

FORM_PARTS = frozenset(
    ("party", "statement", "cross_check", "three_looks", "look_photos", "external_debt", "collateral", "guarantee")
)
"""The kinds that are part of what is submitted: they stand still with the application (E14)."""

UNTOLD = frozenset(name for name, kind in KINDS.items() if kind.untold)
"""The kinds that head office keeps to itself: a laptop that sent one is not told of it again."""


def values_of(record: Record) -> Values:
    """The record as plain JSON values, every field present."""
    values: Values = msgspec.to_builtins(record)
    return values


def record_of(shape: type[R], values: Values) -> R:
    """The record that ``values`` describe; fields this version does not know are left out.

    Raises msgspec.ValidationError when a value has another type or a required field is missing.
    """
    return msgspec.convert(values, shape)
