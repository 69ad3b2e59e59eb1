"""JSON merge patch (RFC 7396) on values that are stored as text."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Raw

from scriven.errors import InvalidParams, LimitExceeded


def merged(stored: Raw, patch: Raw, limit: int, path: str) -> Raw:
    """A JSON object with a patch applied: a null in the patch removes a field.

    Raises InvalidParams when the patch is no object, LimitExceeded when the outcome has more than `limit` bytes.
    """
    wanted = msgspec.json.decode(patch)
    if not isinstance(wanted, dict):
        raise InvalidParams(f"{path}: expected `object`", path=path)
    outcome = msgspec.json.encode(_merge(msgspec.json.decode(stored), wanted))
    if len(outcome) > limit:
        raise LimitExceeded(f"{path} would be over {limit // 1024} KiB", path=path, limit=limit)
    return Raw(outcome)


def _merge(target: Any, patch: Any) -> Any:
    if not isinstance(patch, dict):
        return patch
    outcome = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            outcome.pop(name, None)
        else:
            outcome[name] = _merge(outcome.get(name), value)
    return outcome
