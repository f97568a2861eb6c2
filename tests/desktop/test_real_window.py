"""The program in a real window; ``test_whole_day`` opens the demonstration's."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.desktop.real_window import PAGE, PINE, RAIL, opens, screen  # noqa: F401 - a fixture


def test_first_start_opens_a_real_window(
    screen: tuple[str, Path],  # noqa: F811 - a fixture's name
    tmp_path: Path,
) -> None:
    opens(["--profile", str(tmp_path / "profile 资料")], screen, tmp_path, (PINE, PAGE), seconds=60)


@pytest.mark.long
def test_demonstration_opens_the_officers_day_in_a_real_window(
    screen: tuple[str, Path],  # noqa: F811 - a fixture's name
    tmp_path: Path,
) -> None:
    opens(["demo", "--dir", str(tmp_path / "demo 演示")], screen, tmp_path, (PINE, PAGE, RAIL), seconds=120)
