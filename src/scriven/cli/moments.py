"""Moments as a person reads them: local time, and how long ago."""

from __future__ import annotations

import time

_AGES = ((60, 1, "s"), (3600, 60, "m"), (86400, 3600, "h"), (86400 * 60, 86400, "d"), (86400 * 730, 86400 * 30, "mo"))


def full(text: str) -> str:
    """`2026-01-31 10:30:00 (3m ago)`."""
    seconds = epoch(text)
    return f"{time.strftime('%Y-%m-%d %H:%M:%S', time.localtime(seconds))} ({age(time.time() - seconds)})"


def short(text: str) -> str:
    """`10:30 (3m ago)` today, `Jan 31 10:30 (2d ago)` this year, else `2025-01-31 (1y ago)`."""
    return f"{brief(text)} ({age(time.time() - epoch(text))})"


def brief(text: str) -> str:
    """`10:30` today, `Jan 31 10:30` this year, else `2025-01-31`."""
    seconds = epoch(text)
    then, now = time.localtime(seconds), time.localtime()
    if then[:3] == now[:3]:
        form = "%H:%M"
    elif then.tm_year == now.tm_year:
        form = "%b %d %H:%M"
    else:
        form = "%Y-%m-%d"
    return time.strftime(form, then)


def age(seconds: float) -> str:
    """`3m ago`, `in 2h`, `now`."""
    if abs(seconds) < 1:
        return "now"
    return f"{span(seconds)} ago" if seconds > 0 else f"in {span(-seconds)}"


def span(seconds: float) -> str:
    """A length of time in its biggest unit: `3m`."""
    for below, unit, name in _AGES:
        if seconds < below:
            return f"{int(seconds // unit)}{name}"
    return f"{int(seconds // (86400 * 365))}y"


def epoch(text: str) -> float:
    """Seconds since 1970 of `YYYY-MM-DDTHH:MM:SS.sssZ`."""
    # `datetime` can do this, and its import would be a tenth of the whole start time.
    year, month, day = int(text[:4]), int(text[5:7]), int(text[8:10])
    # Years begin in March, so that the leap day is the last; days are counted from year 0.
    year, month = (year, month - 3) if month > 2 else (year - 1, month + 9)
    days = 365 * year + year // 4 - year // 100 + year // 400 + (153 * month + 2) // 5 + day - 719_469
    return days * 86400.0 + int(text[11:13]) * 3600 + int(text[14:16]) * 60 + float(text[17:23])
