"""Saving a file where the officer wants it: a name that every system takes, whole or not at all."""

from __future__ import annotations

import errno
import unicodedata
from pathlib import Path

from fieldapp.domain.errors import Actionable
from fieldapp.domain.wording import Sentence
from fieldapp.store.files import replace_file

LONGEST_NAME_BYTES = 180
"""Room for the temporary name beside it within the 255 bytes of a file name."""

_KEPT = frozenset(" -_.()（）·，")
_RESERVED = frozenset(
    ("CON", "PRN", "AUX", "NUL", *(f"COM{number}" for number in range(1, 10)), *(f"LPT{n}" for n in range(1, 10)))
)


def file_name(*parts: str, suffix: str) -> str:
    """The parts joined into one name that Windows, macOS and Linux take; ``suffix`` is kept, ``.pdf`` say.

    Letters and digits of any script stay; a stroke or colon becomes a hyphen, and what has no place in a file name,
    emoji and marks that turn the reading direction among it, is left out.
    """
    text = unicodedata.normalize("NFC", " ".join(part for part in parts if part.strip()))
    plain = "".join(_kept(character) for character in text)
    stem = " ".join(plain.split()).strip(" .-") or "document"
    if stem.split(".")[0].strip().upper() in _RESERVED:
        stem = f"_{stem}"
    room = LONGEST_NAME_BYTES - len(suffix.encode())
    return stem.encode()[:room].decode(errors="ignore").rstrip(" .-") + suffix


def save_file(folder: Path, name: str, content: bytes) -> Path:
    """Write ``content`` as ``name`` into ``folder``; a file of that name is replaced whole.

    Raises Actionable: ``no_folder``, ``no_permission``, ``disk_full``, ``not_saved``; an older file is as it was then.
    """
    path = folder / name
    try:
        replace_file(path, content)
    except OSError as error:
        raise _fault(error, folder) from error
    return path


def _kept(character: str) -> str:
    if character in _KEPT or unicodedata.category(character) in ("Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Nd", "Nl"):
        return "" if 0xFE00 <= ord(character) <= 0xFE0F else character
    if character in "/\\:|":
        return "-"
    return " " if character.isspace() else ""


def _fault(error: OSError, folder: Path) -> Actionable:
    where = str(folder)
    safe = Sentence("Your records are safe. Choose another folder, or try again.")
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Actionable(
            "disk_full",
            Sentence("There is no space left in {folder}; nothing was written.", folder=where),
            advice=Sentence("Your records are safe. Free some space or choose another folder."),
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return Actionable(
            "no_permission", Sentence("The program may not write to {folder}.", folder=where), advice=safe
        )
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return Actionable("no_folder", Sentence("The folder {folder} does not exist.", folder=where), advice=safe)
    if error.errno in (errno.EISDIR, errno.ENOTEMPTY, errno.EEXIST):
        sentence = Sentence("In {folder} a folder has the name the file should get.", folder=where)
        return Actionable("not_saved", sentence, advice=safe)
    return Actionable(
        "not_saved",
        Sentence("The file could not be written to {folder}: {reason}.", folder=where, reason=error.strerror or "?"),
        advice=safe,
    )
