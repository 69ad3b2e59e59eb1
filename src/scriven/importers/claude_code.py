"""Claude Code's transcripts, one JSON line after another: read as sessions, each line that has an id a message.

Lines of one API message stay apart, as they were written: a line never changes, so an import that is run again while
the files grow brings the new lines, and a tool's call anew once its result is there.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from typing import IO, Self

from scriven.importers.claude_code_lines import Line, Message, id_of, member, moment_of
from scriven.importers.claude_code_sessions import ABOUT, ABOUT_BYTES, Key, Session, place, records_of
from scriven.importers.source import Gap, Record, Unreadable

# The lines that are what was said. Each has a `uuid`.
SPOKEN = {"user", "assistant", "system", "attachment"}
LINE_BYTES = 64 * 1024 * 1024
# What a byte counts for in the bar: looked at once for its session, and then brought along.
LOOKED_AT, BROUGHT = 1, 4

_RESULT = re.compile(rb'"tool_use_id"\s*:\s*"([^"\\]+)"')
_TYPE = re.compile(r"[a-z][a-z0-9_-]{0,39}")
# Agents lie in a folder of their session: the project's folder, the session's, and whatever is further in.
_AGENTS = re.compile(r"(?P<project>.*)/(?P<session>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/subagents(?:/.*)?")


def found() -> list[str]:
    """The folder with the projects, if there is one."""
    home = os.environ.get("CLAUDE_CONFIG_DIR") or os.path.join(os.path.expanduser("~"), ".claude")
    projects = os.path.join(home, "projects")
    return [projects] if os.path.isdir(projects) else []


def read(path: str) -> Transcripts:
    """Open the folder of all projects, that of one, or one file. Raises Unreadable."""
    closed: list[OSError] = []
    if os.path.isfile(path):
        with open(path, "rb"):
            files = [path]
    elif os.path.isdir(path):
        inner = os.path.join(path, "projects")
        files = _transcripts(inner if os.path.isdir(inner) else path, closed)
    else:
        raise Unreadable("there is no such file or folder")
    if not files and closed:
        raise closed[0]
    if not files:
        raise Unreadable("there is no file under it whose name ends in .jsonl")
    return Transcripts(files, closed)


class File:
    """One file, as far as it reached when it was first looked at."""

    def __init__(self, path: str) -> None:
        self.path = os.path.abspath(path)
        self.size = os.path.getsize(path)
        folder, name = os.path.split(self.path.removesuffix(".jsonl"))
        within = _AGENTS.fullmatch(folder)
        self.project = within["project"] if within else folder
        self._session = within["session"] if within else name
        self._agent = name.removeprefix("agent-") if name.startswith("agent-") else ""
        self._chains: dict[str, str] = {}

    def key_of(self, line: Line) -> Key:
        """Whose line it is: the session's, or an agent's within it. To be asked of every line, in their order."""
        agent, uuid = self._agent, member(line, "uuid")
        if line.get("isSidechain") is True:
            agent = member(line, "agentId") or agent
            if not agent:
                # Without a name of its own an agent is called by the line it begins with.
                agent = self._chains[uuid] = self._chains.get(member(line, "parentUuid"), uuid)
        return member(line, "sessionId") or self._session, agent

    def closed(self) -> str | None:
        """Why it cannot be opened, as when it was deleted since; None when it can."""
        try:
            with open(self.path, "rb"):
                return None
        except OSError as error:
            return error.strerror or "the system refused"

    def meta(self) -> Line | None:
        """What lies beside an agent's file."""
        try:
            with open(f"{self.path.removesuffix('.jsonl')}.meta.json", "rb") as file:
                return decoded(file.read(ABOUT_BYTES)) if self._agent else None
        except OSError:
            return None

    def lines(self) -> Iterator[tuple[int, int, bytes]]:
        """Each line: where it begins, where the next does, and its bytes, cut where it is longer than any can be."""
        with open(self.path, "rb") as opened:
            offset = 0
            while offset < self.size:
                begin, raw = offset, opened.readline(min(LINE_BYTES, self.size - offset))
                if not raw:
                    break
                offset, rest = offset + len(raw), raw
                while not rest.endswith(b"\n") and offset < self.size:
                    rest = opened.readline(min(LINE_BYTES, self.size - offset))
                    if not rest:
                        break
                    offset += len(rest)
                yield begin, offset, raw


class Transcripts:
    """The files of one place. `total` and `done` count bytes, by their weight."""

    def __init__(self, files: list[str], closed: list[OSError]) -> None:
        self._closed = closed
        self._projects: dict[str, list[File]] = {}
        for file in map(File, files):
            self._projects.setdefault(file.project, []).append(file)
        self.total = (LOOKED_AT + BROUGHT) * sum(file.size for each in self._projects.values() for file in each)
        self.done = 0

    def __iter__(self) -> Iterator[Record | Gap]:
        """The sessions of each project, then what was said in them."""
        for error in self._closed:
            yield Gap(str(error.filename), f"this folder cannot be read: {error.strerror}")
        for folder, of_project in sorted(self._projects.items()):
            files = []
            for file in of_project:
                reason = file.closed()
                if reason:
                    yield Gap(file.path, f"this file cannot be read: {reason}")
                else:
                    files.append(file)
            survey = Survey(files)
            for file in files:
                for begin, end, raw in file.lines():
                    self.done += LOOKED_AT * (end - begin)
                    survey.learn(file, raw)
            place(os.path.basename(folder), survey.sessions)
            yield from records_of(survey.sessions)
            for file in files:
                yield from self._messages(file, survey)

    def _messages(self, file: File, survey: Survey) -> Iterator[Record | Gap]:
        moment = ""
        with Results(file) as results:
            for number, (begin, end, raw) in enumerate(file.lines(), 1):
                self.done += BROUGHT * (end - begin)
                if not raw.strip():
                    continue
                where = f"{file.path}:{number}"
                line = results.line(begin, raw)
                if line is None:
                    yield Gap(where, _unreadable(raw))
                    continue
                key = file.key_of(line)
                reason = survey.heard(key, line, len(raw)) if member(line, "type") in ABOUT else _no_message(line)
                if reason is not None:
                    yield from [Gap(where, reason)] if reason else []
                    continue
                moment = moment_of(line) or moment
                if not moment:
                    yield Gap(where, "neither this line nor one before it says when it was written")
                    continue
                message = Message(line, moment, results)
                yield survey.record(key, line) | message.fields(size=len(raw))
                yield from (Gap(where, each) for each in message.left_out)


class Survey:
    """What the lines of a project say before any of them is passed on."""

    def __init__(self, files: list[File]) -> None:
        self.sessions: dict[Key, Session] = {}
        self._summaries = _summaries(files)
        self._summed_up: set[str] = set()
        # Past a line that is no message, a reply leads to what that line replied to.
        self._steps: dict[str, str] = {}

    def learn(self, file: File, raw: bytes) -> None:
        """From one line."""
        line = decoded(raw)
        if line is None:
            return
        key, kind, uuid = file.key_of(line), member(line, "type"), member(line, "uuid")
        if kind in SPOKEN and uuid:
            if key not in self.sessions and (meta := file.meta()) is not None:
                self.sessions.setdefault(key, Session()).learn_agent(meta)
            session = self.sessions.setdefault(key, Session())
            session.learn(line)
            if uuid in self._summaries:
                session.learn_summary(self._summaries[uuid])
                self._summed_up.add(uuid)
        elif kind in ABOUT and kind != "summary":
            self.sessions.setdefault(key, Session()).learn_about(line, len(raw))
        elif uuid and member(line, "parentUuid"):
            self._steps[uuid] = member(line, "parentUuid")

    def heard(self, key: Key, line: Line, size: int) -> str:
        """Why a line about a session is lost; "" when it is not."""
        kind = member(line, "type")
        if kind == "summary":
            known = member(line, "leafUuid") in self._summed_up
            return "" if known else "summary: what it sums up is not in this project"
        if size > ABOUT_BYTES:
            return f"{kind}: longer than {ABOUT_BYTES:,} bytes"
        return "" if key in self.sessions and self.sessions[key].first else f"{kind}: nothing was said in its session"

    def record(self, key: Key, line: Line) -> Record:
        """A message without what is in it: its id, whose it is, and what it replies to."""
        uuid = member(line, "uuid")
        record: Record = {"kind": "message", "id": id_of("msg", *key, uuid), "sessionId": id_of("ses", *key)}
        parent, seen = member(line, "parentUuid") or member(line, "logicalParentUuid"), {uuid}
        while parent in self._steps and parent not in seen:
            seen.add(parent)
            parent = self._steps[parent]
        if parent and uuid != key[1]:  # an agent's first line replies to nothing of its own
            record["parentId"] = id_of("msg", *key, parent)
        return record


class Results:
    """The lines of a file that bring the results of tools, by the tools' ids; read again when they are asked for."""

    def __init__(self, file: File) -> None:
        self._file: IO[bytes] = open(file.path, "rb")  # noqa: SIM115 - __exit__ closes it
        self._offsets: dict[str, int] = {}
        self._recent: tuple[int, Line | None] = (-1, None)
        for begin, _, raw in file.lines():
            if b'"tool_result"' in raw:
                for match in _RESULT.finditer(raw):
                    self._offsets.setdefault(match[1].decode(errors="replace"), begin)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __call__(self, call: str) -> Line | None:
        """The line with the result of a call, or None."""
        begin = self._offsets.get(call)
        if begin is None:
            return None
        if begin != self._recent[0]:
            self._file.seek(begin)
            self._recent = (begin, decoded(self._file.readline(LINE_BYTES)))
        return self._recent[1]

    def line(self, begin: int, raw: bytes) -> Line | None:
        """The line that begins there, decoded once."""
        return self._recent[1] if begin == self._recent[0] else decoded(raw)


def decoded(raw: bytes) -> Line | None:
    """A line as the object it holds, or None."""
    try:
        line = json.loads(raw.decode())
    except (ValueError, RecursionError):
        return None
    return line if isinstance(line, dict) else None


def _unreadable(raw: bytes) -> str:
    """Why a line is no object."""
    if len(raw) >= LINE_BYTES:
        return f"a line of more than {LINE_BYTES >> 20} MiB"
    return "this line is no JSON object" if raw.endswith(b"\n") else "the file ends in the middle of this line"


def _no_message(line: Line) -> str | None:
    """Why a line is no message; None for one that is."""
    kind = member(line, "type")
    if kind in SPOKEN:
        return None if member(line, "uuid") else f"{kind}: a line without a uuid"
    return f"{kind if _TYPE.fullmatch(kind) else 'a line of another kind'}: not a part of what was said"


def _summaries(files: list[File]) -> dict[str, str]:
    """The summaries of the project's sessions, by the last line of what they sum up."""
    summaries = {}
    for file in files:
        for _, _, raw in file.lines():
            line = decoded(raw) if b'"leafUuid"' in raw[:ABOUT_BYTES] and len(raw) <= ABOUT_BYTES else None
            if line is not None and line.get("type") == "summary" and member(line, "summary"):
                summaries[member(line, "leafUuid")] = member(line, "summary")
    return summaries


def _transcripts(folder: str, closed: list[OSError]) -> list[str]:
    """The files under a folder; the folders that cannot be read are added to `closed`."""
    return sorted(
        os.path.join(root, name)
        for root, _, names in os.walk(folder, onerror=closed.append)
        for name in names
        if name.endswith(".jsonl") and os.path.isfile(os.path.join(root, name))
    )
