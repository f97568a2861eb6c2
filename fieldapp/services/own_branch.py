"""The sub-branch of this laptop, as head office describes it."""

from __future__ import annotations

import msgspec

from fieldapp.domain.kinds import record_of
from fieldapp.domain.records import Branch
from fieldapp.store.records import Records
from fieldapp.store.state import Enrolment


def branch_of(records: Records, enrolment: Enrolment) -> Branch | None:
    """The officer's sub-branch; None before it has arrived, or when this version cannot read it."""
    for stored in records.of_kind("branch"):
        if stored.screen.get("code") != enrolment.branch:
            continue
        try:
            return record_of(Branch, stored.screen)
        except msgspec.ValidationError:
            return None
    return None
