"""The papers an officer has seen, ticked one by one; those the product wants are marked."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from fieldapp.desktop.application_form.bound import Bound, Heard
from fieldapp.desktop.components.arrange import Column, fill_with
from fieldapp.desktop.components.checks import Tick
from fieldapp.desktop.components.field import Field
from fieldapp.desktop.look import Living
from fieldapp.domain.kinds import Values
from fieldapp.domain.materials import MATERIALS
from fieldapp.translation import say, tr


class MaterialsSeen(Living, QWidget):
    """``edited`` after each tick."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._required: frozenset[str] = frozenset()
        self._ticks = {name: Tick(partial(self._words, name)) for name in MATERIALS}
        fill_with(self, Column(*self._ticks.values(), gap=6))
        self.setFocusProxy(next(iter(self._ticks.values())))
        for tick in self._ticks.values():
            tick.toggled.connect(self._tell)
        self._telling = True
        self.dress()

    def seen(self) -> list[str]:
        """What is ticked, in the order of the paper."""
        return [name for name, tick in self._ticks.items() if tick.isChecked()]

    def show_seen(self, names: Collection[str]) -> None:
        """Tick these, without telling."""
        self._telling = False
        for name, tick in self._ticks.items():
            tick.setChecked(name in names)
        self._telling = True

    def show_required(self, names: Collection[str]) -> None:
        """Mark what the product wants."""
        if frozenset(names) != self._required:
            self._required = frozenset(names)
            for tick in self._ticks.values():
                tick.retranslate()

    def _tell(self, _on: bool) -> None:
        if self._telling:
            self.edited.emit()

    def _words(self, name: str) -> str:
        paper = say(MATERIALS[name])
        return tr("{paper} (required)", paper=paper) if name in self._required else paper


def materials(name: str, field: Field, control: MaterialsSeen, heard: Heard) -> Bound:
    """The ticks bound to their field."""

    def read() -> Values:
        return {name: control.seen()}

    def show(values: Mapping[str, Any]) -> None:
        control.show_seen(list(values[name] or []))

    control.edited.connect(heard)
    return Bound((name,), field, read, read, show)
