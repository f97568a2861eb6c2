"""A request of which the long part is packed first says what the same request says in one piece."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.protocol.messages import PROTOCOL, SyncRequest
from fieldapp.protocol.wire import pack, unpack
from fieldapp.protocol.words import WORDS_CODING
from fieldapp.sync.packed_ahead import PackedAhead

CODINGS = ("zstd", WORDS_CODING)


def request(bodies: list[bytes]) -> SyncRequest:
    return SyncRequest(
        protocol=PROTOCOL,
        device="laptop",
        counter=7,
        marks={"QS": (3, "0123456789abcdef")},
        cursor="kpa",
        changes=[msgspec.Raw(body) for body in bodies],
        held={"record": (0, "QS", 3), "other": None},
    )


@pytest.mark.parametrize("coding", CODINGS)
@given(texts=st.lists(st.text(), min_size=1, max_size=20))
def test_it_reads_as_if_it_had_been_packed_whole(coding: str, texts: list[str]) -> None:
    whole = request([msgspec.json.encode({"id": text, "深": [text]}) for text in texts])
    ended = PackedAhead([bytes(body) for body in whole.changes], coding).ended(whole)
    read = unpack(ended, coding, SyncRequest, 1 << 20)
    assert [bytes(body) for body in read.changes] == [bytes(body) for body in whole.changes]
    assert msgspec.structs.replace(read, changes=[]) == msgspec.structs.replace(whole, changes=[])


@pytest.mark.parametrize("coding", CODINGS)
def test_a_full_request_is_hardly_larger_for_it(coding: str) -> None:
    whole = request([msgspec.json.encode({"id": f"c{n}", "fields": {"name": [None, "李四" * 40]}}) for n in range(500)])
    ended = PackedAhead([bytes(body) for body in whole.changes], coding).ended(whole)
    assert len(ended) < len(pack(whole, coding)[0]) + 64
