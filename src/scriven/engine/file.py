"""The database's file: made for its owner alone, on a disk that can carry it, migrated with a copy beside it."""

from __future__ import annotations

import os
import sqlite3
import stat
import sys
from importlib import resources

# STRICT tables came with it.
OLDEST_SQLITE = (3, 37)

APPLICATION_ID = 0x53435256  # "SCRV"

# The shared memory and locks of WAL do not work across machines (sqlite.org/wal.html).
NETWORK_FILESYSTEMS = frozenset((
    "9p", "afs", "beegfs", "ceph", "cifs", "fuse.glusterfs", "fuse.rclone", "fuse.sshfs", "gfs2", "glusterfs",
    "lustre", "ncpfs", "nfs", "nfs4", "ocfs2", "orangefs", "smb2", "smb3", "smbfs",
))  # fmt: skip

# How long a write waits for another program's lock.
BUSY_MS = 5000

PRAGMAS = (
    f"PRAGMA busy_timeout = {BUSY_MS}",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -16384",
    "PRAGMA wal_autocheckpoint = 4000",
    "PRAGMA journal_size_limit = 67108864",
)


class UnusableFile(Exception):
    """The database cannot be opened; the text says why and what to do."""


def prepare(path: str) -> None:
    """Make the directory and an empty file for the owner alone, unless they are there; refuse what is unsafe."""
    directory = os.path.dirname(path)
    os.makedirs(directory, mode=0o700, exist_ok=True)
    private(directory)
    kind = _filesystem(directory)
    if kind in NETWORK_FILESYSTEMS:
        raise UnusableFile(
            f"{directory} is on a network filesystem ({kind}), where SQLite's log does not work; "
            "set SCRIVEN_DATABASE to a path on a local disk"
        )
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600))
    except OSError as error:
        raise UnusableFile(f"{path} cannot be opened: {error.strerror}") from None
    found = os.lstat(path)
    if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid() or found.st_nlink != 1:
        raise UnusableFile(f"{path} has to be a plain file of yours with one name; it is not")
    if stat.S_IMODE(found.st_mode) & 0o077:
        raise UnusableFile(f"{path} can be read by others; run: chmod 600 '{path}'")


def private(directory: str) -> None:
    """Refuse a directory that another user owns or can write to: they could put another file in our place."""
    found = os.stat(directory)
    if found.st_uid != os.geteuid():
        raise UnusableFile(f"{directory} belongs to another user (uid {found.st_uid})")
    if stat.S_IMODE(found.st_mode) & 0o022:
        raise UnusableFile(f"{directory} can be written by others; run: chmod 700 '{directory}'")


def connect(path: str) -> sqlite3.Connection:
    """Open the file and bring it to the newest schema. `:memory:` works too."""
    if os.path.exists(path):
        _read_header(path)
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise UnusableFile(f"this Python has SQLite {sqlite3.sqlite_version}; scriven needs 3.37 or newer")
    connection = sqlite3.connect(path, isolation_level=None, cached_statements=512)
    try:
        _adopt(connection, path)
        for pragma in PRAGMAS:
            connection.execute(pragma)
        migrate(connection, path)
        connection.execute("PRAGMA optimize=0x10002")
    except sqlite3.DatabaseError as error:
        connection.close()
        raise UnusableFile(f"{path}: {error}; scriven leaves the file as it is") from None
    except BaseException:
        connection.close()
        raise
    return connection


def migrations() -> list[tuple[int, str]]:
    """Every migration, by number: forward only, without gaps."""
    scripts = sorted(
        (script for script in resources.files("scriven.migrations").joinpath("sqlite").iterdir()
         if script.name.endswith(".sql")),
        key=lambda script: script.name,
    )  # fmt: skip
    return [(int(script.name[:4]), script.read_text(encoding="utf-8")) for script in scripts]


def migrate(connection: sqlite3.Connection, path: str) -> None:
    """Run what the file has not had yet, each migration in one transaction, after a copy of a file that holds data."""
    have = connection.execute("PRAGMA user_version").fetchone()[0]
    every = migrations()
    newest = every[-1][0]
    if 0 < have < newest and path != ":memory:":
        copy = f"{path}.before-{newest}"
        if os.path.lexists(copy):
            os.unlink(copy)
        connection.execute("VACUUM INTO ?", (copy,))
    for number, script in every:
        if number > have:
            try:
                connection.executescript(f"BEGIN IMMEDIATE;\n{script}\nPRAGMA user_version = {number};\nCOMMIT;")
            except sqlite3.Error:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise


def _read_header(path: str) -> None:
    """Refuse what is not ours before SQLite opens it, which may already move a log into the file (fileformat2.html)."""
    with open(path, "rb") as file:
        header = file.read(100)
    if not header:
        return
    if not header.startswith(b"SQLite format 3\0") or len(header) < 100:
        raise UnusableFile(f"{path} is no SQLite database; scriven leaves the file as it is")
    if int.from_bytes(header[68:72], "big") != APPLICATION_ID:
        raise UnusableFile(f"{path} is a database of another program; set SCRIVEN_DATABASE to another path")
    _refuse_newer(path, int.from_bytes(header[60:64], "big"))


def _refuse_newer(path: str, version: int) -> None:
    newest = migrations()[-1][0]
    if version > newest:
        raise UnusableFile(
            f"{path} has schema version {version} and this scriven knows {newest}: a newer one wrote it; upgrade"
        )


def _adopt(connection: sqlite3.Connection, path: str) -> None:
    """Claim an empty file. The version that counts may still be in the log alone."""
    if connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0:
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    _refuse_newer(path, connection.execute("PRAGMA user_version").fetchone()[0])


def _filesystem(directory: str) -> str | None:
    """The name of the filesystem a directory is on, where the system tells (Linux's mountinfo)."""
    if not sys.platform.startswith("linux"):
        return None
    device = os.stat(directory).st_dev
    wanted = f"{os.major(device)}:{os.minor(device)}"
    with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as mounts:
        for line in mounts:
            before, _, after = line.partition(" - ")
            if before.split()[2] == wanted:
                return after.split()[0]
    return None
