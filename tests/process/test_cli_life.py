"""Start, stop, restart, status: the daemon's life as the command line leads it."""

from __future__ import annotations

import json
import os
import select
import signal
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from program import Home


def test_start_returns_inside_a_command_substitution_and_says_who_runs(home: Home) -> None:
    shell = subprocess.run(
        ["sh", "-c", 'said=$("$@" start); echo "$said"', "sh", *home.program],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
        env=home.environment,
    )
    pid = home.json("status")["pid"]
    assert shell.stdout == f"scriven is running: pid {pid}, socket {home.socket}\n"
    assert shell.stderr == ""


def test_a_started_daemon_has_nothing_of_its_starter(home: Home) -> None:
    read, write = os.pipe()
    os.set_inheritable(write, True)
    subprocess.run([*home.program, "start"], env=home.environment, close_fds=False, check=True, timeout=30)
    os.close(write)
    assert select.select([read], [], [], 5)[0], "the daemon keeps a descriptor of its starter"
    os.close(read)
    pid = home.json("status")["pid"]
    assert os.getsid(pid) == pid
    if sys.platform == "linux":
        assert os.readlink(f"/proc/{pid}/cwd") == "/"
        assert [os.readlink(f"/proc/{pid}/fd/{fd}") for fd in (0, 1, 2)] == [os.devnull, os.devnull, home.log]


def test_the_log_is_for_its_owner_alone(running: Home) -> None:
    assert stat.S_IMODE(os.stat(running.log).st_mode) == 0o600
    assert stat.S_IMODE(os.stat(os.path.dirname(running.log)).st_mode) == 0o700
    running.run("stop")
    with open(running.log, encoding="utf-8") as log:
        assert "ready" in log.read()


def test_starting_twice_is_success_and_names_the_first(running: Home) -> None:
    first = running.json("status")
    again = running.json("start")
    assert again == {"started": False, "pid": first["pid"], "instance": first["instance"], "socket": running.socket}
    assert running.run("start").out.startswith("scriven was running already: ")


def test_many_starts_at_once_leave_one_daemon_that_all_of_them_name(home: Home) -> None:
    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(lambda _: home.run("start", "--json"), range(16)))
    assert [done.code for done in said] == [0] * 16, said
    found = [json.loads(done.out) for done in said]
    assert len({one["instance"] for one in found}) == 1
    assert sum(one["started"] for one in found) == 1


def test_a_start_that_asks_for_another_database_than_is_served_fails(running: Home) -> None:
    done = running.run("start", "--database", f"{running.root}/other.db")
    assert done.code == 1
    assert done.err.startswith(f"scriven: the daemon that runs serves another database: {running.database}\n")


def test_a_database_that_another_socket_serves_is_told(running: Home) -> None:
    done = running.run("start", "--socket", f"{running.root}/s2")
    assert done.code == 1
    assert done.err.startswith("scriven: the daemon did not start: a daemon already runs for this database: pid ")
    assert running.socket in done.err


def test_relative_paths_are_those_of_the_caller(home: Home) -> None:
    os.mkdir(f"{home.root}/here")
    done = home.run("start", "--database", "x.db", "--socket", "s", cwd=f"{home.root}/here")
    assert done.code == 0, done
    try:
        served = home.json("status", "--socket", f"{home.root}/here/s")
        assert served["database"]["path"] == f"{home.root}/here/x.db"
    finally:
        home.run("stop", "--socket", f"{home.root}/here/s")


def test_a_wrong_configuration_is_told_by_start(home: Home) -> None:
    config = f"{home.root}/wrong.toml"
    with open(config, "w", encoding="utf-8") as file:
        file.write("no_such_key = 1\n")
    done = home.run("start", "--config", config)
    assert done.code == 1
    assert done.err.startswith(f"scriven: the daemon did not start: {config}: ")
    assert "no_such_key" in done.err
    assert done.err.endswith(f"  its log: {home.log}\n")


def test_a_daemon_that_dies_without_a_word_is_told_with_its_exit_code(home: Home) -> None:
    os.mkdir(f"{home.root}/msgspec")
    with open(f"{home.root}/msgspec/__init__.py", "w", encoding="utf-8") as file:
        file.write("raise SystemExit(9)\n")
    done = home.run("start", PYTHONPATH=home.root)
    assert done.code == 1
    assert done.err.startswith("scriven: the daemon ended while starting, with exit code 9\n")


def test_a_database_that_cannot_be_used_is_told_by_start(home: Home) -> None:
    os.makedirs(os.path.dirname(home.database), mode=0o700)
    with open(home.database, "wb") as file:
        file.write(b"this is no database" * 1000)
    done = home.run("start")
    assert done.code == 1, done
    assert done.err.startswith("scriven: the daemon did not start: ")
    assert home.database in done.err


def test_stop_waits_until_the_process_is_gone(running: Home) -> None:
    pid = running.json("status")["pid"]
    done = running.run("stop")
    assert (done.code, done.out) == (0, f"scriven has stopped: pid {pid}\n"), done
    assert not _lives(pid)
    assert not os.path.exists(running.socket)


def test_stopping_what_does_not_run_is_success(home: Home) -> None:
    assert home.run("stop").out == "scriven was not running\n"
    assert home.json("stop") == {"stopped": False, "pid": None}


def test_restart_gives_a_new_instance_on_the_same_database(home: Home) -> None:
    elsewhere = f"{home.root}/elsewhere.db"
    home.run("start", "--database", elsewhere)
    home.run("settings", "set", "kept", "1")
    before = home.json("status")
    after = home.json("restart")
    assert after["instance"] != before["instance"]
    now = home.json("status")
    assert (now["instance"], now["database"]["path"]) == (after["instance"], elsewhere)
    assert home.json("settings", "get", "kept")["value"] == 1


def test_restart_starts_what_does_not_run(home: Home) -> None:
    assert home.json("restart")["started"] is True


def test_a_killed_daemon_leaves_a_stale_socket_that_start_takes_over(running: Home) -> None:
    pid = running.json("status")["pid"]
    with Held(pid) as gone:
        os.kill(pid, signal.SIGKILL)
        gone()
    done = running.run("status")
    assert done.code == 69
    assert done.err == f"scriven: the daemon is not running: nobody listens on {running.socket}\n  scriven start\n"
    assert os.path.exists(running.socket), "a client has removed the socket"
    assert running.json("start")["started"] is True


def test_status_reads_well_and_starts_nothing(home: Home) -> None:
    done = home.run("status")
    assert (done.code, done.out) == (69, "")
    assert not os.path.exists(home.socket)
    home.run("start")
    home.run("settings", "set", "theme", "1")
    lines = home.run("status").out.splitlines()
    assert lines[0] == "scriven is ready"
    told = {line[:11].strip(): line[13:] for line in lines[1:]}
    assert told["socket"] == home.socket
    assert told["database"].startswith(f"{home.database} (")
    assert told["holds"].startswith("1 setting, 0 workspaces, ")
    assert set(told) >= {"version", "up", "pid", "instance"}


def test_version_names_both_sides(home: Home) -> None:
    from scriven import __version__

    assert home.run("version").out == f"scriven  {__version__}\ndaemon   not running\n"
    assert home.run("--version").out == f"scriven {__version__}\n"
    home.run("start")
    both = home.json("version")
    assert (both["version"], both["daemon"]["version"]) == (__version__, __version__)


def test_daemon_with_no_verb_is_the_daemon_itself(home: Home) -> None:
    read, write = os.pipe()
    daemon = subprocess.Popen(
        [*home.program, "daemon", "--ready-fd", str(write)],
        pass_fds=[write],
        stderr=subprocess.PIPE,
        env=home.environment,
    )
    os.close(write)
    with os.fdopen(read, "rb") as ready:
        said = json.loads(ready.readline())
    try:
        assert (said["ready"], said["pid"]) == (True, daemon.pid)
        assert home.json("daemon", "health")["pid"] == daemon.pid
        daemon.send_signal(signal.SIGINT)
        _, log = daemon.communicate(timeout=30)
    finally:
        daemon.kill()
    assert daemon.returncode == 0
    assert b"Traceback" not in log


def _lives(pid: int) -> bool:
    """Whether a process runs; one that has ended and is not yet reaped by its parent does not."""
    if sys.platform == "linux":
        try:
            with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as stat_file:
                return stat_file.read().rpartition(")")[2].split()[0] != "Z"
        except FileNotFoundError:
            return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


class Held:
    """Hold a process, to be told when it has ended."""

    def __init__(self, pid: int) -> None:
        self._pid = pid

    def __enter__(self) -> Any:
        if not hasattr(os, "pidfd_open"):
            pytest.skip("no pidfd on this system")
        self._fd = os.pidfd_open(self._pid)
        return lambda: select.select([self._fd], [], [], 30)

    def __exit__(self, *_: object) -> None:
        os.close(self._fd)
