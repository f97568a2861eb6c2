"""What an archive asks of every paper (ISO 19005-1, level B): checked here, and by PDFBox Preflight where it is.

Preflight comes with the Debian packages ``libpdfbox2-java``, ``libactivation-java`` and ``libjaxb-api-java``.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import ImageCms
from pypdf import PdfReader
from pypdf.generic import IndirectObject

from fieldapp.documents.colours import srgb_profile
from fieldapp.documents.pack import render
from tests.documents.sheets import EMPTY, FULL, HOSTILE, blank_papers

PAPERS = {
    **FULL,
    "empty": EMPTY["1-application"],
    "hostile": HOSTILE["0-cover"],
    "blank": blank_papers()["7-cost"],
}
_JARS = (
    "preflight", "pdfbox2", "xmpbox", "fontbox2", "commons-logging", "commons-io", "javax.activation", "jaxb-api",
)  # fmt: skip
PREFLIGHT = [Path("/usr/share/java", f"{name}.jar") for name in _JARS]


def preflight(pdf: bytes, folder: Path) -> list[str]:
    """What PDFBox Preflight has against a file as PDF/A-1b; nothing when it is valid."""
    written = folder / "paper.pdf"
    written.write_bytes(pdf)
    path = ":".join(str(jar) for jar in PREFLIGHT)
    command = ["java", "-cp", path, "org.apache.pdfbox.preflight.Validator_A1b", str(written)]
    told = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return [] if "is a valid PDF/A-1b file" in told else told.splitlines() or ["it said nothing"]


needs_preflight = pytest.mark.skipif(
    shutil.which("java") is None or not all(jar.exists() for jar in PREFLIGHT), reason="PDFBox Preflight is missing"
)


def _objects(reader: PdfReader) -> Iterator[Any]:
    for number in range(1, int(reader.trailer["/Size"])):
        yield IndirectObject(number, 0, reader).get_object()


@pytest.mark.parametrize("name", PAPERS)
def test_a_paper_keeps_the_rules_of_an_archive(name: str) -> None:
    pdf = render(PAPERS[name])
    reader = PdfReader(BytesIO(pdf))
    root = reader.trailer["/Root"]
    assert "/Encrypt" not in reader.trailer
    assert len(reader.trailer["/ID"]) == 2
    assert not {"/OpenAction", "/AA", "/Names", "/AcroForm", "/OCProperties"} & set(root)
    assert re.match(rb"%PDF-1\.7\r?\n%[\x80-\xff]{4}", pdf), "binary, for whoever sends it on"
    assert len(re.findall(rb"\nendstream\b", pdf)) == pdf.count(b"endstream")
    for found in _objects(reader):
        if not hasattr(found, "get"):
            continue
        assert found.get("/Type") != "/ExtGState"
        assert not {"/SMask", "/BM", "/JS", "/Alternates", "/OPI"} & set(found)
        assert found.get("/Interpolate") is not True
        assert "/LZWDecode" not in str(found.get("/Filter"))
        if found.get("/Type") == "/Font":
            assert "/FontFile2" in found["/FontDescriptor"]
            assert "/ToUnicode" in found
        if found.get("/Type") == "/Metadata":
            assert "/Filter" not in found


def test_what_it_is_stands_in_plain_words_and_the_same_twice() -> None:
    reader = PdfReader(BytesIO(render(FULL["5-schedule"])))
    xmp, said = reader.xmp_metadata, reader.metadata
    assert xmp is not None
    assert said is not None
    assert (xmp.pdf_keywords, xmp.pdf_producer) == (said["/Keywords"], said.producer)
    raw = reader.trailer["/Root"]["/Metadata"].get_data().decode()
    assert "<pdfaid:part>1</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>" in raw


def test_the_colours_are_those_of_srgb() -> None:
    profile = ImageCms.ImageCmsProfile(BytesIO(srgb_profile()))
    assert profile.profile.version == pytest.approx(2.4)
    assert profile.profile.xcolor_space == "RGB "
    built = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).profile
    ours, theirs = profile.profile, built
    for colorant in ("red_colorant", "green_colorant", "blue_colorant"):
        assert getattr(ours, colorant)[0] == pytest.approx(getattr(theirs, colorant)[0], abs=1e-3)


@needs_preflight
@pytest.mark.parametrize(
    "name", ["1-application", "6-visit", *(pytest.param(name, marks=pytest.mark.long) for name in PAPERS)]
)
def test_a_public_tool_finds_it_valid(name: str, tmp_path: Path) -> None:
    assert preflight(render(PAPERS[name]), tmp_path) == []
