"""Searching what was said: any words, within a scope, the best first, with the text around them."""

from __future__ import annotations

from typing import Any

import pytest

from scriven.errors import InvalidParams


@pytest.fixture
def session(run: Any) -> str:
    return str(run("sessions.start")["id"])


@pytest.fixture
def workspace(run: Any, home: Any) -> str:
    return str(run("workspaces.open", projectDir=str(home))["id"])


def text(words: str) -> dict[str, Any]:
    return {"type": "text", "text": words}


def tool(state: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "tool",
        "callID": "c",
        "tool": "bash",
        "state": {"input": {}, "time": {"start": 1, "end": 2}} | state,
    }


def say(run: Any, session: str, *words: str, role: str = "user") -> list[str]:
    """A message for each text; their ids."""
    return [str(run("messages.append", sessionId=session, role=role, parts=[text(each)])["id"]) for each in words]


def alone(run: Any, words: str, workspace: str = "global", role: str = "user") -> str:
    """A message in a session of its own, so that nothing stands beside it."""
    return say(run, run("sessions.start", workspaceId=workspace)["id"], words, role=role)[0]


def found(run: Any, query: str, **more: Any) -> list[str]:
    return [item["messageId"] for item in run("messages.search", query=query, **more)["items"]]


def test_what_is_found_says_where_it_is(run: Any, session: str) -> None:
    parts = [text("nothing here"), {"type": "reasoning", "text": "The comma breaks it", "time": {"start": 1}}]
    stored = run("messages.append", sessionId=session, role="assistant", parts=parts)
    reply = run("messages.search", query="comma")
    (item,) = reply["items"]
    assert item.pop("score") > 0
    assert item == {
        "messageId": stored["id"],
        "sessionId": session,
        "role": "assistant",
        "createdAt": stored["createdAt"],
        "partId": stored["parts"][1]["id"],
        "snippet": "The comma breaks it",
    }
    assert reply["elsewhere"] == 0


def test_a_question_in_plain_words_finds_what_has_any_of_them(run: Any) -> None:
    fixed = alone(run, "We fixed the parsers by escaping commas")
    alone(run, "Lunch was good")
    assert found(run, "How did you fix the parser when it failed?") == [fixed]


def test_more_of_the_words_come_first(run: Any) -> None:
    for number in range(8):
        alone(run, f"filler {number} about the weather")
    one = alone(run, "the parser is slow")
    both = alone(run, "the parser chokes on commas")
    assert found(run, "parser commas") == [both, one]


def test_a_message_is_found_once_with_its_best_part(run: Any, session: str) -> None:
    parts = [text("zebra " + "and much else " * 50), text("zebra zebra")]
    stored = run("messages.append", sessionId=session, role="user", parts=parts)
    (item,) = run("messages.search", query="zebra")["items"]
    assert item["partId"] == stored["parts"][1]["id"]


@pytest.mark.parametrize(
    "part",
    [
        {"type": "reasoning", "text": "a zebra", "time": {"start": 1}},
        {"type": "file", "mime": "text/plain", "url": "file:///z", "filename": "zebra.txt"},
        tool({"status": "completed", "output": "zebra", "title": "t", "metadata": {}}),
        tool({"status": "completed", "output": "", "title": "zebra", "metadata": {}}),
        tool({"status": "error", "error": "no zebra"}),
        tool({"status": "running", "input": {"deep": [{"er": "zebra"}]}}),
        {"type": "subtask", "prompt": "count", "description": "the zebra", "agent": "a"},
        {"type": "agent", "name": "zebra"},
        {"type": "patch", "hash": "h", "files": ["src/zebra.py"]},
    ],
)
def test_every_kind_of_text_is_searched(run: Any, session: str, part: dict[str, Any]) -> None:
    stored = run("messages.append", sessionId=session, role="assistant", parts=[part])
    (item,) = run("messages.search", query="zebra")["items"]
    assert (item["messageId"], item["partId"]) == (stored["id"], stored["parts"][0]["id"])
    assert "zebra" in item["snippet"]


def test_what_is_no_text_is_not_searched(run: Any, session: str) -> None:
    parts = [{"type": "snapshot", "snapshot": "zebra"}, {"type": "hologram", "text": "zebra"}]
    run("messages.append", sessionId=session, role="assistant", metadata={"zebra": "zebra"}, parts=parts)
    assert found(run, "zebra") == []


def test_a_search_keeps_to_a_workspace_and_tells_how_much_lies_elsewhere(run: Any, workspace: str) -> None:
    here = alone(run, "zebra here", workspace)
    there = [alone(run, f"zebra there {number}") for number in range(3)]
    reply = run("messages.search", query="zebra", workspaceId=workspace)
    assert ([item["messageId"] for item in reply["items"]], reply["elsewhere"]) == ([here], 3)
    reply = run("messages.search", query="zebra", workspaceId="global")
    assert ({item["messageId"] for item in reply["items"]}, reply["elsewhere"]) == ({*there}, 1)
    reply = run("messages.search", query="zebra")
    assert ({item["messageId"] for item in reply["items"]}, reply["elsewhere"]) == ({here, *there}, 0)


def test_elsewhere_is_counted_up_to_100(run: Any, workspace: str, session: str) -> None:
    for _ in range(3):
        run("messages.append", sessionId=session, role="user", parts=[text("zebra")] * 40)
    assert run("messages.search", query="zebra", workspaceId=workspace) == {"items": [], "elsewhere": 100}


def test_a_search_keeps_to_a_session(run: Any, session: str) -> None:
    (here,) = say(run, session, "zebra here")
    alone(run, "zebra there")
    assert found(run, "zebra", sessionId=session) == [here]


def test_a_search_keeps_to_a_role_also_among_the_neighbours(run: Any, session: str) -> None:
    say(run, session, "where is the zebra?")
    (answer,) = say(run, session, "The zebra is in the barn", role="assistant")
    say(run, session, "thank you")
    say(run, session, "you are welcome", role="assistant")
    items = found(run, "zebra", role="assistant")
    assert items[0] == answer
    assert {run("messages.get", id=item)["role"] for item in items} == {"assistant"}
    assert found(run, "zebra", role="tool") == []


def test_elsewhere_counts_only_the_role_that_was_asked_for(run: Any, workspace: str) -> None:
    alone(run, "zebra")
    alone(run, "zebra", role="assistant")
    assert run("messages.search", query="zebra", workspaceId=workspace, role="assistant")["elsewhere"] == 1


def test_an_answer_is_found_beside_its_question(run: Any, session: str) -> None:
    say(run, session, "good morning", "hello", "how are you", "fine")
    question, answer = say(run, session, "what is the capital of Peru?", "Lima")
    say(run, session, "thanks", "bye")
    items = run("messages.search", query="capital Peru")["items"]
    assert items[0]["messageId"] == question
    beside = next(item for item in items if item["messageId"] == answer)
    assert (beside["snippet"], beside["score"] < items[0]["score"]) == ("Lima", True)
    assert beside["partId"] == run("messages.get", id=answer)["parts"][0]["id"]


def test_a_neighbour_without_parts_is_found_without_a_part(run: Any, session: str) -> None:
    say(run, session, "zebra")
    bare = run("messages.append", sessionId=session, role="user")
    item = run("messages.search", query="zebra")["items"][1]
    assert (item["messageId"], item["partId"], item["snippet"]) == (bare["id"], None, "")


@pytest.mark.parametrize("limit", [1, 2, 100])
def test_there_are_at_most_as_many_as_asked_for(run: Any, limit: int) -> None:
    for number in range(5):
        alone(run, f"zebra {number}")
    assert len(found(run, "zebra", limit=limit)) == min(limit, 5)


def test_a_snippet_is_cut_around_the_words(run: Any) -> None:
    alone(run, "far before " * 40 + "the zebra sleeps" + " far behind" * 40)
    snippet = run("messages.search", query="zebra")["items"][0]["snippet"]
    assert "zebra sleeps" in snippet
    assert snippet.startswith("…")
    assert snippet.endswith("…")
    assert len(snippet) < 400


@pytest.mark.parametrize(
    "query", ["...", '"', "' OR 1", "zebra*", "scope : x", "NEAR(", "-zebra", "AND", "^", "()", "é", "日本", "\\", "{}"]
)
def test_any_characters_may_be_asked_for(run: Any, query: str) -> None:
    alone(run, "nothing of that kind")
    assert run("messages.search", query=query) == {"items": [], "elsewhere": 0}


def test_a_word_of_the_scope_is_not_found_as_text(run: Any, session: str) -> None:
    say(run, session, "zebra")
    (scope,) = run.rows("SELECT scope FROM parts_search")
    assert [found(run, word) for word in scope[0].split()] == [[], [], []]


@pytest.mark.parametrize(
    ("more", "path"), [({"query": ""}, "$.query"), ({"limit": 0}, "$.limit"), ({"limit": 101}, "$.limit")]
)
def test_what_cannot_be_asked_is_refused_by_name(run: Any, more: dict[str, Any], path: str) -> None:
    with pytest.raises(InvalidParams) as failure:
        run("messages.search", **({"query": "zebra"} | more))
    assert failure.value.details["path"] == path


def test_the_same_search_gives_the_same_answer(run: Any) -> None:
    for number in range(20):
        alone(run, f"zebra {number % 3}")
    assert run("messages.search", query="zebra 1") == run("messages.search", query="zebra 1")


def test_a_neighbour_that_was_only_thought_shows_what_was_thought(run: Any, session: str) -> None:
    say(run, session, "Where does the parser stop?")
    thought = {"type": "reasoning", "text": "At a line without its end.", "time": {"start": 1}}
    run("messages.append", sessionId=session, role="assistant", parts=[thought])
    found = run("messages.search", query="parser stop")["items"]
    assert [item["snippet"] for item in found] == ["Where does the parser stop?", "At a line without its end."]
