"""What an archive asks of a PDF beside its pages: what it is in XMP, and which colours its numbers mean."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

from PIL import ImageCms
from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFStream, PDFString


@dataclass(frozen=True, slots=True)
class Description:
    """What the document is; the same as in its properties. ``dated`` is the business day of its data."""

    title: str
    author: str
    subject: str
    dated: date


def describe(document: Any, what: Description) -> None:
    """Give ReportLab's ``document`` its XMP, its output intent, and let readers show its title."""
    catalog = document.Catalog
    catalog.__NoDefault__ = [*catalog.__NoDefault__, "OutputIntents"]
    catalog.Metadata = _stream(_xmp(what).encode(), {"Type": PDFName("Metadata"), "Subtype": PDFName("XML")})
    catalog.ViewerPreferences = PDFDictionary({"DisplayDocTitle": "true"})
    profile = document.Reference(_stream(_srgb(), {"N": 3}), "ColourProfile")
    catalog.OutputIntents = PDFArray(
        [
            PDFDictionary(
                {
                    "Type": PDFName("OutputIntent"),
                    "S": PDFName("GTS_PDFA1"),
                    "OutputConditionIdentifier": PDFString("sRGB"),
                    "DestOutputProfile": profile,
                }
            )
        ]
    )


def _stream(content: bytes, entries: dict[str, Any]) -> Any:
    return PDFStream(PDFDictionary(entries), content, filters=[])


@cache
def _srgb() -> bytes:
    """The profile of sRGB. Its date is that of no day: the library would write the clock's."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[24:36] = bytes.fromhex("07d0 0001 0001 0000 0000 0000")
    return bytes(profile)


def _xmp(what: Description) -> str:
    at = f"{what.dated.isoformat()}T00:00:00+00:00"
    title, author, subject = escape(what.title), escape(what.author), escape(what.subject)
    return f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>
<dc:language><rdf:Bag><rdf:li>zh-CN</rdf:li></rdf:Bag></dc:language>
<xmp:CreatorTool>fieldapp</xmp:CreatorTool>
<xmp:CreateDate>{at}</xmp:CreateDate><xmp:ModifyDate>{at}</xmp:ModifyDate>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""
