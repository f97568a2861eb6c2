"""Whatever the reading of lists can say is said in Chinese too."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import fieldapp.domain.places
import fieldapp.services.household_list
from fieldapp.services import import_households
from fieldapp.services.household_list import DOUBTS
from fieldapp.translation import say, tr


def test_each_sentence_has_its_chinese_text() -> None:
    sources = [Path(fieldapp.domain.places.__file__)]
    sources += Path(fieldapp.services.household_list.__file__).parent.glob("*.py")
    said = {
        node.args[0].value
        for source in sources
        for node in ast.walk(ast.parse(source.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("Sentence", "tr")
        and isinstance(node.args[0], ast.Constant)
    }
    assert len(said) > 40
    assert [text for text in said if tr(text) == text] == []


def test_each_doubt_has_its_words_in_chinese() -> None:
    sources = Path(fieldapp.services.household_list.__file__).parent.glob("*.py")
    named = {
        code for source in sources for code in re.findall(r'warn\(\s*warnings, "(\w+)"', source.read_text("utf-8"))
    }
    named |= set(re.findall(r'warnings\["(\w+)"\]', Path(import_households.__file__).read_text("utf-8")))
    assert named == set(DOUBTS)
    assert [words for words in DOUBTS.values() if say(words).isascii()] == []
