"""What was typed into an application and not saved: kept as it is, right or wrong, and found again after a crash."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from fieldapp.domain.kinds import Values
from fieldapp.services.drafts import save_draft
from fieldapp.store.database import Store
from fieldapp.store.drafts import Drafts
from fieldapp.store.unit import Unit


@dataclass(frozen=True, slots=True)
class FoundDraft:
    """What was typed and not saved, found again: the typed fields, what the screen showed then, and when (UTC)."""

    typed: Values
    shown: Values
    saved_at: datetime


def keep_draft(store: Store, application: str, typed: Mapping[str, Any], shown: Mapping[str, Any]) -> datetime:
    """Keep what is typed, and what the screen showed when it was. Returns when (UTC)."""
    at = store.clock.now()
    with store.reading() as view:
        stored = view.records.get(application)
    body = {"typed": _keepable(typed), "shown": _keepable(shown)}
    about = stored.parent if stored is not None else None
    save_draft(store, "application", body, draft=_draft_id(application), about=about)
    return at


def found_draft(drafts: Drafts, application: str) -> FoundDraft | None:
    """What was kept last, None when nothing was or it is saved."""
    draft = drafts.get(_draft_id(application))
    if draft is None:
        return None
    return FoundDraft(draft.body.get("typed", {}), draft.body.get("shown", {}), datetime.fromisoformat(draft.saved_at))


def drop_draft(unit: Unit, application: str) -> None:
    """Forget what was typed."""
    unit.drafts.drop(_draft_id(application))
    unit.tell("drafts")


def _draft_id(application: str) -> str:
    return f"application:{application}"


def _keepable(fields: Mapping[str, Any]) -> Values:
    """The fields as plain JSON values; a number beyond 64 bits, which JSON readers lose, as its digits."""
    plain: Values = _readable(msgspec.to_builtins(dict(fields)))
    return plain


def _readable(value: Any) -> Any:
    match value:
        case dict():
            return {name: _readable(each) for name, each in value.items()}
        case list():
            return [_readable(each) for each in value]
        case int() if abs(value) >= 1 << 63:
            return str(value)
        case _:
            return value
