"""Numbers that are compared and never read again: digests under a key that only head office has.

Identity numbers, telephones and accounts are so few that a plain hash of one is found by trying them all; see
docs/decisions/related-parties.md.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from functools import partial

from fieldapp.headoffice.storage.accounts import Accounts

_KEY = "screening_key"


class KeyedDigests:
    """Digests under the key of one head office, which is made when it is first needed."""

    def __init__(self, accounts: Accounts) -> None:
        self._key = bytes.fromhex(accounts.setting_once(_KEY, partial(secrets.token_hex, 32)))

    def of(self, sort: str, written: object) -> str | None:
        """The digest of a number or an address of one ``sort``, however it was spaced; None where nothing stands."""
        text = unicodedata.normalize("NFKC", written).upper() if isinstance(written, str) else ""
        bare = "".join(character for character in text if character.isalnum())
        if not bare:
            return None
        return hmac.new(self._key, f"{sort}\n{bare}".encode(), hashlib.sha256).hexdigest()
