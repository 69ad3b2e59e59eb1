"""What the real opencode stored comes over whole, while it runs; what is damaged in it stays behind alone."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from opencode_program import FOLDER, PROGRAM, TODOS, Opencode
from program import Home
from running import Directory, contents
from scriven.importers import opencode
from scriven.importers.opencode_records import LARGE_PART, NO_MESSAGE, NO_SESSION, NOT_JSON, PARENT_GONE, PART_BYTES
from scriven.importers.source import Gap, Record, Unreadable

TYPES = {"text", "reasoning", "file", "tool", "step-start", "step-finish", "snapshot", "patch", "agent", "retry"} | {
    "compaction",
    "subtask",
}
STATES = {"pending", "running", "completed", "error"}
HALF = "\ud83d"


class Kept:
    """A running opencode, and what it answers about everything in it."""

    def __init__(self, program: Opencode) -> None:
        self.program = program
        self.whole = json.loads((FOLDER / "session.json").read_text(encoding="utf-8"))
        for message in self.whole["messages"]:
            for part in message["parts"]:
                part |= {"sessionID": message["info"]["sessionID"], "messageID": message["info"]["id"]}
        program.load(self.whole)
        self.planned = program.ask("POST", "/session", {"title": "Plan", "metadata": {"any": {"thing": 1}}})["id"]
        self.say(self.planned, "Make a plan", answered=True)
        self.child = program.ask("POST", "/session", {"parentID": self.planned})["id"]
        self.say(self.child, f"half {HALF} a character")
        self.nowhere = program.ask("POST", "/session", {"title": "Nowhere"}, directory=program.root)["id"]

    def say(self, session_id: str, text: str, *, answered: bool = False) -> dict[str, Any]:
        """A message by the user, and what the model makes of it."""
        body = {"parts": [{"type": "text", "text": text}]} | ({} if answered else {"noReply": True})
        said: dict[str, Any] = self.program.ask("POST", f"/session/{session_id}/message", body)
        return said

    @property
    def sessions(self) -> dict[str, Any]:
        """Every session by its id, as opencode gives it."""
        ids = (self.whole["info"]["id"], self.planned, self.child, self.nowhere)
        return {each: self.program.ask("GET", f"/session/{each}") for each in ids}

    def messages(self, session_id: str) -> list[Any]:
        """The messages of a session with their parts, as opencode gives them; half a character as its stand-in."""
        given = self.program.ask("GET", f"/session/{session_id}/message")
        mended: list[Any] = json.loads(json.dumps(given, ensure_ascii=False).replace(HALF, "\ufffd"))
        return mended

    def copy(self, directory: str) -> str:
        """The database as it stands, in a file of its own."""
        place = os.path.join(directory, "opencode.db")
        with closing(sqlite3.connect(self.program.database)) as there, closing(sqlite3.connect(place)) as here:
            there.backup(here)
        return place


@pytest.fixture(scope="module")
def kept(component: Callable[[str], str], installed: Callable[[str, str], None]) -> Iterator[Kept]:
    """One opencode for the module. Tests may add to it."""
    component("git")
    installed(str(PROGRAM), "opencode-linux-x64")
    directory = Directory()
    program = Opencode(directory.path)
    try:
        program.serve()
        yield Kept(program)
    finally:
        program.stop()
        directory.remove()


def everything(path: str) -> tuple[dict[str, list[Record]], list[Gap]]:
    """The records at a place by their kind, and the gaps."""
    source = opencode.read(path)
    records: dict[str, list[Record]] = {}
    gaps = []
    for item in source:
        if isinstance(item, Gap):
            gaps.append(item)
        else:
            records.setdefault(item["kind"], []).append(item)
    assert source.done == source.total > 0
    return records, gaps


def as_opencode_gives(session: dict[str, Any]) -> dict[str, Any]:
    """A session of Scriven, as opencode's interface had it."""
    named = {"id": session["id"], "title": session["title"], "agent": session["agent"], "parentID": session["parentId"]}
    given: dict[str, Any] = session["metadata"] | {name: value for name, value in named.items() if value is not None}
    return given


def ask(home: Home, method: str, **params: str) -> Any:
    """The result of a method."""
    return home.json("call", method, json.dumps(params))


def pairs(home: Home, session_id: str) -> list[Any]:
    """The messages of a session as opencode's interface pairs them."""
    listed = ask(home, "messages.list", sessionId=session_id)["items"]
    return [{"info": message["metadata"], "parts": message["parts"]} for message in listed]


def imported(home: Home, path: str, *options: str) -> dict[str, Any]:
    """What `scriven import opencode` says it did."""
    said: dict[str, Any] = home.json("import", "opencode", path, *options)
    assert said["complete"]
    return said


def outcomes(said: dict[str, Any]) -> Counter[str]:
    """How many records of any kind had each outcome."""
    counted: Counter[str] = Counter()
    for counts in said["kinds"].values():
        counted.update(counts)
    return +counted


def test_the_data_of_these_tests_has_every_kind_of_part_and_every_state_of_a_tool(kept: Kept) -> None:
    parts = [part for each in kept.sessions for message in kept.messages(each) for part in message["parts"]]
    assert {part["type"] for part in parts} == TYPES
    assert {part["state"]["status"] for part in parts if part["type"] == "tool"} == STATES
    assert kept.program.ask("GET", f"/session/{kept.planned}/todo") == TODOS


def test_what_opencode_stored_comes_back_deep_equal_while_it_still_runs(kept: Kept, running: Home) -> None:
    said = imported(running, kept.program.database)
    assert kept.program.serves
    assert {kind: counts["added"] for kind, counts in said["kinds"].items()} == {
        "workspace": 1,
        "session": 4,
        "message": sum(len(kept.messages(each)) for each in kept.sessions),
        "todos": 1,
    }
    assert [reason["count"] for reason in said["reasons"]] == [1], said  # the half character
    for session_id, given in kept.sessions.items():
        session = ask(running, "sessions.get", id=session_id)
        assert as_opencode_gives(session) == given
        assert (session["source"], session["status"]) == ("opencode", "idle")
        assert pairs(running, session_id) == kept.messages(session_id)
    assert ask(running, "todos.get", sessionId=kept.planned)["todos"] == TODOS
    found = ask(running, "workspaces.resolve", path=kept.program.project)
    assert ask(running, "sessions.get", id=kept.planned)["workspaceId"] == found["id"]
    assert ask(running, "sessions.get", id=kept.nowhere)["workspaceId"] == "global"


def test_times_are_those_of_opencode(kept: Kept, running: Home) -> None:
    imported(running, kept.program.database)
    session = ask(running, "sessions.get", id=kept.whole["info"]["id"])
    assert session["startedAt"] == "2025-10-09T08:53:20.001Z"
    assert (session["updatedAt"], session["lastActive"]) == ("2025-10-09T08:53:29.999Z", "2025-10-09T08:53:29.999Z")
    assert session["archivedAt"] == "2025-10-09T08:53:30.000Z"
    user, assistant = ask(running, "messages.list", sessionId=session["id"])["items"]
    assert (user["createdAt"], user["completedAt"], user["parentId"]) == ("2025-10-09T08:53:20.100Z", None, None)
    assert (assistant["createdAt"], assistant["completedAt"]) == (
        "2025-10-09T08:53:20.200Z",
        "2025-10-09T08:53:20.300Z",
    )
    assert (assistant["role"], assistant["parentId"]) == ("assistant", user["id"])


def test_a_second_import_changes_nothing_and_a_dry_run_stores_nothing(
    kept: Kept, running: Home, directory: str
) -> None:
    place = kept.copy(directory)
    assert outcomes(imported(running, place, "--dry-run"))["added"] > 0
    assert ask(running, "sessions.list")["items"] == []
    first = outcomes(imported(running, place))
    sessions = ask(running, "sessions.list")
    assert outcomes(imported(running, place)) == {"present": first["added"]}
    assert ask(running, "sessions.list") == sessions


def test_a_session_that_grew_is_brought_up_to_date(kept: Kept, running: Home) -> None:
    before = outcomes(imported(running, kept.program.database))
    said = kept.say(kept.planned, "And then?")
    first = kept.messages(kept.planned)[0]
    part = first["parts"][0] | {"text": "Make another plan"}
    kept.program.ask("PATCH", f"/session/{kept.planned}/message/{first['info']['id']}/part/{part['id']}", part)
    kept.program.ask("PATCH", f"/session/{kept.planned}", {"title": "Plan B"})
    after = imported(running, kept.program.database)
    assert {kind: +Counter(counts) for kind, counts in after["kinds"].items() if kind != "workspace"} == {
        "session": {"updated": 1, "present": 3},
        "message": {"added": 1, "updated": 1, "present": before["added"] - 1 - 4 - 1 - 1},
        "todos": {"present": 1},
    }
    assert ask(running, "sessions.get", id=kept.planned)["title"] == "Plan B"
    assert pairs(running, kept.planned) == kept.messages(kept.planned)
    assert pairs(running, kept.planned)[-1]["info"]["id"] == said["info"]["id"]


def test_parents_come_before_their_children(kept: Kept) -> None:
    records, _ = everything(kept.program.database)
    order = [record["id"] for record in records["session"]]
    assert order.index(kept.planned) < order.index(kept.child)
    assert next(record for record in records["session"] if record["id"] == kept.child)["parentId"] == kept.planned


def test_opencode_writes_on_while_it_is_read_and_what_it_writes_comes_the_next_time(kept: Kept) -> None:
    source = iter(opencode.read(kept.program.database))
    seen = [next(source)]
    said = kept.say(kept.child, "Meanwhile")["info"]["id"]
    seen += source
    assert said not in {record["id"] for record in seen if isinstance(record, dict) and record["kind"] == "message"}
    assert said in {record["id"] for record in everything(kept.program.database)[0]["message"]}


def test_reading_changes_no_byte(kept: Kept, directory: str) -> None:
    for suffix in ("", "-wal"):
        shutil.copy(f"{kept.program.database}{suffix}", directory)
    os.mkdir(f"{directory}/alone")
    kept.copy(f"{directory}/alone")
    before = contents(directory)
    everything(f"{directory}/opencode.db")
    everything(f"{directory}/alone")
    after = contents(directory)
    assert after.pop(f"{directory}/opencode.db-shm")
    assert after == before


def change(place: str, *statements: str) -> None:
    """Do to a database what opencode does not."""
    with closing(sqlite3.connect(place)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def test_torn_rows_and_rows_without_their_owner_stay_behind_alone(kept: Kept, directory: str) -> None:
    place = kept.copy(directory)
    whole, _ = everything(place)
    torn = kept.whole["messages"][1]
    change(
        place,
        f"UPDATE message SET data = substr(data, 1, 20) WHERE id = '{torn['info']['id']}'",
        "UPDATE part SET data = '[1]' WHERE id = 'prt_200000000006Part0000000006'",
        "UPDATE part SET data = json_remove(data, '$.type') WHERE id = 'prt_200000000007Part0000000007'",
        f"UPDATE session SET revert = CAST(x'22ff22' AS TEXT) WHERE id = '{kept.planned}'",
        f"UPDATE session SET metadata = '{{\"a\":1e999}}' WHERE id = '{kept.planned}'",
        "INSERT INTO message VALUES ('msg_stray', 'ses_gone', 1, 1, '{}')",
        "INSERT INTO part VALUES ('prt_stray', 'msg_gone', 'ses_gone', 1, 1, '{}')",
        f"UPDATE session SET parent_id = 'ses_gone' WHERE id = '{kept.child}'",
        f"INSERT INTO session_message (id, session_id, type, seq, time_created, time_updated, data) "
        f"VALUES ('evt_1', '{kept.nowhere}', 'user', 0, 1, 1, '{{}}')",
    )
    records, gaps = everything(place)
    assert sorted(gaps) == sorted(
        [
            Gap(f"message {torn['info']['id']}", NOT_JSON),
            Gap("part prt_200000000006Part0000000006", NOT_JSON),
            Gap("part prt_200000000007Part0000000007", "it has no type"),
            Gap(f"session {kept.planned}", "its revert is not JSON, and stayed behind"),
            Gap(f"session {kept.planned}", "its metadata is not JSON, and stayed behind"),
            Gap("message msg_stray", NO_SESSION),
            Gap("part prt_stray", NO_MESSAGE),
            Gap(f"session {kept.child}", PARENT_GONE),
            Gap(f"session {kept.nowhere}", "its messages are only in the form of opencode 2, which is not read"),
        ]
    )
    assert {record["id"] for record in whole["message"]} - {record["id"] for record in records["message"]} == {
        torn["info"]["id"]
    }
    child = next(record for record in records["session"] if record["id"] == kept.child)
    assert "parentId" not in child
    assert child["metadata"]["parentID"] == "ses_gone"


def test_a_part_over_the_limit_stays_behind_and_its_message_comes(kept: Kept, directory: str) -> None:
    place = kept.copy(directory)
    change(
        place,
        f"UPDATE part SET data = json_set(data, '$.text', printf('%.{PART_BYTES}c', 'x')) "
        "WHERE id = 'prt_200000000002Part0000000002'",
    )
    records, gaps = everything(place)
    assert gaps == [Gap("part prt_200000000002Part0000000002", LARGE_PART)]
    user = next(record for record in records["message"] if record["id"] == kept.whole["messages"][0]["info"]["id"])
    assert len(user["parts"]) == 7


def test_a_session_with_too_large_a_summary_comes_without_it(kept: Kept, directory: str) -> None:
    place = kept.copy(directory)
    large = json.dumps([{"file": "a", "patch": "x" * 1_100_000, "additions": 1, "deletions": 0}])
    change(place, f"UPDATE session SET summary_diffs = '{large}' WHERE id = '{kept.whole['info']['id']}'")
    records, gaps = everything(place)
    assert gaps == [Gap(f"session {kept.whole['info']['id']}", "too large with its summary.diffs, which stayed behind")]
    whole = next(record for record in records["session"] if record["id"] == kept.whole["info"]["id"])
    assert whole["metadata"]["summary"] == {"additions": 3, "deletions": 1, "files": 1}


def test_a_database_of_an_older_opencode_is_read_by_the_columns_it_has(kept: Kept, directory: str) -> None:
    place = kept.copy(directory)
    younger = ("agent", "model", "path", "metadata", "cost", "tokens_input", "tokens_output", "tokens_reasoning")
    change(
        place,
        *(f"ALTER TABLE session DROP COLUMN {column}" for column in younger),
        "DROP TABLE todo",
        "DROP TABLE session_message",
        "ALTER TABLE session ADD COLUMN invented TEXT DEFAULT 'x'",
        "CREATE TABLE invented (id TEXT)",
    )
    records, gaps = everything(place)
    assert gaps == []
    assert len(records["session"]) == 4
    assert "todos" not in records
    assert not {"agent", "invented", "tokens"} & records["session"][0]["metadata"].keys()


def test_a_damaged_page_costs_what_lies_on_it(kept: Kept, directory: str) -> None:
    place = kept.copy(directory)
    whole, _ = everything(place)
    with closing(sqlite3.connect(place)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'part'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with open(place, "r+b") as opened:
        opened.seek((page - 1) * size)
        opened.write(b"\xee" * size)
    records, gaps = everything(place)
    assert {gap.reason for gap in gaps} == {opencode.DAMAGED}
    assert records["session"] == whole["session"]
    assert len(records.get("message", [])) < len(whole["message"])


def test_what_is_no_database_of_opencode_is_said_to_be_none(directory: str, home: Home) -> None:
    Path(directory, "text.db").write_text("notes", encoding="utf-8")
    change(f"{directory}/other.db", "CREATE TABLE settings (key TEXT)")
    change(f"{directory}/shape.db", "CREATE TABLE session (id TEXT)", "CREATE TABLE message (id TEXT)")
    for name, reason in (
        ("text.db", "this is no SQLite database"),
        ("other.db", "this is no database of opencode: it has no table session"),
        ("shape.db", "this is no database of opencode that is known: its table message has another shape"),
    ):
        with pytest.raises(Unreadable, match=reason):
            opencode.read(f"{directory}/{name}")
    with pytest.raises(Unreadable, match="no storage folder of opencode"):
        opencode.read(home.root)


def test_its_databases_are_found_where_opencode_keeps_them(directory: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", directory)
    monkeypatch.delenv("OPENCODE_DB", raising=False)
    assert opencode.found() == []
    os.makedirs(f"{directory}/opencode/storage")
    assert opencode.found() == [f"{directory}/opencode/storage"]
    for name in ("opencode.db", "opencode-dev.db", "mine.db", "opencode.db-wal"):
        Path(directory, "opencode", name).touch()
    assert [os.path.basename(place) for place in opencode.found()] == ["opencode.db", "opencode-dev.db"]
    monkeypatch.setenv("OPENCODE_DB", "mine.db")
    assert [os.path.basename(place) for place in opencode.found()] == ["mine.db", "opencode.db", "opencode-dev.db"]
    monkeypatch.setenv("OPENCODE_DB", f"{directory}/opencode/opencode-dev.db")
    assert [os.path.basename(place) for place in opencode.found()] == ["opencode-dev.db", "opencode.db"]
    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.setenv("HOME", directory)
    monkeypatch.setenv("OPENCODE_DB", ":memory:")
    assert opencode.found() == []
