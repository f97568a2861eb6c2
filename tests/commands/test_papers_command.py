"""From the form to a sealed paper and back: freezing, sealing and checking without the screen."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from fieldapp.protocol.identifiers import SystemClock
from fieldapp.services.add_prospect import NewProspect, add_prospect
from fieldapp.services.apply_for_loan import ApplyForLoan
from fieldapp.services.business_day import business_date
from fieldapp.services.laptop import unlock_laptop
from tests.commands.conftest import Office
from tests.commands.typed_commands import PASSPHRASE, require_refusal, typed


def test_a_paper_is_frozen_sealed_and_checked(enrolled: Callable[[], Path], tmp_path: Path) -> None:
    profile = enrolled()
    assert typed("sync", "--profile", profile).code == 0
    laptop = unlock_laptop(profile, PASSPHRASE, SystemClock())
    ApplyForLoan(laptop.store).start(add_prospect(laptop.store, NewProspect(name="张三")).prospect)
    day = business_date(laptop.store.clock)
    laptop.lock()
    drafts, frozen, sealed = tmp_path / "drafts", tmp_path / "待签署", tmp_path / "sealed"
    draft = _form(typed("pdf", drafts, "--profile", profile, "--json").facts()["papers"])
    assert _verdict("verify", draft["path"], "--profile", profile) == (3, "draft", "none")
    paper = _form(typed("pdf", frozen, "--for-signature", "--profile", profile, "--json").facts()["papers"])
    assert paper["state"] == "for_signature"
    paper = _form(typed("pdf", sealed, "--seal", "--profile", profile, "--json").facts()["papers"])
    assert paper["state"] == "sealed"
    assert _verdict("verify", paper["path"], "--profile", profile) == (0, "genuine", "valid")
    changed = tmp_path / "changed.pdf"
    content = bytearray(Path(paper["path"]).read_bytes())
    content[1000] ^= 1
    changed.write_bytes(content)
    assert _verdict("verify", changed, "--profile", profile) == (4, "changed", "changed")
    told = typed("verify", changed, "--profile", profile, language="zh")
    assert "不可采信" in told.out
    in_the_day = next(
        path
        for path in typed("pdf", tmp_path / "day", "--day", day, "--profile", profile, "--json").facts()["papers"]
        if "-1 " in Path(path).name
    )
    assert Path(in_the_day).read_bytes() == Path(paper["path"]).read_bytes()


def test_head_office_checks_what_a_laptop_handed_in(
    office: Office, enrolled: Callable[[], Path], tmp_path: Path
) -> None:
    profile = enrolled()
    assert typed("sync", "--profile", profile).code == 0
    laptop = unlock_laptop(profile, PASSPHRASE, SystemClock())
    ApplyForLoan(laptop.store).start(add_prospect(laptop.store, NewProspect(name="张三")).prospect)
    laptop.lock()
    for step in ("--for-signature", "--seal"):
        paper = _form(typed("pdf", tmp_path / "out", step, "--profile", profile, "--json").facts()["papers"])
    there = ("--database", office.database)
    assert _verdict("headoffice", "verify", paper["path"], *there) == (5, "sealed_elsewhere", "valid")
    assert typed("sync", "--profile", profile).code == 0
    assert _verdict("headoffice", "verify", paper["path"], *there) == (0, "genuine", "valid")
    other = tmp_path / "other.pdf"
    other.write_bytes(Path(paper["path"]).read_bytes() + b" ")
    assert _verdict("headoffice", "verify", other, *there) == (4, "changed", "appended")


def test_what_cannot_be_checked_is_a_sentence(enrolled: Callable[[], Path], tmp_path: Path) -> None:
    profile = enrolled()
    require_refusal("what", "verify", "--profile", profile)
    require_refusal("what", "pdf", tmp_path / "x", "--seal", "--for-signature", "--profile", profile)
    require_refusal("file_gone", "verify", tmp_path / "gone.pdf", "--profile", profile)
    require_refusal("not_a_paper", "verify", "--code", "https://example.com", "--profile", profile)


def _form(papers: list[dict[str, str]]) -> dict[str, str]:
    return next(paper for paper in papers if paper["number"].endswith("/1"))


def _verdict(*words: str | Path) -> tuple[int, str, str]:
    answered = typed(*words, "--json")
    (paper,) = json.loads(answered.out)["papers"]
    return answered.code, paper["verdict"], paper["seal"]
