"""The ways an officer may type a day: 明天, +3, 26, 1126, 周四, 2026-11-26."""

from __future__ import annotations

import re
from datetime import date, timedelta

_NEAR = {
    "今天": 0, "今日": 0, "today": 0, "t": 0,
    "明天": 1, "明日": 1, "tomorrow": 1, "tom": 1,
    "后天": 2, "大后天": 3, "一周后": 7, "下周": 7, "两周后": 14, "三天后": 3,
    "昨天": -1, "yesterday": -1, "前天": -2,
}  # fmt: skip
_WEEKDAYS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}
_WEEKDAYS |= {name: index for index, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))}
_FULL_WIDTH = {ord("０") + digit: str(digit) for digit in range(10)} | str.maketrans("＋－／．", "+-/.")


def read_day(typed: str, today: date) -> date | None:
    """The day ``typed`` means, None when it means none.

    ``+3`` counts from ``today``; ``26`` is the next 26th, ``1126`` the next 26 November, ``周四`` the next Thursday
    (each may be today); a month without that day is passed over. Years are 1900 to 2199.
    """
    text = typed.translate(_FULL_WIDTH).strip().lower()
    if not text or len(text) > 20:
        return None
    if text in _NEAR:
        return today + timedelta(days=_NEAR[text])
    if match := re.fullmatch(r"([+-])\s*(\d{1,3})\s*天?", text, re.ASCII):
        return today + timedelta(days=int(match[1] + match[2]))
    if match := re.fullmatch(r"(?:周|星期|礼拜)?([一二三四五六日天]|mon|tue|wed|thu|fri|sat|sun)", text):
        return today + timedelta(days=(_WEEKDAYS[match[1]] - today.weekday()) % 7)
    if match := re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", text, re.ASCII):
        return _day(int(match[1]), int(match[2]), int(match[3]))
    if match := re.fullmatch(r"(\d{4})(\d{2})(\d{2})", text, re.ASCII):
        return _day(int(match[1]), int(match[2]), int(match[3]))
    if match := re.fullmatch(r"(\d{1,2})(?:[-/.月](\d{1,2})日?)", text, re.ASCII):
        return _next_in_year(int(match[1]), int(match[2]), today)
    if match := re.fullmatch(r"(\d{2})(\d{2})", text, re.ASCII):
        return _next_in_year(int(match[1]), int(match[2]), today)
    if match := re.fullmatch(r"(\d{1,2})[日号]?", text, re.ASCII):
        return _next_in_month(int(match[1]), today)
    return None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if 1900 <= year < 2200 else None
    except ValueError:
        return None


def _next_in_year(month: int, day: int, today: date) -> date | None:
    for year in range(today.year, today.year + 9):
        found = _day(year, month, day)
        if found is not None and found >= today:
            return found
    return None


def _next_in_month(day: int, today: date) -> date | None:
    for ahead in range(13):
        month = today.month - 1 + ahead
        found = _day(today.year + month // 12, month % 12 + 1, day)
        if found is not None and found >= today:
            return found
    return None
