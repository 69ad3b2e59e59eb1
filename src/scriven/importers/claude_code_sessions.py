"""What the lines of a Claude Code project say of its sessions: when, where, by whom, and what they are called."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from scriven.importers import moments
from scriven.importers.claude_code_lines import Line, id_of, member, moment_of, typed_by
from scriven.importers.source import Record

SOURCE = "claude-code"
# Lines about a session, of which the last of a type counts: the type, and its member with a title if it has one.
ABOUT = {
    "custom-title": "customTitle", "ai-title": "aiTitle", "summary": "summary", "agent-name": "", "tag": "",
    "pr-link": "", "mode": "", "permission-mode": "", "worktree-state": "",
}  # fmt: skip
TITLES = ("custom-title", "ai-title", "summary")
LATEST = ("version", "gitBranch", "permissionMode", "entrypoint", "slug")
TITLE_CHARACTERS = 80
ABOUT_BYTES = 4096
# A session whose own lines are gone, and that its agents still name: any real news of it is newer.
NEVER = "1970-01-01T00:00:00.000Z"

# A session of ours: Claude Code's session, and the agent within it ("" for the session itself).
Key = tuple[str, str]


class Session:
    """What is known of one session so far."""

    def __init__(self) -> None:
        self.first = ""
        self.last = ""
        self.directory: str | None = None
        self.visited: set[str] = set()
        self._untimed = 0
        self._text: str | None = None
        self._agent: str | None = None
        self._seen: dict[str, Any] = {}
        self._about: dict[str, Any] = {}

    def learn(self, line: Line) -> None:
        """From a line of what was said."""
        moment = moment_of(line) or ""
        self.first = min(self.first or moment, moment or self.first)
        if moment > self.last:
            self.last, self._untimed = moment, 0
        self._text = self._text or typed_by(line)
        if cwd := member(line, "cwd"):
            self.directory = self.directory or cwd
            self.visited.add(cwd)
            self._seen.setdefault("cwd", cwd)
        for name in LATEST:
            if line.get(name) is not None:
                self._seen[name] = line[name]

    def learn_about(self, line: Line, size: int) -> None:
        """From a line about the session, which has `size` bytes."""
        # Such a line has no time. It is news all the same: each makes the session newer by a millisecond.
        self._untimed += 1
        kind = member(line, "type")
        if size <= ABOUT_BYTES:
            rest = {name: value for name, value in line.items() if name not in ("type", "sessionId")}
            self._about[kind] = line.get(ABOUT[kind], next(iter(rest.values())) if len(rest) == 1 else rest)

    def learn_summary(self, text: str) -> None:
        """From a summary that stands in another file."""
        self._about.setdefault("summary", text)

    def learn_agent(self, meta: Line) -> None:
        """From what lies beside an agent's file: of which type it is, and what it was to do."""
        self._about["agent"] = meta
        self._agent = member(meta, "agentType")[:128] or None
        self._text = member(meta, "description") or self._text

    def record(self, key: Key) -> Record:
        """The session for `state.import`."""
        titles = [self._about[name] for name in TITLES if isinstance(self._about.get(name), str)]
        title = next((title for title in [*titles, self._text] if title), None)
        updated = datetime.fromisoformat(self.last) + timedelta(milliseconds=self._untimed)
        return {
            **self.stub(key),
            "title": None if title is None else " ".join(title.split())[:TITLE_CHARACTERS],
            "agent": self._agent,
            "metadata": {**self._seen, **self._about, **_names(key)},
            "lastActive": self.last,
            "updatedAt": moments.of_text(updated.isoformat()),
        }

    def stub(self, key: Key) -> Record:
        """What a session has at the least."""
        record: Record = {"kind": "session", "id": id_of("ses", *key), "source": SOURCE, "startedAt": self.first}
        if self.directory:
            record["projectDir"] = self.directory
        if key[1]:
            record["parentId"] = id_of("ses", key[0], "")
        return record


def place(folder_name: str, sessions: dict[Key, Session]) -> None:
    """Give each session the project's directory: the folder is called after it, whatever `cd` did since."""
    visited = set().union(*(session.visited for session in sessions.values()))
    above = {parent for path in visited for parent in _and_above(path)}
    project = next((path for path in sorted(above) if re.sub(r"[^A-Za-z0-9]", "-", path) == folder_name), None)
    for session in sessions.values():
        session.directory = project or session.directory


def _and_above(path: str) -> Iterator[str]:
    while path != os.path.dirname(path):
        yield path
        path = os.path.dirname(path)


def records_of(sessions: dict[Key, Session]) -> Iterator[Record]:
    """The sessions in which something was said, each before its agents."""
    spoken = {key: session for key, session in sessions.items() if session.first}
    for key, session in spoken.items():
        if not key[1]:
            yield session.record(key)
    missing = {(key[0], ""): session for key, session in spoken.items() if key[1] and (key[0], "") not in spoken}
    for key, session in missing.items():
        yield {**session.stub(key), "metadata": _names(key), "lastActive": session.first, "updatedAt": NEVER}
    for key, session in spoken.items():
        if key[1]:
            yield session.record(key)


def _names(key: Key) -> dict[str, str]:
    return {"sessionId": key[0], **({"agentId": key[1]} if key[1] else {})}
