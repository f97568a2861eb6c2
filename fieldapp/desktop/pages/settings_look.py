"""Language, theme, scale and motion, changed while everything stands."""

from __future__ import annotations

from functools import partial

import msgspec

from fieldapp.desktop.chosen_look import SYSTEM
from fieldapp.desktop.components.card import Card
from fieldapp.desktop.components.checks import Tick
from fieldapp.desktop.components.entry import Choice
from fieldapp.desktop.components.field import Field
from fieldapp.desktop.components.segmented import Segmented
from fieldapp.desktop.look import SCALES, Theme
from fieldapp.desktop.page import Shell
from fieldapp.desktop.session import DesktopSession
from fieldapp.services.laptop import Preferences
from fieldapp.translation import Language, language, tr


class LookCard(Card):
    """Alt 1–2 choose the language, Alt 3–6 the theme."""

    def __init__(self, shell: Shell, session: DesktopSession) -> None:
        self._shell, self._session = shell, session
        self.language = Segmented([(Language.CHINESE.value, "中文"), (Language.ENGLISH.value, "English")])
        self.theme = Segmented(
            [
                (Theme.LIGHT.value, lambda: tr("Light")),
                (Theme.DARK.value, lambda: tr("Dark")),
                (Theme.SUNLIGHT.value, lambda: tr("Sunlight")),
                (SYSTEM, lambda: tr("As the system")),
            ],
            first_digit=3,
        )
        self.scale = Choice([(scale, f"{scale} %") for scale in SCALES])
        self.still = Tick(lambda: tr("Reduce motion"))
        super().__init__(
            Field(lambda: tr("Language"), self.language),
            Field(lambda: tr("Theme"), self.theme, hint=lambda: tr("Sunlight: the strongest contrast, for outdoors")),
            Field(lambda: tr("Size of the interface"), self.scale),
            self.still,
            heading=lambda: tr("Language and look"),
            gap=12,
        )
        self.language.chosen.connect(lambda chosen: self._change(language=chosen))
        self.theme.chosen.connect(lambda chosen: self._change(theme=chosen))
        self.scale.chosen.connect(lambda chosen: self._change(scale_percent=chosen))
        self.still.clicked.connect(lambda on: self._change(reduced_motion=on))
        self.refresh()

    def refresh(self) -> None:
        """Show what is chosen now."""
        now = self._session.chosen.preferences()
        self.language.choose(language().value)
        self.theme.choose(now.theme)
        self.scale.choose(now.scale_percent)
        self.still.setChecked(now.reduced_motion)

    def _change(self, **wanted: object) -> None:
        preferences: Preferences = msgspec.structs.replace(self._session.chosen.preferences(), **wanted)
        self._session.chosen.choose(preferences)
        self._shell.jobs.run(partial(self._session.laptop.prefer, preferences), owner=self, failed=self._shell.explain)
