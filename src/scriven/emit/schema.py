"""The database as it is after every migration: for people, and for tools that read the file themselves."""

from __future__ import annotations

from contextlib import closing
from textwrap import dedent

from scriven.engine import file
from scriven.method import Method

OBJECTS = """
    SELECT sql FROM sqlite_schema
    WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite~_%' ESCAPE '~'
    ORDER BY rowid
"""


def files(methods: dict[str, Method]) -> dict[str, str]:
    """`schema.sql`: every table and index as a real SQLite keeps it, in the order they were made."""
    del methods
    with closing(file.connect(":memory:")) as database:
        objects = database.execute(OBJECTS).fetchall()
        (version,) = database.execute("PRAGMA user_version").fetchone()
    parts = [
        "-- The schema after every migration. Derived: change migrations/, not this.",
        f"PRAGMA user_version = {version};",
        *(f"{_tidy(sql)};" for (sql,) in objects),
    ]
    return {"schema.sql": "\n\n".join(parts) + "\n"}


def _tidy(sql: str) -> str:
    lines = [line.rstrip() for line in dedent(sql).splitlines()]
    return "\n".join(line for line in lines if line)
