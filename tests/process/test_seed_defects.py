"""The same for the program: what went wrong in the systems it replaces, a test each, named after what holds."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Barrier
from typing import Any

import scriven
from program import Home
from running import Daemon, one_line, until
from scriven.engine import file

CLIENTS = 12


def test_the_first_call_on_a_new_machine_finds_every_table(home: Home) -> None:
    assert not os.path.exists(home.database)
    assert home.run("start").code == 0
    for noun in ("settings", "workspaces", "sessions", "memory", "logs"):
        assert home.json(noun, "list")["items"] == []
    assert home.json("logs", "days") == []


def test_a_migration_that_fails_is_told_and_nothing_is_served(directory: str, start: Callable[..., Daemon]) -> None:
    daemon_directory = os.path.join(directory, "d")
    os.mkdir(daemon_directory, mode=0o700)
    path = os.path.join(daemon_directory, "a.db")
    with open(path, "wb"):
        os.chmod(path, 0o600)
    with closing(file.connect(path)) as connection:
        # The file says that it is older than it is, so a table that a migration makes is there already.
        connection.execute("PRAGMA user_version = 1")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    daemon = start(errors_expected=True)
    assert "table sessions already exists" in one_line(daemon.refused())
    assert daemon.wait() != 0
    assert not os.path.exists(daemon.socket)


def test_there_is_one_database_wherever_it_is_started_and_called_from(home: Home) -> None:
    del home.environment["SCRIVEN_DATABASE"]
    home.environment["XDG_DATA_HOME"] = f"{home.root}/data"
    home.database = f"{home.root}/data/scriven/scriven.db"
    here, there = (os.path.join(home.root, name) for name in ("here", "there"))
    os.mkdir(here)
    os.mkdir(there)
    assert home.run("start", cwd=here).code == 0
    home.json("settings", "set", "theme", '"dark"', cwd=here)
    assert home.json("settings", "get", "theme", cwd=there)["value"] == "dark"
    assert home.run("restart", cwd=there).code == 0
    assert home.json("settings", "get", "theme", cwd=here)["value"] == "dark"
    found = [
        os.path.join(root, name) for root, _, names in os.walk(home.root) for name in names if name.endswith(".db")
    ]
    assert found == [home.database]


def test_a_directory_is_one_workspace_from_wherever_it_is_named(running: Home) -> None:
    project = os.path.join(running.root, "project")
    os.makedirs(os.path.join(project, "app"))
    os.symlink(project, os.path.join(running.root, "link"))
    ways = [(project, "."), (os.path.join(project, "app"), ".."), (running.root, "link"), (running.root, project)]
    opened = [running.json("workspaces", "open", name, cwd=cwd) for cwd, name in ways]
    assert {workspace["id"] for workspace in opened} == {opened[0]["id"]}
    assert {workspace["projectDir"] for workspace in opened} == {os.path.realpath(project)}


def test_however_many_ask_for_the_current_session_at_once_it_is_one(running: Home) -> None:
    together = Barrier(CLIENTS)

    def ask(number: int) -> Any:
        with scriven.connect(running.socket, client=f"agent {number}") as client:
            together.wait()
            current = client.sessions.current()
            assert current is not None
            return current["id"]

    with ThreadPoolExecutor(CLIENTS) as pool:
        found = set(pool.map(ask, range(CLIENTS)))
    with scriven.connect(running.socket) as client:
        assert found == {session["id"] for session in client.sessions.list()["items"]}
        assert len(client.logs.list(event_type="session_start")["items"]) == len(found) == 1


def test_a_session_in_which_nothing_happens_ends_by_itself(running: Home) -> None:
    with scriven.connect(running.socket) as client:
        session = client.sessions.start(idle_timeout_s=1)["id"]
        until(lambda: client.sessions.get(session)["endedAt"] is not None, "the end of an idle session")
        [log] = client.logs.list(session_id=session, event_type="session_end")["items"]
    assert (log["eventData"] or {})["trigger"] == "timeout"


def test_every_change_is_in_the_change_log_under_its_topic_in_the_order_of_commits(running: Home) -> None:
    with scriven.connect(running.socket) as client:
        client.settings.set("theme", "dark")
        session = client.sessions.start()["id"]
        client.todos.set(session, [{"content": "Fix the parser", "status": "pending"}])
        client.logs.append("noted")
        client.memory.remember("Prefers brief answers")
        client.settings.delete("theme")
    with closing(sqlite3.connect(f"file:{running.database}?mode=ro", uri=True)) as reader:
        told = reader.execute("SELECT seq, topic, body FROM changes WHERE seq > 0 ORDER BY seq").fetchall()
    assert [topic for _, topic, _ in told] == [
        "settings.set",
        "logs.append",
        "sessions.start",
        "todos.set",
        "logs.append",
        "memory.remember",
        "settings.delete",
    ]
    assert [seq for seq, _, _ in told] == list(range(told[0][0], told[0][0] + len(told)))
    assert json.loads(told[3][2])["todos"] == [{"content": "Fix the parser", "status": "pending"}]
