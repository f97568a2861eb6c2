"""One style sheet for Qt's own controls, generated from the tokens at the interface scale now worn."""

from __future__ import annotations

from fieldapp.desktop.look.tokens import Tokens
from fieldapp.desktop.look.worn import px


def sheet(colours: Tokens) -> str:
    """The QSS of the whole application. Fonts are set in code, because QSS knows neither weights nor features."""
    return "\n".join(part(colours) for part in (_fields, _scroll_bars, _tables, _lists, _tabs, _leaflets))


def _fields(c: Tokens) -> str:
    side, high = px(11), px(36)
    thin, thick = px(1), px(2)
    inner = side - (thick - thin)
    return f"""
QLineEdit, QPlainTextEdit {{
    background: {c.surface}; color: {c.ink}; border: {thin}px solid {c.edge}; border-radius: {px(7)}px;
    selection-background-color: {c.pine}; selection-color: {c.on_pine}; placeholder-text-color: {c.ink3};
}}
QLineEdit {{ padding: 0 {side}px; min-height: {high - 2 * thin}px; }}
QLineEdit[tall="true"] {{ min-height: {px(44) - 2 * thin}px; }}
QPlainTextEdit {{ padding: {px(4)}px {side - px(4)}px; }}
QLineEdit:focus, QLineEdit[error="true"] {{
    border: {thick}px solid {c.pine}; padding: 0 {inner}px; min-height: {high - 2 * thick}px;
}}
QLineEdit[tall="true"]:focus, QLineEdit[tall="true"][error="true"] {{ min-height: {px(44) - 2 * thick}px; }}
QPlainTextEdit:focus, QPlainTextEdit[error="true"] {{
    border: {thick}px solid {c.pine}; padding: {px(4) - thick + thin}px {side - px(4) - thick + thin}px;
}}
QLineEdit[error="true"], QPlainTextEdit[error="true"] {{ border-color: {c.seal}; }}
QLineEdit:disabled, QPlainTextEdit:disabled, QLineEdit:read-only {{
    background: {c.sunken}; color: {c.ink2}; border-color: {c.line};
}}
QLineEdit[bare="true"], QLineEdit[bare="true"]:focus {{
    background: transparent; border: none; padding: 0; min-height: {px(26)}px;
}}
"""


def _scroll_bars(c: Tokens) -> str:
    return f"""
QScrollBar:vertical {{ background: transparent; width: {px(8)}px; margin: {px(2)}px; }}
QScrollBar:horizontal {{ background: transparent; height: {px(8)}px; margin: {px(2)}px; }}
QScrollBar::handle {{ background: {c.edge}; border-radius: {px(2)}px; min-height: {px(32)}px; min-width: {px(32)}px; }}
QScrollBar::handle:hover {{ background: {c.ink2}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QScrollArea, QScrollArea > QWidget#qt_scrollarea_viewport {{ background: transparent; border: none; }}
"""


def _tables(c: Tokens) -> str:
    return f"""
QTableView {{ background: transparent; border: none; outline: none; }}
QHeaderView {{ background: transparent; border: none; }}
QHeaderView::section {{
    background: transparent; color: {c.ink3}; border: none; border-bottom: {px(1)}px solid {c.ink};
    padding: 0 {px(8)}px;
}}
QTableView::corner {{ background: transparent; border: none; }}
QTableCornerButton::section {{ background: transparent; border: none; border-bottom: {px(1)}px solid {c.ink}; }}
"""


def _lists(c: Tokens) -> str:
    # Offers have next to no padding above and below: Qt makes their list six pixels higher than its rows, no more.
    return f"""
QListView {{ background: transparent; border: none; outline: none; }}
QComboBox {{ combobox-popup: 0; }}
QComboBox QAbstractItemView, QListView#offers {{
    background: {c.surface}; color: {c.ink}; border: {px(1)}px solid {c.edge}; padding: {px(4)}px; outline: none;
}}
QComboBox QAbstractItemView::item, QListView#offers::item {{
    min-height: {px(34)}px; padding-left: {px(10)}px; border-radius: {px(7)}px;
}}
QListView#offers {{ padding: 1px {px(4)}px; }}
QComboBox QAbstractItemView::item:selected, QListView#offers::item:selected {{
    background: {c.pine_soft}; color: {c.pine};
}}
"""


def _tabs(c: Tokens) -> str:
    return f"""
QTabBar {{ background: transparent; border: none; }}
QTabBar::tab {{
    background: transparent; color: {c.ink2}; border: none; border-bottom: {px(2)}px solid transparent;
    padding: {px(4)}px 0 {px(8)}px 0; margin-right: {px(22)}px;
}}
QTabBar::tab:selected {{ color: {c.ink}; border-bottom-color: {c.pine}; }}
QTabBar::tab:hover, QTabBar::tab:focus {{ color: {c.pine}; }}
"""


def _leaflets(c: Tokens) -> str:
    return f"""
QToolTip {{ background: {c.toast}; color: {c.on_toast}; border: none; padding: {px(6)}px {px(8)}px; }}
QMenu {{ background: {c.surface}; color: {c.ink}; border: {px(1)}px solid {c.edge}; padding: {px(4)}px; }}
QMenu::item {{ padding: {px(7)}px {px(20)}px {px(7)}px {px(12)}px; border-radius: {px(5)}px; }}
QMenu::item:selected {{ background: {c.pine_soft}; color: {c.pine}; }}
QMenu::item:disabled {{ color: {c.ink3}; }}
QMenu::separator {{ height: {px(1)}px; background: {c.line}; margin: {px(4)}px {px(8)}px; }}
"""
