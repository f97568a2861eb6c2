"""What an administrator types for the controls: two persons, masked numbers, unknown applications."""

from __future__ import annotations

from pathlib import Path

import pytest

from fieldapp.headoffice.administration import create_head_office
from fieldapp.protocol.identifiers import SystemClock
from tests.commands.typed_commands import require_refusal, typed, typed_in_a_process
from tests.headoffice.changes_to_send import branch

NUMBER = "110101199001010037"


@pytest.fixture
def office(tmp_path: Path) -> tuple[Path, str, str]:
    """A head office with two administrators."""
    path = tmp_path / "总行.db"
    made = create_head_office(path, SystemClock(), products=False)
    made.add_branch(branch("QS"))
    first, second = (made.add_staff(name, "administrator", "QS") for name in ("甲", "乙"))
    made.store.close()
    return path, first, second


def test_a_related_party_takes_two_persons_and_is_listed_masked(office: tuple[Path, str, str]) -> None:
    path, first, second = office
    add = ("headoffice", "related-party", "add", "王大明", "--relation", "kin", "--number", NUMBER)
    entry = typed(*add, "--by", first, "--database", path, "--json").facts()["entry"]
    confirm = ("headoffice", "related-party", "confirm", entry, "--database", path)
    require_refusal("two_persons", *confirm, "--by", first)
    assert typed(*confirm, "--by", second, "--json").facts()["state"] == "standing"
    said = typed("headoffice", "related-party", "list", "--database", path, "--json").facts()["entries"]
    assert [(one["name"], one["masked"], one["state"]) for one in said] == [("王大明", "**** 0037", "standing")]
    assert "digest" not in said[0]
    remove = ("headoffice", "related-party", "remove", entry, "--by", second, "--database", path, "--json")
    assert typed(*remove).facts()["state"] == "leaving"
    require_refusal("two_persons", *confirm, "--by", second)
    assert typed(*confirm, "--by", first, "--json").facts()["state"] == "left"
    require_refusal("entry_state", *confirm, "--by", first)


@pytest.mark.parametrize(
    ("words", "sent"),
    [
        pytest.param(words, sent, marks=() if number == place else pytest.mark.long)
        for place, words in enumerate([("related-party", "add", "王", "--relation", "kin", "--by"), ("staff-number",)])
        for number, sent in enumerate(["号码".encode("gbk") + b"\n", b"9" * 5_000_000, NUMBER.encode("utf-16"), b""])
    ],
)
def test_a_line_that_is_no_number_is_refused_and_never_cut(
    words: tuple[str, ...], sent: bytes, office: tuple[Path, str, str]
) -> None:
    path, first, _second = office
    sort = ("--sort", "mobile") if words[0] == "staff-number" else ()
    answered = typed_in_a_process("headoffice", *words, first, *sort, "--database", path, "--json", input=sent)
    assert answered.refusal()["code"] == "number"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("related-party", "add", "王", "--relation", "kin", "--number", "1", "--by", "{first}"), "number"),
        (("related-party", "add", " ", "--relation", "kin", "--number", NUMBER, "--by", "{first}"), "name"),
        (("related-party", "add", "王", "--relation", "kin", "--number", NUMBER, "--by", "nobody"), "staff_unknown"),
        (
            (
                "related-party",
                "add",
                "王",
                "--relation",
                "kin",
                "--number",
                NUMBER,
                "--of",
                "nobody",
                "--by",
                "{first}",
            ),
            "staff_unknown",
        ),
        (
            ("related-party", "add", "王", "--relation", "manager", "--number", NUMBER, "--of", "x", "--by", "{first}"),
            "of",
        ),
        (("related-party", "confirm", "字" * 10_000, "--by", "{first}"), "entry_unknown"),
        (("related-party", "remove", "x", "--by", "{first}"), "entry_unknown"),
        (("application", "show", "🙂" * 10_000), "application_unknown"),
        (("application", "contract", "x", "--by", "{first}"), "application_unknown"),
        (("application", "disburse", "x", "--by", "{first}"), "application_unknown"),
        (("application", "withdraw", "x", "--by", "{first}"), "application_unknown"),
        (("application", "list", "--branch", "nowhere"), "branch_unknown"),
        (("staff-number", "nobody", "--sort", "mobile", "--number", "138"), "staff_unknown"),
        (("staff-number", "{first}", "--sort", "mobile", "--number", " -- "), "number"),
    ],
)
def test_what_cannot_be_is_one_sentence(office: tuple[Path, str, str], words: tuple[str, ...], code: str) -> None:
    path, first, _ = office
    require_refusal(code, "headoffice", *(word.format(first=first) for word in words), "--database", path)


def test_an_empty_office_lists_nothing(office: tuple[Path, str, str]) -> None:
    path, first, _ = office
    assert typed("headoffice", "application", "list", "--database", path, "--json").facts() == {"applications": []}
    note = ("headoffice", "staff-number", first, "--sort", "account", "--number", "6200", "--database", path, "--json")
    assert typed(*note).facts() == {"staff": first, "sort": "account"}
