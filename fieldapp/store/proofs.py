"""Head office's marks under what it took, kept with what was sent: they prove it to one that was restored (SYNC 34)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from fieldapp.protocol.changes import body_digest
from fieldapp.protocol.messages import PROOF_DIGITS, Proof
from fieldapp.store.connection import Connection


class Marked(NamedTuple):
    """A mark under all changes that one reply says were taken in a stream.

    ``numbers`` are the laptop's own of these changes, as ranges; ``lowest`` and ``highest`` head office's.
    """

    stream: str
    mark: str
    numbers: list[tuple[int, int]]
    lowest: int
    highest: int


class Proofs:
    """The ``proof`` table. Digests are reckoned when the bytes they are of are about to go, or the mark to be shown."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def keep(self, marked: Iterable[Marked]) -> None:
        """Keep the marks of a reply."""
        self._connection.executemany(
            "INSERT INTO proof (stream, mark, numbers, first_n, last_n, lowest, highest) VALUES (?,?,?,?,?,?,?)",
            [
                (
                    one.stream,
                    one.mark,
                    _text(one.numbers),
                    one.numbers[0][0],
                    one.numbers[-1][1],
                    one.lowest,
                    one.highest,
                )
                for one in marked
            ],
        )

    def forget_durable(self, durable: dict[str, int]) -> None:
        """A tried backup holds these streams up to these numbers, and the bytes of such changes are about to go."""
        for stream, seq in durable.items():
            self._connection.execute("DELETE FROM proof WHERE shown = 0 AND stream = ? AND highest <= ?", (stream, seq))
            self._reckon("stream = ? AND lowest <= ?", stream, seq)

    def lay_out(self) -> None:
        """All that was sent is about to be queued again, and its marks are shown with it."""
        self._connection.execute(
            "DELETE FROM proof WHERE shown = 1 AND NOT EXISTS"
            " (SELECT 1 FROM queue WHERE n BETWEEN proof.first_n AND proof.last_n)"
        )
        self._reckon("1")
        self._connection.execute("UPDATE proof SET shown = 1")

    def shown(self, first_n: int, last_n: int) -> list[Proof]:
        """What proves that changes numbered so were taken once."""
        rows = self._connection.execute(
            "SELECT stream, mark, digests FROM proof WHERE shown = 1 AND first_n <= ? AND last_n >= ? ORDER BY first_n",
            (last_n, first_n),
        )
        return [Proof(stream, mark, msgspec.json.decode(digests)) for stream, mark, digests in rows]

    def of(self, changes: Iterable[str]) -> list[Proof]:
        """What proves that queued ``changes`` (ids) were taken once."""
        rows = self._connection.execute(
            "SELECT DISTINCT proof.id, proof.stream, mark, digests FROM json_each(?) AS wanted"
            " CROSS JOIN saved_change ON saved_change.change = wanted.value"
            " CROSS JOIN proof ON shown = 1 AND n BETWEEN first_n AND last_n ORDER BY proof.id",
            (msgspec.json.encode(list(changes)).decode(),),
        )
        return [Proof(stream, mark, msgspec.json.decode(digests)) for _id, stream, mark, digests in rows]

    def _reckon(self, condition: str, *values: object) -> None:
        """Note the digests of what the marks cover of which the ``condition`` holds."""
        query = f"SELECT id, numbers FROM proof WHERE digests IS NULL AND shown = 0 AND {condition}"  # noqa: S608
        for row, numbers in self._connection.execute(query, values).fetchall():
            digests = [
                body_digest(body)[:PROOF_DIGITS]
                for first, last in _ranges.decode(numbers)
                for (body,) in self._connection.execute(
                    "SELECT body FROM saved_change WHERE n BETWEEN ? AND ?", (first, last)
                )
            ]
            self._connection.execute("UPDATE proof SET digests = ? WHERE id = ?", (_text(digests), row))


_ranges = msgspec.json.Decoder(list[tuple[int, int]])


def _text(value: object) -> str:
    return msgspec.json.encode(value).decode()
