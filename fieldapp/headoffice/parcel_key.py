"""Head office's key to parcels: the private half stays in its settings, laptops get the public one."""

from __future__ import annotations

from fieldapp.headoffice.storage.store import Store, Unit
from fieldapp.protocol.parcel import new_parcel_key, public_parcel_key

PARCEL_KEY = "parcel_key"
"""The setting that holds the private key."""


def public_key(unit: Unit) -> str:
    """The key that laptops seal to, as text; made at the first asking. The unit must be a writing one then."""
    return public_parcel_key(unit.accounts.setting_once(PARCEL_KEY, new_parcel_key))


def key(store: Store) -> str:
    """The same, for a laptop that was enrolled before there was one."""
    with store.writing() as unit:
        return public_key(unit)
