"""How far a running synchronisation is, in one line, with the way to stop it. It appears after 0.3 s."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from fieldapp.desktop.components.arrange import Line
from fieldapp.desktop.components.button import Button, Kind
from fieldapp.desktop.components.card import Card
from fieldapp.desktop.components.chip import StateMark
from fieldapp.desktop.components.progress import APPEARS_MS, Bar
from fieldapp.desktop.components.text import Role, Text, Tone
from fieldapp.desktop.formats import size
from fieldapp.desktop.look import Icon, px
from fieldapp.services.synchronise import Stage
from fieldapp.translation import tr

_VERBS = {
    Stage.CHANGES: lambda: tr("Sending changes"),
    Stage.RECORDS: lambda: tr("Receiving records"),
    Stage.PHOTOS_UP: lambda: tr("Sending photos"),
    Stage.PHOTOS_DOWN: lambda: tr("Receiving photos"),
}


HEAVY_BYTES = 100_000
"""From so much on it is told what came over the line."""


class SyncStrip(Card):
    """Hidden until something runs; ``stop_wanted`` is its link."""

    stop_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        self._verb = StateMark(lambda: tr("Asking head office"), Icon.SENDING, Tone.INK, fill=False)
        self._bar = Bar()
        self._far = Text("", Role.SECOND, elide=True)
        self._stop = Button(lambda: tr("Cancel"), Kind.LINK, small=True)
        super().__init__(
            Line(self._verb, self._bar, (self._far, 1), self._stop, gap=10), margins=(14, 2), parent=parent
        )
        self._timer = QTimer(self, singleShot=True, interval=APPEARS_MS)
        self._timer.timeout.connect(self.show)
        self._stop.clicked.connect(self._ask_to_stop)
        self.hide()
        self.restyle()

    def begin(self) -> None:
        """An exchange has begun."""
        self._verb.show_state(lambda: tr("Asking head office"), Icon.SENDING, Tone.INK, fill=False)
        self._bar.show_share(None)
        self._far.say("")
        self._stop.setEnabled(True)
        self._timer.start()

    def step(self, stage: Stage, done: int, total: int | None, received: int = 0) -> None:
        """``done`` of ``total``: records and changes are counted, photos measured; ``received`` bytes came so far."""
        self._verb.show_state(_VERBS[Stage(stage)], Icon.SENDING, Tone.INK, fill=False)
        self._bar.show_share(done / total if total else None)
        photos = stage in (Stage.PHOTOS_UP, Stage.PHOTOS_DOWN)
        heavy = received if received >= HEAVY_BYTES else 0
        self._far.say(lambda: _far(done, total, photos=photos, received=heavy))

    def end(self) -> None:
        """It is over, one way or another."""
        self._timer.stop()
        self.hide()

    def restyle(self) -> None:
        super().restyle()
        self._bar.setFixedWidth(px(220))

    def _ask_to_stop(self) -> None:
        self._stop.setEnabled(False)
        self._far.say(lambda: tr("Stopping; what was confirmed stays confirmed"))
        self.stop_wanted.emit()


def _far(done: int, total: int | None, *, photos: bool, received: int) -> str:
    if photos and total:
        return tr("{done} of {total} • resumes where it stopped if the link breaks", done=size(done), total=size(total))
    counted = tr("{done} of {total}", done=f"{done:,}", total=f"{total:,}") if total else f"{done:,}"
    return tr("{counted} • {size} received", counted=counted, size=size(received)) if received else counted
