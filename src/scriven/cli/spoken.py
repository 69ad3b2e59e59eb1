"""What the parts of a message and the todos of a session say to a person, who has no use for all of their JSON."""

from __future__ import annotations

import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# A longer text among JSON is cut: an image in base64 says nothing to a person, and --json has all of it.
CHARACTERS = 400
# What tells one part from others of its type.
NAMES = ("tool", "filename", "mime", "name")


def gist(value: Any) -> str | None:
    """What parts say where one line has to do: their texts, and what those are that have none. None: no parts."""
    if not _are_parts(value):
        return None
    return " ".join(part["text"] if isinstance(part.get("text"), str) else _name(part) for part in value)


def lines(value: Any) -> list[str] | None:
    """Parts or todos, each on lines of its own. None when the value is neither."""
    if _are_parts(value):
        return [line for part in value for line in _part(part)]
    if _are_todos(value):
        return [f"[{todo['status']}] {' '.join(todo['content'].split())}" for todo in value]
    return None


def _part(part: dict[str, Any]) -> list[str]:
    if isinstance(part.get("text"), str):
        said = part["text"].removesuffix("\n").split("\n")
        return said if part["type"] == "text" else [f"[{part['type']}]", *said]
    rest = {name: _cut(value) for name, value in part.items() if name != "type"}
    return [f"[{part['type']}] {json.dumps(rest, ensure_ascii=False, default=str)}"]


def _cut(value: Any) -> Any:
    """A JSON value whose texts are no longer than a person would read."""
    if isinstance(value, dict):
        return {name: _cut(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_cut(inner) for inner in value]
    if isinstance(value, str) and len(value) > CHARACTERS:
        return f"{value[:CHARACTERS]}… ({len(value):,} characters)"
    return value


def _name(part: dict[str, Any]) -> str:
    """What a part without text is called: `[tool Bash] Find carry`."""
    name = next((part[name] for name in NAMES if isinstance(part.get(name), str)), None)
    called = f"[{part['type']}]" if name is None else f"[{part['type']} {name}]"
    state = part.get("state")
    said = state.get("title") if isinstance(state, dict) else part.get("content")
    return f"{called} {said}" if isinstance(said, str) and said != name else called


def _are_parts(value: Any) -> bool:
    return _are_records(value) and all(isinstance(part.get("type"), str) for part in value)


def _are_todos(value: Any) -> bool:
    return _are_records(value) and all(
        isinstance(todo.get("content"), str) and isinstance(todo.get("status"), str) for todo in value
    )


def _are_records(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(record, dict) for record in value)
