"""From when to when: the start is noted by itself, the end goes with the clock, and both may be typed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from fieldapp.desktop.components.arrange import Line, fill_with
from fieldapp.desktop.components.day_words import read_day
from fieldapp.desktop.components.entry import Entry, mark_error
from fieldapp.desktop.components.text import Role, Text, Tone
from fieldapp.desktop.formats import clock, day, minutes
from fieldapp.desktop.look import Icon, Living, px
from fieldapp.domain.errors import Invalid
from fieldapp.domain.wording import Sentence
from fieldapp.domain.writing import half_width_digits
from fieldapp.translation import tr

_TIME = re.compile(r"(\d{1,2})[:：.]?(\d{2})")
LEAST = timedelta(minutes=1)


class TimeSpan(Living, QWidget):
    """``changed`` after each keystroke. Moments are in the officer's zone, ``now`` gives the present one.

    The start may carry a day: ``昨天 14:05``, ``1122 1405``.
    """

    changed = Signal()

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._now = now
        self._start = self._end = now()
        self._running = True
        self.start_entry = Entry(icon=Icon.CLOCK)
        self.end_entry = Entry()
        for entry in (self.start_entry, self.end_entry):
            entry.setMaxLength(40)
        self._to = Text(lambda: tr("to"), Role.SECOND)
        self._long = Text("", Role.LABEL, tone=Tone.PINE, right=True)
        fill_with(self, Line((self.start_entry, 3), self._to, (self.end_entry, 2), self._long, gap=8))
        self.setFocusProxy(self.start_entry)
        self.start_entry.textEdited.connect(self._start_typed)
        self.end_entry.textEdited.connect(self._end_typed)
        for entry in (self.start_entry, self.end_entry):
            entry.focus_gone.connect(self.tick)
        self.dress()

    def show_span(self, start: datetime, end: datetime | None) -> None:
        """Show a span; without an end it goes with the clock."""
        self._start, self._running = start, end is None
        self._end = end or self._now()
        self.start_entry.setText(self._written(self._start))
        self.end_entry.setText(clock(self._end))
        self.tick()

    def tick(self) -> None:
        """Let the end follow the clock, and write what is not being typed."""
        if self._running:
            self._end = max(self._now(), self._start + LEAST)
        if not self.start_entry.hasFocus() and self._read_start() is not None:
            self.start_entry.setText(self._written(self._start))
        if not self.end_entry.hasFocus() and (self._running or self._read_end() is not None):
            self.end_entry.setText(clock(self._end))
        self._show_length()

    def start(self) -> datetime:
        """When it began. Raises Invalid ``started_at``."""
        if self.start_entry.text().strip() and self._read_start() is None:
            raise _not_a_time("started_at")
        return self._start

    def end(self) -> datetime:
        """When it ended. Raises Invalid ``ended_at``."""
        if not self._running and self._read_end() is None:
            raise _not_a_time("ended_at")
        if self._running:
            self._end = max(self._now(), self._start + LEAST)
        return self._end

    def set_end(self) -> datetime | None:
        """The end typed by hand, None while it goes with the clock."""
        return None if self._running else self._end

    def show_error(self, wrong: bool) -> None:
        """Draw both as wrong, or as right again."""
        mark_error(self.start_entry, wrong)
        mark_error(self.end_entry, wrong)

    def setAccessibleName(self, name: str) -> None:
        super().setAccessibleName(name)
        self.start_entry.setAccessibleName(tr("{field}: start", field=name))
        self.end_entry.setAccessibleName(tr("{field}: end", field=name))

    def retranslate(self) -> None:
        self.tick()

    def restyle(self) -> None:
        self._long.setMinimumWidth(px(56))

    def _start_typed(self, _typed: str) -> None:
        found = self._read_start()
        if found is not None:
            length = self._end - self._start
            self._start = found
            if not self._running:
                typed_end = self._read_end()
                self._end = self._on_day(typed_end) if typed_end is not None else found + length
            elif found.date() != self._now().date():
                self._running = False
                self._end = found + max(length, LEAST)
                self.end_entry.setText(clock(self._end))
        self._show_length()
        self.changed.emit()

    def _end_typed(self, typed: str) -> None:
        self._running = not typed.strip()
        found = self._read_end()
        if found is not None:
            self._end = self._on_day(found)
        self._show_length()
        self.changed.emit()

    def _on_day(self, at: time) -> datetime:
        return datetime.combine(self._start.date(), at, self._start.tzinfo)

    def _read_start(self) -> datetime | None:
        written = half_width_digits(self.start_entry.text()).strip()
        if not written:
            return self._start
        words, _, last = written.rpartition(" ")
        at = _time(last)
        on: date | None = self._start.date()
        if words.strip():
            on = read_day(words, self._now().date()) if words.strip() != day(self._start.date()) else on
            if on is not None and on > self._now().date():
                on = _year_before(on)
        return datetime.combine(on, at, self._start.tzinfo) if on is not None and at is not None else None

    def _read_end(self) -> time | None:
        return _time(half_width_digits(self.end_entry.text()).strip())

    def _written(self, moment: datetime) -> str:
        same = moment.date() == self._now().date()
        return clock(moment) if same else f"{day(moment.date())} {clock(moment)}"

    def _show_length(self) -> None:
        length = int((self._end - self._start).total_seconds() // 60)
        self._long.say(lambda: minutes(length) if length >= 0 else "")


def _time(written: str) -> time | None:
    match = _TIME.fullmatch(written)
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        return None
    return time(int(match[1]), int(match[2]))


def _year_before(on: date) -> date | None:
    """``1130`` typed in early spring means last autumn: a visit lies in the past."""
    try:
        return on.replace(year=on.year - 1)
    except ValueError:
        return None


def _not_a_time(field: str) -> Invalid:
    return Invalid("time", Sentence("This is not a time of day. Write it like 09:30."), field=field)
