"""JSON merge patch (RFC 7396) on values that are stored as text."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Raw

from scriven.errors import InvalidParams, LimitExceeded

_fields = msgspec.json.Decoder(dict[str, Raw]).decode
_empty = Raw(b"{}")
_OPENING_BRACE = ord("{")


def merged(stored: Raw, patch: Raw, limit: int, path: str) -> Raw:
    """A JSON object with a patch applied: a null in the patch removes a field. What it leaves alone stays as written.

    Raises InvalidParams when the patch is no object, LimitExceeded when the outcome has more than `limit` bytes.
    """
    if not _is_object(patch):
        raise InvalidParams(f"{path}: expected `object`", path=path)
    try:
        outcome = msgspec.json.encode(_merge(stored, patch))
    except RecursionError:
        raise InvalidParams(f"{path} is nested too deeply", path=path) from None
    if len(outcome) > limit:
        raise LimitExceeded(f"{path} would be over {limit // 1024} KiB", path=path, limit=limit)
    return Raw(outcome)


def _merge(target: Raw, patch: Raw) -> dict[str, Any]:
    outcome: dict[str, Any] = _fields(target) if _is_object(target) else {}
    for name, value in _fields(patch).items():
        if _is_object(value):
            outcome[name] = _merge(outcome.get(name, _empty), value)
        elif bytes(memoryview(value)[:5]) == b"null":
            outcome.pop(name, None)
        else:
            outcome[name] = value
    return outcome


def _is_object(value: Raw) -> bool:
    return memoryview(value)[0] == _OPENING_BRACE
