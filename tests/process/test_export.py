"""`scriven export` and back: everything as lines of JSON, and an equal state made of them."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from typing import Any

import pytest

import scriven
from program import Home
from scriven.cli.exchange import items_of

HEAD = {"kind": "scriven", "version": 1}


def fill(home: Home) -> str:
    """Something of every kind; the id of its workspace."""
    with scriven.connect(home.socket) as s:
        project = os.path.join(home.root, "engine")
        os.makedirs(project, exist_ok=True)
        workspace: str = s.call("workspaces.open", {"projectDir": project, "name": "The engine"})["id"]
        moved = f"{project}-2"
        os.makedirs(moved, exist_ok=True)
        s.call("workspaces.relink", {"id": workspace, "projectDir": moved})
        s.call("workspaces.update", {"id": workspace, "config": {"port": 8080}})
        s.call("settings.set", {"key": "theme", "value": "dark"})
        s.call("settings.set", {"key": "theme", "value": ["light", None], "workspaceId": workspace})
        parent = s.call("sessions.start", {"workspaceId": workspace, "title": "Größe", "metadata": {"n": 1}})["id"]
        child = s.call("sessions.start", {"workspaceId": workspace, "parentId": parent, "agent": "build"})["id"]
        s.call("sessions.update", {"id": child, "archived": True})
        asked = s.call("messages.append", {"sessionId": parent, "role": "user", "parts": [TEXT, UNKNOWN]})["id"]
        s.call("messages.append", {"sessionId": parent, "role": "assistant", "parentId": asked, "parts": [TOOL]})
        s.call("messages.append", {"sessionId": child, "role": "system", "metadata": {"cost": 0.5}})
        s.call("todos.set", {"sessionId": parent, "todos": [{"content": "mill", "status": "pending", "x": [1]}]})
        s.call("memory.remember", {"content": "Ada likes cards", "workspaceId": workspace, "tags": ["b", "a"]})
        entry = s.call("memory.remember", {"content": "The mill has fifty columns", "workspaceId": workspace})
        s.call("memory.forget", {"ids": [entry["entry"]["id"]]})
        s.call("memory.observe", {"pattern": "asks at night", "patternType": "scheduling", "sessionId": parent})
        s.call("logs.append", {"eventType": "built", "eventData": {"ok": True}, "sessionId": parent})
        s.call("sessions.end", {"id": child, "summary": "Done."})
    return workspace


TEXT = {"type": "text", "text": "Why? 🧮\u2028 \x00", "time": {"start": 1}}
UNKNOWN = {"type": "of-tomorrow", "anything": [{"deep": None}]}
TOOL = {
    "type": "tool",
    "callID": "c",
    "tool": "bash",
    "state": {"status": "error", "input": {}, "error": "no", "time": {"start": 1, "end": 2}},
}
KINDS = {"workspace", "setting", "session", "message", "todos", "memory", "observation", "log"}


def exported(home: Home, *options: str) -> tuple[dict[str, Any], list[str]]:
    """The first line of an export, and the others as they are written."""
    done = home.run("export", *options)
    assert (done.code, done.err) == (0, ""), done
    head, *lines = done.out.splitlines() if "\u2028" not in done.out else done.out.removesuffix("\n").split("\n")
    return json.loads(head), lines


def test_an_export_has_every_kind_and_says_what_it_is(running: Home) -> None:
    fill(running)
    head, lines = exported(running)
    assert {name: head[name] for name in HEAD} == HEAD
    assert len(head["exportedAt"]) == len("2026-01-31T10:30:00.000Z")
    assert {json.loads(line)["kind"] for line in lines} == KINDS


def test_an_export_imported_into_an_empty_database_exports_the_same(new_home: Callable[[], Home]) -> None:
    first, second = new_home(), new_home()
    fill(first)
    _, lines = exported(first)
    path = os.path.join(first.root, "all.jsonl")
    assert first.run("export", path).code == 0
    told = second.json("import", "scriven", path)
    assert told["reasons"] == []
    assert sum(counts["added"] for counts in told["kinds"].values()) >= len(lines) - 1  # `global` was there
    assert exported(second)[1] == lines
    again = second.json("import", "scriven", path)
    assert all(counts["added"] == counts["updated"] == 0 for counts in again["kinds"].values())
    assert exported(second)[1] == lines


def test_values_pass_digit_for_digit(new_home: Callable[[], Home]) -> None:
    first, second = new_home(), new_home()
    value = '{"x":1.10,"n":123456789012345678901234567890,"e":1e400,"u":"\\u00e9é"}'
    first.run("settings", "set", "raw", value)
    pipe = first.run("export").out
    assert f'"value":{value}' in pipe
    assert second.json("import", "scriven", "-", stdin=pipe)["reasons"] == []
    assert f'"value":{value}' in second.run("settings", "get", "raw", "--json").out


def test_an_export_of_one_workspace_has_nothing_of_the_others(running: Home) -> None:
    workspace = fill(running)
    _, lines = exported(running, "--workspace", workspace)
    records = [json.loads(line) for line in lines]
    owned = {record["workspaceId"] for record in records if record.get("workspaceId")}
    assert owned == {workspace}
    assert [record["value"] for record in records if record["kind"] == "setting"] == [["light", None]]
    missing = running.run("export", "--workspace", "ws_000000000000000000000000")
    assert missing.code == 1, missing


def test_a_workspace_that_has_another_id_here_is_found_by_its_directory(new_home: Callable[[], Home]) -> None:
    first, second = new_home(), new_home()
    theirs = fill(first)
    project = os.path.join(first.root, "engine-2")
    ours = second.json("workspaces", "open", project)["id"]
    assert ours != theirs
    assert second.json("import", "scriven", "-", stdin=first.run("export").out)["reasons"] == []
    sessions = second.json("sessions", "list", "--workspace-id", ours)["items"]
    assert [session["title"] for session in sessions] == ["Größe"]


def test_many_records_come_page_after_page(running: Home) -> None:
    lines = [json.dumps(HEAD)]
    lines += [json.dumps({"kind": "setting", "key": f"k{number:04}", "value": number}) for number in range(1201)]
    assert running.json("import", "scriven", "-", stdin="\n".join(lines))["kinds"]["setting"]["added"] == 1201
    _, written = exported(running)
    values = [json.loads(line)["value"] for line in written if '"setting"' in line]
    assert sorted(values) == list(range(1201))


def test_big_records_come_as_well(new_home: Callable[[], Home]) -> None:
    first, second = new_home(), new_home()
    session = first.json("sessions", "start")["id"]
    with scriven.connect(first.socket) as s:
        for number in range(3):
            part = {"type": "text", "text": str(number) * (2 << 20)}
            s.call("messages.append", {"sessionId": session, "role": "user", "parts": [part, part]})
    path = os.path.join(first.root, "big.jsonl")
    assert first.run("export", path).code == 0
    assert second.json("import", "scriven", path)["kinds"]["message"]["added"] == 3
    assert exported(second)[1] == exported(first)[1]


# The file


def test_a_file_is_the_owner_s_alone_and_replaces_what_was_there(running: Home) -> None:
    path = os.path.join(running.root, "all.jsonl")
    with open(path, "w", encoding="utf-8") as file:
        file.write("old\n")
    done = running.run("export", "all.jsonl")
    assert done.code == 0
    assert done.out.endswith(f"bytes: {path}\n")
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    with open(path, encoding="utf-8") as file:
        assert json.loads(file.readline())["kind"] == "scriven"
    assert [name for name in os.listdir(running.root) if name.startswith("all.jsonl")] == ["all.jsonl"]


def test_an_export_that_fails_leaves_the_file_as_it_was(home: Home) -> None:
    path = os.path.join(home.root, "all.jsonl")
    with open(path, "w", encoding="utf-8") as file:
        file.write("old\n")
    assert home.run("export", path).code == 69
    with open(path, encoding="utf-8") as file:
        assert file.read() == "old\n"
    assert [name for name in os.listdir(home.root) if name.startswith("all.jsonl")] == ["all.jsonl"]


def test_a_file_that_cannot_be_made_is_named_as_it_was_given(running: Home) -> None:
    done = running.run("export", "/nowhere/all.jsonl")
    hint = "scriven export FILE, in a directory you may write to"
    assert (done.code, done.err) == (1, f"scriven: /nowhere/all.jsonl: No such file or directory\n  {hint}\n")


def test_a_device_is_written_to_and_stays_one(running: Home) -> None:
    device = os.path.join(running.root, "null")
    os.symlink("/dev/null", device)
    assert running.run("export", device).code == 0
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
    assert os.path.islink(device)


def test_an_export_that_nobody_reads_to_its_end_ends_quietly(running: Home) -> None:
    fill(running)
    done = running.run("export", "/dev/stdout")
    assert json.loads(done.out.partition("\n")[0])["kind"] == "scriven"
    assert running.run("export", "a", "b").code == 2


# What is no export


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"kind":"scriven","version":2}\n', "version 2"),
        ('{"version":"1.0","settings":[]}\n', "no export of Scriven"),
        ("PK\x03\x04", "no export of Scriven"),
        ("", "no export of Scriven"),
    ],
)
def test_what_is_no_export_of_this_version_is_refused(home: Home, text: str, says: str) -> None:
    done = home.run("import", "scriven", "-", stdin=text)
    assert (done.code, done.out) == (1, "")
    assert says in done.err


def test_a_bad_line_is_told_by_its_number_and_costs_no_other(running: Home) -> None:
    good = [f'{{"kind":"setting","key":"k{number}","value":{number}}}' for number in range(3)]
    lines = [
        json.dumps(HEAD),
        good[0],
        "no json",
        "",
        '{"no":"kind"}',
        good[1],
        '{"kind":"setting","value":NaN}',
        good[2],
    ]
    told = running.json("import", "scriven", "-", stdin="\n".join(lines) + '\n{"kind":"setting","key":"to')
    assert told["kinds"] == {"setting": {"added": 3, "updated": 0, "present": 0, "skipped": 0}}
    assert {reason["reason"]: reason["places"] for reason in told["reasons"]} == {
        "this line is no record": ["-:3", "-:5", "-:7"],
        "the file ends in the middle of this line": ["-:9"],
    }


def test_the_items_of_a_page_are_cut_as_they_are_written() -> None:
    page = '{"items":[{"a":1.10,"b":"],}\\""},{"kind":"x"}],"nextCursor":"c1"}'
    assert items_of(page) == (['{"a":1.10,"b":"],}\\""}', '{"kind":"x"}'], "c1")
    assert items_of('{"items":[],"nextCursor":null}') == ([], None)
