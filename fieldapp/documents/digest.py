"""The data digest: what ties a sheet of paper to the data and the wording it was printed from."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from fieldapp.documents.forms import Form
from fieldapp.documents.papers import Paper


def digest_of(paper: Paper, form: Form) -> str:
    """SHA-256, in hexadecimal, over every value of ``paper`` and every text of its form.

    The state is left out: a draft and the paper for signature carry the same digest while the data stay the same, which
    shows that what was signed is what was read.
    """
    plain = _plain(paper)
    plain["mark"] = {"number": paper.mark.number, "dated": paper.mark.dated.isoformat()}
    values = {"form": form.code, "texts": form.texts, "paper": type(paper).__name__, "values": plain}
    encoded = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(encoded.encode("utf-8", "surrogatepass")).hexdigest()


def _plain(value: object) -> Any:
    match value:
        case Enum():
            return value.value
        case None | str() | bool() | int():
            return value
        case datetime() | date():
            return value.isoformat()
        case Decimal():
            return format(value.normalize(), "f")
        case bytes():
            return hashlib.sha256(value).hexdigest()
        case tuple() | list():
            return [_plain(entry) for entry in value]
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    raise TypeError(f"a paper holds plain values only, not {type(value).__name__}")
