"""Parcels as they are kept: sealed, in the order in which a laptop handed them in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, select, update

from fieldapp.headoffice.storage import tables
from fieldapp.headoffice.storage.rows import put


@dataclass(frozen=True, slots=True)
class HandInRow:
    """What one laptop handed in at one time; ``whole`` once its last parcel is here. Times are UTC in ISO form."""

    stream: str
    device: str
    hand_in: str
    parcels: int
    sealed_bytes: int
    whole: bool
    received_at: str
    admitted_at: str | None
    admitted_by: str | None


class Parcels:
    """The parcels' side of one unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def keep(self, stream: str, device: str, hand_in: str, number: int, sealed: bytes, at: str, *, last: bool) -> None:
        """Keep a parcel; one of the same number is the same work sealed anew and takes its place."""
        put(
            self._connection,
            tables.parcel,
            [
                {
                    "stream": stream,
                    "device": device,
                    "hand_in": hand_in,
                    "number": number,
                    "last": int(last),
                    "received_at": at,
                    "sealed": sealed,
                    "admitted_at": None,
                    "admitted_by": None,
                }
            ],
        )

    def is_admitted(self, stream: str, device: str, hand_in: str) -> bool:
        """Whether somebody has let this hand-in in."""
        t = tables.parcel
        named = (t.c.stream == stream, t.c.device == device, t.c.hand_in == hand_in)
        return bool(self._connection.scalar(select(func.count()).where(*named, t.c.admitted_at.is_not(None))))

    def held_bytes(self, stream: str, device: str) -> int:
        """Sealed bytes kept of one laptop."""
        t = tables.parcel
        found = self._connection.scalar(
            select(func.sum(func.length(t.c.sealed))).where(t.c.stream == stream, t.c.device == device)
        )
        return int(found or 0)

    def hand_ins(self, streams: list[str]) -> list[HandInRow]:
        """Everything handed in, the oldest first."""
        t = tables.parcel
        rows = self._connection.execute(
            select(
                t.c.stream,
                t.c.device,
                t.c.hand_in,
                func.count(),
                func.sum(func.length(t.c.sealed)),
                func.max(t.c.last),
                func.max(t.c.number),
                func.max(t.c.received_at),
                func.max(t.c.admitted_at),
                func.max(t.c.admitted_by),
            )
            .where(t.c.stream.in_(streams))
            .group_by(t.c.stream, t.c.device, t.c.hand_in)
            .order_by(func.max(t.c.received_at), t.c.hand_in)
        ).all()
        return [
            HandInRow(
                stream, device, hand_in, count, int(size), bool(last) and count == greatest + 1, at, admitted_at, by
            )
            for stream, device, hand_in, count, size, last, greatest, at, admitted_at, by in rows
        ]

    def sealed(self, row: HandInRow) -> Iterator[bytes]:
        """The parcels of a hand-in in their order, one after the other."""
        t = tables.parcel
        for number in range(row.parcels):
            found = self._connection.scalar(
                select(t.c.sealed).where(
                    t.c.stream == row.stream,
                    t.c.device == row.device,
                    t.c.hand_in == row.hand_in,
                    t.c.number == number,
                )
            )
            if found is not None:
                yield bytes(found)

    def note_admitted(self, row: HandInRow, by: str, at: str) -> None:
        """Somebody has let the work in."""
        t = tables.parcel
        self._connection.execute(
            update(t)
            .where(t.c.stream == row.stream, t.c.device == row.device, t.c.hand_in == row.hand_in)
            .values(admitted_at=at, admitted_by=by)
        )

    def discard_unfinished(self, stream: str, device: str, but: str) -> None:
        """Forget what the laptop began to hand in and began anew."""
        t = tables.parcel
        ended = select(t.c.hand_in).where(t.c.stream == stream, t.c.device == device, t.c.last == 1)
        self._connection.execute(
            delete(t).where(t.c.stream == stream, t.c.device == device, t.c.hand_in != but, t.c.hand_in.not_in(ended))
        )
