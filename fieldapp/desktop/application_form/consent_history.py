"""Everything one person signed and withdrew of one text: when, before whom, what was chosen, the signature itself."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from fieldapp.desktop.application_form.consents_panel import KIND_NAMES
from fieldapp.desktop.components.arrange import STRETCH, Column, Line, ScrollPage
from fieldapp.desktop.components.button import Button
from fieldapp.desktop.components.card import Rule
from fieldapp.desktop.components.overlay import Overlay, Panel
from fieldapp.desktop.components.photo_strip import PhotoStrip
from fieldapp.desktop.components.signature_pad import WrittenSignature
from fieldapp.desktop.components.text import Role, Text, Tone
from fieldapp.desktop.page import Shell
from fieldapp.desktop.people.thumbnails import fill_strip
from fieldapp.desktop.session import DesktopSession
from fieldapp.services.record_consent import ConsentEntry, ConsentRow
from fieldapp.services.timeline import ShownPhoto
from fieldapp.translation import tr


def show_history(shell: Shell, session: DesktopSession, row: ConsentRow, entries: Sequence[ConsentEntry]) -> Overlay:
    """Show the entries over the page, newest first; Esc or a click beside them closes it."""
    close = Button(lambda: tr("Close"), key="Escape")
    title = Text(lambda: f"{KIND_NAMES[row.kind]()} · {row.who.name[:40]}", Role.DIALOG, elide=True)
    parts = [_entry(shell, session, entry) for entry in entries]
    listed = ScrollPage(Column(*parts, STRETCH, gap=12, margins=(0, 0, 12, 0)))
    content = Column(title, (listed, 1), Line(STRETCH, close), gap=10)
    content.setMinimumHeight(shell.host().window().height() // 2)
    overlay = Overlay(shell.host().window(), Panel(content), light=True)
    overlay.setAccessibleName(title.words())
    close.clicked.connect(overlay.close_panel)
    overlay.closed.connect(overlay.deleteLater)
    overlay.open()
    return overlay


def _entry(shell: Shell, session: DesktopSession, entry: ConsentEntry) -> QWidget:
    at = session.local(entry.at)
    if entry.withdrawal:
        return Column(
            Text(lambda: tr("Withdrawn {day}", day=f"{at:%Y-%m-%d %H:%M}"), Role.STRONG, tone=Tone.SEAL),
            Text(lambda: tr("before {name}: {reason}", name=entry.staff, reason=entry.reason), Role.SECOND, wrap=True),
            Rule(),
            gap=4,
        )
    parts: list[QWidget] = [
        Text(lambda: tr("Signed {day}", day=f"{at:%Y-%m-%d %H:%M}"), Role.STRONG),
        Text(lambda: _how(entry), Role.SECOND, wrap=True),
    ]
    parts += [WrittenSignature(signature.strokes) for signature in entry.signatures if signature.under == "whole"]
    if entry.photos:
        strip = PhotoStrip(can_add=False)
        fill_strip(shell, session, strip, [ShownPhoto(photo, held=True, confirmed=False) for photo in entry.photos])
        parts.append(strip)
    return Column(*parts, Rule(), gap=4)


def _how(entry: ConsentEntry) -> str:
    yes = sum(entry.choices.values())
    where = tr("on paper") if entry.signing == "paper" else tr("on the screen")
    return tr(
        "{where}, before {name}; wording {version}; agreed to {yes} of {count}",
        where=where, name=entry.staff, version=entry.version, yes=yes, count=len(entry.choices),
    )  # fmt: skip
