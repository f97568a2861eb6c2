"""Every text the program can say is there in Chinese, with the same places for values."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest

from fieldapp.headoffice.tokens import cleaned_code

ROOT = Path(__file__).resolve().parents[1]
CATALOGUES = sorted((ROOT / "resources" / "translations" / "zh").glob("*.po"))

Text = tuple[str | None, str]
"""Context and English text."""


def said_in(path: Path) -> Iterator[Text]:
    """The literal texts of tr, trn, trc and Sentence in a module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        match name:
            case "tr" | "Sentence" if texts:
                yield None, texts[0]
            case "trn" if texts:
                yield None, texts[0]
            case "trc" if len(texts) > 1:
                yield texts[0], texts[1]


def places_in(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.fixture(scope="module")
def chinese() -> dict[Text, str]:
    texts: dict[Text, str] = {}
    for path in CATALOGUES:
        for entry in polib.pofile(str(path)):
            texts[entry.msgctxt, entry.msgid] = entry.msgstr_plural.get(0, "") or entry.msgstr
    return texts


def test_every_text_has_a_chinese_one(chinese: dict[Text, str]) -> None:
    said = {text for path in sorted((ROOT / "fieldapp").rglob("*.py")) for text in said_in(path) if text[1].strip()}
    wordless = {text for text in said if not any(character.isalpha() for character in text[1])}
    missing = sorted(text[1] for text in said - wordless if not chinese.get(text))
    assert missing == []


def test_an_enrolment_code_that_is_shown_is_one_that_could_be(chinese: dict[Text, str]) -> None:
    shown = re.compile(r"[2-9A-Z]{4}(?:-[2-9A-Z]{4}){2}")
    texts = [*chinese.values(), *(english for _, english in chinese)]
    texts += [path.read_text("utf-8") for path in (ROOT / "docs").glob("*.md")]
    codes = {code for text in texts for code in shown.findall(text)}
    assert codes
    assert [code for code in codes if cleaned_code(code) is None] == []


def test_translations_keep_the_places_for_values(chinese: dict[Text, str]) -> None:
    differing = [
        english
        for (_, english), translated in chinese.items()
        if translated and not places_in(translated) <= places_in(english) | {"count"}
    ]
    assert differing == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_no_catalogue_contradicts_itself(path: Path) -> None:
    seen: dict[Text, str] = {}
    for entry in polib.pofile(str(path)):
        key = (entry.msgctxt, entry.msgid)
        assert key not in seen, f"{entry.msgid!r} stands twice"
        seen[key] = entry.msgstr
