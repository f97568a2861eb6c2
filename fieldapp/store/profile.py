"""Where profiles lie on the disk, and opening one.

A profile is a folder: ``records.db`` (encrypted), ``key.json`` (the wrapped key), ``card.json`` (what may be said
before unlocking: whose it is and how much is unsent) and ``backups/``.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import msgspec
import platformdirs

from fieldapp.domain.errors import Actionable
from fieldapp.domain.wording import Sentence
from fieldapp.protocol.identifiers import Clock
from fieldapp.store import keys
from fieldapp.store.backup import newest_sound_backup
from fieldapp.store.connection import SMALLEST_FILE
from fieldapp.store.database import Store
from fieldapp.store.faults import StorageFault, damaged_file, full_disk
from fieldapp.store.files import read_small_file, replace_file
from fieldapp.store.in_use import InUse


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """What the unlock screen says before the passphrase is given; nothing about customers.

    The English names are empty until head office has told them; ``language`` is None until one was chosen.
    """

    staff_name: str
    role: str
    branch_name: str
    bank: str
    unsent: int = 0
    drafts: int = 0
    language: str | None = None
    theme: str = "light"
    remembered: bool = False
    branch_name_en: str = ""
    bank_en: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """One officer's folder."""

    folder: Path

    @property
    def database(self) -> Path:
        """The encrypted database."""
        return self.folder / "records.db"

    @property
    def key_file(self) -> Path:
        """The wrapped key."""
        return self.folder / "key.json"

    @property
    def name(self) -> str:
        """The profile's name in the system's keyring: its full path, since folders may share a name."""
        return str(self.folder.resolve())

    @property
    def _unfinished(self) -> Path:
        """Stands beside the key while head office is being asked; left behind only by a crash in that moment."""
        return self.folder / "enrolling"

    @property
    def _handed_in(self) -> Path:
        """Stands where a profile was whose work was handed in and whose key is gone."""
        return self.folder / "handed-in"

    def was_handed_in(self) -> bool:
        """Whether the profile that was here was shut out by head office, and nothing new took its place."""
        return self._handed_in.exists()

    def destroy_key(self) -> None:
        """Make what was recorded here unreadable for good, backups among it; what is open stays open until closed.

        From then on the folder is free for another enrolment.
        """
        self._handed_in.touch()
        self.forget()
        with suppress(FileNotFoundError):
            size = self.key_file.stat().st_size
            with self.key_file.open("r+b") as file:
                file.write(os.urandom(size))
                file.flush()
                os.fsync(file.fileno())
            self.key_file.unlink()

    def exists(self) -> bool:
        """Whether there is a whole profile here."""
        return self.key_file.is_file() and self.database.is_file()

    def is_taken(self) -> bool:
        """Whether anything here is to be unlocked, damaged or not; an enrolment that never finished holds nothing."""
        if self._unfinished.exists() or (self.was_handed_in() and not self.key_file.exists()):
            return False
        return self.key_file.exists() or self.database.exists()

    def card(self) -> Card | None:
        """What may be said before unlocking; None when the card is unreadable, which harms nothing."""
        try:
            return msgspec.json.decode(read_small_file(self.folder / "card.json"), type=Card)
        except (OSError, ValueError):  # msgspec.DecodeError is a ValueError
            return None

    def write_card(self, card: Card) -> None:
        """Replace the card."""
        replace_file(self.folder / "card.json", msgspec.json.encode(card))

    def require_absent(self) -> None:
        """Raises Actionable ``profile_exists``, so that nobody's records are ever written over."""
        if self.is_taken():
            raise Actionable("profile_exists", Sentence("There is a profile in this folder already. Open it instead."))

    def create(self, passphrase: str, clock: Clock) -> Store:
        """Make the folder, key and an empty database.

        Raises Invalid, StorageFault or Actionable (``profile_exists``).
        """
        self.require_absent()
        with _folder_faults(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            key = keys.create_key(self.key_file, passphrase)
            self.database.touch(mode=0o600)
        return Store(self.database, key, clock)

    def begin_enrolment(self) -> None:
        """What is made here counts only after ``end_enrolment``. Clears what a crash left of an earlier try.

        Raises StorageFault, Actionable (``profile_exists``).
        """
        self.require_absent()
        with _folder_faults(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._unfinished.touch()
            self._clear()

    def end_enrolment(self) -> None:
        """From now on the profile is the officer's."""
        self._handed_in.unlink(missing_ok=True)
        self._unfinished.unlink(missing_ok=True)

    def discard_unused(self) -> None:
        """Take away a profile whose enrolment did not finish; its database must be closed."""
        self._clear()
        self._unfinished.unlink(missing_ok=True)

    def _clear(self) -> None:
        for path in (*self.folder.glob(f"{self.database.name}*"), self.key_file):
            path.unlink(missing_ok=True)

    def unlock(self, passphrase: str, clock: Clock) -> Store:
        """Open the database. Raises StorageFault (``wrong_passphrase``, ``damaged``, ``key_missing``, ``newer``, …)."""
        self._require()
        return Store(self.database, self._key(passphrase), clock)

    def unlock_remembered(self, clock: Clock) -> Store | None:
        """Open the database with the key the system keeps; None when it keeps none that fits."""
        self._require()
        key = keys.remembered_key(self.name)
        return Store(self.database, key, clock) if key is not None else None

    def remember(self, passphrase: str) -> bool:
        """Let the system's keyring keep the key; False when this computer has no keyring."""
        return keys.remember_key(self.name, self._key(passphrase))

    def forget(self) -> None:
        """Take the key back from the system's keyring."""
        keys.forget_key(self.name)

    def change_passphrase(self, old: str, new: str) -> None:
        """Raises StorageFault ``wrong_passphrase`` or Invalid ``passphrase_short``; the old one then stays in force."""
        with _folder_faults(self.folder):
            keys.change_passphrase(self.key_file, old, new)

    def restore_newest(self, passphrase: str) -> Path:
        """Put the newest sound backup in the place of the database, which is kept beside it as ``…-set-aside-N``.

        Killed on the way it leaves no database, and goes on when it is asked again: what is set aside keeps its log.
        Returns the backup. Raises StorageFault (``wrong_passphrase``, ``disk_full``, ``no_permission``, or ``in_use``
        where another program has the database open: it would go on writing to what is set aside) or Actionable
        ``no_backup``, ``no_profile``.
        """
        self._require_taken()
        key = self._key(passphrase)
        with InUse(self.folder, alone=True):
            return self._restore_newest(key)

    def _restore_newest(self, key: bytes) -> Path:
        backup = newest_sound_backup(self.database, key)
        if backup is None:
            raise Actionable(
                "no_backup",
                Sentence("There is no sound backup in this profile."),
                advice=Sentence("Nothing was changed. Enrol again in another folder; head office has what was sent."),
            )
        restored = self.folder / "records-restored.db"
        with _folder_faults(self.folder):
            try:
                restored.touch(mode=0o600)
                shutil.copyfile(backup, restored)
                with restored.open("r+b") as file:
                    os.fsync(file.fileno())
            except OSError:
                restored.unlink(missing_ok=True)
                raise
            for old, aside in self._to_set_aside():  # without the first nothing is opened that lacks the others
                old.replace(aside)
            restored.replace(self.database)
        return backup

    def _to_set_aside(self) -> list[tuple[Path, Path]]:
        """The database and what stands beside it, each with the name it gets: a new one, or the one that the database
        has already where a restore was killed behind that.
        """
        here = [path for suffix in _FILES if (path := self.folder / f"records.db{suffix}").exists()]
        numbers = [int(named[1]) for path in self.folder.iterdir() if (named := _SET_ASIDE.fullmatch(path.name))]
        newest = max(numbers, default=0)
        begun = [self._aside(path, newest) for path in here]
        if newest and self.database not in here and not any(path.exists() for path in begun):
            return list(zip(here, begun, strict=True))
        return [(path, self._aside(path, newest + 1)) for path in here]

    def _aside(self, path: Path, number: int) -> Path:
        return path.with_name(path.name.replace("records", f"records-set-aside-{number}", 1))

    def set_aside(self) -> Path:
        """Keep everything that is here, whole, in a folder beside this one, whose own name is free then.

        Returns that folder. Raises StorageFault ``no_permission``, Actionable ``no_profile``; nothing was moved then.
        """
        self._require_taken()
        aside = next(
            folder
            for number in count(1)
            if not os.path.lexists(folder := self.folder.with_name(f"{self.folder.name}-set-aside-{number}"))
        )
        remembered, name = keys.remembered_key(self.name), self.name
        with _folder_faults(self.folder):
            self.folder.rename(aside)
        if remembered is not None and keys.remember_key(Profile(aside).name, remembered):
            keys.forget_key(name)
        return aside

    def _key(self, passphrase: str) -> bytes:
        with _folder_faults(self.folder):
            return keys.open_key(self.key_file, passphrase)

    def _require(self) -> None:
        self._require_taken()
        # A file that was cut off to nothing would silently become a new database.
        if not self.database.is_file() or self.database.stat().st_size < SMALLEST_FILE:
            raise damaged_file()

    def _require_taken(self) -> None:
        if self.was_handed_in() and not self.is_taken():
            raise Actionable(
                "handed_in",
                Sentence("Head office withdrew this laptop's access; what was not sent has been handed in, sealed."),
                advice=Sentence("Ask your administrator for a new enrolment code."),
            )
        if not self.is_taken():
            raise Actionable(
                "no_profile",
                Sentence("There is no profile in {folder}.", folder=str(self.folder)),
                advice=Sentence("Enrol this laptop first, or name the right folder."),
            )


_FILES = ("", "-wal", "-shm")
"""What a database consists of, by how the names end; the first is of no use without the second."""

_SET_ASIDE = re.compile(r"records-set-aside-([0-9]{1,9})\.db(?:-wal|-shm)?")


def default_folder() -> Path:
    """Where this computer's user keeps the profile when no folder is named (``FIELDAPP_PROFILE`` overrides it)."""
    named = os.environ.get("FIELDAPP_PROFILE")
    return Path(named) if named else Path(platformdirs.user_data_dir("fieldapp", appauthor=False)) / "profile"


@contextmanager
def _folder_faults(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise full_disk() from error
        raise StorageFault(
            "no_permission",
            Sentence(
                "The folder {folder} cannot be used: {reason}.",
                folder=error.filename or str(folder),
                reason=error.strerror or "?",
            ),
            advice=Sentence("Nothing was changed. Choose another folder or ask for access to this one."),
        ) from error
