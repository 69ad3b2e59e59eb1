"""The peer with a server: a throw-away PostgreSQL with its durable defaults, driven by its own pgbench."""

from __future__ import annotations

import contextlib
import glob
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from typing import Any, NamedTuple

from sample import Sample, sample

TABLE = """
    CREATE TABLE settings (
        workspace_id text NOT NULL,
        key text NOT NULL,
        value text NOT NULL,
        revision bigint NOT NULL DEFAULT 1,
        created_at timestamptz NOT NULL,
        written_at timestamptz NOT NULL,
        PRIMARY KEY (workspace_id, key)
    )
"""

UPSERT = """
INSERT INTO settings (workspace_id, key, value, created_at, written_at)
VALUES ('global', 'bench.' || :client_id, '{value}', now(), now())
ON CONFLICT (workspace_id, key) DO UPDATE
SET value = excluded.value, revision = settings.revision + 1, written_at = excluded.written_at
RETURNING key, value, workspace_id, revision, created_at, written_at;
"""


class Cluster(NamedTuple):
    """A running server: where its programs are, its directory and socket, and what it calls itself."""

    programs: str
    directory: str
    version: str


def programs() -> str | None:
    """The directory of postgres and pgbench: `$PG_BIN_DIR`, Debian's, or the one on PATH; None when there is none."""
    on_path = shutil.which("postgres")
    for directory in (
        os.environ.get("PG_BIN_DIR", ""),
        *sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=_version, reverse=True),
        os.path.dirname(os.path.realpath(on_path)) if on_path else "",
    ):
        if directory and all(os.access(os.path.join(directory, name), os.X_OK) for name in ("postgres", "pgbench")):
            return directory
    return None


@contextlib.contextmanager
def cluster(root: str) -> Iterator[Cluster]:
    """A server in a new directory under `root`, on a Unix socket only. PostgreSQL refuses root, so root is dropped."""
    found = programs()
    assert found is not None
    owner = _owner()
    directory = tempfile.mkdtemp(prefix="scrpg", dir=root)
    data = os.path.join(directory, "data")
    environment = {**os.environ, "LC_ALL": "C"}

    def run(program: str, *arguments: str) -> str:
        """Its output goes to a file: a server that inherits a pipe would keep it open."""
        with tempfile.TemporaryFile() as output:
            ended = subprocess.run(
                [os.path.join(found, program), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=directory,
                env=environment,
                check=False,
                **owner,
            )
            output.seek(0)
            text = output.read().decode(errors="replace")
        if ended.returncode:
            raise RuntimeError(f"{program}: {text.strip()[-1000:]}")
        return text

    try:
        if owner:
            os.chown(directory, owner["user"], owner["group"])
        run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-k {directory} -c listen_addresses='' -c max_connections=128"
        run("pg_ctl", "-D", data, "-w", "-l", os.path.join(directory, "log"), "-o", options, "start")
        try:
            run("psql", "-h", directory, "-U", "postgres", "-q", "-c", TABLE)
            version = run("postgres", "--version").strip().removeprefix("postgres (PostgreSQL) ")
            yield Cluster(found, directory, version.split()[0])
        finally:
            run("pg_ctl", "-D", data, "-w", "-m", "fast", "stop")
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def closed_loop(server: Cluster, clients: int, value: str, seconds: float) -> Sample:
    """pgbench with prepared statements, each client writing a key of its own."""
    with tempfile.TemporaryDirectory(prefix="scrpgb") as directory:
        script = os.path.join(directory, "upsert.sql")
        with open(script, "w", encoding="utf-8") as file:
            file.write(UPSERT.format(value=value.replace("'", "''")))
        ended = subprocess.run(
            [
                *(os.path.join(server.programs, "pgbench"), "-h", server.directory, "-U", "postgres"),
                *("-n", "-M", "prepared", "-c", str(clients), "-j", "1", "-T", str(max(1, round(seconds)))),
                *("-f", script, "--log", "postgres"),
            ],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            cwd=directory,
            check=False,
        )
        rate = re.search(r"^tps = ([0-9.]+)", ended.stdout, re.MULTILINE)
        if ended.returncode or rate is None:
            raise RuntimeError(f"pgbench: {ended.stderr.strip()[-1000:]}")
        latencies = []
        for name in glob.glob(os.path.join(directory, "pgbench_log.*")):
            with open(name, encoding="ascii") as log:
                # The third column is the transaction's time in microseconds.
                latencies += [int(line.split(" ", 3)[2]) * 1000 for line in log]
    failed = re.search(r"^number of failed transactions: (\d+)", ended.stdout, re.MULTILINE)
    return sample(latencies, 0, 1, errors=int(failed[1]) if failed else 0)._replace(rate=float(rate[1]))


def _owner() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise RuntimeError("PostgreSQL does not run as root, and there is neither a user postgres nor nobody")


def _version(directory: str) -> int:
    found = re.search(r"/(\d+)/bin$", directory)
    return int(found[1]) if found else 0
