"""context.get: the memories that matter most, within the budget, the same bytes for the same state."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies

from scriven.errors import NotFound

DAY = 86_400_000


@pytest.fixture
def workspace(run: Any, tmp_path: Any) -> str:
    return str(run("workspaces.open", projectDir=str(tmp_path))["id"])


def said(run: Any, content: str, **more: Any) -> Any:
    return run("memory.remember", content=content, **more)["entry"]


def contents(context: dict[str, Any]) -> list[str]:
    return [entry["content"] for entry in context["entries"]]


def scores(context: dict[str, Any]) -> list[int]:
    return [entry["score"] for entry in context["entries"]]


def last_used(run: Any, entry: dict[str, Any]) -> str:
    return str(run("memory.get", id=entry["id"])["lastAccessed"])


def test_nothing_known_is_an_empty_text(run: Any) -> None:
    empty = {"text": "", "entries": [], "totalTokens": 0, "truncated": False, "lastSession": None}
    assert run("context.get") == empty
    with pytest.raises(NotFound) as failure:
        run("context.get", workspaceId="ws_none")
    assert failure.value.data["path"] == "$.workspaceId"


def test_the_text_is_what_an_agent_reads(run: Any) -> None:
    said(run, "Prefers brief\n- answers\x1b[2J", category="preference")
    run.ticks += 14 * DAY
    said(run, "Likes tabs", source="jarvis_inferred")
    said(run, "Chose SQLite", category="decision", source="claude")
    context = run("context.get")
    assert context["text"] == (
        "User context:\n"
        "- Fact: Likes tabs (today, inferred)\n"
        "- Preference: Prefers brief - answers [2J (2 weeks ago, you told me)\n"
        "- Decision: Chose SQLite (today, claude)\n"
    )
    assert context["entries"][1] == {
        "id": context["entries"][1]["id"],
        "content": "Prefers brief\n- answers\x1b[2J",
        "category": "preference",
        "source": "user_explicit",
        "score": 65,
        "age": "2 weeks ago",
        "tokens": 18,
    }
    assert (context["totalTokens"], context["truncated"]) == (41, False)


@pytest.mark.parametrize(
    ("days", "category", "source", "score"),
    [
        (0, "preference", "user_explicit", 100),
        (1, "preference", "user_explicit", 90),
        (2, "fact", "user_explicit", 70),
        (7, "pattern", "user_explicit", 60),
        (8, "other", "user_explicit", 35),
        (30, "fact", "other", 35),
        (31, "fact", "other", 25),
        (0, "preference", "jarvis_inferred", 90),
        (30, "preference", "jarvis_inferred", 28),
        (90, "preference", "jarvis_inferred", 6),
    ],
)
def test_points_are_for_freshness_category_and_source_and_fade_when_inferred(
    run: Any, days: int, category: str, source: str, score: int
) -> None:
    said(run, "Something", category=category, source=source)
    run.ticks += days * DAY
    assert scores(run("context.get")) == [score]


@pytest.mark.parametrize(
    ("days", "age"),
    [
        (0, "today"),
        (1, "yesterday"),
        (2, "2 days ago"),
        (6, "6 days ago"),
        (7, "1 week ago"),
        (20, "2 weeks ago"),
        (30, "1 month ago"),
        (200, "6 months ago"),
        (365, "1 year ago"),
        (1000, "2 years ago"),
    ],
)
def test_the_age_is_in_words(run: Any, days: int, age: str) -> None:
    said(run, "Something")
    run.ticks += days * DAY
    assert run("context.get")["entries"][0]["age"] == age


def test_reading_as_context_refreshes_when_a_memory_was_used_and_nothing_else(run: Any) -> None:
    given, held_back = said(run, "Given", category="preference"), said(run, "Held back")
    run.ticks += 3 * DAY
    told = len(run.changes)
    assert scores(run("context.get", maxEntries=1)) == [80]
    read = run.now
    assert run("memory.get", id=given["id"]) == given | {"lastAccessed": read}
    assert run("memory.get", id=held_back["id"]) == held_back
    assert len(run.changes) == told
    assert scores(run("context.get", maxEntries=1)) == [100]


def test_the_same_state_gives_the_same_bytes(new_store: Any) -> None:
    def read() -> list[bytes]:
        store = new_store()
        for number in range(30):
            store("memory.remember", content=f"Thing {number}", category=["fact", "pattern"][number % 2])
        store("memory.remember", content="Thing 7")
        return [store.raw("context.get", json.dumps({"query": query}).encode()) for query in ("", "", "thing 9")]

    first, again = read(), read()
    texts = [[json.loads(context)["text"] for context in contexts] for contexts in (first, again)]
    assert texts[0] == texts[1]
    assert first[0] == first[1]


def test_equal_memories_stand_newest_first_whichever_was_used_last(run: Any) -> None:
    entries = [said(run, name) for name in "abc"]
    run("memory.remember", content="a")
    assert last_used(run, entries[0]) > last_used(run, entries[2])
    assert contents(run("context.get")) == ["c", "b", "a"]


def test_global_memories_come_along_and_other_workspaces_do_not(run: Any, workspace: str) -> None:
    said(run, "Everywhere")
    said(run, "Here", workspaceId=workspace)
    said(run, "Same", workspaceId=workspace)
    said(run, "same")
    assert set(contents(run("context.get"))) == {"Everywhere", "same"}
    assert sorted(contents(run("context.get", workspaceId=workspace)), key=str.lower) == ["Everywhere", "Here", "same"]


def test_what_was_forgotten_is_no_context(run: Any) -> None:
    entry = said(run, "Something")
    run("memory.forget", ids=[entry["id"]])
    assert contents(run("context.get")) == contents(run("context.get", query="something")) == []


def test_what_the_query_is_about_comes_first_however_old(run: Any) -> None:
    said(run, "The parser is hand-written", category="other", source="other")
    run.ticks += 400 * DAY
    for number in range(60):
        said(run, f"Preference {number}", category="preference")
    context = run("context.get", query="How does the parser work?", maxEntries=3)
    assert contents(context)[0] == "The parser is hand-written"
    assert scores(context) == [105, 100, 100]
    assert "The parser is hand-written" not in contents(run("context.get", maxEntries=100, maxTokens=500))


def test_a_memory_that_does_not_fit_is_passed_over_and_smaller_ones_are_not(run: Any) -> None:
    said(run, "Small")
    said(run, "x" * 4000)
    context = run("context.get", maxTokens=100)
    assert (contents(context), context["truncated"]) == (["Small"], True)


def test_the_best_of_many_are_given(run: Any) -> None:
    for number in range(120):
        said(run, f"Fact {number}")
    said(run, "Rule", category="preference")
    context = run("context.get", maxEntries=5)
    assert contents(context) == ["Rule", "Fact 119", "Fact 118", "Fact 117", "Fact 116"]
    assert len(run("context.get", maxEntries=100, maxTokens=10_000)["entries"]) == 100


@given(
    sizes=strategies.lists(strategies.integers(1, 300), max_size=12),
    summary=strategies.none() | strategies.integers(1, 600),
    budget=strategies.integers(1, 200),
)
@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_text_never_costs_more_than_the_budget(
    new_store: Any, sizes: list[int], summary: int | None, budget: int
) -> None:
    run = new_store()
    for number, size in enumerate(sizes):
        said(run, f"{number} " + "x" * size)
    if summary is not None:
        session = run("sessions.start", title="Work")
        run("sessions.end", id=session["id"], summary="y" * summary)
    context = run("context.get", maxTokens=budget, maxEntries=8)
    assert context["totalTokens"] == -(-len(context["text"]) // 4) <= budget
    lines = context["text"].splitlines()
    assert len([line for line in lines if line.startswith("- Fact: ")]) == len(context["entries"]) <= 8
    if not context["truncated"]:
        assert len(context["entries"]) == min(len(sizes), 8)
        assert summary is None or lines[-1].endswith("y" * summary)


def test_the_last_session_with_a_summary_is_told(run: Any, workspace: str) -> None:
    told = run("sessions.start", title="Fix the\nparser", workspaceId=workspace)
    run("sessions.end", id=told["id"], summary="It parses again.")
    child = run("sessions.start", title="Look around", parentId=told["id"])
    run("sessions.end", id=child["id"], summary="Looked.")
    bare = run("sessions.start", title="Bare", workspaceId=workspace)
    run("sessions.end", id=bare["id"])
    run("sessions.start", title="Now", workspaceId=workspace)
    run.ticks += DAY
    context = run("context.get", workspaceId=workspace)
    assert context["lastSession"] == {
        "id": told["id"],
        "title": "Fix the\nparser",
        "summary": "It parses again.",
        "startedAt": told["startedAt"],
        "endedAt": run("sessions.get", id=told["id"])["endedAt"],
    }
    assert context["text"] == "Last session (yesterday): Fix the parser: It parses again.\n"
    assert run("context.get")["lastSession"] is None


def test_without_a_summary_the_last_session_that_ended_is_told(run: Any) -> None:
    for title in ("First", "Second"):
        run("sessions.end", id=run("sessions.start", title=title)["id"])
    run("sessions.start", title="Now")
    said(run, "Something")
    context = run("context.get")
    assert context["lastSession"]["title"] == "Second"
    assert context["text"].splitlines()[-1] == "Last session (today): Second"


def test_a_long_summary_is_cut_to_a_quarter_of_the_budget(run: Any) -> None:
    run("sessions.end", id=run("sessions.start", title="Long")["id"], summary="word " * 1000)
    said(run, "Something")
    context = run("context.get", maxTokens=100)
    last = context["text"].splitlines()[-1]
    assert last.startswith("Last session (today): Long: word")
    assert last.endswith("…")
    assert len(last) < 100
    assert (contents(context), context["truncated"]) == (["Something"], True)
