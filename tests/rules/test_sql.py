"""Every statement of every noun: it prepares, it binds its values, and the hot ones find their rows by index."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from sqlite3 import Connection
from types import ModuleType

import pytest

import scriven.engine
import scriven.methods
from scriven import entries, observations, reaper
from scriven.engine import file
from scriven.statement import parse

STATEMENT = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b")

# `daemon.status` counts whole tables, and that is all it is for.
WHOLE_TABLES = {("daemon", "COUNTS")}

# Rows that are at hand: a list given as a parameter, what the statement itself has made of a few rows, and what an
# index of texts finds for its words or by its rowid, which the plan calls a scan as well.
AT_HAND = re.compile(r"SCAN (json_each|CONSTANT ROW|\(subquery-\d+\)|\w+ VIRTUAL TABLE INDEX \d+:(=|r?M))")
NAMED = re.compile(r"\bWITH (?:RECURSIVE )?(\w+)")

# What takes statements, and where the statement stands among its arguments.
TAKES_SQL = {"one": 0, "all": 0, "run": 0, "page": 1}


def modules() -> Iterator[ModuleType]:
    for package in (scriven.methods, scriven.engine):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            yield importlib.import_module(found.name)
    yield from (entries, observations, reaper)


STATEMENTS = [
    pytest.param(module.__name__.rpartition(".")[2], name, value, id=f"{module.__name__.rpartition('.')[2]}.{name}")
    for module in modules()
    for name, value in vars(module).items()
    if name.isupper() and isinstance(value, str) and STATEMENT.match(value)
]

every_statement = pytest.mark.parametrize(("noun", "name", "sql"), STATEMENTS)


@pytest.fixture(scope="module")
def database() -> Iterator[Connection]:
    with closing(file.connect(":memory:")) as connection:
        yield connection


def plan(database: Connection, sql: str) -> list[str]:
    text, names = parse(sql)
    values = [None] * (len(names) or text.count("?"))
    return [row[3] for row in database.execute(f"EXPLAIN QUERY PLAN {text}", values)]


@every_statement
def test_a_statement_prepares_on_the_migrated_schema(database: Connection, noun: str, name: str, sql: str) -> None:
    del noun, name
    plan(database, sql)


@every_statement
def test_a_statement_reads_no_whole_table(database: Connection, noun: str, name: str, sql: str) -> None:
    if (noun, name) not in WHOLE_TABLES:
        assert scans(database, sql) == []


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT key FROM settings WHERE value = :value",
        "SELECT rowid FROM parts_search WHERE content = :value",
        "WITH mine AS (SELECT :a AS a) SELECT key FROM mine JOIN settings ON value = a",
    ],
)
def test_the_rule_against_scans_sees_one(database: Connection, sql: str) -> None:
    assert scans(database, sql)


def scans(database: Connection, sql: str) -> list[str]:
    """The steps that read a whole table."""
    own = {f"SCAN {name}" for name in NAMED.findall(sql)}
    return [step for step in plan(database, sql) if "SCAN" in step and step not in own and not AT_HAND.match(step)]


def test_the_statements_of_every_noun_with_state_are_seen() -> None:
    seen = {str(statement.values[0]) for statement in STATEMENTS}
    assert {"settings", "workspaces", "daemon", "batch", "upkeep"} <= seen


@pytest.mark.parametrize("source", sorted(Path(scriven.methods.__path__[0]).rglob("*.py")), ids=lambda path: path.stem)
def test_sql_is_a_constant_and_values_are_bound(source: Path) -> None:
    tree = ast.parse(source.read_text(encoding="utf-8"))
    assert loose(tree) == []


@pytest.mark.parametrize(
    "code",
    [
        'tx.one(f"SELECT {p.key}", p, Row)',
        'tx.run("DELETE FROM settings")',
        'tx.all(GET + " ORDER BY key", p, Row)',
        "tx.one(GET % p.key, p, Row)",
        "tx.one(sql, p, Row)",
        "page(tx, make(p), p, Row, by={})",
        'GET = f"SELECT {COLUMNS} WHERE key = {key}"',
        'GET = "SELECT %s".format(1)',
    ],
)
def test_the_rule_for_constants_sees_what_is_none(code: str) -> None:
    assert loose(ast.parse(code)) != []


def loose(tree: ast.Module) -> list[int]:
    """Lines where SQL is anything but a constant, or a constant is made of anything but constants."""
    lines = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", None)
            place = TAKES_SQL.get(str(called))
            of_tx = isinstance(node.func, ast.Name) or getattr(getattr(node.func, "value", None), "id", None) == "tx"
            if place is not None and of_tx and len(node.args) > place and not is_constant(node.args[place]):
                lines.append(node.lineno)
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and getattr(statement.targets[0], "id", "").isupper():
            inserted = [part.value for part in ast.walk(statement.value) if isinstance(part, ast.FormattedValue)]
            if isinstance(statement.value, ast.Call) or not all(is_constant(part) for part in inserted):
                lines.append(statement.lineno)
    return lines


def is_constant(node: ast.expr) -> bool:
    if isinstance(node, ast.IfExp):
        return is_constant(node.body) and is_constant(node.orelse)
    return isinstance(node, ast.Name) and node.id.isupper()
