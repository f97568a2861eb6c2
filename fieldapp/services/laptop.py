"""A laptop as its officer knows it: enrolling, unlocking, its address of head office, its passphrase, its health.

Screens hand stores, profiles and notices from one service to the next without looking inside; they name them from here.
"""

from __future__ import annotations

import logging
import platform
import ssl
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from fieldapp.domain.errors import Actionable, Invalid
from fieldapp.domain.wording import Sentence
from fieldapp.protocol.identifiers import Clock
from fieldapp.services.head_office_address import typed_address
from fieldapp.services.own_branch import branch_of
from fieldapp.store.database import Store
from fieldapp.store.faults import StorageFault
from fieldapp.store.notices import Changed
from fieldapp.store.profile import Card, Profile, default_folder
from fieldapp.store.state import Enrolment
from fieldapp.store.unit import Unit
from fieldapp.sync.enrol import enrol
from fieldapp.sync.line import Line

__all__ = [
    "Card",
    "Changed",
    "Enrolment",
    "Laptop",
    "Preferences",
    "Profile",
    "Store",
    "check_laptop",
    "default_profile_folder",
    "enrol_laptop",
    "restore_laptop",
    "set_profile_aside",
    "unlock_laptop",
    "unlock_remembered",
]

log = logging.getLogger(__name__)

LONGEST_CODE = 100
"""Of an enrolment code as typed, with what people put between its letters."""

LARGEST_CERTIFICATE_BYTES = 256 * 1024
"""Of a certificate with its chain; no file is read further."""


class Preferences(msgspec.Struct, frozen=True, kw_only=True):
    """How the officer likes the program; ``scale_percent`` from 100 to 200.

    ``language`` is None until somebody chooses one: the system's is spoken.
    ``photos_kb_per_s`` bounds what photos take of the line, both ways together, in 1,000 bytes; None for no bound.
    """

    language: str | None = None
    theme: str = "light"
    scale_percent: int = 100
    reduced_motion: bool = False
    photos_kb_per_s: int | None = None


@dataclass(frozen=True, slots=True)
class Laptop:
    """An unlocked profile."""

    profile: Profile
    store: Store
    line: Line = field(default_factory=Line, compare=False)

    def enrolment(self) -> Enrolment:
        """Whose laptop this is."""
        with self.store.reading() as view:
            return view.state.enrolment()

    def preferences(self) -> Preferences:
        """How the officer likes the program."""
        with self.store.reading() as view:
            return view.state.get("preferences", Preferences) or Preferences()

    def prefer(self, preferences: Preferences) -> None:
        """Keep new preferences, also where the unlock screen finds them."""

        def keep(unit: Unit) -> None:
            unit.state.set("preferences", preferences)
            unit.tell("settings")

        self.store.write(keep)
        self.write_card()

    def move_head_office(self, address: str, certificate: str | None = None) -> None:
        """Head office has another address now. Raises Invalid ``address``; the old one stays then."""
        checked = typed_address(address)

        def move(unit: Unit) -> None:
            moved = msgspec.structs.replace(unit.state.enrolment(), address=checked, certificate=certificate)
            unit.state.set("enrolment", moved)
            unit.tell("settings")

        self.store.write(move)

    def card_now(self) -> Card:
        """What the unlock screen may say, by the records: who, how much is unsent, how many drafts."""
        with self.store.reading() as view:
            enrolment = view.state.enrolment()
            preferences = view.state.get("preferences", Preferences) or Preferences()
            unsent, drafts = view.outbox.count(), view.drafts.count()
            branch = branch_of(view.records, enrolment)
        old = self.profile.card()
        return Card(
            staff_name=enrolment.staff_name,
            role=enrolment.role,
            branch_name=enrolment.branch_name,
            bank=enrolment.bank,
            unsent=unsent,
            drafts=drafts,
            language=preferences.language,
            theme=preferences.theme,
            remembered=old is not None and old.remembered,
            branch_name_en=branch.name_en if branch is not None else "",
            bank_en=branch.bank_en if branch is not None else "",
        )

    def write_card(self) -> None:
        """Bring up to date what the unlock screen says."""
        card = self.card_now()
        if card != self.profile.card():
            self.profile.write_card(card)

    def remember(self, passphrase: str) -> bool:
        """Let the system's keyring open this profile from now on; False when this computer has none."""
        kept = self.profile.remember(passphrase)
        self._note_remembered(kept)
        return kept

    def forget(self) -> None:
        """Ask for the passphrase again from now on."""
        self.profile.forget()
        self._note_remembered(remembered=False)

    def change_passphrase(self, old: str, new: str) -> None:
        """Raises StorageFault ``wrong_passphrase``, Invalid ``passphrase_short``; the old one stays in force then."""
        self.profile.change_passphrase(old, new)

    def back_up(self) -> Path:
        """A verified, encrypted copy beside the database."""
        return self.store.back_up()

    def lock(self) -> None:
        """Close everything; nothing can be read until the passphrase is given again."""
        try:
            self.write_card()
        except OSError:
            log.warning("card_not_written")
        self.line.close()
        self.store.close()

    def _note_remembered(self, remembered: bool) -> None:
        card = self.profile.card()
        if card is not None:
            self.profile.write_card(msgspec.structs.replace(card, remembered=remembered))


def default_profile_folder() -> Path:
    """Where this computer's user keeps the profile when no folder is named (FIELDAPP_PROFILE overrides it)."""
    return default_folder()


def enrol_laptop(
    folder: Path, *, address: str, code: str, passphrase: str, clock: Clock, certificate_file: Path | None = None
) -> Laptop:
    """Make this laptop an officer's with the one-time code from head office.

    ``certificate_file`` (PEM) is needed only when head office's certificate is not one the system trusts. Raises
    Invalid, SyncTrouble, StorageFault or Actionable; nothing is left behind then and the code is not used up, unless
    head office has already accepted it.
    """
    if len(code) > LONGEST_CODE:
        raise Invalid(
            "code",
            Sentence("This is not an enrolment code. It has 12 letters and digits, like K7QM-4XWD-9RTV."),
            field="code",
        )
    profile = Profile(folder)
    store = enrol(
        profile,
        address=typed_address(address),
        code=code,
        passphrase=passphrase,
        device_name=platform.node() or "laptop",
        clock=clock,
        certificate=_certificate(certificate_file) if certificate_file is not None else None,
    )
    laptop = Laptop(profile, store)
    laptop.write_card()
    return laptop


def unlock_laptop(folder: Path, passphrase: str, clock: Clock) -> Laptop:
    """Open the records with the passphrase; works with no network at all.

    Raises StorageFault (``wrong_passphrase``, ``damaged``, ``newer``, ``no_permission``, ``disk_full``) or Actionable
    (``no_profile``).
    """
    profile = Profile(folder)
    return _enrolled(profile, profile.unlock(passphrase, clock))


def unlock_remembered(folder: Path, clock: Clock) -> Laptop | None:
    """Open the records with the key that the system's keyring keeps; None when the passphrase is needed."""
    profile = Profile(folder)
    store = profile.unlock_remembered(clock)
    return _enrolled(profile, store) if store is not None else None


def check_laptop(laptop: Laptop) -> dict[str, object]:
    """What an administrator asks first when something is wrong: counts and versions, no personal data.

    Every page of the database is read. Raises StorageFault ``damaged``.
    """
    laptop.store.verify()
    with laptop.store.reading() as view:
        enrolment = view.state.enrolment()
        return {
            "database": "sound",
            "steps": view.state.steps(),
            "prospects": view.prospects.total(),
            "contacts": view.records.count("contact"),
            "visits": view.records.count("visit"),
            "applications": view.records.count("application"),
            "unsent": view.outbox.count(),
            "refused": len(view.outbox.refused()),
            "conflicts": len(view.records.in_conflict()),
            "drafts": view.drafts.count(),
            "photos_to_send": len(view.attachments.waiting("to_send")),
            "photos_to_fetch": len(view.attachments.waiting("to_fetch")),
            "head_office": enrolment.address,
            "device": enrolment.device,
            "python": platform.python_version(),
            "system": platform.platform(),
        }


def restore_laptop(folder: Path, passphrase: str, clock: Clock) -> Path:
    """Put the newest sound backup in the place of a damaged database, which is kept beside it under another name.

    Returns the backup that was used. Raises StorageFault, Actionable ``not_damaged`` for a sound database, which
    holds what was recorded since the backup, or ``no_backup``; nothing is changed then.
    """
    profile = Profile(folder)
    if _is_sound(profile, passphrase, clock):
        raise Actionable(
            "not_damaged",
            Sentence("Your records are sound; a backup in their place would lack what was recorded since."),
            advice=Sentence("Nothing was changed."),
        )
    backup = profile.restore_newest(passphrase)
    profile.unlock(passphrase, clock).close()
    return backup


def _is_sound(profile: Profile, passphrase: str, clock: Clock) -> bool:
    """Whether the database opens and each of its pages can be read. Raises StorageFault for what is no damage."""
    try:
        with profile.unlock(passphrase, clock) as store:
            store.verify()
    except StorageFault as fault:
        if fault.code != "damaged":
            raise
        return False
    return True


def set_profile_aside(folder: Path) -> Path:
    """Keep the records that nobody can open here under another name, and have the folder free for another enrolment.

    Returns where they are now: opened with their passphrase there, as ever. Raises StorageFault or Actionable
    (``no_profile``); nothing is changed then.
    """
    return Profile(folder).set_aside()


def _enrolled(profile: Profile, store: Store) -> Laptop:
    laptop = Laptop(profile, store)
    try:
        laptop.enrolment()
    except LookupError as error:
        store.close()
        raise Actionable(
            "not_enrolled",
            Sentence("Enrolment on this laptop was never finished."),
            advice=Sentence("Delete the folder {folder} and enrol again.", folder=str(profile.folder)),
        ) from error
    return laptop


def _certificate(path: Path) -> str:
    try:
        with path.open("rb") as file:
            text = file.read(LARGEST_CERTIFICATE_BYTES).decode("ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise Actionable(
            "certificate", Sentence("The certificate file {path} cannot be read.", path=str(path))
        ) from error
    try:
        ssl.create_default_context(cadata=text or "-")  # with nothing it would trust the system's
    except (ssl.SSLError, ValueError) as error:
        raise Actionable("certificate", Sentence("{path} is not a certificate in PEM form.", path=str(path))) from error
    return text
