"""`scriven import` as a person meets it: what it finds, shows, counts, and does when something breaks off."""

from __future__ import annotations

import json
import os
import pty
import signal
import sqlite3
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from claude_code import Transcript, project
from program import Home
from scriven.cli.layout import width
from scriven.cli.words import PLACES

HEAD = '{"kind":"scriven","version":1}\n'
BEGUN = "2026-03-14T09:26:53.589Z"


def setting(number: int) -> str:
    """A line of an export."""
    return json.dumps({"kind": "setting", "key": f"k{number}", "value": number}) + "\n"


def begun(home: Home, *line: str, **options: Any) -> subprocess.Popen[bytes]:
    """The import command, running, its input a pipe."""
    return subprocess.Popen(
        [*home.program, "import", *line],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=options.pop("stderr", subprocess.PIPE),
        env=home.environment | options,
        cwd=home.root,
    )


def idumb(path: str, key: str) -> None:
    """A database of iDumb with one setting."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with sqlite3.connect(path) as connection:
        connection.execute(
            "CREATE TABLE settings (id integer PRIMARY KEY AUTOINCREMENT NOT NULL, key text NOT NULL, "
            "value text NOT NULL, updated_at integer)"
        )
        connection.execute("INSERT INTO settings (key, value, updated_at) VALUES (?, 'dark', 1770893192)", (key,))
    connection.close()


# What it finds


def test_places_are_found_and_each_is_named(running: Home) -> None:
    where = os.path.join(running.root, "repository")
    for place in (".idumb/data/idumb.db", "app/.idumb/data/idumb.db"):
        idumb(os.path.join(where, place), place.partition("/")[0])
    done = running.run("import", "idumb", cwd=where)
    assert (done.code, done.err) == (0, "")
    named = [line for line in done.out.splitlines() if line.startswith("From ")]
    assert len(named) == 2
    assert "app/.idumb" in done.out
    told = running.json("import", "idumb", cwd=where)
    assert [place["path"] for place in told["places"]] == [line.removeprefix("From ") for line in named]
    assert told["kinds"]["setting"]["present"] == 2


@pytest.mark.parametrize("system", ["claude-code", "idumb", "jarvis", "opencode"])
def test_when_nothing_is_found_it_says_where_it_looked(home: Home, system: str) -> None:
    done = home.run("import", system, HOME=home.root)
    assert (done.code, done.out) == (1, "")
    said, hint = done.err.splitlines()
    assert said.startswith(f"scriven: nothing of {system} was found: it was looked for in ")
    assert hint == f"  scriven import {system} PATH"


def test_a_place_that_cannot_be_read_is_named_with_the_reason(home: Home) -> None:
    done = home.run("import", "claude-code", "nowhere")
    assert done.code == 1
    assert done.err == f"scriven: {home.root}/nowhere: there is no such file or folder\n  scriven import --help\n"
    told = json.loads(home.run("import", "scriven", "nowhere", "--json").out)
    assert told["places"] == [{"path": "nowhere", "reason": "No such file or directory"}]


def test_the_help_says_what_path_may_be_and_where_it_looks_without_one(home: Home) -> None:
    told = " ".join(home.run("import", "--help").out.split())
    assert all(f" {system} " in told for system in PLACES)
    assert "or one file of it; without PATH: projects/ under $CLAUDE_CONFIG_DIR" in told


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (["jarvi"], "import takes claude-code, idumb, jarvis, opencode or scriven"),
        ([], "import takes claude-code, idumb, jarvis, opencode or scriven"),
        (["scriven"], "import scriven takes a file, or - for standard input"),
        (["idumb", "a", "b"], "import takes a system and a path"),
        (["idumb", "--wet-run"], "import has no option --wet-run"),
    ],
)
def test_a_wrong_command_line_is_told(home: Home, line: list[str], says: str) -> None:
    done = home.run("import", *line)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"scriven: {says}")


def test_without_a_daemon_nothing_is_sent_and_it_says_so(home: Home) -> None:
    done = home.run("import", "scriven", "-", stdin=HEAD + setting(1))
    assert (done.code, done.out) == (69, "")
    assert "the daemon is not running" in done.err


# What it tells


def test_the_table_counts_by_kind_and_the_reasons_are_grouped(running: Home) -> None:
    transcript = project(os.path.join(running.root, "projects"))
    for _ in range(5):
        transcript.line({"type": "queue-operation"})
    done = running.run("import", "claude-code", "projects")
    assert (done.code, done.err) == (0, "")
    head, sessions, messages, blank, title, most, *places = done.out.splitlines()
    assert head.split() == ["kind", "added", "updated", "there", "already", "skipped"]
    assert sessions.split() == ["session", "2", "0", "0", "0"]
    assert messages.split() == ["message", "15", "0", "0", "0"]
    assert (blank, title) == ("", "Not brought along, or not as it was:")
    assert most == "       6  queue-operation: not a part of what was said"
    assert [place.strip().rpartition(":")[2] for place in places[:3]] == ["17", "19", "20"]
    assert places[3].strip() == "and 3 more"


def test_what_the_daemon_refuses_is_skipped_with_its_reason(running: Home) -> None:
    lines = [
        {"kind": "message", "id": "msg_1", "sessionId": "ses_none", "role": "user", "createdAt": BEGUN},
        {"kind": "of-tomorrow", "id": "x_1"},
        {"kind": "setting", "key": "k", "value": 1},
    ]
    told = running.json("import", "scriven", "-", stdin=HEAD + "\n".join(map(json.dumps, lines)))
    assert told["kinds"]["setting"]["added"] == 1
    assert (told["kinds"]["message"]["skipped"], told["kinds"]["of-tomorrow"]["skipped"]) == (1, 1)
    assert {reason["places"][0] for reason in told["reasons"]} == {"message msg_1", "of-tomorrow x_1"}


def test_a_dry_run_stores_nothing_and_counts_what_a_real_one_does(running: Home) -> None:
    transcript = Transcript(os.path.join(running.root, "projects"))
    for number in range(700):  # more than a batch
        transcript.user(f"Turn {number}.")
    Transcript(os.path.join(running.root, "projects"), "agent-1", isSidechain=True, agentId="1").user("Look.")
    dry = running.json("import", "claude-code", "projects", "--dry-run")
    assert running.json("sessions", "list")["items"] == []
    assert running.json("workspaces", "list")["items"] == []
    shown = running.run("import", "claude-code", "projects", "--dry-run").out
    assert shown.startswith("Nothing was stored. This is what would be:\n")
    wet = running.json("import", "claude-code", "projects")
    assert dry["kinds"] == wet["kinds"]
    assert wet["kinds"]["message"]["added"] == 701
    assert (dry["dryRun"], wet["dryRun"]) == (True, False)
    again = running.json("import", "claude-code", "projects", "--dry-run")
    assert again["kinds"]["message"] == {"added": 0, "updated": 0, "present": 701, "skipped": 0}


def test_a_terminal_gets_a_bar_and_a_pipe_gets_none(running: Home) -> None:
    project(os.path.join(running.root, "projects"))
    assert running.run("import", "claude-code", "projects").err == ""
    ours, theirs = pty.openpty()
    with begun(running, "claude-code", "projects", stderr=theirs, TERM="xterm", COLUMNS="72") as importing:
        os.close(theirs)
        out = importing.communicate(timeout=30)[0].decode()
    shown = os.read(ours, 65536).decode()
    os.close(ours)
    assert "[####" in shown
    assert "records" in shown
    assert shown.endswith("\r\x1b[K")
    assert max(len(bar) for bar in shown.replace("\x1b[K", "").split("\r")) <= 72
    assert out.startswith("kind")


def test_a_long_name_of_wide_letters_stays_on_one_line(running: Home) -> None:
    place = os.path.join(running.root, "進捗" * 30)
    project(place)
    ours, theirs = pty.openpty()
    with begun(running, "claude-code", place, stderr=theirs, TERM="xterm", COLUMNS="80") as importing:
        os.close(theirs)
        importing.communicate(timeout=30)
    shown = os.read(ours, 65536).decode()
    os.close(ours)
    assert "進捗  [" in shown
    assert max(width(bar) for bar in shown.replace("\x1b[K", "").split("\r")) <= 80


# What breaks off


def test_an_interrupt_says_what_has_come_and_that_it_goes_on(running: Home) -> None:
    lines = [HEAD, *map(setting, range(5000))]
    with begun(running, "scriven", "-") as importing:
        assert importing.stdin is not None
        assert importing.stdout is not None
        importing.stdin.write("".join(lines).encode())
        importing.stdin.flush()  # more than a pipe holds: some of it has been read
        importing.send_signal(signal.SIGINT)
        out, err = importing.communicate(timeout=30)
    assert importing.returncode == 130
    assert err.decode() == "scriven: interrupted\n  run the same command again: it goes on where this one stopped\n"
    assert b"Traceback" not in out
    told = running.json("import", "scriven", "-", stdin="".join(lines))
    assert told["kinds"]["setting"]["added"] + told["kinds"]["setting"]["present"] == 5000


def test_a_daemon_that_comes_back_is_gone_on_with(running: Home) -> None:
    with begun(running, "scriven", "-", "--json") as importing:
        assert importing.stdin is not None
        importing.stdin.write("".join([HEAD, *map(setting, range(3000))]).encode())
        importing.stdin.flush()
        os.kill(running.json("status")["pid"], signal.SIGKILL)
        assert running.run("start").code == 0
        importing.stdin.write("".join(map(setting, range(3000, 6000))).encode())
        out, err = importing.communicate(timeout=60)
    assert (importing.returncode, err) == (0, b"")
    counts = json.loads(out)["kinds"]["setting"]
    assert counts["added"] + counts["present"] == 6000
    assert counts["skipped"] == 0
    assert running.json("status")["counts"]["settings"] == 6000


def test_one_record_that_spoils_a_call_costs_no_other(running: Home) -> None:
    lines = [
        *map(setting, range(40)),
        '{"kind":"setting","key":"half","value":"\\ud83d"}\n',
        *map(setting, range(40, 80)),
    ]
    told = running.json("import", "scriven", "-", stdin=HEAD + "".join(lines))
    assert told["kinds"]["setting"] == {"added": 80, "updated": 0, "present": 0, "skipped": 1}
    assert [reason["places"] for reason in told["reasons"]] == [["setting half"]]


def test_a_record_that_no_call_holds_is_skipped_and_told(running: Home) -> None:
    huge = json.dumps({"kind": "setting", "key": "huge", "value": "x" * (17 << 20)}) + "\n"
    told = running.json("import", "scriven", "-", stdin=HEAD + setting(1) + huge + setting(2))
    assert told["kinds"]["setting"] == {"added": 2, "updated": 0, "present": 0, "skipped": 1}
    assert told["reasons"][0]["reason"].startswith("larger than the ")


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="only Linux tells the most a program has used")
def test_the_reading_stays_in_little_memory(new_home: Callable[[], Home]) -> None:
    home = new_home()
    path = os.path.join(home.root, "many.jsonl")
    with open(path, "w", encoding="utf-8") as file:
        file.write(HEAD)
        for number in range(60):
            print(json.dumps({"kind": "of-tomorrow", "id": str(number), "value": "x" * (1 << 20)}), file=file)
    code = (
        "import sys; from scriven.importers.__main__ import main; code = main(sys.argv[1:]); "
        "print(*[line for line in open('/proc/self/status') if line.startswith('VmHWM')], file=sys.stderr); "
        "sys.exit(code)"
    )
    python = os.path.join(os.path.dirname(home.program[0]), "python")
    done = subprocess.run(
        [python, "-c", code, "scriven", path, "--json"],
        capture_output=True,
        env=home.environment,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done
    assert json.loads(done.stdout)["kinds"]["of-tomorrow"]["skipped"] == 60
    kilobytes = int(done.stderr.split()[-2])
    assert kilobytes < 48 * 1024, f"{kilobytes} KiB for a file of 60 MiB"
