"""What is done in contact with head office or not at all: it never waits in the outbox (DOMAIN E13)."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import msgspec

from fieldapp.domain.errors import Actionable
from fieldapp.domain.wording import Sentence
from fieldapp.protocol.changes import Change, encode_change
from fieldapp.protocol.messages import PREVIOUS_PROTOCOL, SHORT_HASH, Receipt, SyncReply, SyncRequest
from fieldapp.store.database import Store
from fieldapp.sync.alone import Occupied, alone
from fieldapp.sync.transport import HeadOffice
from fieldapp.sync.troubles import AnotherSync, TryLater, UpgradeNeeded

log = logging.getLogger(__name__)

_PATIENCE_S = 5.0
"""How long a synchronisation that is under way is waited for."""

_TRIES = 3
"""A reply that was lost on the way is asked for again: the same bytes get the same receipt."""


class Uncertain(Actionable):
    """The changes went out and no answer came back: head office may have taken them, or may not."""

    def __init__(self) -> None:
        super().__init__(
            "uncertain",
            Sentence("The connection broke before head office answered; it may or may not have recorded this."),
            advice=Sentence("Synchronise, then look whether it stands there before you do it again."),
        )


def send_at_once(store: Store, head_office: HeadOffice, changes: Sequence[Change]) -> list[Receipt]:
    """Hand ``changes`` to head office now; one receipt for each, in order. Nothing is written on this laptop.

    What head office then holds arrives with the next synchronisation. Raises SyncTrouble when it cannot be reached:
    nothing was recorded anywhere then. Raises Uncertain when it was, and its answer was lost.
    """
    try:
        with alone(str(store.path) + ".sync", patience_s=_PATIENCE_S):
            return _answered(_exchange(store, head_office, changes), changes)
    except Occupied as error:
        raise AnotherSync from error


def _exchange(store: Store, head_office: HeadOffice, changes: Sequence[Change]) -> SyncReply:
    sent = False
    for left in reversed(range(_TRIES)):
        try:
            return head_office.exchange(_request(store, head_office.protocol, changes))
        except UpgradeNeeded:
            head_office.speak_as_before()
        except TryLater as trouble:
            sent = sent or trouble.code == "cut"
            if sent and (not left or trouble.code != "cut"):
                raise Uncertain from trouble
            if not sent:
                raise
    raise Uncertain


def _request(store: Store, protocol: int, changes: Sequence[Change]) -> SyncRequest:
    with store.reading() as view:
        marks = view.state.marks()
        if protocol == PREVIOUS_PROTOCOL:  # which compares whole hashes
            marks = {stream: mark for stream, mark in marks.items() if len(mark[1]) != SHORT_HASH}
        return SyncRequest(
            protocol=protocol,
            device=view.state.enrolment().device,
            counter=(view.state.get("counter", int) or 0) + 1,
            marks=marks,
            cursor=view.state.get("cursor", str),
            changes=[msgspec.Raw(encode_change(change)) for change in changes],
            page=1,
        )


def _answered(reply: SyncReply, changes: Sequence[Change]) -> list[Receipt]:
    if reply.fork:
        raise Actionable(
            "restored",
            Sentence("Head office was restored from an older copy; nothing was recorded."),
            advice=Sentence("Synchronise first, then do it again."),
        )
    told = {receipt.change: receipt for receipt in reply.receipts}
    for run in reply.runs:
        told |= {
            change.id: Receipt(change=change.id, outcome="accepted", stream=run.stream, seq=run.seq + place)
            for place, change in enumerate(changes[run.first : run.first + run.count])
        }
    if any(change.id not in told for change in changes):
        raise Uncertain
    return [told[change.id] for change in changes]
