"""Tx: names to places, rows to Structs, what is emitted, and ids."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from msgspec import Raw

from scriven.engine import file
from scriven.method import Params, Record
from scriven.statement import parse
from scriven.tx import LARGE_BODY, Tx

NOW = "2026-01-01T00:00:00.000Z"


class Inner(Record):
    word: str


class Row(Record):
    id: str
    value: Raw
    flag: bool
    words: list[str]
    inner: Inner | None


class Asked(Params):
    id: str
    value: Raw
    flag: bool = False
    words: tuple[str, ...] = ()
    inner: Inner | None = None


class Body(Record):
    id: str
    text: str
    revision: int = 3
    workspace_id: str = "ws_1"


class Plain(Record):
    name: str


ECHO = "SELECT :id AS id, :value AS value, :flag AS flag, :words AS words, :inner AS inner"


@pytest.fixture
def tx() -> Iterator[Tx]:
    with closing(file.connect(":memory:")) as connection:
        yield Tx(connection.execute, NOW, 10)


@pytest.mark.parametrize(
    ("sql", "text", "names"),
    [
        ("SELECT :a, :b, :a", "SELECT ?, ?, ?", ("a", "b", "a")),
        ("SELECT ':a', :b", "SELECT ':a', ?", ("b",)),
        ("SELECT 'it''s :a', :b", "SELECT 'it''s :a', ?", ("b",)),
        ("SELECT 1 -- :a\n, :b", "SELECT 1 -- :a\n, ?", ("b",)),
        ("SELECT a::text, :b_2", "SELECT a::text, ?", ("b_2",)),
        ("SELECT strftime('%H:%M')", "SELECT strftime('%H:%M')", ()),
    ],
)
def test_names_become_places_except_in_text_and_comments(sql: str, text: str, names: tuple[str, ...]) -> None:
    assert parse(sql) == (text, names)


def test_a_row_becomes_the_struct_it_was_bound_from(tx: Tx) -> None:
    asked = Asked(id="a", value=Raw(b'{"n":1.0}'), flag=True, words=("x", "y"), inner=Inner("w"))
    row = tx.one(ECHO, asked, Row)
    assert row is not None
    assert bytes(row.value) == b'{"n":1.0}'
    assert (row.id, row.flag, row.words, row.inner) == ("a", True, ["x", "y"], Inner("w"))


def test_null_stays_none(tx: Tx) -> None:
    row = tx.one(ECHO, Asked(id="a", value=Raw(b"null")), Row)
    assert row is not None
    assert (bytes(row.value), row.flag, row.inner) == (b"null", False, None)


def test_one_without_a_row_is_none_and_all_is_empty(tx: Tx) -> None:
    assert tx.one("SELECT 1 AS name WHERE 0", None, Plain) is None
    assert tx.all("SELECT 1 AS name WHERE 0", None, Plain) == []


def test_all_gives_every_row_in_order(tx: Tx) -> None:
    rows = tx.all("SELECT 'a' AS name UNION ALL SELECT 'b'", None, Plain)
    assert rows == [Plain("a"), Plain("b")]


def test_a_keyword_goes_before_a_field_and_now_is_the_clock(tx: Tx) -> None:
    sql = "SELECT :id || ' ' || :now AS name"
    assert tx.one(sql, Asked(id="field", value=Raw(b"1")), Plain, id="keyword") == Plain(f"keyword {NOW}")


def test_run_counts_the_rows_it_touched(tx: Tx) -> None:
    assert tx.run("UPDATE workspace_config SET name = 'x' WHERE id = 'global'") == 1
    assert tx.run("UPDATE workspace_config SET name = 'x' WHERE id = 'none'") == 0


def test_a_value_is_never_read_as_sql(tx: Tx) -> None:
    hostile = "'; DROP TABLE settings; --"
    assert tx.one("SELECT :name AS name", None, Plain, name=hostile) == Plain(hostile)
    assert tx.one("SELECT name FROM sqlite_schema WHERE name = 'settings'", None, Plain) == Plain("settings")


def test_columns_that_are_not_the_fields_are_a_defect_told_at_once(tx: Tx) -> None:
    with pytest.raises(TypeError, match="Plain"):
        tx.one("SELECT 1 AS other", None, Plain)


def test_what_is_emitted_counts_on_from_the_log(tx: Tx) -> None:
    tx.emit("bodies.put", Body("a", "x"))
    tx.emit("bodies.put", Body("b", "y"))
    assert [(change.seq, change.at, change.topic) for change in tx.changes] == [
        (10, NOW, "bodies.put"),
        (11, NOW, "bodies.put"),
    ]


def test_what_is_not_durable_takes_no_place_in_the_log(tx: Tx) -> None:
    for durable in (False, True, False, False, True):
        tx.emit("bodies.put", Body("a", "x"), durable=durable)
    assert [(change.seq, change.durable) for change in tx.changes] == [
        (9, False),
        (10, True),
        (10, False),
        (10, False),
        (11, True),
    ]


def test_a_body_says_which_scope_it_belongs_to_unless_told(tx: Tx) -> None:
    tx.emit("bodies.put", Body("a", "x"))
    tx.emit("bodies.put", Body("a", "x"), "ws_2")
    tx.emit("bodies.put", Plain("x"))
    assert [change.workspace_id for change in tx.changes] == ["ws_1", "ws_2", "global"]


def sized(size: int) -> Body:
    empty = len(json.dumps({"id": "a", "text": "", "revision": 3, "workspaceId": "ws_1"}, separators=(",", ":")))
    return Body("a", "x" * (size - empty))


def told(tx: Tx) -> Any:
    return json.loads(bytes(tx.changes[-1].body))


def test_a_body_of_4_kib_is_told_whole(tx: Tx) -> None:
    tx.emit("bodies.put", sized(LARGE_BODY))
    assert len(bytes(tx.changes[-1].body)) == LARGE_BODY
    assert told(tx)["id"] == "a"


def test_a_bigger_body_is_told_as_a_reference(tx: Tx) -> None:
    tx.emit("bodies.put", sized(LARGE_BODY + 1))
    assert told(tx) == {"ref": {"noun": "bodies", "id": "a", "revision": 3}}


def test_a_bigger_body_that_is_only_told_is_told_whole(tx: Tx) -> None:
    tx.emit("bodies.grow", sized(LARGE_BODY + 1), durable=False)
    assert told(tx)["id"] == "a"


def test_ids_carry_their_prefix_and_sort_by_time(tx: Tx) -> None:
    ids = [tx.new_id("ws") for _ in range(1000)]
    assert len(set(ids)) == 1000
    assert all(made.startswith("ws_") and len(made) == 27 for made in ids)
    stems = [made[:15] for made in ids]
    assert stems == sorted(stems)
