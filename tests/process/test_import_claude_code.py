"""Claude Code's transcripts: every line comes along, or is told by its number with the reason."""

from __future__ import annotations

import json
import os
import shutil
from typing import Any

import pytest

from claude_code import EARLIER, FOLDER, PNG, PROJECT, SESSION, SIGNATURE, Transcript, project
from program import Home
from scriven.importers.claude_code import found, read
from scriven.importers.claude_code_lines import PART_BYTES
from scriven.importers.source import Gap, Unreadable

Record = dict[str, Any]


@pytest.fixture
def projects(home: Home) -> str:
    """A folder for projects."""
    return os.path.join(home.root, "projects")


def kept(path: str, kind: str) -> list[Record]:
    """The records of a kind in a place."""
    return [item for item in read(path) if not isinstance(item, Gap) and item["kind"] == kind]


def gaps(path: str) -> list[Gap]:
    """What of a place is not brought along."""
    return [item for item in read(path) if isinstance(item, Gap)]


def spoken(transcript: Transcript) -> list[Record]:
    """The messages of a session as they come out of the reader."""
    return kept(transcript.path, "message")


def parts(transcript: Transcript) -> list[Record]:
    """The parts of all its messages."""
    return [part for message in spoken(transcript) for part in message["parts"]]


# A whole project, through the program


def test_a_project_comes_along_whole_and_what_stays_behind_is_told(running: Home, projects: str) -> None:
    transcript = project(projects)
    transcript.raw(b"\xff\xfe no JSON\n")
    transcript.raw(b'{"type":"user","uuid":"half a li')
    told = running.json("import", "claude-code", projects)
    assert told["kinds"]["session"] == {"added": 2, "updated": 0, "present": 0, "skipped": 0}
    assert told["kinds"]["message"] == {"added": 15, "updated": 0, "present": 0, "skipped": 0}
    assert {reason["reason"]: reason["places"] for reason in told["reasons"]} == {
        "file-history-snapshot: not a part of what was said": [f"{transcript.path}:1"],
        "progress: not a part of what was said": [f"{transcript.path}:8"],
        "queue-operation: not a part of what was said": [f"{transcript.path}:17"],
        "this line is no JSON object": [f"{transcript.path}:19"],
        "the file ends in the middle of this line": [f"{transcript.path}:20"],
    }
    sessions = {session["title"]: session for session in running.json("sessions", "list")["items"]}
    main, agent = sessions["The lost carry"], sessions["Find other carries"]
    assert (main["source"], main["parentId"], agent["parentId"]) == ("claude-code", None, main["id"])
    assert agent["agent"] == "Explore"
    workspace = running.json("workspaces", "get", main["workspaceId"])
    assert workspace["projectDir"] == PROJECT
    assert agent["workspaceId"] == main["workspaceId"]


def test_every_line_comes_back_from_the_daemon_as_it_was_written(running: Home, projects: str) -> None:
    transcript = project(projects)
    running.json("import", "claude-code", projects)
    stored = {
        message["metadata"]["uuid"]: message
        for session in running.json("sessions", "list")["items"]
        for message in running.json("messages", "list", session["id"])["items"]
    }
    with open(transcript.path, encoding="utf-8") as file:
        lines = [line for line in map(json.loads, file) if line.get("uuid") and line["type"] != "progress"]
    assert len(lines) == 13
    for line in lines:
        message = stored[line["uuid"]]
        held = "attachment" if line["type"] == "attachment" else "content"
        expected = {name: value for name, value in line.items() if name != held}
        if "message" in line:
            expected["message"] = {name: value for name, value in line["message"].items() if name != "content"}
        assert message["metadata"] == expected
        assert message["createdAt"] == line["timestamp"]
        assert message["parts"]


def test_an_import_that_is_run_again_changes_nothing(running: Home, projects: str) -> None:
    project(projects)
    running.json("import", "claude-code", projects)
    before = running.run("export").out.splitlines()[1:]
    told = running.json("import", "claude-code", projects)
    assert told["kinds"]["session"] == {"added": 0, "updated": 0, "present": 2, "skipped": 0}
    assert told["kinds"]["message"] == {"added": 0, "updated": 0, "present": 15, "skipped": 0}
    assert running.run("export").out.splitlines()[1:] == before


def test_when_a_file_has_grown_only_what_is_new_comes(running: Home, projects: str) -> None:
    transcript = project(projects)
    transcript.assistant({"type": "tool_use", "id": "toolu_02", "name": "Bash", "input": {"command": "ls"}})
    running.json("import", "claude-code", projects)
    transcript.user([{"type": "tool_result", "tool_use_id": "toolu_02", "content": "mill.py"}])
    told = running.json("import", "claude-code", projects)
    # The call is known already, and its result completes it.
    assert told["kinds"]["message"] == {"added": 1, "updated": 1, "present": 15, "skipped": 0}
    assert told["kinds"]["session"] == {"added": 0, "updated": 1, "present": 1, "skipped": 0}
    transcript.line({"type": "custom-title", "customTitle": "Mill", "sessionId": SESSION})
    told = running.json("import", "claude-code", projects)
    assert told["kinds"]["message"]["present"] == 17
    assert told["kinds"]["session"] == {"added": 0, "updated": 1, "present": 1, "skipped": 0}
    assert {session["title"] for session in running.json("sessions", "list")["items"]} == {"Mill", "Find other carries"}


# Where it looks


def test_it_looks_where_claude_code_keeps_its_projects(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", home.root)
    monkeypatch.delenv("CLAUDE_CONFIG_DIR", raising=False)
    assert found() == []
    for variable, folder in (("HOME", f"{home.root}/.claude"), ("CLAUDE_CONFIG_DIR", f"{home.root}/other")):
        os.makedirs(f"{folder}/projects")
        monkeypatch.setenv(variable, home.root if variable == "HOME" else folder)
        assert found() == [f"{folder}/projects"]


@pytest.mark.parametrize("inner", ["", FOLDER, f"{FOLDER}/{SESSION}.jsonl"])
def test_a_place_is_the_projects_one_project_or_one_file(projects: str, inner: str) -> None:
    project(projects)
    whole = kept(projects, "message")
    some = kept(os.path.join(projects, inner), "message")
    assert [message["id"] for message in some] == [message["id"] for message in whole[: len(some)]]
    assert len(some) == (13 if inner.endswith(".jsonl") else 15)


def test_ids_come_from_what_is_written_and_not_from_where(projects: str) -> None:
    project(projects)
    moved = f"{projects}-moved"
    shutil.copytree(projects, moved)
    assert [item for item in read(projects) if isinstance(item, dict)] == [
        item for item in read(moved) if isinstance(item, dict)
    ]


def test_a_place_without_transcripts_is_unreadable(home: Home) -> None:
    with pytest.raises(Unreadable, match=r"\.jsonl"):
        read(home.root)
    with pytest.raises(Unreadable, match="no such"):
        read(f"{home.root}/nothing")


def test_a_file_that_is_gone_by_then_costs_no_other(projects: str) -> None:
    project(projects)
    gone = Transcript(projects, EARLIER, sessionId=EARLIER)
    gone.user("Never read")
    source = read(projects)
    os.unlink(gone.path)
    items = list(source)
    assert Gap(gone.path, "this file cannot be read: No such file or directory") in items
    assert any(not isinstance(item, Gap) and item["kind"] == "message" for item in items)


def test_a_folder_that_cannot_be_read_is_told(projects: str) -> None:
    project(projects)
    folder, depth = os.open(projects, os.O_RDONLY), 17
    for _ in range(depth):  # longer than a path can be
        os.mkdir("d" * 250, dir_fd=folder)
        inner = os.open("d" * 250, os.O_RDONLY, dir_fd=folder)
        os.close(folder)
        folder = inner
    os.close(folder)
    assert "this folder cannot be read: File name too long" in [gap.reason for gap in gaps(projects)]


def test_what_is_done_is_at_the_end_all_there_is(projects: str) -> None:
    project(projects).raw(b"torn")
    source = read(projects)
    shares = [source.done / source.total for _ in source]
    assert shares == sorted(shares)
    assert source.done == source.total > 0


# Sessions


def test_the_workspace_is_where_the_session_was_begun_whatever_cd_did_since(projects: str) -> None:
    transcript = Transcript(projects)
    transcript.user("Build it.", cwd=f"{PROJECT}/mill/carry")
    transcript.user("And now here.", cwd=f"{PROJECT}/mill")
    assert kept(projects, "session")[0]["projectDir"] == PROJECT


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        ([], "Why does the mill drop the carry? " + "x" * 46),
        ([{"type": "ai-title", "aiTitle": "A"}], "A"),
        ([{"type": "custom-title", "customTitle": "C"}, {"type": "ai-title", "aiTitle": "A"}], "C"),
        ([{"type": "ai-title", "aiTitle": "A"}, {"type": "ai-title", "aiTitle": "B"}], "B"),
    ],
)
def test_a_title_is_the_person_s_else_claude_s_else_the_first_words(
    projects: str, lines: list[Record], title: str
) -> None:
    transcript = Transcript(projects)
    transcript.user("Caveat: hidden", isMeta=True)
    transcript.user("<command-name>/model</command-name>")
    transcript.user("Why does the mill\n drop the carry? " + "x" * 99)
    for line in lines:
        transcript.line({**line, "sessionId": SESSION})
    assert kept(projects, "session")[0]["title"] == title


def test_a_summary_in_a_later_file_is_the_title_of_the_session_it_sums_up(projects: str) -> None:
    earlier = Transcript(projects, EARLIER, sessionId=EARLIER)
    leaf = earlier.user("Why?")
    later = Transcript(projects)
    later.line({"type": "summary", "summary": "The question why", "leafUuid": leaf})
    later.line({"type": "summary", "summary": "Of what is gone", "leafUuid": EARLIER})
    later.user("How?")
    assert {session["title"] for session in kept(projects, "session")} == {"The question why", "How?"}
    assert gaps(projects) == [Gap(f"{later.path}:2", "summary: what it sums up is not in this project")]


def test_a_copied_history_is_whole_in_both_sessions(projects: str) -> None:
    Transcript(projects).user("Why?")
    copy = Transcript(projects, EARLIER, sessionId=EARLIER)
    with open(Transcript(projects).path, encoding="utf-8") as file:
        line = json.loads(file.read())
    copy.line({**line, "sessionId": EARLIER, "forkedFrom": {"sessionId": SESSION, "messageUuid": line["uuid"]}})
    messages = kept(projects, "message")
    assert len({message["id"] for message in messages}) == 2
    assert len({message["sessionId"] for message in messages}) == 2


def test_agents_are_children_wherever_their_lines_stand(projects: str) -> None:
    main = Transcript(projects)
    main.user("Find it.")
    first = main.said("user", message={"role": "user", "content": "Look."}, isSidechain=True, parentUuid=None)
    main.said("assistant", message={"role": "assistant", "content": []}, isSidechain=True, parentUuid=first)
    Transcript(projects, "agent-77aa", isSidechain=True, agentId="77aa").user("Look there.")
    sessions = kept(projects, "session")
    assert [session.get("parentId") for session in sessions] == [None, sessions[0]["id"], sessions[0]["id"]]
    owners = [message["sessionId"] for message in kept(projects, "message")]
    assert sorted(owners.count(session["id"]) for session in sessions) == [1, 1, 2]
    assert len(kept(Transcript(projects, "agent-77aa").path, "session")) == 2  # the parent comes in name


def test_the_parent_that_came_in_name_is_completed_when_it_comes_itself(running: Home, projects: str) -> None:
    transcript = project(projects)
    alone = f"{transcript.path.removesuffix('.jsonl')}/subagents/agent-a1b2c3d.jsonl"
    running.json("import", "claude-code", alone)
    told = running.json("import", "claude-code", projects)
    assert told["kinds"]["session"] == {"added": 0, "updated": 1, "present": 1, "skipped": 0}
    running.json("import", "claude-code", alone)
    titles = {session["title"] for session in running.json("sessions", "list")["items"]}
    assert titles == {"The lost carry", "Find other carries"}


# Lines and blocks


def test_a_reply_skips_what_is_no_message(projects: str) -> None:
    transcript = Transcript(projects)
    transcript.user("Why?")
    transcript.said("progress", data={})
    transcript.said("progress", data={})
    transcript.user("Well?")
    first, second = spoken(transcript)
    assert second["parentId"] == first["id"]


def test_a_tool_s_result_completes_its_call_and_stays_whole_where_it_came(projects: str) -> None:
    transcript = project(projects)
    calls = [part for part in parts(transcript) if part["type"] == "tool"]
    results = [part for part in parts(transcript) if part["type"] == "tool_result"]
    read_, bash = (call["state"] for call in calls)
    assert (read_["status"], read_["output"], read_["title"]) == ("completed", "def carry(digit): ...", "Read")
    assert read_["time"]["end"] - read_["time"]["start"] == 2000
    assert calls[0]["metadata"] == {"caller": {"type": "direct"}}
    assert (bash["status"], bash["error"], bash["input"]) == ("error", "exit 2", {"command": "make test"})
    assert results[1]["content"] == [{"type": "text", "text": "exit 2"}]


def test_what_was_typed_while_it_worked_is_a_text_of_the_user(projects: str) -> None:
    transcript = Transcript(projects)
    queued = {"type": "queued_command", "prompt": "And the ninth column.", "commandMode": "prompt"}
    transcript.said("attachment", attachment=queued)
    (message,) = spoken(transcript)
    assert message["role"] == "user"
    assert message["parts"] == [
        {"type": "text", "text": "And the ninth column."},
        {"type": "attachment", "attachment": queued},
    ]


def test_what_was_thought_shown_and_compacted_are_parts_of_their_types(projects: str) -> None:
    found_ = {part["type"]: part for part in parts(project(projects))}
    assert found_["reasoning"]["text"] == "The carry is lost."
    assert found_["reasoning"]["metadata"] == {"signature": SIGNATURE}
    assert found_["file"] == {"type": "file", "mime": "image/png", "url": f"data:image/png;base64,{PNG}"}
    assert found_["compaction"] == {"type": "compaction", "auto": True}
    assert found_["attachment"]["attachment"]["filename"] == "mill.py"
    assert found_["redacted_thinking"] == {"type": "redacted_thinking", "data": "EmwKAhgBEgy3"}
    search = {"type": "server_tool_use", "blockID": "srvtoolu_01", "name": "web_search", "input": {}}
    assert found_["server_tool_use"] == search


@pytest.mark.parametrize(
    "block",
    [
        {"type": "compaction", "content": "of the API, not of Scriven"},
        {"type": "text"},
        {"type": "tool_use", "id": "t", "name": "n", "input": "no object"},
        {"type": "x" * 65},
        {"no": "type"},
        "bare",
    ],
)
def test_a_block_that_is_not_what_it_says_is_kept_whole(projects: str, block: Any) -> None:
    transcript = Transcript(projects)
    transcript.user([block])
    assert parts(transcript) == [{"type": "claude-code-block", "block": block}]


def test_what_is_too_big_is_marked_where_it_was_and_told(running: Home, projects: str) -> None:
    transcript = Transcript(projects)
    picture = {"type": "base64", "media_type": "image/png", "data": "A" * (PART_BYTES + 1)}
    smaller = {"type": "base64", "media_type": "image/png", "data": "A" * (PART_BYTES - 1000)}
    transcript.user([{"type": "text", "text": "See."}, {"type": "image", "source": picture}])
    transcript.user([{"type": "tool_result", "tool_use_id": "t", "content": [{"type": "image", "source": picture}]}])
    transcript.user([{"type": "image", "source": smaller}] * 4)
    transcript.user("Short.", toolUseResult={"file": {"base64": "A" * (PART_BYTES + 1)}})
    told = running.json("import", "claude-code", transcript.path)
    assert told["kinds"]["message"] == {"added": 4, "updated": 0, "present": 0, "skipped": 0}
    assert [(reason["count"], reason["places"][0][-2:]) for reason in told["reasons"]] == [
        (1, ":1"),
        (1, ":2"),
        (1, ":3"),
        (1, ":4"),
    ]
    first, second, third, fourth = spoken(transcript)
    marked = first["parts"][1]
    assert (marked["type"], marked["of"], marked["mime"]) == ("left-out", "file", "image/png")
    assert marked["bytes"] > PART_BYTES
    assert second["parts"][0]["content"][0]["source"] == {**picture, "data": "", "leftOut": PART_BYTES + 1}
    assert [part["type"] for part in third["parts"]] == ["left-out", "file", "file", "file"]
    assert fourth["metadata"]["toolUseResult"]["leftOut"] > PART_BYTES


def test_half_a_character_costs_no_more_than_itself(running: Home, projects: str) -> None:
    transcript = Transcript(projects)
    transcript.user("cut \ud83d")
    told = running.json("import", "claude-code", projects)
    assert told["kinds"]["message"]["added"] == 1
    assert [reason["count"] for reason in told["reasons"]] == [2]  # the message, and the title made of it
    session = running.json("sessions", "list")["items"][0]
    assert session["title"] == "cut \ufffd"


def test_lines_that_are_no_messages_are_told_apart(projects: str) -> None:
    transcript = Transcript(projects)
    transcript.line({"type": "user", "message": {"role": "user", "content": "no uuid"}})
    transcript.line({"type": "user", "uuid": "u", "message": {"role": "user", "content": "no time"}})
    transcript.line(["no object"])
    transcript.line({"type": "Not a type: secret words"})
    transcript.raw(b"\n")
    transcript.raw(b"{}\n")
    transcript.line({"type": "custom-title", "customTitle": "Nothing"})
    assert [(gap.where.rpartition(":")[2], gap.reason) for gap in gaps(projects)] == [
        ("1", "user: a line without a uuid"),
        ("2", "neither this line nor one before it says when it was written"),
        ("3", "this line is no JSON object"),
        ("4", "a line of another kind: not a part of what was said"),
        ("6", "a line of another kind: not a part of what was said"),
        ("7", "custom-title: nothing was said in its session"),
    ]
