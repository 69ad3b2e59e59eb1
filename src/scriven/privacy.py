"""What people mark as private is taken out of a call before anything of it is stored: `<private>…</private>`."""

from __future__ import annotations

import json
import re

# Possessive: a string of megabytes is passed in one step, and nothing of it is noted for a way back.
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_TAG = re.compile(r"<(/?)private\b", re.IGNORECASE)
# A letter of the tag may stand there as its number.
_LETTER = re.compile(rb"\\u00[4-7]")


def without_private(raw: bytes) -> bytes:
    """JSON whose strings have lost what stood between the tags, and the tags; every other byte is as it was.

    A tag that is never closed reaches to the end of its string.
    """
    if not _may_hold_a_tag(raw):
        return raw
    return _STRING.sub(_cleared, raw)


def _cleared(found: re.Match[bytes]) -> bytes:
    token = found[0]
    if not _may_hold_a_tag(token):
        return token
    text = json.loads(token)
    kept = _outside(text)
    return token if kept == text else _written(kept)


def _written(text: str) -> bytes:
    try:
        return json.dumps(text, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        # Half a surrogate pair, which is refused later, by its path.
        return json.dumps(text).encode()


def _may_hold_a_tag(raw: bytes) -> bool:
    return b"private" in raw.lower() or _LETTER.search(raw) is not None


def _outside(text: str) -> str:
    kept = []
    depth = at = 0
    while tag := _TAG.search(text, at):
        end = text.find(">", tag.end())
        if end < 0:
            break
        if not depth:
            kept.append(text[at : tag.start()])
        depth = max(0, depth - 1) if tag[1] else depth + 1
        at = end + 1
    if not depth:
        kept.append(text[at:])
    return "".join(kept)
