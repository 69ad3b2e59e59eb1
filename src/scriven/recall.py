"""What counts as the same memory, how much one matters today, and how it fades."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime, timedelta

# What JavaScript takes for white space: the hashes of files that Jarvis wrote have to be met exactly.
_SPACE = "\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_EDGES = re.compile(rf"\A[{_SPACE}]+|[{_SPACE}]+\Z")
_GAPS = re.compile(f"[{_SPACE}]+")
_END = re.compile(r"[.,!?;:]+\Z")

# White space, line ends and what would steer a terminal.
_UNSHOWN = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")

# How long until half of an inferred memory has faded, and from which part on it is as good as gone.
HALF_LIFE_DAYS = 30
FADED = 0.9

INFERRED = "jarvis_inferred"
EXPLICIT = "user_explicit"

# Points by whole days since a memory was last used; older ones get the last.
_RECENCY = ((0, 50), (1, 40), (7, 30), (30, 15))
_LONG_AGO = 5


def content_hash(content: str) -> str:
    """What two memories have in common that say the same: SHA-256 over the text without case, gaps and full stops.

    The order of the steps is Jarvis's, so that what stands before a stripped mark stays: `Hello !` is not `Hello`.
    """
    text = _END.sub("", _GAPS.sub(" ", _trimmed(content).lower()))
    return hashlib.sha256(text.encode()).hexdigest()


def is_blank(content: str) -> bool:
    """Whether there is nothing to remember."""
    return not _trimmed(content).strip()


def days_between(then: str, now: str) -> int:
    """Whole days from one moment to another, never less than none."""
    return max(0, (datetime.fromisoformat(now) - datetime.fromisoformat(then)).days)


def days_before(now: str, days: float) -> str:
    """The moment so many days earlier."""
    moment = datetime.fromisoformat(now).astimezone(UTC) - timedelta(days=days)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def decay(days: int) -> float:
    """The part of an inferred memory that has faded after so many days without use."""
    return float(1 - 0.5 ** (days / HALF_LIFE_DAYS))


def points(weight: int, source: str, days: int) -> int:
    """How much a memory matters: `weight` for what it is, more the fresher it is; what was inferred fades."""
    fresh = next((given for within, given in _RECENCY if days <= within), _LONG_AGO)
    kept = 1 - decay(days) if source == INFERRED else 1.0
    return int((weight + fresh) * kept + 0.5)


def faded_before(now: str) -> str:
    """Inferred memories that were last used up to this moment have faded."""
    days = next(days for days in range(1000) if decay(days) >= FADED)
    return days_before(now, days)


def age(days: int) -> str:
    """So many days ago, in words."""
    if days < 2:
        return ("today", "yesterday")[days]
    for length, unit in ((365, "year"), (30, "month"), (7, "week")):
        if count := days // length:
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return f"{days} days ago"


def one_line(text: str) -> str:
    """A text that keeps within its line."""
    return _UNSHOWN.sub(" ", text).strip()


def _trimmed(content: str) -> str:
    return _EDGES.sub("", content)
