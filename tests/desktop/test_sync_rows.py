"""How the list of what waits to be sent says what travels beside a change."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fieldapp.desktop.pages.sync_rows import files_with
from fieldapp.domain.wording import Sentence
from fieldapp.services.outbox_status import UnsentChange


@pytest.mark.parametrize(
    ("kind", "files", "said"),
    [("visit", 0, ""), ("visit", 2, "2 张照片"), ("consent", 1, "1 张照片"), ("document", 1, "1 个文件")],
)
def test_file_of_a_paper_is_not_called_a_photo(kind: str, files: int, said: str) -> None:
    at = datetime(2026, 6, 1, tzinfo=UTC)
    change = UnsentChange(
        "c1", "r1", "p1", Sentence("Visit"), "张三", at, 900, kind, files, waits=False, too_large=False
    )
    assert files_with(change) == said
