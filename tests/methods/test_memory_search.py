"""Finding memories: by the words of a question, in the scope asked for, and in lists."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from scriven.paging import PAGE_BYTES


@pytest.fixture
def workspace(run: Any, tmp_path: Any) -> str:
    return str(run("workspaces.open", projectDir=str(tmp_path))["id"])


def said(run: Any, content: str, **more: Any) -> Any:
    return run("memory.remember", content=content, **more)["entry"]


def found(run: Any, query: str, **more: Any) -> list[str]:
    return [item["entry"]["content"] for item in run("memory.search", query=query, **more)["items"]]


def listed(run: Any, **more: Any) -> list[str]:
    return [entry["content"] for entry in run("memory.list", **more)["items"]]


def test_a_question_finds_what_has_its_words_in_another_form(run: Any) -> None:
    said(run, "Prefers brief answers")
    said(run, "The deployments run on Fridays")
    assert found(run, "When do we deploy, or run a deployment?") == ["The deployments run on Fridays"]
    assert found(run, "ANSWERING briefly: what do they prefer") == ["Prefers brief answers"]


def test_the_better_match_stands_first_and_has_a_snippet(run: Any) -> None:
    said(run, "The parser reads tokens")
    said(run, "word " * 40 + "the parser and the lexer")
    for number in range(20):
        said(run, f"Something else {number}" + " and so on" * 15)
    result = run("memory.search", query="parser lexer")
    assert [item["score"] for item in result["items"]] == sorted((i["score"] for i in result["items"]), reverse=True)
    assert result["items"][0]["entry"]["content"].endswith("lexer")
    assert result["items"][0]["snippet"].startswith("…")
    assert len(run("memory.search", query="something", limit=7)["items"]) == 7


def test_a_search_is_narrowed_by_category_and_by_all_tags(run: Any) -> None:
    said(run, "Tabs in Go", category="preference", tags=["go", "style"])
    said(run, "Tabs in make", category="fact", tags=["style"])
    assert found(run, "tabs", category="fact") == ["Tabs in make"]
    assert found(run, "tabs", tags=["style", "go"]) == ["Tabs in Go"]
    assert found(run, "tabs", tags=["STYLE"]) == []
    assert found(run, "style") == []


def test_a_search_looks_where_it_is_told_and_counts_what_lies_elsewhere(
    run: Any, workspace: str, tmp_path: Any
) -> None:
    (tmp_path / "other").mkdir()
    other = run("workspaces.open", projectDir=str(tmp_path / "other"))["id"]
    for place in ("global", workspace, other):
        said(run, f"Tabs of {place}", workspaceId=place)

    def asked(scope: str) -> tuple[set[str], int]:
        result = run("memory.search", query="tabs", workspaceId=workspace, scope=scope)
        return {item["entry"]["workspaceId"] for item in result["items"]}, result["elsewhere"]

    assert asked("workspace+global") == ({"global", workspace}, 1)
    assert asked("workspace") == ({workspace}, 2)
    assert asked("all") == ({"global", workspace, other}, 0)


def test_what_lies_elsewhere_is_counted_up_to_100(run: Any, workspace: str) -> None:
    for number in range(101):
        said(run, f"Tabs {number}", workspaceId=workspace)
    assert run("memory.search", query="tabs") == {"items": [], "elsewhere": 100}


@pytest.mark.parametrize("query", ["?!", "\u3000", '"', "()"])
def test_a_query_without_a_word_finds_nothing(run: Any, query: str) -> None:
    said(run, "Something")
    assert run("memory.search", query=query) == {"items": [], "elsewhere": 0}


def test_lists_stand_by_last_use_and_come_in_pages(run: Any) -> None:
    for name in "abcde":
        said(run, name)
    said(run, "b")
    first = run("memory.list", limit=2)
    second = run("memory.list", limit=2, cursor=first["nextCursor"])
    last = run("memory.list", limit=2, cursor=second["nextCursor"])
    pages = [[entry["content"] for entry in page["items"]] for page in (first, second, last)]
    assert (pages, last["nextCursor"]) == ([["b", "e"], ["d", "c"], ["a"]], None)
    ids = {entry["content"]: entry["id"] for page in (first, second, last) for entry in page["items"]}
    for name in "ca":
        run("memory.forget", ids=[ids[name]])
    forgotten = run("memory.list", deleted=True, limit=1)
    assert forgotten["items"][0]["content"] == "a"
    assert listed(run, deleted=True, cursor=forgotten["nextCursor"]) == ["c"]


def test_a_list_is_narrowed_by_category_source_and_all_tags(run: Any) -> None:
    said(run, "a", category="pattern", tags=["x"])
    said(run, "b", source="jarvis_inferred", tags=["x", "y"])
    said(run, "c")
    assert listed(run, category="pattern") == ["a"]
    assert listed(run, source="jarvis_inferred") == ["b"]
    assert listed(run, tags=["x"]) == ["b", "a"]
    assert listed(run, tags=["y", "x"]) == ["b"]


def test_what_a_search_gives_fits_in_a_frame(run: Any) -> None:
    for number in range(20):
        run("memory.remember", content=f"The parser of engine {number}", metadata={"text": "x" * 900_000})
    given = run("memory.search", query="parser", limit=100)
    assert len(given["items"]) == 9
    assert len(json.dumps(given)) < PAGE_BYTES


def test_words_that_long_entries_repeat_are_found_in_little_time(run: Any) -> None:
    for number in range(10):
        run("memory.remember", content=f"alpha {number} {'beta ' * 12_000}")
    begun = time.process_time()
    given = run("memory.search", query="alpha beta")["items"]
    run("context.get", query="alpha beta", maxTokens=100_000)
    # What FTS5's own snippets of these take grows with the square of their length: half a minute.
    assert time.process_time() - begun < 5
    assert all(len(item["snippet"]) < 250 and "beta" in item["snippet"] for item in given)
