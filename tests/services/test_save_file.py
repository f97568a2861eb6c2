"""File names that every system takes, and files that are whole or not there."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from fieldapp.domain.errors import Actionable
from fieldapp.services import save_file as saving
from fieldapp.services.save_file import LONGEST_NAME_BYTES, file_name, save_file


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (("0412-2026-AB/1", "贷款申请表", "张三", ""), "0412-2026-AB-1 贷款申请表 张三.pdf"),
        (('a/b:c*d?e"f<g>h|i\\j',), "a-b-cdefgh-i-j.pdf"),
        (("🙂", "王🙂五"), "王五.pdf"),
        (("欧阳·阿依古丽",), "欧阳·阿依古丽.pdf"),
        (("..",), "document.pdf"),
        (("",), "document.pdf"),
        (("con",), "_con.pdf"),
        (("con.x",), "_con.x.pdf"),
        (("abc. ",), "abc.pdf"),
        (("a\u202eb\x00c\nd",), "abc d.pdf"),
        (("\ud800x",), "x.pdf"),
    ],
)
def test_a_name_is_safe_everywhere(parts: tuple[str, ...], name: str) -> None:
    assert file_name(*parts, suffix=".pdf") == name


def test_a_long_name_is_cut_between_characters() -> None:
    name = file_name("张" * 100_000, suffix=".pdf")
    assert len(name.encode()) <= LONGEST_NAME_BYTES
    assert set(name.removesuffix(".pdf")) == {"张"}


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    save_file(tmp_path, "甲 乙.pdf", b"old")
    path = save_file(tmp_path, "甲 乙.pdf", b"new")
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("folder", ["no such folder", "file.txt"])
def test_a_folder_that_is_none_is_a_sentence(tmp_path: Path, folder: str) -> None:
    (tmp_path / "file.txt").write_bytes(b"")
    with pytest.raises(Actionable) as refused:
        save_file(tmp_path / folder, "a.pdf", b"x")
    assert refused.value.code == "no_folder"


def test_a_folder_of_the_files_name_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").mkdir()
    with pytest.raises(Actionable) as refused:
        save_file(tmp_path, "a.pdf", b"x")
    assert refused.value.code == "not_saved"
    assert [path.name for path in tmp_path.iterdir()] == ["a.pdf"]


@pytest.mark.parametrize(
    ("number", "code"),
    [(errno.ENOSPC, "disk_full"), (errno.EDQUOT, "disk_full"), (errno.EACCES, "no_permission"),
     (errno.EROFS, "no_permission"), (errno.EIO, "not_saved")],
)  # fmt: skip
def test_each_fault_of_the_disk_is_its_own_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, code: str
) -> None:
    def fail(path: Path, content: bytes) -> None:
        raise OSError(number, "fault")

    monkeypatch.setattr(saving, "replace_file", fail)
    with pytest.raises(Actionable) as refused:
        save_file(tmp_path, "a.pdf", b"x")
    assert refused.value.code == code
    assert refused.value.advice is not None
