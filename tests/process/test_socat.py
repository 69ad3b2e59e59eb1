"""A shell with socat is a whole client: one line of JSON there, one line of JSON back."""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Callable
from threading import Thread

from contract import Contract
from running import Daemon
from wire_client import Wire, call


def shell(line: str) -> str:
    """What a shell command prints; it has to succeed in silence."""
    ended = subprocess.run(["sh", "-c", line], capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    return ended.stdout


def socat(daemon: Daemon) -> str:
    return f"socat - UNIX-CONNECT:{shlex.quote(daemon.socket)}"


def test_the_line_of_the_readme_prints_one_line_of_json(
    daemon: Daemon, component: Callable[[str], str], connect: Callable[..., Wire], contract: Contract
) -> None:
    component("socat")
    connect().call("settings.set", {"key": "theme", "value": "dark"})
    request = r"""printf '{"jsonrpc":"2.0","id":1,"method":"settings.get","params":{"key":"theme"}}\n'"""
    printed = shell(f"{request} | {socat(daemon)}")
    assert printed.count("\n") == 1
    reply = json.loads(printed)
    contract.check_reply("settings.get", reply)
    assert (reply["id"], reply["result"]["value"]) == (1, "dark")


def test_the_last_line_needs_no_newline(daemon: Daemon, component: Callable[[str], str]) -> None:
    component("socat")
    printed = shell(f"""printf '{{"jsonrpc":"2.0","id":1,"method":"daemon.health"}}' | {socat(daemon)}""")
    assert json.loads(printed)["result"]["state"] == "ready"


def test_many_lines_through_socat_are_answered_line_by_line(daemon: Daemon, component: Callable[[str], str]) -> None:
    component("socat")
    lines = "".join(json.dumps(call(n, "settings.set", {"key": "socat", "value": n})) + "\n" for n in range(200))
    # socat gives the replies half a second once its input has ended, unless it is told otherwise.
    program = ["socat", "-t30", "-", f"UNIX-CONNECT:{daemon.socket}"]
    printed = subprocess.run(program, input=lines, capture_output=True, text=True, timeout=60, check=True).stdout
    replies = [json.loads(line) for line in printed.splitlines()]
    assert [(reply["id"], reply["result"]["value"]) for reply in replies] == [(n, n) for n in range(200)]


def test_sixteen_socats_writing_at_once_lose_nothing(
    daemon: Daemon, component: Callable[[str], str], connect: Callable[..., Wire]
) -> None:
    component("socat")
    printed: list[str] = []

    def write(client: int) -> None:
        lines = "".join(json.dumps(call(n, "settings.set", {"key": "many", "value": client})) + "\n" for n in range(50))
        program = ["socat", "-t30", "-", f"UNIX-CONNECT:{daemon.socket}"]
        ended = subprocess.run(program, input=lines, capture_output=True, text=True, timeout=60, check=True)
        printed.extend(ended.stdout.splitlines())

    writers = [Thread(target=write, args=(client,)) for client in range(16)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    revisions = sorted(json.loads(line)["result"]["revision"] for line in printed)
    assert revisions == list(range(1, 801))
    assert connect().call("settings.get", {"key": "many"})["revision"] == 800


def test_what_is_not_json_gets_a_line_that_says_so(daemon: Daemon, component: Callable[[str], str]) -> None:
    component("socat")
    assert json.loads(shell(f"echo hello there | {socat(daemon)}"))["error"]["data"]["kind"] == "parse_error"
    assert "not an HTTP server" in shell(f"printf 'GET / HTTP/1.1\\r\\n\\r\\n' | {socat(daemon)}")
