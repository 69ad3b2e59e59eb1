"""The folder of JSON files that opencode kept before it had a database comes over like the database does."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from opencode_program import FOLDER, TODOS
from program import Home
from scriven.importers import opencode
from scriven.importers.opencode_records import NO_DIRECTORY, NO_MESSAGE, NO_SESSION, NOT_JSON, PARENT_GONE
from scriven.importers.source import Gap, Record

WHOLE = json.loads((FOLDER / "session.json").read_text(encoding="utf-8"))
SESSION = WHOLE["info"]["id"]
CHILD = "ses_a000000000ffeChildOfTheFirst0"
PROJECT = "a3c2f0"
WORKTREE = "/home/ada/engine"

Write = Callable[[str, Any], None]


@pytest.fixture
def write(directory: str) -> Write:
    """Puts an object, or text that is none, into a file of the folder."""

    def put(path: str, value: Any) -> None:
        place = Path(directory, path)
        place.parent.mkdir(parents=True, exist_ok=True)
        # As opencode wrote it.
        place.write_text(value if isinstance(value, str) else json.dumps(value, indent=2), encoding="utf-8")

    return put


@pytest.fixture
def storage(directory: str, write: Write) -> str:
    """A folder with a project, a session with every kind of part, its child, and its todos."""
    times = {"created": 1759999999000, "initialized": 1760000000000}
    write(f"project/{PROJECT}.json", {"id": PROJECT, "worktree": WORKTREE, "vcs": "git", "time": times})
    write("project/global.json", {"id": "global", "worktree": "/", "time": {"created": 1}})
    # The name of the file is what counts.
    write(f"session/{PROJECT}/{SESSION}.json", WHOLE["info"] | {"id": "ses_other", "projectID": "other"})
    child = {"id": CHILD, "parentID": SESSION, "projectID": PROJECT, "directory": WORKTREE, "title": "Child"}
    write(f"session/{PROJECT}/{CHILD}.json", child | {"version": "0.9.1", "time": {"created": 1, "updated": 2}})
    for message in WHOLE["messages"]:
        write(f"message/{SESSION}/{message['info']['id']}.json", message["info"])
        for part in message["parts"]:
            write(f"part/{message['info']['id']}/{part['id']}.json", part)
    write(f"todo/{SESSION}.json", [{"id": "1", **TODOS[0]}, {"id": "2", **TODOS[1]}])
    return directory


def everything(path: str) -> tuple[list[Record], list[Gap]]:
    """The records of a folder, and the gaps."""
    source = opencode.read(path)
    items = list(source)
    assert source.done == source.total > 0
    return [item for item in items if not isinstance(item, Gap)], [item for item in items if isinstance(item, Gap)]


def ask(home: Home, method: str, **params: str) -> Any:
    """The result of a method."""
    return home.json("call", method, json.dumps(params))


def with_ids(message: dict[str, Any]) -> dict[str, Any]:
    """A message of the folder as it comes back: its parts say where they belong."""
    owner = {"sessionID": SESSION, "messageID": message["info"]["id"]}
    return {"info": message["info"], "parts": [part | owner for part in message["parts"]]}


def test_a_storage_folder_comes_over_whole(storage: str, running: Home) -> None:
    said = running.json("import", "opencode", storage)
    added = {kind: counts["added"] for kind, counts in said["kinds"].items()}
    assert added == {"workspace": 1, "session": 2, "message": 2, "todos": 1}
    assert said["reasons"] == []
    session = ask(running, "sessions.get", id=SESSION)
    dropped = {"id", "title", "agent"}
    expected = {name: value for name, value in WHOLE["info"].items() if name not in dropped}
    assert session["metadata"] == expected | {"projectID": PROJECT}
    listed = ask(running, "messages.list", sessionId=SESSION)["items"]
    given = [{"info": message["metadata"], "parts": message["parts"]} for message in listed]
    assert given == [with_ids(message) for message in WHOLE["messages"]]
    assert ask(running, "sessions.get", id=CHILD)["parentId"] == SESSION
    assert ask(running, "todos.get", sessionId=SESSION)["todos"] == [{"id": "1", **TODOS[0]}, {"id": "2", **TODOS[1]}]
    assert ask(running, "workspaces.resolve", path=WORKTREE)["id"] == session["workspaceId"]
    again = running.json("import", "opencode", storage)
    assert {kind: counts["present"] for kind, counts in again["kinds"].items()} == added


def test_what_cannot_be_read_or_belongs_to_nothing_stays_behind_alone(storage: str, write: Write) -> None:
    user, assistant = (message["info"]["id"] for message in WHOLE["messages"])
    write(f"message/{SESSION}/{user}.json", '{"role": "us')
    write(f"part/{assistant}/prt_200000000011Part0000000001.json", "")
    write(f"part/{assistant}/prt_200000000012Part0000000002.json", [])
    write(f"session/{PROJECT}/ses_torn.json", "null")
    write("message/ses_gone/msg_1.json", {"role": "user"})
    write("part/msg_gone/prt_1.json", {"type": "text", "text": "x"})
    write(f"todo/{CHILD}.json", {"not": "a list"})
    write("todo/ses_gone.json", [])
    write("project/windows.json", {"id": "windows", "worktree": "C:\\engine"})
    Path(storage, "part", assistant, "prt_200000000013Part0000000003.json").unlink()
    os.mkdir(Path(storage, "part", assistant, "prt_200000000013Part0000000003.json"))
    records, gaps = everything(storage)
    assert sorted(gaps) == sorted(
        [
            Gap("project windows", NO_DIRECTORY),
            Gap(f"session/{PROJECT}/ses_torn.json", NOT_JSON),
            Gap(f"message/{SESSION}/{user}.json", NOT_JSON),
            Gap(f"part/{assistant}/prt_200000000011Part0000000001.json", NOT_JSON),
            Gap(f"part/{assistant}/prt_200000000012Part0000000002.json", NOT_JSON),
            Gap(f"part/{assistant}/prt_200000000013Part0000000003.json", "it cannot be read"),
            Gap(f"todo/{CHILD}.json", "it is not a JSON list"),
            Gap("message/ses_gone/msg_1.json", NO_SESSION),
            Gap("todo/ses_gone.json", NO_SESSION),
            Gap("part/msg_gone/prt_1.json", NO_MESSAGE),
        ]
    )
    (message,) = (record for record in records if record["kind"] == "message")
    assert message["id"] == assistant
    assert "parentId" not in message
    assert message["metadata"]["parentID"] == user
    assert len(message["parts"]) == len(WHOLE["messages"][1]["parts"]) - 3


def test_sessions_come_after_their_parents_and_without_one_that_is_not_there(storage: str, write: Write) -> None:
    about = {"title": "x", "directory": WORKTREE, "time": {"created": 5, "updated": 5}}
    write(f"session/{PROJECT}/ses_0.json", about | {"parentID": "ses_1"})
    write(f"session/{PROJECT}/ses_1.json", about | {"parentID": "ses_0"})
    write(f"session/{PROJECT}/ses_2.json", about | {"parentID": "ses_gone"})
    write("session/global/ses_3.json", about)
    records, gaps = everything(storage)
    sessions = {record["id"]: record for record in records if record["kind"] == "session"}
    order = list(sessions)
    assert all(
        order.index(each["parentId"]) < order.index(each["id"]) for each in sessions.values() if "parentId" in each
    )
    assert sorted(gaps) == [Gap("session ses_1", PARENT_GONE), Gap("session ses_2", PARENT_GONE)]
    assert sessions["ses_2"]["metadata"]["parentID"] == "ses_gone"
    assert "projectDir" not in sessions["ses_3"]
    assert sessions["ses_0"]["projectDir"] == WORKTREE


def test_the_state_directory_of_opencode_leads_to_its_storage(storage: str, tmp_path: Path) -> None:
    os.rename(storage, tmp_path / "storage")
    os.mkdir(storage)
    records, gaps = everything(str(tmp_path))
    assert (len(records), gaps) == (6, [])
