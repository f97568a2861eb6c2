"""The page Review over a real head office: a reviewer returns, the officer answers, two others decide."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fieldapp.desktop.components.entry import Choice, Note
from fieldapp.desktop.components.text import Text
from fieldapp.desktop.look import Look, speak, wear
from fieldapp.desktop.pages.application import ApplicationPage
from fieldapp.desktop.pages.review import ReviewPage
from fieldapp.protocol.identifiers import SystemClock
from fieldapp.services.laptop import unlock_laptop
from fieldapp.services.review_applications import ReviewApplications, Terms
from fieldapp.services.synchronise import synchronise_laptop
from fieldapp.translation import Language
from tests.desktop.desks import WAIT_MS, button, desk_on, press, shows, the, unlock
from tests.desktop.head_office import PASSPHRASE, Office, head_office, submit_application


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with head_office(tmp_path, SystemClock()) as office:
        yield office


def handed_in(office: Office) -> tuple[str, Path]:
    """An application at head office, and the folder of the locked laptop of its reviewer."""
    li = office.laptop_of("李四", "li")
    synchronise_laptop(li)
    application = submit_application(li)
    chen = office.laptop_of("陈审", "chen")
    synchronise_laptop(chen)
    chen.lock()
    return application, chen.profile.folder


def type_into(note: Note, words: str) -> None:
    note.setFocus()
    note.setText(words)


def test_a_reviewer_returns_an_application_from_the_page(qtbot: QtBot, office: Office) -> None:
    application, folder = handed_in(office)
    with desk_on(qtbot, folder, SystemClock(), first="review") as desk:
        session = unlock(qtbot, desk, PASSPHRASE)
        page = the(desk.window, ReviewPage)
        qtbot.waitUntil(lambda: page.panel is not None, timeout=WAIT_MS)
        assert shows(page, "张三")()
        press(qtbot, page, "退回")
        overlay = QApplication.focusWidget().window()
        qtbot.waitUntil(lambda: len([n for n in overlay.findChildren(Note) if n.isVisible()]) == 2, timeout=WAIT_MS)
        question, reason = (note for note in overlay.findChildren(Note) if note.isVisible())
        type_into(question, "账本在哪里？")
        type_into(reason, "请补充")
        next(one for one in overlay.findChildren(Choice) if one.isVisible()).choose("sales_fen")
        panel = question.parentWidget().parentWidget()
        press(qtbot, panel, "退回")
        qtbot.waitUntil(shows(page, "账本在哪里？"), timeout=WAIT_MS)
        qtbot.waitUntil(lambda: not desk.window.jobs.busy(), timeout=WAIT_MS)
        with session.store.reading() as view:
            assert view.drafts.count() == 0, "what was typed became a decision"
    li = office.laptops[0]
    synchronise_laptop(li)
    with li.store.reading() as view:
        assert view.records.get(application).screen["status"] == "returned"


def test_both_names_stand_in_the_list_of_a_narrow_window_too(qtbot: QtBot, office: Office) -> None:
    _application, folder = handed_in(office)
    with desk_on(qtbot, folder, SystemClock(), first="review") as desk:
        unlock(qtbot, desk, PASSPHRASE)
        page = the(desk.window, ReviewPage)
        qtbot.waitUntil(lambda: page.panel is not None, timeout=WAIT_MS)
        speak(Language.ENGLISH)
        for across in (1280, 960, 1280, 960):
            desk.window.resize(across, 600)
            qtbot.wait(50)
            assert page.panel is not None
        (review,) = page._listed or ()
        pictures = []
        for name, officer in (("张三", "李四"), ("张山", "李四"), ("张三", "李思")):
            page._show((replace(review, name=name, officer=officer),))
            pictures.append(page.list.grab().toImage())
        assert pictures[0] != pictures[1], "nobody can tell whose application it is"
        assert pictures[0] != pictures[2], "nobody can tell who took it"


@pytest.mark.parametrize("scale", [pytest.param(100, marks=pytest.mark.long), 150])
def test_the_number_of_an_application_is_whole_in_any_window(qtbot: QtBot, office: Office, scale: int) -> None:
    _application, folder = handed_in(office)
    with desk_on(qtbot, folder, SystemClock(), first="review") as desk:
        unlock(qtbot, desk, PASSPHRASE)
        page = the(desk.window, ReviewPage)
        qtbot.waitUntil(lambda: page.panel is not None, timeout=WAIT_MS)
        qtbot.waitUntil(lambda: not desk.window.jobs.busy(), timeout=WAIT_MS)
        speak(Language.ENGLISH)
        wear(Look(scale=scale))

        def whole() -> list[bool]:
            texts = page.panel.findChildren(Text) if page.panel is not None else []
            return [text.shown() == text.text() for text in texts if "QS01-" in text.text()]

        qtbot.waitUntil(lambda: whole() == [True], timeout=WAIT_MS)


def test_the_officer_finds_the_question_at_its_field_and_answers_it(qtbot: QtBot, office: Office) -> None:
    application, folder = handed_in(office)
    chen = unlock_laptop(folder, PASSPHRASE, SystemClock())
    back = Terms("return", reason="请补充", questions=(("sales_fen", "账本在哪里？"),))
    ReviewApplications.of(chen).decide(application, back)
    chen.lock()
    li = office.laptops[0]
    synchronise_laptop(li)
    li.lock()
    with desk_on(qtbot, li.profile.folder, SystemClock(), first="applications") as desk:
        unlock(qtbot, desk, PASSPHRASE)
        desk.window.go("application", application=application)
        page = the(desk.window, ApplicationPage)
        qtbot.waitUntil(lambda: page.asked.isVisible(), timeout=WAIT_MS)
        assert shows(page.asked, "账本在哪里？")()
        desk.window.findChild(ApplicationPage).walk.go_to_field("sales_fen")
        qtbot.waitUntil(shows(page.form.field("sales_fen"), "账本在哪里？"), timeout=WAIT_MS)
        press(qtbot, page.asked, "问题")
        press(qtbot, desk.window, "答复")
        qtbot.waitUntil(
            lambda: any(n.isVisible() for n in desk.window.findChildren(Note) if n.accessibleName() == "答复")
        )
        note = next(n for n in desk.window.findChildren(Note) if n.accessibleName() == "答复" and n.isVisible())
        type_into(note, "在柜台抽屉里。")
        press(qtbot, note.parentWidget().parentWidget(), "记下")
        qtbot.waitUntil(shows(page.asked, "1 个问题，均已答复"), timeout=WAIT_MS)


def test_nobody_but_those_who_decide_is_offered_the_page(qtbot: QtBot, office: Office) -> None:
    _application, folder = handed_in(office)
    li = office.laptops[0]
    li.lock()
    for place, offered in ((folder, True), (li.profile.folder, False)):
        with desk_on(qtbot, place, SystemClock(), first="today") as desk:
            unlock(qtbot, desk, PASSPHRASE)
            assert desk.window.rail._items["review"].isVisible() is offered


def test_without_head_office_the_decision_stays_typed_and_nothing_waits(qtbot: QtBot, office: Office) -> None:
    _application, folder = handed_in(office)
    office.running.stop()
    with desk_on(qtbot, folder, SystemClock(), first="review") as desk:
        session = unlock(qtbot, desk, PASSPHRASE)
        page = the(desk.window, ReviewPage)
        qtbot.waitUntil(lambda: page.panel is not None, timeout=WAIT_MS)
        press(qtbot, page, "否决")
        note = next(n for n in desk.window.findChildren(Note) if n.isVisible())
        type_into(note, "资料不实")
        press(qtbot, note.parentWidget().parentWidget(), "否决")
        qtbot.waitUntil(shows(desk.window, "现在连不上总行"), timeout=WAIT_MS)
        assert note.text() == "资料不实"
        with session.store.reading() as view:
            assert view.outbox.count() == 0
        with session.store.reading() as view:
            assert [draft.body["typed"] for draft in view.drafts.newest()] == [{"reason": "资料不实"}]
        button(desk.window, "暂放").click()
