"""Faults of the database file, each one sentence that the officer can act on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlcipher3 import dbapi2 as sqlite

from fieldapp.domain.errors import Actionable
from fieldapp.domain.wording import Sentence

REFUSED_VALUE = (sqlite.IntegrityError, sqlite.InterfaceError)
"""What the driver raises for a value that no column takes; where it is ours it is a mistake of ours."""


class StorageFault(Actionable):
    """The file cannot be read or written. What was confirmed as saved is in the file or in its last backup."""


@contextmanager
def translated_faults() -> Iterator[None]:
    """Turn the driver's errors into StorageFault; our own mistakes (wrong SQL, constraints) pass unchanged."""
    try:
        yield
    except (sqlite.OperationalError, sqlite.DatabaseError) as error:
        fault = _fault_of(error)
        if fault is None:
            raise
        raise fault from error


def wrong_passphrase() -> StorageFault:
    """The passphrase does not open the key."""
    return StorageFault(
        "wrong_passphrase",
        Sentence("This passphrase does not open your records."),
        field="passphrase",
        advice=Sentence("Nothing was changed. Type it again; mind capital letters."),
    )


def damaged_file() -> StorageFault:
    """The key is right but the file cannot be read with it."""
    return StorageFault(
        "damaged",
        Sentence("The file with your records is damaged and cannot be opened."),
        advice=Sentence("It was left untouched. Restore the newest backup with 'fieldapp restore', then synchronise."),
    )


def damaged_key() -> StorageFault:
    """The file that holds the wrapped key is something else now."""
    return StorageFault(
        "key_damaged",
        Sentence("The key to your records, the file key.json, is damaged. Without it nobody can open them."),
        advice=_without_the_key(),
    )


def missing_key() -> StorageFault:
    """The file that holds the wrapped key is gone."""
    return StorageFault(
        "key_missing",
        Sentence("The key to your records, the file key.json, is missing. Without it nobody can open them."),
        advice=_without_the_key(),
    )


def _without_the_key() -> Sentence:
    return Sentence(
        "Put back key.json from a copy of this folder; it opens with the passphrase of that time. If there is no copy,"
        " rename the folder, keep it, and enrol with a new code: head office has what was sent."
    )


def newer_file(found: str) -> StorageFault:
    """The file was written by a later version of the program."""
    return StorageFault(
        "newer",
        Sentence("Your records were last used with a newer version of the program ({found}).", found=found),
        advice=Sentence("They were left untouched. Install the newer version and open them with it."),
    )


def full_disk() -> StorageFault:
    """No space is left for what was to be written."""
    return StorageFault(
        "disk_full",
        Sentence("The disk is full; this was not saved. What was saved before is safe."),
        advice=Sentence("Free some space, then save again. What you typed is still on the screen."),
    )


def in_use() -> StorageFault:
    """Another program has the records open."""
    return StorageFault(
        "in_use",
        Sentence("Another program is using the file with your records."),
        advice=Sentence("Nothing was changed. Close the other window, then try again."),
    )


def _fault_of(error: sqlite.Error) -> StorageFault | None:
    code = getattr(error, "sqlite_errorcode", None) or 0
    if not code and "disk is full" in str(error):  # the errors of a copy carry no code
        return full_disk()
    match code & 0xFF:
        case 13:
            return full_disk()
        case 11 | 26:
            return damaged_file()
        case 8 | 14:
            return StorageFault(
                "no_permission",
                Sentence("The program may not write to the folder of your records."),
                advice=Sentence("Nothing was changed. Give your account access to the folder, then try again."),
            )
        case 10:
            return StorageFault(
                "io_error",
                Sentence("The disk is full or reported an error; this was not saved. What was saved before is safe."),
                advice=Sentence("Free some space and try again. If it happens again, have the disk looked at."),
            )
        case 5 | 6:
            return in_use()
        case _:
            return None
