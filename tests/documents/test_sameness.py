"""The same data give the same bytes, and other data another digest."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
import time_machine

from fieldapp.documents.pack import data_digest, render
from fieldapp.documents.papers import PaperState
from fieldapp.domain.money import Money
from tests.documents.papers_to_print import DAY, FULL_APPLICATION, FULL_VISIT, mark
from tests.documents.reading import text_of
from tests.documents.sheets import FULL as PAPERS

_PRINT = """
import contextlib, hashlib, locale
with contextlib.suppress(locale.Error):  # one that this machine lacks is only named
    locale.setlocale(locale.LC_ALL, "")
from fieldapp.documents.pack import render
from tests.documents.test_sameness import PAPERS
for name, paper in reversed(PAPERS.items()):
    print(name, hashlib.sha256(render(paper)).hexdigest())
"""


@cache
def printed() -> dict[str, bytes]:
    """Every paper."""
    return {name: render(paper) for name, paper in PAPERS.items()}


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"PYTHONHASHSEED": "1", "TZ": "Asia/Urumqi", "LC_ALL": "zh_CN.GB18030", "LANG": "zh_CN.GB18030"},
        pytest.param(
            {"PYTHONHASHSEED": "0", "TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONUTF8": "0"},
            marks=pytest.mark.long,
        ),
        pytest.param(
            {"PYTHONHASHSEED": "4242", "TZ": "America/St_Johns", "LC_ALL": "de_DE.UTF-8", "SOURCE_DATE_EPOCH": "1"},
            marks=pytest.mark.long,
        ),
    ],
)
def test_another_process_locale_and_time_zone_print_the_same_bytes(elsewhere: dict[str, str]) -> None:
    expected = {name: hashlib.sha256(pdf).hexdigest() for name, pdf in printed().items()}
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", _PRINT], env={**os.environ, **elsewhere}, cwd=root, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    assert dict(line.split() for line in done.stdout.splitlines()) == expected


@pytest.mark.parametrize("times", [2, pytest.param(8, marks=pytest.mark.long)])
def test_threads_that_print_at_once_do_not_disturb_each_other(times: int) -> None:
    expected = printed()
    with ThreadPoolExecutor(4) as pool:
        jobs = [(name, pool.submit(render, paper)) for _ in range(times) for name, paper in PAPERS.items()]
        assert all(job.result() == expected[name] for name, job in jobs)


def test_another_day_on_the_clock_changes_nothing() -> None:
    first = render(FULL_APPLICATION)
    with time_machine.travel("2031-05-06 07:08:09", tick=False):
        assert render(FULL_APPLICATION) == first


@pytest.mark.parametrize("paper", PAPERS.values(), ids=PAPERS)
def test_state_does_not_change_the_digest(paper) -> None:
    sealed = replace(paper, mark=replace(paper.mark, state=PaperState.SEALED))
    assert data_digest(sealed) == data_digest(paper)
    assert render(sealed) != render(paper)


def test_every_changed_value_changes_the_digest() -> None:
    paper = FULL_APPLICATION
    others = [
        replace(paper, own_funds=Money.yuan("40000.01")),
        replace(paper, own_funds=None),
        replace(paper, mark=mark("0412-2026-000090/1")),
        replace(paper, mark=replace(paper.mark, dated=DAY + timedelta(days=1))),
        replace(paper, applicant=replace(paper.applicant, name="张三丰")),
        replace(paper, uses=paper.uses[:2]),
        replace(paper, uses=(paper.uses[1], paper.uses[0], paper.uses[2])),
        replace(paper, gives_guarantees=None),
    ]
    digests = {data_digest(other) for other in (paper, *others)}
    assert len(digests) == len(others) + 1


def test_the_digest_stands_on_the_page() -> None:
    digest = data_digest(FULL_VISIT)
    assert "-".join(digest[at : at + 4] for at in range(0, 16, 4)) in text_of(render(FULL_VISIT))
