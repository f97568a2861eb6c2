"""Head office's address as an officer types it: only what can be one replaces an address that works."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import urlsplit

from fieldapp.domain.errors import Invalid
from fieldapp.domain.wording import Sentence
from fieldapp.sync.address import checked_address

LONGEST_HOST = 253
"""RFC 1035, 2.3.4."""


def typed_address(typed: str) -> str:
    """The address in its full form, https unless told, full-width letters as ordinary ones.

    Raises Invalid: ``address`` for what names no host, port and perhaps path; ``address_unencrypted``.
    """
    text = typed.translate(_HALF_WIDTH).strip()
    if not text.isprintable():
        raise _no_address()
    address = checked_address(text)
    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018 - raises beyond 65535
        host = parts.hostname or ""
        if "[" in parts.netloc:
            IPv6Address(host)
            host = "host"
        elif host.rpartition(".")[2].isdigit():
            IPv4Address(host)
        host = host.encode("idna").decode()
    except ValueError as error:  # UnicodeError, for a name in no alphabet of hosts, is one too
        raise _no_address() from error
    if not _HOST.fullmatch(host) or len(host) > LONGEST_HOST or parts.port == 0 or parts.netloc.endswith(":"):
        raise _no_address()
    if host.startswith("xn--") and "." not in host:  # a word, not a name that anybody registered
        raise _no_address()
    if "@" in parts.netloc or parts.query or parts.fragment or not _PATH.fullmatch(parts.path):
        raise _no_address()
    return address


_HALF_WIDTH = {full: chr(full - 0xFEE0) for full in range(0xFF01, 0xFF5F)}
_LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"{_LABEL}(\.{_LABEL})*", re.IGNORECASE)
_PATH = re.compile(r"(/[A-Za-z0-9._~-]+)*")


def _no_address() -> Invalid:
    return Invalid(
        "address", Sentence("This is not an address. Write it like https://office.example.com."), field="address"
    )
