"""Synchronising with head office, for the button, the automatic and the command line alike."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from fieldapp.services.business_day import business_date
from fieldapp.services.hand_in_disclosures import hand_in_disclosures
from fieldapp.services.laptop import Laptop
from fieldapp.store.state import LastExchange
from fieldapp.store.unit import Unit
from fieldapp.sync.certify import obtain_certificate
from fieldapp.sync.exchange import synchronise
from fieldapp.sync.hand_in import hand_in
from fieldapp.sync.pace import Pace
from fieldapp.sync.summary import Progress, Stage, Summary
from fieldapp.sync.transport import HeadOffice
from fieldapp.sync.troubles import Cancelled, HandedIn, NotHeadOffice, OpenElsewhere, SignInAgain, SyncTrouble, TryLater

__all__ = [
    "Cancelled",
    "HandedIn",
    "LastExchange",
    "NotHeadOffice",
    "Pace",
    "Stage",
    "Summary",
    "SyncTrouble",
    "TryLater",
    "last_exchange",
    "synchronise_laptop",
]


def synchronise_laptop(
    laptop: Laptop,
    *,
    progress: Progress = lambda *_: None,
    cancelled: Callable[[], bool] = lambda: False,
    photos: bool = True,
    most_bytes_per_s: int | None = None,
) -> Summary:
    """Exchange everything with head office; without ``photos`` on a line that is paid by the byte.

    Photos take at most ``most_bytes_per_s`` of the line, or what the officer prefers. Raises SyncTrouble when it could
    not finish; what head office receipted until then is kept, the rest stays queued.

    Where head office withdrew this laptop's access, what was not sent is handed in sealed, the key is destroyed and
    HandedIn raised: lock the laptop then, nothing on it can be opened any more (SYNC 42).
    """
    stands = laptop.store.standing()
    if stands.disclosures_wait:
        hand_in_disclosures(laptop.store)
        stands = laptop.store.standing()
    head_office = laptop.line.to(stands.enrolment)
    if most_bytes_per_s is None and stands.photos_kb_per_s is not None:
        most_bytes_per_s = stands.photos_kb_per_s * 1000
    try:
        summary = synchronise(
            laptop.store,
            head_office,
            progress=progress,
            cancelled=cancelled,
            photos=photos,
            most_bytes_per_s=most_bytes_per_s,
            stands=stands,
            day=None if stands.cursor else business_date(laptop.store.clock),
        )
    except SignInAgain as trouble:
        if trouble.code != "revoked":
            raise
        raise _handed_in(laptop, head_office, progress, cancelled) from trouble
    now = laptop.store.clock.now()
    wanted = summary.moved or not laptop.line.used  # a quiet question stays a single one
    if wanted and laptop.line.wants_certificate(now) and obtain_certificate(laptop.store, head_office):
        laptop.line.certified(now)
    if laptop.line.unsent != summary.unsent:
        laptop.write_card()
        laptop.line.unsent = summary.unsent
    laptop.line.used = True
    return summary


def _handed_in(laptop: Laptop, head_office: HeadOffice, progress: Progress, cancelled: Callable[[], bool]) -> HandedIn:
    destroyed = False
    changes = photos = 0
    while not destroyed:
        hand_in(
            laptop.store,
            head_office,
            progress=lambda done, total: progress(Stage.CHANGES, done, total),
            cancelled=cancelled,
        )
        with laptop.store.reading() as view:  # now: what head office forgot in a restore is among them
            changes, photos = view.outbox.count(), len(view.attachments.waiting("to_send"))
        destroyed = laptop.store.write(partial(_key_destroyed, laptop))
    return HandedIn(changes, photos)


def _key_destroyed(laptop: Laptop, unit: Unit) -> bool:
    """Whether the key went: not where something was saved since all was handed in. Nothing is saved meanwhile.

    Raises OpenElsewhere while another program has the records open: what is saved there would be lost.
    """
    if not unit.handed_in.is_all():
        return False
    if not laptop.store.alone():
        raise OpenElsewhere
    laptop.profile.destroy_key()
    return True


def last_exchange(laptop: Laptop) -> LastExchange | None:
    """How the last synchronisation ended, None before the first."""
    with laptop.store.reading() as view:
        return view.state.get("last_exchange", LastExchange)
