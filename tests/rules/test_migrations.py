"""Migrations go forward only: numbered without gaps, and never edited once they are recorded here."""

from __future__ import annotations

import hashlib
import json
import re
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from scriven.engine import file

TABLES = """
    SELECT name, strict FROM pragma_table_list
    WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~'
"""
RECORDED: dict[str, str] = json.loads(Path(__file__).with_name("migrations.json").read_text(encoding="utf-8"))


@pytest.fixture
def scripts(package: Path) -> list[Path]:
    return sorted((package / "migrations" / "sqlite").glob("*.sql"))


def test_they_are_numbered_from_1_without_gaps(scripts: list[Path]) -> None:
    assert all(re.fullmatch(r"\d{4}_[a-z][a-z0-9_]*\.sql", script.name) for script in scripts)
    assert [int(script.name[:4]) for script in scripts] == list(range(1, len(scripts) + 1))


def test_each_says_first_what_it_is_for(scripts: list[Path]) -> None:
    for script in scripts:
        assert script.read_text(encoding="utf-8").startswith("-- ")


def test_none_was_edited_and_every_one_is_recorded(scripts: list[Path]) -> None:
    found = {script.name: hashlib.sha256(script.read_bytes()).hexdigest() for script in scripts}
    assert found == RECORDED, "a merged migration is never edited: write another; a new one is added to migrations.json"


def test_a_new_file_has_every_table_strict(tmp_path: Path) -> None:
    with closing(file.connect(str(tmp_path / "new.db"))) as database:
        tables: list[Any] = database.execute(
            "SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
        ).fetchall()
        assert [name for name, strict in tables if not strict and not name.startswith("sqlite_")] == []
        assert database.execute("PRAGMA user_version").fetchone() == (len(RECORDED),)
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []


def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    dumps = []
    for _ in range(2):
        with closing(file.connect(str(tmp_path / "again.db"))) as database:
            dumps.append(list(database.iterdump()))
    assert dumps[0] == dumps[1]
