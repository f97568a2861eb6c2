"""Starting the desktop program. Nothing of Qt is touched before it is known that this computer can show a window."""

from __future__ import annotations

import logging
import signal
import sys
import threading
from pathlib import Path

from fieldapp.desktop.display import require_display
from fieldapp.domain.errors import Actionable
from fieldapp.domain.wording import Sentence
from fieldapp.protocol.identifiers import Clock
from fieldapp.services.laptop import Laptop
from fieldapp.translation import Language

log = logging.getLogger(__name__)


def run_desktop(folder: Path, clock: Clock, *, unlocked: Laptop | None = None, language: Language | None = None) -> int:
    """Show the window on the profile in ``folder`` until it is closed; returns the exit code.

    ``unlocked`` is that profile already open: the window then begins with the day, and locks it at the end.
    ``language`` is spoken whatever the profile keeps, until another is chosen.

    Raises Actionable when no window can be shown: ``no_display``, ``display_libraries``.
    """
    require_display()
    try:
        from fieldapp.desktop.program import run_program
    except ImportError as error:
        raise Actionable(
            "display_libraries",
            Sentence("The window cannot be shown: {reason}.", reason=str(error)),
            advice=Sentence("Install what is named there and start again."),
        ) from error
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # Qt's loop never lets Python's own handler run
    log.info("desktop_started", extra={"python": sys.version_info[:3]})
    return run_program(folder, clock, unlocked, language)
