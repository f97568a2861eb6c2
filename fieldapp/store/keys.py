"""The key of a profile: 32 random bytes, wrapped by the officer's passphrase and, if they agree, kept by the system.

The wrapped key lies beside the database in ``key.json``. Changing the passphrase wraps the same key anew, so it
takes no time however much has been recorded.
"""

from __future__ import annotations

import base64
import os
from pathlib import Path

import keyring
import keyring.errors
import msgspec
from argon2.exceptions import HashingError
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from fieldapp.domain.errors import Invalid
from fieldapp.domain.wording import Sentence
from fieldapp.store.faults import damaged_key, missing_key, wrong_passphrase
from fieldapp.store.files import read_small_file, replace_file

LEAST_PASSPHRASE = 8
"""Characters a new passphrase must have [G]."""
LONGEST_PASSPHRASE = 1_000
"""Fields and terminals cut what is longer, each elsewhere: such a passphrase might open nothing tomorrow."""

GREATEST_MEMORY_KIB = 1024 * 1024
"""A key file that asks for more was damaged: obeyed, it would take the whole computer."""
MOST_PASSES = 100
"""Over that memory; more would never end."""

KEYRING_SERVICE = "fieldapp"


class Argon2Cost(msgspec.Struct, frozen=True):
    """What one guess at the passphrase costs (RFC 9106, second recommended option, by default)."""

    time: int = 3
    memory_kib: int = 64 * 1024
    lanes: int = 4


class WrappedKey(msgspec.Struct, frozen=True):
    """The content of ``key.json``: nothing in it helps without the passphrase."""

    version: int
    cost: Argon2Cost
    salt: str
    nonce: str
    sealed: str


USUAL_COST = Argon2Cost()
"""Of every key that is made; the quarter of a second that it takes an officer is what a thief's guess costs."""


def create_key(path: Path, passphrase: str) -> bytes:
    """Make a new database key, wrap it with ``passphrase`` and write it to ``path``; returns the 32 bytes.

    Raises Invalid (``passphrase_short``) before anything is written.
    """
    key = os.urandom(32)
    _write(path, key, passphrase, USUAL_COST)
    return key


def require_good_passphrase(passphrase: str) -> None:
    """Raises Invalid ``passphrase_short`` or ``passphrase_long``."""
    if len(passphrase) < LEAST_PASSPHRASE:
        raise Invalid(
            "passphrase_short",
            Sentence("A passphrase has at least {least} characters.", least=LEAST_PASSPHRASE),
            field="passphrase",
        )
    if len(passphrase) > LONGEST_PASSPHRASE:
        raise Invalid(
            "passphrase_long",
            Sentence("A passphrase has at most {most} characters.", most=LONGEST_PASSPHRASE),
            field="passphrase",
        )


def open_key(path: Path, passphrase: str) -> bytes:
    """The database key. Raises StorageFault: ``wrong_passphrase``, ``key_damaged``, ``key_missing``."""
    wrapped = _read(path)
    try:
        return AESGCM(_stretch(passphrase, wrapped)).decrypt(_raw(wrapped.nonce), _raw(wrapped.sealed), None)
    except InvalidTag as error:
        raise wrong_passphrase() from error
    except (ValueError, OverflowError, HashingError) as error:  # binascii.Error is a ValueError
        raise damaged_key() from error


def change_passphrase(path: Path, old: str, new: str) -> None:
    """Wrap the same key with ``new``; atomic, so a crash leaves the old one or the new one in force."""
    cost = _read(path).cost
    _write(path, open_key(path, old), new, cost)


def remember_key(profile: str, key: bytes) -> bool:
    """Hand the key to the system's keyring; False when this computer has none."""
    try:
        keyring.set_password(KEYRING_SERVICE, profile, base64.b64encode(key).decode())
    except keyring.errors.KeyringError:
        return False
    return True


def remembered_key(profile: str) -> bytes | None:
    """The key the system's keyring holds for ``profile``, if any."""
    try:
        text = keyring.get_password(KEYRING_SERVICE, profile)
    except keyring.errors.KeyringError:
        return None
    return base64.b64decode(text) if text else None


def forget_key(profile: str) -> None:
    """Take the key back from the system's keyring; no matter if it was never there."""
    try:
        keyring.delete_password(KEYRING_SERVICE, profile)
    except keyring.errors.KeyringError:
        return


def _write(path: Path, key: bytes, passphrase: str, cost: Argon2Cost) -> None:
    require_good_passphrase(passphrase)
    salt, nonce = os.urandom(16), os.urandom(12)
    shell = WrappedKey(1, cost, _text(salt), _text(nonce), "")
    sealed = AESGCM(_stretch(passphrase, shell)).encrypt(nonce, key, None)
    replace_file(path, msgspec.json.encode(msgspec.structs.replace(shell, sealed=_text(sealed))))


def _read(path: Path) -> WrappedKey:
    try:
        wrapped = msgspec.json.decode(read_small_file(path), type=WrappedKey)
    except FileNotFoundError as error:
        raise missing_key() from error
    except ValueError as error:  # msgspec.DecodeError is one
        raise damaged_key() from error
    if wrapped.cost.memory_kib > GREATEST_MEMORY_KIB or wrapped.cost.time > MOST_PASSES:
        raise damaged_key()
    return wrapped


def _stretch(passphrase: str, wrapped: WrappedKey) -> bytes:
    return hash_secret_raw(
        passphrase.encode("utf-8", "surrogatepass"),
        _raw(wrapped.salt),
        time_cost=wrapped.cost.time,
        memory_cost=wrapped.cost.memory_kib,
        parallelism=wrapped.cost.lanes,
        hash_len=32,
        type=Type.ID,
    )


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _raw(text: str) -> bytes:
    return base64.b64decode(text)
