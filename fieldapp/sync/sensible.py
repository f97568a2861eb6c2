"""What head office may answer to a request: nothing else is taken in, or it would be asked about it for ever."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import msgspec

from fieldapp.protocol.messages import EnrolReply, Mark, Receipt, SyncReply, SyncRequest
from fieldapp.store.faults import REFUSED_VALUE
from fieldapp.sync.troubles import NotHeadOffice, StrangeAnswer

log = logging.getLogger(__name__)

_STREAM = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,100}", re.ASCII)
_HASH = re.compile(r"[0-9a-f]{0,64}", re.ASCII)
_GREATEST = 2**62
_MOST_STREAMS = 64
_SETTLED = ("accepted", "merged", "conflict")


def require_sensible(reply: SyncReply, request: SyncRequest, sent: int) -> None:
    """``sent`` is the number of changes in the request.

    Raises NotHeadOffice where a run tells of changes that were not in it; StrangeAnswer where a mark could never be
    sent back, where a receipt settles a change without a number, and where asking on would lead to the same place.
    """
    if not all(run.first >= 0 and 0 < run.count <= sent - run.first for run in reply.runs):
        raise NotHeadOffice
    told: Iterable[tuple[str, Mark]] = (
        *reply.heads.items(),
        *((run.stream, (run.seq, run.hash)) for run in reply.runs),
        *((receipt.stream, (receipt.seq, receipt.hash)) for receipt in reply.receipts if receipt.seq),
    )
    if len(reply.heads) > _MOST_STREAMS or not all(_is_mark(*mark) for mark in told):
        raise StrangeAnswer
    if not all(map(_is_whole, reply.receipts)) or min(_sizes(reply)) < 1:
        raise StrangeAnswer
    if reply.more and reply.cursor in (None, request.cursor):
        raise StrangeAnswer
    if reply.fork and not request.marks and request.cursor is None:
        raise StrangeAnswer


def require_sensible_enrolment(reply: EnrolReply) -> None:
    """Raises StrangeAnswer where a laptop could not say who it is by it: the token travels in a header."""
    ids = (reply.device, reply.staff, reply.branch)
    if not _TOKEN.fullmatch(reply.token) or not all(map(_STREAM.fullmatch, ids)):
        raise StrangeAnswer


@contextmanager
def usable() -> Iterator[None]:
    """Raises StrangeAnswer where what head office told cannot be kept: a value that no column takes, say."""
    try:
        yield
    except (msgspec.MsgspecError, OverflowError, *REFUSED_VALUE) as error:
        log.exception("answer_not_usable")
        raise StrangeAnswer from error


def _is_mark(stream: str, mark: Mark) -> bool:
    seq, chain_hash = mark
    return 0 <= seq < _GREATEST and bool(_STREAM.fullmatch(stream) and _HASH.fullmatch(chain_hash))


def _is_whole(receipt: Receipt) -> bool:
    return receipt.outcome not in _SETTLED or (receipt.rev is not None and receipt.seq > 0)


def _sizes(reply: SyncReply) -> tuple[int, ...]:
    limits = reply.limits
    return (
        limits.changes,
        limits.body_bytes,
        limits.text_characters,
        limits.attachment_bytes,
        limits.chunk_bytes,
    )
