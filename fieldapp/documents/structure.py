"""The tags of a PDF: headings, paragraphs and tables in reading order, for readers that cannot see the page.

ReportLab has no interface for them, so the tree is written as PDF objects of our own (ISO 32000-1, 14.7).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from reportlab.pdfbase.pdfdoc import PDFName, PDFObject


@dataclass(slots=True, eq=False)
class Element:
    """One tag; ``kids`` are tags within it and numbers of marked content on its page.

    ``scope`` of a header cell says whether it heads its row or its column.
    """

    role: str
    scope: str = ""
    alternative: str = ""
    page: int = 0
    kids: list[Element | int] = field(default_factory=list)


def write_structure(document: Any, pages: Sequence[Sequence[Element]]) -> None:
    """Give ReportLab's ``document`` the tags of its ``pages``; all pages are in it, nothing is saved yet."""
    for number, page in enumerate(pages):
        for element in _all(page):
            element.page = number
            if any(isinstance(kid, int) for kid in element.kids):  # its own words stand between the tags within it
                element.kids.sort(key=_place)
    root = Element("Document", kids=list(_in_tables(_filled(page) for page in pages)))
    tree = _Tree(document, len(pages))
    top, parents = tree.place("StructTree"), tree.place("StructParents")
    first = tree.add(root, top.reference)
    held = (sorted(tree.parents.get(number, {}).items()) for number in range(len(pages)))
    numbered = " ".join(f"{number} [{' '.join(ref for _, ref in refs)}]" for number, refs in enumerate(held))
    parents.text = f"<</Nums [{numbered}]>>"
    top.text = f"<</Type /StructTreeRoot /K [{first}] /ParentTree {parents.reference} /ParentTreeNextKey {len(pages)}>>"
    document.Catalog.StructTreeRoot = top
    document.Catalog.MarkInfo = tree.place("MarkInfo", "<</Marked true>>")
    for number in range(len(pages)):
        page_object = document.idToObject[f"Page{number + 1}"]
        page_object.__NoDefault__ = [*page_object.__NoDefault__, "StructParents", "Tabs"]
        page_object.StructParents, page_object.Tabs = number, PDFName("S")


class _Written(PDFObject):  # type: ignore[misc] # ReportLab is published without types
    """A PDF object whose text is known; ReportLab numbers it."""

    __RefOnly__ = 1

    def __init__(self, text: str = "") -> None:
        self.text = text
        self.reference = ""

    def format(self, _document: Any) -> bytes:
        return self.text.encode("ascii")


class _Tree:
    def __init__(self, document: Any, pages: int) -> None:
        self._document = document
        self._pages = [self._number(f"Page{number + 1}") for number in range(pages)]
        self._count = 0
        self.parents: dict[int, dict[int, str]] = {}
        """For each page, which tag holds a piece of marked content."""

    def place(self, name: str, text: str = "") -> _Written:
        """An object that has its number and gets its text later."""
        written = _Written(text)
        self._document.Reference(written, name)
        written.reference = self._number(name)
        return written

    def add(self, element: Element, parent: str) -> str:
        """Write an element and what is in it; returns the reference to it."""
        self._count += 1
        written = self.place(f"Tag{self._count}")
        kids = []
        for kid in element.kids:
            if isinstance(kid, Element):
                kids.append(self.add(kid, written.reference))
            else:
                kids.append(str(kid))
                self.parents.setdefault(element.page, {})[kid] = written.reference
        more = f" /A <</O /Table /Scope /{element.scope}>>" if element.scope else ""
        if element.alternative:
            more += f" /Alt <FEFF{element.alternative.encode('utf-16-be').hex().upper()}>"
        page = f" /Pg {self._pages[element.page]}" if any(isinstance(kid, int) for kid in element.kids) else ""
        written.text = f"<</S /{element.role} /P {parent}{page} /K [{' '.join(kids)}]{more}>>"
        return written.reference

    def _number(self, name: str) -> str:
        number, version = self._document.idToObjectNumberAndVersion[name]
        return f"{number} {version} R"


def _all(elements: Sequence[Element | int]) -> Iterator[Element]:
    for element in elements:
        if isinstance(element, Element):
            yield element
            yield from _all(element.kids)


def _place(kid: Element | int) -> int:
    """Where a tag or a piece of content stands among what was drawn."""
    return kid if isinstance(kid, int) else min((_place(one) for one in kid.kids), default=0)


def _filled(elements: Sequence[Element]) -> list[Element]:
    """Without those that hold nothing; an empty cell stays, for its row has as many as the others."""
    return [element for element in elements if any(isinstance(kid, int) for one in _all([element]) for kid in one.kids)]


def _in_tables(pages: Iterator[list[Element]]) -> Iterator[Element]:
    """Rows that follow each other, also over the end of a page, as one table."""
    table: Element | None = None
    for page in pages:
        for element in page:
            if element.role != "TR":
                table = None
                yield element
            elif table is None:
                table = Element("Table", page=element.page, kids=[element])
                yield table
            else:
                table.kids.append(element)
