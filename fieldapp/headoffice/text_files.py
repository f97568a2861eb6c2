"""The text files an administrator writes: settings, secrets, products. None is read without end."""

from __future__ import annotations

from pathlib import Path

from fieldapp.domain.errors import Actionable
from fieldapp.domain.wording import Sentence

LARGEST_BYTES = 1024 * 1024
"""More than any list of products; a file of settings is far smaller."""


def read_text_file(path: Path, code: str, largest: int = LARGEST_BYTES) -> str:
    """The text of a small file in UTF-8, with or without a mark at its beginning.

    Raises Actionable ``code``: it cannot be read, is too large, or is written otherwise.
    """
    named = str(path)[:300]
    try:
        with path.open("rb") as file:
            content = file.read(largest + 1)
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL character
        reason = getattr(error, "strerror", None) or "?"
        raise Actionable(
            code, Sentence("The file {path} cannot be read: {reason}.", path=named, reason=reason)
        ) from error
    if len(content) > largest:
        raise Actionable(
            code,
            Sentence("The file {path} is larger than {most} kB.", path=named, most=largest // 1024),
            advice=Sentence("Is it the right one?"),
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Actionable(
            code,
            Sentence("The file {path} is not written in UTF-8.", path=named),
            advice=Sentence("Save it as UTF-8 in the editor; GBK and Unicode (UTF-16) are not read."),
        ) from error
