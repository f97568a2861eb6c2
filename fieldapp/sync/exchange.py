"""One synchronisation from start to end: changes up, records down, photos both ways. Safe to stop at any point."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from fieldapp.protocol.messages import PROTOCOL
from fieldapp.store.database import Store
from fieldapp.store.standing import Rest, Standing
from fieldapp.sync.alone import Occupied, alone
from fieldapp.sync.conversation import Conversation
from fieldapp.sync.photos import exchange_photos
from fieldapp.sync.short_question import Asked, ask
from fieldapp.sync.summary import Progress, Summary, note_end, recently_well
from fieldapp.sync.transport import HeadOffice
from fieldapp.sync.troubles import AnotherSync, SyncTrouble

log = logging.getLogger(__name__)


def synchronise(
    store: Store,
    head_office: HeadOffice,
    *,
    progress: Progress = lambda *_: None,
    cancelled: Callable[[], bool] = lambda: False,
    photos: bool = True,
    most_bytes_per_s: int | None = None,
    stands: Standing | None = None,
    day: date | None = None,
) -> Summary:
    """Exchange everything with head office: records, then ``photos``, at most ``most_bytes_per_s`` of them.

    A laptop that holds nothing yet is told what ``day``, its officer's business date, asks of them before all else.

    Records saved while photos travel do not wait for them. Raises SyncTrouble (among them Cancelled and AnotherSync)
    when it could not finish: what was receipted until then is kept, everything else is still in the outbox. How it
    ended is noted for the screens either way.
    """
    summary = Summary()
    asked: Asked | None = None
    left: Rest | None = None

    def exchange_records() -> None:
        nonlocal asked, left
        question, asked = asked, None
        compare = stands is not None and stands.compare and (question is None or question.reply is None)
        done = Summary()
        conversation = Conversation(store, head_office, done, progress, cancelled, before=replace(summary), day=day)
        try:
            with alone(str(store.path) + ".sync"):
                conversation.run(question, compare=compare)
        except Occupied as error:
            raise AnotherSync from error
        finally:
            summary.include(done)
        left = conversation.rest
        if not conversation.noted:
            note_end(store, summary, None)

    try:
        stands = stands or store.standing()
        if stands.at_rest and head_office.protocol == PROTOCOL:
            asked = ask(head_office, stands, cancelled)
            if asked is not None and asked.reply is None and not (stands.compare or (photos and stands.photos_wait)):
                if not recently_well(stands.last_exchange, store.clock.now()):
                    note_end(store, summary, None)
                return summary
        exchange_records()
        if photos and (left is None or left.photos):
            exchange_photos(
                store,
                head_office,
                summary,
                exchange_records=exchange_records,
                progress=progress,
                cancelled=cancelled,
                most_bytes_per_s=most_bytes_per_s,
            )
            if summary.photos_sent and summary.unsent:
                exchange_records()  # a submission may have waited for them (SYNC 20)
    except AnotherSync:
        raise
    except SyncTrouble as trouble:
        log.info("sync_stopped", extra={"code": trouble.code})
        note_end(store, summary, trouble)
        raise
    return summary
