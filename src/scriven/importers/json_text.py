"""JSON that another program keeps as text: its value, when that is JSON for everyone."""

from __future__ import annotations

import json
import math
from typing import Any


def value_of(text: str) -> Any:
    """The value. Raises ValueError for what is no JSON, and for numbers that only Python would take."""
    try:
        return _DECODER.decode(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("a number that is not finite")
    return number


_DECODER = json.JSONDecoder(parse_float=_finite, parse_constant=_finite)
