"""Times as other programs write them, as Scriven writes them: `YYYY-MM-DDTHH:MM:SS.sssZ`."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

# A date alone is no moment, and the parser of datetime takes much that nobody meant as a time.
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}[0-9:.]*(Z|[+-][0-9]{2}:?[0-9]{2})?", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def of_text(text: str) -> str | None:
    """ISO 8601, with a blank for the T and any offset; without one it is UTC, as SQLite writes it. Else None."""
    if not _MOMENT.fullmatch(text):
        return None
    try:
        moment = datetime.fromisoformat(text)
        return _written(moment.replace(tzinfo=moment.tzinfo or UTC))
    except (ValueError, OverflowError):
        return None


def of_seconds(seconds: object) -> str | None:
    """Seconds since 1970, of the years 1 to 9999. Else None."""
    if not isinstance(seconds, int | float) or isinstance(seconds, bool):
        return None
    try:
        return _written(_EPOCH + timedelta(seconds=seconds))
    except (ValueError, OverflowError):
        return None


def of_milliseconds(milliseconds: object) -> str | None:
    """Milliseconds since 1970, of the years 1 to 9999. Else None."""
    if not isinstance(milliseconds, int | float) or isinstance(milliseconds, bool):
        return None
    try:
        return _written(_EPOCH + timedelta(milliseconds=milliseconds))
    except (ValueError, OverflowError):
        return None


def _written(moment: datetime) -> str:
    """To the millisecond, which is cut and not rounded: no time moves on."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
