"""The form texts: complete, printable, versioned, and kindly refused when broken."""

from __future__ import annotations

import re
import shutil
import tomllib
from pathlib import Path

import polib
import pytest

from fieldapp.documents import forms
from fieldapp.documents.forms import form
from fieldapp.documents.typefaces import FieldName, Weight, character_widths, printable
from fieldapp.domain.errors import Actionable
from fieldapp.resources import resource

FILES = sorted(resource("forms").glob("*.toml"))


def _strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for child in children for text in _strings(child)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_text_of_a_form_can_be_printed(path: Path) -> None:
    for text in _strings(tomllib.loads(path.read_text(encoding="utf-8"))):
        assert printable(text, FieldName("form", path.name)) == text


def test_both_weights_have_the_same_characters() -> None:
    assert character_widths(Weight.MEDIUM).keys() == character_widths(Weight.BOLD).keys()


def test_digits_are_tabular() -> None:
    for weight in Weight:
        assert len({character_widths(weight)[digit] for digit in "0123456789"}) == 1


def test_the_newest_version_is_printed_and_an_older_one_on_demand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = resource("forms", "visit-F01-1.0.toml")
    for version in ("1.0", "1.2", "1.10"):
        shutil.copy(original, tmp_path / f"visit-F01-{version}.toml")
    monkeypatch.setattr(forms, "resource", lambda *_: tmp_path)
    assert form("visit-F01").code == "F01-1.10"
    assert form("visit-F01", "1.2").code == "F01-1.2"
    with pytest.raises(Actionable, match=r"visit-F01-9\.9\.toml is missing"):
        form("visit-F01", "9.9")


@pytest.mark.parametrize("content", [b"not [toml", b"\xff\xfe\x00", b'title = "x'])
def test_a_broken_form_file_is_named(content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "visit-F01-1.0.toml").write_bytes(content)
    monkeypatch.setattr(forms, "resource", lambda *_: tmp_path)
    with pytest.raises(Actionable, match=r"visit-F01-1\.0\.toml cannot be read"):
        form("visit-F01")


@pytest.mark.parametrize("entry", ['facts = "one text"', "facts = 3", 'facts = ["a", "b", "c"]', ""])
def test_a_missing_entry_is_named(entry: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "visit-F01-1.0.toml").write_text(f"[labels]\n{entry}\n", encoding="utf-8")
    monkeypatch.setattr(forms, "resource", lambda *_: tmp_path)
    with pytest.raises(Actionable, match=r"\[labels\] facts"):
        form("visit-F01").label("facts")


def test_every_sentence_of_the_room_has_its_chinese() -> None:
    catalogue = {entry.msgid for entry in polib.pofile(str(resource("translations", "zh", "documents.po")))}
    code = "".join(path.read_text(encoding="utf-8") for path in (Path(forms.__file__).parent).glob("*.py"))
    said = {match[1] for match in re.finditer(r'Sentence\(\s*"([^"]+)"', code)}
    assert said
    assert said <= catalogue
