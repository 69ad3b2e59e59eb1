"""Lists in pages: whole, in order, bounded in number and bytes, with cursors that cannot be mistaken."""

from __future__ import annotations

import base64
import json
import tracemalloc
from typing import Any

import pytest

from scriven.errors import InvalidParams
from scriven.paging import PAGE_BYTES


def fill(run: Any, count: int) -> list[str]:
    names = [f"k{number:03}" for number in range(count)]
    for name in names:
        run("settings.set", key=name, value=1)
    return names


def sealed(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


NO_CURSORS = [
    *("", "zz", "!", "=", "_-_-", "bnVsbA", "ключ", "\ud7ff", "a" * 4096),
    *map(sealed, [[], [1], [None], ["a", "b"], {"key": "a"}, [["a"]], [True], [2**70]]),
]


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8, 1000])
def test_the_pages_together_are_the_list(run: Any, limit: int) -> None:
    names = fill(run, 7)
    seen: list[str] = []
    cursor = None
    while True:
        page = run("settings.list", limit=limit, cursor=cursor)
        assert 1 <= len(page["items"]) <= limit
        seen += [item["key"] for item in page["items"]]
        cursor = page["nextCursor"]
        if cursor is None:
            break
    assert seen == names


def test_a_list_that_just_fits_has_no_next_page(run: Any) -> None:
    fill(run, 3)
    assert run("settings.list", limit=3)["nextCursor"] is None


def test_an_empty_list_is_one_empty_page(run: Any) -> None:
    assert run("settings.list") == {"items": [], "nextCursor": None}


def test_a_page_has_100_items_unless_asked(run: Any) -> None:
    fill(run, 101)
    page = run("settings.list")
    assert (len(page["items"]), page["nextCursor"] is None) == (100, False)


@pytest.mark.parametrize("limit", [0, -1, 1001, 1.5, "2", True, None])
def test_a_limit_outside_1_to_1000_is_refused(run: Any, limit: Any) -> None:
    with pytest.raises(InvalidParams) as failure:
        run("settings.list", limit=limit)
    assert failure.value.details["path"] == "$.limit"


def test_a_cursor_stands_although_its_key_has_gone(run: Any) -> None:
    names = fill(run, 4)
    cursor = run("settings.list", limit=2)["nextCursor"]
    run("settings.delete", key=names[1])
    assert [item["key"] for item in run("settings.list", cursor=cursor)["items"]] == names[2:]


def test_a_cursor_sees_what_was_written_behind_it(run: Any) -> None:
    fill(run, 3)
    cursor = run("settings.list", limit=2)["nextCursor"]
    run("settings.set", key="k0005", value=1)
    run("settings.set", key="k9", value=1)
    assert [item["key"] for item in run("settings.list", cursor=cursor)["items"]] == ["k002", "k9"]


@pytest.mark.parametrize("cursor", NO_CURSORS)
def test_what_is_no_cursor_is_refused_without_being_repeated(run: Any, cursor: str) -> None:
    fill(run, 1)
    with pytest.raises(InvalidParams) as failure:
        run("settings.list", cursor=cursor)
    assert failure.value.details["path"] == "$.cursor"
    assert len(cursor) < 5 or cursor not in failure.value.message


def test_the_cursor_of_another_list_is_refused(run: Any, tmp_path: Any) -> None:
    fill(run, 2)
    for name in "ab":
        (tmp_path / name).mkdir()
        run("workspaces.open", projectDir=str(tmp_path / name))
    of_settings = run("settings.list", limit=1)["nextCursor"]
    of_workspaces = run("workspaces.list", limit=1)["nextCursor"]
    with pytest.raises(InvalidParams):
        run("workspaces.list", cursor=of_settings)
    with pytest.raises(InvalidParams):
        run("settings.list", cursor=of_workspaces)


def test_the_cursor_of_a_list_in_another_order_is_refused(run: Any) -> None:
    for number in range(2):
        run("sessions.start")
        run("memory.remember", content=f"fact {number}")
    run("memory.forget", ids=[run("memory.remember", content=f"gone {number}")["entry"]["id"] for number in range(2)])
    asked = [("sessions.list", {}), ("memory.list", {}), ("memory.list", {"deleted": True}), ("workspaces.list", {})]
    cursors = [run(name, limit=1, **params)["nextCursor"] for name, params in asked[:3]]
    for index, cursor in enumerate(cursors):
        for other, (name, params) in enumerate(asked):
            if other != index:
                with pytest.raises(InvalidParams):
                    run(name, cursor=cursor, **params)


def test_a_page_of_big_values_ends_before_a_frame_would(run: Any) -> None:
    value = "x" * (1024 * 1024 - 2)
    for number in range(10):
        run("settings.set", key=f"k{number}", value=value)
    first = run("settings.list")
    # What goes with the values counts as well.
    assert len(first["items"]) == PAGE_BYTES // (1024 * 1024) - 1
    rest = run("settings.list", cursor=first["nextCursor"])
    assert [item["key"] for item in rest["items"]] == ["k7", "k8", "k9"]
    assert rest["nextCursor"] is None


def test_a_page_of_long_texts_ends_before_a_frame_would(run: Any) -> None:
    # Every character takes six bytes on the wire.
    summary = "\x01" * 65_536
    for number in range(30):
        run("sessions.start", id=f"s{number}")
        run("sessions.update", id=f"s{number}", summary=summary)
        run("memory.remember", content=f"{number} {summary[:60_000]}")
    for noun in ("sessions", "memory"):
        seen, cursor = 0, None
        while seen == 0 or cursor is not None:
            page = run(f"{noun}.list", limit=1000, cursor=cursor)
            assert len(json.dumps(page)) < PAGE_BYTES + 1024
            seen, cursor = seen + len(page["items"]), page["nextCursor"]
        assert seen == 30


def test_no_more_is_read_than_a_page_holds(run: Any) -> None:
    for number in range(40):
        run("sessions.start", id=f"s{number}", metadata={"text": "x" * 1_000_000})
    tracemalloc.start()
    try:
        assert len(run("sessions.list", limit=1000)["items"]) == 8
        assert tracemalloc.get_traced_memory()[1] < 36_000_000
    finally:
        tracemalloc.stop()
