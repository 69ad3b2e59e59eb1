"""Databases of other programs: open, crashed, locked, damaged or none at all, they are read as they stand or not."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from places import made
from scriven.importers import idumb, jarvis
from scriven.importers.source import Gap, Unreadable
from seeds import IDUMB, IDUMB_RECORDS, Drizzle, everything, gaps, kinds


def files(directory: str) -> dict[str, str]:
    """What lies in a directory, to the byte; not the memory that those who have a database open share."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in Path(directory).iterdir()
        if not path.name.endswith("-shm")
    }


def test_a_file_that_a_crash_left_is_read_with_its_log_and_not_a_byte_of_it_changes(
    drizzle: Drizzle, tmp_path: Path
) -> None:
    path = drizzle.write("idumb", tmp_path / "idumb.db", IDUMB, crash=True)
    before = files(str(tmp_path))
    assert os.path.getsize(f"{path}-wal") > 0
    assert everything(idumb.read(path)) == IDUMB_RECORDS
    assert files(str(tmp_path)) == before


def test_a_log_that_cannot_be_read_where_it_lies_is_read_all_the_same(drizzle: Drizzle, tmp_path: Path) -> None:
    path = drizzle.write("idumb", tmp_path / "idumb.db", IDUMB, crash=True)
    os.unlink(f"{path}-shm")
    # As in a directory that nobody may write to, which root may: SQLite cannot make what it needs to read the log.
    (tmp_path / "idumb.db-shm").mkdir()
    before = files(str(tmp_path))
    assert everything(idumb.read(path)) == IDUMB_RECORDS
    assert files(str(tmp_path)) == before


def test_a_change_that_a_crash_cut_short_is_not_read(of_idumb: str, tmp_path: Path) -> None:
    live, path = tmp_path / "live.db", tmp_path / "idumb.db"
    live.write_bytes(Path(of_idumb).read_bytes())
    with closing(sqlite3.connect(live, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode = DELETE")
        other.execute("BEGIN")
        other.executemany("INSERT INTO settings (key, value) VALUES (?, ?)", [(f"n{n}", "x" * 500) for n in range(200)])
        other.execute("COMMIT")
        # So small a cache writes pages of the change to the file before it is committed.
        other.execute("PRAGMA cache_size = 1")
        other.execute("BEGIN")
        other.execute("UPDATE settings SET value = upper(value)")
        for log in ("", "-journal"):
            path.with_name(path.name + log).write_bytes(live.with_name(live.name + log).read_bytes())
    assert path.read_bytes() != live.read_bytes()
    before = files(str(tmp_path))
    found = kinds(everything(idumb.read(str(path))))["setting"]
    assert [setting["value"] for setting in found if setting["key"] in {"theme", "n199"}] == ["dark", "x" * 500]
    assert files(str(tmp_path)) == before


def test_a_file_that_nobody_has_open_gets_nothing_beside_it(of_idumb: str) -> None:
    directory = os.path.dirname(of_idumb)
    before = sorted(os.listdir(directory))
    everything(idumb.read(of_idumb))
    assert sorted(os.listdir(directory)) == before == ["idumb.db"]


def test_a_file_that_is_written_to_while_it_is_read_is_told_of(drizzle: Drizzle, tmp_path: Path) -> None:
    path = drizzle.write("idumb", tmp_path / "idumb.db", IDUMB)
    items = iter(idumb.read(path))
    next(items)
    with closing(sqlite3.connect(path)) as other:
        other.execute("UPDATE settings SET value = 'blue' WHERE key = 'theme'")
        other.commit()
    assert Gap(path, "it was written to while it was read: run the same command again") in list(items)


def test_a_program_that_has_the_file_open_goes_on_writing(drizzle: Drizzle, tmp_path: Path) -> None:
    path = drizzle.write("idumb", tmp_path / "idumb.db", IDUMB)
    with closing(sqlite3.connect(path)) as other:
        other.execute("UPDATE settings SET value = 'blue' WHERE key = 'theme'")
        other.commit()
        source = idumb.read(path)
        items = iter(source)
        first = next(items)
        other.execute("UPDATE settings SET value = 'red' WHERE key = 'theme'")
        other.commit()
        found = [first, *items]
    assert not [gap for gap in gaps(found) if gap.where == path]
    # It is of the moment in which reading began.
    assert [record["value"] for record in kinds(found)["setting"] if record["key"] == "theme"] == ["blue"]


def _other(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as other:
        for statement in statements:
            other.execute(statement)
        other.commit()


def _damaged(path: Path) -> None:
    _other(path, "CREATE TABLE settings (key, value)", "INSERT INTO settings VALUES (1, randomblob(100000))")
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 4096)


@pytest.mark.parametrize(
    ("make", "by_idumb", "by_jarvis"),
    [
        (
            lambda path: path.write_bytes(b""),
            "this is neither iDumb's database nor its settings export: it is no JSON",
            "this is no SQLite database",
        ),
        (
            lambda path: path.write_text('{"a": 1}', encoding="utf-8"),
            "this is neither iDumb's database nor its settings export: it has no list of settings",
            "this is no SQLite database",
        ),
        (
            lambda path: path.write_text('{"version": "2.0", "settings": []}', encoding="utf-8"),
            "the export is not of version 1.0",
            "this is no SQLite database",
        ),
        (
            lambda path: _other(path, "CREATE TABLE sessions (id)", "CREATE TABLE settings (name)"),
            "this is not iDumb's database: it has no table settings with key and value",
            "this is not Jarvis's database: it has no table daily_logs, memory_entries",
        ),
        (
            lambda path: _other(path, "PRAGMA application_id = 0x53435256", "CREATE TABLE settings (key, value)"),
            "this is Scriven's own database: `scriven export` writes what `scriven import` reads",
            "this is Scriven's own database: `scriven export` writes what `scriven import` reads",
        ),
        (
            lambda path: path.write_bytes(b"SQLite format 3\0" + b"\xff" * 4096),
            "this is no SQLite database",
            "this is no SQLite database",
        ),
        (
            _damaged,
            "the database is damaged",
            "this is not Jarvis's database: it has no table daily_logs, memory_entries, sessions",
        ),
    ],
    ids=["empty", "json", "newer", "another", "own", "scrambled", "damaged"],
)
def test_what_is_not_theirs_is_refused_in_a_sentence(
    make: Callable[[Path], None], by_idumb: str, by_jarvis: str, tmp_path: Path
) -> None:
    path = tmp_path / "given"
    make(path)
    for importer, sentence in ((idumb, by_idumb), (jarvis, by_jarvis)):
        with pytest.raises(Unreadable) as refused:
            list(importer.read(str(path)))
        assert str(refused.value) == sentence


def test_a_file_that_another_program_holds_is_refused_in_a_sentence(
    of_jarvis: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "jarvis.db"
    path.write_bytes(Path(of_jarvis).read_bytes())
    monkeypatch.setattr("scriven.importers.database.PATIENCE_S", 0.05)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(Unreadable, match="another program holds it locked"):
            jarvis.read(str(path))


def test_files_are_found_where_the_systems_put_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = tmp_path / "project"
    made(project, ".git")
    deep = made(project, "app", "src")
    outside = Path(made(tmp_path, ".idumb", "data"), "idumb.db")
    inside = [Path(made(place, ".idumb", "data"), "idumb.db") for place in (project, project / "app")]
    for path in (outside, *inside):
        path.touch()
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.chdir(deep)
    assert idumb.found() == [str(inside[1]), str(inside[0])]
    monkeypatch.chdir(project)
    assert idumb.found() == [str(inside[0]), str(inside[1])]
    assert jarvis.found() == []
    (project / "jarvis.db").touch()
    assert jarvis.found() == [str(project / "jarvis.db")]
    (tmp_path / "my memory.db").touch()
    for url in ("file:../my%20memory.db", f"file://{tmp_path}/my%20memory.db?mode=rw", f"file:{tmp_path}/my memory.db"):
        monkeypatch.setenv("DATABASE_URL", url)
        assert jarvis.found() == [str(tmp_path / "my memory.db")], url
    monkeypatch.setenv("DATABASE_URL", "libsql://memory.example")
    assert jarvis.found() == [str(project / "jarvis.db")]
