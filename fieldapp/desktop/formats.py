"""How the screens write amounts, rates, days and moments, in the language now spoken."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal

from fieldapp.domain.money import Money
from fieldapp.translation import Language, language, tr, trc, trn

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def amount(money: Money) -> str:
    """``6,007.14``: separators, always two decimals, a real minus sign."""
    return f"{money.decimal_yuan:,.2f}".replace("-", "−")


def listing(parts: Iterable[str]) -> str:
    """``王五、赵六``, ``王五, 赵六``."""
    return tr(", ").join(parts)


def percent(share: Decimal, places: int = 2) -> str:
    """``6.1678 %`` for a share given in per cent."""
    return f"{share:.{places}f} %".replace("-", "−")


def day(when: date) -> str:
    """``11月26日``, ``26 Nov``; the year only where a reader gives it by ``full_day``."""
    if language() is Language.CHINESE:
        return f"{when.month}月{when.day}日"
    return f"{when.day} {_MONTHS[when.month - 1][:3]}"


def full_day(when: date) -> str:
    """``2026-11-26``: where the year matters, in both languages."""
    return when.isoformat()


def weekday(when: date) -> str:
    """``周四``, ``Thu``."""
    if language() is Language.CHINESE:
        return "周" + "一二三四五六日"[when.weekday()]
    return _WEEKDAYS[when.weekday()][:3]


def day_and_weekday(when: date, today: date | None = None) -> str:
    """``11月26日 周四``, ``Thu 26 Nov``; with the year when ``today`` is in another one."""
    if today is not None and when.year != today.year:
        return f"{full_day(when)} {weekday(when)}"
    return f"{day(when)} {weekday(when)}" if language() is Language.CHINESE else f"{weekday(when)} {day(when)}"


def long_day(when: date) -> str:
    """``11月23日 星期一``, ``Monday 23 November``: beside a page's title."""
    if language() is Language.CHINESE:
        return f"{when.month}月{when.day}日 星期" + "一二三四五六日"[when.weekday()]
    return f"{_WEEKDAYS[when.weekday()]} {when.day} {_MONTHS[when.month - 1]}"


def near_day(when: date, today: date) -> str:
    """``今天``, ``明天``, ``昨天``; any other day as ``day``, with its year if it is not this one."""
    if when == today:
        return tr("today")
    if when == today + timedelta(days=1):
        return tr("tomorrow")
    if when == today - timedelta(days=1):
        return tr("yesterday")
    return day(when) if when.year == today.year else full_day(when)


def clock(moment: datetime) -> str:
    """``09:30``; ``moment`` must already be in the officer's zone."""
    return f"{moment:%H:%M}"


def near_moment(moment: datetime, today: date) -> str:
    """``今天 09:30``; ``moment`` must already be in the officer's zone."""
    return f"{near_day(moment.date(), today)} {clock(moment)}"


def lateness(due: date, today: date) -> str:
    """``晚 3 天``; empty when nothing is late."""
    late = (today - due).days
    return trn("{count} d late", "{count} d late", late) if late > 0 else ""


def minutes(count: int) -> str:
    """``26 分钟``."""
    return trn("{count} minute", "{count} minutes", count)


def size(octets: int) -> str:
    """``2.4 MB``, as the sync page shows it."""
    if octets < 1_000_000:
        return trc("size", "{number} kB", number=f"{octets / 1000:.1f}")
    return trc("size", "{number} MB", number=f"{octets / 1_000_000:.1f}")


def month_of_year(when: date) -> str:
    """``2026年11月``, ``November 2026``."""
    if language() is Language.CHINESE:
        return f"{when.year}年{when.month}月"
    return f"{_MONTHS[when.month - 1]} {when.year}"
