"""Secrets that head office hands out once and keeps only as hashes: enrolment codes and laptops' tokens."""

from __future__ import annotations

import hashlib
import secrets

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Letters and digits that nobody mistakes for each other when a code is read out or copied by hand."""

_DRAWN = 11
_GROUP = 4


def new_code() -> str:
    """A one-time code such as ``K7QM-4XWD-9RTV``: 55 random bits and a check character."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(_DRAWN))
    code = drawn + _check_character(drawn)
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))


def cleaned_code(typed: str) -> str | None:
    """The code without spaces, dashes and small letters; None when it cannot be one, or has a slip in it."""
    code = "".join(letter for letter in typed.upper() if letter.isalnum()) if len(typed) <= 64 else ""
    if len(code) != _DRAWN + 1 or not set(code) <= set(ALPHABET):
        return None
    return code if _check_character(code[:-1]) == code[-1] else None


def code_hash(cleaned: str) -> str:
    """What is kept of a code."""
    return hashlib.sha256(b"fieldapp enrolment code\n" + cleaned.encode()).hexdigest()


def new_token() -> str:
    """A bearer token of 32 random bytes."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(b"fieldapp token\n" + token.encode()).hexdigest()


def _check_character(drawn: str) -> str:
    """The Luhn algorithm modulo 32: finds every single slip and nearly every swap of neighbours."""
    total = 0
    for place, letter in enumerate(reversed(drawn)):
        value = ALPHABET.index(letter) * (2 if place % 2 == 0 else 1)
        total += sum(divmod(value, len(ALPHABET)))
    return ALPHABET[-total % len(ALPHABET)]
