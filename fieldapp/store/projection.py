"""Brings the lists up to date with the records one transaction touched, once each, at its end."""

from __future__ import annotations

from typing import Any

import msgspec

from fieldapp.domain.kinds import Values
from fieldapp.store.attachments import NamedPhoto
from fieldapp.store.connection import Connection
from fieldapp.store.prospect_list import ProspectList
from fieldapp.store.records import Records

_SHOWN_IN_LIST = ("person", "household", "business", "application")


class Entry(msgspec.Struct, frozen=True):
    """What the lists and the orders have to know of any record."""

    at: str | None = None
    started_at: str | None = None
    next_date: str | None = None
    promised_fen: int | None = None
    amends: str | None = None
    deleted: bool | None = None
    photos: Any = None


def entry_of(screen: Values) -> Entry:
    """What ``screen`` says of it; nothing where a kind unknown here means something else by a name."""
    try:
        return msgspec.convert(screen, Entry)
    except msgspec.ValidationError:
        return Entry()


def entry_in(encoded: msgspec.Raw) -> Entry:
    """The same of values that are still JSON. Raises msgspec.ValidationError where they are no values at all."""
    try:
        return _entries.decode(encoded)
    except msgspec.ValidationError:
        _any_values.decode(encoded)
        return Entry()


_entries = msgspec.json.Decoder(Entry)
_any_values = msgspec.json.Decoder(dict[str, msgspec.Raw])


def photos_in(entry: Entry) -> tuple[NamedPhoto, ...]:
    """The photos that a record names; none where a kind unknown here means something else by the word."""
    try:
        return msgspec.convert(entry.photos or (), tuple[NamedPhoto, ...])
    except msgspec.ValidationError:
        return ()


class Touched:
    """What records that were touched mean for the lists; gathered without the database."""

    __slots__ = ("dropped_promises", "kinds", "listed", "promises", "roots")

    def __init__(self) -> None:
        self.kinds: set[str] = set()
        self.roots: set[str] = set()
        self.listed: dict[str, None] = {}
        self.promises: list[tuple[str, str, str, int, str]] = []
        self.dropped_promises: list[tuple[str]] = []

    def touch(self, kind: str, record: str, parent: str | None, entry: Entry) -> None:
        """A record of ``kind`` now says what ``entry`` tells of it."""
        self.kinds.add(kind)
        root = record if kind == "prospect" else parent
        if root is not None:
            self.roots.add(root)
            if kind == "prospect" or kind in _SHOWN_IN_LIST:
                self.listed[root] = None
            if entry.promised_fen and entry.next_date:
                at = entry.at or entry.started_at or ""
                self.promises.append((record, root, entry.next_date, entry.promised_fen, at))
        if entry.amends:
            self.dropped_promises.append((entry.amends,))

    def drop(self, kind: str, record: str, parent: str | None) -> None:
        """A record left the laptop."""
        self.kinds.add(kind)
        self.dropped_promises.append((record,))
        root = record if kind == "prospect" else parent
        if root is not None:
            self.roots.add(root)
            self.listed[root] = None

    def include(self, other: Touched) -> None:
        """What ``other`` gathered, too."""
        self.kinds |= other.kinds
        self.roots |= other.roots
        self.listed |= other.listed
        self.promises += other.promises
        self.dropped_promises += other.dropped_promises


class Projection:
    """Writes the rows of what was ``touched`` in one transaction, at its end."""

    def __init__(self, records: Records, prospects: ProspectList, connection: Connection) -> None:
        self._records = records
        self._prospects = prospects
        self._connection = connection
        self.touched = Touched()

    def finish(self) -> tuple[set[str], set[str]]:
        """Write the rows; returns the kinds and roots that were touched."""
        touched = self.touched
        for root in touched.listed:
            self._project(root)
        if touched.promises:
            self._connection.executemany(
                "INSERT OR REPLACE INTO promise (record, prospect, day, amount_fen, made_at) VALUES (?,?,?,?,?)",
                touched.promises,
            )
            # An amendment may arrive before the entry that it amends.
            self._connection.executemany(
                "DELETE FROM promise WHERE record = ?1 AND EXISTS (SELECT 1 FROM record WHERE parent = ?2"
                " AND kind IN ('contact', 'visit') AND screen ->> 'amends' = ?1)",
                [promise[:2] for promise in touched.promises],
            )
        if touched.dropped_promises:
            self._connection.executemany("DELETE FROM promise WHERE record = ?", touched.dropped_promises)
        return touched.kinds, touched.roots

    def _project(self, root: str) -> None:
        prospect = self._records.get(root)
        if prospect is None or prospect.kind != "prospect":
            self._prospects.remove(root)
            return
        if prospect.deleted and not prospect.conflicts:
            self._prospects.remove(root)
            return
        family = self._records.children(root, *_SHOWN_IN_LIST)
        people = [member for member in family if member.kind == "person"]
        wanted = prospect.screen.get("person")
        person = next((one for one in people if one.id == wanted), people[-1] if people else None)
        business = next((member for member in family if member.kind == "business"), None)
        self._prospects.project(
            root,
            prospect.screen,
            person.screen if person else {},
            business.screen if business else {},
            (member.screen for member in people),
            in_conflict=any(member.conflicts for member in (prospect, *family)),
        )
