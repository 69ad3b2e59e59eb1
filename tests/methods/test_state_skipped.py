"""state.import, when a record is wrong: it is skipped by the name of its field, and nothing else changes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from every_kind import (
    EARLY,
    LATE,
    LOG,
    MEMORY,
    MESSAGE,
    OBSERVATION,
    SESSION,
    SETTING,
    TODOS,
    WORKSPACE,
    bring,
    counts,
    everything,
    exported,
)
from scriven.errors import InvalidParams

SECRET = "hunter2"

BIG = "x" * (1024 * 1024)

WRONG = [
    ({"kind": "dream"}, "$.kind"),
    ({"key": "theme"}, "$.kind"),
    ([], "$"),
    (SECRET, "$"),
    ({"kind": "message", "id": "m"}, "$.sessionId"),
    (MESSAGE | {"sessionId": "gone"}, "$.sessionId"),
    (MESSAGE | {"role": SECRET}, "$.role"),
    (MESSAGE | {"parts": [{"text": SECRET}]}, "$.parts[0].type"),
    (MESSAGE | {"parts": [{"type": 3}]}, "$.parts[0].type"),
    (MESSAGE | {"parts": [{"type": "text", "text": BIG * 5}]}, "$.parts[0]"),
    (MESSAGE | {"parts": [{"type": "x", "id": "p"}, {"type": "x", "id": "p"}]}, "$.parts[1].id"),
    (MESSAGE | {"parts": [{"type": "x", "id": "taken"}]}, "$.parts[0].id"),
    (MESSAGE | {"metadata": {"text": BIG * 5}}, "$.metadata"),
    (MESSAGE | {"createdAt": SECRET}, "$.createdAt"),
    (MESSAGE | {"createdAt": "2025-02-30T00:00:00.000Z"}, "$.createdAt"),
    (LOG | {"timestamp": "2025-02-30T00:00:00.000Z"}, "$.timestamp"),
    (LOG | {"eventData": [SECRET]}, "$.eventData"),
    (SESSION | {"id": "t", "lastActive": "9999-12-31T23:59:59.999Z"}, "$.lastActive"),
    (SESSION | {"id": ""}, "$.id"),
    (SESSION | {"metadata": {"text": BIG}}, "$.metadata"),
    (SESSION | {"metadata": SECRET}, "$.metadata"),
    (SESSION | {"status": "busy"}, "$.status"),
    (SESSION | {"id": "a\0b"}, "$.id"),
    (SESSION | {"id": "t", "workspaceId": "gone"}, "$.workspaceId"),
    (SESSION | {"id": "t", "projectDir": "engine"}, "$.projectDir"),
    (SETTING | {"value": BIG}, "$.value"),
    (SETTING | {"revision": 2**63}, "$.revision"),
    (TODOS | {"sessionId": "gone"}, "$.sessionId"),
    (TODOS | {"todos": [{"content": SECRET}]}, "$.todos[0].status"),
    (MEMORY | {"content": ""}, "$.content"),
    (MEMORY | {"content": BIG}, "$.content"),
    (MEMORY | {"category": ""}, "$.category"),
    (MEMORY | {"metadata": [SECRET]}, "$.metadata"),
    (OBSERVATION | {"pattern": 1}, "$.pattern"),
    (WORKSPACE | {"projectDir": None, "id": "new"}, "$.projectDir"),
    (WORKSPACE | {"aliases": ["engine"]}, "$.aliases[0]"),
    (WORKSPACE | {"config": [SECRET]}, "$.config"),
]


@pytest.mark.parametrize(("wrong", "path"), WRONG, ids=lambda given: str(given)[:40])
def test_a_wrong_record_is_skipped_by_its_field_and_harms_no_other(run: Any, wrong: Any, path: str) -> None:
    taken = MESSAGE | {"id": "other", "parts": [{"type": "x", "id": "taken"}]}
    result = bring(run, SESSION | {"id": "s"}, taken, wrong, LOG | {"id": "after"})
    assert counts(result) == (3, 0, 0, 1)
    (skipped,) = result["skipped"]
    assert skipped["index"] == 2
    assert path in skipped["reason"]
    assert SECRET not in skipped["reason"]
    assert counts(bring(run, SESSION, taken, LOG | {"id": "after"})) == (0, 0, 3, 0)


def test_a_record_that_is_skipped_leaves_nothing_of_it(run: Any) -> None:
    bring(run, SESSION, MESSAGE | {"parts": [{"type": "text", "text": "Stands", "id": "p"}], "updatedAt": EARLY})
    before = everything(run)
    parts = [{"type": "text", "text": "New"}, {"text": "no type"}]
    assert counts(bring(run, MESSAGE | {"parts": parts, "updatedAt": LATE}))[3] == 1
    assert counts(bring(run, TODOS | {"todos": [TODOS["todos"][0], {}], "updatedAt": LATE}))[3] == 1
    assert everything(run) == before


def test_a_message_of_another_session_is_not_taken_over(run: Any) -> None:
    bring(run, SESSION, SESSION | {"id": "t"}, MESSAGE)
    result = bring(run, MESSAGE | {"sessionId": "t", "updatedAt": LATE})
    assert counts(result) == (0, 0, 0, 1)
    assert "$.sessionId" in result["skipped"][0]["reason"]


def test_more_than_a_thousand_records_are_refused(run: Any) -> None:
    with pytest.raises(InvalidParams) as failure:
        bring(run, *[LOG] * 1001)
    assert failure.value.details["path"] == "$.records"


def test_what_is_private_stays_outside(run: Any) -> None:
    private = f"Tea <private>{SECRET}</private>"
    bring(run, SESSION, MESSAGE | {"parts": [{"type": "text", "text": private}]}, MEMORY | {"content": private})
    assert SECRET not in json.dumps(exported(run))
    assert SECRET not in json.dumps(everything(run))


def test_the_last_moment_of_the_calendar_comes_back(run: Any) -> None:
    last = "9999-12-31T23:59:59.999Z"
    run("logs.append", eventType="doomsday", timestamp=last)
    assert counts(bring(run, LOG | {"id": "l", "timestamp": last}, MEMORY | {"createdAt": last}))[3] == 0
