"""Distinct types for the ids that cross rooms. All are UUIDv7 as 32 hexadecimal digits."""

from __future__ import annotations

from typing import NewType

RecordId = NewType("RecordId", str)
ChangeId = NewType("ChangeId", str)
StaffId = NewType("StaffId", str)
DeviceId = NewType("DeviceId", str)
Stream = NewType("Stream", str)
"""A numbered sequence of changes: a sub-branch's code, or ``BANK`` for what the whole bank shares."""

BANK_STREAM = Stream("bank")
