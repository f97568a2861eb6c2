"""Lists of loan products in TOML: the one that a new head office starts with, and those a bank writes."""

from __future__ import annotations

import tomllib
from pathlib import Path

from fieldapp.domain.errors import Actionable
from fieldapp.domain.kinds import record_of
from fieldapp.domain.records import Product
from fieldapp.domain.wording import Sentence
from fieldapp.headoffice.text_files import read_text_file
from fieldapp.resources import resource

_LONGEST_REASON = 200


def default_products() -> list[Product]:
    """The products that a new head office starts with."""
    return read_products(resource("reference", "products.toml"))


def read_products(path: Path) -> list[Product]:
    """The products in a TOML file. Raises Actionable: ``products_file``."""
    text = read_text_file(path, "products_file")
    try:
        listed = tomllib.loads(text)
        return [record_of(Product, {"deleted": False, **product}) for product in listed["product"]]
    except KeyError as error:
        raise _no_products(path, Sentence("it holds no [[product]]")) from error
    except (ValueError, TypeError, RecursionError) as error:
        raise _no_products(path, str(error)[:_LONGEST_REASON]) from error


def _no_products(path: Path, reason: Sentence | str) -> Actionable:
    return Actionable(
        "products_file", Sentence("{path} is not a list of products: {reason}.", path=str(path)[:300], reason=reason)
    )
