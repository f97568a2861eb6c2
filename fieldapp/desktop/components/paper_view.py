"""The real pages of a paper: scrolled, zoomed, counted; with the ways to print and to save it."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMargins, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPdfWidgets import QPdfView
from PySide6.QtWidgets import QFrame, QWidget

from fieldapp.desktop.components.arrange import STRETCH, Column, Line, fill_with
from fieldapp.desktop.components.banner import Banner
from fieldapp.desktop.components.button import Button, Kind
from fieldapp.desktop.components.text import Role, Text, Tone
from fieldapp.desktop.components.words import Words
from fieldapp.desktop.look import Icon, Living, px, tokens
from fieldapp.translation import tr

ZOOM_STEP = 1.25
LEAST_ZOOM, GREATEST_ZOOM = 0.25, 4.0
BUSY_AFTER_MS = 300


class PaperView(Living, QWidget):
    """Shows a PDF. ``print_wanted``, ``save_wanted`` and ``whole_wanted`` tell what a person asks for.

    With ``whole_page`` the button of that name only fits a page into the view; otherwise the screen decides what to
    do with ``whole_wanted``.
    """

    print_wanted = Signal()
    save_wanted = Signal()
    whole_wanted = Signal()

    def __init__(self, *, whole_page: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._whole_page = whole_page
        self._busy = False
        self.document = QPdfDocument(self)
        self._bytes = QBuffer(self)
        self.view = QPdfView(self)
        self.view.setDocument(self.document)
        self.view.setPageMode(QPdfView.PageMode.MultiPage)
        self.view.setZoomMode(QPdfView.ZoomMode.FitToWidth)
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.notice = Banner("", "", Tone.AMBER)
        self.notice.hide()
        self._nothing = QWidget()  # keeps the place of the pages, so that the notice above stays as tall as its words
        self._nothing.hide()
        self.where = Text("", Role.SECOND, elide=True)
        self._out = self._tool(lambda: tr("Smaller"), Icon.ZOOM_OUT)
        self._in = self._tool(lambda: tr("Larger"), Icon.ZOOM_IN)
        self._whole = self._tool(lambda: tr("Whole page"), Icon.WHOLE_PAGE)
        self._save = self._tool(lambda: tr("Save as a file"), Icon.SAVE)
        self._print = self._tool(lambda: tr("Print"), Icon.PRINT)
        foot = Line((self.where, 1), STRETCH, self._out, self._in, self._whole, self._save, self._print, gap=2)
        fill_with(self, Column(self.notice, (self.view, 1), (self._nothing, 1), foot, gap=8))
        self._later = QTimer(self, singleShot=True, interval=BUSY_AFTER_MS)
        self._later.timeout.connect(self._say_where)
        self._out.clicked.connect(lambda: self._zoom(1 / ZOOM_STEP))
        self._in.clicked.connect(lambda: self._zoom(ZOOM_STEP))
        self._whole.clicked.connect(self._show_whole)
        self._save.clicked.connect(lambda: self.save_wanted.emit())
        self._print.clicked.connect(lambda: self.print_wanted.emit())
        self.view.pageNavigator().currentPageChanged.connect(lambda _page: self._say_where())
        self.dress()

    def show_pdf(self, pdf: bytes) -> None:
        """Show these pages; one looks at the same place as before."""
        bar = self.view.verticalScrollBar()
        place = bar.value()
        self.document.close()
        self._bytes.close()
        self._bytes.setData(QByteArray(pdf))
        self._bytes.open(QIODevice.OpenModeFlag.ReadOnly)
        self.document.load(self._bytes)
        bar.setValue(min(place, bar.maximum()))
        self.notice.hide()
        self._dress_tools()

    def clear(self) -> None:
        """Show no page: what stood here is of another paper."""
        self.document.close()
        self.view.verticalScrollBar().setValue(0)
        self.notice.hide()
        self._dress_tools()

    def show_trouble(self, title: Words, second: Words = "", *, keep_pages: bool = True) -> None:
        """Say why there is no page, above the pages that were shown before or instead of them."""
        if not keep_pages:
            self.document.close()
        self.notice.show_message(title, second, Tone.AMBER)
        self.notice.show()
        self._dress_tools()

    def show_busy(self, busy: bool) -> None:
        """New pages are being made; it is said only when it takes long enough to notice."""
        self._busy = busy
        if busy:
            self._later.start()
        else:
            self._later.stop()
            self._say_where()

    def page_count(self) -> int:
        """How many pages are shown."""
        return max(self.document.pageCount(), 0)

    def retranslate(self) -> None:
        self._say_where()

    def restyle(self) -> None:
        palette = self.view.palette()
        for role in (QPalette.ColorRole.Dark, QPalette.ColorRole.Base, QPalette.ColorRole.Window):
            palette.setColor(role, QColor(tokens().sunken))
        self.view.setPalette(palette)
        self.view.setDocumentMargins(QMargins(px(1), px(1), px(1), px(1)))
        self.view.setPageSpacing(px(8))

    def _tool(self, words: Words, icon: Icon) -> Button:
        return Button(words, Kind.LINK, icon=icon, words_shown=False, small=True, tone=Tone.SECOND)

    def _dress_tools(self) -> None:
        there = self.page_count() > 0
        for tool in (self._out, self._in, self._whole, self._save, self._print):
            tool.setEnabled(there)
        self.view.setVisible(there or not self.notice.isVisibleTo(self))
        self._nothing.setVisible(not self.view.isVisibleTo(self))
        self._say_where()

    def _say_where(self) -> None:
        if self._busy and not self._later.isActive():
            self.where.say(lambda: tr("Laying out the pages"))
            return
        pages = self.page_count()
        page = self.view.pageNavigator().currentPage() + 1
        self.where.say((lambda: tr("Page {page} of {pages}", page=page, pages=pages)) if pages else "")

    def _zoom(self, by: float) -> None:
        across = self.view.viewport().width()
        size = self.document.pagePointSize(self.view.pageNavigator().currentPage())
        if self.view.zoomMode() is not QPdfView.ZoomMode.Custom and size.width() > 0:
            fits = self.view.zoomMode() is QPdfView.ZoomMode.FitInView
            ratio = self.view.viewport().height() / size.height() if fits else across / size.width()
            self.view.setZoomFactor(ratio * 72 / self.view.logicalDpiX())
        self.view.setZoomMode(QPdfView.ZoomMode.Custom)
        self.view.setZoomFactor(min(max(self.view.zoomFactor() * by, LEAST_ZOOM), GREATEST_ZOOM))

    def _show_whole(self) -> None:
        if not self._whole_page:
            self.whole_wanted.emit()
            return
        whole = QPdfView.ZoomMode.FitInView
        wide = QPdfView.ZoomMode.FitToWidth
        self.view.setZoomMode(wide if self.view.zoomMode() is whole else whole)
