"""Known parts: what each must hold is demanded by its path, what is more is let be, and what is searched is found."""

from __future__ import annotations

import json
from typing import Any

import pytest
from msgspec import Raw

from scriven.errors import InvalidParams
from scriven.part_types import KNOWN, TOOL_TEXT, read

TIME = {"start": 1767225600000, "end": 1767225601000}
EXCERPT = {"value": "def parse", "start": 0, "end": 9}
RANGE = {"start": {"line": 1, "character": 0}, "end": {"line": 9, "character": 4}}
FILE = {"type": "file", "mime": "text/x-python", "url": "file:///parser.py"}

PARTS: dict[str, dict[str, Any]] = {
    "text": {"type": "text", "text": "The parser is fixed."},
    "reasoning": {"type": "reasoning", "text": "It fails at commas.", "time": {"start": 1}},
    "file": FILE,
    "file of a file": FILE | {"source": {"type": "file", "path": "parser.py", "text": EXCERPT}},
    "file of a symbol": FILE
    | {
        "source": {
            "type": "symbol",
            "path": "parser.py",
            "range": RANGE,
            "name": "parse",
            "kind": 12,
            "text": EXCERPT,
        }
    },
    "tool pending": {
        "type": "tool",
        "callID": "c1",
        "tool": "bash",
        "state": {"status": "pending", "input": {}, "raw": ""},
    },
    "tool running": {
        "type": "tool",
        "callID": "c1",
        "tool": "bash",
        "state": {"status": "running", "input": {"command": "ls"}, "time": {"start": 1}},
    },
    "tool completed": {
        "type": "tool",
        "callID": "c1",
        "tool": "bash",
        "state": {
            "status": "completed",
            "input": {"command": "ls"},
            "output": "parser.py",
            "title": "List",
            "metadata": {},
            "time": TIME,
            "attachments": [FILE, FILE],
        },
    },
    "tool error": {
        "type": "tool",
        "callID": "c1",
        "tool": "bash",
        "state": {"status": "error", "input": {}, "error": "no such file", "time": TIME},
    },
    "step-start": {"type": "step-start"},
    "step-finish": {
        "type": "step-finish",
        "reason": "stop",
        "cost": 0.01,
        "tokens": {"input": 1, "output": 2, "reasoning": 0, "cache": {"read": 0, "write": 0}},
    },
    "snapshot": {"type": "snapshot", "snapshot": "4b825dc"},
    "patch": {"type": "patch", "hash": "4b825dc", "files": ["parser.py", "lexer.py"]},
    "agent": {"type": "agent", "name": "review", "source": EXCERPT},
    "retry": {
        "type": "retry",
        "attempt": 2,
        "error": {"name": "APIError", "data": {"message": "overloaded", "isRetryable": True}},
        "time": {"created": 1},
    },
    "compaction": {"type": "compaction", "auto": True},
    "subtask": {"type": "subtask", "prompt": "Look at commas", "description": "Commas", "agent": "review"},
}

every_part = pytest.mark.parametrize("name", PARTS)


def raw(part: object) -> Raw:
    return Raw(json.dumps(part).encode())


def fault(part: object) -> str:
    with pytest.raises(InvalidParams) as failure:
        read(raw(part), "$.parts[1]")
    path = str(failure.value.details["path"])
    assert path in failure.value.message
    return path


def fields(value: Any, path: str = "") -> list[tuple[str, list[Any]]]:
    """Every field of a part, however deep, with its path and the way to it."""
    found: list[tuple[str, list[Any]]] = []
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in entries:
        place = f"{path}[{name}]" if isinstance(value, list) else f"{path}.{name}"
        if isinstance(value, dict):
            found.append((place, [name]))
        found += [(deeper, [name, *way]) for deeper, way in fields(inner, place)]
    return found


# What a part may lack, and what stands inside an object that may hold anything.
FREE = {".state.input.command", ".state.attachments", ".source"}


def test_there_are_the_twelve_known_types() -> None:
    assert {str(part["type"]) for part in PARTS.values()} == set(KNOWN)
    assert len(KNOWN) == 12


@every_part
def test_a_part_with_what_it_must_hold_is_accepted(name: str) -> None:
    assert read(raw(PARTS[name]), "$.part").type == PARTS[name]["type"]


@every_part
def test_each_field_it_must_hold_is_missed_by_its_path(name: str) -> None:
    for path, way in fields(PARTS[name]):
        part = json.loads(json.dumps(PARTS[name]))
        holder: Any = part
        for step in way[:-1]:
            holder = holder[step]
        del holder[way[-1]]
        if path in FREE:
            read(raw(part), "$.parts[1]")
        else:
            assert fault(part) == f"$.parts[1]{path}"


@every_part
def test_each_field_of_another_type_is_refused_by_its_path(name: str) -> None:
    for path, way in fields(PARTS[name]):
        if path == ".state.input.command":
            continue
        for wrong in [True] if isinstance(PARTS[name].get(way[0]), list) else [["wrong"], None]:
            part = json.loads(json.dumps(PARTS[name]))
            holder: Any = part
            for step in way[:-1]:
                holder = holder[step]
            holder[way[-1]] = wrong
            if wrong is None and path in FREE:
                read(raw(part), "$.parts[1]")
            else:
                assert fault(part).startswith(f"$.parts[1]{path}")


@every_part
def test_fields_nobody_knows_may_hold_anything(name: str) -> None:
    part = PARTS[name] | {"future": [{"a": None}], "sessionID": 7}
    read(raw(part), "$.part")


@pytest.mark.parametrize("part", [{"type": "hologram"}, {"type": "Text"}, {"type": "x" * 64, "text": 1}])
def test_a_type_nobody_knows_may_hold_anything_and_is_not_searched(part: dict[str, Any]) -> None:
    known = read(raw(part), "$.part")
    assert (known.type, known.said, known.searched) == (part["type"], None, "")


@pytest.mark.parametrize(
    ("part", "path"),
    [
        ({}, "$.parts[1].type"),
        ({"type": ""}, "$.parts[1].type"),
        ({"type": "x" * 65}, "$.parts[1].type"),
        ({"type": None}, "$.parts[1].type"),
        ({"type": "a\0b"}, "$.parts[1].type"),
        ({"type": "future", "id": ""}, "$.parts[1].id"),
        ({"type": "future", "id": "x" * 129}, "$.parts[1].id"),
        ({"type": "future", "id": None}, "$.parts[1].id"),
        ({"type": "future", "id": "a\0b"}, "$.parts[1].id"),
        ([], "$.parts[1]"),
        ("text", "$.parts[1]"),
        (None, "$.parts[1]"),
    ],
)
def test_a_part_is_an_object_with_a_type_and_perhaps_an_id(part: object, path: str) -> None:
    assert fault(part) == path


@pytest.mark.parametrize("status", ["done", "", "Pending"])
def test_a_state_that_a_tool_cannot_be_in_is_refused_without_being_repeated(status: str) -> None:
    part = PARTS["tool pending"] | {"state": {"status": status, "input": {}, "raw": ""}}
    with pytest.raises(InvalidParams) as failure:
        read(raw(part), "$.part")
    assert failure.value.details["path"] == "$.part.state.status"
    assert not status or status not in failure.value.message


def test_an_attachment_is_a_file() -> None:
    part = json.loads(json.dumps(PARTS["tool completed"]))
    part["state"]["attachments"][1] = PARTS["text"]
    assert fault(part) == "$.parts[1].state.attachments[1].type"


def test_the_source_of_an_attachment_is_looked_at_too() -> None:
    part = json.loads(json.dumps(PARTS["tool completed"]))
    part["state"]["attachments"][1] = FILE | {"source": {"type": "file", "path": "parser.py"}}
    assert fault(part) == "$.parts[1].state.attachments[1].source.text"


def test_a_source_of_a_kind_nobody_knows_may_hold_anything() -> None:
    read(raw(FILE | {"source": {"type": "resource", "uri": 1}}), "$.part")


@pytest.mark.parametrize("number", ["1.0", "1e2", "-0", "123456789012345678901234567890"])
def test_a_number_may_be_written_in_any_way(number: str) -> None:
    read(Raw(b'{"type":"reasoning","text":"","time":{"start":%b}}' % number.encode()), "$.part")


@pytest.mark.parametrize("text", ['"\\u0000"', "1e999", "123456789012345678901234567890", '"\\u00e9"'])
def test_a_field_nobody_reads_may_hold_what_no_number_or_text_can(text: str) -> None:
    part = f'{{"type":"tool","callID":"c","tool":"t","state":{{"status":"pending","input":{{"a":{text}}},"raw":""}}}}'
    read(Raw(part.encode()), "$.part")


def searched(name: str) -> list[str]:
    return read(raw(PARTS[name]), "$.part").searched.split("\n")


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("text", ["The parser is fixed."]),
        ("reasoning", ["It fails at commas."]),
        ("file", [""]),
        ("tool pending", ["bash"]),
        ("tool running", ["bash", "ls"]),
        ("tool completed", ["bash", "List", "ls", "parser.py"]),
        ("tool error", ["bash", "no such file"]),
        ("step-start", [""]),
        ("step-finish", [""]),
        ("snapshot", [""]),
        ("patch", ["parser.py", "lexer.py"]),
        ("agent", ["review"]),
        ("retry", [""]),
        ("compaction", [""]),
        ("subtask", ["Look at commas", "Commas"]),
    ],
)
def test_what_is_searched_of_each_type(name: str, found: list[str]) -> None:
    assert searched(name) == found


def test_a_files_name_is_searched() -> None:
    assert read(raw(FILE | {"filename": "notes.md"}), "$.part").searched == "notes.md"


def test_the_texts_of_a_tools_input_are_searched_however_they_are_nested() -> None:
    given = {"a": "one", "b": [{"c": "two"}, 3, ["three"]], "d": None, "e": {"f": {"g": "four"}}, "h": "five"}
    part = PARTS["tool running"] | {"state": {"status": "running", "input": given, "time": {"start": 1}}}
    assert read(raw(part), "$.part").searched.split("\n") == ["bash", "one", "two", "three", "four", "five"]


def test_input_nested_without_end_is_searched_only_so_deep() -> None:
    deep: Any = "bottom"
    for _ in range(400):
        deep = [deep]
    part = PARTS["tool running"] | {
        "state": {"status": "running", "input": {"a": deep, "b": "top"}, "time": {"start": 1}}
    }
    assert read(raw(part), "$.part").searched == "bash\ntop"


def test_of_what_a_tool_was_given_and_gave_16_kib_are_searched() -> None:
    state = PARTS["tool completed"]["state"] | {"input": {"a": "i" * 90_000, "b": "late"}, "output": "o" * 90_000}
    known = read(raw(PARTS["tool completed"] | {"state": state}), "$.part")
    assert (known.searched.count("i"), known.searched.count("o")) == (TOOL_TEXT + 1, TOOL_TEXT)
    assert "late" not in known.searched


def test_nul_is_a_space_in_what_is_searched() -> None:
    assert read(raw({"type": "text", "text": "a\0b"}), "$.part").searched == "a b"


def test_only_a_text_part_says_something() -> None:
    assert [name for name in PARTS if read(raw(PARTS[name]), "$.part").said is not None] == ["text"]


@pytest.mark.parametrize("beside", [b"", b'"mime":"text/plain","url":"file:///a","source":'])
def test_a_part_nested_without_end_is_refused(beside: bytes) -> None:
    inside = b'{"type":' * 100_000 + b"1" + b"}" * 100_000
    part = b'{"type":"file",%b%b}' % (beside or b'"x":', inside)
    with pytest.raises(InvalidParams, match="too deeply"):
        read(Raw(part), "$.part")
