"""Events in the log: globs, pages, what is kept and what is only told, and cursors the log does not reach back to."""

from __future__ import annotations

from typing import Any

import pytest

from scriven.errors import CursorExpired, InvalidParams, LimitExceeded, NotFound
from scriven.methods.events import PAGE, WINDOW, backlog
from scriven.subscriptions import matches
from scriven.tx import LARGE_BODY, Tx

ADD = "INSERT INTO changes (seq, at, topic, workspace_id, body) VALUES (?, ?, ?, ?, ?)"
AT = "2026-01-01T00:00:00.000Z"


def log(run: Any, topics: list[str], first: int = 1, workspace: str = "global") -> None:
    """Put changes into the log as it is."""
    rows = [(seq, AT, topic, workspace, str(seq)) for seq, topic in enumerate(topics, first)]
    run.connection.executemany(ADD, rows)


def seqs(history: dict[str, Any]) -> list[int]:
    return [int(item["cursor"][1:]) for item in history["items"]]


def look(run: Any, after: int, *topics: str, workspace_id: str | None = None, limit: int = PAGE) -> Any:
    return backlog(Tx(run.connection.execute, AT, 1), after, topics or ("*",), workspace_id, limit)


def test_an_empty_log_has_no_history(run: Any) -> None:
    assert run("events.history") == {"items": [], "nextCursor": None, "head": "c0"}
    assert run("events.history", since="c0") == {"items": [], "nextCursor": None, "head": "c0"}


def test_a_change_is_in_the_history_as_it_was_told(run: Any) -> None:
    stored = run("settings.set", key="theme", value={"dark": True})
    [change] = run.changes
    run.connection.execute(ADD, (change.seq, change.at, change.topic, change.workspace_id, str(change.body, "utf-8")))
    told = {"cursor": "c1", "at": change.at, "topic": "settings.set", "workspaceId": "global", "body": stored}
    assert run("events.history") == {"items": [told], "nextCursor": None, "head": "c1"}


@pytest.mark.parametrize(
    ("globs", "found"),
    [
        (["*"], [1, 2, 3, 4, 5]),
        (["settings.*"], [1, 2]),
        (["settings.set"], [1]),
        (["settings.?et"], [1]),
        (["?ettings.*", "settings.set"], [1, 2]),
        (["*.set"], [1, 3]),
        (["app.*", "*delete"], [2, 3, 4, 5]),
        (["app.build-*"], [4]),
        (["settings"], []),
        (["Settings.*"], []),
        (["app.a_b"], [5]),
        (["app.a?b"], [5]),
        (["app.a.b"], []),
    ],
)
def test_the_log_and_live_subscribers_read_a_glob_alike(run: Any, globs: list[str], found: list[int]) -> None:
    topics = ["settings.set", "settings.delete", "app.set", "app.build-1.done", "app.a_b"]
    log(run, topics)
    assert seqs(run("events.history", topics=globs)) == found
    assert [seq for seq, topic in enumerate(topics, 1) if matches(tuple(globs), topic)] == found


@pytest.mark.parametrize("glob", ["", "set tings", "[ab]*", "settings/*", "é*", "x" * 81, 'a"b', "a\n"])
def test_a_glob_with_anything_else_in_it_is_refused(run: Any, glob: str) -> None:
    with pytest.raises(InvalidParams) as failure:
        run("events.history", topics=["*", glob])
    assert str(failure.value.details["path"]).startswith("$.topics[")


@pytest.mark.parametrize("globs", [[], ["*"] * 33])
def test_one_to_32_globs_are_taken(run: Any, globs: list[str]) -> None:
    with pytest.raises(InvalidParams) as failure:
        run("events.history", topics=globs)
    assert failure.value.details["path"] == "$.topics"
    assert run("events.history", topics=["*"] * 32)["items"] == []


def test_only_one_workspace_is_given_when_it_is_named(run: Any, home: Any) -> None:
    workspace = run("workspaces.open", projectDir=str(home))["id"]
    log(run, ["settings.set"] * 3)
    log(run, ["settings.set"] * 2, first=4, workspace=workspace)
    assert seqs(run("events.history", workspaceId=workspace)) == [4, 5]
    assert seqs(run("events.history", workspaceId="global")) == [1, 2, 3]
    assert seqs(run("events.history", workspaceId="nowhere")) == []


def test_pages_go_on_where_the_last_one_ended(run: Any) -> None:
    log(run, ["a.x", "b.x"] * 10)
    first = run("events.history", topics=["a.*"], limit=4)
    assert (seqs(first), first["nextCursor"], first["head"]) == ([1, 3, 5, 7], "c7", "c20")
    last = run("events.history", topics=["a.*"], since="c7", limit=6)
    assert (seqs(last), last["nextCursor"]) == ([9, 11, 13, 15, 17, 19], "c19")
    assert run("events.history", topics=["a.*"], since="c19") == {"items": [], "nextCursor": None, "head": "c20"}


@pytest.mark.parametrize("limit", [0, PAGE + 1, -1])
def test_a_limit_outside_its_bounds_is_refused(run: Any, limit: int) -> None:
    with pytest.raises(InvalidParams) as failure:
        run("events.history", limit=limit)
    assert failure.value.details["path"] == "$.limit"


def test_a_rare_topic_far_on_is_found_in_several_looks(run: Any) -> None:
    log(run, ["a.x"] * (2 * WINDOW + 10))
    log(run, ["rare.x"], first=2 * WINDOW + 11)
    first = run("events.history", topics=["rare.*"])
    assert (first["items"], first["nextCursor"]) == ([], f"c{WINDOW}")
    second = run("events.history", topics=["rare.*"], since=first["nextCursor"])
    assert (second["items"], second["nextCursor"]) == ([], f"c{2 * WINDOW}")
    third = run("events.history", topics=["rare.*"], since=second["nextCursor"])
    assert (seqs(third), third["nextCursor"]) == ([2 * WINDOW + 11], None)


def test_a_look_that_is_full_ends_at_its_last_event_and_one_that_is_not_at_its_window(run: Any) -> None:
    log(run, ["a.x"] * (WINDOW + 1))
    full = look(run, 0)
    assert (len(full.events), full.until, full.oldest, full.head) == (PAGE, PAGE, 1, WINDOW + 1)
    empty = look(run, 0, "b.*")
    assert (empty.events, empty.until) == ([], WINDOW)
    assert look(run, WINDOW, "b.*").until == WINDOW + 1
    exact = look(run, WINDOW - 2, limit=3)
    assert ([event.seq for event in exact.events], exact.until) == ([WINDOW - 1, WINDOW, WINDOW + 1], WINDOW + 1)


def test_a_cursor_the_log_has_forgotten_is_expired_and_says_where_to_go_on(run: Any) -> None:
    log(run, ["a.x"] * 5, first=11)
    with pytest.raises(CursorExpired) as failure:
        run("events.history", since="c9")
    data = failure.value.data
    assert (data["path"], data["oldest"], data["head"]) == ("$.since", "c10", "c15")
    assert seqs(run("events.history", since="c10")) == [11, 12, 13, 14, 15]
    assert seqs(run("events.history")) == [11, 12, 13, 14, 15]
    assert seqs(run("events.history", since="c15")) == []
    with pytest.raises(CursorExpired):
        run("events.history", since="c16")


@pytest.mark.parametrize("cursor", ["", "5", "c", "c-1", "C5", "c5 ", "c" + "9" * 19, "cx", "c5\n"])
def test_what_is_no_cursor_is_refused(run: Any, cursor: str) -> None:
    with pytest.raises(InvalidParams) as failure:
        run("events.history", since=cursor)
    assert failure.value.details["path"] == "$.since"


def test_what_is_published_is_told_under_its_topic_and_workspace(run: Any, home: Any) -> None:
    workspace = run("workspaces.open", projectDir=str(home))["id"]
    body = '{"b":1,"a":1.0}'
    told = run.raw("events.publish", f'{{"topic":"app.t","body":{body},"workspaceId":"{workspace}"}}'.encode())
    change = run.changes[-1]
    assert (change.topic, change.workspace_id, bytes(change.body).decode()) == ("app.t", workspace, body)
    assert told == b'{"topic":"app.t","cursor":"c%d"}' % change.seq
    assert change.durable


def test_what_is_only_told_has_the_place_of_the_change_before_it(run: Any) -> None:
    assert run("events.publish", topic="app.t", body=None, durable=False)["cursor"] == "c0"
    run("settings.set", key="k", value=1)
    assert run("events.publish", topic="app.t", body=None, durable=False)["cursor"] == "c1"
    assert run("events.publish", topic="app.t", body=None)["cursor"] == "c2"
    assert [change.durable for change in run.changes] == [False, True, False, True]


@pytest.mark.parametrize(("durable", "limit"), [(True, LARGE_BODY), (False, 65_536)])
def test_a_body_has_its_limit(run: Any, durable: bool, limit: int) -> None:
    run("events.publish", topic="app.t", body="x" * (limit - 2), durable=durable)
    assert len(bytes(run.changes[-1].body)) == limit
    with pytest.raises(LimitExceeded) as failure:
        run("events.publish", topic="app.t", body="x" * (limit - 1), durable=durable)
    assert (failure.value.data["path"], failure.value.data["limit"]) == ("$.body", limit)
    assert len(run.changes) == 1


@pytest.mark.parametrize(
    "topic",
    ["settings.set", "app", "app.", "App.x", "xapp.y", "app.*", "app.x y", "app.é", "app." + "x" * 61, "app.x\n"],
)
def test_a_topic_that_is_not_an_own_one_is_refused(run: Any, topic: str) -> None:
    with pytest.raises(InvalidParams) as failure:
        run("events.publish", topic=topic, body=1)
    assert failure.value.details["path"] == "$.topic"
    assert run.changes == []


def test_publishing_into_a_workspace_that_does_not_exist_is_an_error(run: Any) -> None:
    with pytest.raises(NotFound) as failure:
        run("events.publish", topic="app.t", body=1, workspaceId="nowhere")
    assert failure.value.data["path"] == "$.workspaceId"
