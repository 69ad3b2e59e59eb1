"""state.export: everything exactly once, in an order that can be taken in again, page by page."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from every_kind import LOG, MEMORY, MESSAGE, OBSERVATION, SESSION, SETTING, TODOS, bring, counts, exported, only
from scriven.errors import InvalidParams, NotFound

BIG = "x" * (1024 * 1024)


def fill(store: Any) -> None:
    store("settings.set", key="theme", value={"b": 1, "a": 2})
    for place in ("one", "two"):
        bring(store, SETTING | {"projectDir": f"/home/ada/{place}"}, MEMORY | {"projectDir": f"/home/ada/{place}"})
        for name in "ab":
            session = f"{place}-{name}"
            bring(store, SESSION | {"id": session, "projectDir": f"/home/ada/{place}"})
            for number in range(3):
                said = {"type": "text", "text": f"{number}"}
                bring(store, MESSAGE | {"id": f"{session}-{number}", "sessionId": session, "parts": [said]})
            bring(store, TODOS | {"sessionId": session}, LOG | {"id": session, "sessionId": session})
        bring(store, OBSERVATION | {"id": place, "projectDir": f"/home/ada/{place}"})
    bring(store, SESSION | {"id": "silent"}, TODOS | {"sessionId": "silent", "todos": []})


def test_an_export_of_nothing_is_empty(run: Any) -> None:
    assert run("state.export") == {"items": [], "nextCursor": None}


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
def test_pages_of_any_size_are_the_whole(run: Any, limit: int) -> None:
    fill(run)
    whole = exported(run)
    assert len(whole) == 35
    assert exported(run, limit) == whole
    workspace_id = only_workspace(run, "one")
    assert exported(run, limit, workspaceId=workspace_id) == exported(run, workspaceId=workspace_id)


def only_workspace(store: Any, name: str) -> str:
    return next(str(found["id"]) for found in store("workspaces.list")["items"] if found["name"] == name)


def test_an_export_of_one_workspace_has_what_belongs_to_it_and_nothing_else(run: Any) -> None:
    fill(run)
    whole = exported(run)
    found = {place: exported(run, workspaceId=only_workspace(run, place)) for place in ("one", "two")}
    found["global"] = exported(run, workspaceId="global")
    assert {place: len(records) for place, records in found.items()} == {"one": 16, "two": 16, "global": 3}
    for place in ("one", "two"):
        assert {record["projectDir"] for record in found[place] if "projectDir" in record} == {f"/home/ada/{place}"}
    together = found["one"] + found["two"] + found["global"]
    assert sorted(map(json.dumps, together)) == sorted(map(json.dumps, whole))


def test_a_parent_goes_out_before_its_children_whatever_they_are_called(run: Any) -> None:
    tree: dict[str, str | None] = {"z": None, "y": "z", "a": "y", "m": None, "b": "m", "c": "z", "0": "a"}
    bring(run, *(SESSION | {"id": name, "parentId": above} for name, above in tree.items()))
    for limit in (1, 2, 1000):
        out = [record["id"] for record in exported(run, limit)]
        assert sorted(out) == sorted(tree)
        for name, above in tree.items():
            assert above is None or out.index(above) < out.index(name)


def test_an_export_has_what_was_forgotten(run: Any) -> None:
    entry = run("memory.remember", content="Tea")["entry"]
    run("memory.forget", ids=[entry["id"]])
    assert only(run, "memory")["deletedAt"] == run("memory.list", deleted=True)["items"][0]["deletedAt"]


def test_global_goes_out_once_somebody_wrote_to_it_and_comes_in_where_nobody_did(
    new_store: Callable[[], Any],
) -> None:
    source, target = new_store(), new_store()
    assert exported(source) == []
    source("workspaces.update", id="global", config={"model": "large"})
    assert counts(bring(target, *exported(source))) == (0, 1, 0, 0)
    assert exported(target) == exported(source)
    assert counts(bring(target, *exported(source))) == (0, 0, 1, 0)


def test_a_page_ends_before_it_is_too_big(run: Any) -> None:
    for number in range(20):
        run("settings.set", key=f"k{number:02}", value=BIG[:-2])
    first = run("state.export", limit=1000)
    assert 1 < len(first["items"]) <= 8
    assert [record["key"] for record in exported(run)] == [f"k{number:02}" for number in range(20)]


def test_a_record_bigger_than_a_page_is_a_page(run: Any) -> None:
    parts = [{"type": "text", "text": BIG * 3} for _ in range(3)]
    bring(run, SESSION, MESSAGE | {"parts": parts}, MESSAGE | {"id": "n"})
    sizes = []
    cursor = None
    while True:
        page = run("state.export", cursor=cursor)
        sizes.append(len(page["items"]))
        cursor = page["nextCursor"]
        if cursor is None:
            break
    assert sizes == [1, 1, 1]


def test_a_workspace_that_does_not_exist_cannot_be_exported(run: Any) -> None:
    with pytest.raises(NotFound):
        run("state.export", workspaceId="nowhere")


@pytest.mark.parametrize("cursor", ["", "nonsense", "WzFd", "Wy01LCIiLDAsIiJd"[:-1] + "A"])
def test_a_cursor_of_something_else_is_refused(run: Any, cursor: str) -> None:
    with pytest.raises(InvalidParams) as failure:
        run("state.export", cursor=cursor)
    assert failure.value.details["path"] == "$.cursor"
