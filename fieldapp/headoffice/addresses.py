"""Where head office listens: a port, or a socket in the file system that a proxy on this machine knows."""

from __future__ import annotations

import errno
import ipaddress
import os
import socket
import stat
from dataclasses import dataclass
from pathlib import Path

from fieldapp.domain.errors import Actionable
from fieldapp.domain.wording import Sentence
from fieldapp.headoffice.certificates import Certificate

SOCKET_MODE = 0o660
"""The proxy belongs to the socket's group."""

_BACKLOG = 256


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen; port 0 is any free one. Plain http is for this machine alone (DESIGN 5).

    ``unix_socket`` takes the place of host and port. ``trusted_proxies`` are the addresses and networks whose word
    on who the caller is counts; at a socket in the file system it is the word of whoever may open it.
    """

    host: str = "127.0.0.1"
    port: int = 0
    certificate: Certificate | None = None
    unix_socket: Path | None = None
    trusted_proxies: tuple[str, ...] = ()

    def url(self, listening: socket.socket) -> str:
        """What laptops, or the proxy, are told."""
        if self.unix_socket is not None:
            return f"unix:{self.unix_socket}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.certificate else 'http'}://{host}:{listening.getsockname()[1]}"


def listen(address: Address) -> socket.socket:
    """A socket that listens at ``address``.

    Raises Actionable: ``tls_needed``, ``port_busy``, ``no_permission``, ``host_unknown``, ``socket``.
    """
    if address.unix_socket is not None:
        return _in_file_system(address.unix_socket)
    if address.certificate is None and not _is_loopback(address.host):
        raise Actionable(
            "tls_needed",
            Sentence("Without a certificate head office listens on this machine only (127.0.0.1)."),
            advice=Sentence("Give a TLS certificate and its key to serve the network."),
        )
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    # named TCP, so that accepted connections send small answers at once (asyncio looks at the protocol)
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((address.host, address.port))
        listening.listen(_BACKLOG)
    except (OSError, OverflowError) as error:
        listening.close()
        raise _why_not(error, address) from error
    return listening


def _in_file_system(path: Path) -> socket.socket:
    if not hasattr(socket, "AF_UNIX"):
        raise Actionable("socket", Sentence("This system has no sockets in the file system. Give a port."))
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        _remove_left_behind(path)
        listening.bind(os.fspath(path))
        path.chmod(SOCKET_MODE)
        listening.listen(_BACKLOG)
    except (OSError, ValueError) as error:  # ValueError: a path that no system takes
        listening.close()
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            raise Actionable(
                "port_busy",
                Sentence("Something listens at {path} already.", path=str(path)[:300]),
                advice=Sentence("Is head office running already?"),
            ) from error
        raise Actionable("socket", Sentence("Head office cannot listen at {path}.", path=str(path)[:300])) from error
    return listening


def _remove_left_behind(path: Path) -> None:
    """A socket that a killed server left: nobody answers at it. Anything else at the path stays."""
    try:
        if not stat.S_ISSOCK(path.lstat().st_mode):
            return
    except FileNotFoundError:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asking:
        try:
            asking.connect(os.fspath(path))
        except ConnectionRefusedError:
            path.unlink()


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _why_not(error: OSError | OverflowError, address: Address) -> Actionable:
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.EADDRINUSE:
        return Actionable(
            "port_busy",
            Sentence("Port {port} is already in use.", port=address.port),
            advice=Sentence("Is head office running already? Else choose another port."),
        )
    if number in (errno.EACCES, errno.EPERM):
        return Actionable("no_permission", Sentence("You are not allowed to use port {port}.", port=address.port))
    return Actionable(
        "host_unknown",
        Sentence("Head office cannot listen on {host}, port {port}.", host=address.host, port=address.port),
    )
