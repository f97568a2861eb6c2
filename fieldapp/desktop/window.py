"""The window: it puts rail, pages and status bar together, and nothing else. Pages are built when first shown."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from fieldapp.desktop.components.arrange import CONTENT_WIDTH, NARROW, logical_width
from fieldapp.desktop.components.banner import Banner
from fieldapp.desktop.components.key_cap import bind_key
from fieldapp.desktop.components.overlay import Overlay
from fieldapp.desktop.components.palette import CommandPalette, Found, Source
from fieldapp.desktop.components.rail import Rail, RailEntry
from fieldapp.desktop.components.status_bar import StatusBar
from fieldapp.desktop.components.text import Tone
from fieldapp.desktop.components.toast import Toast
from fieldapp.desktop.components.words import Words, said
from fieldapp.desktop.incidents import incident, told, trail
from fieldapp.desktop.jobs import JobRunner
from fieldapp.desktop.look import Icon, Living, clothe, px
from fieldapp.desktop.look.mark import application_icon
from fieldapp.desktop.page import Page, Shell
from fieldapp.domain.errors import Actionable
from fieldapp.translation import tr

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PageEntry:
    """A page of the program: its name, how the rail shows it (None: it is reached from other pages), its maker.

    ``under`` is the rail's page that such a page belongs to, wherever one came from; without it, the one before.
    """

    name: str
    make: Callable[[Shell], Page]
    words: Words
    icon: Icon | None = None
    low: bool = False
    under: str = ""


class Window(Living, QWidget):
    """The main window and the ``Shell`` of its pages.

    ``contact_wanted`` and ``lock_wanted`` are the rail's; ``closing`` is told once, before the window goes: save then.
    """

    contact_wanted = Signal()
    lock_wanted = Signal()
    page_shown = Signal(str)
    closing = Signal()

    def __init__(
        self,
        jobs: JobRunner,
        entries: Sequence[PageEntry],
        *,
        sources: Sequence[tuple[Words, Source]] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._entries = {entry.name: entry for entry in entries}
        self._pages: dict[str, Page] = {}
        self._trail: list[tuple[str, dict[str, object]]] = []
        self._withheld: set[str] = set()
        self.setWindowIcon(application_icon())
        self.setObjectName("window")
        clothe(self)
        self._cover: QWidget | None = None
        self._frame = QWidget()
        railed = [entry for entry in entries if entry.icon is not None]
        keys = {entry.name: f"Ctrl+{number}" for number, entry in enumerate(railed[:9], 1)}
        self.rail = Rail(
            [
                RailEntry(entry.name, entry.words, entry.icon or Icon.FILE, entry.low, keys.get(entry.name, ""))
                for entry in railed
            ]
        )
        self.status = StatusBar()
        self.banner = Banner()
        self.banner.hide()
        self._stack = _Stack()
        self._toast = Toast(self)
        self._arrange()
        self._palette = CommandPalette(self, [*sources, (lambda: tr("Go to"), self._pages_called)])
        self._bind(keys)
        self.dress()

    @property
    def jobs(self) -> JobRunner:
        """Where work off the UI thread runs."""
        return self._jobs

    def go(self, page: str, **where: object) -> None:
        """Show a page by its name, built now if it never was; raises KeyError for a name nobody registered."""
        self._leave()
        made = self._page(page)
        if not self._trail or self._trail[-1][0] != page:
            self._trail.append((page, where))
            del self._trail[:-30]
        else:
            self._trail[-1] = (page, where)
        self.banner.hide()
        self._stack.setCurrentWidget(made)
        self.rail.show_page(page if self._entries[page].icon is not None else self._railed_before(page))
        self._fit_rail()
        made.shown(**where)
        (made.first_focus() or made).setFocus(Qt.FocusReason.OtherFocusReason)
        self._title()
        self.page_shown.emit(page)

    def go_back(self) -> None:
        """Show the page that was shown before; the first page stays."""
        if len(self._trail) > 1:
            self._trail.pop()
            page, where = self._trail[-1]
            self.go(page, **where)

    def offer(self, page: str, offered: bool) -> None:
        """Whether the rail and the search offer a page; it depends on who works here."""
        self._withheld = self._withheld - {page} if offered else self._withheld | {page}
        self.rail.offer(page, offered)

    def current_page(self) -> str | None:
        """The name of the page shown."""
        return self._trail[-1][0] if self._trail else None

    def toast(self, words: Words, second: Words = "", undo: Callable[[], object] | None = None) -> None:
        """Say what was done, with a way back; nothing while the window is covered."""
        if self._cover is not None:
            return
        self._toast.show_message(words, second, undo)

    def explain(self, error: Exception) -> None:
        """Show an error over the page; ours come with an incident to quote and a button that copies it."""
        title: Words = lambda: told(error)[0]  # noqa: E731 - said anew when the language changes under it
        second: Words = lambda: told(error)[1]  # noqa: E731
        if isinstance(error, Actionable):
            self.banner.show_message(title, second, Tone.SEAL)
        else:
            number = incident(error)
            log.error("incident_shown", extra={"incident": number, "trail": trail(error)})
            self.banner.show_message(
                title, second, Tone.SEAL, action=lambda: tr("Copy"), act=lambda: _copy(f"{number} {said(second)}")
            )
        self.banner.show()

    def host(self) -> QWidget:
        """The widget that dialogs stand over."""
        return self

    def cover_with(self, cover: QWidget) -> None:
        """Show ``cover`` (the unlock page) instead of everything; no shortcut of the pages works meanwhile."""
        self._leave()
        self._put_dialogs_aside()
        self.uncover()
        self._toast.dismiss()
        self._cover = cover
        self._outer.addWidget(cover)
        self._outer.setCurrentWidget(cover)
        cover.setFocus()

    def uncover(self) -> None:
        """Take the cover away again and go on with the page that was shown."""
        self._outer.setCurrentWidget(self._frame)
        if self._cover is not None:
            self._outer.removeWidget(self._cover)
            self._cover.deleteLater()
            self._cover = None

    def forget_pages(self) -> None:
        """Throw away every page: another officer has unlocked."""
        for page in self._pages.values():
            self._stack.removeWidget(page)
            page.deleteLater()
        self._pages.clear()
        self._trail.clear()

    def open_palette(self) -> None:
        """Search people, deeds and pages."""
        self._palette.open()

    def restyle(self) -> None:
        self._inner.setContentsMargins(px(24), px(14), px(24), px(14))
        self._inside.setMaximumWidth(px(CONTENT_WIDTH + 2 * 24))
        self._inner.setSpacing(px(12))
        self._fit_rail()

    def retranslate(self) -> None:
        self._title()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit_rail()
        super().resizeEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._leave()
        self._put_dialogs_aside()
        self.closing.emit()
        super().closeEvent(event)

    def _arrange(self) -> None:
        self._inside = QWidget()
        self._inner = QVBoxLayout(self._inside)
        self._inner.addWidget(self.banner)
        self._inner.addWidget(self._stack, 1)
        across = QHBoxLayout()
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        across.addWidget(self.rail)
        across.addWidget(self._inside, 1)
        across.addStretch()
        down = QVBoxLayout(self._frame)
        down.setContentsMargins(0, 0, 0, 0)
        down.setSpacing(0)
        down.addLayout(across, 1)
        down.addWidget(self.status)
        self._outer = QStackedWidget()
        self._outer.addWidget(self._frame)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._outer)

    def _bind(self, keys: dict[str, str]) -> None:
        self.rail.page_wanted.connect(self.go)
        self.rail.search_wanted.connect(self.open_palette)
        self.rail.contact_wanted.connect(self.contact_wanted)
        self.rail.lock_wanted.connect(self.lock_wanted)
        for name, key in keys.items():
            bind_key(self._frame, key).activated.connect(lambda name=name: self.go(name))
        bind_key(self._frame, "Ctrl+K").activated.connect(self.open_palette)
        if "settings" in self._entries:
            bind_key(self._frame, "Ctrl+,").activated.connect(lambda: self.go("settings"))

    def _page(self, name: str) -> Page:
        if name not in self._pages:
            self._pages[name] = self._entries[name].make(self)
            self._stack.addWidget(self._pages[name])
        return self._pages[name]

    def _leave(self) -> None:
        page = self._stack.currentWidget()
        if isinstance(page, Page):
            page.leaving()

    def _put_dialogs_aside(self) -> None:
        """What is typed in a dialog is kept; no dialog stands over a cover."""
        for overlay in self.findChildren(Overlay):
            overlay.close_panel()

    def _railed_before(self, page: str) -> str:
        if self._entries[page].under:
            return self._entries[page].under
        for name, _ in reversed(self._trail):
            if self._entries[name].icon is not None:
                return name
        return page

    def _fit_rail(self) -> None:
        page = self._stack.currentWidget()
        wanted = isinstance(page, Page) and page.narrow_rail
        self.rail.set_narrow(wanted or logical_width(self) < NARROW)

    def _title(self) -> None:
        page = self._stack.currentWidget()
        name = said(page.title) if isinstance(page, Page) else ""
        self.setWindowTitle(f"{name} – {tr('Field Credit')}" if name else tr("Field Credit"))

    def _pages_called(self, text: str, deliver: Callable[[Sequence[Found]], None]) -> None:
        called = text.casefold()
        found = [
            Found(said(entry.words), partial(self.go, entry.name), entry.icon)
            for entry in self._entries.values()
            if entry.icon is not None and entry.name not in self._withheld and called in said(entry.words).casefold()
        ]
        deliver(found)


class _Stack(QStackedWidget):
    """Pages scroll: none of them may force the window to be larger than the screen."""

    def minimumSizeHint(self) -> QSize:
        return QSize(1, 1)


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(text)
