"""Sealing a paper: a PAdES signature over the whole file, made with the laptop's key (DOMAIN E14).

The seal is the last thing that is done to a paper; whatever is added afterwards breaks it. It is the one part of a
paper that differs each time it is made.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.signers import PdfSigner

FIELD = "Seal"
_REASON = "Sealed as signed by the customer"


@dataclass(frozen=True, slots=True)
class SealingKey:
    """A private key, its certificate and that of the authority which issued it, all in PEM form."""

    key: str
    certificate: str
    authority: str


def sealed(pdf: bytes, with_key: SealingKey, *, place: str, at: datetime) -> bytes:
    """``pdf`` with a seal behind it that covers every byte; ``place`` is the sub-branch, ``at`` an aware instant.

    The bytes of ``pdf`` stay as they are. Takes about a second the first time in a process, then some 20 ms.
    """
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    class Behind(IncrementalPdfFileWriter):
        """Leaves the properties of the paper as they are: pyHanko would write its own name and the clock's time."""

        def _update_meta(self) -> None:
            """Nothing."""

    out = BytesIO()
    writer = Behind(BytesIO(pdf))
    _add_field(writer)
    _signer(with_key, place, at).sign_pdf(writer, output=out)
    return out.getvalue()


def _add_field(writer: IncrementalPdfFileWriter) -> None:
    """The field of the seal, which is not seen: an archive asks it for a look all the same, an empty one."""
    from pyhanko.pdf_utils.content import RawContent
    from pyhanko.pdf_utils.generic import DictionaryObject, NameObject
    from pyhanko.pdf_utils.layout import BoxConstraints
    from pyhanko.sign.fields import SigFieldSpec, append_signature_field

    append_signature_field(writer, SigFieldSpec(FIELD))
    nothing = RawContent(b"", box=BoxConstraints(width=1, height=1)).as_form_xobject()
    field = writer.root["/AcroForm"]["/Fields"][0]
    look = DictionaryObject({NameObject("/N"): writer.add_object(nothing)})  # type: ignore[no-untyped-call]
    field[NameObject("/AP")] = look


def _signer(with_key: SealingKey, place: str, at: datetime) -> PdfSigner:
    # Imported here: pyHanko takes half a second, and most runs of the program seal nothing.
    from asn1crypto import keys, pem, x509
    from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
    from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    class TimedSigner(PdfSigner):
        """Takes the time of the seal from the program's clock."""

        def init_signing_session(self, *args: Any, **options: Any) -> Any:
            session = super().init_signing_session(*args, **options)
            session.system_time = at
            return session

    def read(text: str) -> bytes:
        return bytes(pem.unarmor(text.encode())[2])

    known = SimpleCertificateStore()  # type: ignore[no-untyped-call] # its constructor is not annotated
    authority = x509.Certificate.load(read(with_key.authority))
    known.register(authority)
    signer = SimpleSigner(
        x509.Certificate.load(read(with_key.certificate)), keys.PrivateKeyInfo.load(read(with_key.key)), known
    )
    said = PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        reason=_REASON,
        location=place,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
    )
    return TimedSigner(said, signer)
