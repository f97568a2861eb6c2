"""Who sends changes, and how what they send is to be taken."""

from __future__ import annotations

from dataclasses import dataclass, field

from fieldapp.domain.controls.limits import Limits
from fieldapp.headoffice.scope import Author


@dataclass(frozen=True, slots=True)
class Sender:
    """An author, the laptop that speaks for them, and the time ``at`` which head office heard them (UTC).

    ``limits`` are those of the controls on what is submitted. ``late`` treats every change as one of somebody who does
    not have the record any more (SYNC 18, 42). ``proven`` are changes that head office took once, before it was
    restored: who had the record then is at worst late (SYNC 34). ``nothing_more``: no correction of what was refused
    before comes any more, and nothing typed behind it waits for one (SYNC 42).
    """

    author: Author
    device: str
    at: str
    limits: Limits = field(default_factory=Limits)
    late: bool = False
    proven: frozenset[str] = frozenset()
    nothing_more: bool = False
