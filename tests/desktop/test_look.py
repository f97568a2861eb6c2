"""The tokens hold the contrast they promise; the look can be changed under standing widgets."""

from __future__ import annotations

import subprocess
import sys

import pytest
from PySide6.QtGui import QFontInfo, QFontMetricsF, QTextLayout
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from fieldapp.desktop.components.text import Role, Text
from fieldapp.desktop.look import Icon, Look, Theme, icon_pixmap, px, tokens, wear
from fieldapp.desktop.look.fonts import font, load_fonts
from fieldapp.desktop.look.sheet import sheet
from fieldapp.desktop.look.tokens import TOKENS, contrast
from fieldapp.desktop.look.wear import Living
from fieldapp.desktop.look.worn import put_on
from fieldapp.resources import resource

GROUNDS = ("bg", "rail", "surface", "sunken", "pine_soft")
MEASURED = {
    "ink": (13.4, 10.8, 17.4),
    "ink2": (6.6, 6.8, 17.4),
    "ink3": (4.9, 4.6, 13.7),
    "pine": (6.6, 6.9, 10.2),
    "seal": (5.3, 6.1, 8.1),
    "amber": (5.9, 7.1, 9.1),
    "sky": (6.3, 6.6, 10.3),
    "edge": (3.4, 3.2, 17.4),
}


@pytest.mark.parametrize(("name", "figures"), MEASURED.items())
def test_worst_contrast_is_the_measured_one(name: str, figures: tuple[float, ...]) -> None:
    for theme, figure in zip(Theme, figures, strict=True):
        worst = min(contrast(getattr(TOKENS[theme], name), getattr(TOKENS[theme], ground)) for ground in GROUNDS)
        assert worst == pytest.approx(figure, abs=0.06), theme


@pytest.mark.parametrize("theme", Theme)
def test_every_accent_is_readable_on_its_own_ground(theme: Theme) -> None:
    colours = TOKENS[theme]
    for name in ("pine", "seal", "amber", "sky"):
        assert contrast(getattr(colours, name), getattr(colours, f"{name}_soft")) >= 5.3
    assert contrast(colours.on_pine, colours.pine) >= 8.15
    assert contrast(colours.on_pine, colours.pine_hover) >= 7
    assert contrast(colours.on_seal, colours.seal) >= 4.5
    assert contrast(colours.ink2, colours.neutral_soft) >= 4.5
    for name in ("on_toast", "toast_second", "toast_accent"):
        assert contrast(getattr(colours, name), colours.toast) >= 5


@pytest.mark.parametrize("theme", Theme)
@pytest.mark.parametrize("scale", [100, 150, 200])
def test_the_sheet_is_made_for_theme_and_scale(theme: Theme, scale: int) -> None:
    wear(Look(theme, scale))
    made = sheet(tokens())
    assert tokens().pine in made
    assert f"border-radius: {px(7)}px" in made
    assert "{" in made
    assert made.count("{") == made.count("}")


def test_a_scale_out_of_range_is_refused() -> None:
    with pytest.raises(ValueError, match="100 to 200"):
        Look(scale=90)


def test_the_three_weights_come_from_the_programs_own_fonts() -> None:
    for weight, style in ((400, "Regular"), (500, "Medium"), (700, "Bold")):
        shown = QFontInfo(font(14, weight))
        assert shown.family().startswith("Noto Sans SC")
        assert shown.styleName() == style


def test_digits_are_tabular_and_labels_set_punctuation_tight() -> None:
    digits = QFontMetricsF(font())
    assert digits.horizontalAdvance("1111") == digits.horizontalAdvance("8888")
    assert QFontMetricsF(font(tight=True)).horizontalAdvance("（）") < digits.horizontalAdvance("（）")


def test_every_icon_has_both_weights_and_no_file_is_left_over() -> None:
    for folder, ending in (("regular", ""), ("fill", "-fill")):
        files = {path.name for path in resource("icons", folder).glob("*.svg")}
        assert files == {f"{icon.value}{ending}.svg" for icon in Icon}
    assert "MIT License" in resource("icons", "LICENSE.txt").read_text("utf-8")


def test_an_icon_takes_the_tokens_colour_and_the_screens_ratio() -> None:
    made = icon_pixmap(Icon.CHECK, 16, "#FF0000", ratio=2.0)
    assert (made.width(), made.devicePixelRatio()) == (32, 2.0)
    image = made.toImage()
    colours = {
        image.pixelColor(x, y).name() for x in range(32) for y in range(32) if image.pixelColor(x, y).alpha() == 255
    }
    assert colours == {"#ff0000"}


def test_a_standing_widget_is_restyled_and_not_made_anew(qtbot: QtBot) -> None:
    class Probe(Living, QWidget):
        styled = 0

        def restyle(self) -> None:
            Probe.styled += 1

    probe = Probe()
    qtbot.addWidget(probe)
    wear(Look(Theme.DARK, 150))
    assert Probe.styled == 1
    assert px(16) == 24


def test_a_hundred_thousand_qt_calls_do_not_wear_out_none() -> None:
    program = (
        "import fieldapp.desktop\n"
        "from PySide6.QtCore import QSize\n"
        "size = QSize()\n"
        "for _ in range(100_000): size.setWidth(1)\n"
        "print('stands')\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stdout) == (0, "stands\n"), ended.stderr


@pytest.mark.parametrize("weight", [400, 500, 700])
def test_rare_characters_of_names_have_a_shape_on_the_screen_too(qtbot: QtBot, weight: int) -> None:
    load_fonts()
    layout = QTextLayout("𠮷㛃䶮𬭎龢", font(14, weight, tight=True))
    layout.beginLayout()
    layout.createLine()
    layout.endLayout()
    drawn = [glyph for run in layout.glyphRuns() for glyph in run.glyphIndexes()]
    assert len(drawn) == 5
    assert 0 not in drawn, "a box in place of a character"


def test_a_text_without_words_is_as_high_as_its_font_at_every_scale(qtbot: QtBot) -> None:
    wear(Look(Theme.LIGHT, 200))
    text = Text("", Role.HINT)  # as a field without a hint has
    qtbot.addWidget(text)
    large = text.sizeHint().height()
    put_on(Look(Theme.LIGHT, 100))
    text.restyle()
    assert text.sizeHint().height() == pytest.approx(large / 2, abs=1)
    wear(Look())
