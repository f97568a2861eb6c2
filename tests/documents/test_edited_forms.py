"""A bank edits its form texts without code: whatever it writes gives a good page, or an error that names the text."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fieldapp.documents import forms, pack
from fieldapp.documents.pack import render
from fieldapp.documents.page import LEFT, RIGHT, Page
from fieldapp.documents.papers import Paper
from fieldapp.documents.typefaces import width_of
from fieldapp.domain.errors import Actionable
from fieldapp.resources import resource
from tests.documents.papers_to_print import FULL_APPLICATION
from tests.documents.reading import text_of
from tests.documents.sheets import FULL

PAPERS = {name: paper for name, paper in FULL.items() if "-signed" not in name and "planned" not in name}
_PLACES_AFTER = 6.0
"""How far right of the frame the seam's stamp stands, in mm."""


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, str) and value:
        yield path
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, entry in entries:
        yield from _leaves(entry, (*path, key))


def _edited(texts: dict[str, Any], path: tuple[Any, ...], change: Callable[[str], str]) -> dict[str, Any]:
    changed = copy.deepcopy(texts)
    place: Any = changed
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = change(place[path[-1]])
    return changed


def _toml(texts: dict[str, Any]) -> str:
    return "\n".join(_tables(texts))


def _tables(table: dict[str, Any], name: str = "") -> Iterator[str]:
    """The values of a table, then the tables within it; a JSON text is a TOML text."""
    inner = {key: value for key, value in table.items() if isinstance(value, dict) or _rows(value)}
    yield from (f"{json.dumps(key)} = {_value(value)}" for key, value in table.items() if key not in inner)
    for key, value in inner.items():
        full = f"{name}.{json.dumps(key)}".lstrip(".")
        for entry in value if isinstance(value, list) else [value]:
            yield f"[[{full}]]" if isinstance(value, list) else f"[{full}]"
            yield from _tables(entry, full)


def _rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _value(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Form texts of a bank's own, as the program finds them."""
    for path in resource("forms").glob("*.toml"):
        shutil.copy(path, tmp_path)
    monkeypatch.setattr(forms, "resource", lambda *_: tmp_path)
    return tmp_path


@pytest.fixture
def inside(monkeypatch: pytest.MonkeyPatch) -> None:
    """No text may stand over the edge of the frame."""
    write = Page.text

    def text(page: Page, x: float, middle: float, text: str, size: float, *more: Any, **options: Any) -> None:
        align = options.get("align", more[1] if len(more) > 1 else "left")
        weight = [more[0]] if more else ([options["weight"]] if "weight" in options else [])
        wide = width_of(text, size, *weight)
        left = x - {"left": 0.0, "centre": wide / 2, "right": wide}[align]
        seam = left > RIGHT and left + wide < RIGHT + 12
        assert seam or (left >= LEFT - 0.1 and left + wide <= RIGHT + 0.1), f"{text!r} stands over the edge"
        write(page, x, middle, text, size, *more, **options)

    monkeypatch.setattr(Page, "text", text)


def _put(folder: Path, paper: Paper, texts: dict[str, Any]) -> None:
    form = pack.form_of(paper)
    (folder / form.file).write_text(_toml(texts), encoding="utf-8")
    forms._read.cache_clear()


def _came_of(paper: Paper) -> str:
    try:
        render(paper)
    except Actionable as error:
        assert error.sentence.values.get("field") or error.sentence.values.get("file"), "what to correct is named"  # noqa: PT017
        return error.code
    return "page"


@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize("step", [pytest.param(1, marks=pytest.mark.long), 41])
@pytest.mark.parametrize("words", ["改得长一些的文字 and longer words " * 2, "特别长" * 150, "𠮷"])
@pytest.mark.parametrize("name", PAPERS)
def test_any_edited_text_gives_a_page_or_names_itself(name: str, words: str, step: int, folder: Path) -> None:
    paper = PAPERS[name]
    texts = dict(pack.form_of(paper).texts)
    for path in list(_leaves(texts))[::step]:
        _put(folder, paper, _edited(texts, path, lambda text: text + words))
        assert _came_of(paper) in ("page", "too_long", "form"), path


def test_a_character_no_font_has_is_named_with_its_file(folder: Path) -> None:
    texts = dict(pack.form_of(FULL_APPLICATION).texts)
    _put(folder, FULL_APPLICATION, _edited(texts, ("labels", "name", 0), lambda text: text + "🙂"))
    with pytest.raises(Actionable, match=r"application-A01-1\.0\.toml has a character .* 🙂 \(U\+1F642\)"):
        render(FULL_APPLICATION)


def test_a_new_version_is_printed_and_its_number_stands_on_the_page(folder: Path) -> None:
    texts = dict(pack.form_of(FULL_APPLICATION).texts)
    changed = _edited(texts, ("declarations", 0, "zh"), lambda text: "本人承诺：" + text)
    (folder / "application-A01-1.1.toml").write_text(_toml(changed), encoding="utf-8")
    text = text_of(render(FULL_APPLICATION))
    assert "本人承诺：本表所填内容" in text
    assert "A01-1.1" in text


def test_a_longer_label_takes_another_line_and_its_row_grows(folder: Path) -> None:
    texts = dict(pack.form_of(FULL_APPLICATION).texts)
    longer = _edited(texts, ("labels", "mobile", 1), lambda _: "Mobile telephone number, eleven digits")
    _put(folder, FULL_APPLICATION, longer)
    assert "Mobiletelephonenumber,elevendigits" in text_of(render(FULL_APPLICATION))
