"""`scriven watch` as people and pipes use it: lines as changes come, one end without noise for every way to end."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

import scriven
from program import PROGRAM, SECONDS, Home

Watch = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def watching() -> Iterator[Watch]:
    """Starts watches; each is ended."""
    with ExitStack() as stack:

        def begin(home: Home, *line: str) -> subprocess.Popen[str]:
            begun = subprocess.Popen(
                [*PROGRAM, "watch", *line],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=home.environment,
                text=True,
            )
            stack.enter_context(begun)
            stack.callback(begun.kill)
            return begun

        yield begin


def head(home: Home) -> str:
    return f"c{home.json('status')['counts']['head']}"


def line(watch: subprocess.Popen[str]) -> str:
    assert watch.stdout is not None
    return watch.stdout.readline()


def said(watch: subprocess.Popen[str]) -> str:
    assert watch.stderr is not None
    return watch.stderr.readline()


def test_json_is_each_event_on_a_line_as_the_daemon_wrote_it(standing: Home, watching: Watch) -> None:
    watch = watching(standing, "settings.set", "--json", "--since", head(standing))
    stored = json.loads(standing.run("settings", "set", "exact", '{"n": 1.0e400}', "--json").out, parse_float=str)
    told = line(watch)
    assert '"value":{"n": 1.0e400}' in told
    assert json.loads(told, parse_float=str) == {
        "cursor": head(standing),
        "at": stored["updatedAt"],
        "topic": "settings.set",
        "workspaceId": "global",
        "body": stored,
    }


def test_a_person_reads_a_line_for_each_change(standing: Home, watching: Watch) -> None:
    with scriven.connect(standing.socket) as s:
        watch = watching(standing, "--since", head(standing))
        workspace = s.workspaces.open(standing.root)
        s.settings.set("theme", "da\trk")
        s.settings.set("tabs", {"width": 4}, workspace_id=workspace["id"])
        session = s.sessions.start(title="Fix it", agent="ada")
        message = s.messages.append(session["id"], "user", parts=[{"type": "text", "text": "Mind the\ngap"}])
        s.todos.set(session["id"], [{"content": "one", "status": "pending"}])
        s.events.publish("app.built", {"ok": True})
        s.settings.set("big", "x" * 10_000)
        s.settings.delete("theme")
        told = [line(watch).rstrip("\n").split("  ", 1) for _ in range(10)]
    name = os.path.basename(standing.root)
    assert [text for _, text in told if not text.startswith("logs.append")] == [
        f"workspaces.open  {workspace['id']}  {name}  {standing.root}",
        'settings.set     theme  "da\\trk"',
        f'settings.set     [{workspace["id"]}] tabs  {{"width": 4}}',
        f"sessions.start   {session['id']}  Fix it  ada  idle",
        f"messages.append  {message['id']}  user  Mind the gap",
        f"todos.set        {session['id']}  [pending] one",
        'app.built        {"ok": true}',
        "settings.set     big (too long to be told: read it)",
        "settings.delete  theme",
    ]
    assert all(len(moment) == len("10:30:00") for moment, _ in told)


def test_a_change_in_another_process_is_shown_at_once(standing: Home, watching: Watch) -> None:
    watch = watching(standing, "settings.*", "--since", head(standing))
    with scriven.connect(standing.socket) as s:
        s.settings.set("warm", 1)
        line(watch)
        late = []
        for number in range(20):
            begun = time.monotonic()
            s.settings.set("fast", number)
            assert f"fast  {number}" in line(watch)
            late.append(time.monotonic() - begun)
    assert sorted(late)[10] < 0.05


def test_only_one_workspace_is_watched_when_asked_for(standing: Home, watching: Watch) -> None:
    with scriven.connect(standing.socket) as s:
        workspace = s.workspaces.open(standing.root)["id"]
        watch = watching(standing, "settings.*", "--workspace", workspace, "--since", head(standing))
        s.settings.set("elsewhere", 1)
        s.settings.set("here", 1, workspace_id=workspace)
    assert line(watch).rstrip().endswith("settings.set     here  1")


def test_a_terminal_cuts_lines_to_its_width(standing: Home) -> None:
    since = head(standing)
    standing.run("settings", "set", "wide", json.dumps("é" * 500))
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 60, 0, 0))
    environment = {name: value for name, value in standing.environment.items() if name != "COLUMNS"}
    watch = subprocess.Popen(
        [*PROGRAM, "watch", "--since", since], stdout=theirs, stdin=theirs, env=environment | {"NO_COLOR": "1"}
    )
    os.close(theirs)
    shown = b""
    while not shown.endswith(b"\n"):
        assert select.select([ours], [], [], SECONDS)[0]
        shown += os.read(ours, 4096)
    watch.send_signal(signal.SIGINT)
    assert watch.wait(SECONDS) == 130
    os.close(ours)
    text = shown.decode().rstrip("\r\n")
    assert len(text) == 60
    assert text.endswith("é…")


def test_a_reader_that_has_seen_enough_ends_it_without_noise(standing: Home) -> None:
    command = f"'{PROGRAM[0]}' watch --json --since c0 | head -1"
    standing.run("settings", "set", "first", "1")
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"],
        env=standing.environment,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert (done.returncode, done.stderr, done.stdout.count("\n")) == (0, "", 1)


def test_it_ends_also_while_nothing_happens_when_nobody_reads_it(standing: Home, watching: Watch) -> None:
    watch = watching(standing, "app.never", "app.once", "--since", head(standing))
    standing.run("events", "publish", "app.once", "1")
    line(watch)
    assert watch.stdout is not None
    watch.stdout.close()
    assert watch.wait(SECONDS) == 0
    assert said(watch) == ""


def test_an_interrupt_and_a_time_limit_end_it_without_noise(standing: Home, watching: Watch) -> None:
    for how, code in ((signal.SIGINT, 130), (signal.SIGTERM, -signal.SIGTERM)):
        watch = watching(standing, "--since", head(standing))
        standing.run("settings", "set", "n", "1")
        line(watch)
        watch.send_signal(how)
        assert watch.wait(SECONDS) == code
        assert said(watch) == ""


def test_a_daemon_that_is_away_is_told_of_once_and_waited_for(running: Home, watching: Watch) -> None:
    watch = watching(running, "settings.*", "--since", head(running))
    running.run("settings", "set", "n", "1")
    assert line(watch).endswith("n  1\n")
    running.run("stop")
    assert said(watch).startswith("scriven: the daemon is not running: there is no socket at ")
    assert said(watch) == "  scriven start\n"
    running.run("start")
    running.run("settings", "set", "n", "2")
    assert line(watch).endswith("n  2\n")
    assert said(watch) == "scriven: the daemon is back\n"


def test_it_can_be_begun_before_the_daemon(home: Home, watching: Watch) -> None:
    watch = watching(home, "settings.*")
    assert "; waiting for it\n" in said(watch)
    said(watch)
    home.run("start")
    assert said(watch) == "scriven: the daemon is back\n"
    home.run("settings", "set", "n", "1")
    assert line(watch).endswith("n  1\n")


def test_a_cursor_out_of_reach_is_told_with_what_to_do(standing: Home) -> None:
    done = standing.run("watch", "--since", "c999999")
    assert (done.code, done.out) == (1, "")
    assert done.err == (
        "scriven: the change log does not reach back to that cursor: some changes cannot be told any more\n"
        f"  read what you need anew, then go on with --since {head(standing)}\n"
    )


def test_a_topic_that_is_none_is_refused(standing: Home) -> None:
    done = standing.run("watch", "settings and more")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("scriven: $.topics[0]")
