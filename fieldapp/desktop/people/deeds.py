"""What one does to a prospect from more than one page: move its follow-up, call it lost, correct a masked fact."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from fieldapp.desktop.components.date_field import DateField
from fieldapp.desktop.components.entry import Entry, Note
from fieldapp.desktop.components.field import Field
from fieldapp.desktop.components.overlay import Overlay
from fieldapp.desktop.components.words import Words, said
from fieldapp.desktop.formats import near_day
from fieldapp.desktop.look import Icon
from fieldapp.desktop.page import Shell
from fieldapp.desktop.people.dialog_draft import Keep
from fieldapp.desktop.people.small_form import open_small_form
from fieldapp.desktop.record_words import STAGES, word_for
from fieldapp.desktop.session import DesktopSession
from fieldapp.domain.errors import Invalid
from fieldapp.domain.records import ProspectStage
from fieldapp.domain.wording import Sentence
from fieldapp.services.edit_prospect import Edited, change_stage, edit_fields, reschedule
from fieldapp.services.half_typed import Place
from fieldapp.services.prospects import ProspectLine
from fieldapp.translation import say, tr


def open_reschedule(shell: Shell, session: DesktopSession, line: ProspectLine) -> Overlay:
    """Ask for another day and time of the follow-up."""
    day, time, purpose = DateField(session.today), Entry(icon=Icon.CLOCK), Entry()
    day.set_value(line.next_date if not line.late_days else None)
    time.setText(line.next_time or "")
    purpose.setText(line.next_purpose)
    shown = {
        "next_date": line.next_date.isoformat() if line.next_date else None,
        "next_time": line.next_time,
        "next_purpose": line.next_purpose or None,
    }

    def work() -> Callable[[], Edited]:
        if day.value() is None or not day.understood():
            raise Invalid("required", Sentence("Say on which day."), field="next_date")
        return partial(
            reschedule, session.store, line.prospect, shown, day.value(), time.text().strip() or None, purpose.text()
        )

    def done(_edited: Edited) -> None:
        moved = day.value() or session.today()
        shell.toast(
            lambda: tr("Moved to {day}", day=near_day(moved, session.today())), lambda: tr("Only on this laptop")
        )

    return open_small_form(
        shell,
        lambda: tr("When will you see {name}?", name=line.name[:40]),
        "",
        {
            "next_date": Field(lambda: tr("Day"), day),
            "next_time": Field(lambda: tr("Time"), time, hint=lambda: tr("if agreed, like 09:30")),
            "next_purpose": Field(lambda: tr("What to talk about"), purpose),
        },
        verb=lambda: tr("Move"),
        stay=lambda: tr("Leave it"),
        work=work,
        done=done,
        keep=Keep(session.store, Place(line.prospect, "reschedule"), shown),
    )


def open_lost(shell: Shell, session: DesktopSession, line: ProspectLine) -> Overlay:
    """Ask why a prospect is lost; its follow-up ends then."""
    reason = Note(lines=2)
    stage: Any = line.stage
    return open_small_form(
        shell,
        lambda: tr("Give up {name}?", name=line.name[:40]),
        lambda: tr("The follow-up ends. Everything recorded stays, and the prospect can be won back."),
        {"lost_reason": Field(lambda: tr("Why"), reason)},
        verb=lambda: tr("Give up"),
        stay=lambda: tr("Keep on"),
        work=lambda: partial(
            change_stage, session.store, line.prospect, stage, "lost", lost_reason=_required(reason.text())
        ),
        done=lambda _edited: shell.toast(lambda: tr("Moved to: lost"), lambda: tr("Only on this laptop")),
        keep=Keep(session.store, Place(line.prospect, "lost")),
    )


def move_stage(shell: Shell, session: DesktopSession, line: ProspectLine, stage: ProspectStage) -> None:
    """Move a prospect to another stage; lost asks for the reason first."""
    if stage == "lost":
        open_lost(shell, session, line)
        return
    shown: Any = line.stage
    shell.jobs.run(
        partial(change_stage, session.store, line.prospect, shown, stage),
        done=lambda _edited: shell.toast(
            lambda: tr("Moved to: {stage}", stage=said(word_for(STAGES, stage))), lambda: tr("Only on this laptop")
        ),
        failed=shell.explain,
    )


def open_correction(shell: Shell, session: DesktopSession, person: str, field: str, name: Words) -> Overlay:
    """Ask for the right value of a fact that is shown masked."""
    entry = Entry()

    def done(edited: Edited) -> None:
        told = edited.warnings[0].sentence if edited.warnings else None
        second: Words = (lambda: say(told)) if told is not None else (lambda: tr("Only on this laptop"))
        shell.toast(lambda: tr("Saved"), second)

    return open_small_form(
        shell,
        lambda: tr("What is right for: {name}?", name=said(name)),
        lambda: tr("The value known so far stays in the history."),
        {field: Field(name, entry)},
        verb=lambda: tr("Save"),
        stay=lambda: tr("Leave it"),
        work=lambda: partial(edit_fields, session.store, person, {}, {field: entry.text()}),
        done=done,
        keep=Keep(session.store, Place(person, "correct", field)),
    )


def _required(reason: str) -> str:
    if not reason.strip():
        raise Invalid("required", Sentence("Say why this prospect was lost."), field="lost_reason")
    return reason
