"""The TLS certificate head office shows: whether it can be used, before a laptop finds out that it cannot."""

from __future__ import annotations

import logging
import ssl
import stat
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509

from fieldapp.domain.errors import Actionable
from fieldapp.domain.wording import Sentence

LARGEST_BYTES = 1024 * 1024
"""More than any chain of certificates has."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Certificate:
    """The files of a TLS certificate (with its chain) and of its private key, both PEM."""

    chain: Path
    key: Path

    def load_into(self, context: ssl.SSLContext) -> None:
        """Show this certificate to every connection made from now on. Raises Actionable like ``require_usable``."""
        require_usable(self)
        context.load_cert_chain(self.chain, self.key)


def require_usable(certificate: Certificate) -> None:
    """Raises Actionable: ``certificate`` (see ``require_readable``), ``certificate_expired``, ``certificate_early``."""
    first = require_readable(certificate)
    now = datetime.now(UTC)
    if first.not_valid_after_utc < now:
        ended = first.not_valid_after_utc.date().isoformat()
        raise Actionable(
            "certificate_expired",
            Sentence("The certificate {path} expired on {day}.", path=str(certificate.chain), day=ended),
            advice=Sentence("Laptops would refuse it. Give the renewed one."),
        )
    if first.not_valid_before_utc > now:
        begins = first.not_valid_before_utc.date().isoformat()
        raise Actionable(
            "certificate_early",
            Sentence("The certificate {path} is not valid before {day}.", path=str(certificate.chain), day=begins),
            advice=Sentence("Is this machine's clock right?"),
        )


def require_readable(certificate: Certificate) -> x509.Certificate:
    """The certificate itself. Raises Actionable (``certificate``): it cannot be read, or the key is another's."""
    try:
        for path in (certificate.chain, certificate.key):
            _require_small_file(path)
        first = x509.load_pem_x509_certificates(certificate.chain.read_bytes())[0]
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate.chain, certificate.key, _no_password)
    except (OSError, ValueError, IndexError) as error:  # ssl's own errors are OSErrors
        raise Actionable(
            "certificate",
            Sentence("The certificate or its key cannot be read, or they do not belong together."),
            advice=Sentence("Both are PEM files without a password; the certificate's file also holds its chain."),
        ) from error
    return first


def _require_small_file(path: Path) -> None:
    """Raises OSError, ValueError. Both files are read more than once, and anew at each SIGHUP: no pipe can be one."""
    found = path.stat()
    if not stat.S_ISREG(found.st_mode) or found.st_size > LARGEST_BYTES:
        raise ValueError("no small file")


def _no_password() -> str:
    """Instead of asking on the terminal."""
    return ""
