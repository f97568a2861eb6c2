"""Where the files beside the code are: fonts, icons, translations, reference tables, form texts.

``resources/`` stands at the top of a checkout; an installed wheel carries it as ``fieldapp/_resources``,
the frozen program beside its executable.
"""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path


@cache
def resources_root() -> Path:
    """The folder that holds ``fonts/``, ``icons/`` and the rest.

    Raises FileNotFoundError when the installation is incomplete: the program cannot run without it.
    """
    package = Path(__file__).resolve().parent
    frozen = getattr(sys, "_MEIPASS", None)
    candidates = [Path(frozen) / "resources"] if frozen else []
    candidates += [package / "_resources", package.parent / "resources"]
    for candidate in candidates:
        if (candidate / "fonts").is_dir():
            return candidate
    raise FileNotFoundError("resources/ is missing: install fieldapp again")


def resource(*parts: str) -> Path:
    """The path of one resource, for example ``resource("fonts", "NotoSansSC-Medium.ttf")``."""
    return resources_root().joinpath(*parts)
