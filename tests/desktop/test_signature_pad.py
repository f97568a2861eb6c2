"""The signature pad under mouse, pen and finger, and what it keeps of them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QPointingDevice, QTabletEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fieldapp.desktop.components.signature_pad import SignaturePad, WrittenSignature
from fieldapp.domain.application_records import Signature
from fieldapp.domain.consent_rules import FULL_PRESSURE, MOST_POINTS, MOST_STROKES, PAD

LEFT = Qt.MouseButton.LeftButton


def new_pad(qtbot: QtBot) -> SignaturePad:
    pad = SignaturePad("张三")
    qtbot.addWidget(pad)
    pad.resize(900, 300)
    with qtbot.waitExposed(pad):
        pad.show()
    return pad


def draw(pad: SignaturePad, *places: tuple[int, int]) -> None:
    first, *rest = (QPoint(*place) for place in places)
    QTest.mousePress(pad, LEFT, pos=first)
    for place in rest:
        QTest.mouseMove(pad, place)
    QTest.mouseRelease(pad, LEFT, pos=QPoint(*places[-1]))


def pen(pad: SignaturePad, kind: QEvent.Type, x: float, y: float, pressure: float) -> None:
    button = Qt.MouseButton.NoButton if kind is QEvent.Type.TabletRelease else LEFT
    device = QPointingDevice.primaryPointingDevice()
    where = QPointF(x, y)
    event = QTabletEvent(
        kind, device, where, where, pressure, 0, 0, 0, 0, 0, Qt.KeyboardModifier.NoModifier, button, button
    )
    QApplication.sendEvent(pad, event)


def test_the_mouse_writes_at_even_pressure(qtbot: QtBot) -> None:
    pad = new_pad(qtbot)
    assert pad.is_empty()
    with qtbot.waitSignal(pad.changed):
        draw(pad, (90, 30), (450, 150), (810, 270))
    (stroke,) = pad.strokes()
    assert stroke.points == (1000, 1000, 500, 5000, 5000, 500, 9000, 9000, 500)
    assert not pad.is_empty()


def test_the_pen_writes_with_its_own_pressure(qtbot: QtBot) -> None:
    pad = new_pad(qtbot)
    pen(pad, QEvent.Type.TabletPress, 90, 30, 0.1)
    pen(pad, QEvent.Type.TabletMove, 450, 150, 0.9)
    pen(pad, QEvent.Type.TabletMove, 810, 270, 1.0)
    pen(pad, QEvent.Type.TabletRelease, 810, 270, 0.0)
    (stroke,) = pad.strokes()
    assert stroke.points[2::3] == (100, 900, 1000)


def test_a_pen_above_the_pad_writes_nothing(qtbot: QtBot) -> None:
    pad = new_pad(qtbot)
    pen(pad, QEvent.Type.TabletMove, 90, 30, 0.0)
    QTest.mouseMove(pad, QPoint(300, 100))
    assert pad.strokes() == ()


def test_a_finger_writes(qtbot: QtBot) -> None:
    pad = new_pad(qtbot)
    finger = QTest.createTouchDevice()
    QTest.touchEvent(pad, finger).press(1, QPoint(90, 30), pad).commit()
    QTest.touchEvent(pad, finger).move(1, QPoint(450, 150), pad).commit()
    QTest.touchEvent(pad, finger).release(1, QPoint(450, 150), pad).commit()
    (stroke,) = pad.strokes()
    assert stroke.points[0::3] == (1000, 5000)
    assert all(0 < force < FULL_PRESSURE for force in stroke.points[2::3])


def test_strokes_are_taken_back_one_by_one_or_all_at_once(qtbot: QtBot) -> None:
    pad = new_pad(qtbot)
    for top in (30, 90, 150):
        draw(pad, (90, top), (450, top))
    QTest.keyClick(pad, Qt.Key.Key_Backspace)
    QTest.keyClick(pad, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert len(pad.strokes()) == 1
    draw(pad, (90, 200), (450, 200))
    QTest.keyClick(pad, Qt.Key.Key_Delete)
    assert pad.strokes() == ()
    pad.undo()
    pad.clear()
    assert pad.is_empty()


def test_a_dot_is_no_signature(qtbot: QtBot) -> None:
    pad = new_pad(qtbot)
    draw(pad, (90, 30), (90, 30))
    assert len(pad.strokes()) == 1
    assert pad.is_empty()


def test_a_line_that_leaves_the_pad_stays_on_its_edge(qtbot: QtBot) -> None:
    pad = new_pad(qtbot)
    draw(pad, (450, 150), (5_000, -700), (-900, 4_000))
    (stroke,) = pad.strokes()
    assert min(stroke.points) >= 0
    assert stroke.points[3:5] == (PAD, 0)
    assert stroke.points[6:8] == (0, PAD)


def test_what_is_written_keeps_its_proportions_at_every_size(qtbot: QtBot) -> None:
    small, large = new_pad(qtbot), new_pad(qtbot)
    large.resize(1800, 600)
    draw(small, (90, 30), (810, 270))
    draw(large, (180, 60), (1620, 540))
    assert small.strokes() == large.strokes()
    assert small.heightForWidth(900) == 300


def test_scribbling_ends_where_head_office_would_refuse_it(qtbot: QtBot) -> None:
    pad = new_pad(qtbot)
    places = [QPointF(90 + 700 * (step % 2), 30 + step % 200) for step in range(MOST_POINTS + 500)]
    pad._begin(places[0], 0.5)
    for place in places[1:]:
        pad._go_on(place, 0.5)
    pad._end()
    assert sum(len(stroke.points) for stroke in pad.strokes()) == 3 * MOST_POINTS
    pad.clear()
    for _ in range(MOST_STROKES + 50):
        draw(pad, (90, 30), (200, 30))
    assert len(pad.strokes()) == MOST_STROKES


def test_the_pad_says_whose_it_is_and_draws_what_was_written(qtbot: QtBot) -> None:
    pad = new_pad(qtbot)
    assert "张三" in pad.accessibleName()
    assert pad.accessibleDescription()
    blank = pad.grab().toImage()
    draw(pad, (90, 30), (450, 150), (810, 100))
    assert pad.grab().toImage() != blank
    shown = WrittenSignature(Signature(under="whole", strokes=pad.strokes()).strokes)
    qtbot.addWidget(shown)
    assert shown.grab().toImage() != WrittenSignature(()).grab().toImage()
