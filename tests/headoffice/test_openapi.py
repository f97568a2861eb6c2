"""The description of the routes is whole and true: every route, every status that the other tests have met."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fieldapp.headoffice.administration import create_head_office
from fieldapp.headoffice.answers import STATUS_OF
from fieldapp.headoffice.openapi import described
from fieldapp.headoffice.routes import application
from tests.headoffice.changes_to_send import FixedClock

METHODS = ("get", "head", "post", "patch", "put", "delete")


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    told: dict[str, Any] = json.loads(described())
    return told


def test_every_route_is_described_and_nothing_else(document: dict[str, Any], tmp_path: Path) -> None:
    office = create_head_office(tmp_path / "h.db", FixedClock(), products=False)
    app = application(office.store, FixedClock())
    served = {
        (re.sub(r"\{(\w+):\w+\}", r"{\1}", route.path_format), method.lower())
        for route in app.routes
        for method in route.methods
        if method != "OPTIONS"
    }
    office.store.close()
    told = {(path, method) for path, item in document["paths"].items() for method in item}
    assert {(path, method) for path, method in served if method in METHODS} == told


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    def references(part: Any) -> Iterator[str]:
        if isinstance(part, dict):
            for name, value in part.items():
                if name == "$ref":
                    yield value
                else:
                    yield from references(value)
        elif isinstance(part, list):
            for value in part:
                yield from references(value)

    schemas = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert set(references(document)) <= schemas


def test_every_refusal_has_a_status_that_is_described(document: dict[str, Any]) -> None:
    told = {
        int(status)
        for item in document["paths"].values()
        for operation in item.values()
        for status in operation["responses"]
        if status != "default"
    }
    assert set(STATUS_OF.values()) <= told
    assert {200, 206, 400, 408, 415, 416, 426, 429, 503} <= told
    assert all("default" in op["responses"] for item in document["paths"].values() for op in item.values())
