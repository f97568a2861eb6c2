"""The loan products that have arrived from head office, every version of them."""

from __future__ import annotations

import logging

import msgspec

from fieldapp.domain.kinds import record_of
from fieldapp.domain.records import Product
from fieldapp.store.records import Records

log = logging.getLogger(__name__)


def known_products(records: Records) -> tuple[Product, ...]:
    """Every product this program can read. One of a newer head office is left out: the others must still be sold."""
    found = []
    for stored in records.of_kind("product"):
        try:
            found.append(record_of(Product, stored.screen))
        except msgspec.ValidationError:
            log.warning("product_unreadable", extra={"product": stored.id})
    return tuple(found)
