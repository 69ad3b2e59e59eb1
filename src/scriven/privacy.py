"""What people mark as private is taken out of a call before anything of it is stored: `<private>…</private>`."""

from __future__ import annotations

import json
import re

_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_TAG = re.compile(r"<(/?)private\b[^>]*>", re.IGNORECASE)


def without_private(raw: bytes) -> bytes:
    """JSON whose strings have lost what stood between the tags, and the tags; every other byte is as it was.

    A tag that is never closed reaches to the end of its string.
    """
    if b"private" not in raw.lower():
        return raw
    return _STRING.sub(_cleared, raw)


def _cleared(found: re.Match[bytes]) -> bytes:
    token = found[0]
    if b"private" not in token.lower():
        return token
    text = json.loads(token)
    kept = _outside(text)
    return token if kept == text else json.dumps(kept).encode()


def _outside(text: str) -> str:
    kept = []
    depth = at = 0
    for tag in _TAG.finditer(text):
        if not depth:
            kept.append(text[at : tag.start()])
        depth = max(0, depth - 1) if tag[1] else depth + 1
        at = tag.end()
    if not depth:
        kept.append(text[at:])
    return "".join(kept)
