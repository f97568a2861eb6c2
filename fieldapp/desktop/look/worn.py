"""The look the process now wears. One process shows one look, as it speaks one language."""

from __future__ import annotations

from dataclasses import dataclass

from fieldapp.desktop.look.tokens import TOKENS, Theme, Tokens

SCALES = (100, 110, 125, 150, 175, 200)


@dataclass(frozen=True, slots=True)
class Look:
    """What the officer chose: theme, interface scale in per cent (100–200), and whether anything may move."""

    theme: Theme = Theme.LIGHT
    scale: int = 100
    reduced_motion: bool = False

    def __post_init__(self) -> None:
        if not 100 <= self.scale <= 200:
            raise ValueError(f"interface scale is 100 to 200 per cent: {self.scale}")


_worn = Look()


def worn() -> Look:
    """The look now worn."""
    return _worn


def put_on(look: Look) -> None:
    """Remember ``look``; ``wear`` is what also dresses the screens."""
    global _worn
    _worn = look


def tokens() -> Tokens:
    """The colours of the theme now worn."""
    return TOKENS[_worn.theme]


def px(length: float) -> int:
    """``length`` of LOOK.md (logical pixels at 100 %) at the interface scale now worn."""
    return round(length * _worn.scale / 100)
