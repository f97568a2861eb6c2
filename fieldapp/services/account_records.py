"""The records of the accounts of one application, read from the store: statement, cross-checks, looks, their photos."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from fieldapp.domain.accounts import rebuilt
from fieldapp.domain.application_records import (
    CheckItem,
    CrossCheck,
    LookPhotos,
    LookSubject,
    Statement,
    ThreeLooks,
)
from fieldapp.domain.cross_checks import DEFAULT_TOLERANCE_BP, unexplained
from fieldapp.domain.errors import Actionable, Invalid
from fieldapp.domain.kinds import R, record_of
from fieldapp.domain.records import Photo, Product
from fieldapp.domain.wording import Sentence
from fieldapp.services.labels import strange_field
from fieldapp.store.records import Records, StoredRecord

_KINDS = ("statement", "cross_check", "three_looks", "look_photos")


@dataclass(frozen=True, slots=True)
class AccountRecords:
    """The officer's own figures as saved; None or missing for what nobody has recorded. A reviewer's stand apart.

    ``stored`` are the same records as stored: ``statement``, ``three_looks`` and each check by its item.
    """

    statement: Statement | None
    checks: Mapping[CheckItem, CrossCheck]
    looks: ThreeLooks | None
    photos: Mapping[LookSubject, tuple[Photo, ...]]
    stored: Mapping[str, StoredRecord]

    @property
    def in_conflict(self) -> bool:
        """Whether a value of them waits for a person's decision."""
        return any(record.conflicts for record in self.stored.values())


def read_account_records(records: Records, application: str) -> AccountRecords:
    """The accounts of an application. Raises Actionable (``newer``) for records of a newer program."""
    children = [one for one in records.children(application, *_KINDS) if not one.deleted]
    statement: Statement | None = None
    looks: ThreeLooks | None = None
    checks: dict[CheckItem, CrossCheck] = {}
    photos: dict[LookSubject, dict[str, Photo]] = {}
    stored: dict[str, StoredRecord] = {}
    for one in sorted(children, key=lambda record: record.id):
        match one.kind:
            case "statement":
                found = _read(Statement, one)
                if statement is None and found.author == "officer":
                    statement, stored["statement"] = found, one
            case "three_looks":
                if looks is None:
                    looks, stored["three_looks"] = _read(ThreeLooks, one), one
            case "cross_check":
                check = _read(CrossCheck, one)
                if check.item not in checks:
                    checks[check.item], stored[check.item] = check, one
            case _:
                evidence = _read(LookPhotos, one)
                kept = photos.setdefault(evidence.subject, {})
                kept |= {photo.digest: photo for photo in evidence.photos}
    return AccountRecords(
        statement, checks, looks, {subject: tuple(kept.values()) for subject, kept in photos.items()}, stored
    )


def unexplained_checks(records: Records, application: str, product: Product | None) -> tuple[Invalid, ...]:
    """What the saved accounts leave unexplained. Raises Actionable (``newer``)."""
    saved = read_account_records(records, application)
    tolerance_bp = product.tolerance_bp if product is not None else DEFAULT_TOLERANCE_BP
    return unexplained(saved.checks, rebuilt(saved.statement or Statement()), tolerance_bp)


def _read(shape: type[R], stored: StoredRecord) -> R:
    try:
        return record_of(shape, stored.screen)
    except msgspec.ValidationError as error:
        raise Actionable(
            "newer",
            Sentence(
                "These accounts were recorded with a newer version of the program: {field} has a value that this one"
                " does not know.",
                field=strange_field(error),
            ),
            advice=Sentence("They were left untouched. Install the newer version to open them."),
        ) from error
