"""The desktop."""

from fieldapp.desktop.steady_none import keep_none

keep_none()
