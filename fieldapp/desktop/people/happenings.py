"""The entries of a prospect's timeline in words, with photos and the way to amend them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from PySide6.QtWidgets import QWidget

from fieldapp.desktop.components.button import Kind
from fieldapp.desktop.components.photo_strip import PhotoStrip
from fieldapp.desktop.components.text import Role, Text, Tone
from fieldapp.desktop.components.timeline import Happening
from fieldapp.desktop.components.words import Words, said
from fieldapp.desktop.formats import amount, day, day_and_weekday, listing, minutes, near_day, near_moment
from fieldapp.desktop.look import Icon
from fieldapp.desktop.people.revealed import LowLink
from fieldapp.desktop.record_words import APPLICATION_STATES, CHANNELS, OUTCOMES, PURPOSES, RESULTS, SOURCES, word_for
from fieldapp.services.prospect_page import ProspectPage
from fieldapp.services.timeline import (
    ApplicationEntry,
    ContactEntry,
    CreationEntry,
    ShownPhoto,
    TimelineEntry,
    VisitEntry,
)
from fieldapp.translation import tr, trn


@dataclass(frozen=True, slots=True)
class Doings:
    """What the timeline lets one do: amend a contact or a visit, fill a strip with photos, show a visit's paper."""

    amend: Callable[[ContactEntry | VisitEntry], object]
    fill: Callable[[PhotoStrip, tuple[ShownPhoto, ...]], object]
    show_paper: Callable[[VisitEntry], object]


def happenings(page: ProspectPage, today: date, doings: Doings) -> list[Happening]:
    """The next follow-up first, then what happened, newest first."""
    planned = [_planned(page, today)] if page.line.next_date is not None else []
    return [*planned, *(_happening(entry, today, doings) for entry in page.timeline)]


def _planned(page: ProspectPage, today: date) -> Happening:
    line = page.line
    due, at = line.next_date or today, line.next_time
    return Happening(
        "next",
        Icon.LATER,
        (lambda: tr("Next: {purpose}", purpose=line.next_purpose)) if line.next_purpose else _next,
        lambda: f"{near_day(due, today)} {at}" if at else near_day(due, today),
        tone=Tone.SEAL if line.late_days else Tone.SKY,
    )


def _next() -> str:
    return tr("Next follow-up")


def _happening(entry: TimelineEntry, today: date, doings: Doings) -> Happening:
    match entry:
        case ContactEntry():
            return _contact(entry, today, doings)
        case VisitEntry():
            return _visit(entry, today, doings)
        case ApplicationEntry():
            return _application(entry, today)
        case CreationEntry():
            return _creation(entry, today)


def _contact(entry: ContactEntry, today: date, doings: Doings) -> Happening:
    icons = {"phone": Icon.PHONE_CALL, "wechat": Icon.CHAT, "at_branch": Icon.HEAD_OFFICE}

    def words() -> str:
        agreed = _agreed(entry.next_date, amount(entry.promised) if entry.promised is not None else "")
        return "\n".join(part for part in (entry.note, agreed) if part)

    return Happening(
        entry.record,
        icons.get(entry.channel, Icon.PROSPECTS),
        lambda: f"{said(word_for(CHANNELS, entry.channel))} • {said(word_for(RESULTS, entry.result))}",
        lambda: near_moment(entry.at, today),
        words,
        Tone.PINE,
        entry.unsent,
        _amending(entry, doings),
    )


def _visit(entry: VisitEntry, today: date, doings: Doings) -> Happening:
    def title() -> str:
        number = trn("Visit {count}", "Visit {count}", entry.number)
        return f"{number} • {said(word_for(PURPOSES, entry.purpose))} • {minutes(entry.minutes)}"

    def words() -> str:
        outcome = said(word_for(OUTCOMES, entry.outcome))
        met = tr("Met: {people}", people=listing(person.name for person in entry.people)) if entry.people else ""
        agreed = _agreed(entry.next_date, amount(entry.promised) if entry.promised is not None else "")
        opinion = tr("Opinion: {opinion}", opinion=entry.opinion) if entry.opinion else ""
        second = " • ".join(part for part in (outcome, met, agreed) if part)
        return "\n".join(part for part in (entry.facts, opinion, second) if part)

    extra: list[QWidget] = []
    if entry.photos:
        strip = PhotoStrip(can_add=False, small=True)
        doings.fill(strip, entry.photos)
        extra.append(strip)
        if not entry.photos_complete:
            extra.append(Text(lambda: tr("photos still on their way"), Role.HINT))
    when = lambda: near_moment(entry.at, today)  # noqa: E731 - said again in another language
    shown = (entry.record, Icon.VISIT, title, when, words, Tone.PINE, entry.unsent)
    paper = LowLink(lambda: tr("Visit record"), Kind.LINK, icon=Icon.PRINT, small=True, tone=Tone.SECOND)
    paper.clicked.connect(lambda: doings.show_paper(entry))
    return Happening(*shown, (*extra, *_amending(entry, doings), paper))


def _agreed(next_date: date | None, promised: str) -> str:
    if promised and next_date is not None:
        return tr("Promised {amount} for {day}", amount=promised, day=day(next_date))
    return tr("next on {day}", day=day_and_weekday(next_date)) if next_date is not None else ""


def _amending(entry: ContactEntry | VisitEntry, doings: Doings) -> tuple[QWidget, ...]:
    if entry.amended_by is not None:
        return (Text(lambda: tr("Amended by a later entry"), Role.HINT, tone=Tone.AMBER),)
    button = LowLink(lambda: tr("Amend"), Kind.LINK, small=True, tone=Tone.SECOND)
    button.clicked.connect(lambda: doings.amend(entry))
    if entry.amends is not None:
        return (Text(lambda: tr("Amends an earlier entry"), Role.HINT), button)
    return (button,)


def _application(entry: ApplicationEntry, today: date) -> Happening:
    words: Words = ""
    money, months = entry.amount, entry.months
    if money is not None:
        words = lambda: f"{amount(money)}" + (trn(" • {count} month", " • {count} months", months) if months else "")  # noqa: E731
    return Happening(
        entry.record,
        Icon.APPLICATION,
        lambda: " ".join((said(word_for(APPLICATION_STATES, entry.status)), entry.number)).strip(),
        lambda: near_day(entry.day, today),
        words,
        Tone.SKY,
        entry.unsent,
    )


def _creation(entry: CreationEntry, today: date) -> Happening:
    def words() -> str:
        source = tr("From the list {name}", name=entry.list_name) if entry.list_name else ""
        by = tr("Recorded by {name}", name=entry.by) if entry.by else ""
        return " • ".join(part for part in (source or said(word_for(SOURCES, entry.source)), by) if part)

    return Happening(
        entry.record,
        Icon.HOUSE,
        lambda: tr("Recorded as a prospect"),
        lambda: near_day(entry.day, today),
        words,
        Tone.SKY,
        entry.unsent,
    )
