"""The second officer signs with a credential of their own (DOMAIN E5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fieldapp.domain.controls.alerts import Noticed
from fieldapp.domain.wording import Sentence


@dataclass(frozen=True, slots=True)
class SignedVisit:
    """A visit with a second officer: from which laptop it came, and from which laptops that officer confirmed it."""

    second_officer: str
    device: str
    confirmed_from: tuple[str, ...] = ()


def second_officer_alerts(visits: Iterable[SignedVisit], owners: Mapping[str, str]) -> list[Noticed]:
    """What is noticed of the visits that an application rests on; ``owners`` maps laptops to whom they belong.

    A confirmation counts when it came from a laptop of the second officer's own, and not from the visit's.
    """
    found: dict[str, Noticed] = {}
    for visit in visits:
        elsewhere = [one for one in visit.confirmed_from if one != visit.device]
        if any(owners.get(one) == visit.second_officer for one in elsewhere):
            continue
        if visit.confirmed_from:
            sentence = Sentence("A second officer confirmed a visit on the laptop of the first.")
            found.setdefault("same_device", Noticed("E5", "same_device", sentence))
        else:
            sentence = Sentence(
                "A second officer named on a visit has not confirmed it with a credential of their own."
            )
            found.setdefault("unconfirmed", Noticed("E5", "unconfirmed", sentence))
    return list(found.values())
