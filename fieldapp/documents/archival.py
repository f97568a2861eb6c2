"""What an archive asks of a PDF beside its pages: what it is in XMP, and which colours its numbers mean."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from xml.sax.saxutils import escape

from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFStream, PDFString
from reportlab.pdfbase.pdfdoc import format as formatted

from fieldapp.documents.colours import srgb_profile

PRODUCER = "ReportLab"


@dataclass(frozen=True, slots=True)
class Description:
    """What the document is; the same as in its properties. ``dated`` is the business day of its data."""

    title: str
    author: str
    subject: str
    keywords: str
    dated: date


def describe(document: Any, what: Description) -> None:
    """Give ReportLab's ``document`` its XMP, its output intent, and let readers show its title."""
    catalog = document.Catalog
    catalog.__NoDefault__ = [*catalog.__NoDefault__, "OutputIntents"]
    catalog.Metadata = _stream(_xmp(what).encode(), {"Type": PDFName("Metadata"), "Subtype": PDFName("XML")})
    catalog.ViewerPreferences = PDFDictionary({"DisplayDocTitle": "true"})
    profile = document.Reference(_stream(srgb_profile(), {"N": 3}), "ColourProfile")
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
    return _PlainStream(PDFDictionary({**entries, "Length": len(content)}), content)


class _PlainStream(PDFStream):  # type: ignore[misc] # ReportLab is published without types
    """A stream without filters: whoever looks for an archive's description reads it without a PDF reader."""

    def format(self, document: Any) -> bytes:
        return bytes(formatted(self.dictionary, document)) + b"\nstream\n" + bytes(self.content) + b"\nendstream\n"


_as_reportlab_writes = PDFStream.format


def _closed(stream: Any, document: Any) -> bytes:
    written: bytes = _as_reportlab_writes(stream, document)
    return written.removesuffix(b"endstream\n") + b"\nendstream\n"


# Archives ask for a line end before the word endstream (ISO 19005-2, 6.1.7.1). ReportLab makes most streams itself, by
# the name of this class, so there is no other place to add it.
PDFStream.format = _closed


def _xmp(what: Description) -> str:
    at = f"{what.dated.isoformat()}T00:00:00+00:00"
    title, author, subject, keywords = map(escape, (what.title, what.author, what.subject, what.keywords))
    return f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>1</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>
<dc:language><rdf:Bag><rdf:li>zh-CN</rdf:li></rdf:Bag></dc:language>
<pdf:Keywords>{keywords}</pdf:Keywords><pdf:Producer>{PRODUCER}</pdf:Producer>
<xmp:CreatorTool>fieldapp</xmp:CreatorTool>
<xmp:CreateDate>{at}</xmp:CreateDate><xmp:ModifyDate>{at}</xmp:ModifyDate>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""
