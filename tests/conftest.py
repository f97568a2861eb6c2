"""Every test: no screen is needed, and Qt finds none unless a test of a real window asks for one."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
