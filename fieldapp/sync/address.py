"""Head office's address as people write it, and the maker of connections to it."""

from __future__ import annotations

import ssl
from ipaddress import ip_address
from urllib.request import getproxies, proxy_bypass

import truststore
import urllib3
from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from fieldapp.domain.errors import Invalid
from fieldapp.domain.wording import Sentence


def checked_address(address: str) -> str:
    """The address in its full form. Raises Invalid: not an address, or unencrypted and not on this computer."""
    text = address.strip().rstrip("/")
    if "://" not in text:
        text = f"https://{text}"
    try:
        url = parse_url(text)
    except (LocationParseError, ValueError) as error:
        raise _no_address() from error
    if url.scheme not in ("http", "https") or not url.host or len(text) > _LONGEST_ADDRESS or not text.isprintable():
        raise _no_address()
    if url.scheme == "http" and not _is_loopback(url.host):
        raise Invalid(
            "address_unencrypted",
            Sentence("Without encryption (http) head office is only reached on this computer itself. Use https."),
            field="address",
        )
    return text


_LONGEST_ADDRESS = 2000


def _no_address() -> Invalid:
    return Invalid(
        "address", Sentence("This is not an address. Write it like https://office.example.com."), field="address"
    )


def host_header(address: str) -> str:
    """The host as a request names it, with a port that is not the usual one."""
    url = parse_url(address)
    usual = {"http": 80, "https": 443}.get(url.scheme or "")
    return f"{url.host}:{url.port}" if url.port is not None and url.port != usual else f"{url.host}"


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def manager_of(address: str, certificate: str | None) -> urllib3.PoolManager:
    """The connection's maker: through the system's proxy where it names one, never for this computer itself."""
    url = parse_url(address)
    if url.scheme == "http":
        return urllib3.PoolManager(num_pools=1, maxsize=1)
    proxy = getproxies().get("https")
    if proxy and url.host and not _is_loopback(url.host) and not proxy_bypass(url.host):
        return urllib3.ProxyManager(proxy, num_pools=1, maxsize=1, ssl_context=_tls(certificate))
    return urllib3.PoolManager(num_pools=1, maxsize=1, ssl_context=_tls(certificate))


def _tls(certificate: str | None) -> ssl.SSLContext:
    if certificate is not None:
        return ssl.create_default_context(cadata=certificate)
    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
