"""How the list of what waits to be sent says what travels beside a change."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from fieldapp.desktop.components.rows import Row
from fieldapp.desktop.components.words import said
from fieldapp.desktop.pages.sync_rows import files_with, rows_of
from fieldapp.domain.wording import Sentence
from fieldapp.services.outbox_status import OutboxStatus, UnsentChange


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


def test_the_customer_stands_before_what_a_narrow_list_cuts_off() -> None:
    at = datetime(2026, 6, 1, tzinfo=UTC)
    change = UnsentChange(
        "c1", "r1", "p1", Sentence("Visit"), "张三", at, 900, "visit", 0, waits=False, too_large=False
    )
    status = OutboxStatus(1, 0, 0, 0, 0, 0, last=None, last_at=None)
    _heading, row = rows_of((), (), (change,), (), status, date(2026, 6, 1))
    assert isinstance(row, Row)
    assert said(row.title).startswith("张三 • ")
