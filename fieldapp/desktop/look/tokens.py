"""Every colour of the program, for its three themes, in one place; and the contrast they are held to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Theme(StrEnum):
    """Which set of tokens the screens wear."""

    LIGHT = "light"
    DARK = "dark"
    SUNLIGHT = "sunlight"


@dataclass(frozen=True, slots=True)
class Tokens:
    """One theme. Colours are ``#RRGGBB``; a name says what it is for, never how it looks.

    ``stages`` are the four steps from contacted to funded; the pale ones are outlined wherever they are shown.
    The ``toast`` colours are the opposite theme's, so that a toast stands off any page.
    """

    bg: str
    rail: str
    surface: str
    sunken: str
    ink: str
    ink2: str
    ink3: str
    pine: str
    on_pine: str
    pine_soft: str
    pine_hover: str
    seal: str
    on_seal: str
    seal_soft: str
    amber: str
    amber_soft: str
    sky: str
    sky_soft: str
    edge: str
    line: str
    neutral_soft: str
    stages: tuple[str, str, str, str]
    toast: str
    on_toast: str
    toast_second: str
    toast_accent: str
    outlined_chips: bool


TOKENS = {
    Theme.LIGHT: Tokens(
        bg="#F7F5EF",
        rail="#EEEBE1",
        surface="#FFFFFF",
        sunken="#F1EEE6",
        ink="#1B201C",
        ink2="#4A524B",
        ink3="#5E655D",
        pine="#0E5A44",
        on_pine="#FFFFFF",
        pine_soft="#DCEBE3",
        pine_hover="#0A4937",
        seal="#AE2F19",
        on_seal="#FFFFFF",
        seal_soft="#FAE5DE",
        amber="#7F4A00",
        amber_soft="#F8E9C8",
        sky="#1A5687",
        sky_soft="#DFEBF5",
        edge="#7E7B6D",
        line="#DDD8CA",
        neutral_soft="#F1EEE6",
        stages=("#C9DDD2", "#8DBBA5", "#3B8066", "#0E5A44"),
        toast="#1B201C",
        on_toast="#FFFFFF",
        toast_second="#B9C3BB",
        toast_accent="#86D1AF",
        outlined_chips=False,
    ),
    Theme.DARK: Tokens(
        bg="#131715",
        rail="#0F1311",
        surface="#1B211E",
        sunken="#161B18",
        ink="#EDF1EC",
        ink2="#B9C3BB",
        ink3="#96A199",
        pine="#86D1AF",
        on_pine="#0B1F17",
        pine_soft="#1E3A2F",
        pine_hover="#A2DFC3",
        seal="#FF9C85",
        on_seal="#131715",
        seal_soft="#43221B",
        amber="#EBBE6B",
        amber_soft="#3B2E16",
        sky="#8FC3EE",
        sky_soft="#1B3145",
        edge="#78847C",
        line="#323B36",
        neutral_soft="#323B36",
        stages=("#2B4A3D", "#3F735D", "#5FA484", "#86D1AF"),
        toast="#EDF1EC",
        on_toast="#1B201C",
        toast_second="#4A524B",
        toast_accent="#0E5A44",
        outlined_chips=False,
    ),
    Theme.SUNLIGHT: Tokens(
        bg="#FFFFFF",
        rail="#FFFFFF",
        surface="#FFFFFF",
        sunken="#FFFFFF",
        ink="#000000",
        ink2="#000000",
        ink3="#1F1F1F",
        pine="#003D2C",
        on_pine="#FFFFFF",
        pine_soft="#D5F0E3",
        pine_hover="#002A1E",
        seal="#8A0F00",
        on_seal="#FFFFFF",
        seal_soft="#FFE9E3",
        amber="#5A3300",
        amber_soft="#FFF1CF",
        sky="#00365F",
        sky_soft="#E2F1FF",
        edge="#000000",
        line="#000000",
        neutral_soft="#FFFFFF",
        stages=("#C9DDD2", "#8DBBA5", "#3B8066", "#003D2C"),
        toast="#000000",
        on_toast="#FFFFFF",
        toast_second="#FFFFFF",
        toast_accent="#86D1AF",
        outlined_chips=True,
    ),
}


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def mix(one: str, other: str, share: float) -> str:
    """``share`` (0 to 1) of ``one`` laid over ``other``, as ``#RRGGBB``."""
    channels = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(share * top + (1 - share) * under):02X}" for top, under in channels)


def _luminance(colour: str) -> float:
    linear = [
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (channel / 255 for channel in _channels(colour))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
