"""What is bound arrives as what it is."""

from __future__ import annotations

from fieldapp.store.database import Store
from fieldapp.store.unit import Unit


def test_null_bytes_and_truth_values_are_bound_as_what_they_are(store: Store) -> None:
    def ask(unit: Unit) -> tuple[object, ...]:
        bound = (None, b"\x00a", True, False)
        query = "SELECT ?1, typeof(?1), ?2, typeof(?2), ?3, typeof(?3), ?4"
        return tuple(unit.connection.execute(query, bound).fetchone())

    assert store.write(ask) == (None, "null", b"\x00a", "blob", 1, "integer", 0)
