"""The same data give the same bytes, and other data another digest."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine

from fieldapp.documents.pack import data_digest, render
from fieldapp.documents.papers import PaperState
from fieldapp.domain.money import Money
from tests.documents.investigation_to_print import FULL as FULL_INVESTIGATION
from tests.documents.papers_to_print import DAY, FULL_APPLICATION, FULL_VISIT, mark, schedule_paper
from tests.documents.reading import text_of
from tests.documents.test_cover import COVER

PAPERS = {
    "cover": COVER,
    "application": FULL_APPLICATION,
    "investigation": FULL_INVESTIGATION,
    "schedule": schedule_paper(),
    "visit": FULL_VISIT,
}
_PRINT = """
import hashlib
from fieldapp.documents.pack import render
from tests.documents.test_sameness import PAPERS
for name, paper in reversed(PAPERS.items()):
    print(name, hashlib.sha256(render(paper)).hexdigest())
"""


@pytest.mark.long
def test_every_process_prints_the_same_bytes() -> None:
    expected = {name: hashlib.sha256(render(paper)).hexdigest() for name, paper in PAPERS.items()}
    for seed, epoch in (("0", None), ("1", "1"), ("4242", "1700000000")):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": "Asia/Shanghai" if seed == "1" else "UTC"}
        if epoch is not None:
            environment["SOURCE_DATE_EPOCH"] = epoch
        root = Path(__file__).parents[2]
        done = subprocess.run(
            [sys.executable, "-c", _PRINT], env=environment, cwd=root, capture_output=True, text=True, check=True
        )
        printed = dict(line.split() for line in done.stdout.splitlines())
        assert printed == expected


def test_threads_that_print_at_once_do_not_disturb_each_other() -> None:
    expected = {name: render(paper) for name, paper in PAPERS.items()}
    with ThreadPoolExecutor(4) as pool:
        jobs = [(name, pool.submit(render, paper)) for _ in range(4) for name, paper in PAPERS.items()]
        assert all(job.result() == expected[name] for name, job in jobs)


def test_another_day_on_the_clock_changes_nothing() -> None:
    first = render(FULL_APPLICATION)
    with time_machine.travel("2031-05-06 07:08:09", tick=False):
        assert render(FULL_APPLICATION) == first


@pytest.mark.parametrize("paper", PAPERS.values(), ids=PAPERS)
def test_state_does_not_change_the_digest(paper) -> None:
    signing = replace(paper, mark=replace(paper.mark, state=PaperState.FOR_SIGNATURE))
    assert data_digest(signing) == data_digest(paper)
    assert render(signing) != render(paper)


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
