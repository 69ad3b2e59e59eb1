"""One line of a Claude Code transcript as one message: its content blocks as parts, the rest as metadata."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from scriven.importers import moments

Block = dict[str, Any]
Line = dict[str, Any]
# The line with a tool's result, found by the tool's id; None while there is none.
Results = Callable[[str], Line | None]

PART_BYTES = 4 * 1024 * 1024
PARTS_BYTES = 12 * 1024 * 1024
METADATA_BYTES = 3 * 1024 * 1024
TYPE_CHARACTERS = 64
# Half of a part: the other half is for the tool's input.
OUTPUT_CHARACTERS = 512 * 1024
# Types of Scriven that a block of another system must not be mistaken for.
TAKEN = {
    "text", "reasoning", "file", "tool", "step-start", "step-finish", "snapshot", "patch", "agent", "retry",
    "compaction", "subtask",
}  # fmt: skip

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def id_of(prefix: str, *names: str) -> str:
    """An id that the same names always have."""
    return f"{prefix}_{hashlib.sha256(chr(0).join(('claude-code', *names)).encode(errors='replace')).hexdigest()[:24]}"


def member(line: Line, name: str) -> str:
    """A member that is text, else nothing."""
    value = line.get(name)
    return value if isinstance(value, str) else ""


def moment_of(line: Line) -> str | None:
    """When a line was written, or None when it does not say."""
    return moments.of_text(member(line, "timestamp"))


def milliseconds(moment: str) -> int:
    """A moment as milliseconds since 1970."""
    return round(datetime.fromisoformat(moment).timestamp() * 1000)


def typed_by(line: Line) -> str | None:
    """What a person typed, or None when the line is something else."""
    message = line.get("message")
    if line.get("type") != "user" or line.get("isMeta") or line.get("isCompactSummary"):
        return None
    content = message.get("content") if isinstance(message, dict) else None
    for block in content if isinstance(content, list) else [{"type": "text", "text": content}]:
        text = member(block, "text").strip() if isinstance(block, dict) and block.get("type") == "text" else ""
        # A slash command and what it printed come in tags of these names.
        if text and not text.startswith(("<command-", "<local-command-")):
            return text
    return None


class Message:
    """A line on its way to a message. `left_out` says what was too big, and why."""

    def __init__(self, line: Line, moment: str, results: Results) -> None:
        self.line = line
        self.moment = moment
        self.updated = moment
        self.left_out: list[str] = []
        self._results = results

    def fields(self, *, size: int) -> dict[str, Any]:
        """`role`, `metadata`, `parts`, and the times. `size` is how many bytes the line has."""
        message = self.line.get("message")
        role = message.get("role") if isinstance(message, dict) else "user" if self._queued() is not None else None
        if role not in ("user", "assistant", "system", "tool"):
            role = self.line["type"] if self.line["type"] in ("user", "assistant") else "system"
        parts = self._within([self._fitting(part) if size > PART_BYTES // 4 else part for part in self._parts()], size)
        fields = {"role": role, "createdAt": self.moment, "metadata": self._metadata(size), "parts": parts}
        if role == "assistant":
            fields["completedAt"] = self.moment
        return {**fields, "updatedAt": self.updated}

    def _parts(self) -> list[Block]:
        message = self.line.get("message")
        attached: list[Block] = []
        if self.line["type"] == "attachment":
            attached = [{"type": "attachment", "attachment": self.line.get("attachment")}]
            content = self._queued()
        else:
            content = message.get("content") if isinstance(message, dict) else self.line.get("content")
        if isinstance(content, str):
            parts = [self._text({"type": "text", "text": content})]
        elif isinstance(content, list):
            parts = [self._part(block) for block in content]
        else:
            parts = [] if content is None else [_strange(content)]
        if self.line.get("subtype") == "compact_boundary":
            about = self.line.get("compactMetadata")
            trigger = about.get("trigger") if isinstance(about, dict) else None
            parts.append({"type": "compaction", "auto": trigger != "manual"})
        return parts + attached

    def _queued(self) -> Any:
        """What a person typed while Claude Code worked, which it keeps as an attachment."""
        attachment = self.line.get("attachment")
        if isinstance(attachment, dict) and attachment.get("type") == "queued_command":
            return attachment.get("prompt")
        return None

    def _part(self, block: Any) -> Block:
        if not isinstance(block, dict) or not isinstance(block.get("type"), str) or not block["type"]:
            return _strange(block)
        make = {
            "text": self._text,
            "thinking": self._reasoning,
            "tool_use": self._tool,
            "image": self._file,
            "document": self._file,
        }.get(block["type"], _verbatim)
        return make(block)

    def _text(self, block: Block) -> Block:
        if not isinstance(block.get("text"), str):
            return _strange(block)
        part = _with_rest({"type": "text", "text": block["text"]}, block, {"type", "text"})
        return {**part, "synthetic": True} if self.line.get("isMeta") is True else part

    def _reasoning(self, block: Block) -> Block:
        if not isinstance(block.get("thinking"), str):
            return _strange(block)
        started = {"start": milliseconds(self.moment)}
        part: Block = {"type": "reasoning", "text": block["thinking"], "time": started}
        return _with_rest(part, block, {"type", "thinking"})

    def _file(self, block: Block) -> Block:
        source = block.get("source")
        if not isinstance(source, dict) or source.get("type") != "base64":
            return _verbatim(block)
        mime, data = source.get("media_type"), source.get("data")
        if not isinstance(mime, str) or not isinstance(data, str):
            return _verbatim(block)
        part = {"type": "file", "mime": mime, "url": f"data:{mime};base64,{data}"}
        if isinstance(block.get("title"), str):
            part["filename"] = block["title"]
        return _with_rest(part, block, {"type", "source", "title"})

    def _tool(self, block: Block) -> Block:
        call, name, given = block.get("id"), block.get("name"), block.get("input")
        if not isinstance(call, str) or not isinstance(name, str) or not isinstance(given, dict):
            return _strange(block)
        part: Block = {"type": "tool", "callID": call, "tool": name, "state": self._state(call, name, given)}
        return _with_rest(part, block, {"type", "id", "name", "input"})

    def _state(self, call: str, name: str, given: Block) -> Block:
        answer = self._results(call)
        result = next((found for found in _blocks(answer) if found.get("tool_use_id") == call), None)
        if answer is None or result is None:
            return {"status": "pending", "input": given, "raw": ""}
        ended = moment_of(answer) or self.moment
        self.updated = max(self.updated, ended)
        time = {"start": milliseconds(self.moment), "end": milliseconds(ended)}
        # The result itself is a part of the message that brought it, whole; here it is for reading.
        text = _plain(result.get("content"))
        about = {"result": answer.get("uuid")}
        if len(text) > OUTPUT_CHARACTERS:
            text, about = text[:OUTPUT_CHARACTERS], {**about, "truncated": True}
        if result.get("is_error") is True:
            return {"status": "error", "input": given, "error": text, "metadata": about, "time": time}
        title = given.get("description") if isinstance(given.get("description"), str) else name
        state = {"status": "completed", "input": given, "output": text, "title": title}
        return {**state, "metadata": about, "time": time}

    def _fitting(self, part: Block) -> Block:
        """The part, or what says that it was too big."""
        size = _size(part)
        if size <= PART_BYTES:
            return part
        lighter = _without_data(part) if part["type"] != "file" else part
        if _size(lighter) <= PART_BYTES:
            self.left_out.append(f"what a {_name(part)} holds in base64 is larger than a part may be: 4 MiB")
            return lighter
        return self._marked(part, size, f"a {_name(part)} is larger than a part may be: 4 MiB")

    def _within(self, parts: list[Block], size: int) -> list[Block]:
        """The parts, the biggest left out until all together are no more than a message holds."""
        if size <= PARTS_BYTES // 4:
            return parts
        sizes = [_size(part) for part in parts]
        while sum(sizes) > PARTS_BYTES:
            biggest = sizes.index(max(sizes))
            reason = f"a {_name(parts[biggest])} is more than fits a message: 12 MiB"
            parts[biggest] = self._marked(parts[biggest], sizes[biggest], reason)
            sizes[biggest] = _size(parts[biggest])
        return parts

    def _marked(self, part: Block, size: int, reason: str) -> Block:
        self.left_out.append(reason)
        about: Block = {
            name: part[name] for name in ("mime", "filename", "tool_use_id", "callID", "tool") if name in part
        }
        return {"type": "left-out", "of": part["type"], "bytes": size, **about}

    def _metadata(self, size: int) -> Block:
        """The line without what its parts hold."""
        held = "attachment" if self.line["type"] == "attachment" else "content"
        metadata = {name: value for name, value in self.line.items() if name != held}
        message = metadata.get("message")
        if isinstance(message, dict):
            if "content" in self.line:
                metadata["content"] = self.line["content"]
            metadata["message"] = {name: value for name, value in message.items() if name != "content"}
        if size <= METADATA_BYTES // 4:
            return metadata
        while _size(metadata) > METADATA_BYTES:
            name = max(metadata, key=lambda each: _size(metadata[each]))
            self.left_out.append(f"{name} of a line is larger than metadata may be: 3 MiB")
            metadata[name] = {"leftOut": _size(metadata[name])}
        return metadata


def _verbatim(block: Block) -> Block:
    """A block that has no type here, as it is."""
    if block["type"] in TAKEN or len(block["type"]) > TYPE_CHARACTERS or "\0" in block["type"]:
        return _strange(block)
    if "id" in block:
        # A part's id is its own, and this one may come again in a copy of the session.
        return {"type": block["type"], "blockID": block["id"], **{n: v for n, v in block.items() if n not in SET_BY_US}}
    return block


SET_BY_US = {"id", "type"}


def _strange(value: Any) -> Block:
    """What is not as the type it claims, whole."""
    return {"type": "claude-code-block", "block": value}


def _with_rest(part: Block, block: Block, known: set[str]) -> Block:
    """The part, and under `metadata` what the block has besides."""
    rest = {name: value for name, value in block.items() if name not in known}
    return {**part, "metadata": rest} if rest else part


def _blocks(line: Line | None) -> list[Block]:
    message = line.get("message") if line else None
    content = message.get("content") if isinstance(message, dict) else None
    return [block for block in content if isinstance(block, dict)] if isinstance(content, list) else []


def _plain(content: Any) -> str:
    """The text of a tool's result."""
    if isinstance(content, str):
        return content
    blocks = content if isinstance(content, list) else []
    return "\n".join(
        block["text"] for block in blocks if isinstance(block, dict) and isinstance(block.get("text"), str)
    )


def _without_data(value: Any) -> Any:
    """A block with every base64 in it replaced by how long it is."""
    if isinstance(value, list):
        return [_without_data(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    if value.get("type") == "base64" and isinstance(value.get("data"), str):
        return {**value, "data": "", "leftOut": len(value["data"])}
    return {name: _without_data(inner) for name, inner in value.items()}


def _name(part: Block) -> str:
    return str(part.get("mime") or part["type"])


def _size(value: Any) -> int:
    """How many bytes it has as JSON."""
    return len(_encode(value).encode(errors="replace"))
