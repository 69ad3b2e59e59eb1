"""What went wrong in the dashboards and agents this replaces, a test each, named after what holds instead."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest

from scriven.errors import InvalidParams, NotFound

ONE_FORM = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")
OTHER_FORMS = ["2026-01-01T00:00:00Z", "2026-01-01T00:00:00.000+00:00", "2026-01-01T00:00:00.000", "2026-01-01"]
DAY_MS = 86_400_000


@pytest.fixture
def workspaces(run: Any, tmp_path: Any) -> tuple[str, str]:
    """Two projects."""
    made = []
    for name in ("engine", "garden"):
        (tmp_path / name).mkdir()
        made.append(run("workspaces.open", projectDir=str(tmp_path / name))["id"])
    return made[0], made[1]


@pytest.fixture
def far_away() -> Iterator[None]:
    """A machine whose own clock shows another day than UTC's for most of the day."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = "Pacific/Kiritimati"
    time.tzset()
    yield
    os.environ.pop("TZ")
    if before is not None:
        os.environ["TZ"] = before
    time.tzset()


# The settings of the dashboard


def test_a_write_and_a_read_tell_the_same_time_to_the_millisecond(run: Any) -> None:
    stored = run("settings.set", key="theme", value="dark")
    assert run("settings.get", key="theme")["updatedAt"] == stored["updatedAt"] == "2026-01-01T00:00:00.001Z"


def test_an_empty_text_is_a_value(run: Any) -> None:
    assert run("settings.set", key="theme", value="")["value"] == ""
    assert run("settings.get", key="theme")["value"] == ""


def test_deleting_tells_whether_there_was_something(run: Any) -> None:
    run("settings.set", key="theme", value="dark")
    assert run("settings.delete", key="theme") == {"deleted": True}
    assert run("settings.delete", key="theme") == {"deleted": False}


def test_a_list_has_one_order_whatever_order_things_came_in(run: Any) -> None:
    for key in ("b", "c", "a"):
        run("settings.set", key=key, value=1)
    assert [item["key"] for item in run("settings.list")["items"]] == ["a", "b", "c"]


# The memory of the agent


def test_what_was_forgotten_can_be_remembered_again(run: Any) -> None:
    entry = run("memory.remember", content="Therapy on Thursdays at 2pm")["entry"]
    run("memory.forget", ids=[entry["id"]])
    again = run("memory.remember", content="  therapy  on Thursdays at 2PM. ")
    assert (again["outcome"], again["entry"]["id"], again["entry"]["deletedAt"]) == ("revived", entry["id"], None)
    assert [found["entry"]["id"] for found in run("memory.search", query="therapy")["items"]] == [entry["id"]]
    assert [listed["id"] for listed in run("memory.list")["items"]] == [entry["id"]]
    assert [told["id"] for told in run("context.get")["entries"]] == [entry["id"]]


def test_an_inferred_memory_that_is_stated_explicitly_is_upgraded_and_never_back(run: Any) -> None:
    run("memory.remember", content="Prefers brief answers", source="jarvis_inferred")
    stated = run("memory.remember", content="Prefers brief answers", source="user_explicit")
    assert (stated["outcome"], stated["entry"]["source"]) == ("upgraded", "user_explicit")
    assert run("memory.remember", content="prefers brief answers.", source="jarvis_inferred")["entry"]["source"] == (
        "user_explicit"
    )


def test_reading_a_memory_through_context_refreshes_when_it_was_last_used(run: Any) -> None:
    entry = run("memory.remember", content="Prefers brief answers", source="jarvis_inferred")["entry"]
    run.ticks += 20 * DAY_MS
    before = run("context.get")["entries"][0]["score"]
    used = run.now
    assert run("memory.get", id=entry["id"])["lastAccessed"] == used > entry["lastAccessed"]
    assert run("context.get")["entries"][0]["score"] > before


def test_the_range_of_a_log_query_includes_both_ends(run: Any) -> None:
    ends = [f"2026-02-01T00:00:00.00{number}Z" for number in (1, 3)]
    for number in range(5):
        run("logs.append", eventType="noted", timestamp=f"2026-02-01T00:00:00.00{number}Z")
    found = run("logs.list", **{"from": ends[0], "to": ends[1]}, order="asc")["items"]
    assert [log["timestamp"][-4:-1] for log in found] == ["001", "002", "003"]


@pytest.mark.usefixtures("far_away")
def test_a_day_is_that_of_the_zone_asked_for_and_not_the_machine_s(run: Any) -> None:
    for timestamp in ("2026-01-01T00:00:00.000Z", "2026-01-01T23:59:59.999Z"):
        run("logs.append", eventType="noted", timestamp=timestamp)
    assert [(day["day"], day["total"]) for day in run("logs.days")] == [("2026-01-01", 2)]
    assert len(run("logs.list", day="2026-01-01")["items"]) == 2
    shifted = run("logs.days", timezone="Pacific/Kiritimati", to="2026-01-02")
    assert [(day["day"], day["total"]) for day in shifted] == [("2026-01-01", 1), ("2026-01-02", 1)]


def test_the_last_n_messages_are_the_newest_oldest_first(run: Any) -> None:
    session = run("sessions.start")["id"]
    sent = [run("messages.append", sessionId=session, role="user")["id"] for _ in range(5)]
    page = run("messages.list", sessionId=session, limit=2)
    assert [message["id"] for message in page["items"]] == sent[3:]
    before = run("messages.list", sessionId=session, limit=2, cursor=page["nextCursor"])
    assert [message["id"] for message in before["items"]] == sent[1:3]


def test_a_session_is_new_only_when_there_was_none(run: Any) -> None:
    first = run("sessions.current")
    run.ticks += 5
    assert run("sessions.current")["id"] == first["id"]
    run("sessions.end", id=first["id"])
    assert run("sessions.current")["id"] != first["id"]
    assert [log["eventType"] for log in run("logs.list", order="asc")["items"]] == [
        "session_start",
        "session_end",
        "session_start",
    ]


def test_a_session_in_which_nothing_happens_is_not_the_current_one_any_more(run: Any) -> None:
    first = run("sessions.current", idleTimeoutS=1800)
    run.ticks += 1_799_000
    assert run("sessions.current")["id"] == first["id"]
    run.ticks += 1_801_000
    assert run("sessions.current")["id"] != first["id"]
    ended = run("sessions.get", id=first["id"])
    assert (ended["endTrigger"], ended["endedAt"] is None) == ("timeout", False)


def test_ending_a_session_twice_logs_once_and_the_first_end_stands(run: Any) -> None:
    session = run("sessions.start")["id"]
    first = run("sessions.end", id=session, trigger="browser_close", summary="It works.")
    assert run("sessions.end", id=session, trigger="explicit", summary="Again.") == first
    assert run("sessions.get", id=session) == first
    ends = run("logs.list", sessionId=session, eventType="session_end")["items"]
    assert [log["eventData"] for log in ends] == [{"duration": 0, "trigger": "browser_close"}]


def test_the_end_of_a_session_and_its_log_happen_together_or_not_at_all(run: Any) -> None:
    session = run("sessions.start")["id"]
    calls = [
        {"method": "sessions.end", "params": {"id": session}},
        {"method": "sessions.get", "params": {"id": "nowhere"}},
    ]
    with pytest.raises(NotFound):
        run("transaction.run", calls=calls)
    assert run("sessions.get", id=session)["endedAt"] is None
    assert run("logs.list", eventType="session_end")["items"] == []
    ended = run("sessions.end", id=session)
    [log] = run("logs.list", eventType="session_end")["items"]
    assert log["timestamp"] == ended["endedAt"]


def test_what_belongs_to_one_workspace_is_not_seen_in_another(run: Any, workspaces: tuple[str, str]) -> None:
    ours, theirs = workspaces
    run("memory.remember", content="The engine is written in Rust", workspaceId=ours)
    session = run("sessions.start", workspaceId=ours)["id"]
    run("messages.append", sessionId=session, role="user", parts=[{"type": "text", "text": "the engine stalls"}])
    run("settings.set", key="theme", value="dark", workspaceId=ours)
    assert run("memory.search", query="engine", workspaceId=theirs)["items"] == []
    assert run("memory.list", workspaceId=theirs)["items"] == []
    assert run("context.get", workspaceId=theirs)["entries"] == []
    assert run("sessions.list", workspaceId=theirs)["items"] == []
    assert run("sessions.current", workspaceId=theirs, create=False) is None
    assert run("messages.search", query="engine", workspaceId=theirs)["items"] == []
    assert run("logs.list", workspaceId=theirs)["items"] == []
    assert run("logs.days", workspaceId=theirs) == []
    assert run("settings.get", key="theme", workspaceId=theirs) is None


def test_the_same_fact_in_two_workspaces_is_two_memories(run: Any, workspaces: tuple[str, str]) -> None:
    stated = [run("memory.remember", content="Uses tabs", workspaceId=workspace) for workspace in workspaces]
    assert [outcome["outcome"] for outcome in stated] == ["created", "created"]
    run("memory.forget", ids=[stated[0]["entry"]["id"]])
    assert [entry["content"] for entry in run("memory.list", workspaceId=workspaces[1])["items"]] == ["Uses tabs"]


def test_every_time_has_one_form(run: Any, tmp_path: Any) -> None:
    workspace = run("workspaces.open", projectDir=str(tmp_path))
    session = run("sessions.start", workspaceId=workspace["id"], idleTimeoutS=60)
    message = run("messages.append", sessionId=session["id"], role="user", parts=[{"type": "text", "text": "a"}])
    records = [
        workspace,
        message,
        run("todos.set", sessionId=session["id"], todos=[]),
        run("memory.remember", content="a fact")["entry"],
        run("logs.append", eventType="noted"),
        run("settings.set", key="k", value=1),
        run("sessions.end", id=session["id"]),
    ]
    times = [
        value
        for record in records
        for name, value in record.items()
        if name.endswith("At") or name in {"timestamp", "lastActive", "lastAccessed", "lastOpened"}
    ]
    assert len(times) > 15
    assert [value for value in times if value is not None and not ONE_FORM.fullmatch(value)] == []


@pytest.mark.parametrize("form", OTHER_FORMS)
def test_a_time_in_any_other_form_is_refused(run: Any, form: str) -> None:
    for name, params in (
        ("logs.append", {"eventType": "noted", "timestamp": form}),
        ("logs.list", {"from": form}),
        ("logs.list", {"to": form}),
    ):
        with pytest.raises(InvalidParams):
            run(name, **params)


def test_an_import_does_not_bring_times_of_another_form_in(run: Any) -> None:
    good = {"kind": "log", "id": "log_0", "eventType": "noted", "timestamp": "2026-01-01T00:00:00.000Z"}
    bad = [{**good, "id": f"log_{number}", "timestamp": form} for number, form in enumerate(OTHER_FORMS, 1)]
    imported = run("state.import", records=[good, *bad])
    assert (imported["added"], [skipped["index"] for skipped in imported["skipped"]]) == (1, [1, 2, 3, 4])
    assert [log["id"] for log in run("logs.list")["items"]] == ["log_0"]
