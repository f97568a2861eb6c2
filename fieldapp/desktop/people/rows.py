"""Prospects as rows of a list: by name with an avatar, or by the time they are due."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from fieldapp.desktop.components.chip import ChipLook, Ground
from fieldapp.desktop.components.rows import Avatar, Row, When
from fieldapp.desktop.components.text import Tone
from fieldapp.desktop.components.words import Words
from fieldapp.desktop.formats import amount, lateness, near_day
from fieldapp.desktop.record_words import place_and_trade, stage_chip
from fieldapp.domain.money import Money
from fieldapp.domain.wording import Sentence
from fieldapp.services.prospects import ProspectLine
from fieldapp.translation import tr


def listed(line: ProspectLine, today: date) -> Row:
    """A prospect in the list of all: name, place and trade, stage, when it is next due."""
    return Row(
        line.prospect,
        line.name,
        place_and_trade(line),
        lead=Avatar(line.name),
        chip=stage_chip(line.stage),
        right=due_words(line, today),
        right_tone=Tone.SEAL if line.late_days else Tone.SECOND,
    )


def due_words(line: ProspectLine, today: date) -> Words:
    """``今天 09:30``, ``晚 3 天``; empty without a next date."""
    if line.next_date is None:
        return ""
    due, at = line.next_date, line.next_time
    if line.late_days:
        return lambda: lateness(due, today)
    return lambda: f"{near_day(due, today)} {at}" if at else near_day(due, today)


def due(line: ProspectLine, today: date, promised: Mapping[str, Money]) -> Row:
    """A follow-up of the day: when, who, what for; with the amount where one was promised."""
    day = line.next_date or today
    late = line.late_days > 0
    lead = When(lambda: lateness(day, today), Tone.SEAL) if late else When(line.next_time or Sentence("Any time"))
    money = promised.get(line.prospect)
    return Row(
        line.prospect,
        line.name,
        line.next_purpose or Sentence("Follow up"),
        beside=place_and_trade(line),
        lead=lead,
        chip=_kind(line, promised=money is not None),
        amount=amount(money) if money is not None else "",
    )


def _kind(line: ProspectLine, *, promised: bool) -> ChipLook:
    if promised:
        return ChipLook(Sentence("Promise"), Ground.AMBER)
    if line.stage == "disbursed":
        return ChipLook(lambda: tr("Post-loan"), Ground.SKY)
    if line.stage in ("applied", "approved"):
        return ChipLook(lambda: tr("Application"), Ground.SKY)
    if line.stage == "contact":
        return ChipLook(lambda: tr("First talks"), Ground.PINE)
    return ChipLook(lambda: tr("Follow-up"))
