"""A pack of papers, beside a bare ReportLab canvas that draws the same glyphs and lines, and beside other tools.

The bare canvas replays what a paper put on its own: same fonts, strings, places, rules; nothing is measured, broken
into pages, reckoned or digested, and photographs are reduced without a check. WeasyPrint and LibreOffice print the same
pages as HTML, every string and rule at its place, where they are installed (``--others``; Debian's
``libreoffice-writer-nogui``). ``--packs N`` watches the memory over N packs instead. All times are
processor time, those of called programs too.
"""

from __future__ import annotations

import html
import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from bench.measuring import Measured, arguments, spent, tell
from fieldapp.documents import printing
from fieldapp.documents.pack import render
from fieldapp.documents.papers import Paper
from fieldapp.resources import resource
from tests.documents.investigation_to_print import FULL as FULL_INVESTIGATION
from tests.documents.papers_to_print import COVER, FULL_APPLICATION, FULL_VISIT, schedule_paper
from tests.documents.test_consents import cost, credit, notice

PACK: Sequence[Paper] = (
    COVER, FULL_APPLICATION, FULL_INVESTIGATION, credit(), notice(), schedule_paper(), FULL_VISIT, cost(),
)  # fmt: skip
"""The cover and the seven documents of DOMAIN D."""
FONTS = ("NotoSansSC-Medium", "NotoSansSC-Bold")

Call = tuple[str, tuple[Any, ...], dict[str, Any]]


def main() -> None:
    options = arguments(
        runs=5,
        others=("also measure WeasyPrint and LibreOffice, where they are installed", False),
        packs=("watch the memory over so many packs instead", "0"),
    )
    if int(options.packs):
        _watch_memory(int(options.packs))
        return
    recorded = [_recorded(paper) for paper in PACK]
    bare = partial(_each, _replayed, recorded)
    ours = partial(_each, render, PACK)
    pages = sum(sum(1 for name, _, _ in calls if name == "showPage") for calls in recorded)
    work = f"cover and {len(PACK) - 1} documents, {pages} pages"
    ours_s, limit_s = _in_turn(options.runs, ours, bare)
    measured = [Measured(work, ours_s, limit_s, "limit: bare canvas")]
    for paper, calls in zip(PACK, recorded, strict=True):
        single_s = _in_turn(options.runs, partial(render, paper), partial(_replayed, calls))
        measured.append(Measured(type(paper).__name__, *single_s))
    if options.others:
        page = _as_html(recorded)
        for name, others in (("WeasyPrint", _weasyprint(page)), ("LibreOffice", _libreoffice(page))):
            if others is None:
                print(f"{name} is not installed")
                continue
            others()
            others_s = statistics.median(spent(others) for _ in range(options.runs))
            measured.append(Measured(f"{name}, the same pages", others_s, limit_s))
    tell(measured, as_json=options.json)


def _in_turn(runs: int, ours: Callable[[], object], limit: Callable[[], object]) -> tuple[float, float]:
    """Medians of both, measured by turns: what else the machine does then meets both."""
    ours()
    limit()
    pairs = [(spent(ours), spent(limit)) for _ in range(runs)]
    return statistics.median(one for one, _ in pairs), statistics.median(one for _, one in pairs)


def _each(work: Callable[[Any], object], entries: Sequence[Any]) -> None:
    for entry in entries:
        work(entry)


# What a paper draws


class _Recording:
    """Stands for a canvas, a text or a path; does what it is asked and keeps the calls."""

    def __init__(self, real: Any, calls: list[Call], name: str = "") -> None:
        self._real, self._calls, self._name = real, calls, name

    def __getattr__(self, asked: str) -> Any:
        real = getattr(self._real, asked)
        if not callable(real) or asked.startswith("_"):
            return real

        def called(*args: Any, **options: Any) -> Any:
            made = real(*(one._real if isinstance(one, _Recording) else one for one in args), **options)
            if asked in ("beginText", "beginPath"):
                name = f"{asked[5:]}-{len(self._calls)}"
                self._calls.append((asked, (name, *args), options))
                return _Recording(made, self._calls, name)
            told = tuple(("named", one._name) if isinstance(one, _Recording) else one for one in args)
            self._calls.append((f"{self._name}.{asked}" if self._name else asked, told, options))
            return made

        return called


def _recorded(paper: Paper) -> list[Call]:
    calls: list[Call] = []
    real = printing.Canvas
    printing.Canvas = lambda *args, **options: _Recording(real(*args, **options), calls)  # type: ignore[assignment, misc]
    try:
        render(paper)
    finally:
        printing.Canvas = real  # type: ignore[misc]
    photos = [photo.image for photo in getattr(paper, "photos", ())]
    return [_with_photo(call, photos) for call in calls if call[0] not in _METADATA]


_METADATA = ("setTitle", "setAuthor", "setSubject", "setKeywords", "setCreator")


def _with_photo(call: Call, photos: list[bytes]) -> Call:
    """A picture as it came, and the size it is reduced to: that is work for the bare canvas too."""
    name, args, options = call
    return (name, ((photos.pop(0), args[0].getSize()), *args[1:]), options) if name == "drawImage" else call


def _replayed(calls: Sequence[Call]) -> bytes:
    for name in FONTS:
        if f"bare-{name}" not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(f"bare-{name}", str(resource("fonts", f"{name}.ttf")), asciiReadable=False))
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4, pageCompression=1, invariant=1, initialFontName=f"bare-{FONTS[0]}")
    parts: dict[str, Any] = {}
    for name, args, options in calls:
        owner, _, verb = name.rpartition(".")
        if verb in ("beginText", "beginPath"):
            parts[args[0]] = getattr(canvas, verb)(*args[1:], **options)
            continue
        target = parts[owner] if owner else canvas
        if verb == "setFont":
            args = (f"bare-{args[0]}", *args[1:])
        elif verb == "drawImage":
            args = (_reduced(*args[0]), *args[1:])
        getattr(target, verb)(*(parts[one[1]] if _is_part(one) else one for one in args), **options)
    return out.getvalue()


def _reduced(image: bytes, size: tuple[int, int]) -> ImageReader:
    out = BytesIO()
    with Image.open(BytesIO(image)) as photo:
        photo.draft("RGB", (size[0] * 2, size[1] * 2))
        plain = photo.convert("RGB")
    plain.thumbnail(size, Image.Resampling.LANCZOS)
    plain.save(out, "JPEG", quality=85)
    out.seek(0)
    return ImageReader(out)


def _is_part(value: object) -> bool:
    return isinstance(value, tuple) and len(value) == 2 and value[0] == "named"


# The same pages as HTML


def _as_html(recorded: Sequence[Sequence[Call]]) -> str:
    width, height = A4
    faces = "".join(
        f"@font-face{{font-family:{name};src:url('{resource('fonts', name + '.ttf').as_uri()}')}}" for name in FONTS
    )
    style = (
        f"@page{{size:{width}pt {height}pt;margin:0}}{faces}body{{margin:0}}"
        f".p{{position:relative;width:{width}pt;height:{height - 0.5}pt;page-break-after:always;overflow:hidden}}"
        ".p *{position:absolute;white-space:pre;line-height:1}"
    )
    return f"<html><style>{style}</style><body>{''.join(_html_of(calls, height) for calls in recorded)}</body></html>"


def _html_of(calls: Sequence[Call], height: float) -> str:
    pages: list[list[str]] = [[]]
    places: dict[str, list[Any]] = {}
    weight = 1.0
    for name, args, _ in calls:
        owner, _, verb = name.rpartition(".")
        if verb == "beginText":
            places[args[0]] = [*args[1:], FONTS[0], 10]
        elif verb == "setFont" and owner:
            places[owner][2:] = args
        elif verb == "textOut":
            x, y, face, size = places[owner]
            at = f"left:{x:.2f}pt;top:{height - y - size * 0.9:.2f}pt;font:{size}pt {face}"
            pages[-1].append(f'<span style="{at}">{html.escape(args[0])}</span>')
        elif verb == "setLineWidth":
            weight = args[0]
        elif verb == "line":
            pages[-1].append(_box(*args, height, f"background:#000;min-width:{weight}pt;min-height:{weight}pt"))
        elif verb == "rect":
            x, y, wide, high = args[:4]
            pages[-1].append(_box(x, y, x + wide, y + high, height, f"border:{weight}pt solid #000"))
        elif verb == "showPage":
            pages.append([])
    return "".join(f'<div class="p">{"".join(parts)}</div>' for parts in pages if parts)


def _box(x1: float, y1: float, x2: float, y2: float, height: float, look: str) -> str:
    left, top = min(x1, x2), height - max(y1, y2)
    size = f"width:{abs(x2 - x1):.2f}pt;height:{abs(y2 - y1):.2f}pt"
    return f'<div style="left:{left:.2f}pt;top:{top:.2f}pt;{size};box-sizing:border-box;{look}"></div>'


def _weasyprint(page: str) -> Callable[[], object] | None:
    try:
        from weasyprint import HTML
    except ImportError:
        return None
    return lambda: HTML(string=page).write_pdf()


def _libreoffice(page: str) -> Callable[[], object] | None:
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        return None
    folder = Path(tempfile.mkdtemp())
    (folder / "pack.html").write_text(page, encoding="utf-8")
    command = [program, "--headless", "--convert-to", "pdf:writer_web_pdf_Export", "--outdir", str(folder)]
    return lambda: subprocess.run([*command, str(folder / "pack.html")], check=True, capture_output=True)


# Memory


def _watch_memory(packs: int) -> None:
    for count in range(1, packs + 1):
        _each(render, PACK)
        if count in (10, packs // 2, packs) or count % 100 == 0:
            print(f"{count} packs: {_resident_mb():.1f} MB")


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1_000_000


if __name__ == "__main__":
    main()
