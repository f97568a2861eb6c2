"""A live server and its own description: whatever the description allows or forbids, the answer is one it names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
import zstandard
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    response_schema_conformance,
    status_code_conformance,
)

from fieldapp.headoffice.administration import create_head_office
from fieldapp.headoffice.serve import RunningHeadOffice
from fieldapp.protocol.messages import MEDIA_TYPE, REQUEST_HEADER
from tests.headoffice import changes_to_send as send
from tests.headoffice.reference_client import WORDS, ReferenceClient

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
ROUTES = [
    ("GET", "/health"),
    ("GET", "/metrics"),
    ("GET", "/schema"),
    ("POST", "/enrol"),
    ("GET", "/sync"),
    ("POST", "/sync"),
    ("HEAD", "/attachments/{digest}"),
    ("PATCH", "/attachments/{digest}"),
    ("GET", "/attachments/{digest}"),
]
schemathesis.serializer.alias(MEDIA_TYPE, "application/json")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, Any], ReferenceClient]]:
    """A server's URL, its description and a laptop that may ask it."""
    clock = send.FixedClock()
    office = create_head_office(tmp_path_factory.mktemp("office") / "h.db", clock)
    office.add_branch(send.branch())
    with RunningHeadOffice(office.store, clock) as running:
        client = ReferenceClient(running.url)
        client.enrol(office.issue_code(office.add_staff("张三", "officer", send.BRANCH)).code)
        yield running.url, client.description(), client
    office.store.close()


def try_route(method: str, path: str, served: tuple[str, dict[str, Any], ReferenceClient], examples: int) -> None:
    url, document, client = served
    schema = schemathesis.openapi.from_dict(document)
    operation = schema[path][method]
    cases = operation.as_strategy()
    if method != "GET":  # and what the description forbids
        cases = st.one_of(cases, operation.as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE))

    @seed(20260601)
    @settings(
        max_examples=examples,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(cases)
    def answers_as_described(case: Any) -> None:
        headers = {REQUEST_HEADER: "r-1", "Authorization": f"Bearer {client.token}"}
        if isinstance(case.body, dict) and path == "/sync":
            case.body["device"] = client.device
        answer = case.call(base_url=url, headers=headers)
        assert answer.headers[REQUEST_HEADER.lower()] == ["r-1"]
        if answer.headers.get("content-encoding") == ["zstd-words"]:  # the short question's answer always may be
            words = zstandard.ZstdCompressionDict(WORDS, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
            with zstandard.ZstdDecompressor(dict_data=words).stream_reader(answer.content) as reader:
                answer.content = reader.read()
        case.validate_response(answer, checks=CHECKS, excluded_checks=[ignored_auth])

    answers_as_described()


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_every_answer_is_one_that_is_described(
    method: str, path: str, served: tuple[str, dict[str, Any], ReferenceClient]
) -> None:
    try_route(method, path, served, examples=12)


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_every_answer_is_one_that_is_described_at_depth(
    method: str, path: str, served: tuple[str, dict[str, Any], ReferenceClient]
) -> None:
    try_route(method, path, served, examples=500)
