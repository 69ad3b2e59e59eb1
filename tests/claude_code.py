"""A project folder as Claude Code writes it: made line by line, in the shapes that its versions have."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

PROJECT = "/home/ada/analytical-engine"
FOLDER = "-home-ada-analytical-engine"
SESSION = "0a6f2c1e-5b7d-4c3a-9e8f-102938475601"
EARLIER = "7d1b9c55-0e42-4f6b-8a37-5566778899aa"
BEGUN = datetime(2026, 3, 14, 9, 26, 53, 589_000, tzinfo=UTC)
# A picture of one dot.
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
SIGNATURE = "EqQBCkYIBxgCKkD3c2lnbmF0dXJl"


class Transcript:
    """One file. Each line answers the one before it unless it says otherwise, and is a second younger."""

    def __init__(self, projects: str, name: str = SESSION, **always: Any) -> None:
        self.path = os.path.join(projects, FOLDER, f"{name}.jsonl")
        os.makedirs(os.path.dirname(self.path), exist_ok=True)
        self.uuids: list[str] = []
        self._always: dict[str, Any] = {
            "isSidechain": False,
            "userType": "external",
            "cwd": PROJECT,
            "sessionId": SESSION,
            "version": "2.1.34",
            "gitBranch": "main",
        } | always
        self._written = 0

    def said(self, kind: str, **fields: Any) -> str:
        """A line of what was said; its uuid."""
        uuid = str(uuid5(UUID(SESSION), f"{os.path.basename(self.path)}:{self._written}"))
        parent = self.uuids[-1] if self.uuids else None
        head = {"parentUuid": parent, **self._always, "type": kind, "uuid": uuid, "timestamp": self.moment()}
        self.line({**head, **fields})
        self.uuids.append(uuid)
        return uuid

    def user(self, content: Any, **fields: Any) -> str:
        """What a person typed, or what a tool gave."""
        return self.said("user", message={"role": "user", "content": content}, **fields)

    def assistant(self, block: dict[str, Any], message: str = "msg_01", **fields: Any) -> str:
        """One content block of a message of the API, on a line of its own."""
        about: dict[str, Any] = {
            "id": message,
            "type": "message",
            "role": "assistant",
            "model": "claude-opus-4-1",
            "content": [block],
        }
        about |= {"stop_reason": None, "usage": {"input_tokens": 12, "cache_read_input_tokens": 18_000}}
        return self.said("assistant", message=about, requestId="req_011", **fields)

    def line(self, value: Any) -> None:
        """Any line."""
        self.raw(json.dumps(value, separators=(",", ":")).encode() + b"\n")

    def raw(self, line: bytes) -> None:
        """Bytes, whatever they are."""
        with open(self.path, "ab") as file:
            file.write(line)
        self._written += 1

    def moment(self) -> str:
        """When the next line is written."""
        moment = BEGUN + timedelta(seconds=self._written)
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def project(projects: str) -> Transcript:
    """A session with everything that sessions have; 13 lines are messages, 2 more are an agent's, 4 are none."""
    main = Transcript(projects)
    main.line({"type": "file-history-snapshot", "messageId": "m", "snapshot": {}, "isSnapshotUpdate": False})
    main.line({"type": "mode", "mode": "normal", "sessionId": SESSION})
    main.user("<command-name>/clear</command-name>")
    main.user("Why does the mill drop\nthe carry of the 9s? 🧮", permissionMode="plan", isMeta=False)
    attached = {"type": "file", "filename": "mill.py", "content": {"type": "text", "file": {"numLines": 3}}}
    main.said("attachment", attachment=attached)
    main.assistant({"type": "thinking", "thinking": "The carry is lost.", "signature": SIGNATURE})
    call = {"type": "tool_use", "id": "toolu_01A", "name": "Read", "input": {"file_path": f"{PROJECT}/mill.py"}}
    main.assistant(call | {"caller": {"type": "direct"}})
    main.said("progress", data={"type": "hook_progress", "hookEvent": "PostToolUse"}, toolUseID="toolu_01A")
    result = {"tool_use_id": "toolu_01A", "type": "tool_result", "content": "def carry(digit): ..."}
    main.user([result], toolUseResult={"type": "text", "file": {"filePath": "mill.py", "numLines": 1.50}})
    main.assistant({"type": "tool_use", "id": "toolu_01B", "name": "Bash", "input": {"command": "make test"}})
    failed = {"type": "tool_result", "content": [{"type": "text", "text": "exit 2"}], "is_error": True}
    main.user([failed | {"tool_use_id": "toolu_01B"}], toolUseResult="Error: exit 2")
    image = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PNG}}
    main.user([{"type": "text", "text": "This is what it prints."}, image])
    metadata = {"trigger": "auto", "preTokens": 155_000}
    told = main.uuids[-1]
    boundary = {"subtype": "compact_boundary", "content": "Conversation compacted", "level": "info"}
    main.said("system", **boundary, parentUuid=None, logicalParentUuid=told, compactMetadata=metadata)
    main.user("This session is being continued.", isCompactSummary=True)
    main.assistant({"type": "redacted_thinking", "data": "EmwKAhgBEgy3"}, "msg_02")
    main.assistant({"type": "server_tool_use", "id": "srvtoolu_01", "name": "web_search", "input": {}}, "msg_02")
    main.line({"type": "queue-operation", "operation": "enqueue", "timestamp": main.moment(), "sessionId": SESSION})
    main.line({"type": "ai-title", "aiTitle": "The lost carry", "sessionId": SESSION})

    folder = os.path.join(projects, FOLDER)
    agent = Transcript(projects, f"{SESSION}/subagents/agent-a1b2c3d", isSidechain=True, agentId="a1b2c3d")
    agent.user("Look for other places.")
    agent.assistant({"type": "text", "text": "There are none."}, "msg_03")
    with open(f"{agent.path.removesuffix('.jsonl')}.meta.json", "w", encoding="utf-8") as file:
        json.dump({"agentType": "Explore", "description": "Find other carries"}, file)
    assert os.listdir(folder)
    return main
