"""The daemon's files: its own and its owner's alone; what is another's is refused and not touched."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing

import pytest

from running import Daemon, contents, one_line
from scriven.engine import file
from wire_client import Wire

EXIT_FAILED = 70


def test_its_files_are_for_its_owner_alone_whatever_the_umask(
    start: Callable[..., Daemon], connect: Callable[..., Wire], directory: str
) -> None:
    deep = os.path.join(directory, "x", "y", "z")
    daemon = start("--database", f"{deep}/a.db", "--socket", f"{directory}/r/q/s", umask=0).ready()
    daemon.socket = f"{directory}/r/q/s"
    connect(daemon).call("settings.set", {"key": "k", "value": 1})
    for root, _, names in os.walk(os.path.join(directory, "x")):
        assert stat.S_IMODE(os.lstat(root).st_mode) == 0o700
        for name in names:
            assert stat.S_IMODE(os.lstat(os.path.join(root, name)).st_mode) == 0o600, name
    assert stat.S_IMODE(os.lstat(f"{directory}/r/q").st_mode) == 0o700
    assert stat.S_IMODE(os.lstat(f"{directory}/r/q/s").st_mode) == 0o600


def _owned(path: str, mode: int = 0o600) -> None:
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    with open(path, "wb"):
        pass
    os.chmod(path, mode)


def _foreign_program(path: str) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("CREATE TABLE theirs (a)")
        other.execute("INSERT INTO theirs VALUES (1)")
        other.commit()


def _foreign_with_log(path: str) -> None:
    """Another program's database as a crash leaves it: what it wrote last is in its log alone."""
    with closing(sqlite3.connect(f"{path}.live")) as other:
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("CREATE TABLE theirs (a)")
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        other.execute("INSERT INTO theirs VALUES (1)")
        other.commit()
        shutil.copy(f"{path}.live", path)
        shutil.copy(f"{path}.live-wal", f"{path}-wal")
    for name in (path, f"{path}-wal"):
        os.chmod(name, 0o600)


def _newer(path: str) -> None:
    _ours(path, "PRAGMA user_version = 99")


def _newer_in_another_journal_mode(path: str) -> None:
    _ours(path, "PRAGMA user_version = 99")
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA journal_mode = DELETE")


def _ours(path: str, change: str) -> None:
    with closing(file.connect(path)) as connection:
        connection.execute(change)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _text(path: str) -> None:
    with open(path, "w") as other:
        other.write("these are notes of mine, and no database\n" * 100)


def _torn(path: str) -> None:
    _ours(path, "CREATE TABLE more AS SELECT 1")
    with open(path, "r+b") as torn:
        torn.seek(100)
        torn.write(os.urandom(3000))


REFUSED: dict[str, tuple[Callable[[str], None], str]] = {
    "another program's database": (_foreign_program, "another program"),
    "another program's database with its log": (_foreign_with_log, "another program"),
    "a newer one's database": (_newer, "version 99"),
    "a newer one's database in another journal mode": (_newer_in_another_journal_mode, "version 99"),
    "a file that is no database": (_text, "leaves the file as it is"),
    "a torn database": (_torn, "leaves the file as it is"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_file_that_is_not_its_own_is_refused_and_not_touched(
    directory: str, start: Callable[..., Daemon], what: str
) -> None:
    make, reason = REFUSED[what]
    path = os.path.join(directory, "d", "a.db")
    _owned(path)
    make(path)
    os.chmod(path, 0o600)
    before = contents(directory)
    daemon = start()
    said = daemon.refused()
    assert said["kind"] == "storage"
    assert path in said["reason"]
    assert reason in said["reason"]
    assert daemon.process.returncode == EXIT_FAILED
    after = contents(directory)
    assert {name: data for name, data in after.items() if name in before} == before
    assert set(after) - set(before) <= {f"{path}.lock"}
    assert not os.path.lexists(daemon.socket)


def _symlink(directory: str) -> None:
    os.makedirs(f"{directory}/d", mode=0o700)
    _owned(f"{directory}/elsewhere/b.db")
    os.symlink(f"{directory}/elsewhere/b.db", f"{directory}/d/a.db")


def _hard_link(directory: str) -> None:
    _owned(f"{directory}/d/a.db")
    os.link(f"{directory}/d/a.db", f"{directory}/d/b.db")


def _a_directory(directory: str) -> None:
    os.makedirs(f"{directory}/d/a.db", mode=0o700)


def _readable(directory: str) -> None:
    _owned(f"{directory}/d/a.db", 0o644)


def _writable_directory(directory: str) -> None:
    os.makedirs(f"{directory}/d")
    os.chmod(f"{directory}/d", 0o777)


def _foreign_directory(directory: str) -> None:
    os.makedirs(f"{directory}/d", mode=0o700)
    os.chown(f"{directory}/d", 65534, 65534)


def _linked_lock(directory: str) -> None:
    _owned(f"{directory}/notes")
    os.makedirs(f"{directory}/d", mode=0o700)
    os.symlink(f"{directory}/notes", f"{directory}/d/a.db.lock")


UNSAFE: dict[str, tuple[Callable[[str], None], str]] = {
    "a symbolic link": (_symlink, "a.db"),
    "a file of two names": (_hard_link, "one name"),
    "a directory in the file's place": (_a_directory, "a.db"),
    "a file that others read": (_readable, "chmod 600"),
    "a directory that others write": (_writable_directory, "chmod 700"),
    "a directory of another user": (_foreign_directory, "another user"),
    "a lock that is a symbolic link": (_linked_lock, "a.db.lock"),
}


@pytest.mark.parametrize("what", UNSAFE)
def test_a_place_that_is_not_safe_is_refused_with_what_to_do(
    directory: str, start: Callable[..., Daemon], what: str
) -> None:
    make, reason = UNSAFE[what]
    if make is _foreign_directory and os.geteuid() != 0:
        pytest.skip("only root can give a directory away")
    make(directory)
    before = contents(directory)
    daemon = start()
    said = daemon.refused()
    assert said["kind"] == "storage"
    assert reason in one_line(said)
    assert {name: data for name, data in contents(directory).items() if name in before} == before


def test_a_network_filesystem_is_refused_by_its_name(directory: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = os.path.join(directory, "d", "a.db")
    file.prepare(path)
    here = file._filesystem(os.path.dirname(path))  # noqa: SLF001 - the one part that needs a mount to be tried whole
    if here is None:
        pytest.skip("the system does not tell the filesystem's name")
    assert here not in file.NETWORK_FILESYSTEMS
    assert {"nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs"} <= file.NETWORK_FILESYSTEMS
    monkeypatch.setattr(file, "NETWORK_FILESYSTEMS", frozenset((here,)))
    with pytest.raises(file.UnusableFile, match=rf"network filesystem \({here}\)"):
        file.prepare(path)


def test_a_sqlite_too_old_for_the_schema_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 34, 1))
    with pytest.raises(file.UnusableFile, match=r"scriven needs 3\.37 or newer"):
        file.connect(":memory:")
