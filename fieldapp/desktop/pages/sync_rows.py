"""The rows of the Sync page's list, in the order of what a person has to do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import TypeAlias

from fieldapp.desktop.components.rows import Heading, Row, Shape
from fieldapp.desktop.components.text import Tone
from fieldapp.desktop.formats import listing, near_moment, size
from fieldapp.desktop.look import Icon
from fieldapp.services.outbox_status import ConfirmedChange, OutboxStatus, RefusedChange, UnsentChange
from fieldapp.services.resolve_conflict import Disagreement
from fieldapp.translation import say, tr, trn

Key: TypeAlias = tuple[str, str]
"""The group of a row and its record or change."""

RECEIPTS: Key = ("receipts", "")


def rows_of(
    decisions: Sequence[Disagreement],
    refused: Sequence[RefusedChange],
    unsent: Sequence[UnsentChange],
    confirmed: Sequence[ConfirmedChange],
    status: OutboxStatus,
    today: date,
) -> list[Row | Heading]:
    """Headings with their counts and rows; a group with nothing in it is left out."""
    rows: list[Row | Heading] = []
    if decisions:
        rows.append(Heading(lambda: tr("Needs your decision"), Tone.SEAL, len(decisions)))
        rows += map(_decision, decisions)
    if refused:
        rows.append(Heading(lambda: tr("Refused by head office"), Tone.AMBER, len(refused)))
        rows += map(_refused, refused)
    if unsent:
        rows.append(Heading(lambda: tr("Waiting to be sent"), count=status.unsent))
        rows += [_unsent(one, today) for one in unsent]
    if confirmed:
        newest = confirmed[0]
        count = len(confirmed)
        rows.append(Heading(lambda: tr("Confirmed by head office")))
        rows.append(
            Row(
                RECEIPTS,
                tr("Until {when}", when=near_moment(newest.told_at, today)),
                lambda: trn("Receipt {receipt}", "{count} newest, receipt {receipt}", count, receipt=newest.receipt),
                lead=Shape(Icon.CONFIRMED, Tone.PINE),
            )
        )
    return rows


def _decision(one: Disagreement) -> Row:
    name = one.name or say(one.kind_label)
    if one.is_forgotten:
        what = tr("still wanted?")
    elif one.is_deletion:
        what = tr("removed, or kept?")
    else:
        what = trn("{count} field differs", "{count} fields differ", len(one.fields))
    icon = Icon.TRASH if one.is_deletion and not one.is_forgotten else Icon.CONFLICT
    return Row(("decision", one.record), f"{name} • {what}", partial(_disputed, one), lead=Shape(icon, Tone.SEAL))


def _disputed(one: Disagreement) -> str:
    if one.is_forgotten:
        return tr("Head office had forgotten it when it was restored")
    if one.is_deletion:
        return tr("One side removed it, the other edited it")
    return listing(say(field.label.label) for field in one.fields)


def _refused(one: RefusedChange) -> Row:
    return Row(("refused", one.change), titled(say(one.what), one.name), one.reason, lead=Shape(Icon.ERROR, Tone.AMBER))


def _unsent(one: UnsentChange, today: date) -> Row:
    stays = ""
    if one.too_large:
        stays = tr("too large to be sent")
    elif one.photo_too_large:
        stays = tr("waits for a photo that is too large to be sent")
    parts = (stays, near_moment(one.made_at, today), files_with(one), size(one.size))
    second = " • ".join(part for part in parts if part)
    title = titled(say(one.what), one.name)
    lead = Shape(Icon.UNSENT, Tone.SEAL if stays else Tone.SECOND)
    return Row(("unsent", one.change), title, second, lead=lead)


def files_with(one: UnsentChange) -> str:
    """The photos, or the file of a paper, that travel beside a change; empty where there are none."""
    if not one.files:
        return ""
    if one.kind == "document":
        return trn("{count} file", "{count} files", one.files)
    return trn("{count} photo", "{count} photos", one.files)


def titled(what: str, name: str) -> str:
    """Whose it is where that is known, and what was changed: a narrow list cuts the end off."""
    return f"{name} • {what}" if name else what
