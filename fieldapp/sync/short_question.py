"""The short question of a laptop that has nothing to send: is there anything new?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fieldapp.protocol.messages import PROTOCOL, SyncReply, SyncRequest
from fieldapp.store.standing import Standing
from fieldapp.sync.transport import HeadOffice
from fieldapp.sync.troubles import Cancelled, UpgradeNeeded


@dataclass(frozen=True, slots=True)
class Asked:
    """The short question as it was asked, and its answer: None for no news."""

    request: SyncRequest
    reply: SyncReply | None


def ask(head_office: HeadOffice, stands: Standing, cancelled: Callable[[], bool]) -> Asked | None:
    """With nothing to send, one short question; None where head office does not understand it."""
    if cancelled():
        raise Cancelled
    try:
        reply = head_office.glance(stands.cursor, stands.counter)
    except UpgradeNeeded:
        head_office.speak_as_before()
        return None
    request = SyncRequest(protocol=PROTOCOL, device="", counter=stands.counter, cursor=stands.cursor)
    return Asked(request, reply)
