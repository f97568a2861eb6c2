"""Personal data with its telling part hidden (DOMAIN E15). Whatever does not look as expected is hidden altogether."""

from __future__ import annotations

_HIDDEN = "****"


def masked_identity_number(number: str) -> str:
    """The area and the last four characters: ``110101********0014``."""
    if len(number) != 18:
        return "*" * len(number)
    return f"{number[:6]}********{number[-4:]}"


def masked_phone(digits: str) -> str:
    """The first three and the last four digits of a mobile number: ``138 **** 0001``; of any other the last three."""
    if len(digits) == 11 and digits.startswith("1"):
        return f"{digits[:3]} {_HIDDEN} {digits[-4:]}"
    return f"{_HIDDEN} {digits[-3:]}" if len(digits) >= 7 else "*" * len(digits)


def masked_account(number: str) -> str:
    """The last four digits of a bank account: ``**** 0123``."""
    return f"{_HIDDEN} {number[-4:]}" if len(number) >= 12 else "*" * len(number)
