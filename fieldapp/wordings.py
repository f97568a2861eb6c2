"""The wordings of consents installed with this program, and the digest by which a signed one is known again."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from fieldapp.domain.application_records import ConsentKind
from fieldapp.domain.consents import CREDIT_INQUIRY, PERSONAL_INFORMATION
from fieldapp.resources import resource

CONSENT_FORMS: Mapping[ConsentKind, str] = {CREDIT_INQUIRY: "credit-C01", PERSONAL_INFORMATION: "privacy-D01"}
"""The form file of each kind of consent, without its version."""


def wording_digest(texts: Mapping[str, Any]) -> str:
    """SHA-256, in hexadecimal, over every text of a form; comments and layout of the file do not count."""
    canonical = json.dumps(texts, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def known_wordings() -> dict[tuple[ConsentKind, str], str]:
    """The digest of each wording in ``resources/forms``, by kind and version; a file that cannot be read has none."""
    found: dict[tuple[ConsentKind, str], str] = {}
    for kind, name in CONSENT_FORMS.items():
        for path in sorted(resource("forms").glob(f"{name}-*.toml")):
            version = re.fullmatch(rf"{re.escape(name)}-(\d+(?:\.\d+)*)\.toml", path.name)
            digest = _digest_in(path, path.stat().st_mtime_ns) if version else None
            if version and digest:
                found[kind, version[1]] = digest
    return found


@cache
def _digest_in(path: Path, _changed_ns: int) -> str | None:
    try:
        return wording_digest(tomllib.loads(path.read_text(encoding="utf-8-sig")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return None
